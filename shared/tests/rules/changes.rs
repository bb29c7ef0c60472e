//! What a deployment brings, and how far its checks are.

use slipway_shared::check::CheckState::{Done, Failed, NotApplicable};
use slipway_shared::deployment::Change;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::deployment::read::Progress;
use slipway_shared::ids::CheckId;

use super::given::{BO, Deed, after, check, has_no_effect};
use super::test;
use super::when::{
    CARD, CHECK, SECTION, STAGING_CHECK, add_check, attach, attest, commit, opened_and, outline,
};

/// The commits of the deployment after some deeds.
#[track_caller]
fn brings(deeds: impl IntoIterator<Item = Deed>, expected: &[Option<&str>]) {
    let workspace = after(opened_and(deeds));
    let commits: Vec<_> =
        workspace.deployments[&CARD].changes.iter().map(|change| change.commit.as_deref()).collect();
    assert_eq!(commits, expected);
}

#[test]
fn changes_are_added_in_their_order() {
    brings([attach([commit("b"), commit("a")]), attach([commit("c")])], &[Some("b"), Some("a"), Some("c")]);
}

#[test]
fn a_commit_that_is_there_already_is_left_out() {
    let again = attach([commit("a"), commit("b")]).by(BO).without_seeing(1);
    brings([attach([commit("a")]), again], &[Some("a"), Some("b")]);
}

#[test]
fn a_commit_that_comes_twice_at_once_is_added_once() {
    brings([attach([commit("a"), commit("b"), commit("a")])], &[Some("a"), Some("b")]);
}

#[test]
fn a_commit_is_recognised_with_white_space_around_it() {
    brings([attach([commit("a")]), attach([commit(" a "), commit("b")])], &[Some("a"), Some("b")]);
}

#[test]
fn changes_without_a_commit_are_all_kept() {
    let wordy = || Change { commit: None, ..commit("") };
    brings([attach([wordy(), wordy()]), attach([wordy()])], &[None, None, None]);
}

#[test]
fn attaching_only_what_is_there_has_no_effect() {
    check(opened_and([attach([commit("a")])]), attach([commit("a")]), has_no_effect());
    check(opened_and([]), attach([]), has_no_effect());
}

#[test]
fn a_change_that_it_does_not_bring_is_taken_off() {
    let detach = |change| outline(OutlineEdit::DetachChange { change });
    let both = || attach([commit("a"), commit("b")]);
    brings([both(), detach(commit("a")).by(BO)], &[Some("b")]);
    brings([both(), detach(commit("a")), attach([commit("a")])], &[Some("b"), Some("a")]);
    check(opened_and([both(), detach(commit("a"))]), detach(commit("a")), has_no_effect());
    check(opened_and([]), detach(commit("a")), has_no_effect());
    let wordy = || Change { commit: None, ..commit("") };
    brings([attach([wordy(), wordy()]), detach(wordy())], &[None]);
}

#[track_caller]
fn progress(deeds: impl IntoIterator<Item = Deed>, done: u32, failed: u32, all: u32) {
    assert_eq!(after(opened_and(deeds)).deployments[&CARD].progress(), Progress { done, failed, all });
}

#[test]
fn progress_counts_what_is_done_and_what_failed() {
    let second = CheckId::from_u128(0xcc);
    progress([], 0, 0, 1);
    progress([attest(CHECK, Done)], 1, 0, 1);
    progress([attest(CHECK, Failed), add_check(SECTION, second), attest(second, Done)], 1, 1, 2);
}

#[test]
fn progress_leaves_out_what_does_not_apply() {
    progress([attest(CHECK, NotApplicable)], 0, 0, 0);
}

#[test]
fn progress_leaves_out_the_environments() {
    progress([attest(STAGING_CHECK, Done)], 0, 0, 1);
}
