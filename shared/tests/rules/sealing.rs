//! Sealing: what is over for 30 days keeps its facts, and the server alone its detail.

use std::collections::BTreeMap;

use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::deployment::sealed::{SEALED_AFTER_MS, read_detail};
use slipway_shared::deployment::testing::TestOutcome;
use slipway_shared::deployment::{Change, Deployment};
use slipway_shared::environment::Testing;
use slipway_shared::event::Event;
use slipway_shared::json::Json;
use slipway_shared::member::Role;
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::Phase;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;

use super::given::{BO, Deed, Given, START, after, check, happens, has_no_effect, refused};
use super::test;
use super::then::reopened;
use super::when::{
    CARD, CHECK, LABEL, LATER_ROLLOUT, PRODUCTION, ROLLOUT, STAGING, approve, as_opened, attach, attest,
    commit, edit, finish, join, mark, opened_and, put_label, reopen, report, take_label, test_of,
};

fn seal() -> Deed {
    Command::Deployment(DeploymentCommand::Seal { deployment: CARD }).into()
}

fn unseal(detail: &Deployment) -> Deed {
    let detail = Box::new(detail.clone());
    Command::Deployment(DeploymentCommand::Unseal { deployment: CARD, detail }).into()
}

/// A deployment with something of everything, that was finished so many milliseconds ago.
fn finished_ms_ago(ms: i64) -> Given {
    opened_and([
        attach([Change { author: Some("Ana".to_owned()), ..commit("c0ffee") }]),
        attest(CHECK, CheckState::Done),
        mark(Stage::Build, StageState::NotStarted, StageState::Passed),
        put_label(LABEL),
        report(ROLLOUT, PRODUCTION, Phase::Succeeded),
        finish().made_ms_before(ms),
    ])
}

/// Deeds happen a second apart.
fn long_finished() -> Given {
    finished_ms_ago(SEALED_AFTER_MS)
}

fn and(mut given: Given, deed: Deed) -> Given {
    given.push(deed);
    given
}

fn card_after(given: Given) -> Deployment {
    after(given).deployments.get(&CARD).expect("it is there").as_ref().clone()
}

#[test]
fn what_is_over_for_thirty_days_is_sealed_with_the_hash_of_what_it_was() {
    let detail = Json::of(&card_after(long_finished())).hash();
    let (gates_open, stages) = (Vec::new(), BTreeMap::new());
    let sealed = DeploymentEvent::Sealed { deployment: CARD, detail, gates_open, stages };
    let sealed = Event::Deployment(sealed);
    check(long_finished(), seal(), happens([sealed]));
}

#[test]
fn how_far_verify_and_approve_were_stays_with_the_facts() {
    let tests = [Testing::Automated, Testing::Manual]
        .map(|testing| test_of(LATER_ROLLOUT, STAGING, testing, Some(TestOutcome::Passed)));
    let deeds = [join(BO, Role::Approver), report(LATER_ROLLOUT, STAGING, Phase::Succeeded)]
        .into_iter()
        .chain(tests)
        .chain([attest(CHECK, CheckState::Done), approve(as_opened()).by(BO)])
        .chain([report(ROLLOUT, PRODUCTION, Phase::Succeeded), finish().made_ms_before(SEALED_AFTER_MS)]);
    let given = opened_and(deeds);
    let track = |given: Given| after(given).track(CARD, Timestamp(START));
    let (before, sealed) = (track(given.clone()), track(and(given, seal())));
    assert_eq!(before[3..5], [StageState::Passed, StageState::Passed]);
    assert_eq!(sealed, before);
}

#[test]
fn what_is_not_over_for_so_long_is_not_sealed() {
    check(finished_ms_ago(SEALED_AFTER_MS - 2_000), seal(), has_no_effect());
    check(opened_and([]), seal(), has_no_effect());
    check(and(long_finished(), seal()), seal(), has_no_effect());
}

#[test]
fn the_facts_stay_and_the_rest_goes() {
    let before = card_after(long_finished());
    let workspace = after(and(long_finished(), seal()));
    let facts = workspace.deployments.get(&CARD).expect("it is there");
    assert!(facts.sections.is_empty() && facts.conflicts.is_empty());
    let change = facts.changes.first().expect("one change");
    assert_eq!((change.commit.as_deref(), change.summary.as_str()), (Some("c0ffee"), ""));
    assert_eq!(change.author, None);
    assert_eq!(facts.progress(), before.progress());
    assert_eq!(facts.progress().done, 1, "environments follow the rollouts and are not counted");
    assert_eq!(
        (&facts.version, &facts.title, &facts.labels),
        (&before.version, &before.title, &before.labels)
    );
    assert_eq!((&facts.stages, facts.finished), (&before.stages, before.finished));
    let now = workspace.deployments[&CARD].opened.at;
    assert_eq!(workspace.track(CARD, now), after(long_finished()).track(CARD, now));
    assert_eq!(workspace.open_deployments().count(), 0);
}

#[test]
fn nothing_of_a_sealed_one_is_edited() {
    let edits = [
        edit(DeploymentField::Title, "Other"),
        attach([commit("beef")]),
        attest(CHECK, CheckState::Failed),
        mark(Stage::Build, StageState::Passed, StageState::Failed),
        take_label(LABEL),
        reopen(),
    ];
    for deed in edits {
        check(and(long_finished(), seal()), deed, refused(Rejection::DeploymentSealed));
    }
    check(and(long_finished(), seal()), finish(), has_no_effect());
}

#[test]
fn facts_about_a_sealed_one_are_still_taken() {
    let given = and(and(long_finished(), seal()), report(LATER_ROLLOUT, PRODUCTION, Phase::Failed));
    let workspace = after(given);
    assert_eq!(workspace.rollouts_of(CARD).count(), 2);
    assert!(workspace.deployments.get(&CARD).is_some_and(|known| known.sealed.is_some()));
}

#[test]
fn whether_a_later_rollout_was_within_the_gate_is_known_of_a_sealed_one_too() {
    let outside = |deeds: Vec<Deed>| {
        let over =
            [finish().made_ms_before(SEALED_AFTER_MS), seal(), report(ROLLOUT, PRODUCTION, Phase::Started)];
        let all = [join(BO, Role::Approver)].into_iter().chain(deeds).chain(over);
        let workspace = after(opened_and(all.collect::<Vec<_>>()));
        assert!(
            workspace.approvals(CARD, PRODUCTION, Timestamp(START)).is_empty(),
            "what was said about it is detail"
        );
        workspace.rollouts.get(&ROLLOUT).expect("it was reported").outside_gate
    };
    let done = || attest(CHECK, CheckState::Done);
    assert!(!outside(vec![done(), approve(as_opened()).by(BO)]));
    assert!(outside(vec![approve(as_opened()).by(BO)]));
    assert!(outside(vec![done()]));
}

#[test]
fn the_detail_brings_everything_back() {
    let before = card_after(long_finished());
    let sealed = and(long_finished(), seal());
    assert_eq!(card_after(and(sealed.clone(), unseal(&before))), before);
    check(and(sealed, unseal(&before)), reopen(), happens([reopened()]));
    check(long_finished(), unseal(&before), has_no_effect());
}

#[test]
fn another_detail_is_refused() {
    let mut other = card_after(long_finished());
    other.title.value = "Slower search".to_owned();
    check(and(long_finished(), seal()), unseal(&other), refused(Rejection::DetailMismatch));
}

#[test]
fn a_detail_is_read_only_as_what_was_sealed() {
    let before = card_after(long_finished());
    let text = Json::of(&before);
    assert_eq!(read_detail(text.text(), text.hash()), Some(before));
    let other = text.text().replace("Faster", "Slower");
    assert_eq!(read_detail(&other, text.hash()), None);
}
