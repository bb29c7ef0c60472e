//! Several reports of one rollout are one rollout with several witnesses, until somebody says otherwise.

use slipway_shared::command::Command;
use slipway_shared::ids::RolloutId;
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::join::JOINED_WITHIN_MS;
use slipway_shared::rollout::{Phase, RolloutCommand, Source};

use super::given::{ANA, BO, Deed, after, check, happens, has_no_effect, judged, refused};
use super::test;
use super::then::{joined, split};
use super::when::{
    CARD, DEVELOPMENT, Fact, LATER_ROLLOUT, ROLLOUT, STAGING, fact, join_rollouts, opened_and, report,
    request, split_rollout,
};

const STARTED: Phase = Phase::Started;
const SUCCEEDED: Phase = Phase::Succeeded;
const FAILED: Phase = Phase::Failed;

/// What Ana tells first, and what somebody tells then under another name; whether that is one rollout.
struct Told {
    why: &'static str,
    first: Vec<Fact>,
    then: Fact,
    by: u128,
    is_one: bool,
}

fn told(why: &'static str, first: Fact, then: Fact, by: u128, is_one: bool) -> Told {
    Told { why, first: vec![first], then, by, is_one }
}

fn first(phase: Phase) -> Fact {
    fact(ROLLOUT, DEVELOPMENT, phase)
}

fn then(phase: Phase) -> Fact {
    fact(LATER_ROLLOUT, DEVELOPMENT, phase)
}

/// Everything is told long afterwards, so that no time is in the future.
fn long_ago(fact: Fact) -> Fact {
    fact.ms_later(-10 * JOINED_WITHIN_MS)
}

fn cases() -> Vec<Told> {
    let later = |ms| then(STARTED).ms_later(ms);
    let other_version = Fact { version: "1.4.1".to_owned(), ..then(STARTED) };
    let tag = Source::GitTag { tag: "v1.4.0".to_owned() };
    let over = |ms| vec![first(STARTED), first(SUCCEEDED).ms_later(ms)];
    vec![
        told("another person tells the same", first(STARTED), then(STARTED), BO, true),
        told("another person tells how it ended", first(STARTED), then(SUCCEEDED), BO, true),
        told("the same person tells of another attempt", first(FAILED), then(STARTED), ANA, false),
        told(
            "the same person, from a tag",
            first(STARTED),
            Fact { source: tag, ..then(SUCCEEDED) },
            ANA,
            true,
        ),
        told("to another environment", first(STARTED), fact(LATER_ROLLOUT, STAGING, STARTED), BO, false),
        told("another version", first(STARTED), other_version, BO, false),
        told("within the window", first(STARTED), later(JOINED_WITHIN_MS), BO, true),
        told("after the window", first(STARTED), later(JOINED_WITHIN_MS + 1), BO, false),
        told("before it, within the window", first(STARTED), later(-JOINED_WITHIN_MS), BO, true),
        told("long before it", first(STARTED), later(-JOINED_WITHIN_MS - 1), BO, false),
        told(
            "the end of what runs, however long it ran",
            first(STARTED),
            then(FAILED).ms_later(5 * JOINED_WITHIN_MS),
            BO,
            true,
        ),
        Told {
            why: "a beginning after the end is another attempt",
            first: over(1_000),
            then: later(1_001),
            by: BO,
            is_one: false,
        },
        Told {
            why: "a beginning before the end is the same",
            first: over(60_000),
            then: later(30_000),
            by: BO,
            is_one: true,
        },
        Told {
            why: "an end within the window after the end",
            first: over(60_000),
            then: then(SUCCEEDED).ms_later(60_000 + JOINED_WITHIN_MS),
            by: BO,
            is_one: true,
        },
        Told {
            why: "an end long after the end",
            first: over(60_000),
            then: then(SUCCEEDED).ms_later(60_001 + JOINED_WITHIN_MS),
            by: BO,
            is_one: false,
        },
    ]
}

#[test]
fn what_somebody_else_tells_of_the_same_at_that_time_is_the_same_rollout() {
    for Told { why, first, then, by, is_one } in cases() {
        let given = opened_and(first.into_iter().map(|fact| Deed::from(long_ago(fact))));
        let (workspace, _) = judged(given, Deed::from(long_ago(then)).by(by));
        let same_as = workspace.rollouts[&LATER_ROLLOUT].same_as;
        assert_eq!(same_as, is_one.then_some(ROLLOUT), "{why}");
        let counted: Vec<RolloutId> = workspace.rollouts_of(CARD).map(|(id, _)| id).collect();
        let expected = if is_one { vec![ROLLOUT] } else { vec![ROLLOUT, LATER_ROLLOUT] };
        assert_eq!(counted, expected, "{why}: both stay, one is counted");
    }
}

fn two_witnesses() -> Vec<Deed> {
    opened_and([report(ROLLOUT, DEVELOPMENT, STARTED), report(LATER_ROLLOUT, DEVELOPMENT, FAILED).by(BO)])
}

#[test]
fn what_any_witness_says_counts_and_is_taken_back_with_them() {
    let workspace = after(two_witnesses());
    assert_eq!(workspace.rollouts[&ROLLOUT].phase(), FAILED);
    assert_eq!(workspace.joined_to(ROLLOUT), [LATER_ROLLOUT]);
    let apart = after(two_witnesses().into_iter().chain([split_rollout(LATER_ROLLOUT)]).collect());
    assert_eq!(apart.rollouts[&ROLLOUT].phase(), STARTED);
    assert_eq!(apart.rollouts[&LATER_ROLLOUT].phase(), FAILED);
    assert_eq!(apart.rollouts_of(CARD).count(), 2);
}

#[test]
fn a_witness_goes_on_under_the_name_they_began_with() {
    let more = report(LATER_ROLLOUT, DEVELOPMENT, SUCCEEDED).by(BO);
    let workspace = after(two_witnesses().into_iter().chain([more]).collect());
    let told = &workspace.rollouts[&ROLLOUT];
    assert_eq!(
        (told.phase(), told.reports.iter().count()),
        (SUCCEEDED, 2),
        "the newer word of the same witness"
    );
}

#[test]
fn it_takes_part_and_is_put_together_again() {
    check(two_witnesses(), split_rollout(LATER_ROLLOUT), happens([split(LATER_ROLLOUT)]));
    check(two_witnesses(), split_rollout(ROLLOUT), has_no_effect());
    check(two_witnesses(), join_rollouts(LATER_ROLLOUT, ROLLOUT), has_no_effect());
    let apart: Vec<_> = two_witnesses().into_iter().chain([split_rollout(LATER_ROLLOUT)]).collect();
    check(apart.clone(), join_rollouts(LATER_ROLLOUT, ROLLOUT), happens([joined(LATER_ROLLOUT, ROLLOUT)]));
    let again: Vec<_> = apart.into_iter().chain([join_rollouts(LATER_ROLLOUT, ROLLOUT)]).collect();
    assert_eq!(after(again).rollouts[&ROLLOUT].phase(), FAILED);
}

#[test]
fn what_differs_or_is_part_of_a_third_cannot_be_put_together() {
    let third = RolloutId::from_u128(0xe3);
    let refused = || refused(Rejection::OtherRollout);
    let elsewhere = || opened_and([report(ROLLOUT, DEVELOPMENT, STARTED), report(third, STAGING, STARTED)]);
    check(elsewhere(), join_rollouts(third, ROLLOUT), refused());
    check(elsewhere(), join_rollouts(ROLLOUT, ROLLOUT), refused());
    check(elsewhere(), join_rollouts(LATER_ROLLOUT, ROLLOUT), refused());
    let with_third =
        || -> Vec<_> { two_witnesses().into_iter().chain([report(third, DEVELOPMENT, STARTED)]).collect() };
    check(with_third(), join_rollouts(third, LATER_ROLLOUT), refused());
    check(with_third(), join_rollouts(ROLLOUT, third), refused());
}

#[test]
fn a_rollout_that_was_asked_for_is_told_by_a_pipeline_too() {
    let told =
        Fact { source: Source::Person, ..fact(LATER_ROLLOUT, DEVELOPMENT, SUCCEEDED).ms_later(70_000) };
    let workspace = after(opened_and([request(ROLLOUT, DEVELOPMENT), Deed::from(told).by(BO)]));
    assert_eq!(workspace.rollouts[&LATER_ROLLOUT].same_as, Some(ROLLOUT));
    assert!(workspace.rollouts[&ROLLOUT].requested);
}

#[test]
fn rollouts_of_one_name_stay_what_they_are_for_older_builds() {
    let workspace = after(opened_and([report(ROLLOUT, DEVELOPMENT, STARTED)]));
    let text = serde_json::to_string(&*workspace.rollouts[&ROLLOUT]).expect("a rollout is JSON");
    assert!(!text.contains("same_as"), "{text}");
    let command = Command::Rollout(RolloutCommand::Split { rollout: ROLLOUT, deployment: CARD });
    assert_eq!(command.kind(), "rollout.split");
}
