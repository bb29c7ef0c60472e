//! Who may change what members may do.

use slipway_shared::event::Event;
use slipway_shared::ids::MemberId;
use slipway_shared::member::{MemberEvent, Role};
use slipway_shared::rejection::Rejection;

use super::given::{ANA, BO, Given, after, check, happens, has_no_effect, refused};
use super::test;
use super::when::{NOBODY, join, set_role, set_up};

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
