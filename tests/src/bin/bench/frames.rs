//! The frames of a board that is scrolled, and of a card that is dragged over it, with 10,000 deployments on the device.

use std::time::Duration;

use fantoccini::actions::{ActionSequence, InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde_json::json;
use slipway_tests::browser::Browser;

use crate::click::{WATCH, painted, times, watch};
use crate::report::{Report, Target, percentile};
use crate::world::{OPEN, board};

/// How many frames are looked at.
const FRAMES: usize = 120;
/// How many steps a card is dragged.
const STEPS: usize = 40;

/// The longest that a frame may take, in milliseconds.
const LONG: (&str, f64) = ("50 ms", 50.0);

/// The milliseconds from frame to frame, while the list of the first card's column is scrolled by so many pixels each time.
const SCROLL: &str = "const [pixels, frames, done] = arguments;
    let list = document.querySelector('[data-testid=card]');
    while (list.scrollHeight <= list.clientHeight + 1 && list.parentElement) list = list.parentElement;
    const gaps = [];
    let last = null, way = pixels, has_moved = pixels === 0;
    const step = (now) => {
        if (last !== null) gaps.push(now - last);
        last = now;
        if (gaps.length === frames) return done(has_moved ? gaps : 'nothing scrolls here');
        const before = list.scrollTop;
        list.scrollTop += way;
        if (list.scrollTop === before) way = -way;
        else has_moved = true;
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);";

/// Where the first card and the last column that is shown are.
const PLACES: &str = "const middle = (element) => {
        const { left, top, width } = element.getBoundingClientRect();
        return [left + width / 2, top + 30];
    };
    return [middle(document.querySelector('[data-testid=card]')), middle(document.querySelectorAll('[data-testid=column]')[2])]";

/// Measures the frames of scrolling and the steps of a drag, beside the longest that a frame may take.
pub fn measure(report: &mut Report) {
    let (_server, _profile, browser) = board(10_000, WATCH);
    let (rest, scrolled) = (gaps(&browser, 0), gaps(&browser, 48));
    let still = ("the same at rest", percentile(rest, 95));
    let name = "from frame to frame while the board is scrolled";
    report.add(&format!("{name}, p95"), "ms", percentile(scrolled.clone(), 95), still, Target::None);
    let longest = percentile(scrolled, 100);
    report.add(&format!("{name}, longest"), "ms", longest, LONG, Target::AtMost(1.0));
    let many = drag(&browser);
    drop(browser);
    let (_server, _profile, browser) = board(OPEN, WATCH);
    let few = drag(&browser);
    for percent in [50, 95] {
        let name = format!("a step of a drag to its paint at 10,000 deployments, p{percent}");
        let fewer = ("the same at 200", percentile(few.clone(), percent));
        report.add(&name, "ms", percentile(many.clone(), percent), fewer, Target::None);
    }
    let name = "a step of a drag to its paint at 10,000 deployments, longest";
    report.add(name, "ms", percentile(many, 100), LONG, Target::AtMost(1.0));
}

fn gaps(browser: &Browser, pixels: u32) -> Vec<f64> {
    serde_json::from_value(browser.script_async(SCROLL, &[json!(pixels), json!(FRAMES)])).unwrap()
}

/// Returns the milliseconds from each move of the pointer until its frame is painted. The card is put back by its key.
fn drag(browser: &Browser) -> Vec<f64> {
    let places: [(f64, f64); 2] = serde_json::from_value(browser.script(PLACES, &[])).unwrap();
    let [from, to] = places;
    let quick = Some(Duration::ZERO);
    let at = |(x, y): (f64, f64)| PointerAction::MoveTo { duration: quick, x: x.round(), y: y.round() };
    let mouse = || MouseActions::new("mouse".to_owned());
    let press = mouse().then(at(from)).then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
    // The first steps begin the drag.
    let begin = press.then(at((from.0 + 8.0, from.1 + 8.0))).then(at((from.0 + 16.0, from.1 + 8.0)));
    browser.perform(ActionSequence::from(begin));
    browser.wait_for(".card-placeholder");
    watch(browser, "pointermove");
    for number in 1..=STEPS {
        let share = f64::from(u32::try_from(number).unwrap()) / f64::from(u32::try_from(STEPS).unwrap());
        let between = |from: f64, to: f64| from + (to - from) * share;
        let step = mouse().then(at((between(from.0, to.0), between(from.1, to.1))));
        browser.perform(ActionSequence::from(step));
        painted(browser, number);
    }
    let times = times(browser);
    browser.press(&['\u{e00c}']);
    let release = mouse().then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    browser.perform(ActionSequence::from(release));
    times
}
