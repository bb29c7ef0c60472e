//! A real browser, driven by its own driver.
//!
//! A [`Browser`] is one session. Its profile is a folder of the test, so that Chromium and Firefox can be closed and
//! come back with what they kept. What a person would do on a page is in [`crate::page`].

pub mod chromium;
pub mod firefox;
pub mod webkit;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use ::http as http_types;
use fantoccini::actions::{ActionSequence, Actions};
use fantoccini::error::CmdError;
use fantoccini::wd::{Capabilities, TimeoutConfiguration, WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::credentials;
use crate::http;
use crate::process::Running;
use crate::random::now_ms;
use crate::server::free_address;
use crate::wait;

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Debian's Chromium.
    Chromium,
    /// Debian's Firefox ESR.
    Firefox,
    /// `WebKitGTK`'s `MiniBrowser`.
    WebKit,
}

/// What a browser keeps while it is closed.
#[derive(Debug)]
pub struct Profile {
    engine: Engine,
    folder: TempDir,
}

impl Profile {
    /// Makes an empty profile.
    ///
    /// # Panics
    ///
    /// When there is no temporary folder to be had.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self { engine, folder: tempfile::tempdir().unwrap() }
    }

    /// Opens the browser.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn open(&self) -> Browser {
        let folder = self.folder.path().to_string_lossy();
        match self.engine {
            Engine::Chromium => {
                Browser::start(self.engine, chromium::driver, &chromium::capabilities(&folder))
            }
            Engine::Firefox => Browser::start(self.engine, firefox::driver, &firefox::capabilities(&folder)),
            Engine::WebKit => Browser::start(self.engine, webkit::driver, &webkit::capabilities()),
        }
    }

    /// Opens Chromium as on a computer with a mouse.
    ///
    /// # Panics
    ///
    /// When it does not start, or is to be another browser.
    #[must_use]
    pub fn open_with_mouse(&self) -> Browser {
        assert_eq!(self.engine, Engine::Chromium, "only Chromium can be told that there is a mouse");
        let folder = self.folder.path().to_string_lossy();
        Browser::start(self.engine, chromium::driver, &chromium::capabilities_with_mouse(&folder))
    }
}

/// The programs a session needs, and the port its driver listens on.
#[derive(Debug)]
pub struct Driver {
    /// Ended from the last to the first.
    pub programs: Vec<Running>,
    /// Where the driver listens.
    pub address: SocketAddr,
}

/// A browser that is open.
#[derive(Debug)]
pub struct Browser {
    engine: Engine,
    runtime: Runtime,
    client: Client,
    driver: Driver,
    /// The sessions it was given.
    cookies: RefCell<BTreeMap<SocketAddr, String>>,
    /// What its console may say in this test, beyond what it may in all.
    expected: RefCell<Vec<&'static str>>,
    /// Its console is not looked at in the end: it is ended as a crash would.
    is_killed: bool,
}

impl Browser {
    /// Opens a browser with a profile of its own, that is forgotten in the end.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn open(engine: Engine) -> (Profile, Self) {
        let profile = Profile::new(engine);
        let browser = profile.open();
        (profile, browser)
    }

    fn start(engine: Engine, driver: fn(SocketAddr) -> Vec<Running>, capabilities: &Value) -> Self {
        let address = free_address();
        let mut programs = driver(address);
        wait::until("the driver to be ready", || {
            for program in &mut programs {
                assert!(program.ended().is_none(), "a driver ended:\n{}", program.output());
            }
            http::get(address, "/status").ok().filter(|answer| answer.status == 200)
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let capabilities: Capabilities = serde_json::from_value(capabilities.clone()).unwrap();
        let url = format!("http://{address}");
        let client = runtime.block_on(async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(capabilities).connect(&url).await
        });
        let said = || programs.iter().map(Running::output).collect::<String>();
        let client = client.unwrap_or_else(|error| panic!("{engine:?} does not open: {error}\n{}", said()));
        let driver = Driver { programs, address };
        let (cookies, expected) = (RefCell::default(), RefCell::default());
        let browser = Self { engine, runtime, client, driver, cookies, expected, is_killed: false };
        let patience = Duration::from_secs(60);
        let timeouts = TimeoutConfiguration::new(Some(patience), Some(patience), None);
        browser.run(browser.client.update_timeouts(timeouts)).unwrap();
        browser
    }

    /// Returns which engine it is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Closes it as a person would.
    ///
    /// # Panics
    ///
    /// When it does not close.
    pub fn close(mut self) {
        self.assert_console_is_quiet();
        self.is_killed = true;
        self.run(self.client.clone().close()).unwrap();
    }

    /// Ends it at once, as a crash would.
    pub fn kill(mut self) {
        self.is_killed = true;
        self.driver.end();
    }

    /// Lets the console say something in this test that has `part` in it; say why beside the call.
    pub fn expect_complaint(&self, part: &'static str) {
        self.expected.borrow_mut().push(part);
    }

    /// Waits for what a method of the session promises.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.run(future)
    }

    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Returns the session, for what has no method here.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Goes to an address, as the owner where that is one of a server of the tests.
    ///
    /// # Panics
    ///
    /// When nothing is shown there.
    pub fn go(&self, address: &str) {
        let server = url::Url::parse(address).ok().and_then(|url| url.socket_addrs(|| None).ok()?.pop());
        if let Some(server) = server {
            self.be_the_owner_at(server);
        }
        self.visit(address);
    }

    /// Gives the browser the owner's cookie, once.
    fn be_the_owner_at(&self, server: SocketAddr) {
        let Some(session) = credentials::session(server) else { return };
        if self.cookies.borrow().get(&server) == Some(&session) {
            return;
        }
        let (name, url) = (credentials::cookie_name(server), format!("http://{server}/health/live"));
        let expiry = now_ms() / 1000 + 86_400;
        if self.engine == Engine::Chromium {
            // Also where nobody answers, and without a page in between.
            let cookie = json!({ "name": name, "value": session, "url": url, "httpOnly": true, "sameSite": "Strict", "expires": expiry });
            self.cdp("Network.setCookie", cookie);
        } else {
            // The other drivers take cookies of the page that is shown; without the server there is none.
            if http::get(server, "/health/live").is_err() {
                return;
            }
            self.visit(&url);
            let cookie = json!({ "name": name, "value": session, "path": "/", "httpOnly": true, "sameSite": "Strict", "expiry": expiry });
            self.raw("cookie", json!({ "cookie": cookie })).unwrap();
        }
        self.cookies.borrow_mut().insert(server, session);
    }

    /// Goes to an address as whoever the browser is there already.
    ///
    /// # Panics
    ///
    /// When nothing is shown there.
    pub fn visit(&self, address: &str) {
        self.run(self.client.goto(address)).unwrap();
    }

    /// Loads the page again, as a person would: a driver's own way goes past the service worker in Firefox.
    ///
    /// # Panics
    ///
    /// When nothing is shown then.
    pub fn reload(&self) {
        self.script("window.isBefore = true; setTimeout(() => location.reload())", &[]);
        let loaded = "return !window.isBefore && document.readyState === 'complete'";
        self.wait_script("the page to load again", loaded, &[]);
    }

    /// Returns what a script returns. `arguments` are its `arguments`.
    ///
    /// # Panics
    ///
    /// When it throws.
    pub fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.try_script(script, arguments).unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Returns what a script returns.
    ///
    /// # Errors
    ///
    /// When it throws, or the page is gone meanwhile.
    pub fn try_script(&self, script: &str, arguments: &[Value]) -> Result<Value, CmdError> {
        self.run(self.client.execute(script, arguments.to_vec()))
    }

    /// Returns what a script hands to its last argument, a function.
    ///
    /// # Panics
    ///
    /// When it throws or never does.
    pub fn script_async(&self, script: &str, arguments: &[Value]) -> Value {
        self.run(self.client.execute_async(script, arguments.to_vec())).unwrap()
    }

    /// Asks a script until it returns something true, and returns that.
    ///
    /// # Panics
    ///
    /// When it does not in time.
    pub fn wait_script(&self, what: &str, script: &str, arguments: &[Value]) -> Value {
        wait::until(what, || {
            // While a page loads there may be nothing to ask.
            let answer = self.try_script(script, arguments).ok()?;
            let is_true = !matches!(answer, Value::Null | Value::Bool(false))
                && answer != json!("")
                && answer != json!(0);
            is_true.then_some(answer)
        })
    }

    /// Does what fingers on keyboard, mouse and glass do.
    ///
    /// # Panics
    ///
    /// When the browser refuses.
    pub fn perform(&self, actions: impl Into<Actions>) {
        self.run(self.client.perform_actions(actions)).unwrap();
        self.run(self.client.release_actions()).unwrap();
    }

    /// Presses keys one after the other.
    ///
    /// # Panics
    ///
    /// When the browser refuses.
    pub fn press(&self, keys: &[char]) {
        use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
        let down_and_up = |key: &char| [KeyAction::Down { value: *key }, KeyAction::Up { value: *key }];
        let none = KeyActions::new("keys".to_owned());
        let keys = keys.iter().flat_map(down_and_up).fold(none, KeyActions::then);
        self.perform(ActionSequence::from(keys));
    }

    /// Opens a tab beside the others and shows it.
    ///
    /// # Panics
    ///
    /// When the browser refuses.
    pub fn open_tab(&self) -> WindowHandle {
        let opened = self.run(self.client.new_window(true)).unwrap();
        self.show_tab(&opened.handle);
        opened.handle
    }

    /// Returns the tab that is shown.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn tab(&self) -> WindowHandle {
        self.run(self.client.window()).unwrap()
    }

    /// Shows a tab.
    ///
    /// # Panics
    ///
    /// When it is gone.
    pub fn show_tab(&self, tab: &WindowHandle) {
        self.run(self.client.switch_to_window(tab.clone())).unwrap();
    }

    /// Closes the tab that is shown; another one has to be shown next.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn close_tab(&self) {
        self.run(self.client.close_window()).unwrap();
    }

    /// Sends a command that is not part of the common protocol.
    ///
    /// # Errors
    ///
    /// As the driver says.
    pub fn raw(&self, path: &'static str, body: Value) -> Result<Value, CmdError> {
        self.run(self.client.issue_cmd(Raw { path, body }))
    }
}

impl Drop for Browser {
    /// Every test that opens a browser is one of its console too.
    fn drop(&mut self) {
        if !self.is_killed && !std::thread::panicking() {
            self.assert_console_is_quiet();
        }
    }
}

impl Driver {
    fn end(&mut self) {
        while let Some(mut program) = self.programs.pop() {
            program.kill();
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.end();
    }
}

#[derive(Debug)]
struct Raw {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http_types::Method, Option<String>) {
        (http_types::Method::POST, Some(self.body.to_string()))
    }
}
