//! WebKit: `WebKitGTK`'s `MiniBrowser` on a screen that nobody sees. Its sessions keep nothing once closed.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::process::Running;
use crate::wait;

/// The engine's settings for a machine without a screen or a user of its own.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1"),
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("LIBGL_ALWAYS_SOFTWARE", "1"),
    ("LANGUAGE", "en_US"),
];

pub(super) fn driver(address: std::net::SocketAddr) -> Vec<Running> {
    let screen = ["-displayfd", "1", "-screen", "0", "1500x1000x24", "-nolisten", "tcp"];
    let mut screen = Running::start_group(Command::new("Xvfb").args(screen));
    let display = wait::until("a screen", || {
        assert!(screen.ended().is_none(), "Xvfb ended:\n{}", screen.output());
        screen.output().lines().find_map(|line| line.trim().parse::<u32>().ok())
    });
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "WebKitWebDriver", "--host=127.0.0.1", &format!("--port={}", address.port())]);
    command.envs(ENVIRONMENT).env("DISPLAY", format!(":{display}"));
    vec![screen, Running::start_group(&mut command)]
}

pub(super) fn capabilities() -> Value {
    json!({
        "browserName": "MiniBrowser",
        "webkitgtk:browserOptions": { "binary": binary(), "args": ["--automation"] },
    })
}

/// Returns the path of the browser, which is where the libraries of the machine's kind are.
fn binary() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().filter_map(Result::ok);
    let kinds = folders.flat_map(|folder| ["4.1", "4.0", "6.0"].map(|api| (folder.path(), api)));
    let mut paths = kinds.map(|(folder, api)| match api {
        "6.0" => folder.join("webkitgtk-6.0/MiniBrowser"),
        _ => folder.join(format!("webkit2gtk-{api}/MiniBrowser")),
    });
    paths.find(|path| path.is_file()).expect("no MiniBrowser (package webkit2gtk-driver)")
}
