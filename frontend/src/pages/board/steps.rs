//! What brings cards to where they are put, and back. Pure.

use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{ColumnId, DeploymentId, MemberId};
use slipway_shared::rank;
use slipway_shared::workspace::Workspace;

use super::layout::{LaneId, Layout, Spot};
use super::view_model::needed_rollout;
use crate::acts::Step;
use crate::app::query::Grouping;

/// A card can't be put into the row of another service: what is released does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BetweenServices;

/// Returns what brings a card to a place: a move, and between the rows of people a change of who is responsible. Nothing
/// when it is there.
///
/// # Errors
///
/// When it would go to another service.
pub fn put(
    workspace: &Workspace,
    layout: &Layout,
    grouping: Grouping,
    id: DeploymentId,
    to: Spot,
) -> Result<Vec<Step>, BetweenServices> {
    let (Some(deployment), Some(from)) = (workspace.deployments.get(&id), layout.spot_of(id)) else {
        return Ok(Vec::new());
    };
    if from == to {
        return Ok(Vec::new());
    }
    let mut steps = Vec::new();
    if from.lane != to.lane {
        match grouping {
            Grouping::Whole => {}
            Grouping::Service => return Err(BetweenServices),
            Grouping::Person => steps.extend(hand_over(id, deployment, to.lane)),
        }
    }
    let others: Vec<_> = layout.cards(to.lane, to.column).iter().filter(|card| **card != id).collect();
    let rank_at = |index: usize| others.get(index).and_then(|card| workspace.deployments.get(*card));
    let before = to.index.checked_sub(1).and_then(rank_at).map(|card| card.rank.as_str());
    let after = rank_at(to.index).map(|card| card.rank.as_str());
    steps.push(move_step(id, deployment, to.column, rank::between(before, after)));
    Ok(steps)
}

/// Returns the move of a card to a place in a column, and the move back.
#[must_use]
pub fn move_step(id: DeploymentId, deployment: &Deployment, to: ColumnId, rank: String) -> Step {
    let step =
        |from, to, rank| Command::Deployment(DeploymentCommand::Move { deployment: id, from, to, rank });
    (step(deployment.column, to, rank), step(to, deployment.column, deployment.rank.clone()))
}

/// Returns what makes one member responsible in place of everybody who is; it may be nobody.
fn hand_over(id: DeploymentId, deployment: &Deployment, to: LaneId) -> Vec<Step> {
    let target = (to != LaneId::WHOLE).then(|| MemberId::from_u128(to.0));
    let others = deployment.assigned.iter().filter(|member| Some(**member) != target);
    let off = others.map(|member| {
        let (on, off) = assign_step(id, *member);
        (off, on)
    });
    let new = target.filter(|member| !deployment.assigned.contains(member));
    off.chain(new.map(|member| assign_step(id, member))).collect()
}

/// Returns what makes a member responsible, and what takes that back.
#[must_use]
pub fn assign_step(deployment: DeploymentId, member: MemberId) -> Step {
    (
        Command::Deployment(DeploymentCommand::Assign { deployment, member }),
        Command::Deployment(DeploymentCommand::Unassign { deployment, member }),
    )
}

/// Returns the moves of several cards to the top of a column, in the order they are given in, and those that can't go
/// there without a rollout.
#[must_use]
pub fn move_all(workspace: &Workspace, ids: &[DeploymentId], to: ColumnId) -> (Vec<Step>, Vec<DeploymentId>) {
    let (mut steps, mut left) = (Vec::new(), Vec::new());
    let first = workspace.cards_in(to).into_iter().find(|card| !ids.contains(card));
    let first = first.and_then(|card| workspace.deployments.get(&card)).map(|card| card.rank.clone());
    let mut before: Option<String> = None;
    for id in ids {
        let Some(deployment) = workspace.deployments.get(id) else { continue };
        if needed_rollout(workspace, *id, to).is_some() {
            left.push(*id);
            continue;
        }
        let rank = match (&before, &first) {
            // Above the first card there is always room, and below that less with each card.
            (None, first) => rank::between(None, first.as_deref()),
            (Some(before), first) => rank::between(Some(before), first.as_deref()),
        };
        steps.push(move_step(*id, deployment, to, rank.clone()));
        before = Some(rank);
    }
    (steps, left)
}

#[cfg(test)]
mod tests {
    use slipway_shared::rollout::Phase;

    use super::super::trial::{
        APPROVAL, BO, OTHER_SERVICE, READY, STAGING_COLUMN, assign, board_with, card, laid_out, report,
    };
    use super::*;
    use crate::trial::act_all;

    #[test]
    fn a_card_does_not_go_to_another_service_and_goes_to_another_person() {
        let workspace = board_with(&[assign(2, BO)]);
        let services = laid_out(&workspace, Grouping::Service);
        let to = Spot { lane: LaneId(OTHER_SERVICE.as_u128()), column: READY, index: 0 };
        assert_eq!(put(&workspace, &services, Grouping::Service, card(1), to), Err(BetweenServices));

        let people = laid_out(&workspace, Grouping::Person);
        let to = Spot { lane: LaneId::WHOLE, column: APPROVAL, index: 0 };
        let steps = put(&workspace, &people, Grouping::Person, card(2), to).unwrap();
        let mut moved = workspace;
        act_all(&mut moved, steps.iter().map(|(command, _)| command));
        let known = &moved.deployments[&card(2)];
        assert!(known.assigned.is_empty() && known.column == APPROVAL);
        act_all(&mut moved, steps.iter().rev().map(|(_, back)| back));
        let known = &moved.deployments[&card(2)];
        assert_eq!(
            (known.assigned.first(), known.column, known.rank.as_str()),
            (Some(&BO), READY, "8000000200")
        );
    }

    #[test]
    fn a_card_that_is_where_it_is_put_moves_nowhere() {
        let workspace = board_with(&[]);
        let layout = laid_out(&workspace, Grouping::Whole);
        let here = layout.spot_of(card(2)).unwrap();
        assert_eq!(put(&workspace, &layout, Grouping::Whole, card(2), here), Ok(Vec::new()));
    }

    #[test]
    fn several_cards_go_to_the_top_in_their_order_and_what_needs_a_rollout_stays() {
        let mut workspace = board_with(&[report(Phase::Succeeded)]);
        let (steps, left) = move_all(&workspace, &[card(1), card(2), card(3)], STAGING_COLUMN);
        assert_eq!((steps.len(), left), (1, vec![card(2), card(3)]), "only the first was rolled out there");

        let (steps, left) = move_all(&workspace, &[card(3), card(2)], APPROVAL);
        assert_eq!((steps.len(), left.len()), (2, 0));
        act_all(&mut workspace, steps.iter().map(|(command, _)| command));
        assert_eq!(workspace.cards_in(APPROVAL), [card(3), card(2)]);
    }
}
