//! What people say about checks: a statement supersedes those its author had seen, and concurrent ones combine.

use slipway_shared::check::CheckState::{self, Done, Failed, NotApplicable, Open};
use slipway_shared::deployment::Check;

use super::given::{ANA, ANAS_OTHER_TAB, BO, Deed, after, check, deed_of, happens, has_no_effect};
use super::test;
use super::then::attested;
use super::when::{CARD, CHECK, attest, attest_by, opened, opened_and};

/// Ana's first deed about the check.
const FIRST: u64 = 5;

#[track_caller]
fn stands(deeds: impl IntoIterator<Item = Deed>, expected: CheckState, statements: usize) {
    let workspace = after(opened_and(deeds));
    let known = workspace.deployments[&CARD].check(CHECK);
    let found = known.map(|check| (check.state(), check.attestations.iter().count()));
    assert_eq!(found, Some((expected, statements)));
}

#[test]
fn a_check_nobody_spoke_of_is_open() {
    let workspace = after(opened());
    assert_eq!(workspace.deployments[&CARD].check(CHECK).map(Check::state), Some(Open));
}

#[test]
fn a_statement_supersedes_what_its_author_had_seen() {
    let then = attested(CHECK, Failed, &[deed_of(ANA, FIRST)]);
    check(opened_and([attest(CHECK, Done)]), attest(CHECK, Failed).by(BO), happens([then]));
    stands([attest(CHECK, Failed), attest(CHECK, Done).by(BO)], Done, 1);
}

#[test]
fn a_statement_leaves_what_its_author_had_not_seen() {
    let then = attested(CHECK, Failed, &[]);
    let when = attest(CHECK, Failed).by(BO).without_seeing(1);
    check(opened_and([attest(CHECK, Done)]), when, happens([then]));
}

#[test]
fn ones_own_earlier_statement_is_seen_before_the_log_brings_it() {
    stands([attest(CHECK, Failed), attest(CHECK, Done).without_seeing(1)], Done, 1);
}

#[test]
fn the_statement_of_another_tab_is_seen_when_it_is_a_cause() {
    let other_tab = attest(CHECK, Done).by(ANAS_OTHER_TAB).of_member(ANA).without_seeing(1);
    stands([attest(CHECK, Failed), other_tab.clone()], Failed, 2);
    stands([attest(CHECK, Failed), other_tab.knowing_tab(ANA)], Done, 1);
}

/// Of two statements by people who did not know of each other, the safer one counts, whichever came first.
#[track_caller]
fn concurrent(one: CheckState, other: CheckState, counts: CheckState) {
    // Open alone is no statement about a check that is open, so something was said before.
    for (first, second) in [(one, other), (other, one)] {
        let deeds = [
            attest_by(CHECK, NotApplicable, "not yet"),
            attest(CHECK, first),
            attest(CHECK, second).by(BO).without_seeing(1),
        ];
        stands(deeds, counts, 2);
    }
}

#[test]
fn of_concurrent_statements_failed_counts_over_open_over_done_over_not_applicable() {
    concurrent(Failed, Open, Failed);
    concurrent(Failed, Done, Failed);
    concurrent(Failed, NotApplicable, Failed);
    concurrent(Open, Done, Open);
    concurrent(Open, NotApplicable, Open);
    concurrent(Done, NotApplicable, Done);
}

#[test]
fn who_has_seen_both_sides_settles_them() {
    let deeds = [
        attest(CHECK, Failed),
        attest(CHECK, Done).by(BO).without_seeing(1),
        attest(CHECK, NotApplicable).by(BO),
    ];
    stands(deeds, NotApplicable, 1);
}

#[test]
fn the_same_again_has_no_effect() {
    check(opened_and([attest(CHECK, Done)]), attest(CHECK, Done), has_no_effect());
    check(opened_and([attest(CHECK, Done)]), attest(CHECK, Done).by(BO).without_seeing(1), has_no_effect());
    check(opened(), attest(CHECK, Open), has_no_effect());
}

#[test]
fn the_same_state_with_something_that_shows_it_is_new() {
    stands([attest(CHECK, Done), attest_by(CHECK, Done, "https://ci.example/7")], Done, 1);
    stands([attest_by(CHECK, Open, "waiting for the nightly run")], Open, 1);
}

#[test]
fn repeating_one_side_of_a_dispute_settles_it() {
    let deeds =
        [attest(CHECK, Failed), attest(CHECK, Done).by(BO).without_seeing(1), attest(CHECK, Done).by(BO)];
    stands(deeds, Done, 1);
}
