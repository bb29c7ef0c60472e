//! What the board is made of is changed by an admin, and what is in use is protected.

use serde_json::json;

use crate::chromium::demo;

#[test]
fn a_column_is_renamed_limited_and_protected() {
    let (server, _profile, browser) = demo(&json!({}));
    browser.go(&format!("{}/settings/structure", server.url()));
    browser.wait_for("[data-testid=thing]");
    browser.click("button", "Edit Ready to Deploy");
    browser.wait_for("#thing-name");
    let fill = "for (const [id, text] of arguments[0]) { const field = document.getElementById(id); field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })) }";
    browser.script(fill, &[json!([["thing-name", "Waiting"], ["thing-limit", "1"]])]);
    browser.click("button", "Save");
    browser.see_in(".toasts", "Saved Waiting");
    browser.click("button", "Actions for Waiting");
    browser.click("menuitem", "Archive");
    browser.see_in(".toasts", "depend on it as it is");

    browser.go(&format!("{}/board", server.url()));
    browser.see_in("[data-testid=column]", "Waiting");
    browser.see_in("[data-testid=column] .column-head", "/1");
}

#[test]
fn columns_are_brought_into_another_order_with_the_arrows() {
    let (server, _profile, browser) = demo(&json!({}));
    browser.go(&format!("{}/settings/structure", server.url()));
    browser.wait_for("[data-testid=thing]");
    let names = "return [...document.querySelectorAll('[data-testid=structure-columns] .thing-name')].map((name) => name.textContent)";
    let order: Vec<String> = serde_json::from_value(browser.script(names, &[])).unwrap();
    browser.script("document.querySelector('[data-testid=structure-columns] .order-handle').focus()", &[]);
    browser.press(&['\u{e015}']);
    let swapped = "const names = [...document.querySelectorAll('[data-testid=structure-columns] .thing-name')].map((name) => name.textContent);
        return names[0] === arguments[0] && names[1] === arguments[1]";
    browser.wait_script("the first two to change places", swapped, &[json!(order[1]), json!(order[0])]);
    browser.click("button", "/^Undo/");
    browser.wait_script("the order to be as it was", swapped, &[json!(order[0]), json!(order[1])]);
}
