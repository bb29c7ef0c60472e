//! Several cards are picked, and what is done with them is done at once and taken back at once.

use serde_json::{Value, json};
use slipway_tests::browser::Browser;

use crate::chromium::demo;

const ESCAPE: char = '\u{e00c}';

fn titles(browser: &Browser, place: usize) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[data-testid=column]')[arguments[0]]
        .querySelectorAll('[data-testid=card] .card-link')].map((card) => card.textContent.trim())";
    serde_json::from_value(browser.script(script, &[json!(place)])).unwrap()
}

/// Picks the first cards of a column with Ctrl and the mouse button.
fn pick(browser: &Browser, place: usize, cards: usize) {
    let script = "const links = document.querySelectorAll('[data-testid=column]')[arguments[0]].querySelectorAll('.card-link');
        for (const link of [...links].slice(0, arguments[1])) link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true }))";
    browser.script(script, &[json!(place), json!(cards)]);
    browser.see_in("[data-testid=selection]", &format!("{cards} selected"));
}

fn becomes(browser: &Browser, place: usize, expected: &[String]) {
    slipway_tests::wait::until(&format!("column {place} to be {expected:?}"), || {
        (titles(browser, place) == expected).then_some(())
    });
}

#[test]
fn several_cards_are_moved_and_brought_back_with_one_undo() {
    let (_server, _profile, browser) = demo(&json!({}));
    let (queue, approval) = (titles(&browser, 0), titles(&browser, 3));
    pick(&browser, 0, 2);
    browser.click("button", "Move to…");
    browser.click("menuitem", "/^Approval/");
    browser.see_in(".toasts", "2 deployments moved to Approval");
    let expected: Vec<_> = queue[..2].iter().chain(&approval).cloned().collect();
    becomes(&browser, 3, &expected);
    browser.click("button", "/^Undo/");
    becomes(&browser, 0, &queue);
    becomes(&browser, 3, &approval);
}

#[test]
fn several_cards_are_archived_and_restored_and_escape_lets_go() {
    let (_server, _profile, browser) = demo(&json!({}));
    let queue = titles(&browser, 0);
    pick(&browser, 0, 2);
    browser.press(&[ESCAPE]);
    let gone = "return !document.querySelector('[data-testid=selection]')";
    browser.wait_script("nothing to be selected", gone, &[]);
    pick(&browser, 0, 2);
    browser.click("button", "Archive");
    becomes(&browser, 0, &queue[2..]);
    browser.click("button", "/^Undo/");
    becomes(&browser, 0, &queue);
}

#[test]
fn several_cards_are_made_somebodys() {
    let (_server, _profile, browser) = demo(&json!({}));
    pick(&browser, 0, 2);
    browser.click("button", "Assign…");
    let first =
        "const item = document.querySelector('[role=menuitemcheckbox]'); item?.click(); return !!item";
    assert_eq!(browser.wait_script("somebody to assign", first, &[]), Value::Bool(true));
    browser.see_in(".toasts", "2 deployments");
    let on =
        "return document.querySelector('[role=menuitemcheckbox]')?.getAttribute('aria-checked') === 'true'";
    browser.wait_script("the person to be on", on, &[]);
}

/// Tells how many of the cards of the first column have a label.
fn labelled(browser: &Browser, label: &str) -> Value {
    let script = "const cards = document.querySelector('[data-testid=column]').querySelectorAll('[data-testid=card] .pills');
        return [...cards].filter((pills) => pills.innerText.includes(arguments[0])).length";
    browser.script(script, &[json!(label)])
}

#[test]
fn several_cards_get_a_label_and_lose_it_with_one_undo() {
    let (_server, _profile, browser) = demo(&json!({}));
    let before = labelled(&browser, "migration");
    pick(&browser, 0, 2);
    let becomes = |cards: &Value| {
        let is_so = || (labelled(&browser, "migration") == *cards).then_some(());
        slipway_tests::wait::until(&format!("{cards} cards with the label"), is_so);
    };
    browser.click("button", "Label…");
    browser.click("menuitemcheckbox", "migration");
    browser.see_in(".toasts", "migration: added to 2 deployments");
    becomes(&json!(before.as_u64().unwrap() + 2));
    browser.press(&[ESCAPE]);
    browser.click("button", "/^Undo/");
    becomes(&before);
}

#[test]
fn one_press_leads_from_one_menu_to_the_next() {
    let (_server, _profile, browser) = demo(&json!({}));
    pick(&browser, 0, 2);
    browser.click("button", "Move to…");
    let shows = |kind: &str| {
        let script = "return !!document.querySelector(`[popover]:popover-open [role=${arguments[0]}]`)";
        browser.wait_script(&format!("a menu with a {kind}"), script, &[json!(kind)]);
    };
    shows("menuitem");
    browser.click("button", "Assign…");
    shows("menuitemcheckbox");
    browser.press(&[ESCAPE]);
    let is_closed = "return !document.querySelector('[popover]:popover-open')";
    browser.wait_script("the menu to be closed", is_closed, &[]);
}

#[test]
fn what_is_archived_leaves_the_focus_to_a_card_beside_it() {
    let (_server, _profile, browser) = demo(&json!({}));
    let queue = titles(&browser, 0);
    pick(&browser, 0, 1);
    browser.click("button", "Archive");
    becomes(&browser, 0, &queue[1..]);
    let is_on_card = "return document.activeElement?.matches('[data-testid=card] .card-link') === true";
    browser.wait_script("a card to have the focus", is_on_card, &[]);
}
