//! What a column shows beside its cards: how full it is, what is frozen, what is asked for, what closes its gate. Pure.

use slipway_shared::column::ColumnKind;
use slipway_shared::command::Command;
use slipway_shared::environment::Tier;
use slipway_shared::ids::{ColumnId, DeploymentId};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::view_model::{asked_for, needed_rollout};
use crate::browser::intl::exact_time;
use crate::command_words::{environment_name, name_of};
use crate::language::count;
use crate::rejection_words::missing_words;

/// How full a column is that is meant to have only so many cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// How many it is meant to have.
    pub limit: u32,
    /// It has more.
    pub is_over: bool,
}

/// Returns how full a column is; `None` for one without a limit.
#[must_use]
pub fn column_load(workspace: &Workspace, column: ColumnId) -> Option<Load> {
    let known = workspace.columns.get(&column)?;
    let limit = known.limit?;
    Some(Load { limit, is_over: known.is_over_limit(workspace.cards_in(column).len()) })
}

/// Returns what a column is for, in the words of an empty one.
#[must_use]
pub fn column_hint(workspace: &Workspace, column: ColumnId) -> String {
    match workspace.columns.get(&column).map(|column| column.kind) {
        Some(ColumnKind::Queue) => t!(column_queue_empty),
        Some(ColumnKind::Environment(environment)) => {
            let environment = workspace.environments.get(&environment);
            let is_production = environment.is_some_and(|known| known.tier == Tier::Production);
            let name = environment.map(|known| known.name.clone()).unwrap_or_default();
            if is_production {
                t!(column_production_empty, &name)
            } else {
                t!(column_environment_empty, &name)
            }
        }
        Some(ColumnKind::Approval) => t!(column_approval_empty),
        Some(ColumnKind::Monitoring) => t!(column_monitoring_empty),
        None => String::new(),
    }
}

/// Returns until when rollouts to the environment of a column are frozen, in words; `None` while they are not.
#[must_use]
pub fn frozen_in(workspace: &Workspace, column: ColumnId, now: Timestamp) -> Option<String> {
    let ColumnKind::Environment(environment) = workspace.columns.get(&column)?.kind else { return None };
    let (_, longest) =
        workspace.freezes_in(environment, now).max_by_key(|(id, freeze)| (freeze.until(), *id))?;
    Some(t!(column_frozen, &exact_time(longest.until()), &longest.terms.name))
}

/// How many reasons are told while a card is held; the rest are counted.
const REASONS_TOLD: usize = 4;

/// Returns what keeps the gate closed that a card would have to pass to enter a column: a title, and what is missing.
#[must_use]
pub fn closed_gate(
    workspace: &Workspace,
    id: DeploymentId,
    column: ColumnId,
    now: Timestamp,
) -> Option<(String, Vec<String>)> {
    let environment = needed_rollout(workspace, id, column)?;
    if workspace.may_start(id, environment, now) {
        return None;
    }
    let name = environment_name(environment, workspace);
    let running = workspace.running_in(environment);
    let busy = running.map(|running| t!(gate_running, &name_of(running, workspace), &name));
    let missing = workspace.missing_at_gate(id, environment, now);
    let missing = missing.iter().map(|missing| missing_words(missing, workspace));
    let mut told: Vec<_> = busy.into_iter().chain(missing).collect();
    let rest = told.len().saturating_sub(REASONS_TOLD);
    told.truncate(REASONS_TOLD);
    told.extend((rest > 0).then(|| t!(and_more, count(rest))));
    Some((t!(gate_closed, &name), told))
}

/// Returns the deployments that are asked for in a column and are not in it: drawn there as ghosts, never counted.
#[must_use]
pub fn ghosts_in(workspace: &Workspace, requested: &[Command], column: ColumnId) -> Vec<DeploymentId> {
    let kind = workspace.columns.get(&column).map(|column| column.kind);
    let is_here =
        |id: &DeploymentId| workspace.deployments.get(id).is_some_and(|known| known.column == column);
    let asked = asked_for(requested);
    let asked = asked.filter(|(_, environment)| kind == Some(ColumnKind::Environment(*environment)));
    let mut ghosts: Vec<_> = asked.map(|(id, _)| id).filter(|id| !is_here(id)).collect();
    ghosts.dedup();
    ghosts
}

#[cfg(test)]
mod tests {
    use slipway_shared::column::Column;

    use super::super::trial::{READY, board_with};

    #[test]
    fn a_column_tells_how_full_it_is() {
        let column = |limit| Column { limit, ..Column::clone(&board_with(&[]).columns[&READY]) };
        assert!(
            column(Some(2)).is_over_limit(3)
                && !column(Some(3)).is_over_limit(3)
                && !column(None).is_over_limit(99)
        );
    }
}
