//! What there is around the states while their pictures are taken, from one to the next.

use serde_json::json;
use slipway_shared::command::Command;
use slipway_shared::freeze::{FreezeCommand, FreezeTerms};
use slipway_shared::ids::{ClientId, FreezeId};
use slipway_shared::time::Timestamp;
use slipway_tests::api::Api;
use slipway_tests::commands::wire;
use slipway_tests::keyboard::{ENTER, RIGHT};
use slipway_tests::random::{Random, now_ms};
use slipway_tests::server::TestServer;

use crate::camera::Camera;
use crate::states::{EMPTY, FROZEN, OFFLINE, ONLINE, UNREACHABLE};

const DAY_MS: i64 = 86_400_000;

impl Camera {
    /// The demo with the server, then in a freeze, and then without the server.
    pub fn visit_demo(&mut self) {
        let mut server = TestServer::demo();
        let url = server.url();
        self.browser.go(&format!("{url}/board"));
        self.browser.wait_for("[data-testid=card]");
        self.browser.wait_offline_ready();
        self.browser.script(BUSIEST, &[]).as_str().unwrap().clone_into(&mut self.deployment);
        self.take_all(ONLINE, &url);
        if self.wants_any(FROZEN) {
            freeze(&server);
            self.take_all(FROZEN, &url);
        }
        if self.wants_any(OFFLINE) {
            server.kill();
            self.work_offline(&url);
            self.take_all(OFFLINE, &url);
        }
    }

    /// A few changes that wait to be sent.
    fn work_offline(&self, url: &str) {
        self.browser.resize(1440, 900);
        self.browser.go(&format!("{url}{}", self.deployment));
        for waiting in 1..=3 {
            self.browser.wait_for("[data-testid=check]");
            self.browser.script(TICK, &[]);
            self.waits(waiting);
        }
        self.browser.go(&format!("{url}/board"));
        self.browser.wait_for("[data-testid=card]");
        self.browser.script(OTHER, &[json!(self.deployment)]);
        self.browser.press(&['m', RIGHT, RIGHT, RIGHT]);
        self.browser.see_in("[aria-live=assertive]", "Approval");
        self.browser.press(&[ENTER]);
        self.waits(4);
    }

    /// Waits until so many changes wait to be sent.
    fn waits(&self, changes: u32) {
        self.browser.see_in("[data-testid=sync-indicator]", &format!("· {changes}"));
    }

    /// A workspace nobody has used, and a device that was never in touch with a server.
    pub fn visit_empty(&mut self) {
        if !self.wants_any(EMPTY) && !self.wants_any(UNREACHABLE) {
            return;
        }
        let mut server = TestServer::start();
        let url = server.url();
        self.browser.go(&url);
        self.browser.wait_for("[data-testid=column]");
        self.browser.wait_offline_ready();
        self.take_all(EMPTY, &url);
        self.browser.script_async(FORGET, &[]);
        server.kill();
        self.take_all(UNREACHABLE, &url);
    }
}

/// Freezes every environment for a day, from an hour ago on.
fn freeze(server: &TestServer) {
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(Random::fresh().id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let environments = api.snapshot().unwrap().0.environments_in_order();
    let now = now_ms();
    let terms = FreezeTerms {
        name: "Quarter end".to_owned(),
        environments,
        from: Timestamp(now - DAY_MS / 24),
        until: Timestamp(now + DAY_MS),
        zone: "Europe/Paris".to_owned(),
        reason: "The books are being closed".to_owned(),
    };
    let declare = FreezeCommand::Declare { freeze: FreezeId::from_u128(Random::fresh().id()), terms };
    let answer = api.push(hello.epoch, &[wire(client, 1, hello.head, Command::Freeze(declare))]).unwrap();
    assert_eq!(answer.results[0].outcome.rejection, None);
}

/// The first card that says something of itself.
const BUSIEST: &str = "const cards = [...document.querySelectorAll('[data-testid=card]')];
    const card = cards.find((card) => card.querySelector('.pills')) ?? cards[0];
    return card.querySelector('.card-link').getAttribute('href')";

/// Ticks the first check, but for those of the environments, which the rollouts tick.
const TICK: &str = "[...document.querySelectorAll('[data-testid=section]')]
    .filter((section) => !section.querySelector('h2').textContent.startsWith('Environments'))
    .flatMap((section) => [...section.querySelectorAll('input.tick:not(:checked)')])[0].click()";

/// Goes to the first card of the first column that is another one than this.
const OTHER: &str = "[...document.querySelectorAll('[data-testid=column]')[0].querySelectorAll('.card-link')]
    .find((card) => card.getAttribute('href') !== arguments[0]).focus()";

/// Deletes what this device holds of the workspace; the app itself stays.
const FORGET: &str = "const done = arguments[0];
    indexedDB.databases().then((all) => Promise.all(all.map(({ name }) => new Promise((gone) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = request.onblocked = gone;
    })))).then(() => done(true))";
