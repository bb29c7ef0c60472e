//! What is done on a page to reach a state: by what the page is made of, since words are of a language.

use serde_json::json;
use slipway_tests::browser::Browser;

/// One thing that is done.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// The first element of a selector is clicked.
    Click(&'static str),
    /// The first element of a role is clicked whose name the workspace gave it, as a pattern.
    Choose(&'static str, &'static str),
    /// A text is typed where the focus is.
    Type(&'static str),
    /// A field gets a value.
    Fill(&'static str, &'static str),
    /// The first cards of a column are picked: its place, and how many.
    Pick(usize, usize),
    /// What a selector selects is brought to the top of the screen.
    Show(&'static str),
    /// The deployment that has most to show is opened from the board.
    Open,
}

/// Does one thing, once what it needs is there.
pub fn take(browser: &Browser, step: Step, deployment: &str) {
    let on = |css: &str, script: &str, arguments: &[serde_json::Value]| {
        browser.wait_for(css);
        browser.script(script, arguments);
    };
    match step {
        Step::Click(css) => on(css, "document.querySelector(arguments[0]).click()", &[json!(css)]),
        Step::Choose(role, name) => browser.click(role, name),
        Step::Type(text) => browser.type_text(text),
        Step::Fill(css, value) => on(css, FILL, &[json!(css), json!(value)]),
        Step::Pick(place, cards) => on("[data-testid=card]", PICK, &[json!(place), json!(cards)]),
        Step::Show(css) => on(css, SHOW, &[json!(css)]),
        Step::Open => on("[data-testid=card]", OPEN, &[json!(deployment)]),
    }
}

const FILL: &str = "const field = document.querySelector(arguments[0]);
    field.value = arguments[1];
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }))";

/// As with Ctrl and the mouse button.
const PICK: &str = "const column = document.querySelectorAll('[data-testid=column]')[arguments[0]];
    for (const link of [...column.querySelectorAll('.card-link')].slice(0, arguments[1]))
        link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true }))";

const SHOW: &str =
    "document.querySelector(arguments[0]).scrollIntoView({ block: 'start', behavior: 'instant' })";

const OPEN: &str = "document.querySelector(`a[href=\"${arguments[0]}\"]`).click()";
