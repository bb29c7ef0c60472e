//! Who may approve what, and which approvals count.

use slipway_shared::canonical::Hash;
use slipway_shared::check::CheckState;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::approval::{Judgement, Lapse, Verdict};
use slipway_shared::deployment::gate::Missing;
use slipway_shared::ids::{CheckId, MemberId};
use slipway_shared::member::Role;
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::time::Timestamp;

use super::given::{ANA, BO, Deed, Given, START, after, check, deed_of, happens, has_no_effect, refused};
use super::test;
use super::then::judged;
use super::when::{
    CARD, CHECK, ENVIRONMENTS_SECTION, PRODUCTION, SECTION, STAGING_CHECK, add_check, approve, arrive,
    as_opened, attest, decline, edit, elsewhere, finish, join, leave_out, opened, opened_and, set_role,
};

/// A deployment that Ana opened, and Bo, who decides on approvals.
fn with_bo(deeds: impl IntoIterator<Item = Deed>) -> Given {
    opened_and([join(BO, Role::Approver)].into_iter().chain(deeds))
}

fn judgement(verdict: Verdict, note: Option<&str>) -> Judgement {
    let content = after(opened()).approval_content(CARD, PRODUCTION).map(Box::new);
    let note = note.map(str::to_owned);
    Judgement { environment: PRODUCTION, digest: as_opened(), verdict, note, content }
}

/// What each approver said, and why it doesn't count.
#[track_caller]
fn stands(given: Given, expected: &[(u128, Verdict, Option<Lapse>)]) {
    let found = after(given).approvals(CARD, PRODUCTION, Timestamp(START));
    let found: Vec<_> = found.iter().map(|known| (known.by.as_u128(), known.verdict, known.lapse)).collect();
    assert_eq!(found, expected);
}

#[test]
fn an_approver_approves_or_declines_what_is_there() {
    let digest = as_opened();
    check(with_bo([]), approve(digest).by(BO), happens([judged(judgement(Verdict::Approved, None), &[])]));
    let declined = judgement(Verdict::Declined, Some("On Friday?"));
    check(with_bo([]), decline(digest, " On Friday? ").by(BO), happens([judged(declined, &[])]));
    stands(with_bo([approve(digest).by(BO)]), &[(BO, Verdict::Approved, None)]);
    check(with_bo([approve(digest).by(BO)]), approve(digest).by(BO), has_no_effect());
}

#[test]
fn a_decline_says_why() {
    let missing = Rejection::TextMissing { field: TextField::Reason };
    check(with_bo([]), decline(as_opened(), " ").by(BO), refused(missing));
}

#[test]
fn nobody_but_an_approver_does() {
    for role in [Role::Viewer, Role::Member] {
        let given = opened_and([join(BO, role)]);
        check(given.clone(), approve(as_opened()).by(BO), refused(Rejection::NotApprover));
        check(given, decline(as_opened(), "No").by(BO), refused(Rejection::NotApprover));
    }
    check(opened(), approve(as_opened()).by(BO), refused(Rejection::NotApprover));
}

#[test]
fn who_opened_it_needs_another_pair_of_eyes() {
    check(with_bo([]), approve(as_opened()), refused(Rejection::OwnWork));
    let may_decline = judgement(Verdict::Declined, Some("Not yet"));
    check(with_bo([]), decline(as_opened(), "Not yet"), happens([judged(may_decline, &[])]));
}

#[test]
fn one_person_alone_approves_their_own_until_another_joins() {
    let alone = || opened_and([approve(as_opened())]);
    stands(alone(), &[(ANA, Verdict::Approved, None)]);
    let joined = alone().into_iter().chain([join(BO, Role::Viewer)]).collect();
    stands(joined, &[(ANA, Verdict::Approved, Some(Lapse::OwnWork))]);
}

#[test]
fn what_changed_meanwhile_is_not_approved() {
    let changes = [edit(DeploymentField::Version, "1.4.1"), add_check(SECTION, CheckId::from_u128(0xc9))];
    for change in changes {
        let digest = after(with_bo([change.clone()])).approval_digest(CARD, PRODUCTION).expect("it is there");
        check(
            with_bo([change.clone()]),
            approve(as_opened()).by(BO),
            refused(Rejection::StaleApproval { digest }),
        );
        let given = with_bo([approve(as_opened()).by(BO), change.clone()]);
        stands(given, &[(BO, Verdict::Approved, Some(Lapse::Stale))]);
        let again = with_bo([approve(as_opened()).by(BO), change, approve(digest).by(BO)]);
        stands(again, &[(BO, Verdict::Approved, None)]);
    }
}

#[test]
fn what_is_not_approved_may_change() {
    let changes = [
        edit(DeploymentField::Title, "Fastest search"),
        add_check(ENVIRONMENTS_SECTION, CheckId::from_u128(0xc9)),
        attest(CHECK, CheckState::Done),
        attest(CHECK, CheckState::Failed),
        attest(STAGING_CHECK, CheckState::Failed),
    ];
    for change in changes {
        stands(with_bo([approve(as_opened()).by(BO), change]), &[(BO, Verdict::Approved, None)]);
    }
}

#[test]
fn the_role_that_counts_is_the_one_held_now() {
    let approved = || with_bo([approve(as_opened()).by(BO)]);
    let and = |deeds: &[Deed]| approved().into_iter().chain(deeds.iter().cloned()).collect();
    let (down, up) = (set_role(BO, Role::Member), set_role(BO, Role::Admin));
    stands(and(std::slice::from_ref(&down)), &[(BO, Verdict::Approved, Some(Lapse::NotApprover))]);
    stands(and(&[down.clone(), up]), &[(BO, Verdict::Approved, None)]);
    // Lost while the approval was on its way.
    check(with_bo([down]), approve(as_opened()).by(BO).without_seeing(1), refused(Rejection::NotApprover));
}

#[test]
fn who_is_not_in_the_workspace_any_more_approves_nothing() {
    let approved = || with_bo([approve(as_opened()).by(BO)]);
    let and = |deeds: &[Deed]| approved().into_iter().chain(deeds.iter().cloned()).collect();
    let back = join(BO, Role::Approver);
    stands(and(&[leave_out(BO)]), &[(BO, Verdict::Approved, Some(Lapse::NotApprover))]);
    stands(and(&[leave_out(BO), back]), &[(BO, Verdict::Approved, None)]);
    // Taken out while the approval was on its way.
    let given = with_bo([leave_out(BO)]);
    check(given, approve(as_opened()).by(BO).without_seeing(1), refused(Rejection::NotMember));
}

#[test]
fn who_is_alone_again_approves_their_own() {
    let given = with_bo([leave_out(BO), approve(as_opened())]);
    stands(given, &[(ANA, Verdict::Approved, None)]);
}

#[test]
fn the_last_word_of_an_approver_counts() {
    let digest = as_opened();
    // Bo's first deed is the approval.
    let changed = judgement(Verdict::Declined, Some("No"));
    let given = with_bo([approve(digest).by(BO)]);
    check(given, decline(digest, "No").by(BO), happens([judged(changed, &[deed_of(BO, 1)])]));
    let given = with_bo([decline(digest, "No").by(BO), approve(digest).by(BO)]);
    stands(given, &[(BO, Verdict::Approved, None)]);
}

#[test]
fn of_what_one_approver_said_in_two_places_the_decline_counts() {
    const BOS_PHONE: u128 = 0xbb;
    let digest = as_opened();
    let approved = || approve(digest).by(BO);
    let declined = || decline(digest, "No").by(BOS_PHONE).of_member(BO);
    stands(with_bo([approved(), declined().without_seeing(1)]), &[(BO, Verdict::Declined, None)]);
    stands(with_bo([declined(), approved().without_seeing(1)]), &[(BO, Verdict::Declined, None)]);
    let settled = with_bo([declined(), approved().without_seeing(1), approved()]);
    stands(settled, &[(BO, Verdict::Approved, None)]);
}

#[test]
fn several_approvers_stand_side_by_side() {
    const CY: u128 = 0xc;
    let digest = as_opened();
    let given = with_bo([join(CY, Role::Admin), approve(digest).by(BO), decline(digest, "No").by(CY)]);
    stands(given, &[(BO, Verdict::Approved, None), (CY, Verdict::Declined, None)]);
}

#[test]
fn what_is_over_is_not_approved() {
    check(with_bo([finish()]), approve(as_opened()).by(BO), refused(Rejection::DeploymentFinished));
    let gone = elsewhere(approve(as_opened()).by(BO));
    let deployment = gone.command.deployment().expect("it is about one");
    check(with_bo([]), gone, refused(Rejection::UnknownDeployment { deployment }));
}

/// The digest is written into approvals: another one for the same thing would lapse them all.
#[test]
fn the_digest_of_what_is_approved_stays_the_same() {
    let expected: Result<Hash, _> =
        "7cd38510be9ac8c371e51e6998b530a08d2403bdef6d8ec14aad3605f8f694e2".parse();
    assert_eq!(Ok(as_opened()), expected);
    assert_eq!(MemberId::from_u128(ANA), super::when::OWNER);
}

#[test]
fn what_was_approved_before_a_move_opens_no_gate_after_it() {
    let moved = |deeds: Vec<Deed>| opened_and([approve(as_opened()), arrive()].into_iter().chain(deeds));
    stands(opened_and([approve(as_opened())]), &[(ANA, Verdict::Approved, None)]);
    stands(moved(Vec::new()), &[(ANA, Verdict::Approved, Some(Lapse::BeforeMove))]);
    let missing = after(moved(Vec::new())).missing_at_gate(CARD, PRODUCTION, Timestamp(START));
    assert!(missing.contains(&Missing::Approval), "{missing:?}");
    // The same again is no repetition.
    stands(moved(vec![approve(as_opened())]), &[(ANA, Verdict::Approved, None)]);
    // Decided before the move, and sent after it.
    let stale = Rejection::StaleApproval { digest: as_opened() };
    check(moved(Vec::new()), approve(as_opened()).without_seeing(1), refused(stale));
    // A second move counts as the first does.
    let twice = moved(vec![approve(as_opened()), arrive()]);
    stands(twice, &[(ANA, Verdict::Approved, Some(Lapse::BeforeMove))]);
}
