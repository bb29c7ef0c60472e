//! Comments: written with a mention by keys alone, edited, deleted and brought back, and found by whom they mention.

use serde_json::json;
use slipway_tests::browser::{Browser, Engine};

use crate::chromium::{demo, first_deployment};
use crate::palette;

const COMMENT: &str = "[data-testid=comment]";
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';
const DOWN: char = '\u{e015}';

/// Sends what is written in the field that has the focus.
fn send(browser: &Browser) {
    browser.script(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }))",
        &[],
    );
}

fn value(browser: &Browser) -> String {
    let field = "return document.querySelector('[data-testid=comments] > form textarea').value";
    browser.script(field, &[]).as_str().unwrap().to_owned()
}

#[test]
fn somebody_is_mentioned_by_keys_alone() {
    let (server, _profile, browser) = demo(&json!({}));
    browser.go(&format!("{}{}", server.url(), first_deployment(&browser)));
    browser.write("Write a comment", "Ready? @");
    let _list = browser.wait_for("[role=listbox] [role=option][aria-selected=true]");
    browser.press(&['r', 'i', DOWN, ENTER]);
    browser.wait_gone("[role=listbox]");
    assert_eq!(value(&browser), "Ready? @Riku Tamminen ");
    browser.press(&['@']);
    browser.wait_for("[role=listbox]");
    browser.press(&[ESCAPE]);
    browser.wait_gone("[role=listbox]");
    // What was begun is there again after the page was closed.
    browser.reload();
    browser.wait_for("[data-testid=comments] > form");
    assert_eq!(value(&browser), "Ready? @Riku Tamminen @");
    browser.write(
        "Write a comment",
        "Ready? @Riku Tamminen <img src=x onerror=alert(1)> **now** [x](javascript:alert(1))",
    );
    send(&browser);
    browser.see_in(COMMENT, "<img src=x onerror=alert(1)> now [x](javascript:alert(1))");
    assert_eq!(browser.count(&format!("{COMMENT} img")), 0);
    assert_eq!(browser.count(&format!("{COMMENT} a")), 0);
    browser.see_in("[data-testid=sync-indicator]", "Synced");

    // Riku finds it, and has read it then; on this device.
    let (_rikus, riku) = Browser::open(Engine::Chromium);
    riku.visit(&format!("{}/api/v1/session?as=Riku%20Tamminen", server.url()));
    riku.visit(&format!("{}/needs-you", server.url()));
    riku.see_in("[data-testid=asked]", "Mara Lind mentioned you");
    riku.click("button", "Mark as read");
    riku.see("Marked as read on this device");
    riku.wait_gone("[data-testid=asked]");
}

#[test]
fn a_comment_is_edited_deleted_and_brought_back_on_the_record() {
    let (server, _profile, browser) = demo(&json!({}));
    browser.go(&format!("{}{}", server.url(), first_deployment(&browser)));
    browser.write("Write a comment", "Ready?");
    browser.click_within("[data-testid=comments]", "button", "Comment");
    browser.see_in(COMMENT, "Ready?");

    browser.click_within(COMMENT, "button", "More about this comment");
    browser.click("menuitem", "Edit comment");
    browser.write("Edit comment", "Ready!");
    browser.click_within(COMMENT, "button", "Save");
    browser.see_in(COMMENT, "Ready!");
    browser.see_in(COMMENT, "edited");

    browser.click_within(COMMENT, "button", "More about this comment");
    browser.click("menuitem", "Delete comment");
    browser.see_in(COMMENT, "Comment deleted by Mara Lind");
    browser.script("document.activeElement.blur()", &[]);
    browser.press(&['u']);
    browser.see_in(COMMENT, "Ready!");
}

#[test]
fn a_comment_is_found_by_its_words_until_it_is_deleted() {
    let (server, _profile, browser) = demo(&json!({}));
    let page = first_deployment(&browser);
    browser.go(&format!("{}{page}", server.url()));
    browser.write("Write a comment", "The quokka sleeps in the index");
    browser.click_within("[data-testid=comments]", "button", "Comment");
    browser.see_in(COMMENT, "quokka");

    browser.go(&format!("{}/board", server.url()));
    browser.wait_for("[data-testid=card]");
    palette::open(&browser);
    browser.type_text("quokka index");
    browser.see_in("[data-testid=palette] [role=option]", "The quokka sleeps in the index");
    browser.press(&[ENTER]);
    browser.see_in(COMMENT, "quokka");
    assert_eq!(browser.path(), page);

    browser.click_within(COMMENT, "button", "More about this comment");
    browser.click("menuitem", "Delete comment");
    browser.see_in(COMMENT, "Comment deleted by Mara Lind");
    palette::open(&browser);
    browser.type_text("quokka index");
    browser.see_in("[data-testid=palette]", "Show “quokka index” on the board");
    let is_offered =
        "return document.querySelector('[data-testid=palette]').innerText.includes('The quokka sleeps')";
    assert_eq!(browser.script(is_offered, &[]), json!(false));
}
