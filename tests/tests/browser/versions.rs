//! Apps and servers of different ages, and copies that are cut off: what doesn't fit waits, and the rest goes on.

use serde_json::json;
use slipway_shared::canonical::{Hash, to_canonical};
use slipway_shared::ids::{ClientId, CommandKey};
use slipway_shared::log::{EventHeader, StoredEvent, chain_hash};
use slipway_shared::time::Timestamp;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::random::Random;
use slipway_tests::server::{TestServer, run};
use slipway_tests::wait;

use crate::people::{head, open_check, opened, state_of, synced};

/// As a connection that ends in the middle: as long as `localStorage.cuts` is set, a snapshot comes without its last
/// line.
const CUTS: &str = "{
    const { fetch } = window;
    window.fetch = async (url, ...rest) => {
      const answer = await fetch(url, ...rest);
      if (!String(url).endsWith('/snapshot') || !localStorage.cuts) return answer;
      const lines = (await answer.text()).trimEnd().split('\\n');
      localStorage.cuts = Number(localStorage.cuts) + 1;
      return new Response(lines.slice(0, -1).join('\\n') + '\\n', answer);
    };
  }";

fn cut_at_least(browser: &Browser, times: u64) {
    let script = "return Number(localStorage.cuts) >= arguments[0]";
    browser.wait_script("snapshots to be cut off", script, &[json!(times)]);
}

#[test]
fn a_first_load_that_is_cut_off_shows_nothing_half_and_is_tried_again() {
    let server = TestServer::demo();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.before_each_page(CUTS);
    browser.go(&format!("{}/health/live", server.url()));
    browser.script("localStorage.cuts = 1", &[]);
    browser.go(&server.url());
    cut_at_least(&browser, 3);
    browser.see("No copy here yet");
    assert_eq!(browser.count("[data-testid=card]"), 0, "half a workspace is shown");
    browser.script("delete localStorage.cuts", &[]);
    browser.wait_for("[data-testid=card]");
    synced(&browser);
}

#[test]
fn a_load_that_is_cut_off_leaves_the_older_copy_in_use() {
    let (mut server, _profile, browser, _) = opened(CUTS);
    browser.wait_offline_ready();
    let check = open_check(&browser);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db").to_string_lossy().into_owned();
    let data = server.data().to_string_lossy().into_owned();
    assert_eq!(run(&["backup", "--data", &data, "--output", &file]).code, Some(0));
    server.kill();
    assert_eq!(run(&["restore", &file, "--data", &data, "--force"]).code, Some(0));
    browser.script("localStorage.cuts = 1", &[]);
    server.restart();
    // Another timeline: everything is fetched anew.
    cut_at_least(&browser, 2);
    browser.click("checkbox", &check);
    wait::until("the tick to be shown", || (state_of(&browser, &check) == "done").then_some(()));
    browser.reload();
    wait::until("the tick to be shown again", || (state_of(&browser, &check) == "done").then_some(()));
    browser.script("delete localStorage.cuts", &[]);
    synced(&browser);
    assert_eq!(state_of(&browser, &check), "done");
}

/// Lets the test speak as the server does, into the stream that is open.
const STREAM: &str = "{
    const Real = window.EventSource;
    window.EventSource = class extends Real {
      constructor(...address) {
        super(...address);
        window.stream = this;
      }
    };
  }";

/// Returns what a newer server would add to the log: an event of a kind that nobody knows here.
fn event_of_a_newer_server(server: &TestServer) -> StoredEvent {
    let (workspace, cursor) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    let now = Timestamp(1_795_000_000_000);
    let header = to_canonical(&EventHeader {
        seq: cursor.seq + 1,
        kind: "deployment.dreamt".to_owned(),
        v: 1,
        command: CommandKey { client: ClientId::from_u128(Random::fresh().id()), seq: 1 },
        actor: *workspace.members.keys().next().unwrap(),
        device: None,
        carried_by: None,
        at: now,
        effective: now,
        received: now,
        more: 0,
    })
    .unwrap();
    let payload = json!({ "deployment": { "dreamt": {} } }).to_string();
    let chain = chain_hash(cursor.chain, &header, Hash::of(&[payload.as_bytes()]));
    StoredEvent { header, payload: Some(payload), payload_hash: None, chain }
}

#[test]
fn what_a_newer_server_says_is_told_and_the_rest_goes_on() {
    let (server, _profile, browser, _) = opened(STREAM);
    let event = serde_json::to_string(&[event_of_a_newer_server(&server)]).unwrap();
    let say = "stream.dispatchEvent(new MessageEvent('events', { data: arguments[0] }))";
    browser.script(say, &[json!(event)]);
    browser.see_in(".banner", "Update the app to see everything");
    assert!(browser.has("button", "Reload"));
    browser.click("link", "/^Board/");
    browser.wait_for("[data-testid=card]");
    assert_eq!(browser.count("#crash"), 0);
}

/// As a server of an earlier build, which doesn't know how checks are answered, as long as `localStorage.older` is set.
const OLDER: &str = "{
    const { fetch } = window;
    window.fetch = async (url, ...rest) => {
      const answer = await fetch(url, ...rest);
      if (!String(url).endsWith('/hello') || !localStorage.older) return answer;
      const said = await answer.json();
      delete said.commands['deployment.attest'];
      return new Response(JSON.stringify(said), answer);
    };
  }";

#[test]
fn what_an_older_server_does_not_know_waits_for_it_and_says_so() {
    let (server, _profile, browser, _) = opened(OLDER);
    browser.script("localStorage.older = 1", &[]);
    browser.reload();
    synced(&browser);
    let (check, before) = (open_check(&browser), head(&server));
    browser.click("checkbox", &check);
    browser.see_in(".banner", "Waiting for a server update");
    assert!(browser.has("button", "Save unsent changes as a file"));
    browser.click("link", "/waiting|Saving|Offline/");
    browser.see_in(".sync-waiting", "Held: needs a newer server");
    assert_eq!(head(&server), before, "it was sent all the same");
    browser.script("delete localStorage.older", &[]);
    browser.reload();
    synced(&browser);
    assert_eq!(state_of(&browser, &check), "done");
    assert_eq!((browser.count(".banner"), head(&server)), (0, before + 1));
}
