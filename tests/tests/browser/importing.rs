//! Markdown written over a document that is there: what it would change is said first, and one Undo takes it back.

use serde_json::json;
use slipway_tests::browser::Browser;

use crate::gate::made;

const OUTLOOK: &str = "[data-testid=import-outlook]";
const TEXT: &str = "## Deployment: 2.4.0\n\n### Smoke\n- [ ] The kettle is on\n- [ ] <b>Tea</b> is ready\n";

fn sections(browser: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[data-testid=section] h2')].map((heading) => heading.textContent.trim())";
    serde_json::from_value(browser.script(script, &[])).unwrap()
}

fn read(browser: &Browser, text: &str) {
    browser.write("Markdown", text);
}

#[test]
fn markdown_is_imported_over_a_document_and_taken_back() {
    let (_server, _profile, browser) = made();
    let before = sections(&browser);
    browser.click("button", "More actions");
    browser.click("menuitem", "/^Import Markdown/");
    read(&browser, "buy milk");
    browser.see_in(OUTLOOK, "This is no deployment yet");
    let is_off = "return document.querySelector('dialog[open] .import .is-primary').disabled";
    assert_eq!(browser.script(is_off, &[]), json!(true));

    read(&browser, TEXT);
    browser.see_in(OUTLOOK, "Section Smoke added, with 2 checks");
    assert_eq!(sections(&browser), before, "nothing happens before it is asked for");
    browser.click_within("dialog[open]", "button", "Import");
    browser.wait_gone("dialog[open]");
    browser.see("The kettle is on");
    browser.see("<b>Tea</b> is ready");
    // Sections that the text does not have are there all the same.
    let mut after = sections(&browser);
    after.retain(|heading| heading != "Smoke");
    assert_eq!(after, before);

    browser.click_within(".toasts > :last-child", "button", "/^Undo/");
    let is_back = || (sections(&browser) == before).then_some(());
    slipway_tests::wait::until("the sections to be as they were", is_back);
}
