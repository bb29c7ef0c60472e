//! A page that the browser puts away, to show it again when somebody goes back. `WebKit` leaves it what it holds: no other page
//! of this origin would get to the database as long as it waits there.

use slipway_tests::browser::{Browser, Engine};
use slipway_tests::server::TestServer;

use crate::people::{open_first, saved, set_title, synced, title_on};

/// From here on the page never hears what it asked before it writes, as on a disk that is too busy: the transaction stays.
const NEVER_ANSWERED: &str = "
    const get = IDBObjectStore.prototype.get;
    window.holds = true;
    addEventListener('pageshow', ({ persisted }) => { window.isBack = persisted; window.holds = false; });
    IDBObjectStore.prototype.get = function (key) {
      const asked = get.call(this, key);
      if (this.transaction.mode !== 'readwrite' || !window.holds) return asked;
      window.isHeld = true;
      const again = () => (get.call(this, key).onsuccess = again);
      asked.addEventListener('success', (event) => (event.stopImmediatePropagation(), again()));
      return asked;
    };";

fn put_away_and_back(engine: Engine) {
    let server = TestServer::demo();
    let (_profile, browser) = Browser::open(engine);
    let deployment = open_first(&browser, &server.url());
    synced(&browser);
    browser.script(NEVER_ANSWERED, &[]);
    set_title(&browser, "Put away");
    let is_held = "return window.isHeld";
    browser.wait_script("a write that gets no answer", is_held, &[]);

    // Another address: the same one would take the place of the page in the history.
    browser.visit(&format!("{}/deployments/{deployment}?q=", server.url()));
    browser.see("Put away");
    synced(&browser);
    set_title(&browser, "After it");
    saved(&browser);
    synced(&browser);
    assert_eq!(title_on(&server, deployment), "After it");

    browser.script("window.isLeft = true; setTimeout(() => history.back())", &[]);
    browser.wait_script("the page before", "return !window.isLeft", &[]);
    if engine == Engine::WebKit {
        let is_back = "return window.isBack";
        browser.wait_script("the page that was put away", is_back, &[]);
    }
    browser.see("After it");
    set_title(&browser, "Back again");
    saved(&browser);
    synced(&browser);
    assert_eq!(title_on(&server, deployment), "Back again");
}

#[test]
fn a_page_that_is_put_away_in_the_middle_of_a_write_holds_nobody_up_in_webkit() {
    put_away_and_back(Engine::WebKit);
}

#[test]
fn a_page_that_is_put_away_in_the_middle_of_a_write_holds_nobody_up_in_chromium() {
    put_away_and_back(Engine::Chromium);
}

#[test]
fn a_page_that_is_put_away_in_the_middle_of_a_write_holds_nobody_up_in_firefox() {
    put_away_and_back(Engine::Firefox);
}
