//! Browsers that keep nothing, code that breaks, builds that change: told in words, and nothing is lost.

use serde_json::json;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::proxy::Proxy;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

const NO_LOCAL_STORAGE: &str = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });";
const FULL_LOCAL_STORAGE: &str =
    "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };";
const NO_INDEXED_DB: &str =
    "IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); };";
const FULL_INDEXED_DB: &str =
    "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };";

/// Opens an empty server's app in a browser that begins each page with `script`.
fn opened(script: &str) -> (TestServer, Profile, Browser) {
    let server = TestServer::start();
    let (profile, browser) = Browser::open(Engine::Chromium);
    browser.before_each_page(script);
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    (server, profile, browser)
}

/// Adds a deployment and waits until the server has it.
fn works(server: &TestServer, browser: &Browser) {
    browser.click("link", "/^New deployment/");
    browser.write("/^(Service|Name of the service)/", "harbour");
    browser.write("Version", "1.0.0");
    browser.click("button", "Create deployment");
    browser.see("1.0.0");
    let mut api = Api::connect(server.address()).unwrap();
    wait::until("the server to have it", || (api.snapshot().unwrap().0.deployments.len() == 1).then_some(()));
    assert_eq!(browser.count("#crash"), 0);
}

#[test]
fn blocked_local_storage_changes_nothing() {
    let (server, _profile, browser) = opened(NO_LOCAL_STORAGE);
    works(&server, &browser);
}

#[test]
fn full_local_storage_changes_nothing() {
    let (server, _profile, browser) = opened(FULL_LOCAL_STORAGE);
    works(&server, &browser);
}

#[test]
fn blocked_indexed_db_is_told() {
    let (server, _profile, browser) = opened(NO_INDEXED_DB);
    browser.see("Nothing is kept on this device");
    works(&server, &browser);
}

#[test]
fn a_full_indexed_db_loses_nothing_while_the_mirror_has_room() {
    let (mut server, _profile, browser) = opened(FULL_INDEXED_DB);
    works(&server, &browser);
    server.kill();
    browser.click("checkbox", "Tests passing");
    browser.see_in("[data-testid=sync-indicator]", "1 waiting");
    browser.reload();
    server.restart();
    let mut api = Api::connect(server.address()).unwrap();
    wait::until("the server to have the tick", || {
        let (workspace, _) = api.snapshot().unwrap();
        workspace.deployments.values().any(|known| known.progress().done == 1).then_some(())
    });
}

#[test]
fn a_device_without_any_room_is_told() {
    let (server, _profile, browser) = opened(&[FULL_LOCAL_STORAGE, FULL_INDEXED_DB].concat());
    works(&server, &browser);
    browser.see("Nothing is kept on this device");
}

#[test]
fn a_browser_that_keeps_nothing_at_all_is_told_and_can_save_what_is_unsent() {
    let (mut server, _profile, browser) = opened(&[NO_LOCAL_STORAGE, NO_INDEXED_DB].concat());
    browser.see("Nothing is kept on this device");
    works(&server, &browser);
    server.kill();
    browser.see_in("[data-testid=sync-indicator]", "Offline");
    let _save = browser.find("button", "Save unsent changes as a file");
}

#[test]
fn a_panic_shows_the_crash_screen_and_the_work_is_there_after_it() {
    let (mut server, _profile, browser) = opened("");
    browser.wait_offline_ready();
    works(&server, &browser);
    server.kill();
    // As the browser reports an abort of the WebAssembly: boot.js listens for exactly that.
    let abort = "const error = new WebAssembly.RuntimeError('unreachable');
        dispatchEvent(new ErrorEvent('error', { error, message: String(error) }))";
    browser.script(abort, &[]);
    browser.see_in("#crash", "Something broke");
    browser.see_in("#crash", "Your work is saved on this device");
    browser.click("button", "Reload");
    browser.wait_gone("#crash");
    browser.see("1.0.0");
}

#[test]
fn a_first_visit_without_a_server_says_so() {
    let mut server = TestServer::start();
    let proxy = Proxy::start(server.address());
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&proxy.url());
    browser.wait_offline_ready();
    browser.script_async(
        "const done = arguments[0]; indexedDB.databases().then((all) => Promise.all(all.map(({ name }) =>
         new Promise((gone) => { const request = indexedDB.deleteDatabase(name); request.onsuccess = request.onblocked = gone; }))))
         .then(() => { localStorage.clear(); done(true); })",
        &[],
    );
    server.kill();
    browser.reload();
    browser.see("No copy here yet, and the server doesn't answer".replace('\'', "’").as_str());
    // It is tried again by itself too, so that the button is gone as soon as the server is there.
    browser.click("button", "Try again");
    server.restart();
    browser.wait_for("[data-testid=column]");
}

#[test]
fn a_newer_build_asks_before_it_takes_over() {
    let server = TestServer::start();
    let proxy = Proxy::start(server.address());
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&proxy.url());
    browser.wait_for("[data-testid=column]");
    browser.wait_offline_ready();
    assert!(!browser.has("button", "Reload"), "asked without a newer build");

    proxy.pretend_a_newer_build();
    browser.script("navigator.serviceWorker.getRegistration().then((known) => known.update())", &[]);
    browser.see("A newer version is here");
    let caches = "const done = arguments[0]; caches.keys().then((names) => done(names.join(' ')))";
    let held = browser.script_async(caches, &[]);
    assert!(held.as_str().unwrap().contains("slipway-ffff"), "the newer build is not there yet: {held}");
    browser.script("window.isBefore = true", &[]);
    browser.click("button", "Reload");
    browser.wait_script("the page to load again", "return !window.isBefore", &[]);
    browser.wait_for("[data-testid=column]");
    assert!(!browser.has("button", "Reload"), "asked again");
    // Its files stay as long as a page of it may be open, and go with the next one.
    browser.reload();
    wait::until("the older build to be gone", || {
        let held = browser.script_async(caches, &[]);
        (held == json!("slipway-ffffffffffffffff")).then_some(())
    });
}
