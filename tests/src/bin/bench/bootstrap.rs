//! The first visit to a workspace of 10,000 deployments: how long until the board is there, and the longest time for
//! which the page answers to nobody meanwhile.

use serde_json::json;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;

use crate::report::{Report, Target};
use crate::world::{OPEN, fill};

/// One first visit.
struct Visit {
    board: f64,
    longest: f64,
    /// Where the long times come from, for the reader.
    blame: String,
}

/// Measures first visits, with as many cards on the board each time.
pub fn measure(report: &mut Report) {
    let few = visit(OPEN);
    let many = visit(10_000);
    let name = "first visit to the board, 10,000 deployments";
    report.add(name, "ms", many.board, ("the same with 200", few.board), Target::None);
    report.add(name, "ms", many.board, ("half a second", 500.0), Target::AtMost(1.0));
    let name = "longest slice of a first visit, 10,000 deployments";
    report.add(name, "ms", many.longest, ("the same with 200", few.longest), Target::None);
    report.add(name, "ms", many.longest, ("one frame", 16.0), Target::AtMost(1.0));
    println!("long frames with 200: {}\nlong frames with 10,000: {}", few.blame, many.blame);
}

fn visit(count: usize) -> Visit {
    let server = TestServer::start();
    fill(&server, &mut Random::seeded(8), count, OPEN);
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.before_each_page(WATCH);
    browser.go(&format!("{}/board", server.url()));
    let board = browser.wait_script("the board", "return window.boardAt", &[]).as_f64().unwrap();
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    let longest = browser.script("return window.longest", &[]).as_f64().unwrap();
    let blame = browser.script(BLAME, &[json!(3)]);
    Visit { board, longest, blame: blame.as_str().unwrap_or_default().to_owned() }
}

/// Notes when the first card is painted, and the longest time between two messages that a page sends to itself.
const WATCH: &str = "
window.longest = 0;
const pulse = new MessageChannel();
let last = performance.now();
pulse.port1.onmessage = () => {
  const now = performance.now();
  window.longest = Math.max(window.longest, now - last);
  last = now;
  pulse.port2.postMessage(0);
};
pulse.port2.postMessage(0);
window.frames_ = [];
new PerformanceObserver((list) => window.frames_.push(...list.getEntries()))
  .observe({ type: 'long-animation-frame', buffered: true });
const watch = new MutationObserver(() => {
  if (!document.querySelector('[data-testid=card]')) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.boardAt = performance.now(); }));
});
watch.observe(document, { childList: true, subtree: true });";

/// Tells of the longest frames: how long, and the scripts in them with their share and the share of laying out.
const BLAME: &str = "
return window.frames_.sort((one, other) => other.duration - one.duration).slice(0, arguments[0]).map((frame) =>
  `${Math.round(frame.duration)} ms at ${Math.round(frame.startTime)} (` + frame.scripts.map((script) =>
    `${script.invoker || script.sourceFunctionName} ${Math.round(script.duration)} ms, layout ${Math.round(script.forcedStyleAndLayoutDuration)}`)
    .join('; ') + `; drawing from ${Math.round(frame.renderStart - frame.startTime)})`).join(', ')";
