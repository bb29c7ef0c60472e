//! What a person is asked: before an undo takes back what others did, and after the server has refused something.

use serde_json::json;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::commands;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::people::{Somebody, opened, set_title, synced, title_on};
use crate::storage::rows;

#[test]
fn taking_back_what_somebody_changed_since_asks_first() {
    let (server, _profile, browser, deployment) = opened("");
    set_title(&browser, "Mine");
    synced(&browser);
    Somebody::at(&server).does(commands::retitle(deployment, "Theirs"));
    browser.see("Theirs");
    browser.click("button", "/^Undo/");
    browser.see("changed this since");
    browser.click("button", "Leave it");
    assert_eq!(title_on(&server, deployment), "Theirs");
}

#[test]
fn what_is_refused_for_one_reason_is_one_thing_to_decide_and_can_be_applied_after_all() {
    let (mut server, _profile, browser, deployment) = opened("");
    browser.wait_offline_ready();
    server.kill();
    browser.see_in("[data-testid=sync-indicator]", "Offline");
    set_title(&browser, "Written offline");
    browser.click("button", "/^(Edit the text|Write the rollback plan)$/");
    browser.write("Text", "A plan from the train");
    browser.click("button", "Save");
    browser.see_in("[data-testid=sync-indicator]", "2 waiting");
    browser.go("about:blank");
    server.restart();
    Somebody::at(&server).does(Command::Deployment(DeploymentCommand::Finish { deployment }));
    browser.go(&format!("{}/needs-you", server.url()));
    wait::until("one thing to decide", || (browser.count("[data-testid=refused]") == 1).then_some(()));
    browser.see_in("[data-testid=refused]", "and 1 more");
    browser.click("button", "/^Put (it )?back (on the board )?and apply/");
    // Approvals of the demo wait there all the same.
    browser.wait_gone("[data-testid=refused]");
    synced(&browser);
    assert_eq!(title_on(&server, deployment), "Written offline");
}

/// The form in which it was done is gone by then.
#[test]
fn a_title_is_taken_back_by_its_notice() {
    let (server, _profile, browser, deployment) = opened("");
    let before = title_on(&server, deployment);
    set_title(&browser, "A slip of the pen");
    synced(&browser);
    browser.click("button", "/^Undo/");
    browser.see_in("h1", &before);
    synced(&browser);
    assert_eq!(title_on(&server, deployment), before);
    assert_eq!(browser.count("#crash"), 0);
}

#[test]
fn a_text_that_is_too_long_is_refused_here_and_stays_in_its_field() {
    let (mut server, _profile, browser, _) = opened("");
    server.kill();
    browser.click("button", "/^(Edit the text|Write the rollback plan)$/");
    let paste = "const field = document.querySelector('textarea'); field.value = 'x'.repeat(2_000_000);
        field.dispatchEvent(new InputEvent('input', { bubbles: true }))";
    browser.script(paste, &[]);
    browser.click("button", "Save");
    browser.see("is too long");
    assert_eq!(
        browser.script("return document.querySelector('textarea')?.value.length", &[]),
        json!(2_000_000)
    );
    browser.see_in("[data-testid=sync-indicator]", "Offline");
}

/// A move that was refused needs nobody any more once the card was moved on.
#[test]
fn a_refused_move_is_overtaken_by_a_later_one() {
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
    let deployment = browser.path().rsplit('/').next().unwrap().parse().unwrap();
    let url = server.url();
    let move_to = |column: &str| {
        browser.go(&format!("{url}/board"));
        browser.click_within("[data-testid=card]", "button", "Actions for this card");
        browser.click("menuitem", column);
    };
    server.kill();
    move_to("/^Monitoring/");
    wait::until("the move to be stored", || (rows(&browser, "outbox") == json!(1)).then_some(()));
    browser.go("about:blank");
    server.restart();
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    let from = workspace.deployments.get(&deployment).unwrap().column;
    let column = |name| *workspace.columns.iter().find(|(_, column)| column.name == name).unwrap().0;
    let (to, wanted) = (column("Approval"), column("Monitoring"));
    let rank = slipway_shared::rank::between(None, None);
    let mut somebody = Somebody::at(&server);
    let mut moves = |from, to| {
        let rank = rank.clone();
        somebody.does(Command::Deployment(DeploymentCommand::Move { deployment, from, to, rank }));
    };
    moves(from, to);

    browser.go(&format!("{}/needs-you", server.url()));
    let not_made = "It was moved to Approval meanwhile. Your move was not made";
    browser.see_in("[data-testid=refused]", not_made);
    // What it says follows what becomes of the card.
    moves(to, wanted);
    browser.see_in("[data-testid=refused]", "It is in Monitoring all the same, and nothing is left to do");
    assert!(!browser.has("button", "Try again"));
    moves(wanted, to);
    browser.see_in("[data-testid=refused]", not_made);
    // Whoever tries again has read where the card is now.
    browser.click("button", "Try again");
    browser.see("Nothing waits for you");
    wait::until("the move to be confirmed", || {
        let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
        (workspace.deployments.get(&deployment).unwrap().column == wanted).then_some(())
    });
}

/// By the menu of its page a deployment goes where no rollout is needed, and the page goes on.
#[test]
fn a_deployment_is_moved_on_its_own_page() {
    let server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    browser.click("link", "/^New deployment/");
    browser.write("/^(Service|Name of the service)/", "harbour");
    browser.write("Version", "2.4.0");
    browser.click("button", "Create deployment");
    browser.see("2.4.0");
    for column in ["Approval", "Monitoring", "Ready to Deploy"] {
        browser.click("button", "/^Move to/");
        browser.click("menuitem", &format!("/^{column}/"));
        browser.see_in(".deployment-actions", column);
        browser.wait_gone("[role=menuitem]");
    }
    synced(&browser);
}
