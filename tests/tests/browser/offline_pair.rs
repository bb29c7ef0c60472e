//! Two people in two browsers, without a server for a while, with edits that overlap: what each of them sees before
//! and after. The pictures are in `target/shots/offline/`.

use std::path::PathBuf;

use serde_json::json;
use slipway_shared::check::CheckState;
use slipway_shared::ids::DeploymentId;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::server::{TestServer, repository};
use slipway_tests::wait;

use crate::people::{open_check, set_title, state_of, synced};

/// One of the two, with where their pictures go.
struct Person {
    name: &'static str,
    browser: Browser,
    _profile: Profile,
    url: String,
    page: String,
}

impl Person {
    fn at(name: &'static str, server: &TestServer) -> Self {
        let (profile, browser) = Browser::open(Engine::Chromium);
        browser.go(&server.url());
        let page = crate::chromium::first_deployment(&browser);
        browser.wait_offline_ready();
        synced(&browser);
        Self { name, browser, _profile: profile, url: server.url(), page }
    }

    fn go(&self, path: &str) {
        self.browser.go(&format!("{}{path}", self.url));
        self.browser.wait_for("h1");
    }

    fn look(&self) {
        self.go(&self.page);
        self.browser.wait_for("[data-testid=check]");
    }

    fn answer(&self, check: &str, answer: &str) {
        let open = "[...document.querySelectorAll('[data-testid=check]')]
            .find((row) => row.querySelector('label').textContent.trim() === arguments[0]).querySelector('.check-more').click()";
        self.browser.script(open, &[json!(check)]);
        self.browser.click("menuitem", answer);
    }

    /// Moves the card on the board.
    fn move_to(&self, column: &str) {
        self.go("/board");
        self.browser.wait_for("[data-testid=card]");
        let open = "const card = [...document.querySelectorAll('[data-testid=card]')]
            .find((card) => card.querySelector('.card-link').getAttribute('href') === arguments[0]);
            [...card.querySelectorAll('button')].find((button) => button.getAttribute('aria-label') === 'Actions for this card').click()";
        self.browser.script(open, &[json!(self.page)]);
        self.browser.click("menuitem", column);
    }

    fn picture(&self, when: &str, what: &str) {
        let folder: PathBuf = repository().join("target/shots/offline");
        std::fs::create_dir_all(&folder).unwrap();
        let settled = "const done = arguments[0];
            document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";
        self.browser.script_async(settled, &[]);
        let file = folder.join(format!("{when}-{}-{what}.png", self.name));
        std::fs::write(file, self.browser.picture()).unwrap();
    }

    /// Takes a picture of everything they may look at.
    fn pictures(&self, when: &str) {
        self.go("/board");
        self.browser.wait_for("[data-testid=card]");
        self.picture(when, "board");
        self.browser.script("document.querySelector('[data-testid=sync-indicator]').click()", &[]);
        self.browser.wait_for(".sync-facts");
        self.picture(when, "sync");
        self.look();
        self.picture(when, "deployment");
        self.go("/needs-you");
        self.picture(when, "needs-you");
    }
}

#[test]
fn two_people_who_work_apart_see_both_versions_and_lose_nothing() {
    let mut server = TestServer::demo();
    let (ana, bo) = (Person::at("ana", &server), Person::at("bo", &server));
    let deployment: DeploymentId = ana.page.rsplit('/').next().unwrap().parse().unwrap();
    ana.look();
    bo.look();
    server.kill();
    for person in [&ana, &bo] {
        person.browser.see_in("[data-testid=sync-indicator]", "Offline");
    }

    // Both change the title, answer the same check in different ways, and move the card; one records a rollout.
    let check = open_check(&ana.browser);
    set_title(&ana.browser, "Search: new index");
    ana.browser.click("checkbox", &check);
    wait::until("Ana to see her tick", || (state_of(&ana.browser, &check) == "done").then_some(()));
    set_title(&bo.browser, "Search: faster index");
    bo.answer(&check, "/^Failed/");
    wait::until("Bo to see his answer", || (state_of(&bo.browser, &check) == "failed").then_some(()));
    ana.move_to("/^Approval/");
    ana.move_to("/^Staging/");
    ana.browser.click("button", "Record the start");
    bo.move_to("/^Approval/");
    for person in [&ana, &bo] {
        person.browser.see_in("[data-testid=sync-indicator]", "waiting");
        person.pictures("before");
    }

    server.restart();
    for person in [&ana, &bo] {
        person.look();
        wait::until("everything to be sent", || {
            let word = "return document.querySelector('[data-testid=sync-indicator]').innerText";
            let word = person.browser.script(word, &[]);
            word.as_str()
                .is_some_and(|word| word.contains("Synced") || word.contains("Needs you"))
                .then_some(())
        });
    }
    let known = || {
        let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
        workspace.deployments.get(&deployment).map(std::sync::Arc::clone).unwrap()
    };
    let after = known();
    assert_eq!(after.title.value, "Search: faster index", "the later one counts");
    let kept: Vec<_> = after.conflicts.iter().map(|conflict| conflict.value.as_str()).collect();
    assert_eq!(kept, ["Search: new index"], "and the other is kept");
    let disputed = after.checks().find(|known| known.text == check).unwrap();
    assert_eq!((disputed.state(), disputed.attestations.iter().count()), (CheckState::Failed, 2));
    for person in [&ana, &bo] {
        person.look();
        person.browser.see_in("h1", "Search: faster index");
        person.browser.see("apart from the newer edit");
        assert_eq!(state_of(&person.browser, &check), "failed");
        person.pictures("after");
    }
    ana.look();
    ana.browser.click("button", "Use this one");
    ana.browser.see_in("h1", "Search: new index");
    let is_back = || (known().title.value == "Search: new index").then_some(());
    wait::until("one click to bring it back", is_back);
    bo.look();
    bo.browser.see_in("h1", "Search: new index");
}
