//! What happened to a deployment, newest first, as far as its present state still tells. Pure.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::Deployment;
use slipway_shared::ids::{ColumnId, DeploymentId, EnvironmentId};
use slipway_shared::origin::Origin;
use slipway_shared::rollout::Phase;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It was opened.
    Opened,
    /// It was brought into a column.
    Entered(ColumnId),
    /// Somebody answered a check.
    Checked(String, CheckState),
    /// Somebody marked a stage.
    Marked(Stage, StageState),
    /// Somebody reported a rollout, perhaps with a note.
    Reported(EnvironmentId, Phase, Option<String>),
    /// It was taken off the board.
    Finished,
    /// It was over by itself.
    Concluded,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub happened: Happened,
    /// When it happened in the world.
    pub at: Timestamp,
    /// Who told, by which command.
    pub origin: Origin,
}

/// Returns what happened to a deployment, newest first. What it is comes beside the workspace, which has the facts
/// alone of a sealed one.
#[must_use]
pub fn timeline(workspace: &Workspace, id: DeploymentId, deployment: &Deployment) -> Vec<Entry> {
    let mut entries = own_entries(deployment);
    for (_, rollout) in workspace.rollouts_of(id) {
        for report in rollout.reports.iter() {
            let said = &report.statement;
            let happened = Happened::Reported(rollout.environment, said.phase, said.note.clone());
            entries.push(Entry { happened, at: said.happened_at, origin: report.origin });
        }
    }
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.origin.command)));
    entries
}

fn own_entries(deployment: &Deployment) -> Vec<Entry> {
    let entry = |happened, origin: Origin| Entry { happened, at: origin.at, origin };
    let mut entries = vec![entry(Happened::Opened, deployment.opened)];
    if deployment.entered.command != deployment.opened.command {
        entries.push(entry(Happened::Entered(deployment.column), deployment.entered));
    }
    for (stage, mark) in &deployment.stages {
        entries.push(entry(Happened::Marked(*stage, mark.state), mark.origin));
    }
    for check in deployment.checks() {
        // Ticks that came with the document are part of opening it.
        let said = check.attestations.iter().filter(|said| said.origin.command != deployment.opened.command);
        entries.extend(
            said.map(|said| entry(Happened::Checked(check.text.clone(), said.statement.state), said.origin)),
        );
    }
    let by_itself = deployment.concluded.map(|concluded| concluded.command);
    entries.extend(deployment.finished.map(|finished| {
        let is_by_itself = by_itself == Some(finished.command);
        entry(if is_by_itself { Happened::Concluded } else { Happened::Finished }, finished)
    }));
    entries
}
