//! A deployment on paper: its words, and nothing that can only be pressed.

use serde_json::json;
use slipway_tests::browser::Browser;

use crate::gate::made;

/// What only a screen is for.
const SCREEN: [&str; 8] = [
    ".rail",
    ".top",
    ".deployment-actions",
    ".gate-decision",
    ".environment-buttons",
    ".check-add",
    ".comment-form",
    "[data-testid=section] [aria-haspopup=menu]",
];
/// What is read on paper too.
const PAPER: [&str; 5] = [
    "[data-testid=deployment] h1",
    "[data-testid=gate]",
    "[data-testid=check]",
    ".deployment-facts",
    ".timeline",
];

fn look(browser: &Browser, medium: &str) {
    browser.cdp("Emulation.setEmulatedMedia", json!({ "media": medium }));
}

/// Returns those of some selectors of which something is shown.
fn shown(browser: &Browser, selectors: &[&str]) -> Vec<String> {
    let script = "return arguments[0].filter((css) => [...document.querySelectorAll(css)].some((found) => found.checkVisibility()))";
    serde_json::from_value(browser.script(script, &[json!(selectors)])).unwrap()
}

#[test]
fn paper_has_the_words_of_a_deployment_and_none_of_its_buttons() {
    let (_server, _profile, browser) = made();
    browser.wait_for(".timeline");
    assert_eq!(
        (shown(&browser, &SCREEN), shown(&browser, &PAPER)),
        (SCREEN.map(str::to_owned).to_vec(), PAPER.map(str::to_owned).to_vec())
    );
    look(&browser, "print");
    assert_eq!(shown(&browser, &SCREEN), Vec::<String>::new());
    assert_eq!(shown(&browser, &PAPER), PAPER);
    // No page is cut off: nothing scrolls in a part of its own.
    let hidden = "return [...document.querySelectorAll('main, .page')].some((part) =>
        part.scrollHeight > part.clientHeight + 1 && getComputedStyle(part).overflowY !== 'visible')";
    assert_eq!(browser.script(hidden, &[]), json!(false));
    let dark = "return getComputedStyle(document.body).backgroundColor";
    assert_eq!(browser.script(dark, &[]), json!("rgb(255, 255, 255)"));

    look(&browser, "screen");
    browser.script("window.print = () => { window.wasPrinted = true; }", &[]);
    browser.click("button", "More actions");
    browser.click("menuitem", "/^Print/");
    browser.wait_script("the page to be printed", "return window.wasPrinted", &[]);
}

#[test]
fn a_deployment_beside_the_board_is_printed_alone() {
    let (_server, _profile, browser) = made();
    browser.click("link", "/^Board/");
    browser.wait_for("[data-testid=card]");
    browser.script("document.querySelector('.card-link').click()", &[]);
    browser.wait_for(".sheet [data-testid=check]");
    assert_eq!(shown(&browser, &["[data-testid=column]"]).len(), 1);
    look(&browser, "print");
    assert_eq!(shown(&browser, &["[data-testid=column]"]), Vec::<String>::new());
    assert_eq!(shown(&browser, &["[data-testid=check]"]).len(), 1);
}
