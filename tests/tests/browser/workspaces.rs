//! Several workspaces in one browser: making one, going from one to the other, with and without a server.

use serde_json::json;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::people::synced;
use crate::people_accounts::{fill, open_deployment, rows, set_up};

const PICK: &str = "const select = document.getElementById(arguments[0]);
    select.value = arguments[1];
    select.dispatchEvent(new Event('change', { bubbles: true }));";

/// Opens the switcher and picks something in it.
fn pick(browser: &Browser, item: &str) {
    browser.click("button", "/^Switch workspace/");
    browser.click("menuitem", item);
}

/// Waits until a workspace is open, and in step.
fn in_workspace(browser: &Browser, name: &str) {
    browser.see_in(".crumbs", name);
    browser.wait_for("[data-testid=column]");
    synced(browser);
}

fn make(browser: &Browser, name: &str, beginning: &str) {
    pick(browser, "New workspace");
    fill(browser, "new-workspace-name", name);
    browser.script(PICK, &[json!("new-workspace-beginning"), json!(beginning)]);
    browser.click_within("dialog[open]", "button", "Create workspace");
    in_workspace(browser, name);
}

fn all_sent(browser: &Browser) {
    wait::until("the outboxes to be empty", || {
        let kept = rows(browser);
        kept.as_object()?.values().all(|rows| rows["outbox"] == json!(0)).then_some(())
    });
}

#[test]
fn two_workspaces_are_worked_in_and_switched_between_without_a_server() {
    let mut server = TestServer::start_unclaimed();
    let (_profile, browser) = set_up(&server, Engine::Chromium);
    make(&browser, "Pier", "empty");
    open_deployment(&browser, "crane", "4.2.0");
    synced(&browser);
    pick(&browser, "/^Harbour/");
    in_workspace(&browser, "Harbour");
    assert_eq!(browser.count("[data-testid=card]"), 0, "what is in one is in the other");
    browser.wait_offline_ready();

    // Offline, in Harbour; then to Pier, which is here too, and stays open when the page is loaded again.
    server.kill();
    open_deployment(&browser, "pilot", "7.0.0");
    pick(&browser, "/^Pier/");
    browser.see_in(".crumbs", "Pier");
    browser.see("4.2.0");
    browser.see_in("[data-testid=elsewhere-banner]", "in other workspaces");
    browser.reload();
    browser.see_in(".crumbs", "Pier");
    browser.see("4.2.0");
    assert!(!browser.has("link", "/7.0.0/"));
    browser.click("button", "/^Switch workspace/");
    browser.see_in("[role=menu]", "not sent");
    let found = browser.axe();
    assert!(found.is_empty(), "{found:#?}");
    browser.press(&['\u{e00c}']);

    // With a server again, going there sends it.
    server.restart();
    synced(&browser);
    browser.click("button", "Open Harbour");
    in_workspace(&browser, "Harbour");
    browser.see("7.0.0");
    all_sent(&browser);
    pick(&browser, "/^Pier/");
    in_workspace(&browser, "Pier");
    browser.see("4.2.0");
    assert_eq!(browser.count("[data-testid=elsewhere-banner]"), 0);
}

#[test]
fn a_workspace_may_begin_with_the_sample_and_nothing_of_any_stays_after_signing_out() {
    let server = TestServer::start_unclaimed();
    let (_profile, browser) = set_up(&server, Engine::Chromium);
    browser.click("button", "/^Switch workspace/");
    browser.click("menuitem", "New workspace");
    browser.wait_for("dialog[open]");
    let found = browser.axe();
    assert!(found.is_empty(), "{found:#?}");
    browser.press(&['\u{e00c}']);
    make(&browser, "Pier", "sample");
    wait::until("the sample", || (browser.count("[data-testid=card]") == 7).then_some(()));

    // Its name can be changed, and the switcher has it.
    browser.visit(&format!("{}/settings", server.url()));
    browser.click_within("section[aria-labelledby=settings-workspace]", "button", "Rename");
    fill(&browser, "rename-workspace", "North pier");
    browser.click_within("dialog[open]", "button", "Save");
    browser.see_in(".crumbs", "North pier");
    synced(&browser);

    browser.click("button", "Sign out");
    browser.wait_for("#login");
    let left = rows(&browser);
    let kept: Vec<_> = left.as_object().unwrap().values().collect();
    assert_eq!(kept.len(), 2, "{left}");
    for rows in kept {
        assert_eq!((&rows["snapshot"], &rows["tail"]), (&json!(0), &json!(0)), "{left}");
    }
}
