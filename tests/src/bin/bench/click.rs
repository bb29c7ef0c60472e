//! From a click or a key to the paint that shows its change, with 10,000 deployments on the device.

use fantoccini::Locator;
use serde_json::json;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;

use crate::report::{Report, Target, percentile};
use crate::world::{OPEN, fill};

const CLICKS: usize = 60;
const MOVES: usize = 30;
const LEFT: char = '\u{e012}';
const RIGHT: char = '\u{e014}';
const ENTER: char = '\u{e007}';

/// The milliseconds that interactions took.
struct Times {
    nothing: Vec<f64>,
    ticks: Vec<f64>,
    moves: Vec<f64>,
}

/// Measures ticks of checks and moves of cards, beside clicks that change nothing and beside a board as full without
/// the finished ones.
pub fn measure(report: &mut Report) {
    let few = interactions(OPEN);
    let many = interactions(10_000);
    let nothing = percentile(many.nothing, 95);
    for (what, many, few) in [("a tick", many.ticks, few.ticks), ("a move by keys", many.moves, few.moves)] {
        let name = |percent| format!("{what} to its paint at 10,000 deployments, p{percent}");
        for percent in [50, 95] {
            let fewer = ("the same at 200", percentile(few.clone(), percent));
            report.add(&name(percent), "ms", percentile(many.clone(), percent), fewer, Target::None);
        }
        let p95 = percentile(many, 95);
        report.add(&name(95), "ms", p95, ("a click that changes nothing", nothing), Target::None);
        report.add(&name(95), "ms", p95, ("one frame", 16.7), Target::AtMost(1.0));
    }
}

/// Returns the times with `count` deployments, of which as many as always are on the board.
fn interactions(count: usize) -> Times {
    let server = TestServer::start();
    let ids = fill(&server, &mut Random::seeded(6), count, OPEN);
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.before_each_page(WATCH);
    browser.go(&format!("{}/deployments/{}", server.url(), ids.first().unwrap()));
    browser.wait_for("[data-testid=check] input");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    let nothing = clicks(&browser, "h1");
    let ticks = clicks(&browser, "[data-testid=check] input");
    browser.go(&format!("{}/board", server.url()));
    browser.wait_for("[data-testid=card]");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    Times { nothing, ticks, moves: moves(&browser) }
}

/// Returns the milliseconds from the event of each click until its frame is painted.
fn clicks(browser: &Browser, css: &str) -> Vec<f64> {
    watch(browser, "click");
    let client = browser.client();
    for number in 1..=CLICKS {
        let element = browser.block_on(client.find(Locator::Css(css))).unwrap();
        browser.block_on(element.click()).unwrap();
        painted(browser, number);
    }
    times(browser)
}

/// Returns the milliseconds from each key that puts a card down until its frame is painted. The card goes to and fro.
fn moves(browser: &Browser) -> Vec<f64> {
    watch(browser, "Enter");
    browser.script("document.querySelector('.card-link').focus()", &[]);
    for number in 1..=MOVES {
        let there = number % 2 == 1;
        let (key, column) = if there { (RIGHT, "Approval, place") } else { (LEFT, "Ready to Deploy, place") };
        let focused = "return Boolean(document.activeElement?.matches('.card-link'))";
        browser.wait_script("the focus to be on the card", focused, &[]);
        browser.press(&['m', key, key, key]);
        browser.see_in("[aria-live=assertive]", column);
        browser.press(&[ENTER]);
        painted(browser, number);
    }
    times(browser)
}

/// Has the events of a kind watched, or the presses of a key.
pub fn watch(browser: &Browser, event: &str) {
    browser.script("window.paints = []; window.watched = arguments[0]", &[json!(event)]);
}

/// Waits for so many paints.
pub fn painted(browser: &Browser, number: usize) {
    let painted = "return window.paints.length >= arguments[0]";
    browser.wait_script("the change to be painted", painted, &[json!(number)]);
}

/// Returns how many milliseconds each of them took.
pub fn times(browser: &Browser) -> Vec<f64> {
    serde_json::from_value(browser.script("return window.paints", &[])).unwrap()
}

/// Notes when the frame of an event is painted.
pub const WATCH: &str = "
window.paints = [];
const channel = new MessageChannel();
channel.port1.onmessage = ({ data }) => window.paints.push(performance.now() - data);
const begin = (event) => {
  if (window.watched !== (event.key ?? event.type)) return;
  requestAnimationFrame(() => channel.port2.postMessage(event.timeStamp));
};
addEventListener('click', begin, { capture: true });
addEventListener('pointermove', begin, { capture: true });
addEventListener('keydown', begin, { capture: true });";
