//! Freezes: declared in the settings, named by the gates of cards that were there before, and over when they are over.

use serde_json::json;
use slipway_tests::browser::Browser;

use crate::gate::made;
use crate::people::{GATE, synced};

const FREEZES: &str = "section[aria-labelledby=settings-freezes]";
const IS_FROZEN: &str = "frozen by “Quarter end” until";

/// Fills in when the freeze begins and ends, in minutes from now.
fn set_times(browser: &Browser, from: i64, until: i64) {
    let fill = "const set = (id, value) => {
          const field = document.querySelector(`dialog[open] #${id}`);
          field.value = value;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        };
        const time = (minutes) => new Date(Date.now() + 60_000 * minutes).toISOString().slice(0, 16);
        set('freeze-zone', 'UTC');
        set('freeze-from', time(arguments[0]));
        set('freeze-until', time(arguments[1]))";
    browser.script(fill, &[json!(from), json!(until)]);
}

fn save(browser: &Browser) {
    browser.click_within("dialog[open]", "button", "Save");
}

#[test]
fn a_freeze_closes_the_gates_that_were_there_before_until_it_is_over() {
    let (server, _profile, browser) = made();
    let page = format!("{}{}", server.url(), browser.path());
    browser.see_in(GATE, "Nothing is frozen");

    browser.go(&format!("{}/settings", server.url()));
    browser.click_within(FREEZES, "button", "Declare a freeze…");
    save(&browser);
    browser.see_in("dialog[open]", "No environment is ticked. Nothing was declared");
    browser.click_within("dialog[open]", "checkbox", "Production");
    browser.write("Name", "Quarter end");
    browser.write("Reason", "The books are being closed");
    set_times(&browser, 60, -60);
    save(&browser);
    browser.see_in("dialog[open]", "It would end before it begins");
    set_times(&browser, -60, 60);
    save(&browser);
    browser.wait_gone("dialog[open]");
    browser.see_in(FREEZES, "in force");
    synced(&browser);

    browser.go(&page);
    browser.see_in(GATE, IS_FROZEN);
    browser.click("link", "/^Board/");
    browser.see_in("[data-testid=column]:nth-of-type(5) [data-testid=frozen]", "Quarter end");
    assert_eq!(browser.count("[data-testid=frozen]"), 1, "of no other environment");
    browser.go(&page);
    browser.click_within(GATE, "link", "See the freeze");

    // Lifted by mistake; then it ends by itself.
    browser.click_within(FREEZES, "button", "Lift");
    browser.see_in(".toasts", "Lifted: Quarter end");
    browser.see_in(FREEZES, "No freeze is in force or to come");
    browser.script("document.activeElement.blur()", &[]);
    browser.press(&['u']);
    browser.see_in(FREEZES, "in force");
    browser.click_within(FREEZES, "button", "Change…");
    set_times(&browser, -60, -1);
    save(&browser);
    browser.see_in(FREEZES, "No freeze is in force or to come");
    synced(&browser);
    browser.go(&page);
    browser.see_in(GATE, "Nothing is frozen");
}
