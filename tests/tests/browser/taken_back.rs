//! What was recorded of a rollout by mistake is taken back: with its card, with the check it ticked, and for everybody.

use serde_json::json;
use slipway_shared::ids::ServiceId;
use slipway_tests::api::Api;
use slipway_tests::browser::Engine;
use slipway_tests::commands;
use slipway_tests::server::TestServer;

use crate::people::{Somebody, synced};
use crate::release_story::person::{Person, Start, Where};

const TITLE: &str = "Faster search";
const DEVELOPMENT: &str = "[data-testid=environment]:nth-of-type(1)";

/// A release on its page, on a server.
fn planned() -> (TestServer, Person) {
    let server = TestServer::start();
    Somebody::at(&server).does(commands::add_service(ServiceId::from_u128(1), "harbour"));
    let anna = Person::owner(Engine::Chromium, &server);
    anna.plans("2.4.0", TITLE);
    (server, anna)
}

#[test]
fn a_start_in_the_wrong_place_is_undone_with_its_move() {
    let (server, anna) = planned();
    anna.moves_to("Development");
    anna.begins(Start::Recorded, Where::Development);
    anna.browser.see_in(".deployment-actions", "Development");
    anna.browser.press(&['u']);
    anna.browser.see_in(DEVELOPMENT, "not rolled out");
    anna.browser.see_in(".deployment-actions", "Ready to Deploy");
    synced(&anna.browser);
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    let (id, known) = workspace.deployments.iter().next().unwrap();
    assert_eq!(workspace.rollouts_of(*id).count(), 0, "nothing counts");
    assert_eq!(workspace.rollouts.len(), 1, "and nothing is lost");
    assert_eq!(workspace.columns[&known.column].name, "Ready to Deploy");
}

#[test]
fn an_outcome_that_was_none_is_undone_with_its_tick() {
    let (_server, anna) = planned();
    anna.moves_to("Development");
    anna.begins(Start::Recorded, Where::Development);
    anna.succeeds(Where::Development);
    let ticked =
        "return [...document.querySelectorAll('[data-testid=check][data-state=done] .check-text bdi')]
        .some((text) => text.textContent === 'Development')";
    anna.browser.wait_script("the check to be ticked", ticked, &[]);
    anna.browser.press(&['u']);
    anna.browser.see_in(DEVELOPMENT, "Rolling out");
    let open = ticked.replace("=done", "=open");
    anna.browser.wait_script("the check to be open", &open, &[]);
}

#[test]
fn what_was_recorded_long_ago_is_taken_back_in_its_history() {
    let (_server, anna) = planned();
    anna.browser.click_within(DEVELOPMENT, "button", "Record a rollout");
    anna.browser.click_within("dialog[open]", "radio", "/^It succeeded/");
    let write = "for (const [id, minutes] of [['rollout-began', 50], ['rollout-when', 20]]) {
            const field = document.getElementById(id), at = new Date(Date.now() - minutes * 60000);
            field.value = new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
            field.dispatchEvent(new Event('input', { bubbles: true }));
        }";
    anna.browser.script(write, &[]);
    anna.browser.click_within("dialog[open]", "button", "Record the success");
    anna.browser.wait_gone("dialog[open]");
    anna.browser.see_in(DEVELOPMENT, "took 30 min");
    anna.browser.script("document.querySelector(`${arguments[0]} summary`).click()", &[json!(DEVELOPMENT)]);
    anna.browser.click_within(DEVELOPMENT, "button", "Recorded by mistake");
    anna.browser.see_in(DEVELOPMENT, "not rolled out");
    synced(&anna.browser);
    anna.browser.see_in(".timeline", "recorded by mistake");
    anna.browser.press(&['u']);
    anna.browser.see_in(DEVELOPMENT, "took 30 min");
}

/// What the palette offers of a deployment is what its menus do.
#[test]
fn the_palette_does_on_the_page_what_its_menus_do() {
    let (_server, anna) = planned();
    let browser = &anna.browser;
    let pick = |words: &str| {
        crate::palette::open(browser);
        crate::palette::write(browser, words);
        crate::palette::offers(browser, words);
        browser.press(&['\u{e007}']);
    };
    pick("Who is responsible");
    browser.see_in("[role=menu]:popover-open", "Owner");
    browser.press(&['\u{e00c}']);
    pick("Move to");
    browser.click("menuitem", "/^Approval/");
    browser.see_in(".deployment-actions", "Approval");
    pick("Finish");
    browser.see_in(".deployment-actions", "Put back on the board");
}
