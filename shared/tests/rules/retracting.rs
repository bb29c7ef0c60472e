//! What was recorded by mistake is taken back by who recorded it, while nobody else has told of it.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::Check;
use slipway_shared::ids::{MemberId, RolloutId};
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::Phase;
use slipway_shared::workspace::Workspace;

use super::given::{ANA, BO, Deed, after, check, happens, has_no_effect, refused};
use super::test;
use super::then::{joined, retracted};
use super::when::{
    CARD, DEVELOPMENT, LATER_ROLLOUT, PRODUCTION, ROLLOUT, STAGING, STAGING_CHECK, fact, join_rollouts,
    opened_and, report, request, retract, split_rollout, start_anyway,
};

const STARTED: Phase = Phase::Started;
const SUCCEEDED: Phase = Phase::Succeeded;

fn counted(workspace: &Workspace) -> Vec<RolloutId> {
    workspace.rollouts_of(CARD).map(|(id, _)| id).collect()
}

#[test]
fn what_was_taken_back_stays_in_the_log_and_counts_no_more() {
    let told = || vec![report(ROLLOUT, DEVELOPMENT, STARTED)];
    check(opened_and(told()), retract(ROLLOUT), happens([retracted(ROLLOUT)]));
    let workspace = after(opened_and(told().into_iter().chain([retract(ROLLOUT)])));
    assert_eq!(counted(&workspace), []);
    assert_eq!(workspace.running_in(DEVELOPMENT), None, "it holds nobody up");
    assert_eq!(workspace.latest_rollout_in(CARD, DEVELOPMENT), None);
    let kept = &workspace.rollouts[&ROLLOUT];
    assert!(kept.retracted.is_some() && !kept.reports.is_empty());
    check(opened_and(told().into_iter().chain([retract(ROLLOUT)])), retract(ROLLOUT), has_no_effect());
}

#[test]
fn telling_of_it_again_makes_it_count_again() {
    let told =
        [report(ROLLOUT, DEVELOPMENT, STARTED), retract(ROLLOUT), report(ROLLOUT, DEVELOPMENT, SUCCEEDED)];
    let workspace = after(opened_and(told));
    assert_eq!(counted(&workspace), [ROLLOUT]);
    assert_eq!(workspace.rollouts[&ROLLOUT].phase(), SUCCEEDED);
    assert_eq!(workspace.rollouts[&ROLLOUT].retracted, None);
}

#[test]
fn one_that_was_granted_is_taken_back_by_who_asked() {
    let workspace = after(opened_and([request(ROLLOUT, DEVELOPMENT), retract(ROLLOUT)]));
    assert_eq!(workspace.running_in(DEVELOPMENT), None);
}

#[test]
fn nobody_takes_back_what_somebody_else_tells_of() {
    let by = |who| refused(Rejection::ToldByOthers { by: MemberId::from_u128(who) });
    let own = || report(ROLLOUT, DEVELOPMENT, STARTED);
    check(opened_and([own()]), retract(ROLLOUT).by(BO), by(ANA));
    let ended = || opened_and([own(), report(ROLLOUT, DEVELOPMENT, SUCCEEDED).by(BO)]);
    check(ended(), retract(ROLLOUT), by(BO));
    check(ended(), retract(ROLLOUT).by(BO), by(ANA));
    let witnessed = || opened_and([own(), report(LATER_ROLLOUT, DEVELOPMENT, STARTED).by(BO)]);
    check(witnessed(), retract(ROLLOUT), by(BO));
    check(witnessed(), retract(LATER_ROLLOUT).by(BO), by(ANA));
    let apart = || witnessed().into_iter().chain([split_rollout(LATER_ROLLOUT)]).collect();
    check(apart(), retract(LATER_ROLLOUT).by(BO), happens([retracted(LATER_ROLLOUT)]));
}

#[test]
fn what_was_started_past_a_gate_stays_to_be_seen() {
    check(
        opened_and([start_anyway(ROLLOUT, PRODUCTION, "It burns")]),
        retract(ROLLOUT),
        refused(Rejection::StartedAnyway),
    );
}

#[test]
fn what_is_not_there_is_not_taken_back() {
    check(opened_and([]), retract(ROLLOUT), refused(Rejection::OtherRollout));
}

#[test]
fn what_was_taken_back_is_not_put_together_with_anything() {
    let told = |last: Deed| {
        opened_and([
            report(ROLLOUT, DEVELOPMENT, Phase::Failed),
            report(LATER_ROLLOUT, DEVELOPMENT, STARTED),
            last,
        ])
    };
    let join = || join_rollouts(LATER_ROLLOUT, ROLLOUT);
    check(told(retract(LATER_ROLLOUT)), join(), refused(Rejection::OtherRollout));
    check(told(retract(ROLLOUT)), join(), refused(Rejection::OtherRollout));
    check(
        told(report(LATER_ROLLOUT, DEVELOPMENT, STARTED)),
        join(),
        happens([joined(LATER_ROLLOUT, ROLLOUT)]),
    );
}

/// How the check that is named after Staging stands.
fn staging(workspace: &Workspace) -> Option<CheckState> {
    workspace.deployments[&CARD].check(STAGING_CHECK).map(Check::state)
}

#[test]
fn the_check_that_it_ticked_opens_with_it() {
    let ended =
        || vec![fact(ROLLOUT, STAGING, STARTED).into(), fact(ROLLOUT, STAGING, SUCCEEDED).ms_later(1).into()];
    assert_eq!(staging(&after(opened_and(ended()))), Some(CheckState::Done));
    let none = after(opened_and(ended().into_iter().chain([retract(ROLLOUT)])));
    assert_eq!(staging(&none), Some(CheckState::Open));
    let runs = after(opened_and(ended().into_iter().chain([report(ROLLOUT, STAGING, STARTED)])));
    assert_eq!(staging(&runs), Some(CheckState::Open), "it was told to have ended too soon");
    assert_eq!(runs.rollouts[&ROLLOUT].phase(), STARTED);
}
