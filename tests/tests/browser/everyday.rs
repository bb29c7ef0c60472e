//! Another language, and more deployments than anybody has.

use serde_json::json;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{ClientId, DeploymentId, ServiceId};
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::commands::{self, wire};
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;

use crate::chromium::demo;

#[test]
fn the_app_speaks_french() {
    let (server, _profile, browser) = demo(&json!({ "language": "fr" }));
    assert_eq!(browser.script("return document.documentElement.lang", &[]), "fr");
    let _new = browser.find("link", "/^Nouveau déploiement/");
    browser.go(&format!("{}/settings", server.url()));
    let _heading = browser.find("heading", "Réglages");
    let english = ["Board", "Deployments", "Settings", "Needs you"];
    let shown = browser.script("return document.body.innerText", &[]);
    for word in english {
        assert!(
            !shown.as_str().unwrap().lines().any(|line| line.trim() == word),
            "{word:?} in the French app"
        );
    }
}

/// Adds deployments by pushes, most of them finished, as after years.
fn fill(server: &TestServer, random: &mut Random, count: usize, open: usize) {
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(random.id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let (workspace, _) = api.snapshot().unwrap();
    let column = commands::first_queue(&workspace);
    let service = ServiceId::from_u128(random.id());
    let mut all = vec![commands::add_service(service, "harbour")];
    for number in 0..count {
        let deployment = DeploymentId::from_u128(random.id());
        all.push(commands::open_bare(deployment, service, column, &format!("1.{number}.0")));
        if number >= open {
            all.push(Command::Deployment(DeploymentCommand::Finish { deployment }));
        }
    }
    let wires: Vec<_> =
        all.into_iter().zip(1..).map(|(command, seq)| wire(client, seq, hello.head, command)).collect();
    for batch in wires.chunks(250) {
        api.push(hello.epoch, batch).unwrap();
    }
}

#[test]
fn ten_thousand_deployments_stay_usable() {
    let mut random = Random::announced("many");
    let server = TestServer::start();
    fill(&server, &mut random, 10_000, 200);
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&server.url());
    browser.wait_for("[data-testid=card]");
    // A full board is drawn in slices.
    let all = "return document.querySelectorAll('[data-testid=card]').length === 200";
    browser.wait_script("a card for each open deployment", all, &[]);
    browser.click_within(
        "[data-testid=column]:nth-of-type(1) [data-testid=card]",
        "button",
        "Actions for this card",
    );
    browser.click("menuitem", "/^Approval/");
    browser.wait_for("[data-testid=column]:nth-of-type(4) [data-testid=card]");
    browser.click("link", "/^Deployments/");
    browser.wait_for("[data-testid=row]");
    browser.see("10,000 deployments");
    assert!(browser.count("[data-testid=row]") <= 500, "the list draws everything at once");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    browser.reload();
    browser.wait_for("[data-testid=row]");
}
