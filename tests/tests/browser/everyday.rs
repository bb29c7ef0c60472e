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

#[test]
fn times_are_shown_and_read_in_the_zone_that_was_picked() {
    const PICK: &str =
        "const field = document.querySelector('input[list=zones]'); field.value = arguments[0];
        field.dispatchEvent(new Event('change', { bubbles: true }))";
    let (server, _profile, browser) = demo(&json!({}));
    browser.go(&format!("{}/settings", server.url()));
    let _field = browser.wait_for("input[list=zones]");
    browser.script(PICK, &[json!("Nowhere/Here")]);
    browser.see("This browser knows no such zone");
    browser.script(PICK, &[json!("america/new york")]);
    browser.wait_script(
        "the page in the other zone",
        "return document.documentElement.dataset.zone === 'America/New_York' && document.querySelector('input[list=zones]')",
        &[],
    );
    browser.go(&format!("{}/deployments", server.url()));
    browser.wait_script(
        "a time in the other zone",
        "const time = document.querySelector('time[title]');
         const zone = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'America/New_York' };
         return time && time.title === new Intl.DateTimeFormat('en', zone).format(new Date(time.dateTime))",
        &[],
    );
    // The clocks there go ahead on 8 March and back on 1 November; only the hour that comes twice can't be told
    // from itself.
    let wrong = browser.script_async(
        "const done = arguments[arguments.length - 1];
         const file = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/js/intl.js'));
         import(file.name).then(({ fieldTime, parseFieldTime }) => {
           const around = ['2026-03-08T00:30Z', '2026-11-01T00:30Z'].map((day) => Date.parse(day));
           const moments = around.flatMap((day) => Array.from({ length: 24 }, (_, hour) => day + hour * 3_600_000));
           done(moments.filter((moment) => parseFieldTime(fieldTime(moment)) !== moment).map((moment) => new Date(moment).toISOString()));
         });",
        &[],
    );
    let twice = json!(["2026-11-01T05:30:00.000Z"]);
    assert!(wrong == twice || wrong == json!(["2026-11-01T06:30:00.000Z"]), "{wrong}");
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
