//! From a key in the palette to the paint that shows what it finds, with 10,000 deployments on the device.

use crate::click::{WATCH, painted, times, watch};
use crate::report::{Report, Target, percentile};
use crate::world::{OPEN, board};

const KEYS: usize = 40;
const BACKSPACE: char = '\u{e003}';

/// Measures letters typed into the palette, beside the same where there is little to find and beside one frame.
pub fn measure(report: &mut Report) {
    let (few, many) = (keystrokes(OPEN), keystrokes(10_000));
    for percent in [50, 95] {
        let name = format!("a letter in the palette to its results at 10,000 deployments, p{percent}");
        let fewer = ("the same at 200", percentile(few.clone(), percent));
        report.add(&name, "ms", percentile(many.clone(), percent), fewer, Target::None);
    }
    let name = "a letter in the palette to its results at 10,000 deployments, p95";
    report.add(name, "ms", percentile(many, 95), ("one frame", 16.7), Target::AtMost(1.0));
}

/// Returns the times with `count` deployments, for a letter that nearly everything has.
fn keystrokes(count: usize) -> Vec<f64> {
    let (_server, _profile, browser) = board(count, WATCH);
    browser.press(&['/']);
    browser.wait_for("[data-testid=palette][open] [role=combobox]");
    watch(&browser, "e");
    for number in 1..=KEYS {
        browser.press(&['e']);
        painted(&browser, number);
        browser.press(&[BACKSPACE]);
    }
    times(&browser)
}
