//! Eight tabs of one browser: an edit in any of them is in all the others and on the server, once, whoever leads.

use std::time::Duration;

use fantoccini::wd::WindowHandle;
use serde_json::json;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::proxy::Proxy;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::people::{head, open_check, state_of, synced};

const TABS: usize = 8;
/// How long it may take to notice the silence of a leader, and to take over.
const TAKEOVER: Duration = Duration::from_secs(60);

/// A browser with its tabs, all at the same deployment.
struct Tabs {
    browser: Browser,
    tabs: Vec<WindowHandle>,
    server: TestServer,
    proxy: Proxy,
    /// Where the log has to be.
    head: u64,
}

impl Tabs {
    fn open(&mut self, page: &str) {
        for number in 0..TABS {
            let tab = if number == 0 { self.browser.tab() } else { self.browser.open_tab() };
            self.browser.go(page);
            self.browser.wait_for("[data-testid=check]");
            if number == 0 {
                // So that it is the first that leads.
                wait::until("the leader's stream", || (self.proxy.streams().0 == 1).then_some(()));
            }
            self.tabs.push(tab);
        }
    }

    /// Shows a tab as a person does.
    fn show(&self, tab: &WindowHandle) {
        self.browser.show_tab(tab);
        self.browser.cdp("Page.bringToFront", json!({}));
    }

    /// Ticks a check in the tab at `place`, and waits until the server and every tab has it, but those in `deaf`.
    fn edit_in(&mut self, place: usize, deaf: &[usize]) -> String {
        self.show(&self.tabs[place]);
        let check = open_check(&self.browser);
        self.browser.click("checkbox", &check);
        self.head += 1;
        wait::until_within(TAKEOVER, "the server to have it", || {
            (head(&self.server) == self.head).then_some(())
        });
        for (other, tab) in self.tabs.iter().enumerate().filter(|(other, _)| !deaf.contains(other)) {
            self.browser.show_tab(tab);
            let what = format!("tab {other} to show what was ticked in tab {place}");
            wait::until(&what, || (state_of(&self.browser, &check) == "done").then_some(()));
        }
        check
    }
}

#[test]
fn with_eight_tabs_a_frozen_leader_and_a_killed_one_every_edit_is_everywhere_once() {
    let server = TestServer::demo();
    let proxy = Proxy::start(server.address());
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&proxy.url());
    let page = format!("{}{}", proxy.url(), crate::chromium::first_deployment(&browser));
    let head = head(&server);
    let mut all = Tabs { browser, tabs: Vec::new(), server, proxy, head };
    all.open(&page);
    assert_eq!(all.proxy.streams(), (1, 1), "eight tabs, one stream: {:?}", all.proxy.asked());
    for place in [0, 3, 7] {
        all.edit_in(place, &[]);
    }
    assert_eq!(all.proxy.streams().1, 1, "eight tabs, one stream");

    // The leader is frozen while somebody works in another tab, which takes over.
    all.show(&all.tabs[3]);
    all.browser.show_tab(&all.tabs[0]);
    all.browser.cdp("Page.setWebLifecycleState", json!({ "state": "frozen" }));
    let check = all.edit_in(3, &[0]);
    all.browser.show_tab(&all.tabs[0]);
    all.browser.cdp("Page.setWebLifecycleState", json!({ "state": "active" }));
    wait::until("the woken tab to show it", || (state_of(&all.browser, &check) == "done").then_some(()));
    wait::until("one stream", || (all.proxy.streams().0 == 1).then_some(()));
    all.edit_in(0, &[]);

    // Whoever leads now is killed, and another tab goes on.
    all.browser.show_tab(&all.tabs[3]);
    let leader = all.tabs.remove(3);
    all.browser.crash_tab(&leader);
    for place in [1, 6] {
        all.edit_in(place, &[]);
    }
    wait::until("one stream", || (all.proxy.streams().0 == 1).then_some(()));
    synced(&all.browser);
    assert_eq!(crate::people::head(&all.server), all.head, "every edit once");
}
