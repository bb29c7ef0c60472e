//! A release as the people of a team live it, in each engine: planned from the template and brought through all six
//! columns by somebody who manages it and somebody who approves it, on two devices; once with the server, and once while
//! it is away from beginning to end.
//!
//! What nobody else can know without a server comes before it goes: that there is this release at all. The hotfix that
//! follows is planned, too, while it is away.

pub mod person;

use serde_json::json;
use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::approval::Verdict;
use slipway_shared::environment::Tier;
use slipway_shared::ids::{DeploymentId, ServiceId};
use slipway_shared::label::BuiltInLabel;
use slipway_shared::member::Role;
use slipway_shared::policy::{PolicyCommand, Risk, Rules};
use slipway_shared::rollout::Phase;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;
use slipway_tests::api::Api;
use slipway_tests::browser::Engine;
use slipway_tests::commands;
use slipway_tests::random::now_ms;
use slipway_tests::server::TestServer;

use crate::people::{GATE, Somebody, join, synced};
use crate::people_accounts::BEN;
use person::{Person, Start, Where, both_read};

const SEARCH: &str = "Faster search";
const HOTFIX: &str = "Search without the cache";
const REASON: &str = "Nobody finds anything";
const NOT_YET: &str = "Name the version as it is built";

/// What has to hold before production, in two sections; each of the two people sees to one.
const BEFORE: [&str; 4] = ["Tests passing", "Code reviewed", "Dependencies updated", "Migrations ready"];
const APPROVAL: [&str; 5] =
    ["All tests pass", "Staging verified", "No blockers", "Rollback ready", "Team available"];
const AFTER: [&str; 4] =
    ["Health check passed", "Smoke tests run", "Monitoring verified", "Stakeholders notified"];

/// A workspace with a service, where two people have to approve before production; the owner may be one of them.
fn set_the_scene(server: &TestServer) {
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    join(server, Role::Approver, BEN);
    let mut owner = Somebody::at(server);
    owner.does(commands::add_service(ServiceId::from_u128(1), "harbour"));
    let production = workspace.environments.iter().find(|(_, known)| known.tier == Tier::Production);
    let (environment, risk) = (*production.unwrap().0, Risk::Normal);
    let rules = Rules { approvals: 2, four_eyes: false, ..Rules::of_tier(Tier::Production) };
    owner.does(Command::Policy(PolicyCommand::Set { environment, risk, rules }));
}

/// The two of them, and what differs where the server is away.
struct Story {
    server: TestServer,
    anna: Person,
    ben: Person,
    is_stopped: bool,
    start: Start,
}

impl Story {
    fn begun(engine: Engine, is_stopped: bool) -> Self {
        let server = TestServer::start();
        set_the_scene(&server);
        let anna = Person::owner(engine, &server);
        let ben = Person::signed_in(engine, &server, BEN);
        let start = if is_stopped { Start::Recorded } else { Start::Asked };
        Self { server, anna, ben, is_stopped, start }
    }

    fn stop(&mut self) {
        for person in [&self.anna, &self.ben] {
            synced(&person.browser);
            person.browser.wait_offline_ready();
        }
        self.server.kill();
        for person in [&self.anna, &self.ben] {
            person.browser.see_in("[data-testid=sync-indicator]", "Offline");
        }
    }

    /// The card is in a column: for her, and where the server is there, for him, who looks at the board.
    fn is_in(&self, place: usize, column: &str) {
        self.anna.browser.see_in(".deployment-actions", column);
        if !self.is_stopped {
            self.ben.sees_in_column(place, SEARCH);
        }
    }

    /// Build and Test by hand, Development and Staging by rollouts, and then the card waits for approval.
    fn comes_to_approval(&self) {
        let anna = &self.anna;
        self.is_in(1, "Ready to Deploy");
        anna.marks("Build");
        anna.marks("Test");
        for (column, at) in [("Development", Where::Development), ("Staging", Where::Staging)] {
            anna.moves_to(column);
            anna.begins(self.start, at);
            self.is_in(at as usize + 1, column);
            anna.succeeds(at);
        }
        anna.ticks(&BEFORE);
        anna.moves_to("Approval");
        self.is_in(4, "Approval");
    }

    /// She approves, he declines, and what both spoke of is changed.
    fn is_judged(&self) {
        let Self { anna, ben, is_stopped, .. } = self;
        anna.approves();
        if *is_stopped {
            anna.browser.see_in(GATE, "Approval requested, waiting for the server");
        } else {
            anna.browser.see_in(GATE, "1 of 2 approvals");
            ben.browser.click("link", "/^Needs you/");
            ben.browser.see_in("[data-testid=asked]", "2.4.0 harbour");
        }
        ben.opens(SEARCH);
        ben.ticks(&APPROVAL);
        ben.declines(NOT_YET);
        if *is_stopped {
            ben.browser.see_in(GATE, "Decline requested, waiting for the server");
        } else {
            anna.browser.see_in(GATE, "an approver declined it");
        }
        anna.renames_to("2.4.1");
    }

    /// What both had said is stale, each of them sees why, and says it again about what it is now.
    fn is_judged_again(&self) {
        for person in [&self.anna, &self.ben] {
            person.browser.see_in(GATE, "stale: changed since");
            person.browser.see_in("[data-testid=what-changed]", "the version: it was 2.4.0, it is 2.4.1");
        }
        self.anna.approves();
        self.anna.browser.see_in(GATE, "1 of 2 approvals");
        self.ben.approves();
        for person in [&self.anna, &self.ben] {
            person.browser.see_in(GATE, "2 of 2 approvals");
            person.browser.wait_gone("[data-testid=what-changed]");
            if self.is_stopped {
                // The hotfix began meanwhile. All that is missing is that it ends.
                person.browser.see_in(GATE, "Gate before Production: closed");
                let missing = "const missing = [...document.querySelectorAll('[data-testid=missing]')]
                    return missing.length === 1 && missing[0].innerText.includes(arguments[0])";
                let words = "2.4.2 harbour is being rolled out to Production";
                person.browser.wait_script("only the hotfix to be missing", missing, &[json!(words)]);
            } else {
                person.browser.see_in(GATE, "Gate before Production: open");
            }
        }
    }

    /// The first rollout to production fails, the second one is fine and is watched.
    fn goes_live(&self) {
        let anna = &self.anna;
        if !self.is_stopped {
            self.ben.browser.click("link", "/^Board/");
        }
        anna.moves_to("Production");
        anna.begins(self.start, Where::Production);
        self.is_in(5, "Production");
        anna.fails(Where::Production);
        anna.browser.see_in("[data-testid=deployment] .pills", "deploy-failed");
        anna.begins_again(self.start, Where::Production);
        anna.succeeds(Where::Production);
        anna.browser.see_in("[data-testid=deployment] .pills", "deploy-success");
        anna.moves_to("Monitoring");
        self.is_in(6, "Monitoring");
        anna.ticks(&AFTER);
    }

    /// A hotfix can't wait for its gate.
    fn hotfix_goes_past_the_gate(&self) -> String {
        let page = self.anna.plans("2.4.2", HOTFIX);
        self.anna.browser.see_in(GATE, "Gate before Production: closed");
        self.anna.starts_anyway(REASON);
        let seen = if self.is_stopped { "Requested" } else { "Started anyway: Nobody finds anything" };
        self.anna.browser.see_in("[data-testid=environment]:nth-of-type(3)", seen);
        page
    }

    /// The server is back. Whose work arrives first decides what is stale when it does: his does, and hers comes then.
    fn come_back(&mut self, page: &str) {
        let Self { server, anna, ben, .. } = self;
        anna.is_saved();
        ben.is_saved();
        anna.browser.visit("about:blank");
        server.restart();
        synced(&ben.browser);
        anna.goes_to(page);
        synced(&anna.browser);
    }
}

fn story(engine: Engine, is_stopped: bool) {
    let mut story = Story::begun(engine, is_stopped);
    let release = story.anna.plans("2.4.0", SEARCH);
    story.ben.sees_in_column(1, SEARCH);
    if is_stopped {
        story.stop();
    }
    story.comes_to_approval();
    story.is_judged();
    if !is_stopped {
        story.is_judged_again();
    }
    story.goes_live();
    let hotfix = story.hotfix_goes_past_the_gate();
    if is_stopped {
        story.come_back(&release);
        story.is_judged_again();
    }
    for person in [&story.anna, &story.ben] {
        synced(&person.browser);
    }
    let told = both_read(&story.anna, &story.ben, &release);
    is_told(&told, &RELEASE);
    let told = both_read(&story.anna, &story.ben, &hotfix);
    is_told(&told, &[("opened the deployment", 1), ("past the closed gate", 1), (REASON, 1)]);
    let (workspace, _) = Api::connect(story.server.address()).unwrap().snapshot().unwrap();
    is_left_behind(&workspace, id_of(&release), id_of(&hotfix), is_stopped);
}

/// What the timeline of the release says, and how often.
const RELEASE: [(&str, usize); 14] = [
    ("opened the deployment", 1),
    ("marked Build as passed", 1),
    ("reported Development: Succeeded", 1),
    ("reported Staging: Succeeded", 1),
    ("moved it to Approval", 1),
    ("approved it for Production", 3),
    ("Ben Mast approved it for Production", 1),
    ("Ben Mast declined it for Production", 1),
    (NOT_YET, 1),
    ("changed the version", 1),
    ("reported Production: Failed", 1),
    ("reported Production: Succeeded", 1),
    ("Ben Mast ticked Staging verified", 1),
    ("moved it to Monitoring", 1),
];

#[track_caller]
fn is_told(timeline: &[String], expected: &[(&str, usize)]) {
    for (words, times) in expected {
        let found = timeline.iter().filter(|line| line.contains(words)).count();
        assert_eq!(found, *times, "{words:?} in:\n{}", timeline.join("\n"));
    }
}

fn id_of(page: &str) -> DeploymentId {
    page.rsplit('/').next().unwrap().parse().unwrap()
}

/// What the story leaves behind, as the server has it: everything once.
fn is_left_behind(workspace: &Workspace, release: DeploymentId, hotfix: DeploymentId, is_stopped: bool) {
    assert_eq!(workspace.deployments.len(), 2);
    let known = workspace.deployments.get(&release).unwrap();
    assert_eq!(known.version.value, "2.4.1");
    assert_eq!(workspace.columns.get(&known.column).unwrap().name, "Monitoring");
    for check in known.checks() {
        let said: Vec<_> = check.attestations.iter().map(|said| said.statement.state).collect();
        // The check of production has failed first; the rollout that went well is the later word.
        assert_eq!(said, [CheckState::Done], "{}", check.text);
    }
    let production = workspace.latest_rollout(release, Tier::Production).unwrap().1;
    let now = Timestamp(now_ms());
    let standing = workspace.approvals(release, production.environment, now);
    assert_eq!(standing.iter().filter(|said| said.counts_as(Verdict::Approved)).count(), 2);
    let phases = |id, tier| {
        let of_tier = workspace
            .rollouts_of(id)
            .filter(|(_, rollout)| workspace.environments.get(&rollout.environment).unwrap().tier == tier);
        let mut rollouts: Vec<_> = of_tier.collect();
        rollouts.sort_by_key(|(_, rollout)| rollout.started_at);
        rollouts.into_iter().map(|(_, rollout)| rollout.phase()).collect::<Vec<_>>()
    };
    assert_eq!(phases(release, Tier::Development), [Phase::Succeeded]);
    assert_eq!(phases(release, Tier::Staging), [Phase::Succeeded]);
    assert_eq!(phases(release, Tier::Production), [Phase::Failed, Phase::Succeeded]);
    assert_eq!(phases(hotfix, Tier::Production), [Phase::Started]);
    // Without the server nothing opens a gate. What happened happened all the same, and is told as what it was.
    assert_eq!((production.requested, production.outside_gate), (!is_stopped, is_stopped));
    let overridden = workspace.latest_rollout(hotfix, Tier::Production).unwrap().1.overridden.as_ref();
    assert_eq!(overridden.unwrap().reason, REASON);
    let labels = workspace.built_in_labels(release);
    let [always, development, staging, _, success, ..] = BuiltInLabel::ALL;
    assert_eq!(labels, [always, development, staging, BuiltInLabel::DeployProd, success]);
}

#[test]
fn a_release_in_chromium() {
    story(Engine::Chromium, false);
}

#[test]
fn a_release_in_firefox() {
    story(Engine::Firefox, false);
}

#[test]
fn a_release_in_webkit() {
    story(Engine::WebKit, false);
}

#[test]
fn a_release_without_the_server_in_chromium() {
    story(Engine::Chromium, true);
}

#[test]
fn a_release_without_the_server_in_firefox() {
    story(Engine::Firefox, true);
}

#[test]
fn a_release_without_the_server_in_webkit() {
    story(Engine::WebKit, true);
}
