//! Rollouts that are asked for while the server is away: drawn as asked for, until the server has said what they are.

use serde_json::json;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::environment::Tier;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::people::{Somebody, synced};
use crate::storage::rows;

const CARD_IN_READY: &str = "[data-testid=column]:nth-of-type(1) [data-testid=card]";
const CARD_IN_STAGING: &str = "[data-testid=column]:nth-of-type(3) [data-testid=card]";
const GHOST_IN_STAGING: &str = "[data-testid=column]:nth-of-type(3) [data-testid=ghost]";

fn ask_for_staging(browser: &Browser) {
    browser.click_within(CARD_IN_READY, "button", "Actions for this card");
    browser.click("menuitem", "/^Staging/");
    browser.click("button", "Ask for the rollout");
    browser.wait_gone("dialog[open]");
}

/// The card is where it really is, with the word, and its ghost where it would go.
fn is_drawn_as_requested(browser: &Browser) {
    browser.wait_for(&format!("{CARD_IN_READY} .is-requested"));
    browser.see_in(CARD_IN_READY, "Requested: Staging");
    browser.see_in(GHOST_IN_STAGING, "Requested");
    assert_eq!((browser.count(GHOST_IN_STAGING), browser.count(CARD_IN_STAGING)), (1, 0));
    browser.see_in("[data-testid=column]:nth-of-type(3) .column-count", "0");
}

#[test]
fn a_request_is_drawn_as_requested_until_the_server_has_answered() {
    let mut server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    browser.wait_offline_ready();
    browser.click("link", "/^New deployment/");
    browser.write("/^(Service|Name of the service)/", "harbour");
    browser.write("Version", "2.4.0");
    browser.click("button", "Create deployment");
    browser.see("2.4.0");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    browser.click("link", "/^Board/");
    browser.wait_for(CARD_IN_READY);

    server.kill();
    ask_for_staging(&browser);
    is_drawn_as_requested(&browser);
    // Asked for is not running: nothing keeps the person from asking again. Only one of the two can be granted.
    ask_for_staging(&browser);
    browser.reload();
    is_drawn_as_requested(&browser);
    browser.click("link", "/^(Deployments|List)/");
    browser.see_in("[data-testid=row]", "Ready");
    browser.see_in("[data-testid=row]", "Requested: Staging");
    browser.click("link", "/^Board/");

    server.restart();
    browser.wait_for(CARD_IN_STAGING);
    browser.wait_gone(GHOST_IN_STAGING);
    browser.wait_gone(".is-requested");
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    assert_eq!(workspace.rollouts.len(), 1);
    let id = *workspace.deployments.keys().next().unwrap();
    assert!(workspace.latest_rollout(id, Tier::Staging).unwrap().1.requested);
    browser.click("link", "/Needs you/");
    browser.see("2.4.0 harbour is being rolled out to Staging already");
}

#[test]
fn the_gate_says_what_is_missing_and_an_approval_waits_for_the_server() {
    let mut server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    browser.wait_offline_ready();
    browser.click("link", "/^New deployment/");
    browser.write("/^(Service|Name of the service)/", "harbour");
    browser.write("Version", "2.4.0");
    browser.click("button", "Create deployment");
    browser.see_in("[data-testid=gate]", "Gate before Production: closed");
    browser.see_in("[data-testid=gate]", "“Tests passing” is open");
    browser.see_in("[data-testid=sync-indicator]", "Synced");

    server.kill();
    browser.click_within("[data-testid=gate]", "button", "Approve");
    browser.see_in("[data-testid=gate]", "Approval requested, waiting for the server");
    assert_eq!(browser.count("[data-testid=approval]"), 0);
    server.restart();
    browser.see_in("[data-testid=approval]", "Approved");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
}

#[test]
fn an_approval_of_what_changed_meanwhile_says_what_did_and_can_be_given_again() {
    let mut server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    browser.wait_offline_ready();
    browser.click("link", "/^New deployment/");
    browser.write("/^(Service|Name of the service)/", "harbour");
    browser.write("Version", "2.4.0");
    browser.click("button", "Create deployment");
    browser.see("2.4.0");
    synced(&browser);
    let page = browser.path();
    let deployment = page.rsplit('/').next().unwrap().parse().unwrap();

    server.kill();
    browser.click_within("[data-testid=gate]", "button", "Approve");
    browser.see_in("[data-testid=gate]", "Approval requested, waiting for the server");
    wait::until("the approval to be stored", || (rows(&browser, "outbox") == json!(1)).then_some(()));
    browser.go("about:blank");
    server.restart();
    let (field, value) = (DeploymentField::Version, "2.4.1".to_owned());
    Somebody::at(&server).does(Command::Deployment(DeploymentCommand::Edit { deployment, field, value }));

    browser.go(&format!("{}/needs-you", server.url()));
    browser.see_in("[data-testid=what-changed]", "it was 2.4.0, it is 2.4.1");
    browser.see_in(".rail .count", "1");
    assert!(browser.has("link", "Review again"));
    browser.click("button", "Approve it as it is now");
    browser.see("Nothing waits for you");
    browser.wait_gone(".rail .count");
    browser.go(&format!("{}{page}", server.url()));
    browser.see_in("[data-testid=approval]", "Approved");
    synced(&browser);
}
