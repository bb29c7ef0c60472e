//! What the page holds in memory with 10,000 deployments on the device, and after it went to and fro for long.

use serde_json::json;
use slipway_tests::browser::Browser;

use crate::report::{Report, Target};
use crate::world::{OPEN, board};

/// How often a deployment is opened and left again.
const VISITS: usize = 200;
/// How much more there may be after all the visits than after the first ones.
const GROWTH: f64 = 1.1;
const KIB: f64 = 1024.0;

/// Keeps the memories of all WebAssembly modules of a page where they can be measured.
const WATCH: &str = "window.memories = new Set();
    for (const name of ['instantiate', 'instantiateStreaming']) {
      const begin = WebAssembly[name];
      WebAssembly[name] = async (...given) => {
        const made = await begin(...given);
        const exported = (made.instance ?? made).exports.memory;
        if (exported) window.memories.add(exported);
        return made;
      };
    }";

/// Opens the first card of the board, and goes back to the board once it is there.
const VISIT: &str = "const done = arguments[0];
    const until = (holds, then) => (holds() ? then() : requestAnimationFrame(() => until(holds, then)));
    const found = (what) => () => document.querySelector(`[data-testid=${what}]`);
    document.querySelector('[data-testid=card] .card-link').click();
    until(found('deployment'), () => { history.back(); until(() => !found('deployment')() && found('card')(), () => done(true)); });";

/// Measures what JavaScript and WebAssembly hold, garbage collected.
pub fn measure(report: &mut Report) {
    let (few, _) = held(OPEN, 0);
    let (many, after) = held(10_000, VISITS);
    let name = "memory of the page on the board, 10,000 deployments";
    report.add(name, "MiB", many / KIB, ("the same with 200", few / KIB), Target::None);
    let name = "memory of the page after 200 visits of a deployment";
    report.add(name, "MiB", after / KIB, ("before them", many / KIB), Target::AtMost(GROWTH));
}

/// Returns what is held on the board of so many deployments in KiB, and what after so many visits.
fn held(count: usize, visits: usize) -> (f64, f64) {
    let (_server, _profile, browser) = board(count, WATCH);
    // What the first visit loads and keeps stays for all others.
    visit(&browser, 5);
    let before = kib(&browser);
    visit(&browser, visits);
    (before, kib(&browser))
}

fn visit(browser: &Browser, times: usize) {
    for _ in 0..times {
        browser.script_async(VISIT, &[]);
    }
}

fn kib(browser: &Browser) -> f64 {
    browser.cdp("HeapProfiler.collectGarbage", json!({}));
    let heap = browser.cdp("Runtime.getHeapUsage", json!({}))["usedSize"].as_f64().unwrap();
    let size = "return [...window.memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0)";
    (heap + browser.script(size, &[]).as_f64().unwrap()) / KIB
}
