//! Deployments closed long ago: the facts are in every browser, the details come from the server when asked for.

use serde_json::json;
use slipway_shared::deployment::Deployment;
use slipway_shared::ids::DeploymentId;
use slipway_shared::workspace::Workspace;
use slipway_tests::api::Api;
use slipway_tests::browser::Browser;
use slipway_tests::server::TestServer;

use crate::chromium::demo;

const NOTICE: &str = "This deployment was closed more than 30 days ago.";

/// Returns two sealed deployments of the demo.
fn two_sealed(workspace: &Workspace) -> [(DeploymentId, &Deployment); 2] {
    let all = workspace.deployments.iter().map(|(id, known)| (*id, known.as_ref()));
    let mut sealed = all.filter(|(_, known)| known.sealed.is_some());
    [sealed.next().unwrap(), sealed.next().unwrap()]
}

fn open(server: &TestServer, browser: &Browser, id: DeploymentId) {
    browser.go(&format!("{}/deployments/{id}", server.url()));
    browser.see(NOTICE);
}

#[test]
fn the_details_of_what_was_closed_long_ago_come_when_asked_for_and_bring_it_back() {
    let (mut server, _profile, browser) = demo(&json!({}));
    browser.wait_offline_ready();
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    let [(first, facts), (second, _)] = two_sealed(&workspace);
    assert!(facts.sections.is_empty() && !facts.changes.is_empty());

    open(&server, &browser, first);
    browser.see(&facts.version.value);
    assert_eq!(browser.count("[data-testid=check]"), 0);
    assert!(!browser.has("button", "Copy as Markdown"), "half a document is no document");
    browser.click("button", "Show details");
    browser.wait_for("[data-testid=check]");
    browser.see("These details come from the server");
    assert!(browser.count("[data-testid=check]") >= u64::from(facts.progress().all));
    // They can be read and not changed.
    assert_eq!(browser.count("[data-testid=check] input:enabled"), 0);
    assert_eq!(browser.count(".check-add input:enabled"), 0);
    assert_eq!(browser.axe(), Vec::<String>::new());

    server.kill();
    browser.see_in("[data-testid=sync-indicator]", "Offline");
    open(&server, &browser, second);
    browser.click("button", "Show details");
    browser.see("The details are on the server, and it doesn’t answer now.");
    browser.click("button", "Put back on the board");
    browser.see(NOTICE);

    server.restart();
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    browser.click("button", "Put back on the board");
    browser.wait_for("[data-testid=check] input:enabled");
    let mut api = Api::connect(server.address()).unwrap();
    slipway_tests::wait::until("the server to have it on the board", || {
        let (workspace, _) = api.snapshot().unwrap();
        let known = workspace.deployments.get(&second).unwrap();
        (known.finished.is_none() && known.sealed.is_none() && !known.sections.is_empty()).then_some(())
    });
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    browser.wait_gone(".conflict");
}
