//! The cards that are looked for, as rows and columns. Pure.

use std::collections::{BTreeMap, BTreeSet};

use slipway_shared::ids::{ColumnId, DeploymentId};
use slipway_shared::order;
use slipway_shared::workspace::Workspace;

use super::finding::{Looking, is_found};
use super::layout::{Lane, LaneId, Layout};
use crate::app::query::Grouping;
use crate::app::search::Search;

/// What layout the rows of the board have beside their cards.
pub struct Rows<'a> {
    /// Those whose cards are not shown.
    pub closed: &'a BTreeSet<LaneId>,
    /// Returns the name of a row, which it is sorted by.
    pub name: &'a dyn Fn(LaneId) -> String,
}

/// Returns the cards that a search shows, row by row and column by column.
#[must_use]
pub fn layout_of(workspace: &Workspace, search: &Search, looking: &Looking, rows: &Rows<'_>) -> Layout {
    let shown: Vec<(ColumnId, Vec<DeploymentId>)> = workspace
        .columns_in_order()
        .into_iter()
        .map(|column| {
            let mut cards = workspace.cards_in(column);
            cards.retain(|card| search.is_empty() || is_found(workspace, *card, search, looking));
            (column, cards)
        })
        .collect();
    if search.grouping == Grouping::Whole {
        return Layout::new(vec![Lane { id: LaneId::WHOLE, is_open: true, columns: shown }]);
    }
    let columns: Vec<_> = shown.iter().map(|(column, _)| *column).collect();
    let empty = || columns.iter().map(|column| (*column, Vec::new())).collect::<Vec<_>>();
    let mut lanes: BTreeMap<LaneId, Vec<(ColumnId, Vec<DeploymentId>)>> = BTreeMap::new();
    for (place, (_, cards)) in shown.iter().enumerate() {
        for card in cards {
            let lane = lanes.entry(lane_of(workspace, search.grouping, *card)).or_insert_with(empty);
            if let Some((_, cards)) = lane.get_mut(place) {
                cards.push(*card);
            }
        }
    }
    if lanes.is_empty() {
        lanes.insert(LaneId::WHOLE, empty());
    }
    let mut lanes: Vec<_> = lanes
        .into_iter()
        .map(|(id, columns)| Lane { id, is_open: !rows.closed.contains(&id), columns })
        .collect();
    // What belongs to nobody comes last.
    order::sort_by_key(&mut lanes, |lane| {
        (lane.id == LaneId::WHOLE, (rows.name)(lane.id).to_lowercase(), lane.id)
    });
    Layout::new(lanes)
}

/// Returns the row a card is in. Where several people are responsible it is in the row of the first, so that it is on
/// the board once.
#[must_use]
pub fn lane_of(workspace: &Workspace, grouping: Grouping, id: DeploymentId) -> LaneId {
    let Some(deployment) = workspace.deployments.get(&id) else { return LaneId::WHOLE };
    match grouping {
        Grouping::Whole => LaneId::WHOLE,
        Grouping::Service => LaneId(deployment.service.as_u128()),
        Grouping::Person => {
            deployment.assigned.first().map_or(LaneId::WHOLE, |member| LaneId(member.as_u128()))
        }
    }
}

#[cfg(test)]
mod tests {
    use slipway_shared::command::Command;
    use slipway_shared::deployment::command::DeploymentCommand;

    use super::super::trial::{BO, OTHER_SERVICE, READY, SERVICE, assign, board_with, card, laid_out};
    use super::*;

    #[test]
    fn without_rows_the_board_is_one() {
        let layout = laid_out(&board_with(&[]), Grouping::Whole);
        assert_eq!(layout.lanes(), [LaneId::WHOLE]);
        assert_eq!(layout.cards(LaneId::WHOLE, READY), [card(1), card(2), card(3)]);
    }

    #[test]
    fn rows_are_of_services_by_name_or_of_people_with_nobody_last() {
        let workspace = board_with(&[assign(2, BO)]);
        let services = laid_out(&workspace, Grouping::Service);
        assert_eq!(services.lanes(), [OTHER_SERVICE, SERVICE].map(|service| LaneId(service.as_u128())));
        assert_eq!(services.cards(LaneId(SERVICE.as_u128()), READY), [card(1), card(2)]);
        let people = laid_out(&workspace, Grouping::Person);
        assert_eq!(people.lanes(), [LaneId(BO.as_u128()), LaneId::WHOLE]);
        assert_eq!(people.cards(LaneId::WHOLE, READY), [card(1), card(3)]);
        assert_eq!(services.columns(), people.columns());
    }

    #[test]
    fn an_empty_board_with_rows_still_has_its_columns() {
        let away = |number| Command::Deployment(DeploymentCommand::Archive { deployment: card(number) });
        let layout = laid_out(&board_with(&[away(1), away(2), away(3)]), Grouping::Service);
        assert_eq!((layout.columns().len(), layout.count()), (6, 0));
    }
}
