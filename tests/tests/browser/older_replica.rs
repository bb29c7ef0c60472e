//! What a browser stored by an older build is opened without a network, and nothing of it is lost.

use serde_json::Value;
use slipway_shared::check::CheckState;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::server::{ServerSetup, TestServer, repository};
use slipway_tests::wait;

/// Puts databases in place of those that are there, at their own version.
const REPLACE: &str = "const [databases, done] = arguments;
const answer = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = request.onblocked = () => reject(request.error ?? new Error('blocked'));
});
(async () => {
  localStorage.clear();
  for (const { name } of await indexedDB.databases()) await answer(indexedDB.deleteDatabase(name));
  for (const [name, { version, stores }] of Object.entries(databases)) {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => {
      for (const [store, rows] of Object.entries(stores)) {
        const made = request.result.createObjectStore(store);
        for (const [key, value] of rows) made.put(value, key);
      }
    };
    (await answer(request)).close();
  }
})().then(() => done('replaced'), (error) => done(String(error)));";

/// Starts a server on the data that the older build was in step with.
fn server_of(version: &str) -> TestServer {
    let setup = ServerSetup::default();
    std::fs::create_dir_all(setup.data()).unwrap();
    let kept = repository().join(format!("tests/fixtures/replicas/{version}/slipway.db"));
    std::fs::copy(kept, setup.data().join("slipway.db")).unwrap();
    setup.start()
}

fn replace(browser: &Browser, version: &str) {
    let kept = repository().join(format!("tests/fixtures/replicas/{version}/replica.json"));
    let databases: Value = serde_json::from_slice(&std::fs::read(kept).unwrap()).unwrap();
    assert_eq!(browser.script_async(REPLACE, &[databases]), "replaced");
}

#[test]
fn a_replica_of_0_1_0_is_opened_without_a_server_and_sends_what_it_had() {
    let mut server = server_of("0.1.0");
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&server.url());
    browser.wait_for("[data-testid=card]");
    browser.wait_offline_ready();
    // Somewhere at the same address where no app holds the databases.
    browser.go(&format!("{}/health/live", server.url()));
    replace(&browser, "0.1.0");
    server.kill();

    browser.go(&server.url());
    browser.see_in("section[data-testid=column]:nth-of-type(4)", "Release 2.4.0");
    browser.see_in("section[data-testid=column]:nth-of-type(4)", "Faster search");
    browser.see("hotfix");
    browser.click("link", "Release 2.4.0");
    wait::until("both ticks to be shown", || {
        (browser.count("[data-testid=check][data-state=done]") == 2).then_some(())
    });
    browser.go(&format!("{}/sync", server.url()));
    browser.see("Tests passing");
    browser.see("Code reviewed");
    browser.go(&format!("{}/needs-you", server.url()));
    browser.see("moved to Approval meanwhile");

    server.restart();
    let mut api = Api::connect(server.address()).unwrap();
    wait::until("the server to have both ticks", || {
        let (workspace, _) = api.snapshot().unwrap();
        let known = workspace.deployments.values().find(|known| known.version.value == "2.4.0").unwrap();
        let done = known.checks().filter(|check| check.state() == CheckState::Done);
        let done: Vec<_> = done.map(|check| check.text.clone()).collect();
        (done == ["Tests passing", "Code reviewed"]).then_some(())
    });
    browser.see("moved to Approval meanwhile");
    assert_eq!(browser.count("#crash"), 0);
}
