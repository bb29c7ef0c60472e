//! Archiving: off the board and the lists without being over, and back.

use slipway_shared::check::CheckState;
use slipway_shared::column::ColumnChange;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::deployment::testing::TestOutcome;
use slipway_shared::environment::Testing;
use slipway_shared::event::Event;
use slipway_shared::ids::RolloutId;
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::Phase;
use slipway_shared::stage::{Stage, StageState};

use super::given::{BO, Deed, after, check, happens, has_no_effect, judged, refused};
use super::test;
use super::then::{archived, reported, restored};
use super::when::{
    APPROVAL_COLUMN, CARD, CHECK, LABEL, READY_COLUMN, ROLLOUT, SECTION, STAGING, STAGING_COLUMN, add_check,
    approve, archive, as_opened, assign, assign_check, attach, attest, change_column, commit, decline, edit,
    fact, finish, mark, move_card, open, opened, opened_and, put_label, reopen, report, request, restore,
    take_label, test_of, unassign,
};

#[test]
fn it_is_archived_and_restored_once() {
    check(opened(), archive(), happens([archived()]));
    check(opened_and([archive()]), archive().by(BO).without_seeing(1), has_no_effect());
    check(opened_and([archive()]), restore(), happens([restored()]));
    check(opened(), restore(), has_no_effect());
}

#[test]
fn what_is_archived_is_on_no_board_and_not_over() {
    let workspace = after(opened_and([archive()]));
    assert_eq!(workspace.cards_in(READY_COLUMN), []);
    assert!(workspace.deployments[&CARD].finished.is_none());
    let workspace = after(opened_and([archive(), restore()]));
    assert_eq!(workspace.cards_in(READY_COLUMN), [CARD]);
}

#[test]
fn what_is_archived_is_edited_by_nobody() {
    let edits: [Deed; 18] = [
        move_card(READY_COLUMN, APPROVAL_COLUMN),
        edit(DeploymentField::Title, "Fastest search"),
        add_check(SECTION, slipway_shared::ids::CheckId::from_u128(0xc9)),
        attest(CHECK, CheckState::Done),
        attach([commit("c0ffee")]),
        mark(Stage::Build, StageState::NotStarted, StageState::Passed),
        put_label(LABEL),
        take_label(LABEL),
        finish(),
        reopen(),
        approve(as_opened()),
        decline(as_opened(), "Not on Friday"),
        assign(BO),
        unassign(BO),
        assign_check(CHECK, Some(BO)),
        request(RolloutId::from_u128(0xe9), STAGING),
        test_of(ROLLOUT, STAGING, Testing::Manual, Some(TestOutcome::Passed)),
        super::when::settle(super::given::deed_of(BO, 1)),
    ];
    for edit in edits {
        // As Bo, who is let in as a member: what takes more is refused for that first.
        let (_, found) = judged(opened_and([archive()]), edit.clone());
        let refusal = refused(Rejection::DeploymentArchived);
        let by_role = [refused(Rejection::NotApprover), refused(Rejection::OwnWork)];
        assert!(found == refusal || by_role.contains(&found), "{:?}: {found:?}", edit.command);
    }
}

#[test]
fn a_fact_about_what_is_archived_is_taken_and_moves_no_card() {
    let told = || fact(ROLLOUT, STAGING, Phase::Started);
    check(opened_and([archive()]), told(), happens([reported(told(), &[])]));
    let workspace = after(opened_and([archive(), report(ROLLOUT, STAGING, Phase::Succeeded)]));
    assert_eq!(workspace.deployments[&CARD].column, READY_COLUMN);
    let ticked = workspace.deployments[&CARD].check(super::when::STAGING_CHECK).unwrap();
    assert_eq!(ticked.state(), CheckState::Done, "the check that names the environment follows the fact");
}

#[test]
fn archiving_and_editing_apart_the_edit_comes_back_to_its_author() {
    let late = edit(DeploymentField::Title, "Fastest search").by(BO).without_seeing(1);
    check(opened_and([archive()]), late.clone(), refused(Rejection::DeploymentArchived));
    let restored = after(opened_and([archive(), restore().by(BO), late]));
    assert_eq!(restored.deployments[&CARD].title.value, "Fastest search");
}

#[test]
fn what_is_over_can_be_archived_too_and_is_over_when_it_comes_back() {
    let workspace = after(opened_and([finish(), archive(), restore()]));
    assert!(workspace.deployments[&CARD].finished.is_some());
    assert_eq!(workspace.open_deployments().count(), 0);
}

#[test]
fn a_card_whose_column_is_gone_comes_back_into_a_queue() {
    let elsewhere = || {
        opened_and([
            report(ROLLOUT, STAGING, Phase::Started),
            archive(),
            change_column(STAGING_COLUMN, ColumnChange::Archived(true)),
        ])
    };
    let moved = Event::Deployment(DeploymentEvent::Moved {
        deployment: CARD,
        from: STAGING_COLUMN,
        to: READY_COLUMN,
        rank: "8000000000".to_owned(),
    });
    check(elsewhere(), restore(), happens([restored(), moved]));
}

#[test]
fn what_is_archived_keeps_no_other_rollout_waiting() {
    let given = opened_and([report(ROLLOUT, STAGING, Phase::Started), archive()]);
    assert_eq!(after(given).running_in(STAGING), None);
}

#[test]
fn nothing_is_opened_under_the_id_of_what_is_archived() {
    check(opened_and([archive()]), open(), refused(Rejection::IdTaken));
}

#[test]
fn what_is_sealed_is_brought_back_before_it_is_archived() {
    let seal = slipway_shared::command::Command::Deployment(DeploymentCommand::Seal { deployment: CARD });
    let old = finish().made_ms_before(slipway_shared::deployment::sealed::SEALED_AFTER_MS);
    check(opened_and([old, seal.into()]), archive(), refused(Rejection::DeploymentSealed));
}
