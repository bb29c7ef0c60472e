//! "The source's tables, row by row" in the plan, on the screens of the demo: every row whose rule is built.
//!
//! The other rows come with what they are about: documents of the vault, the rollback procedure, metrics, common problems,
//! the schedule, and who is told of what; and of the rows here the checks that tick themselves, from CI, linked tickets
//! and health addresses.

use std::collections::BTreeMap;

use serde_json::json;
use slipway_shared::column::ColumnKind;
use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::environment::{Testing, Tier};
use slipway_shared::ids::DeploymentId;
use slipway_shared::policy::{PolicyCommand, Risk, Rules};
use slipway_shared::rollout::Phase;
use slipway_shared::workspace::Workspace;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Profile};
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::document::pick_service;
use crate::people::{GATE, Somebody, synced};

/// Looks for the rule of a row.
type Rule = fn(&Demo);

/// The rows, in their order.
const ROWS: [(&str, Rule); 7] = [
    ("workflow", workflow),
    ("labels", labels),
    ("columns", columns),
    ("task template", task_template),
    ("environment progression", environment_progression),
    ("approval checklist", approval_checklist),
    ("verification", verification),
];

/// The demo, as its owner sees it.
struct Demo {
    server: TestServer,
    _profile: Profile,
    browser: Browser,
}

impl Demo {
    fn workspace(&self) -> Workspace {
        Api::connect(self.server.address()).unwrap().snapshot().unwrap().0
    }

    fn go(&self, path: &str) {
        self.browser.go(&format!("{}{path}", self.server.url()));
    }

    /// Opens the deployment in flight of a version.
    fn open(&self, version: &str) {
        let (id, _) = in_flight(&self.workspace(), version);
        self.go(&format!("/deployments/{id}"));
        self.browser.see_in(".deployment-lead .version", version);
    }

    /// Returns the classes of the seven stages on the page that is shown, by their names.
    fn stages(&self) -> BTreeMap<String, String> {
        let script = "return Object.fromEntries([...document.querySelectorAll('.stages > li')].map((stage) =>
            [stage.querySelector('.stage-name')?.textContent ?? stage.textContent, stage.dataset.state]))";
        serde_json::from_value(self.browser.script(script, &[])).unwrap()
    }

    /// Returns the labels of the page that is shown which follow the facts.
    fn labels(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('[data-testid=deployment] header > .pills .pill')]
            .map((pill) => pill.textContent.trim()).filter((name) => /^(type|deploy)-/.test(name))";
        serde_json::from_value(self.browser.script(script, &[])).unwrap()
    }

    /// Waits until the labels of the page that is shown are these.
    #[track_caller]
    fn is_labelled(&self, version: &str, expected: &[&str]) {
        let instead = || format!("{version} to be labelled {expected:?}; it is {:?}", self.labels());
        wait::until_or(wait::PATIENCE, instead, || (self.labels() == expected).then_some(()));
    }

    /// Returns the versions on the board, column by column from left to right.
    fn board(&self) -> Vec<(String, Vec<String>)> {
        let script = "return [...document.querySelectorAll('[data-testid=column]')].map((column) =>
            [column.querySelector('h2').textContent.trim(),
             [...column.querySelectorAll('[data-testid=card] .version')].map((version) => version.textContent)])";
        serde_json::from_value(self.browser.script(script, &[])).unwrap()
    }

    /// Returns the checks of a section of the page that is shown, by its heading: text, how to verify it, state.
    fn checks(&self, heading: &str) -> Vec<(String, String, String)> {
        let script = "const section = [...document.querySelectorAll('[data-testid=section]')]
              .find((section) => section.querySelector('h2')?.textContent.trim() === arguments[0]);
            return [...section.querySelectorAll('[data-testid=check]')].map((check) =>
              [check.querySelector('.check-text bdi').textContent, check.querySelector('small.check-how')?.textContent ?? '', check.dataset.state])";
        serde_json::from_value(self.browser.script(script, &[json!(heading)])).unwrap()
    }

    /// Answers how the rollout of an environment has gone, by the buttons of the page.
    fn record(&self, at: usize, (ask, answer, button): (&str, &str, &str)) {
        let place = format!("[data-testid=environment]:nth-of-type({at})");
        self.browser.click_within(&place, "button", ask);
        self.browser.click_within("dialog[open]", "radio", &format!("/^{answer}/"));
        self.browser.click_within("dialog[open]", "button", button);
        self.browser.wait_gone("dialog[open]");
    }
}

/// Returns the deployment on the board of a version.
fn in_flight<'a>(workspace: &'a Workspace, version: &str) -> (DeploymentId, &'a Deployment) {
    let mut open = workspace.open_deployments().filter_map(|id| Some((id, workspace.deployments.get(&id)?)));
    let (id, known) = open.find(|(_, known)| known.version.value == version).unwrap();
    (id, known)
}

#[test]
fn every_row_of_the_source_that_is_built_works_in_the_demo() {
    let (server, profile, browser) = crate::chromium::demo(&json!({}));
    let demo = Demo { server, _profile: profile, browser };
    for (row, rule) in ROWS {
        let rule = std::panic::AssertUnwindSafe(|| rule(&demo));
        assert!(std::panic::catch_unwind(rule).is_ok(), "the row {row} does not work");
    }
}

/// Seven stages: Build and Test by hand; Stage by a rollout to staging, Deploy by one to production; Monitor while it is
/// watched.
fn workflow(demo: &Demo) {
    let table = [
        ("1.9.0", ["is-passed", "is-running", "", "", ""]),
        ("7.3.0", ["is-passed", "is-passed", "is-running", "", ""]),
        ("1.8.6", ["is-passed", "is-passed", "is-failed", "", ""]),
        ("2.14.3", ["is-passed", "is-passed", "is-passed", "", ""]),
        ("1.8.5", ["is-passed", "is-passed", "is-passed", "is-running", ""]),
        ("2.14.1", ["is-passed", "is-passed", "is-passed", "is-passed", "is-running"]),
        ("0.12.2", ["is-passed", "is-passed", "is-passed", "is-back", ""]),
    ];
    for (version, expected) in table {
        demo.open(version);
        let shown = demo.stages();
        assert_eq!(shown.len(), 7, "{shown:?}");
        let followed = ["Build", "Test", "Stage", "Deploy", "Monitor"].map(|stage| shown[stage].as_str());
        assert_eq!(followed, expected, "the stages of {version}");
    }

    demo.open("1.9.0");
    assert!(
        !demo.browser.has("button", "/^Mark (Stage|Deploy)/"),
        "what follows rollouts is marked by nobody"
    );
    demo.browser.click("button", "/^Mark Test/");
    demo.browser.click("menuitem", "passed");
    wait::until("Test to be passed", || (demo.stages()["Test"] == "is-passed").then_some(()));
    demo.go("/board");
    let track = "const card = [...document.querySelectorAll('[data-testid=card]')]
        .find((card) => card.querySelector('.version').textContent === '1.9.0');
        return card && [card.querySelectorAll('.track b').length, card.querySelector('.track').getAttribute('aria-label')]";
    let track = demo.browser.wait_script("the track of the card", track, &[]);
    assert_eq!(track, json!([7, "Build passed, Test passed"]));
}

/// `type-deployment` always; where it has been from the start of a rollout there, for good; and one word for how the
/// latest rollout to production went. On the page, and to filter by.
fn labels(demo: &Demo) {
    let always = "type-deployment";
    let (development, staging, production) = ("deploy-dev", "deploy-staging", "deploy-prod");
    let table: [(&str, &[&str]); 7] = [
        ("2.15.0", &[always]),
        ("7.4.0-rc.1", &[always, development]),
        ("7.3.0", &[always, development, staging]),
        ("1.8.6", &[always, development, staging]),
        ("2.14.1", &[always, development, staging, production, "deploy-success"]),
        ("0.12.2", &[always, development, staging, production, "deploy-rollback"]),
        ("1.8.5", &[always, development, staging, production]),
    ];
    for (version, expected) in table {
        demo.open(version);
        demo.is_labelled(version, expected);
    }
    // Of the last one, how it went becomes known; one word at a time.
    demo.record(3, ("Record the outcome", "It failed", "Record the failure"));
    demo.is_labelled("1.8.5", &[always, development, staging, production, "deploy-failed"]);
    demo.record(3, ("Record what followed", "It was rolled back", "Record the rollback"));
    demo.is_labelled("1.8.5", &[always, development, staging, production, "deploy-rollback"]);

    demo.go("/board");
    demo.browser.wait_for("[data-testid=card]");
    demo.browser.click("button", "/^Filter/");
    demo.browser.click("checkbox", "deploy-rollback");
    let found = || demo.board().into_iter().flat_map(|(_, versions)| versions).collect::<Vec<_>>();
    let both = || (found() == ["1.8.5", "0.12.2"]).then_some(());
    wait::until_or(
        wait::PATIENCE,
        || format!("the two that were rolled back; there are {:?}", found()),
        both,
    );
    demo.browser.see_in("[data-testid=card]", "Rolled back in Production");
}

/// Six columns, in their order, each with the cards that belong there; a card follows its rollouts by itself.
fn columns(demo: &Demo) {
    let names = ["Ready to Deploy", "Development", "Staging", "Approval", "Production", "Monitoring"];
    demo.go("/board");
    demo.browser.wait_for("[data-testid=card]");
    let workspace = demo.workspace();
    let shown = || demo.board().iter().flat_map(|(_, versions)| versions).count();
    wait::until("all cards", || (shown() == workspace.open_deployments().count()).then_some(()));
    let board = demo.board();
    assert_eq!(board.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names);
    for ((name, versions), id) in board.iter().zip(workspace.columns_in_order()) {
        assert!(!versions.is_empty(), "nothing is in {name}");
        for version in versions {
            belongs(&workspace, version, workspace.columns.get(&id).unwrap().kind);
        }
    }

    demo.open("2.15.0");
    demo.browser.click("button", "/^Move to/");
    demo.browser.click("menuitem", "/^Development/");
    demo.browser.click_within("dialog[open]", "button", "Record the start");
    demo.browser.see_in(".deployment-actions", "Development");
    demo.go("/board");
    let is_there = || demo.board().get(1)?.1.contains(&"2.15.0".to_owned()).then_some(());
    wait::until("the card to have followed its rollout", is_there);
}

/// A card is where its column says.
fn belongs(workspace: &Workspace, version: &str, column: ColumnKind) {
    let (id, _) = in_flight(workspace, version);
    let phase = |tier| workspace.latest_rollout(id, tier).map(|(_, rollout)| rollout.phase());
    let (staging, production) = (phase(Tier::Staging), phase(Tier::Production));
    match column {
        ColumnKind::Queue => assert_eq!(workspace.rollouts_of(id).count(), 0, "{version} was rolled out"),
        ColumnKind::Environment(environment) => {
            let latest = workspace.rollouts_of(id).max_by_key(|(id, rollout)| (rollout.started_at, *id));
            assert_eq!(latest.map(|(_, rollout)| rollout.environment), Some(environment), "{version}");
        }
        ColumnKind::Approval => {
            assert_eq!((staging, production), (Some(Phase::Succeeded), None), "{version}");
        }
        ColumnKind::Monitoring => {
            assert!(production.is_some_and(|phase| phase != Phase::Started), "{version} is {production:?}");
        }
    }
}

/// The source's own text, with our checklist of approvals where it belongs.
const TEMPLATE: [&str; 28] = [
    "### Changes",
    "### Environments",
    "- [ ] Development",
    "- [ ] Staging",
    "- [ ] Production",
    "### Pre-deployment",
    "- [ ] Tests passing",
    "- [ ] Code reviewed",
    "- [ ] Dependencies updated",
    "- [ ] Migrations ready",
    "### Approval checklist",
    "- [ ] All tests pass",
    "Verify: CI green",
    "- [ ] Staging verified",
    "Verify: Manual testing",
    "- [ ] No blockers",
    "Verify: Issue tracking",
    "- [ ] Rollback ready",
    "Verify: Tested",
    "- [ ] Team available",
    "Verify: Support coverage",
    "### Deployment Steps",
    "### Post-deployment",
    "- [ ] Health check passed",
    "- [ ] Smoke tests run",
    "- [ ] Monitoring verified",
    "- [ ] Stakeholders notified",
    "### Rollback",
];

/// A new deployment begins with the template of the source; copied out as Markdown and pasted back it is the same, ticks
/// included.
fn task_template(demo: &Demo) {
    const DOCUMENT: &str = "return [...document.querySelectorAll('[data-testid=check]')].map((check) =>
        [check.querySelector('.check-text bdi').textContent, check.querySelector('small.check-how')?.textContent ?? '', check.dataset.state])";
    let browser = &demo.browser;
    browser.before_each_page(
        "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }",
    );
    demo.go("/deployments/new");
    let text = browser.wait_script("the template", "return document.querySelector('#new-text')?.value", &[]);
    let mut lines = text.as_str().unwrap().lines().map(str::trim);
    for expected in TEMPLATE {
        assert!(
            lines.any(|line| line.contains(expected)),
            "no {expected:?}, there or after what is before it, in:\n{text}"
        );
    }
    pick_service(browser);
    browser.write("Version", "9.0.0");
    browser.write("/^Title/", "Both ways");
    browser.click("button", "Create deployment");
    browser.see_in("[data-testid=deployment] h1", "Both ways");
    browser.click("checkbox", "Code reviewed");
    browser.wait_for("[data-testid=check][data-state=done]");
    let document = browser.script(DOCUMENT, &[]);
    browser.click("button", "Copy as Markdown");
    let copied = browser.wait_script("the Markdown", "return window.copied", &[]);

    demo.go("/deployments/new");
    pick_service(browser);
    let paste = "const field = document.querySelector('#new-text'); field.value = arguments[0];
        field.dispatchEvent(new Event('input', { bubbles: true }))";
    browser.script(paste, &[copied]);
    browser.click("button", "Open all the same");
    browser.see_in("[data-testid=deployment] h1", "Both ways");
    browser.see_in(".deployment-lead .version", "9.0.0");
    assert_eq!(browser.script(DOCUMENT, &[]), document);
}

/// Environments have an order, a purpose and kinds of testing; a gate can ask for those before.
fn environment_progression(demo: &Demo) {
    let browser = &demo.browser;
    let workspace = demo.workspace();
    let known =
        workspace.environments_in_order().into_iter().map(|id| workspace.environments.get(&id).unwrap());
    let known = known.map(|known| (known.name.as_str(), known.tier, known.testing.clone()));
    let expected = [
        ("Development", Tier::Development, vec![Testing::Automated]),
        ("Staging", Tier::Staging, vec![Testing::Automated, Testing::Manual]),
        ("Production", Tier::Production, vec![Testing::Smoke]),
    ];
    let sorted = |mut kinds: Vec<Testing>| {
        kinds.sort();
        kinds
    };
    let known: Vec<_> = known.map(|(name, tier, kinds)| (name, tier, sorted(kinds))).collect();
    assert_eq!(known, expected);

    demo.go("/settings/structure");
    // A column has the same name.
    browser.click_within("[data-testid=structure-environments]", "button", "Edit Staging");
    browser.wait_for("dialog[open] #thing-purpose");
    let ticked =
        "return Object.fromEntries([...document.querySelectorAll('dialog[open] input[type=checkbox]')]
        .map((box) => [box.closest('label').textContent.trim(), box.checked]))";
    let ticked = browser.script(ticked, &[]);
    assert_eq!(ticked, json!({ "By machines": true, "By people": true, "Key flows only": false }));

    let (environment, _) =
        workspace.environments.iter().find(|(_, known)| known.tier == Tier::Production).unwrap();
    let rules = Rules { in_order: true, ..Rules::of_tier(Tier::Production) };
    let set = PolicyCommand::Set { environment: *environment, risk: Risk::Normal, rules };
    Somebody::at(&demo.server).does(Command::Policy(set));
    demo.open("1.8.6");
    browser.see_in(GATE, "it did not succeed in Staging yet");
    // Passed means that every kind of its testing is done: being there is not enough.
    demo.open("2.14.3");
    let is_missing = "return [...document.querySelectorAll('[data-testid=missing]')].some((line) => line.textContent.includes('Staging') && !line.textContent.includes('“'))";
    browser.wait_script("the testing of staging to be missing", is_missing, &[]);
}

/// Five checks, each with how it is verified, and nothing goes to production before they are done.
fn approval_checklist(demo: &Demo) {
    let table = [
        ("All tests pass", "CI green"),
        ("Staging verified", "Manual testing"),
        ("No blockers", "Issue tracking"),
        ("Rollback ready", "Tested"),
        ("Team available", "Support coverage"),
    ];
    demo.open("7.2.9");
    let shown = demo.checks("Approval checklist");
    let shown: Vec<_> = shown.iter().map(|(text, how, _)| (text.as_str(), how.as_str())).collect();
    assert_eq!(shown, table);
    for (check, _) in table {
        let is_missing = format!("“{check}” is open");
        demo.browser.click("checkbox", check);
        demo.browser.see_in(GATE, &is_missing);
        demo.browser.click("checkbox", check);
        let words = "return document.querySelector(arguments[0]).innerText.includes(arguments[1])";
        wait::until(&format!("{check} to be missing no more"), || {
            (demo.browser.script(words, &[json!(GATE), json!(is_missing)]) == json!(false)).then_some(())
        });
    }
}

/// What is looked at after a deployment stands in its own section, each check once, and is answered there.
fn verification(demo: &Demo) {
    let table = ["Health check passed", "Smoke tests run", "Monitoring verified", "Stakeholders notified"];
    demo.open("2.14.1");
    let shown = demo.checks("Post-deployment");
    assert_eq!(shown.iter().map(|(text, ..)| text.as_str()).collect::<Vec<_>>(), table);
    let all = "return [...document.querySelectorAll('[data-testid=check] .check-text bdi')].map((text) => text.textContent)";
    let all: Vec<String> = serde_json::from_value(demo.browser.script(all, &[])).unwrap();
    for check in table {
        assert_eq!(all.iter().filter(|known| *known == check).count(), 1, "{check} is there twice");
    }
    let is_open = |(.., state): &&(String, String, String)| state == "open";
    assert_ne!(shown.iter().filter(is_open).count(), 0, "nothing is left to verify: {shown:?}");
    for (check, ..) in shown.iter().filter(is_open) {
        demo.browser.click("checkbox", check);
    }
    let is_done = || demo.checks("Post-deployment").iter().all(|(.., state)| state == "done").then_some(());
    wait::until("all four to be done", is_done);
    synced(&demo.browser);
    let workspace = demo.workspace();
    let (_, known) = in_flight(&workspace, "2.14.1");
    assert_eq!(known.progress().done, known.progress().all, "{:?}", known.progress());
}
