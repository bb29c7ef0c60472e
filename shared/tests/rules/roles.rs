//! Who lets whom act in a workspace, and what becomes of who leaves it.

use slipway_shared::deployment::DeploymentField;
use slipway_shared::event::Event;
use slipway_shared::ids::MemberId;
use slipway_shared::member::{MemberEvent, Role};
use slipway_shared::rejection::Rejection;

use super::given::{ANA, BO, Deed, Given, after, check, happens, has_no_effect, refused};
use super::test;
use super::when::{CARD, NOBODY, edit, join, leave_out, open, set_role, set_up};

/// A workspace with Ana, an admin, and Bo.
fn with_bo(role: Role) -> Given {
    set_up().into_iter().chain([join(BO, role)]).collect()
}

fn role_set(page: u128, role: Role) -> Event {
    Event::Member(MemberEvent::RoleSet { member: MemberId::from_u128(page), role })
}

#[test]
fn an_admin_lets_a_member_do_more_or_less() {
    check(with_bo(Role::Viewer), set_role(BO, Role::Approver), happens([role_set(BO, Role::Approver)]));
    check(with_bo(Role::Approver), set_role(BO, Role::Member), happens([role_set(BO, Role::Member)]));
    check(with_bo(Role::Viewer), set_role(BO, Role::Viewer), has_no_effect());
    let workspace = after(with_bo(Role::Viewer).into_iter().chain([set_role(BO, Role::Approver)]).collect());
    assert_eq!(workspace.members[&MemberId::from_u128(BO)].role, Role::Approver);
}

#[test]
fn nobody_but_an_admin_does() {
    for role in [Role::Viewer, Role::Member, Role::Approver] {
        check(with_bo(role), set_role(BO, Role::Admin).by(BO), refused(Rejection::NotAdmin));
    }
    check(set_up(), set_role(ANA, Role::Viewer).by(BO), refused(Rejection::NotAdmin));
}

#[test]
fn the_last_admin_stays_one() {
    check(with_bo(Role::Approver), set_role(ANA, Role::Viewer), refused(Rejection::LastAdmin));
    check(with_bo(Role::Admin), set_role(ANA, Role::Viewer), happens([role_set(ANA, Role::Viewer)]));
    let given = with_bo(Role::Admin).into_iter().chain([set_role(BO, Role::Viewer)]).collect();
    check(given, set_role(ANA, Role::Viewer), refused(Rejection::LastAdmin));
}

#[test]
fn a_role_is_for_somebody() {
    let member = MemberId::from_u128(NOBODY);
    check(set_up(), set_role(NOBODY, Role::Viewer), refused(Rejection::UnknownMember { member }));
}

fn and(mut given: Given, deeds: impl IntoIterator<Item = Deed>) -> Given {
    given.extend(deeds);
    given
}

fn removed(page: u128) -> Event {
    Event::Member(MemberEvent::Removed { member: MemberId::from_u128(page) })
}

#[test]
fn only_an_admin_lets_somebody_in_or_takes_somebody_out() {
    const CY: u128 = 0xc;
    let with_cy = |role| and(with_bo(role), [join(CY, Role::Viewer)]);
    for role in [Role::Viewer, Role::Member, Role::Approver] {
        check(with_bo(role), join(CY, Role::Viewer).by(BO), refused(Rejection::NotAdmin));
        check(with_cy(role), leave_out(CY).by(BO), refused(Rejection::NotAdmin));
    }
    check(with_cy(Role::Admin), leave_out(CY).by(BO), happens([removed(CY)]));
}

#[test]
fn everybody_may_leave_by_themselves() {
    for role in [Role::Viewer, Role::Member, Role::Approver, Role::Admin] {
        check(with_bo(role), leave_out(BO).by(BO), happens([removed(BO)]));
    }
    let left = and(with_bo(Role::Member), [leave_out(BO).by(BO)]);
    check(left, leave_out(BO).by(BO), refused(Rejection::NotMember));
}

#[test]
fn the_last_admin_does_not_leave() {
    check(set_up(), leave_out(ANA), refused(Rejection::LastAdmin));
    check(with_bo(Role::Approver), leave_out(ANA), refused(Rejection::LastAdmin));
    check(with_bo(Role::Admin), leave_out(ANA), happens([removed(ANA)]));
    check(with_bo(Role::Admin), leave_out(ANA).by(BO), happens([removed(ANA)]));
    let alone = and(with_bo(Role::Admin), [leave_out(ANA)]);
    check(alone, leave_out(BO).by(BO), refused(Rejection::LastAdmin));
    assert!(after(with_bo(Role::Member)).is_last_admin(MemberId::from_u128(ANA)));
    assert!(!after(with_bo(Role::Member)).is_last_admin(MemberId::from_u128(BO)));
    assert!(!after(with_bo(Role::Admin)).is_last_admin(MemberId::from_u128(ANA)));
}

#[test]
fn of_two_admins_who_take_the_same_one_out_the_second_has_nothing_to_do() {
    let given = and(with_bo(Role::Member), [leave_out(BO)]);
    check(given, leave_out(BO).without_seeing(1), has_no_effect());
    check(set_up(), leave_out(NOBODY), has_no_effect());
}

#[test]
fn who_was_taken_out_does_nothing_more_and_what_they_did_stays() {
    let title = edit(DeploymentField::Title, "Bo's");
    let given = and(with_bo(Role::Member), [Deed::from(open()).by(BO), title.clone().by(BO), leave_out(BO)]);
    check(given.clone(), title.by(BO), refused(Rejection::NotMember));
    let workspace = after(given);
    let bo = MemberId::from_u128(BO);
    let card = &workspace.deployments[&CARD];
    assert_eq!((card.opened.actor, card.title.value.as_str()), (bo, "Bo's"));
    assert!(!workspace.members.contains_key(&bo) && workspace.entities().all(|row| row.id != bo.to_string()));
}

#[test]
fn who_was_taken_out_can_come_back_as_who_they_were() {
    let joined = Event::Member(MemberEvent::Joined { member: MemberId::from_u128(BO), role: Role::Viewer });
    let given = || and(with_bo(Role::Member), [leave_out(BO)]);
    check(given(), join(BO, Role::Viewer), happens([joined]));
    check(given(), join(BO, Role::Admin).by(BO), refused(Rejection::NotMember));
}
