//! Several people at once: who else looks at a deployment is shown, and what they change appears in place, without
//! disturbing somebody who types.

use serde_json::json;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::server::TestServer;

use crate::people::{Somebody, opened, synced};
use crate::people_accounts::{invite_ben, open_deployment, set_up};

/// Goes to the first card of the board.
fn open_first(browser: &Browser) {
    browser.wait_for("[data-testid=card]");
    browser.script("document.querySelector('[data-testid=card] .card-link').click()", &[]);
    browser.wait_for("[data-testid=deployment]");
}

#[test]
fn two_who_look_at_one_deployment_see_each_other() {
    let server = TestServer::start_unclaimed();
    let (_annas, anna) = set_up(&server, Engine::Chromium);
    let (_bens, ben) = invite_ben(&server, &anna);
    anna.visit(&format!("{}/board", server.url()));
    synced(&anna);
    open_deployment(&anna, "crane", "4.2.0");
    for browser in [&anna, &ben] {
        browser.visit(&format!("{}/board", server.url()));
        synced(browser);
        browser.wait_for("[data-testid=card]");
    }
    assert_eq!(anna.count("[data-testid=onlookers]"), 0, "nobody looks yet");
    open_first(&ben);
    anna.see_in("[data-testid=card] [data-testid=onlookers]", "Looking at this now: Ben Mast");
    open_first(&anna);
    anna.see_in("[data-testid=deployment] [data-testid=onlookers]", "Ben Mast");
    ben.see_in("[data-testid=deployment] [data-testid=onlookers]", "Anna Keel");
    ben.click("link", "Settings");
    anna.wait_gone("[data-testid=onlookers]");
}

#[test]
fn what_somebody_else_changes_appears_without_disturbing_who_types() {
    let (server, _profile, browser, deployment) = opened("");
    synced(&browser);
    browser.click("button", "Edit the title");
    browser.wait_for(".title-edit");
    let begin = "const field = document.querySelector('.title-edit'); field.value = 'Half of a ti'; field.setSelectionRange(4, 6);
        const main = document.querySelector('main'); main.scrollTop = 40; return main.scrollTop";
    let scrolled = browser.script(begin, &[]);
    let mut somebody = Somebody::at(&server);
    let field = DeploymentField::Version;
    let value = "99.0.1-theirs".to_owned();
    somebody.does(Command::Deployment(DeploymentCommand::Edit { deployment, field, value }));
    browser.see_in(".deployment-lead .version", "99.0.1-theirs");
    let state = "const field = document.querySelector('.title-edit');
        return [document.activeElement === field, field.value, field.selectionStart, field.selectionEnd, document.querySelector('main').scrollTop]";
    assert_eq!(browser.script(state, &[]), json!([true, "Half of a ti", 4, 6, scrolled]));
}
