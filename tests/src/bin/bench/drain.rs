//! A thousand commands from a browser's queue, once the server is back, beside the same without a browser.

use std::time::Instant;

use serde_json::json;
use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{CheckId, ClientId, DeploymentId};
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::commands::wire;
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;

use crate::report::{Report, Target, ms};
use crate::world::{Tries, add_tries};

const COMMANDS: usize = 1_000;
/// What fits into one push.
const PUSH: usize = 100;

/// Measures from the first greeting that is answered until the screen says that everything is confirmed.
pub fn measure(report: &mut Report) {
    let mut server = TestServer::start();
    let tries = add_tries(&server);
    let alone = without_browser(&server, &tries);
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.before_each_page(WATCH);
    browser.go(&format!("{}/deployments/{}", server.url(), tries.deployment));
    browser.wait_for("[data-testid=check]");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    server.kill();
    browser.see_in("[data-testid=sync-indicator]", "Offline");
    browser.script(TICK_ALL, &[json!(COMMANDS)]);
    browser.wait_script("everything to wait", "return window.isTicked", &[]);
    browser.see_in("[data-testid=sync-indicator]", "1,000 waiting");
    browser.script("window.hellos = []", &[]);
    server.restart();
    let drained = browser.wait_script("everything to be confirmed", DRAINED, &[]).as_f64().unwrap();
    let name = "1,000 commands of a browser, from hello to Synced";
    report.add(name, "ms", drained, ("10 pushes of 100 over HTTP", alone), Target::None);
    report.add(name, "ms", drained, ("one second", 1000.0), Target::AtMost(1.0));
}

/// Pushes as many, as a browser does but with nothing to draw or to store.
fn without_browser(server: &TestServer, tries: &Tries) -> f64 {
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(Random::seeded(7).id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let commands = (0..COMMANDS).map(|number| attest(tries.deployment, &tries.checks, number));
    let wires: Vec<_> =
        commands.zip(1..).map(|(command, seq)| wire(client, seq, hello.head, command)).collect();
    let start = Instant::now();
    for batch in wires.chunks(PUSH) {
        api.push(hello.epoch, batch).unwrap();
    }
    ms(start.elapsed())
}

/// Ticks the checks one after the other, and unticks them the next time round.
pub fn attest(deployment: DeploymentId, checks: &[CheckId], number: usize) -> Command {
    let is_even_round = (number / checks.len()).is_multiple_of(2);
    let state = if is_even_round { CheckState::Done } else { CheckState::Open };
    let check = checks[number % checks.len()];
    Command::Deployment(DeploymentCommand::Attest { deployment, check, state, evidence: None })
}

/// Notes when greetings that are answered were sent.
const WATCH: &str = "
const ask = window.fetch;
window.hellos = [];
window.fetch = async (...given) => {
  const at = performance.now();
  const answer = await ask(...given);
  if (answer.ok && String(given[0]?.url ?? given[0]).includes('/hello')) window.hellos.push(at);
  return answer;
};";

/// Ticks checks, giving way now and then as a person would.
const TICK_ALL: &str = "
let left = arguments[0];
window.isTicked = false;
const some = () => {
  const ticks = [...document.querySelectorAll('[data-testid=check] input')];
  for (let i = 0; i < ticks.length && left > 0; i++, left--) ticks[i].click();
  if (left > 0) setTimeout(some); else window.isTicked = true;
};
some();";

/// Returns the milliseconds from the greeting until now, once everything is confirmed.
const DRAINED: &str = "
const words = document.querySelector('[data-testid=sync-indicator]').textContent;
return window.hellos.length > 0 && words.includes('Synced') ? performance.now() - window.hellos[0] : false;";
