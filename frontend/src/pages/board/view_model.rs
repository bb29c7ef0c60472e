//! What the board shows of the workspace. Pure.

use slipway_shared::column::ColumnKind;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::read::Progress;
use slipway_shared::environment::Tier;
use slipway_shared::ids::{ColumnId, DeploymentId, EnvironmentId, MemberId};
use slipway_shared::rank;
use slipway_shared::rollout::{Phase, RolloutCommand};
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::layout::{Layout, Spot};
use crate::app::search::Search;
use crate::command_words::environment_name;
use crate::components::environment_letters::EnvironmentLetter;
use crate::components::track::StageLook;

/// What a card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardFace {
    /// The version.
    pub version: String,
    /// The title; the version's own words where there is none.
    pub title: String,
    /// The service.
    pub service: String,
    /// The hue of its swatch.
    pub hue: u16,
    /// The track.
    pub looks: [StageLook; 7],
    /// Where it has been.
    pub environments: Vec<EnvironmentLetter>,
    /// What is the matter with it, if something is: the latest rollout that is not simply over.
    pub rollout: Option<(String, Phase)>,
    /// It is in production though the gate there was closed.
    pub is_outside_gate: bool,
    /// The environments that a rollout was asked for to, without an answer yet.
    pub asked: Vec<String>,
    /// The team's own labels.
    pub labels: Vec<String>,
    /// How far its checks are.
    pub progress: Progress,
    /// Who opened it.
    pub opened_by: MemberId,
    /// Since when it is in its column.
    pub entered_at: Timestamp,
}

/// Returns what the card of a deployment shows; `None` when there is no such deployment.
#[must_use]
pub fn card_face(workspace: &Workspace, requested: &[Command], id: DeploymentId) -> Option<CardFace> {
    let deployment = workspace.deployments.get(&id)?;
    let service = workspace.services.get(&deployment.service);
    let labels = deployment.labels.iter().filter_map(|label| workspace.labels.get(label));
    Some(CardFace {
        version: deployment.version.value.clone(),
        title: deployment.title.value.clone(),
        service: service.map(|service| service.name.clone()).unwrap_or_default(),
        hue: service.map_or(0, |service| service.hue),
        looks: track_looks(workspace, id),
        environments: environment_letters(workspace, id),
        rollout: notable_rollout(workspace, id),
        is_outside_gate: is_outside_gate(workspace, id),
        asked: asked_for(requested)
            .filter(|(deployment, _)| *deployment == id)
            .map(|(_, environment)| environment_name(environment, workspace))
            .collect(),
        labels: labels.map(|label| label.name.clone()).collect(),
        progress: deployment.progress(),
        opened_by: deployment.opened.actor,
        entered_at: deployment.entered.at,
    })
}

/// Returns how the seven stages of a deployment look.
#[must_use]
pub fn track_looks(workspace: &Workspace, id: DeploymentId) -> [StageLook; 7] {
    let states = workspace.track(id);
    let mut looks = states.map(|state| StageLook { state, was_rolled_back: false });
    for (stage, look) in Stage::ALL.into_iter().zip(&mut looks) {
        let rollout = stage.followed_tier().and_then(|tier| workspace.latest_rollout(id, tier));
        look.was_rolled_back = look.state == StageState::Failed
            && rollout.is_some_and(|(_, rollout)| rollout.phase() == Phase::RolledBack);
    }
    looks
}

fn environment_letters(workspace: &Workspace, id: DeploymentId) -> Vec<EnvironmentLetter> {
    let environments = workspace.environments_in_order();
    let known = environments.into_iter().filter_map(|environment| {
        let name = workspace.environments.get(&environment)?.name.clone();
        let phase = workspace.latest_rollout_in(id, environment).map(|(_, rollout)| rollout.phase());
        Some(EnvironmentLetter { name, phase })
    });
    known.collect()
}

/// The latest rollout, where it runs, failed or was taken back; a success shows in the letters and the track.
fn notable_rollout(workspace: &Workspace, id: DeploymentId) -> Option<(String, Phase)> {
    let (_, rollout) = workspace.rollouts_of(id).max_by_key(|(id, rollout)| (rollout.started_at, *id))?;
    let phase = rollout.phase();
    let environment = workspace.environments.get(&rollout.environment)?;
    (phase != Phase::Succeeded).then(|| (environment.name.clone(), phase))
}

/// Tells whether the latest rollout to production began though the gate was closed.
#[must_use]
pub fn is_outside_gate(workspace: &Workspace, id: DeploymentId) -> bool {
    workspace.latest_rollout(id, Tier::Production).is_some_and(|(_, rollout)| rollout.outside_gate)
}

/// Iterates over the rollouts that are asked for: what, and where to.
pub fn asked_for(requested: &[Command]) -> impl Iterator<Item = (DeploymentId, EnvironmentId)> {
    requested.iter().filter_map(|command| match command {
        Command::Rollout(RolloutCommand::Request { deployment, environment, .. }) => {
            Some((*deployment, *environment))
        }
        Command::Rollout(
            RolloutCommand::Report { .. } | RolloutCommand::Join { .. } | RolloutCommand::Split { .. },
        )
        | Command::Nothing
        | Command::Workspace(_)
        | Command::Member(_)
        | Command::Service(_)
        | Command::Label(_)
        | Command::Deployment(_) => None,
    })
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

/// Returns the cards that a search shows, column by column.
#[must_use]
pub fn layout_of(workspace: &Workspace, search: &Search) -> Layout {
    let columns = workspace.columns_in_order().into_iter();
    let shown = |column| {
        let mut cards = workspace.cards_in(column);
        cards.retain(|card| is_found(workspace, *card, search));
        (column, cards)
    };
    Layout(columns.map(shown).collect())
}

/// Tells whether a search shows a deployment: every word of it is in its version, title or service.
#[must_use]
pub fn is_found(workspace: &Workspace, id: DeploymentId, search: &Search) -> bool {
    let Some(deployment) = workspace.deployments.get(&id) else { return false };
    if search.service.is_some_and(|service| service != deployment.service) {
        return false;
    }
    if search.text.is_empty() {
        return true;
    }
    let service = workspace.services.get(&deployment.service).map_or("", |service| service.name.as_str());
    let text = format!("{} {} {service}", deployment.version.value, deployment.title.value).to_lowercase();
    search.text.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

/// Returns the environment that a rollout must be recorded for before a card can enter a column.
#[must_use]
pub fn needed_rollout(workspace: &Workspace, id: DeploymentId, column: ColumnId) -> Option<EnvironmentId> {
    let ColumnKind::Environment(environment) = workspace.columns.get(&column)?.kind else { return None };
    let deployment = workspace.deployments.get(&id)?;
    let entered = deployment.column == column || workspace.latest_rollout_in(id, environment).is_some();
    (!entered).then_some(environment)
}

/// A move, and the move back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// There.
    pub command: Command,
    /// And back.
    pub inverse: Command,
}

/// Returns the commands that bring a card to a place and back; `None` when it is there.
#[must_use]
pub fn move_to(workspace: &Workspace, layout: &Layout, id: DeploymentId, to: Spot) -> Option<Move> {
    let deployment = workspace.deployments.get(&id)?;
    let others: Vec<_> = layout.cards(to.column).iter().filter(|card| **card != id).collect();
    let rank_at = |index: usize| others.get(index).and_then(|card| workspace.deployments.get(*card));
    let before = to.index.checked_sub(1).and_then(rank_at).map(|card| card.rank.as_str());
    let after = rank_at(to.index).map(|card| card.rank.as_str());
    if layout.spot_of(id) == Some(to) {
        return None;
    }
    let rank = rank::between(before, after);
    let step =
        |from, to, rank| Command::Deployment(DeploymentCommand::Move { deployment: id, from, to, rank });
    Some(Move {
        command: step(deployment.column, to.column, rank),
        inverse: step(to.column, deployment.column, deployment.rank.clone()),
    })
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
