//! Who is responsible: a set of people for a deployment, one person for a check.

use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::deployment::sealed::SEALED_AFTER_MS;
use slipway_shared::event::Event;
use slipway_shared::ids::{CheckId, MemberId};
use slipway_shared::member::Role;
use slipway_shared::rejection::Rejection;

use super::given::{ANA, BO, after, check, happens, has_no_effect, refused};
use super::test;
use super::when::{
    CARD, CHECK, NOBODY, assign, assign_check, finish, join, leave_out, opened, opened_and, unassign,
};

fn assigned(member: u128) -> Event {
    Event::Deployment(DeploymentEvent::Assigned { deployment: CARD, member: MemberId::from_u128(member) })
}

fn unassigned(member: u128) -> Event {
    Event::Deployment(DeploymentEvent::Unassigned { deployment: CARD, member: MemberId::from_u128(member) })
}

fn check_assigned(member: Option<u128>) -> Event {
    let member = member.map(MemberId::from_u128);
    Event::Deployment(DeploymentEvent::CheckAssigned { deployment: CARD, check: CHECK, member })
}

#[test]
fn somebody_is_made_responsible_once() {
    check(opened(), assign(ANA), happens([assigned(ANA)]));
    check(opened_and([assign(ANA)]), assign(ANA).by(BO).without_seeing(1), has_no_effect());
    check(opened_and([assign(ANA)]), unassign(ANA), happens([unassigned(ANA)]));
    check(opened(), unassign(ANA), has_no_effect());
}

#[test]
fn several_people_are_responsible_side_by_side() {
    let workspace = after(opened_and([join(BO, Role::Member), assign(ANA), assign(BO)]));
    let people: Vec<_> =
        workspace.deployments[&CARD].assigned.iter().map(|member| member.as_u128()).collect();
    assert_eq!(people, [ANA, BO]);
}

#[test]
fn only_who_is_in_the_workspace_is_made_responsible() {
    let member = MemberId::from_u128(NOBODY);
    check(opened(), assign(NOBODY), refused(Rejection::UnknownMember { member }));
    check(opened(), assign_check(CHECK, Some(NOBODY)), refused(Rejection::UnknownMember { member }));
}

#[test]
fn whoever_has_left_is_taken_off_all_the_same() {
    let given = opened_and([join(BO, Role::Member), assign(BO), leave_out(BO)]);
    check(given, unassign(BO), happens([unassigned(BO)]));
}

#[test]
fn a_check_is_one_persons_and_the_last_word_counts() {
    let given = opened_and([join(BO, Role::Member)]);
    check(given.clone(), assign_check(CHECK, Some(BO)), happens([check_assigned(Some(BO))]));
    let bos = opened_and([join(BO, Role::Member), assign_check(CHECK, Some(BO))]);
    check(bos.clone(), assign_check(CHECK, Some(BO)), has_no_effect());
    check(
        bos.clone(),
        assign_check(CHECK, Some(ANA)).without_seeing(1),
        happens([check_assigned(Some(ANA))]),
    );
    check(bos, assign_check(CHECK, None), happens([check_assigned(None)]));
    check(given, assign_check(CHECK, None), has_no_effect());
}

#[test]
fn a_check_that_is_not_there_is_nobodys() {
    let nowhere = CheckId::from_u128(NOBODY);
    check(opened(), assign_check(nowhere, Some(ANA)), refused(Rejection::UnknownCheck { check: nowhere }));
}

#[test]
fn nobody_is_made_responsible_for_what_is_over() {
    for deed in [assign(ANA), unassign(ANA), assign_check(CHECK, Some(ANA))] {
        check(opened_and([finish()]), deed, refused(Rejection::DeploymentFinished));
    }
}

#[test]
fn who_is_responsible_is_a_fact_that_stays_when_it_is_sealed() {
    let seal = slipway_shared::deployment::command::DeploymentCommand::Seal { deployment: CARD };
    let seal = slipway_shared::command::Command::Deployment(seal);
    let workspace = after(opened_and([assign(ANA), finish().made_ms_before(SEALED_AFTER_MS), seal.into()]));
    let known = &workspace.deployments[&CARD];
    assert!(known.sealed.is_some() && known.assigned.contains(&MemberId::from_u128(ANA)));
}
