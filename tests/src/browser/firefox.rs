//! Firefox, by geckodriver.

use serde_json::{Value, json};

use crate::process::Running;
use crate::server::free_address;

pub(super) fn driver(address: std::net::SocketAddr) -> Vec<Running> {
    let mut command = std::process::Command::new("geckodriver");
    command.args(["--host", "127.0.0.1", "--port", &address.port().to_string()]);
    command.args(["--marionette-port", &free_address().port().to_string()]);
    vec![Running::start_group(&mut command)]
}

pub(super) fn capabilities(profile: &str) -> Value {
    json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": "/usr/bin/firefox-esr",
            "args": ["-headless", "-profile", profile, "--width=1440", "--height=900"],
            "prefs": {
                // The question whether to keep the data has nobody to answer it.
                "dom.storageManager.prompt.testing": true,
                "dom.storageManager.prompt.testing.allow": true,
                "intl.accept_languages": "en-US",
                "browser.shell.checkDefaultBrowser": false,
                "datareporting.policy.dataSubmissionEnabled": false,
                "app.update.disabledForTesting": true,
            },
        },
    })
}
