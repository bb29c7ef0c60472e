//! The palette: found from anywhere, by keys alone, offline; what is picked happens where the focus was.

use serde_json::{Value, json};
use slipway_tests::browser::Browser;

use crate::chromium::demo;

const DOWN: char = '\u{e015}';
const UP: char = '\u{e013}';
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';

/// Presses Ctrl and K, which works while typing too.
pub fn open(browser: &Browser) {
    let press = "const target = document.activeElement ?? document.body;
        target.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true, cancelable: true }))";
    browser.script(press, &[]);
    browser.wait_for("[data-testid=palette][open] [role=combobox]");
    let focused = "return document.activeElement?.getAttribute('role') === 'combobox'";
    browser.wait_script("the field to have the focus", focused, &[]);
}

pub fn write(browser: &Browser, text: &str) {
    let keys: Vec<char> = text.chars().collect();
    browser.press(&keys);
}

/// Returns what the palette offers, in order.
fn choices(browser: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[data-testid=palette] [role=option] .palette-words')]
        .map((words) => words.textContent.trim())";
    serde_json::from_value(browser.script(script, &[])).unwrap()
}

pub fn offers(browser: &Browser, words: &str) {
    slipway_tests::wait::until(&format!("{words:?} to be offered"), || {
        choices(browser).iter().any(|choice| choice.contains(words)).then_some(())
    });
}

/// Returns the words of the choice that is active, by what the field points at.
fn active(browser: &Browser) -> String {
    let script = "const field = document.querySelector('[data-testid=palette] [role=combobox]');
        const option = document.getElementById(field.getAttribute('aria-activedescendant'));
        return option?.getAttribute('aria-selected') === 'true' ? option.querySelector('.palette-words').textContent.trim() : null";
    browser.script(script, &[]).as_str().unwrap_or_default().to_owned()
}

fn first_card(browser: &Browser) -> (String, String) {
    let script = "const card = document.querySelector('[data-testid=card]');
        return [card.querySelector('.version').textContent.trim(), card.querySelector('.card-link').textContent.trim()]";
    serde_json::from_value(browser.script(script, &[])).unwrap()
}

fn path(browser: &Browser) -> Value {
    browser.script("return location.pathname + location.search", &[])
}

#[test]
fn a_deployment_is_found_by_its_version_and_opened_by_keys() {
    let (_server, _profile, browser) = demo(&json!({}));
    let (version, title) = first_card(&browser);
    open(&browser);
    write(&browser, &version);
    offers(&browser, &title);
    assert!(active(&browser).starts_with(&version), "the version comes first: {:?}", choices(&browser));
    browser.press(&[ENTER]);
    browser.wait_for("[data-testid=deployment]");
    // It opens beside the board, which has a heading of its own.
    browser.see_in("[data-testid=deployment] h1", &title);
    assert_eq!(browser.count("[data-testid=palette][open]"), 0);
}

#[test]
fn the_list_is_walked_with_arrows_and_ends_meet() {
    let (_server, _profile, browser) = demo(&json!({}));
    open(&browser);
    offers(&browser, "Needs you");
    let all = choices(&browser);
    assert_eq!(active(&browser), all[0]);
    browser.press(&[DOWN]);
    assert_eq!(active(&browser), all[1]);
    browser.press(&[UP, UP]);
    assert_eq!(active(&browser), *all.last().unwrap());
    browser.press(&[DOWN]);
    assert_eq!(active(&browser), all[0]);
    assert!(browser.axe().is_empty(), "{:?}", browser.axe());
    browser.press(&[ESCAPE]);
    browser.wait_gone("[data-testid=palette][open]");
}

#[test]
fn with_single_keys_off_everything_is_still_done_from_the_keyboard() {
    let (_server, _profile, browser) = demo(&json!({ "single_keys": false }));
    let (_, title) = first_card(&browser);
    let focus = "document.querySelector('.card-link').focus()";
    browser.script(focus, &[]);
    browser.press(&['m']);
    browser.press(&['?']);
    assert_eq!(browser.count(".is-moving, dialog[open]"), 0, "single keys are off");
    open(&browser);
    write(&browser, "move card");
    offers(&browser, "Move the card");
    browser.press(&[ENTER]);
    browser.see_in("[aria-live=assertive]", "Move mode");
    browser.press(&[ESCAPE]);
    let focused = "return document.activeElement?.textContent?.trim()";
    assert_eq!(browser.script(focused, &[]), json!(title), "the focus is back on the card");
    open(&browser);
    write(&browser, "keys");
    offers(&browser, "Keys");
    browser.press(&[ENTER]);
    browser.see_in("dialog[open]", "From card to card");
}

#[test]
fn the_sheet_of_keys_is_what_the_keys_do() {
    let (_server, _profile, browser) = demo(&json!({}));
    browser.press(&['?']);
    browser.see_in("dialog[open]", "Move the card");
    let keys = "return [...document.querySelectorAll('dialog[open] .shortcut-list div')]
        .map((row) => [row.querySelector('dt').textContent, [...row.querySelectorAll('kbd')].map((key) => key.textContent).join(' ')])";
    let rows: Vec<(String, String)> = serde_json::from_value(browser.script(keys, &[])).unwrap();
    let has =
        |words: &str, keys: &str| rows.iter().any(|row| (row.0.as_str(), row.1.as_str()) == (words, keys));
    assert!(has("Go to deployments", "G D") && has("Undo", "U"), "{rows:?}");
    browser.press(&[ESCAPE]);
    browser.wait_gone("dialog[open]");
    browser.press(&['g', 'd']);
    browser.wait_script("the list", "return location.pathname === '/deployments'", &[]);
}

#[test]
fn what_was_typed_becomes_the_filter_of_the_board() {
    let (_server, _profile, browser) = demo(&json!({}));
    let (version, title) = first_card(&browser);
    open(&browser);
    write(&browser, &version);
    offers(&browser, "on the board");
    browser.press(&[UP, ENTER]);
    browser.wait_gone("[data-testid=palette][open]");
    browser.wait_script("the filter", "return new URLSearchParams(location.search).get('q')", &[]);
    assert_eq!(path(&browser), json!(format!("/board?q={version}")));
    browser.see_in("[data-testid=card]", &title);
    browser.see_in("[data-testid=search]", &version);
    let shown = browser.count("[data-testid=card]");
    browser.click("button", "Show all");
    slipway_tests::wait::until("more cards", || (browser.count("[data-testid=card]") > shown).then_some(()));
}

#[test]
fn checks_are_found_and_led_to() {
    let (_server, _profile, browser) = demo(&json!({}));
    let (version, _) = first_card(&browser);
    open(&browser);
    write(&browser, &format!("test {version}"));
    let part = "return [...document.querySelectorAll('[data-testid=palette] [role=group]')]
        .find((group) => group.querySelector('.palette-group').textContent.trim() === 'Checks and texts')
        ?.querySelector('[role=option]')?.id ?? null";
    let option = browser.wait_script("a check", part, &[]);
    browser.script("document.getElementById(arguments[0]).click()", &[option]);
    browser.wait_for("[data-testid=deployment]");
    let led = "return /^(check|section)-/.test(document.activeElement?.id ?? '')";
    browser.wait_script("the focus to be on what was found", led, &[]);
}

#[test]
fn it_fills_a_phone_and_is_there_without_a_network() {
    let (mut server, _profile, browser) = demo(&json!({}));
    browser.wait_offline_ready();
    server.kill();
    browser.resize(390, 844);
    let (version, title) = first_card(&browser);
    browser.script("document.querySelector('[data-testid=search]').click()", &[]);
    browser.wait_for("[data-testid=palette][open] [role=combobox]");
    let covers = "const box = document.querySelector('[data-testid=palette]').getBoundingClientRect();
        return [Math.round(box.width), Math.round(box.height)]";
    assert_eq!(browser.script(covers, &[]), json!([390, 844]));
    write(&browser, &version);
    offers(&browser, &title);
}
