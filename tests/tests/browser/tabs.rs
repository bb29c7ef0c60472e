//! Several tabs of one browser, and what a tab that dies leaves behind.

use std::time::Duration;

use serde_json::json;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::proxy::Proxy;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

/// Opens another tab and goes there.
fn new_tab(browser: &Browser, address: &str) {
    browser.open_tab();
    browser.go(address);
    browser.wait_for("[data-testid=card]");
}

/// Returns the name of the first check that is not ticked.
fn first_open_check(browser: &Browser) -> String {
    let script =
        "return document.querySelector('[data-testid=check][data-state=open] label')?.textContent?.trim()";
    browser.wait_script("an open check", script, &[]).as_str().unwrap().to_owned()
}

fn state_of(browser: &Browser, check: &str) -> String {
    let script = "const row = [...document.querySelectorAll('[data-testid=check]')]
        .find((row) => row.querySelector('label').textContent.trim() === arguments[0]); return row?.dataset.state";
    browser.script(script, &[json!(check)]).as_str().unwrap_or_default().to_owned()
}

fn open_first_deployment(browser: &Browser) -> String {
    let address = crate::chromium::first_deployment(browser);
    browser.script("document.querySelector('[data-testid=card] .card-link').click()", &[]);
    browser.wait_for("[data-testid=check]");
    address
}

#[test]
fn tabs_show_each_others_edits_over_one_stream() {
    let server = TestServer::demo();
    let proxy = Proxy::start(server.address());
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&proxy.url());
    browser.wait_for("[data-testid=card]");
    let first = browser.tab();
    let address = open_first_deployment(&browser);
    for _ in 0..2 {
        new_tab(&browser, &format!("{}/board", proxy.url()));
    }
    browser.go(&format!("{}{address}", proxy.url()));
    browser.wait_for("[data-testid=check]");
    let check = first_open_check(&browser);
    browser.click("checkbox", &check);
    browser.show_tab(&first);
    wait::until("the first tab to show the tick", || (state_of(&browser, &check) == "done").then_some(()));
    wait::until("one stream", || (proxy.streams().0 == 1).then_some(()));
    assert_eq!(proxy.streams().1, 1, "{:?}", proxy.asked());
}

#[test]
fn another_tab_takes_over_when_the_first_is_closed() {
    let server = TestServer::demo();
    let proxy = Proxy::start(server.address());
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&proxy.url());
    browser.wait_for("[data-testid=card]");
    wait::until("a stream", || (proxy.streams().0 == 1).then_some(()));
    let first = browser.tab();
    new_tab(&browser, &format!("{}/board", proxy.url()));
    let second = browser.tab();
    browser.show_tab(&first);
    browser.close_tab();
    browser.show_tab(&second);
    let streams = |asked: &[String]| asked.iter().filter(|asked| asked.contains("/stream?")).count();
    wait::until("a second stream", || (streams(&proxy.asked()) == 2).then_some(()));
    wait::until("one stream", || (proxy.streams().0 == 1).then_some(()));
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    open_first_deployment(&browser);
    browser.click("checkbox", &first_open_check(&browser));
    browser.see_in("[data-testid=sync-indicator]", "Synced");
}

/// A tab is killed right after a click, again and again, without a server that could have it already.
#[test]
fn a_tab_killed_right_after_a_click_loses_nothing_it_called_saved() {
    let mut server = TestServer::demo();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&server.url());
    browser.wait_for("[data-testid=card]");
    browser.wait_offline_ready();
    let deployment = crate::chromium::first_deployment(&browser);
    let page = format!("{}{deployment}", server.url());
    let begin = Api::connect(server.address()).unwrap().snapshot().unwrap().1.seq;
    server.kill();
    let mut saved = Vec::new();
    for round in 0..5 {
        let tab = browser.open_tab();
        browser.go(&page);
        browser.wait_for("[data-testid=check]");
        let check = first_open_check(&browser);
        browser.click("checkbox", &check);
        // The word of the screen is what counts: so many changes wait, saved on this device.
        browser.see_in("[data-testid=sync-indicator]", &format!("{} waiting", round + 1));
        browser.crash_tab(&tab);
        saved.push(check);
    }
    browser.open_tab();
    browser.go(&page);
    browser.wait_for("[data-testid=check]");
    for check in &saved {
        assert_eq!(state_of(&browser, check), "done", "{check} was called saved and is lost");
    }
    server.restart();
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    let end = Api::connect(server.address()).unwrap().snapshot().unwrap().1.seq;
    assert_eq!(end - begin, saved.len() as u64, "each tick once");
}

/// Hello and pushes get through, streams don't: everything still arrives, both ways.
#[test]
fn behind_a_proxy_that_holds_streams_back_everything_still_arrives() {
    let server = TestServer::demo();
    let proxy = Proxy::start(server.address());
    proxy.hold_streams_back();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&proxy.url());
    browser.wait_for("[data-testid=card]");
    open_first_deployment(&browser);
    let check = first_open_check(&browser);
    browser.click("checkbox", &check);
    // Two streams are given ten seconds each for their first word.
    wait::until_within(Duration::from_secs(60), "pages to be asked for", || {
        proxy.asked().iter().any(|asked| asked.contains("/events?")).then_some(())
    });
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    assert_eq!(state_of(&browser, &check), "done");
}
