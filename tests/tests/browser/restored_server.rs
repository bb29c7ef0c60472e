//! A server restored from yesterday's backup, with three browsers that know more: afterwards everything they knew is
//! back, once, or in front of somebody, and the screens say what happened.

use std::path::Path;

use slipway_shared::deployment::Deployment;
use slipway_shared::ids::DeploymentId;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::server::{TestServer, run};
use slipway_tests::wait;

use crate::people::{head, set_title, synced};

/// How yesterday comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As it should: by `slipway backup` and `slipway restore`.
    Restore,
    /// The files are put back by hand.
    RawCopy,
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn succeeds(arguments: &[&str]) {
    let finished = run(arguments);
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

impl Way {
    fn keep(self, server: &mut TestServer, to: &Path) {
        match self {
            Self::Restore => succeeds(&["backup", "--data", &text(&server.data()), "--output", &text(to)]),
            Self::RawCopy => {
                server.kill();
                copy(&server.data(), to);
                server.restart();
            }
        }
    }

    fn bring_back(self, server: &TestServer, from: &Path) {
        match self {
            Self::Restore => {
                succeeds(&["restore", &text(from), "--data", &text(&server.data()), "--force"]);
            }
            Self::RawCopy => {
                std::fs::remove_dir_all(server.data()).unwrap();
                copy(from, &server.data());
            }
        }
    }
}

/// A person's browser, at a deployment of their own.
struct Person {
    profile: Profile,
    browser: Option<Browser>,
    deployment: DeploymentId,
    page: String,
}

impl Person {
    fn at(server: &TestServer, engine: Engine, deployment: DeploymentId) -> Self {
        let (profile, browser) = Browser::open(engine);
        let page = format!("{}/deployments/{deployment}", server.url());
        browser.go(&page);
        browser.wait_for("[data-testid=check]");
        synced(&browser);
        browser.wait_offline_ready();
        Self { profile, browser: Some(browser), deployment, page }
    }

    fn browser(&self) -> &Browser {
        self.browser.as_ref().unwrap()
    }

    fn close(&mut self) {
        self.browser.take().unwrap().close();
    }

    fn come_back(&mut self) {
        let browser = self.profile.open();
        browser.go(&self.page);
        self.browser = Some(browser);
    }
}

fn title(server: &TestServer, deployment: DeploymentId) -> String {
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    workspace.deployments.get(&deployment).unwrap().title.value.clone()
}

fn three_browsers_know_more(way: Way) {
    let mut server = TestServer::demo();
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    let is_open = |known: &Deployment| known.finished.is_none() && known.sealed.is_none();
    let open = workspace.deployments.iter().filter(|(_, known)| is_open(known));
    let on_board: Vec<_> = open.map(|(id, _)| *id).take(3).collect();
    let engines = [Engine::Chromium, Engine::Chromium, Engine::Firefox];
    let mut people: Vec<_> =
        engines.into_iter().zip(on_board).map(|(engine, id)| Person::at(&server, engine, id)).collect();
    let folder = tempfile::tempdir().unwrap();
    let yesterday = folder.path().join("yesterday.db");
    way.keep(&mut server, &yesterday);
    let kept = head(&server);

    // Today everybody does something, and the server confirms it.
    for (number, person) in people.iter().enumerate() {
        synced(person.browser());
        set_title(person.browser(), &format!("Today {number}"));
        synced(person.browser());
    }
    wait::until("everybody to see everything", || {
        people
            .iter()
            .all(|person| {
                let reached = "return document.querySelector('[data-testid=sync-indicator]').innerText";
                person.browser().script(reached, &[]).as_str().is_some_and(|word| word.contains("Synced"))
            })
            .then_some(())
    });
    assert_eq!(head(&server), kept + 3);
    // What the others did arrived here: nobody else may be needed to know it.
    people[0].browser().go(&people[2].page);
    people[0].browser().see("Today 2");

    // One of them leaves, one of them works on without the server.
    people[2].close();
    server.kill();
    people[1].browser().see_in("[data-testid=sync-indicator]", "Offline");
    set_title(people[1].browser(), "Today 1, offline");
    way.bring_back(&server, &yesterday);
    server.restart();

    for person in &people[..2] {
        person.browser().see_in("[data-testid=restored]", "The server was restored to an earlier state");
        person.browser().see_in("[data-testid=restored]", "sent again");
    }
    wait::until("what the two did to be back", || {
        (title(&server, people[0].deployment) == "Today 0"
            && title(&server, people[1].deployment) == "Today 1, offline")
            .then_some(())
    });
    // What the third did is in front of somebody until that browser is back.
    let first = people[0].browser();
    first.click_within("[data-testid=restored]", "link", "Needs you");
    first.see_in("[data-testid=lost]", "Known here, missing on the server");
    first.see_in("[data-testid=lost]", "Today 2");
    people[2].come_back();
    wait::until("what the third did to be back", || {
        (title(&server, people[2].deployment) == "Today 2").then_some(())
    });
    people[0].browser().wait_gone("[data-testid=lost]");
    for person in &people {
        synced(person.browser());
    }
    assert_eq!(head(&server), kept + 4, "each thing once");
}

#[test]
fn what_three_browsers_knew_is_back_after_a_restore() {
    three_browsers_know_more(Way::Restore);
}

#[test]
fn what_three_browsers_knew_is_back_after_files_were_put_back_by_hand() {
    three_browsers_know_more(Way::RawCopy);
}

#[test]
fn another_workspace_at_the_same_address_gets_nothing_of_this_one() {
    let mut server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    let make = |version: &str| {
        browser.click("link", "/^New deployment/");
        browser.write("/^(Service|Name of the service)/", "harbour");
        browser.write("Version", version);
        browser.click("button", "Create deployment");
        browser.see(version);
    };
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    synced(&browser);
    browser.wait_offline_ready();
    server.kill();
    browser.see_in("[data-testid=sync-indicator]", "Offline");
    make("1.0.0");
    browser.see_in("[data-testid=sync-indicator]", "waiting");

    let away = server.data().with_extension("away");
    std::fs::rename(server.data(), &away).unwrap();
    server.restart();
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    synced(&browser);
    let deployments = || Api::connect(server.address()).unwrap().snapshot().unwrap().0.deployments.len();
    assert_eq!(deployments(), 0, "the work of one workspace came into another");
    is_told_and_can_be_kept(&browser, &server.url());

    server.kill();
    std::fs::rename(server.data(), server.data().with_extension("other")).unwrap();
    std::fs::rename(&away, server.data()).unwrap();
    server.restart();
    browser.go(&server.url());
    browser.see("1.0.0");
    synced(&browser);
    let deployments = || Api::connect(server.address()).unwrap().snapshot().unwrap().0.deployments.len();
    assert_eq!(deployments(), 1);
    browser.wait_gone("[data-testid=elsewhere-banner]");
}

/// What waits in another workspace is told above the page and in the sync panel, and is all in the file.
fn is_told_and_can_be_kept(browser: &Browser, url: &str) {
    browser.see_in("[data-testid=elsewhere-banner]", "in other workspaces");
    browser.go(&format!("{url}/sync"));
    browser.see_in("[data-testid=elsewhere]", "in other workspaces");
    let keep = "URL.createObjectURL = (file) => { file.text().then((text) => (window.kept = text)); return 'data:,'; }";
    browser.script(keep, &[]);
    browser.click_within("[data-testid=elsewhere]", "button", "Save as a file");
    let kept = browser.wait_script("the file", "return window.kept", &[]);
    assert!(kept.as_str().unwrap().contains("1.0.0"), "{kept}");
    browser.click_within("[data-testid=elsewhere-banner]", "button", "Dismiss");
    browser.wait_gone("[data-testid=elsewhere-banner]");
}
