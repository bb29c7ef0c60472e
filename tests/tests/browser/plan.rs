//! What a deployment brings, what exactly it is, what it has to do with and how much is at stake: on its page, and on its card.

use serde_json::json;
use slipway_tests::browser::Browser;

use crate::chromium::{demo, first_deployment};
use crate::document::undo;

const ENTER: char = '\u{e007}';
const FIRST_CARD: &str = "[data-testid=column]:nth-of-type(1) [data-testid=card]";

/// Opens the demo's first deployment.
fn opened() -> (slipway_tests::server::TestServer, slipway_tests::browser::Profile, Browser) {
    let (server, profile, browser) = demo(&json!({}));
    browser.go(&format!("{}{}", server.url(), first_deployment(&browser)));
    browser.wait_for("[data-testid=check]");
    (server, profile, browser)
}

fn enter(browser: &Browser, field: &str, line: &str) {
    browser.write(field, line);
    browser.press(&[ENTER]);
}

#[test]
fn a_change_is_added_taken_off_and_brought_back() {
    let (_server, _profile, browser) = opened();
    enter(&browser, "Add a change", "c0ffee1234 Keep keys for 30 days");
    browser.see_in(".change-list", "Keep keys for 30 days");
    browser.see_in(".change-list", "c0ffee1");
    browser.click("button", "Remove Keep keys for 30 days");
    let is_gone = "return ![...document.querySelectorAll('.change-words')].some((words) => words.innerText.includes('Keep keys'))";
    browser.wait_script("the change to be gone", is_gone, &[]);
    undo(&browser);
    browser.see_in(".change-list", "Keep keys for 30 days");
    browser.see_in(".timeline", "removed Keep keys for 30 days");
}

#[test]
fn an_artifact_is_named_and_taken_off() {
    let (_server, _profile, browser) = opened();
    browser.click("button", "Name an artifact");
    browser.wait_for("dialog[open] #artifact-name");
    browser.click_within("dialog[open]", "button", "Name an artifact");
    browser.wait_for("dialog[open] [aria-invalid=true]");
    browser.write("Name", "registry.example/harbour");
    browser.write("Digest", "sha256:0f1e2d");
    browser.click_within("dialog[open]", "button", "Name an artifact");
    browser.wait_gone("dialog[open]");
    browser.see_in(".artifacts", "sha256:0f1e2d");
    browser.click("button", "Remove registry.example/harbour");
    browser.wait_gone(".artifacts li");
    undo(&browser);
    browser.see_in(".artifacts", "registry.example/harbour");
}

#[test]
fn a_link_leads_there_and_one_that_would_run_a_script_is_refused() {
    let (_server, _profile, browser) = opened();
    enter(&browser, "Add a link", "The build https://ci.example/1");
    let _link = browser.find("link", "The build");
    enter(&browser, "Add a link", "javascript:alert(1)");
    browser.see("A link has to begin with https://");
    let kept = "return document.querySelector('input[aria-label=\"Add a link\"]').value";
    assert_eq!(browser.script(kept, &[]), json!("javascript:alert(1)"), "what was typed stays");
    let unsafe_links = "return document.querySelectorAll('a[href^=\"javascript\"]').length";
    assert_eq!(browser.script(unsafe_links, &[]), json!(0));
    browser.click("button", "Remove link");
    browser.see("Link removed");
    undo(&browser);
    let _link = browser.find("link", "The build");
}

#[test]
fn what_is_at_stake_is_on_the_card() {
    let (server, _profile, browser) = opened();
    let pick = "const field = document.querySelector('select[aria-label=Risk]');
        field.value = 'high'; field.dispatchEvent(new Event('change', { bubbles: true }))";
    browser.script(pick, &[]);
    browser.see_in(".timeline", "set the risk to high");
    browser.go(&server.url());
    browser.see_in(FIRST_CARD, "Risk: high");
}
