//! The gate as people meet it: what is missing with the way to it, starting past it, and an approval of what changed.

use serde_json::json;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::people::{GATE, Somebody, synced};

/// A deployment of 2.4.0 in a workspace of one, on its page.
pub fn made() -> (TestServer, Profile, Browser) {
    let server = TestServer::start();
    let (profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    browser.click("link", "/^New deployment/");
    browser.write("/^(Service|Name of the service)/", "harbour");
    browser.write("Version", "2.4.0");
    browser.click("button", "Create deployment");
    browser.see_in(GATE, "Gate before Production: closed");
    synced(&browser);
    (server, profile, browser)
}

#[test]
fn what_is_missing_is_on_the_way_to_it() {
    let (_server, _profile, browser) = made();
    let first = "return document.querySelector('[data-testid=missing] .link').closest('li').textContent";
    let missing = browser.script(first, &[]);
    browser.click_within("[data-testid=missing]", "button", "Go to check");
    let focused = "return document.activeElement.labels?.[0]?.textContent.split('\\n')[0].trim()";
    let check = browser.wait_script("a focused check", focused, &[]);
    let check = check.as_str().unwrap().split(',').next().unwrap().to_owned();
    assert!(missing.as_str().unwrap().contains(&check), "{missing} leads to {check}");
}

/// On the board, the dialog of a rollout says what its gate wants, with the way to it, and the way past it.
#[test]
fn a_card_before_a_closed_gate_is_told_what_is_missing() {
    let (_server, _profile, browser) = made();
    browser.click("link", "/^Board/");
    let moves = || {
        browser.click_within("[data-testid=card]", "button", "Actions for this card");
        browser.click("menuitem", "/^Production/");
        browser.see_in("[data-testid=closed-gate]", "Gate before Production: closed");
    };
    moves();
    browser.click_within("dialog[open]", "button", "Ask for the rollout");
    browser.wait_for("dialog[open] [role=alert]");
    let found = browser.axe();
    assert!(found.is_empty(), "{found:#?}");
    browser.click_within("[data-testid=closed-gate]", "link", "Go to check");
    browser.wait_gone("dialog[open]");
    let focused = "return document.activeElement.matches('.sheet [data-testid=check] input')";
    browser.wait_script("the check that is missing", focused, &[]);
    browser.press(&['\u{e00c}']);
    browser.wait_gone(".sheet");

    moves();
    browser.click_within("[data-testid=closed-gate]", "button", "Start anyway…");
    browser.write("Reason", "The index is lost");
    browser.click("button", "Start the rollout past the gate");
    browser.wait_gone("dialog[open]");
    browser.see_in("[data-testid=column]:nth-of-type(5) [data-testid=card]", "Started anyway");

    // Nobody gets past what is running.
    browser.script("document.querySelector('.card-link').click()", &[]);
    browser.see_in("[data-testid=gate]", "Gate before Production: closed");
    browser.see_in("[data-testid=gate]", "is being rolled out to Production");
    browser.see_in("[data-testid=one-at-a-time]", "One rollout at a time");
}

/// Asking and recording are two buttons: one waits for the gate, the other says what happens.
#[test]
fn a_rollout_is_asked_for_where_the_environment_is() {
    let (_server, _profile, browser) = made();
    let development = "[data-testid=environment]:nth-of-type(1)";
    browser.click_within(development, "button", "Ask for the rollout");
    browser.see_in(development, "Rolling out");
    browser.click_within("[data-testid=environment]:nth-of-type(3)", "button", "Ask for the rollout");
    browser.see_in(".toasts", "Production");
    let focused = "return document.activeElement.id.startsWith('gate-')";
    browser.wait_script("the gate that is closed", focused, &[]);
}

#[test]
fn who_starts_past_a_closed_gate_says_why_and_that_stays() {
    let (server, _profile, browser) = made();
    browser.click("button", "Start anyway…");
    browser.click("button", "Start the rollout past the gate");
    browser.see("There is no reason");
    assert_eq!(Api::connect(server.address()).unwrap().snapshot().unwrap().0.rollouts.len(), 0);
    browser.write("Reason", "The index is lost");
    browser.click("button", "Start the rollout past the gate");
    browser.wait_gone("dialog[open]");
    browser.see("Started anyway: The index is lost");
    synced(&browser);
    browser.reload();
    browser.see("Started anyway: The index is lost");
    browser.see_in(".timeline", "past the closed gate");
    browser.see_in(".timeline", "an approval of what it is now");
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    let rollout = workspace.rollouts.values().next().unwrap();
    let overridden = rollout.overridden.as_ref().unwrap();
    assert_eq!((overridden.reason.as_str(), rollout.requested), ("The index is lost", true));
    browser.click("link", "/^Board/");
    browser.see_in("[data-testid=card]", "Started anyway");
}

#[test]
fn an_approval_of_what_changed_is_stale_and_says_what_changed() {
    let (server, _profile, browser) = made();
    browser.click_within(GATE, "button", "Approve");
    browser.see_in("[data-testid=approval]", "Approved");
    browser.click("link", "/^Board/");
    browser.see_in("[data-testid=card-approvals]", "1/1");
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    let deployment = *workspace.deployments.keys().next().unwrap();
    let (field, value) = (DeploymentField::Version, "2.4.1".to_owned());
    Somebody::at(&server).does(Command::Deployment(DeploymentCommand::Edit { deployment, field, value }));
    browser.see_in("[data-testid=card-approvals]", "0/1 stale");
    browser.go(&format!("{}/deployments/{deployment}", server.url()));
    browser.see_in("[data-testid=approval]", "stale: changed since");
    browser.see_in("[data-testid=what-changed]", "the version: it was 2.4.0, it is 2.4.1");
    browser.click_within(GATE, "button", "Approve");
    wait::until("a new approval", || {
        let count = browser.count("[data-testid=what-changed]");
        (count == 0 && browser.count("[data-testid=approval]") == 1).then_some(())
    });
    browser.click_within(GATE, "button", "Take back my decision");
    browser.wait_gone("[data-testid=approval]");
    assert_eq!(browser.script("return document.querySelectorAll('#crash').length", &[]), json!(0));
}
