//! Saved views: an address under a name, for everybody; saved again in its place, taken away and brought back.

use serde_json::{Value, json};
use slipway_tests::api::Api;
use slipway_tests::browser::Browser;
use slipway_tests::server::TestServer;

use crate::chromium::demo;
use crate::people::synced;

const VIEWS: &str = "[data-testid=views]";

/// Shows the board as an address has it, with the panel of views.
fn show(browser: &Browser, server: &TestServer, query: &str) {
    browser.go(&format!("{}/board{query}", server.url()));
    browser.wait_for("[data-testid=column]");
    browser.click("button", "View");
    browser.wait_for(VIEWS);
}

fn save(browser: &Browser, name: &str) {
    browser.write("Name of the view", name);
    browser.click_within(VIEWS, "button", "Save");
}

/// Returns the name and what is looked for of each view that the server has.
fn kept(server: &TestServer) -> Vec<(String, String)> {
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    workspace.views.values().map(|view| (view.name.clone(), view.query.clone())).collect()
}

fn query(browser: &Browser) -> Value {
    browser.script("return location.search", &[])
}

#[test]
fn a_view_is_saved_opened_saved_anew_removed_and_brought_back() {
    let (server, _profile, browser) = demo(&json!({}));
    show(&browser, &server, "?state=checks");
    browser.click_within(VIEWS, "button", "Save");
    browser.see_in(VIEWS, "The name is empty. Nothing changed");
    save(&browser, "To check");
    browser.see_in(".toasts", "Saved the view To check");
    synced(&browser);
    assert_eq!(kept(&server), [("To check".to_owned(), "state=checks".to_owned())]);

    show(&browser, &server, "");
    browser.click_within(VIEWS, "link", "To check");
    browser.see_in("[data-testid=picked]", "Checks open");
    assert_eq!(query(&browser), json!("?state=checks"));

    // Under the same name there is one view, with what is shown now.
    show(&browser, &server, "?rows=service");
    save(&browser, "to check");
    browser.see_in(".toasts", "Saved the view to check");
    synced(&browser);
    assert_eq!(kept(&server), [("to check".to_owned(), "rows=service".to_owned())]);

    show(&browser, &server, "");
    browser.click_within(VIEWS, "button", "Remove the view to check");
    browser.see_in(".toasts", "Removed the view to check");
    assert!(!browser.has("link", "to check"));
    browser.click_within(".toasts > :last-child", "button", "/^Undo/");
    synced(&browser);
    show(&browser, &server, "");
    browser.click_within(VIEWS, "link", "to check");
    browser.wait_script("the rows", "return location.search === '?rows=service'", &[]);
}
