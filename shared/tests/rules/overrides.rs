//! Starting a rollout past a closed gate: by whom the policy lets, with a reason that stays.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::environment::Tier;
use slipway_shared::member::Role;
use slipway_shared::policy::{Risk, Rules};
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::rollout::Phase;

use super::given::{BO, Deed, Given, after, check, refused};
use super::test;
use super::when::{
    CARD, CHECK, LATER_ROLLOUT, PRODUCTION, ROLLOUT, STAGING, approve, as_opened, attest, edit, finish, join,
    opened_and, report, request, set_policy, start_anyway,
};

/// A deployment that Ana opened, an admin, and Bo, with the policy that says who may.
fn with_bo(role: Role, may: Option<Role>) -> Given {
    let rules = Rules { override_by: may, ..Rules::of_tier(Tier::Production) };
    opened_and([join(BO, role), set_policy(PRODUCTION, Risk::Normal, rules)])
}

fn and(given: Given, deeds: impl IntoIterator<Item = Deed>) -> Given {
    given.into_iter().chain(deeds).collect()
}

#[test]
fn the_reason_and_what_was_missing_stay() {
    let deeds = [
        start_anyway(ROLLOUT, PRODUCTION, " The index is lost "),
        attest(CHECK, CheckState::Done),
        report(ROLLOUT, PRODUCTION, Phase::Succeeded),
    ];
    let workspace = after(opened_and(deeds));
    let rollout = &workspace.rollouts[&ROLLOUT];
    assert_eq!((rollout.requested, rollout.outside_gate, rollout.phase()), (true, true, Phase::Succeeded));
    let overridden = rollout.overridden.as_ref().expect("it says so");
    assert_eq!(overridden.reason, "The index is lost");
    let open = Missing::Check { deployment: CARD, check: CHECK, state: CheckState::Open };
    assert_eq!(overridden.missing, [open, Missing::Approval]);
}

#[test]
fn without_a_reason_nobody_does() {
    let missing = Rejection::TextMissing { field: TextField::Reason };
    check(opened_and([]), start_anyway(ROLLOUT, PRODUCTION, "  "), refused(missing));
}

#[test]
fn who_may_is_for_the_policy() {
    let rejections = [
        (Role::Viewer, Some(Role::Member), Some(Rejection::ReadOnly)),
        (Role::Member, Some(Role::Member), None),
        (Role::Member, Some(Role::Approver), Some(Rejection::NotApprover)),
        (Role::Approver, Some(Role::Approver), None),
        (Role::Approver, Some(Role::Admin), Some(Rejection::NotAdmin)),
        (Role::Member, None, Some(Rejection::NoOverride)),
    ];
    for (role, may, rejection) in rejections {
        let deed = start_anyway(ROLLOUT, PRODUCTION, "It burns").by(BO);
        // What holds without a policy lets admins: setting that says nothing new.
        match rejection {
            Some(rejection) => check(with_bo(role, may), deed, refused(rejection)),
            None => assert!(after(and(with_bo(role, may), [deed])).rollouts[&ROLLOUT].outside_gate),
        }
    }
    check(
        with_bo(Role::Admin, None),
        start_anyway(ROLLOUT, PRODUCTION, "It burns"),
        refused(Rejection::NoOverride),
    );
}

#[test]
fn a_second_rollout_and_another_version_are_not_got_past() {
    let running = Rejection::RolloutRunning { deployment: CARD, environment: PRODUCTION };
    let given = opened_and([report(LATER_ROLLOUT, PRODUCTION, Phase::Started)]);
    check(given, start_anyway(ROLLOUT, PRODUCTION, "It burns"), refused(running));
    let version = "1.4.1".to_owned();
    let given = opened_and([edit(DeploymentField::Version, &version)]);
    check(
        given,
        start_anyway(ROLLOUT, PRODUCTION, "It burns"),
        refused(Rejection::VersionChanged { version }),
    );
    check(
        opened_and([finish()]),
        start_anyway(ROLLOUT, PRODUCTION, "x"),
        refused(Rejection::DeploymentFinished),
    );
    let given = opened_and([report(ROLLOUT, STAGING, Phase::Failed)]);
    check(given, start_anyway(ROLLOUT, PRODUCTION, "It burns"), refused(Rejection::IdTaken));
}

#[test]
fn past_a_gate_that_is_open_meanwhile_it_is_a_rollout_like_any_other() {
    let opened = [join(BO, Role::Approver), attest(CHECK, CheckState::Done), approve(as_opened()).by(BO)];
    let rollout = after(and(opened_and(opened), [start_anyway(ROLLOUT, PRODUCTION, "It burns")]));
    let rollout = &rollout.rollouts[&ROLLOUT];
    assert_eq!((rollout.outside_gate, rollout.overridden.is_some()), (false, false));
    let note = rollout.prevailing().and_then(|report| report.note.as_deref());
    assert_eq!(note, Some("It burns"));
}

#[test]
fn a_request_after_it_meets_the_rollout_that_runs() {
    let given = opened_and([start_anyway(ROLLOUT, PRODUCTION, "It burns")]);
    let running = Rejection::RolloutRunning { deployment: CARD, environment: PRODUCTION };
    check(given, request(LATER_ROLLOUT, PRODUCTION), refused(running));
}
