//! The gate before production: what keeps it closed, and what is said of those who went past it.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::ids::MemberId;
use slipway_shared::member::Role;
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::{Phase, Source};
use slipway_shared::time::Timestamp;

use super::given::{BO, Deed, Given, START, after, check, happens, refused};
use super::test;
use super::then::{granted, moved, outside_gate, reported};
use super::when::{
    CARD, CHECK, Fact, PRODUCTION, PRODUCTION_COLUMN, READY_COLUMN, ROLLOUT, STAGING, approve, as_opened,
    attest, decline, edit, fact, join, leave_out, opened_and, report, request, set_role,
};

/// A deployment that Ana opened, and Bo, who decides on approvals.
fn with_bo(deeds: impl IntoIterator<Item = Deed>) -> Given {
    opened_and([join(BO, Role::Approver)].into_iter().chain(deeds))
}

fn done() -> Deed {
    attest(CHECK, CheckState::Done)
}

fn approved() -> Deed {
    approve(as_opened()).by(BO)
}

fn unmet(state: CheckState) -> Missing {
    Missing::Check { deployment: CARD, check: CHECK, state }
}

/// A request after these deeds meets a closed gate.
#[track_caller]
fn closed(deeds: impl IntoIterator<Item = Deed>, missing: &[Missing]) {
    let rejection = Rejection::GateClosed { environment: PRODUCTION, missing: missing.to_vec() };
    check(with_bo(deeds), request(ROLLOUT, PRODUCTION), refused(rejection));
}

#[test]
fn what_is_checked_and_approved_passes() {
    let happened_at = Timestamp(START + 7_000);
    let starts = || Fact { happened_at, ..fact(ROLLOUT, PRODUCTION, Phase::Started) };
    let then = [granted(starts()), moved(READY_COLUMN, PRODUCTION_COLUMN)];
    check(with_bo([done(), approved()]), request(ROLLOUT, PRODUCTION), happens(then));
    let then = [granted(starts()), moved(READY_COLUMN, PRODUCTION_COLUMN)];
    let given = with_bo([approved(), attest(CHECK, CheckState::NotApplicable)]);
    check(given, request(ROLLOUT, PRODUCTION), happens(then));
}

#[test]
fn everything_that_is_missing_is_named() {
    closed([], &[unmet(CheckState::Open), Missing::Approval]);
    closed([done()], &[Missing::Approval]);
    closed([approved()], &[unmet(CheckState::Open)]);
    closed([approved(), attest(CHECK, CheckState::Failed)], &[unmet(CheckState::Failed)]);
    closed([done(), approved(), attest(CHECK, CheckState::Open)], &[unmet(CheckState::Open)]);
    let declined = Missing::Declined { by: MemberId::from_u128(BO) };
    closed([done(), decline(as_opened(), "No").by(BO)], &[declined, Missing::Approval]);
}

#[test]
fn one_decline_outweighs_every_approval() {
    const CY: u128 = 0xc;
    let declined = Missing::Declined { by: MemberId::from_u128(CY) };
    closed([done(), join(CY, Role::Admin), approved(), decline(as_opened(), "No").by(CY)], &[declined]);
}

#[test]
fn an_approval_that_does_not_count_opens_nothing() {
    closed([done(), approved(), set_role(BO, Role::Member)], &[Missing::Approval]);
    closed([done(), approved(), leave_out(BO)], &[Missing::Approval]);
    closed([approved(), done(), leave_out(BO).by(BO)], &[Missing::Approval]);
    let edited = edit(DeploymentField::Version, "1.4.1");
    let given = with_bo([done(), approved(), edited, edit(DeploymentField::Version, "1.4.0")]);
    assert!(
        after(given).missing_at_gate(CARD, PRODUCTION, Timestamp(START)).is_empty(),
        "it is again what was approved"
    );
    let given = with_bo([done(), approved(), edit(DeploymentField::Version, "1.4.1")]);
    assert_eq!(after(given).missing_at_gate(CARD, PRODUCTION, Timestamp(START)), [Missing::Approval]);
}

#[test]
fn there_is_a_gate_before_production_only() {
    assert!(after(with_bo([request(ROLLOUT, STAGING)])).rollouts[&ROLLOUT].requested);
    let staged = after(with_bo([report(ROLLOUT, STAGING, Phase::Started)]));
    assert!(!staged.rollouts[&ROLLOUT].outside_gate);
}

#[test]
fn what_happened_past_a_closed_gate_is_recorded_and_says_so() {
    let live = || fact(ROLLOUT, PRODUCTION, Phase::Started);
    let then = [outside_gate(reported(live(), &[])), moved(READY_COLUMN, PRODUCTION_COLUMN)];
    check(with_bo([]), live(), happens(then));
    let then = [reported(live(), &[]), moved(READY_COLUMN, PRODUCTION_COLUMN)];
    check(with_bo([done(), approved()]), live(), happens(then));
}

#[test]
fn what_is_said_about_the_gate_is_said_once() {
    let began_outside = [report(ROLLOUT, PRODUCTION, Phase::Started), done(), approved()];
    let rollout = |deeds: Vec<Deed>| after(with_bo(deeds)).rollouts[&ROLLOUT].outside_gate;
    let ended = || report(ROLLOUT, PRODUCTION, Phase::Succeeded);
    assert!(rollout(began_outside.into_iter().chain([ended()]).collect()));
    let began_inside =
        vec![done(), approved(), request(ROLLOUT, PRODUCTION), attest(CHECK, CheckState::Failed)];
    assert!(!rollout(began_inside.into_iter().chain([ended()]).collect()));
}

#[test]
fn a_tag_of_the_past_says_nothing_about_a_gate() {
    let source = Source::GitTag { tag: "v1.4.0".to_owned() };
    let tagged = Fact { source, ..fact(ROLLOUT, PRODUCTION, Phase::Succeeded) };
    assert!(!after(with_bo([tagged.into()])).rollouts[&ROLLOUT].outside_gate);
}
