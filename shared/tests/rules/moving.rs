//! Moving a card: from where its author saw it, and into an environment's column only after a rollout.

use slipway_shared::ids::{ColumnId, DeploymentId};
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::Phase;

use super::given::{BO, after, check, happens, has_no_effect, refused};
use super::test;
use super::then::moved;
use super::when::{
    APPROVAL_COLUMN, CARD, NOBODY, Open, PRODUCTION, PRODUCTION_COLUMN, RANK, READY_COLUMN, ROLLOUT, STAGING,
    STAGING_COLUMN, move_card, move_to_rank, open, opened, opened_and, report,
};

#[test]
fn a_card_moves_between_columns_that_mean_no_rollout() {
    let when = move_card(READY_COLUMN, APPROVAL_COLUMN);
    check(opened(), when, happens([moved(READY_COLUMN, APPROVAL_COLUMN)]));
}

#[test]
fn a_card_that_stays_where_it_is_does_not_move() {
    check(opened(), move_to_rank(RANK), has_no_effect());
}

#[test]
fn a_card_changes_places_within_its_column() {
    let above = Open { deployment: DeploymentId::from_u128(0xcb), rank: "7000000000".to_owned(), ..open() };
    let given = opened_and([above.into()]);
    assert_eq!(after(given.clone()).cards_in(READY_COLUMN), [DeploymentId::from_u128(0xcb), CARD]);
    let given = given.into_iter().chain([move_to_rank("6000000000")]).collect();
    assert_eq!(after(given).cards_in(READY_COLUMN), [CARD, DeploymentId::from_u128(0xcb)]);
}

#[test]
fn moving_within_a_column_does_not_enter_it_anew() {
    let workspace = after(opened_and([move_to_rank("6000000000")]));
    let known = &workspace.deployments[&CARD];
    assert_eq!(known.entered, known.opened);
}

#[test]
fn moving_to_another_column_enters_it() {
    let workspace = after(opened_and([move_card(READY_COLUMN, APPROVAL_COLUMN)]));
    let known = &workspace.deployments[&CARD];
    assert_eq!(known.entered.seq, known.opened.seq.map(|seq| seq + 1));
}

#[test]
fn cards_of_one_rank_are_ordered_by_their_ids() {
    let twin = Open { deployment: DeploymentId::from_u128(0xc9), ..open() };
    assert_eq!(
        after(opened_and([twin.into()])).cards_in(READY_COLUMN),
        [DeploymentId::from_u128(0xc9), CARD]
    );
}

#[test]
fn a_card_that_somebody_else_moved_first_is_not_moved_again() {
    let given = opened_and([move_card(READY_COLUMN, APPROVAL_COLUMN)]);
    let when = move_card(READY_COLUMN, APPROVAL_COLUMN).by(BO).without_seeing(1);
    check(given, when, refused(Rejection::ColumnChanged { column: APPROVAL_COLUMN }));
}

#[test]
fn a_card_cannot_move_to_a_column_or_a_place_that_is_none() {
    let column = ColumnId::from_u128(NOBODY);
    check(opened(), move_card(READY_COLUMN, column), refused(Rejection::UnknownColumn { column }));
    check(opened(), move_to_rank("x"), refused(Rejection::OutOfRange));
}

#[test]
fn an_environments_column_asks_for_a_rollout_there() {
    let when = move_card(READY_COLUMN, STAGING_COLUMN);
    check(opened(), when, refused(Rejection::RolloutNeeded { environment: STAGING }));
}

#[test]
fn a_rollout_elsewhere_opens_no_column() {
    let given = opened_and([report(ROLLOUT, STAGING, Phase::Started)]);
    let when = move_card(STAGING_COLUMN, PRODUCTION_COLUMN);
    check(given, when, refused(Rejection::RolloutNeeded { environment: PRODUCTION }));
}

#[test]
fn after_a_rollout_a_card_can_go_back_to_its_column() {
    let given =
        opened_and([report(ROLLOUT, STAGING, Phase::Failed), move_card(STAGING_COLUMN, READY_COLUMN)]);
    let when = move_card(READY_COLUMN, STAGING_COLUMN);
    check(given, when, happens([moved(READY_COLUMN, STAGING_COLUMN)]));
}
