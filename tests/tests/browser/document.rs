//! The document of a deployment: checks and sections edited, moved by keys and menu, nested, removed and brought back.

use serde_json::{Value, json};
use slipway_tests::browser::Browser;

use crate::chromium::{demo, first_deployment};

const RIGHT: char = '\u{e014}';
const LEFT: char = '\u{e012}';
const UP: char = '\u{e013}';

/// Says that a new deployment is of harbour, which is a new service the first time.
pub(crate) fn pick_service(browser: &Browser) {
    let pick = "const field = document.querySelector('#new-service');
        const known = [...field.options].find((option) => option.text === 'harbour');
        field.value = known?.value ?? 'new';
        field.dispatchEvent(new Event('change', { bubbles: true }));
        return Boolean(known)";
    let _field = browser.wait_for("select#new-service");
    if browser.script(pick, &[]) == json!(false) {
        browser.write("Name of the service", "harbour");
    }
}

/// Takes back what was done last: the notices about what was done before may still be there.
pub(crate) fn undo(browser: &Browser) {
    browser.click_within(".toasts > :last-child", "button", "Undo");
}

/// Opens a new deployment with a short document, and shows it.
fn open(browser: &Browser, url: &str, document: &str) {
    browser.go(&format!("{url}/deployments/new"));
    pick_service(browser);
    browser.write("Version", "9.0.0");
    browser.script(
        "const field = document.querySelector('#new-text'); field.value = arguments[0];
         field.dispatchEvent(new Event('input', { bubbles: true }))",
        &[json!(document)],
    );
    browser.click("button", "Create deployment");
    browser.wait_for("[data-testid=check]");
}

/// Waits until the checks of the page are these, indented by their level.
fn reads(browser: &Browser, expected: &[&str]) {
    let script = "
        const checks = [...document.querySelectorAll('[data-testid=check]')].map((check) =>
          ' '.repeat(Number(check.dataset.level))
            + check.querySelector('.check-text bdi').textContent);
        return JSON.stringify(checks) === JSON.stringify(arguments[0])";
    browser.wait_script(&format!("the checks {expected:?}"), script, &[json!(expected)]);
}

fn menu(browser: &Browser, check: &str, item: &str) {
    let open = "[...document.querySelectorAll('[data-testid=check]')]
        .find((row) => row.querySelector('.check-text bdi').textContent === arguments[0]).querySelector('.check-more').click()";
    browser.script(open, &[json!(check)]);
    browser.click("menuitem", item);
}

fn focus_grip(browser: &Browser, check: &str) {
    let focus = "[...document.querySelectorAll('[data-testid=check]')]
        .find((row) => row.querySelector('.check-text bdi').textContent === arguments[0]).querySelector('.check-grip').focus()";
    browser.script(focus, &[json!(check)]);
}

fn focused(browser: &Browser) -> Value {
    browser.script("return document.activeElement.getAttribute('aria-label')", &[])
}

#[test]
fn checks_are_edited_moved_nested_removed_and_brought_back() {
    let (server, _profile, browser) = demo(&json!({}));
    open(
        &browser,
        &server.url(),
        "### Approval\n- [ ] one\n  - [ ] two\n- [ ] three\n\n### Post-deployment\n- [ ] four\n",
    );
    // Nested in the Markdown is nested on the page.
    reads(&browser, &["one", " two", "three", "four"]);

    menu(&browser, "three", "Edit");
    browser.write("What to make sure of", "drei");
    browser.write("/^How to verify it/", "by hand");
    browser.click_within("[data-testid=check] form", "button", "Save");
    reads(&browser, &["one", " two", "drei", "four"]);
    browser.see("by hand");

    focus_grip(&browser, "drei");
    browser.press(&[RIGHT]);
    reads(&browser, &["one", " two", " drei", "four"]);
    browser.press(&[UP]);
    reads(&browser, &["one", " drei", " two", "four"]);
    browser.wait_script(
        "the handle to keep the focus",
        "return document.activeElement.matches('.check-grip')",
        &[],
    );
    assert_eq!(focused(&browser), "Move “drei”");
    browser.press(&[LEFT]);
    reads(&browser, &["one", " two", "drei", "four"]);

    menu(&browser, "one", "Remove");
    reads(&browser, &["drei", "four"]);
    undo(&browser);
    reads(&browser, &["one", " two", "drei", "four"]);
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    browser.reload();
    reads(&browser, &["one", " two", "drei", "four"]);
}

#[test]
fn sections_are_renamed_moved_added_and_removed() {
    const HEADINGS: &str = "
        const shown = [...document.querySelectorAll('[data-testid=section] h2')].map((heading) => heading.textContent.trim());
        return JSON.stringify(shown) === JSON.stringify(arguments[0])";
    let (server, _profile, browser) = demo(&json!({}));
    let headed = |expected: &[&str]| {
        browser.wait_script(&format!("the sections {expected:?}"), HEADINGS, &[json!(expected)]);
    };
    open(&browser, &server.url(), "### Approval\n- [ ] one\n\n### Post-deployment\n- [ ] two\n");
    headed(&["Approval", "Post-deployment"]);
    browser.click_within("[data-testid=section]", "button", "More about this section");
    browser.click("menuitem", "Move down");
    headed(&["Post-deployment", "Approval"]);
    browser.click_within("[data-testid=section]", "button", "More about this section");
    browser.click("menuitem", "Rename");
    // Clearing the field by the driver would leave it, and leaving it saves.
    let write = "const field = document.querySelector('[data-testid=section] .section-head input');
        field.focus(); field.value = arguments[0]";
    let _field = browser.wait_for("[data-testid=section] .section-head input");
    browser.script(write, &[json!("Afterwards")]);
    browser.press(&['\u{e007}']);
    headed(&["Afterwards", "Approval"]);
    browser.write("Add a section", "Smoke");
    browser.press(&['\u{e007}']);
    headed(&["Afterwards", "Approval", "Smoke"]);
    browser.click_within("[data-testid=section]", "button", "More about this section");
    browser.click("menuitem", "Remove section");
    headed(&["Approval", "Smoke"]);
    undo(&browser);
    headed(&["Afterwards", "Approval", "Smoke"]);
}

#[test]
fn a_version_that_exists_is_warned_about_and_opened_all_the_same() {
    let (server, _profile, browser) = demo(&json!({}));
    open(&browser, &server.url(), "### Approval\n- [ ] one\n");
    browser.click("button", "More actions");
    browser.click("menuitem", "/^Duplicate/");
    browser.wait_for("[data-testid=create]");
    browser.write("Version", "9.0.0");
    browser.see("There is 9.0.0 harbour already");
    browser.click("button", "Open all the same");
    browser.wait_for("[data-testid=check]");
    reads(&browser, &["one"]);
}

#[test]
fn the_timeline_tells_all_of_it_and_from_which_device() {
    let (server, _profile, browser) = demo(&json!({}));
    browser.go(&format!("{}{}", server.url(), first_deployment(&browser)));
    browser.see_in(".timeline", "opened the deployment");
    browser.write("Write a comment", "Told");
    browser.click_within("[data-testid=comments]", "button", "Comment");
    browser.see_in(".timeline", "commented");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    browser.reload();
    browser.wait_for(".timeline-from");
    browser.see_in(".timeline", "Told");
}

#[test]
fn a_checklist_that_was_kept_is_put_into_another_deployment() {
    let (server, _profile, browser) = demo(&json!({}));
    open(&browser, &server.url(), "### Smoke\n- [x] one\n  - [ ] two\n");
    browser.click_within("[data-testid=section]", "button", "More about this section");
    browser.click("menuitem", "Save as checklist");
    browser.wait_for(".template-form");
    browser.click("button", "Save");
    browser.see_in(".rows", "Smoke");
    browser.see_in(".rows", "1 section, 2 checks");

    browser.go(&format!("{}/deployments/new", server.url()));
    pick_service(&browser);
    browser.write("Version", "9.1.0");
    browser.click("button", "Create deployment");
    browser.wait_for("[data-testid=check]");
    browser.click("button", "Add a checklist");
    browser.click("menuitem", "Smoke");
    let last = "
        const checks = [...document.querySelectorAll('[data-testid=check]')].slice(-2);
        return checks.map((check) => check.querySelector('.check-text bdi').textContent + check.querySelector('.tick').checked
          + check.dataset.level).join() === 'onefalse0,twofalse1'";
    browser.wait_script("the checklist at the end, nested, with nothing ticked", last, &[]);
}
