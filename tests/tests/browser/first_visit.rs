//! The first visit: the snapshot is read while it comes, and a full board is drawn in slices.

use serde_json::json;
use slipway_shared::ids::{ClientId, DeploymentId, ServiceId};
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::commands::{self, wire};
use slipway_tests::proxy::Proxy;
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::storage::rows;

/// More than a column draws at once, by far.
const CARDS: usize = 60;
const LAST: &str =
    "const cards = [...document.querySelectorAll('[data-testid=column]')[0].querySelectorAll('.card-link')];
    return cards.length === arguments[0] && document.activeElement === cards.at(-1) || undefined";

#[test]
fn a_snapshot_that_is_cut_off_is_not_taken() {
    let server = TestServer::demo();
    let proxy = Proxy::start(server.address());
    proxy.cut_snapshots(true);
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&proxy.url());
    wait::until("the snapshot to be asked for again", || {
        let asked = proxy.asked();
        (asked.iter().filter(|asked| asked.ends_with("/snapshot")).count() > 1).then_some(())
    });
    assert_eq!(browser.count("[data-testid=card]"), 0, "a part of the workspace is shown");
    assert_eq!(rows(&browser, "snapshot"), json!(0), "a part of the workspace is stored");

    proxy.cut_snapshots(false);
    browser.wait_for("[data-testid=card]");
    wait::until("the snapshot to be stored", || (rows(&browser, "snapshot") != json!(0)).then_some(()));
}

#[test]
fn a_full_column_draws_every_card() {
    let server = TestServer::start();
    fill(&server);
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&format!("{}/board", server.url()));
    browser.wait_for("[data-testid=card]");
    wait::until("every card", || (browser.count("[data-testid=card]") == CARDS as u64).then_some(()));
    browser.script("document.querySelector('.card-link').focus()", &[]);
    browser.press(&['\u{e010}']);
    browser.wait_script("the last card to have the focus", LAST, &[json!(CARDS)]);
    let found = browser.axe();
    assert!(found.is_empty(), "{found:#?}");
}

fn fill(server: &TestServer) {
    let mut random = Random::seeded(9);
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(random.id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let column = commands::first_queue(&api.snapshot().unwrap().0);
    let service = ServiceId::from_u128(random.id());
    let cards = (0..CARDS).map(|number| {
        commands::open_bare(DeploymentId::from_u128(random.id()), service, column, &format!("1.{number}.0"))
    });
    let all: Vec<_> = std::iter::once(commands::add_service(service, "harbour")).chain(cards).collect();
    let wires: Vec<_> =
        all.into_iter().zip(1..).map(|(command, seq)| wire(client, seq, hello.head, command)).collect();
    api.push(hello.epoch, &wires).unwrap();
}
