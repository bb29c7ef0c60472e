//! From a click to the paint that shows its change, with 10,000 deployments on the device.

use fantoccini::Locator;
use serde_json::json;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;

use crate::report::{Report, Target, percentile};
use crate::world::{OPEN, fill};

const CLICKS: usize = 60;

/// Measures ticks of checks, and clicks that change nothing.
pub fn measure(report: &mut Report) {
    let server = TestServer::start();
    let ids = fill(&server, &mut Random::seeded(6), 10_000, OPEN);
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.before_each_page(WATCH);
    browser.go(&format!("{}/deployments/{}", server.url(), ids.first().unwrap()));
    browser.wait_for("[data-testid=check] input");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    let nothing = clicks(&browser, "h1");
    let ticks = clicks(&browser, "[data-testid=check] input");
    for percent in [50, 95] {
        let what = format!("click to paint at 10,000 deployments, p{percent}");
        let baseline = ("a click that changes nothing", percentile(nothing.clone(), percent));
        let value = percentile(ticks.clone(), percent);
        report.add(&what, "ms", value, baseline, Target::None);
    }
    let frame = ("one frame", 16.7);
    report.add(
        "click to paint at 10,000 deployments, p95",
        "ms",
        percentile(ticks, 95),
        frame,
        Target::AtMost(1.0),
    );
}

/// Returns the milliseconds from the event of each click until its frame is painted.
fn clicks(browser: &Browser, css: &str) -> Vec<f64> {
    browser.script("window.paints = []", &[]);
    let client = browser.client();
    for number in 1..=CLICKS {
        let element = browser.block_on(client.find(Locator::Css(css))).unwrap();
        browser.block_on(element.click()).unwrap();
        browser.wait_script(
            "the click to be painted",
            "return window.paints.length >= arguments[0]",
            &[json!(number)],
        );
    }
    serde_json::from_value(browser.script("return window.paints", &[])).unwrap()
}

const WATCH: &str = "
window.paints = [];
const channel = new MessageChannel();
let began = 0;
channel.port1.onmessage = () => window.paints.push(performance.now() - began);
addEventListener('click', (event) => {
  began = event.timeStamp;
  requestAnimationFrame(() => channel.port2.postMessage(0));
}, { capture: true });";
