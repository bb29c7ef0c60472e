//! What a browser keeps, and what it says when it can't.

use serde_json::{Value, json};
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::server::TestServer;

/// Opens the app's database and hands it to `then`, which calls `done`. Without a version, as a test has no say in it.
const OPEN: &str = "const done = arguments[arguments.length - 1];
    indexedDB.databases().then((all) => {
      const { name } = all.find(({ name }) => name.startsWith('slipway-'));
      indexedDB.open(name).onsuccess = ({ target: { result: database } }) => then(database, (answer) => (database.close(), done(answer)));
    });";

/// Opens the document of the demo's first card, with a script that runs before each page.
fn opened(script: &str) -> (TestServer, Profile, Browser) {
    let server = TestServer::demo();
    let (profile, browser) = Browser::open(Engine::Chromium);
    browser.before_each_page(script);
    browser.go(&server.url());
    browser.go(&format!("{}{}", server.url(), crate::chromium::first_deployment(&browser)));
    browser.wait_for("[data-testid=check]");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    browser.wait_offline_ready();
    (server, profile, browser)
}

fn tick(browser: &Browser) -> String {
    let open =
        "return document.querySelector('[data-testid=check][data-state=open] label')?.textContent?.trim()";
    let check = browser.wait_script("an open check", open, &[]).as_str().unwrap().to_owned();
    browser.click("checkbox", &check);
    check
}

fn is_ticked(browser: &Browser, check: &str) {
    let script = "return [...document.querySelectorAll('[data-testid=check][data-state=done] label')]
        .some((label) => label.textContent.trim() === arguments[0]) || undefined";
    browser.wait_script("the tick", script, &[json!(check)]);
}

pub fn rows(browser: &Browser, store: &str) -> Value {
    let then = "const then = (database, done) => {
        const request = database.transaction(arguments[0]).objectStore(arguments[0]).count();
        request.onsuccess = () => done(request.result); };";
    browser.script_async(&[then, OPEN].concat(), &[json!(store)])
}

/// Puts a text into a store; `null` reads the first row, and `change` makes another of it.
fn change_first_row(browser: &Browser, store: &str, change: &str) {
    let then = "const then = (database, done) => {
        const store = database.transaction(arguments[0], 'readwrite').objectStore(arguments[0]);
        store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
          cursor.update((CHANGE)(cursor.value)).onsuccess = () => done(true);
        }; };";
    let script = [then, OPEN].concat().replace("CHANGE", change);
    browser.script_async(&script, &[json!(store)]);
}

/// Holds what makes room until the test has let the disk have some, as a disk does that frees it later.
const ROOM_LATER: &str = "{
    const { clear } = IDBObjectStore.prototype, { commit } = IDBTransaction.prototype;
    Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
    IDBObjectStore.prototype.clear = function () {
      const request = clear.apply(this);
      const again = () => { if (!window.hasRoom) this.count().onsuccess = again; };
      if (this.name === 'snapshot' && window.refused) {
        window.makesRoom = true;
        again();
      }
      return request;
    };
    IDBTransaction.prototype.commit = function () { if (!window.makesRoom || window.hasRoom) commit.call(this); };
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (...what) {
      const begun = transaction.apply(this, what);
      begun.addEventListener('abort', () => (window.refused ??= `${begun.error?.name}`));
      return begun;
    };
  }";

#[test]
fn what_can_be_fetched_again_makes_room_for_what_can_not() {
    let (mut server, profile, browser) = opened("");
    let page = format!("{}{}", server.url(), browser.path());
    browser.close();
    server.kill();
    // Before the database is opened: a browser goes on with the room that it found then.
    let browser = profile.open();
    browser.before_each_page(ROOM_LATER);
    browser.cdp("Storage.overrideQuotaForOrigin", json!({ "origin": server.url(), "quotaSize": 1 }));
    browser.go(&page);
    browser.wait_for("[data-testid=check]");
    let check = tick(&browser);
    browser.see_in("[data-testid=sync-indicator]", "1 waiting");
    browser.wait_script("room to be made", "return window.makesRoom", &[]);
    assert_eq!(browser.script("return window.refused", &[]), json!("QuotaExceededError"));
    browser.cdp("Storage.overrideQuotaForOrigin", json!({ "origin": server.url() }));
    browser.script("window.hasRoom = true", &[]);
    slipway_tests::wait::until("the command to be stored", || {
        (rows(&browser, "outbox") == json!(1)).then_some(())
    });
    assert_eq!(rows(&browser, "snapshot"), json!(0));
    assert!(!browser.has("button", "Save unsent changes as a file"), "called unsafe");
    browser.reload();
    server.restart();
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    is_ticked(&browser, &check);
}

/// As a browser whose database never answers, until it is told to.
const MUTE: &str = "{
    const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (...name) { return window.answers ? open.apply(this, name) : {}; };
  }";

#[test]
fn a_database_that_never_opens_is_told_and_asked_again() {
    let mut server = TestServer::demo();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.before_each_page(MUTE);
    browser.go(&server.url());
    browser.see("Nothing is kept on this device");
    let first = crate::chromium::first_deployment(&browser);
    browser.script("document.querySelector('[data-testid=card] .card-link').click()", &[]);
    browser.wait_for("[data-testid=check]");
    server.kill();
    let check = tick(&browser);
    browser.see_in("[data-testid=sync-indicator]", "1 waiting");
    browser.click("button", "Try again");
    browser.see("The browser still gives no storage");
    browser.script("window.answers = true", &[]);
    browser.click("button", "Try again");
    browser.wait_gone(".banner");
    slipway_tests::wait::until("the command to be stored", || {
        (rows(&browser, "outbox") == json!(1)).then_some(())
    });
    server.restart();
    browser.before_each_page("window.answers = true");
    browser.go(&format!("{}{first}", server.url()));
    is_ticked(&browser, &check);
}

#[test]
fn what_the_server_has_answered_is_kept_for_a_server_that_forgets() {
    let (_server, _profile, browser) = opened("");
    tick(&browser);
    slipway_tests::wait::until("the command to move", || {
        (rows(&browser, "acknowledged") == json!(1) && rows(&browser, "outbox") == json!(0)).then_some(())
    });
}

#[test]
fn a_row_that_can_not_be_read_is_shown_and_never_passed_over() {
    let (mut server, _profile, browser) = opened("");
    server.kill();
    tick(&browser);
    browser.see_in("[data-testid=sync-indicator]", "1 waiting");
    slipway_tests::wait::until("the command to be stored", || {
        (rows(&browser, "outbox") == json!(1)).then_some(())
    });
    change_first_row(&browser, "outbox", "(text) => '{ broken ' + text");
    // Before the page that made it can send it.
    browser.go(&format!("{}/needs-you", server.url()));
    server.restart();
    browser.see("1 change of this device can’t be read");
    browser.see_in("[data-testid=sync-indicator]", "Needs you");
    assert_eq!(rows(&browser, "outbox"), json!(1), "it was thrown away");
    browser.click("button", "Discard");
    // Approvals of the demo wait there all the same.
    wait_until_unsaid(&browser, "can’t be read");
    slipway_tests::wait::until("the row to be gone", || (rows(&browser, "outbox") == json!(0)).then_some(()));
}

/// Waits until the page does not say something any more.
fn wait_until_unsaid(browser: &Browser, words: &str) {
    let unsaid = "return !document.body.innerText.includes(arguments[0])";
    browser.wait_script(&format!("{words:?} to be gone"), unsaid, &[json!(words)]);
}

/// A browser that counts how often it is asked for a promise, and gives it.
const PROMISES: &str = "{
    StorageManager.prototype.persist = async () => {
      localStorage.asked = Number(localStorage.asked ?? 0) + 1;
      return true;
    };
    StorageManager.prototype.persisted = async () => Boolean(localStorage.asked);
  }";

#[test]
fn the_browser_is_asked_for_a_promise_once_after_the_first_edit() {
    let (server, _profile, browser) = opened(PROMISES);
    let asked = || browser.script("return localStorage.asked ?? '0'", &[]);
    assert_eq!(asked(), json!("0"), "asked before there was anything to keep");
    tick(&browser);
    assert_eq!(asked(), json!("1"));
    tick(&browser);
    browser.reload();
    browser.wait_for("[data-testid=check]");
    tick(&browser);
    assert_eq!(asked(), json!("1"), "asked again");
    browser.go(&format!("{}/settings", server.url()));
    browser.see("The browser promised to keep the data of this app");
}

/// A browser that promises nothing.
const NO_PROMISE: &str = "{
    StorageManager.prototype.persist = async () => false;
    StorageManager.prototype.persisted = async () => false;
  }";

#[test]
fn what_waits_for_more_than_a_day_without_a_promise_is_told() {
    let (mut server, _profile, browser) = opened(NO_PROMISE);
    server.kill();
    tick(&browser);
    slipway_tests::wait::until("the command to be stored", || {
        (rows(&browser, "outbox") == json!(1)).then_some(())
    });
    let older =
        "(text) => { const wire = JSON.parse(text); wire.at -= 2 * 86400000; return JSON.stringify(wire); }";
    change_first_row(&browser, "outbox", older);
    browser.reload();
    browser.see("Changes have waited on this device for more than a day");
}

#[test]
fn a_database_of_an_older_build_is_taken_over_while_that_build_has_it_open() {
    let server = TestServer::demo();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    let bare = format!("{}/api/v1/session", server.url());
    browser.go(&bare);
    // As the first build did it: its stores, version 1, and letting go when asked to.
    let older = "const done = arguments[0];
        fetch('/api/v1/session').then((answer) => answer.json()).then(({ workspaces: [{ id }] }) => {
          const request = indexedDB.open(`slipway-${id}`, 1);
          request.onupgradeneeded = () => ['meta', 'snapshot', 'tail', 'outbox', 'refused']
            .forEach((store) => request.result.createObjectStore(store));
          request.onsuccess = () => {
            request.result.onversionchange = () => request.result.close();
            done(true);
          };
        });";
    browser.script_async(older, &[]);
    browser.open_tab();
    browser.go(&server.url());
    browser.wait_for("[data-testid=card]");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    assert_eq!(browser.count(".banner"), 0);
    assert_eq!(rows(&browser, "acknowledged"), json!(0));
}
