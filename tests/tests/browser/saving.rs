//! What is called saved on this device, in which tab: once it is stored, and not before.

use fantoccini::wd::WindowHandle;
use serde_json::json;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_tests::browser::{Browser, Profile};
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::people::{Somebody, open_check, opened, set_title, synced, title_on};
use crate::storage::rows;

/// As a disk that takes its time: what goes into the outbox is not committed as long as `holds` is set.
const SLOW: &str = "{
    const { put } = IDBObjectStore.prototype, { commit } = IDBTransaction.prototype;
    IDBObjectStore.prototype.put = function (...row) {
      const again = () => { if (window.holds) this.count().onsuccess = again; };
      const request = put.apply(this, row);
      if (this.name === 'outbox') again();
      return request;
    };
    IDBTransaction.prototype.commit = function () { if (!window.holds) commit.call(this); };
  }";
const FULL_MIRROR: &str =
    "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };";

/// Two tabs without a server: one that lists what waits, and a slow one in which a check is ticked. The slow one is
/// shown.
struct Pair {
    browser: Browser,
    list: WindowHandle,
    slow: WindowHandle,
    _server: TestServer,
    _profile: Profile,
}

impl Pair {
    fn open() -> Self {
        let (mut server, profile, browser, deployment) = opened("");
        browser.wait_offline_ready();
        server.kill();
        browser.go(&format!("{}/sync", server.url()));
        browser.wait_for(".sync-facts");
        let list = browser.tab();
        let slow = browser.open_tab();
        browser.before_each_page(SLOW);
        browser.go(&format!("{}/deployments/{deployment}", server.url()));
        let check = open_check(&browser);
        browser.script("window.holds = true", &[]);
        browser.click("checkbox", &check);
        Self { browser, list, slow, _server: server, _profile: profile }
    }
}

#[test]
fn another_tab_calls_a_change_saved_once_it_is() {
    let Pair { browser, list, slow, .. } = &Pair::open();
    browser.show_tab(list);
    browser.see_in(".sync-waiting", "In another tab, being saved");
    browser.show_tab(slow);
    browser.script("window.holds = false", &[]);
    browser.show_tab(list);
    browser.see_in(".sync-waiting", "Saved on this device");
    assert_eq!(rows(browser, "outbox"), json!(1));
}

#[test]
fn what_a_tab_that_died_had_not_stored_another_one_stores() {
    let Pair { browser, list, slow, .. } = &Pair::open();
    browser.show_tab(list);
    browser.see_in(".sync-waiting", "In another tab, being saved");
    browser.show_tab(slow);
    browser.crash_tab(slow);
    browser.show_tab(list);
    browser.see_in(".sync-waiting", "Saved on this device");
    assert_eq!(rows(browser, "outbox"), json!(1));
}

/// Something was refused, and the tab dies right after it is done again.
fn dies_doing_again(script: &str) -> (TestServer, Profile, Browser, slipway_shared::ids::DeploymentId) {
    let (mut server, profile, browser, deployment) = opened(&[SLOW, script].concat());
    browser.wait_offline_ready();
    server.kill();
    browser.see_in("[data-testid=sync-indicator]", "Offline");
    set_title(&browser, "Written offline");
    wait::until("the title to be stored", || (rows(&browser, "outbox") == json!(1)).then_some(()));
    browser.go("about:blank");
    server.restart();
    Somebody::at(&server).does(Command::Deployment(DeploymentCommand::Finish { deployment }));
    browser.go(&format!("{}/needs-you", server.url()));
    browser.wait_for("[data-testid=refused]");
    server.kill();
    browser.see_in("[data-testid=sync-indicator]", "Offline");
    let again = browser.tab();
    let other = browser.open_tab();
    browser.show_tab(&again);
    browser.script("window.holds = true", &[]);
    browser.click("button", "/^Put (it )?back (on the board )?and apply/");
    // Approvals of the demo wait there all the same.
    browser.wait_gone("[data-testid=refused]");
    browser.crash_tab(&again);
    browser.show_tab(&other);
    browser.go(&format!("{}/needs-you", server.url()));
    (server, profile, browser, deployment)
}

#[test]
fn what_is_done_again_is_not_there_twice_when_the_tab_dies() {
    let (mut server, _profile, browser, deployment) = dies_doing_again("");
    browser.wait_for(".needs-you");
    browser.see_in("[data-testid=sync-indicator]", "2 waiting");
    browser.wait_gone("[data-testid=refused]");
    wait::until("both to be stored", || {
        (rows(&browser, "outbox") == json!(2) && rows(&browser, "refused") == json!(0)).then_some(())
    });
    server.restart();
    synced(&browser);
    assert_eq!(title_on(&server, deployment), "Written offline");
}

#[test]
fn what_is_done_again_and_not_stored_still_needs_somebody() {
    let (_server, _profile, browser, _) = dies_doing_again(FULL_MIRROR);
    browser.wait_for("[data-testid=refused]");
    assert_eq!((rows(&browser, "outbox"), rows(&browser, "refused")), (json!(0), json!(1)));
}
