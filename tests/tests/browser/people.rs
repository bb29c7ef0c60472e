//! What tests say about people: what they see of a check, how they change a title, and somebody elsewhere.

use serde_json::{Value, json};
use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, DeploymentId, EpochId};
use slipway_shared::member::Role;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::commands::wire;
use slipway_tests::http;
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::storage::rows;

/// What the page of a deployment says of the gate before it.
pub const GATE: &str = "[data-testid=gate]";

/// Somebody elsewhere, who sees everything unless told otherwise.
pub struct Somebody {
    api: Api,
    epoch: EpochId,
    client: ClientId,
    next: u64,
    /// The newest place of the log they have seen.
    pub seen: u64,
}

impl Somebody {
    pub fn at(server: &TestServer) -> Self {
        let client = ClientId::from_u128(Random::fresh().id());
        let mut api = Api::connect(server.address()).unwrap();
        let hello = api.hello(client, None, vec![]).unwrap();
        Self { api, epoch: hello.epoch, client, next: 1, seen: hello.head }
    }

    /// Does something that no rule forbids.
    pub fn does(&mut self, command: Command) {
        let answer = self.api.push(self.epoch, &[wire(self.client, self.next, self.seen, command)]).unwrap();
        assert_eq!(answer.results[0].outcome.rejection, None);
        self.next += 1;
        self.seen = self.seen.max(answer.head);
    }
}

/// Lets somebody in by an invitation, without the screens for that.
pub fn join(server: &TestServer, role: Role, (name, login, password): (&str, &str, &str)) {
    let mut api = Api::connect(server.address()).unwrap();
    let invited = json!({ "role": role, "note": name }).to_string();
    let invited = api.send("POST", "invitations", Some(invited.as_bytes())).unwrap();
    let token = invited.json::<Value>().unwrap()["token"].clone();
    let person = json!({ "name": name, "login": login, "password": password, "device": "Elsewhere" });
    let body = json!({ "token": token, "person": person }).to_string();
    let (path, nobody) = ("/api/v1/invitations/accept", [("cookie", "")]);
    let joined = http::send(server.address(), "POST", path, &nobody, Some(body.as_bytes())).unwrap();
    assert_eq!(joined.status, 200, "{}", joined.text());
}

/// Returns the newest place of a server's log.
pub fn head(server: &TestServer) -> u64 {
    Api::connect(server.address()).unwrap().snapshot().unwrap().1.seq
}

pub fn synced(browser: &Browser) {
    browser.see_in("[data-testid=sync-indicator]", "Synced");
}

/// Waits until all that the page says is waiting is on the disk.
pub fn saved(browser: &Browser) {
    let waiting = "return Number(/(\\d+) waiting/.exec(document.querySelector('[data-testid=sync-indicator]').innerText)?.[1] ?? 0)";
    wait::until("what waits to be saved", || {
        (rows(browser, "outbox") == browser.script(waiting, &[])).then_some(())
    });
}

/// Returns the name of the first check that is not ticked.
pub fn open_check(browser: &Browser) -> String {
    let script =
        "return document.querySelector('[data-testid=check][data-state=open] label')?.textContent?.trim()";
    browser.wait_script("an open check", script, &[]).as_str().unwrap().to_owned()
}

pub fn state_of(browser: &Browser, check: &str) -> String {
    // Behind its text a label says what a box can't say.
    let script = "const is_it = (row) => `${row.querySelector('label').textContent.trim()},`.startsWith(`${arguments[0]},`);
        return [...document.querySelectorAll('[data-testid=check]')].find(is_it)?.dataset.state";
    browser.script(script, &[json!(check)]).as_str().unwrap_or_default().to_owned()
}

/// Changes the title of the deployment that is shown.
pub fn set_title(browser: &Browser, title: &str) {
    browser.click("button", "Edit the title");
    browser.wait_for(".title-edit");
    // Clearing the field by the driver would leave it, and leaving it saves.
    let write =
        "const field = document.querySelector('.title-edit'); field.focus(); field.value = arguments[0]";
    browser.script(write, &[json!(title)]);
    browser.press(&['\u{e007}']);
    browser.see_in("h1", title);
}

/// Opens a deployment of the demo in a browser that begins each page with `script`.
pub fn opened(script: &str) -> (TestServer, Profile, Browser, DeploymentId) {
    let server = TestServer::demo();
    let (profile, browser) = Browser::open(Engine::Chromium);
    browser.before_each_page(script);
    let deployment = open_first(&browser, &server.url());
    (server, profile, browser, deployment)
}

/// Opens the first deployment of the board.
pub fn open_first(browser: &Browser, url: &str) -> DeploymentId {
    browser.go(url);
    let page = crate::chromium::first_deployment(browser);
    browser.go(&format!("{url}{page}"));
    browser.wait_for("[data-testid=check]");
    synced(browser);
    page.rsplit('/').next().unwrap().parse().unwrap()
}

/// Returns the title of a deployment as the server has it.
pub fn title_on(server: &TestServer, deployment: DeploymentId) -> String {
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    workspace.deployments.get(&deployment).unwrap().title.value.clone()
}
