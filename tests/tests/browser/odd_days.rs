//! Days that are odd rather than bad: duplicated tabs, clocks that are wrong, storage that goes away for a moment,
//! networks that answer for somebody else. Everything goes on, and the screen says what a person has to know.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use slipway_shared::log::EventHeader;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::random::now_ms;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::durability::{STATE, TICK, add_tries};

const DAY_MS: i64 = 86_400_000;
/// More than any test takes, and far less than the clocks are off.
const HOUR_MS: i64 = 3_600_000;
const INDICATOR: &str = "[data-testid=sync-indicator]";
const CLOCK: &str = "const right = Date.now; Date.now = () => right() + window.isOffBy;";

/// A deployment with many checks, shown in a browser in which each page begins with `script`.
struct Day {
    server: TestServer,
    _profile: Profile,
    browser: Browser,
}

impl Day {
    fn begin(script: &str) -> Self {
        let server = TestServer::start();
        let deployment = add_tries(&server);
        let page = format!("{}/deployments/{deployment}", server.url());
        let (profile, browser) = Browser::open(Engine::Chromium);
        browser.before_each_page(script);
        browser.go(&page);
        browser.wait_for("[data-testid=check]");
        browser.wait_offline_ready();
        browser.see_in(INDICATOR, "Synced");
        Self { server, _profile: profile, browser }
    }

    fn tick(&self, check: &str) {
        self.browser.script(&format!("{TICK} tick(arguments[0])"), &[json!(check)]);
    }

    /// Waits until the server has as many ticks, and returns the headers of the events that brought them.
    fn server_has(&self, ticks: usize) -> Vec<EventHeader> {
        let mut api = Api::connect(self.server.address()).unwrap();
        wait::until(&format!("the server to have {ticks} ticks"), || {
            let log = api.log().unwrap();
            let headers = log.iter().map(|event| serde_json::from_str::<EventHeader>(&event.header).unwrap());
            let found: Vec<_> = headers.filter(|header| header.kind == "deployment.attested").collect();
            (found.len() == ticks).then_some(found)
        })
    }

    fn waits_until_done(&self, check: &str) {
        self.browser.wait_script(
            &format!("{check} to be done"),
            &format!("{STATE} === 'done'"),
            &[json!(check)],
        );
    }
}

#[test]
fn a_duplicated_tab_has_a_queue_of_its_own() {
    let mut day = Day::begin("");
    day.server.kill();
    day.browser.see_in(INDICATOR, "Offline");
    let first = day.browser.tab();
    // As duplicating does: the new tab gets a copy of what the first keeps for itself.
    day.browser.script("sessionStorage.setItem('kept', 'yes'); window.open(location.href)", &[]);
    let tabs = wait::until("the second tab", || {
        let tabs = day.browser.block_on(day.browser.client().windows()).unwrap();
        (tabs.len() == 2).then_some(tabs)
    });
    day.tick("try 01");
    day.browser.show_tab(tabs.iter().find(|tab| **tab != first).unwrap());
    day.browser.wait_for("[data-testid=check]");
    assert_eq!(day.browser.script("return sessionStorage.getItem('kept')", &[]), "yes");
    day.tick("try 02");
    day.browser.see_in(INDICATOR, "2 waiting");
    day.server.restart();
    let [one, other] = &day.server_has(2)[..] else { panic!("two ticks") };
    assert_ne!(one.command.client, other.command.client, "two tabs under one name");
    day.browser.see_in(INDICATOR, "Synced");
}

#[test]
fn what_was_being_written_is_there_after_a_crash() {
    let mut day = Day::begin("");
    day.server.kill();
    let tab = day.browser.open_tab();
    let form = format!("{}/deployments/new", day.server.url());
    day.browser.go(&form);
    day.browser.write("Version", "9.9.9-half");
    let kept = "return Object.values(localStorage).some((kept) => kept.includes('9.9.9-half'))";
    day.browser.wait_script("the draft to be kept", kept, &[]);
    day.browser.crash_tab(&tab);
    day.browser.go(&form);
    let value =
        "return [...document.querySelectorAll('input')].some((field) => field.value === '9.9.9-half')";
    day.browser.wait_script("the draft to be there", value, &[]);
}

#[test]
fn a_lost_connection_to_the_storage_is_opened_again() {
    let watch = "const begin = IDBDatabase.prototype.transaction; window.connections = new Set();
        IDBDatabase.prototype.transaction = function (...given) { window.connections.add(this); return begin.apply(this, given); };";
    let mut day = Day::begin(watch);
    day.server.kill();
    day.browser.see_in(INDICATOR, "Offline");
    let lose = "const open = [...window.connections]; window.connections.clear();
        open.forEach((connection) => connection.close()); return open.length";
    assert_ne!(day.browser.script(lose, &[]), json!(0), "there was no connection to lose");
    day.tick("try 01");
    day.browser.see_in(INDICATOR, "1 waiting");
    let opened = "return window.connections.size > 0";
    day.browser.wait_script("another connection", opened, &[]);
    // Without the mirror only the storage that was lost for a moment can have it.
    let only = "const done = arguments[0]; setTimeout(() => done(Object.keys(localStorage).filter((key) => key.startsWith('slipway.outbox')).length))";
    wait::until("the storage to have it", || (day.browser.script_async(only, &[]) == json!(0)).then_some(()));
    day.browser.reload();
    day.waits_until_done("try 01");
    day.server.restart();
    let _once = day.server_has(1);
    day.browser.see_in(INDICATOR, "Synced");
}

#[test]
fn a_clock_that_is_set_while_the_page_is_open_moves_nothing() {
    let day = Day::begin(&format!("window.isOffBy = 0; {CLOCK}"));
    day.browser.script("window.isOffBy = arguments[0]", &[json!(-3 * DAY_MS)]);
    day.tick("try 01");
    let [tick] = &day.server_has(1)[..] else { panic!("one tick") };
    assert!((tick.at.0 - now_ms()).abs() < HOUR_MS, "the page's clock moved: {tick:?}");
    day.browser.see_in(INDICATOR, "Synced");
    assert!(
        !day.browser.has("heading", "/clock of this device is wrong/"),
        "told of a clock that is right enough"
    );
}

#[test]
fn signs_of_every_kind_stay_whole() {
    let title = "Zoë 👩🏽‍🚀 e\u{301} 発布 שלום 🇫🇷 \u{1d54a}";
    let server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&format!("{}/deployments/new", server.url()));
    browser.write("/^(Service|Name of the service)/", "harbour");
    browser.write("Version", "2.0.0");
    // A driver writes no signs beyond the first 65,536; a keyboard does.
    let write = "const field = [...document.querySelectorAll('input')].find((field) => field.labels[0]?.innerText.startsWith('Title'));
        field.value = arguments[0]; field.dispatchEvent(new Event('input', { bubbles: true }))";
    let _field = browser.find("textbox", "/^Title/");
    browser.script(write, &[json!(title)]);
    browser.click("button", "Create deployment");
    browser.see(title);
    let mut api = Api::connect(server.address()).unwrap();
    wait::until("the server to have the title", || {
        let (workspace, _) = api.snapshot().unwrap();
        workspace.deployments.values().any(|known| known.title.value == title).then_some(())
    });
}

/// Answers every request with a page of its own, as the network of a hotel does, until it is dropped.
struct Hotel {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Hotel {
    fn open(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let is_over = Arc::<AtomicBool>::default();
        let ends = Arc::clone(&is_over);
        let thread = std::thread::spawn(move || {
            for guest in listener.incoming().map_while(Result::ok) {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                welcome(guest);
            }
        });
        Self { address, is_over, thread: Some(thread) }
    }
}

impl Drop for Hotel {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn welcome(mut guest: TcpStream) {
    let page = "<!doctype html><title>Welcome</title><h1>Agree to our terms</h1>";
    let length = page.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
    );
    let mut request = [0; 4096];
    // Whoever hangs up gets no answer.
    let _asked = guest.read(&mut request);
    let _answered = guest.write_all(answer.as_bytes());
}

#[test]
fn a_network_that_answers_with_its_own_page_is_offline() {
    let mut day = Day::begin("");
    day.server.kill();
    let hotel = Hotel::open(day.server.address());
    day.tick("try 01");
    day.browser.see_in(INDICATOR, "Offline · 1 waiting");
    day.browser.reload();
    day.waits_until_done("try 01");
    day.browser.see_in(INDICATOR, "Offline · 1 waiting");
    drop(hotel);
    day.server.restart();
    let _once = day.server_has(1);
    day.browser.see_in(INDICATOR, "Synced");
}
