//! What has to hold before a rollout is changed in the settings: gates follow at once, and nobody is locked out.

use serde_json::json;
use slipway_shared::policy::{PolicyId, Risk, Rules};
use slipway_tests::api::Api;
use slipway_tests::browser::Browser;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::gate::made;
use crate::people::{GATE, synced};

const APPROVAL: &str = "an approval of what it is now";

/// Returns what the server asks for before production at normal risk.
fn rules(server: &TestServer) -> Rules {
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    let environment = *workspace.environments_in_order().last().unwrap();
    workspace.rules_at(PolicyId { environment, risk: Risk::Normal })
}

/// Saves the policy with so many approvals.
fn save_with(browser: &Browser, approvals: &str) {
    browser.write("Approvals needed", approvals);
    browser.click_within("dialog[open]", "button", "Save");
}

#[test]
fn a_policy_that_locks_everybody_out_is_refused_and_another_is_followed_at_once() {
    let (server, _profile, browser) = made();
    let before = rules(&server);
    browser.see_in(GATE, APPROVAL);

    browser.go(&format!("{}/settings", server.url()));
    browser.click("button", "Change Production, normal risk");
    save_with(&browser, "some");
    browser.see_in("dialog[open]", "That is no number from 0 to 99. Nothing changed");
    save_with(&browser, "50");
    browser.see_in("dialog[open]", "It asks for 50 approvals");
    browser.see_in("dialog[open]", "so nobody could ever pass. Nothing changed");
    assert_eq!(rules(&server), before);

    save_with(&browser, "0");
    browser.wait_gone("dialog[open]");
    browser.see_in(".toasts", "Changed: Production, normal risk");
    synced(&browser);
    assert_eq!(rules(&server).approvals, 0);
    browser.click("link", "/^Board/");
    browser.wait_for("[data-testid=card]");
    browser.script("document.querySelector('.card-link').click()", &[]);
    browser.see_in(GATE, "Gate before Production");
    let asks = "return document.querySelector('[data-testid=gate]').innerText.includes(arguments[0])";
    assert_eq!(browser.script(asks, &[json!(APPROVAL)]), json!(false));
    browser.script("document.activeElement.blur()", &[]);
    browser.press(&['u']);
    browser.see_in(GATE, APPROVAL);
    wait::until("the policy to be as it was", || (rules(&server) == before).then_some(()));
}
