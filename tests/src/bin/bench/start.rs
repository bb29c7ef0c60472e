//! A cold start without a server: ours with 1,000 deployments, and an empty Leptos app kept offline the same way.

use std::process::Command;

use serde_json::json;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::random::Random;
use slipway_tests::server::{TestServer, repository};

use crate::report::{Report, Target, median};
use crate::static_files::StaticFiles;
use crate::world::{OPEN, fill};

const ROUNDS: usize = 7;

/// Measures both, in turn.
pub fn measure(report: &mut Report) {
    build_empty_app();
    let files = StaticFiles::serve(&repository().join("target/empty-app"));
    let empty = visited(&files.url(), "[data-testid=ready]");
    files.stop();

    let mut server = TestServer::start();
    fill(&server, &mut Random::seeded(5), 1_000, OPEN);
    let ours = visited(&server.url(), "[data-testid=card]");
    server.kill();

    let (mut empty_times, mut our_times) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        empty_times.push(cold_start(&empty, &files.url(), "[data-testid=ready]"));
        our_times.push(cold_start(&ours, &server.url(), "[data-testid=card]"));
    }
    let baseline = ("an empty Leptos app", median(empty_times));
    report.add(
        "cold offline start to a usable board, 1,000 deployments",
        "ms",
        median(our_times),
        baseline,
        Target::AtMost(3.5),
    );
}

fn build_empty_app() {
    let build =
        ". script/lib/env.sh && cd tests/empty-app && cargo fetch --quiet && on_wasm trunk build --release";
    let built = Command::new("bash").current_dir(repository()).args(["-c", build]).output().unwrap();
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "the empty app can't be built:\n{said}");
}

/// Makes a profile that was there once, and could do without the server afterwards.
fn visited(url: &str, there: &str) -> Profile {
    let profile = Profile::new(Engine::Chromium);
    let browser = profile.open();
    browser.go(url);
    browser.wait_for(there);
    browser.wait_offline_ready();
    // Once more through the worker, so that the engine has seen what it will start from.
    browser.reload();
    browser.wait_for(there);
    browser.close();
    profile
}

/// Returns the milliseconds from the navigation until the first card is painted, in a browser just started.
fn cold_start(profile: &Profile, url: &str, there: &str) -> f64 {
    let browser: Browser = profile.open();
    browser.before_each_page(&WATCH.replace("THERE", there));
    browser.go(&format!("{url}/"));
    let painted = browser.wait_script("the first card", "return window.paintedAt", &[]);
    browser.close();
    painted.as_f64().unwrap_or_else(|| panic!("{painted} is no time: {}", json!(there)))
}

const WATCH: &str = "
const watch = new MutationObserver(() => {
  if (!document.querySelector('THERE')) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.paintedAt = performance.now(); }));
});
watch.observe(document, { childList: true, subtree: true });";
