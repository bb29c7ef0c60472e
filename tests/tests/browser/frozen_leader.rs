//! A leader that the browser has frozen is replaced, and does no harm when it wakes up.

use std::time::Duration;

use serde_json::json;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::proxy::Proxy;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

/// How long it may take to notice the silence, and to take over.
const TAKEOVER: Duration = Duration::from_secs(60);

fn state_of(browser: &Browser, check: &str) -> String {
    let script = "const row = [...document.querySelectorAll('[data-testid=check]')]
        .find((row) => row.querySelector('label').textContent.trim() === arguments[0]); return row?.dataset.state";
    browser.script(script, &[json!(check)]).as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_frozen_leader_is_replaced_and_nothing_is_lost_or_doubled() {
    let server = TestServer::demo();
    let proxy = Proxy::start(server.address());
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&proxy.url());
    let page = format!("{}{}", proxy.url(), crate::chromium::first_deployment(&browser));
    browser.go(&page);
    browser.wait_for("[data-testid=check]");
    wait::until("the leader's stream", || (proxy.streams().0 == 1).then_some(()));
    let leader = browser.tab();
    let head = || Api::connect(server.address()).unwrap().snapshot().unwrap().1.seq;
    let begin = head();

    browser.open_tab();
    browser.go(&page);
    browser.wait_for("[data-testid=check]");
    let other = browser.tab();
    let open =
        "return document.querySelector('[data-testid=check][data-state=open] label')?.textContent?.trim()";
    let check = browser.wait_script("an open check", open, &[]).as_str().unwrap().to_owned();

    // Somebody looks at the other tab.
    browser.cdp("Page.bringToFront", json!({}));
    browser.show_tab(&leader);
    browser.cdp("Page.setWebLifecycleState", json!({ "state": "frozen" }));
    browser.show_tab(&other);
    browser.click("checkbox", &check);
    wait::until_within(TAKEOVER, "the server to have the tick", || (head() == begin + 1).then_some(()));
    browser.see_in("[data-testid=sync-indicator]", "Synced");

    browser.show_tab(&leader);
    browser.cdp("Page.setWebLifecycleState", json!({ "state": "active" }));
    wait::until("the woken tab to show the tick", || (state_of(&browser, &check) == "done").then_some(()));
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    wait::until("one stream", || (proxy.streams().0 == 1).then_some(()));
    assert_eq!(head(), begin + 1, "the tick once");
}
