//! From a push until another browser shows it, beside the push alone.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;
use slipway_shared::ids::ClientId;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::commands::wire;
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;

use crate::drain::attest;
use crate::report::{Report, Target, ms, percentile};
use crate::world::add_tries;

const PUSHES: usize = 100;

/// Measures single ticks from the moment they are sent until they are painted elsewhere.
pub fn measure(report: &mut Report) {
    let server = TestServer::start();
    let tries = add_tries(&server);
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&format!("{}/deployments/{}", server.url(), tries.deployment));
    browser.wait_for("[data-testid=check]");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    browser.script(WATCH, &[]);

    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(Random::seeded(9).id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let (mut acknowledged, mut visible) = (Vec::new(), Vec::new());
    for number in 0..PUSHES {
        let seq = number as u64 + 1;
        let command = attest(tries.deployment, &tries.checks[..1], number);
        let (sent, start) = (wall_ms(), Instant::now());
        api.push(hello.epoch, &[wire(client, seq, hello.head + seq - 1, command)]).unwrap();
        acknowledged.push(ms(start.elapsed()));
        let painted = "return window.painted.length >= arguments[0] && window.painted[arguments[0] - 1]";
        let painted = browser.wait_script("the other browser to show it", painted, &[json!(seq)]);
        visible.push(painted.as_f64().unwrap() - sent);
    }
    for percent in [50, 95] {
        let push = ("the push and its answer", percentile(acknowledged.clone(), percent));
        let name = format!("a push until another browser shows it, p{percent}");
        report.add(&name, "ms", percentile(visible.clone(), percent), push, Target::None);
    }
    let name = "a push until another browser shows it, p95";
    report.add(name, "ms", percentile(visible, 95), ("30 ms", 30.0), Target::AtMost(1.0));
}

fn wall_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0
}

/// Notes when each change of the first check is painted, by the clock of the machine.
const WATCH: &str = "
window.painted = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => window.painted.push(performance.timeOrigin + performance.now());
new MutationObserver(() => requestAnimationFrame(() => channel.port2.postMessage(0)))
  .observe(document.querySelector('[data-testid=check]'), { attributeFilter: ['data-state'] });";
