//! Cards are moved by keys, by mouse and by finger, and every way says what it does.

use std::time::Duration;

use fantoccini::actions::{
    ActionSequence, InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, TouchActions,
};
use serde_json::{Value, json};
use slipway_tests::browser::Browser;

use crate::chromium::demo;

const UP: char = '\u{e013}';
const RIGHT: char = '\u{e014}';
const DOWN: char = '\u{e015}';
const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';

/// Returns the titles of the cards of the column at `place`, from the top.
fn titles(browser: &Browser, place: usize) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[data-testid=column]')[arguments[0]]
        .querySelectorAll('[data-testid=card] .card-link')].map((card) => card.textContent.trim())";
    serde_json::from_value(browser.script(script, &[json!(place)])).unwrap()
}

/// Waits until a column's cards are as expected.
fn becomes(browser: &Browser, place: usize, expected: &[String]) {
    slipway_tests::wait::until(&format!("column {place} to be {expected:?}"), || {
        (titles(browser, place) == expected).then_some(())
    });
}

/// Puts the focus on a card.
fn focus(browser: &Browser, title: &str) {
    let script = "const card = [...document.querySelectorAll('.card-link')].find((card) => card.textContent.trim() === arguments[0]);
        card.focus(); return document.activeElement === card";
    assert_eq!(browser.script(script, &[json!(title)]), json!(true));
}

fn said(browser: &Browser) -> String {
    let script = "return document.querySelector('[aria-live=assertive]')?.textContent ?? ''";
    browser.script(script, &[]).as_str().unwrap_or_default().to_owned()
}

fn hears(browser: &Browser, words: &str) {
    slipway_tests::wait::until(&format!("to hear {words:?}"), || said(browser).contains(words).then_some(()));
}

/// Returns the middle of what `css` selects.
fn middle(browser: &Browser, css: &str) -> (f64, f64) {
    let script = "const at = document.querySelector(arguments[0]).getBoundingClientRect();
        return [Math.round(at.x + at.width / 2), Math.round(at.y + Math.min(at.height / 2, 60))]";
    let at: Vec<f64> = serde_json::from_value(browser.script(script, &[json!(css)])).unwrap();
    (at[0], at[1])
}

/// Returns the way from one place to another, a little above the straight line so that the gap is passed.
fn way(from: (f64, f64), to: (f64, f64)) -> impl Iterator<Item = PointerAction> {
    let duration = Some(Duration::from_millis(20));
    (1..=8).map(move |step| {
        let part = f64::from(step) / 8.0;
        let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part - 20.0);
        PointerAction::MoveTo { duration, x: x.round(), y: y.round() }
    })
}

#[test]
fn the_keyboard_moves_a_card_and_says_where() {
    let (_server, _profile, browser) = demo(&json!({}));
    let queue = titles(&browser, 0);
    let approval = titles(&browser, 3);
    let card = queue.first().unwrap().clone();
    focus(&browser, &card);
    browser.press(&['m']);
    hears(&browser, "Move mode");
    browser.press(&[RIGHT, RIGHT, RIGHT]);
    hears(&browser, "Approval, place");
    browser.press(&[UP, UP, UP]);
    hears(&browser, &format!("Approval, place 1 of {}", approval.len() + 1));
    browser.press(&[ENTER]);
    let expected: Vec<_> = std::iter::once(card.clone()).chain(approval.iter().cloned()).collect();
    becomes(&browser, 3, &expected);
    becomes(&browser, 0, &queue[1..]);
    let focused = "return document.activeElement?.textContent?.trim() === arguments[0]";
    browser.wait_script("the focus to stay on the card", focused, &[json!(card)]);

    browser.press(&['m', DOWN]);
    hears(&browser, "place 2");
    browser.press(&[ESCAPE]);
    hears(&browser, "Put back");
    assert_eq!(titles(&browser, 3), expected);
}

#[test]
fn a_mouse_drags_a_card() {
    let (_server, _profile, browser) = demo(&json!({}));
    let (queue, approval) = (titles(&browser, 0), titles(&browser, 3));
    let from = middle(&browser, "[data-testid=column]:nth-of-type(1) [data-testid=card]");
    let to = middle(&browser, "[data-testid=column]:nth-of-type(4) [data-testid=card]");
    let quick = Some(Duration::from_millis(10));
    let mut mouse = MouseActions::new("mouse".to_owned())
        .then(PointerAction::MoveTo { duration: quick, x: from.0, y: from.1 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
    for step in way(from, to) {
        mouse = mouse.then(step);
    }
    browser.perform(ActionSequence::from(mouse.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT })));
    becomes(&browser, 0, &queue[1..]);
    let moved = titles(&browser, 3);
    assert_eq!(moved.len(), approval.len() + 1);
    assert!(moved.contains(&queue[0]), "{moved:?}");
    assert_eq!(browser.path(), "/", "letting go is no click");
    browser.click("button", "/^Undo/");
    becomes(&browser, 0, &queue);
    becomes(&browser, 3, &approval);
}

#[test]
fn a_finger_drags_a_card_after_a_long_press() {
    let (_server, _profile, browser) = demo(&json!({}));
    let touch = json!({ "enabled": true, "maxTouchPoints": 5 });
    browser.cdp("Emulation.setTouchEmulationEnabled", touch);
    let (queue, approval) = (titles(&browser, 0), titles(&browser, 3));
    let from = middle(&browser, "[data-testid=column]:nth-of-type(1) [data-testid=card]");
    let to = middle(&browser, "[data-testid=column]:nth-of-type(4) [data-testid=card]");
    let quick = Some(Duration::from_millis(30));
    let mut finger = TouchActions::new("finger".to_owned())
        .then(PointerAction::MoveTo { duration: quick, x: from.0, y: from.1 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        // The long press: how long a finger rests is what is tested.
        .then(PointerAction::Pause { duration: Duration::from_millis(600) });
    for step in way(from, to) {
        finger = finger.then(step);
    }
    browser.perform(ActionSequence::from(finger.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT })));
    becomes(&browser, 0, &queue[1..]);
    assert_eq!(titles(&browser, 3).len(), approval.len() + 1);
}

#[test]
fn the_menu_moves_a_card() {
    let (_server, _profile, browser) = demo(&json!({}));
    let (queue, monitoring) = (titles(&browser, 0), titles(&browser, 5));
    browser.click_within(
        "[data-testid=column]:nth-of-type(1) [data-testid=card]",
        "button",
        "Actions for this card",
    );
    browser.click("menuitem", "/^Monitoring/");
    becomes(&browser, 0, &queue[1..]);
    assert_eq!(titles(&browser, 5).len(), monitoring.len() + 1);
}

#[test]
fn the_menu_moves_a_card_within_its_column() {
    let (_server, _profile, browser) = demo(&json!({}));
    let queue = titles(&browser, 0);
    let pick = |item: &str| {
        let second = "[data-testid=column]:nth-of-type(1) [data-testid=card]:nth-child(2)";
        browser.click_within(second, "button", "Actions for this card");
        browser.click("menuitem", item);
    };
    let with_places = |[first, second]: [usize; 2]| {
        let ahead = [queue[first].clone(), queue[second].clone()];
        ahead.into_iter().chain(queue[2..].iter().cloned()).collect::<Vec<_>>()
    };
    pick("/^Move up/");
    becomes(&browser, 0, &with_places([1, 0]));
    browser.click("button", "/^Undo/");
    becomes(&browser, 0, &queue);
    pick("/^Move down/");
    let expected: Vec<_> =
        [0, 2, 1].into_iter().chain(3..queue.len()).map(|place| queue[place].clone()).collect();
    becomes(&browser, 0, &expected);
}

#[test]
fn entering_an_environment_asks_for_the_rollout() {
    let (_server, _profile, browser) = demo(&json!({}));
    let (queue, staging) = (titles(&browser, 0), titles(&browser, 2));
    browser.click_within(
        "[data-testid=column]:nth-of-type(1) [data-testid=card]",
        "button",
        "Actions for this card",
    );
    browser.click("menuitem", "/^Staging/");
    browser.click("button", "Record the start");
    let expected: Vec<_> = std::iter::once(queue[0].clone()).chain(staging).collect();
    becomes(&browser, 2, &expected);
}

#[test]
fn a_phone_shows_a_column_at_a_time_and_moves_by_menu() {
    let (server, _profile, browser) = demo(&json!({}));
    browser.resize(390, 844);
    browser.go(&format!("{}/board", server.url()));
    browser.wait_for("[data-testid=card]");
    let sideways = "return document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(browser.script(sideways, &[]), Value::Bool(true), "the page scrolls sideways");
    browser.click("button", "/^Approval/");
    let shown = "const at = document.querySelectorAll('[data-testid=column]')[3].getBoundingClientRect(); return Math.abs(at.x) < 40";
    browser.wait_script("the column to be shown", shown, &[]);
    let before = titles(&browser, 3);
    browser.click_within(
        "[data-testid=column]:nth-of-type(4) [data-testid=card]",
        "button",
        "Actions for this card",
    );
    browser.click("menuitem", "/^Ready to Deploy/");
    becomes(&browser, 3, &before[1..]);
    browser.click("link", "/^Deployments/");
    browser.wait_for("[data-testid=row]");
    assert_eq!(browser.script(sideways, &[]), Value::Bool(true), "the list scrolls sideways");
}

#[test]
fn the_handle_moves_a_card_without_single_letter_keys() {
    let (_server, _profile, browser) = demo(&json!({ "single_keys": false }));
    let (queue, approval) = (titles(&browser, 0), titles(&browser, 3));
    let card = queue.first().unwrap().clone();
    focus(&browser, &card);
    browser.press(&['m']);
    browser.press(&[TAB]);
    let on_handle = "return document.activeElement?.classList.contains('card-handle')";
    browser.wait_script("the handle to be the next stop", on_handle, &[]);
    browser.press(&[ENTER]);
    hears(&browser, "Move mode");
    browser.press(&[RIGHT, RIGHT, RIGHT, UP, UP, UP]);
    hears(&browser, "Approval, place 1");
    browser.press(&[ENTER]);
    let expected: Vec<_> = std::iter::once(card).chain(approval).collect();
    becomes(&browser, 3, &expected);
}

#[test]
fn a_search_is_in_the_address_and_leads_back_when_nothing_is_found() {
    let (server, _profile, browser) = demo(&json!({}));
    let all = titles(&browser, 0);
    let first = all.first().unwrap().clone();
    browser.go(&format!("{}/board?q={}", server.url(), first.split(' ').next().unwrap()));
    browser.wait_for("[data-testid=card]");
    let found = titles(&browser, 0);
    assert!(found.contains(&first) && found.len() <= all.len(), "{found:?}");
    browser.go(&format!("{}/board?q=no-such-thing-anywhere", server.url()));
    browser.see_in(".empty-state", "Nothing found");
    browser.click("button", "Show all");
    becomes(&browser, 0, &all);
}

#[test]
fn rows_by_service_keep_every_card_and_close() {
    let (server, _profile, browser) = demo(&json!({}));
    let count = "return document.querySelectorAll('[data-testid=card]').length";
    let all = browser.script(count, &[]);
    browser.go(&format!("{}/board?rows=service", server.url()));
    browser.wait_for("[data-testid=lane]");
    let the_same = "return document.querySelectorAll('[data-testid=card]').length === arguments[0]";
    browser.wait_script("all cards in rows", the_same, std::slice::from_ref(&all));
    browser.script("document.querySelector('.lane-head button').click()", &[]);
    let fewer = "return document.querySelectorAll('[data-testid=card]').length < arguments[0]";
    browser.wait_script("a row to close", fewer, &[all]);
}
