//! Chromium: the debugging protocol through its driver, installability, the console, sizes and axe.

use std::time::Duration;

use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};

use super::{Browser, Engine, Raw};
use crate::process::Running;

pub(super) fn driver(address: std::net::SocketAddr) -> Vec<Running> {
    let mut command = std::process::Command::new("chromedriver");
    vec![Running::start_group(command.arg(format!("--port={}", address.port())))]
}

pub(super) fn capabilities(profile: &str) -> Value {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--force-color-profile=srgb",
        "--hide-scrollbars",
        "--window-size=1440,900",
        "--lang=en-US",
        &format!("--user-data-dir={profile}"),
    ];
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL" },
    })
}

/// As on a computer with a mouse. Without one, as tests find it, the app shows at once what hovering would.
pub(super) fn capabilities_with_mouse(profile: &str) -> Value {
    let mut capabilities = capabilities(profile);
    if let Some(arguments) = capabilities["goog:chromeOptions"]["args"].as_array_mut() {
        arguments.push(json!(MOUSE));
    }
    capabilities
}

/// Something that hovers and points finely, and nothing else.
const MOUSE: &str =
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4";

/// How long the console may take to answer.
const CONSOLE_PATIENCE: Duration = Duration::from_secs(5);
/// What a console may say in every test, and why. A script has no say in it: the browser tells of each request that fails.
const EXPECTED: [(&str, &str); 14] = [
    ("net::ERR_CONNECTION_REFUSED", "tests kill servers"),
    ("net::ERR_CONNECTION_RESET", "and cut what is under way"),
    ("net::ERR_EMPTY_RESPONSE", "the same, before an answer"),
    ("net::ERR_INCOMPLETE_CHUNKED_ENCODING", "the same, in the middle of a stream"),
    ("net::ERR_INTERNET_DISCONNECTED", "tests switch the network off"),
    ("net::ERR_NETWORK_CHANGED", "and on"),
    ("net::ERR_FAILED", "the service worker has nothing to answer with while the server is away"),
    ("net::ERR_ABORTED", "a page that goes away gives its requests up"),
    ("the server responded with a status of 401", "somebody is signed out, or has typed a wrong password"),
    ("the server responded with a status of 403", "somebody may not, or has to give the password again"),
    ("the server responded with a status of 404", "somebody asks for what is gone"),
    ("the server responded with a status of 409", "a server that was put back knows another history"),
    ("the server responded with a status of 410", "a link was used"),
    ("the server responded with a status of 503", "the server is full, or ends"),
];

/// What Chromium can say and do beyond what all browsers can.
impl Browser {
    /// Sends a command of the debugging protocol.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub fn cdp(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.raw("goog/cdp/execute", body).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Returns the errors and the violations of the policy that the console has told of since it was asked last.
    ///
    /// # Panics
    ///
    /// When the driver refuses.
    pub fn complaints(&self) -> Vec<String> {
        let entries = self.raw("se/log", json!({ "type": "browser" })).unwrap();
        let entries = entries.as_array().cloned().unwrap_or_default();
        let is_bad = |entry: &&Value| entry["level"] == "SEVERE" || entry["source"] == "security";
        entries
            .iter()
            .filter(is_bad)
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Looks at the console of Chromium in the end: warnings, errors and violations of the policy fail a test, unless they
    /// are of a kind that is expected.
    pub(super) fn assert_console_is_quiet(&self) {
        if self.engine() != Engine::Chromium {
            return;
        }
        // A tab that was crashed or frozen by the test has no console to look at.
        let asked = self.run(async {
            let look = self.client().issue_cmd(Raw { path: "se/log", body: json!({ "type": "browser" }) });
            tokio::time::timeout(CONSOLE_PATIENCE, look).await
        });
        let Ok(Ok(entries)) = asked else { return };
        let is_bad = |entry: &&Value| {
            let level = entry["level"].as_str().unwrap_or_default();
            level == "SEVERE" || level == "WARNING" || entry["source"] == "security"
        };
        let expected = self.expected.borrow();
        let is_expected = |message: &str| {
            EXPECTED.iter().any(|(part, _)| message.contains(part))
                || expected.iter().any(|part| message.contains(part))
        };
        let entries = entries.as_array().cloned().unwrap_or_default();
        let said = entries.iter().filter(is_bad).map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}: {}", text("level"), text("source"), text("message"))
        });
        let unexpected: Vec<_> = said.filter(|said| !is_expected(said)).collect();
        assert!(unexpected.is_empty(), "the console said:\n{}", unexpected.join("\n"));
    }

    /// Makes the page as large as a screen of `width` by `height`; below 720 pixels it is a phone with touch.
    ///
    /// # Panics
    ///
    /// When the browser refuses.
    pub fn resize(&self, width: u32, height: u32) {
        let is_phone = width < 720;
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
        self.cdp("Emulation.setDeviceMetricsOverride", screen);
        let touch = json!({ "enabled": is_phone, "maxTouchPoints": if is_phone { 5 } else { 1 } });
        self.cdp("Emulation.setTouchEmulationEnabled", touch);
    }

    /// Runs a script before anything else of every page that is opened from now on.
    ///
    /// # Panics
    ///
    /// When the browser refuses.
    pub fn before_each_page(&self, script: &str) {
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
    }

    /// Crashes the tab that is shown, and shows another one.
    ///
    /// # Panics
    ///
    /// When there is no other.
    pub fn crash_tab(&self, tab: &WindowHandle) {
        // The answer never comes: whoever would give it is dead.
        let _dead = self.raw("goog/cdp/execute", json!({ "cmd": "Page.crash", "params": {} }));
        let tabs = self.run(self.client().windows()).unwrap();
        let other = tabs.iter().find(|other| *other != tab).expect("no other tab");
        self.show_tab(other);
    }

    /// Takes a picture of the screen as PNG.
    ///
    /// # Panics
    ///
    /// When the browser refuses.
    #[must_use]
    pub fn picture(&self) -> Vec<u8> {
        self.run(self.client().screenshot()).unwrap()
    }

    /// Returns what axe finds wrong on the page, by WCAG 2.0 to 2.2, A and AA: rule, and where.
    ///
    /// # Panics
    ///
    /// When axe is not there (`SLIPWAY_AXE` names it) or does not run.
    #[must_use]
    pub fn axe(&self) -> Vec<String> {
        if self.script("return typeof axe", &[]) == json!("undefined") {
            let path = std::env::var("SLIPWAY_AXE").expect("SLIPWAY_AXE names no axe.min.js");
            let axe = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            self.script(&format!("{axe}\nwindow.axe = axe;"), &[]);
        }
        let found = self.script_async(AXE, &[]);
        let found = found.as_array().unwrap_or_else(|| panic!("axe: {found}"));
        found.iter().map(|violation| violation.as_str().unwrap_or_default().to_owned()).collect()
    }
}

const AXE: &str = r"
const done = arguments[arguments.length - 1];
const values = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }).then(
  ({ violations }) => done(violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary.split('\n').slice(1, 3).join(' ')}`))),
  (error) => done(String(error)));
";
