//! What the board shows of a deployment. Pure.

use slipway_shared::column::ColumnKind;
use slipway_shared::command::Command;
use slipway_shared::deployment::approval::{Lapse, Verdict};
use slipway_shared::deployment::read::Progress;
use slipway_shared::environment::Tier;
use slipway_shared::ids::{ColumnId, DeploymentId, EnvironmentId, MemberId};
use slipway_shared::label::BuiltInLabel;
use slipway_shared::policy::Risk;
use slipway_shared::rollout::{Phase, RolloutCommand};
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

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
    /// Somebody started the latest rollout though the gate was closed.
    pub started_anyway: bool,
    /// What somebody has to see to.
    pub warnings: Vec<Warning>,
    /// The environments that a rollout was asked for to, without an answer yet.
    pub asked: Vec<String>,
    /// The built-in label that tells how the latest production rollout went; where it is, the letters tell.
    pub outcome: Option<BuiltInLabel>,
    /// The team's own labels.
    pub labels: Vec<String>,
    /// How far its checks are.
    pub progress: Progress,
    /// How far the approvals for where it goes next are; none where none are asked for.
    pub approvals: Option<CardApprovals>,
    /// Who is responsible for it.
    pub assigned: Vec<MemberId>,
    /// Who opened it.
    pub opened_by: MemberId,
    /// Since when it is in its column.
    pub entered_at: Timestamp,
}

/// Returns what the card of a deployment shows; `None` when there is no such deployment.
#[must_use]
pub fn card_face(
    workspace: &Workspace,
    requested: &[Command],
    id: DeploymentId,
    now: Timestamp,
) -> Option<CardFace> {
    let deployment = workspace.deployments.get(&id)?;
    let service = workspace.services.get(&deployment.service);
    let labels = deployment.labels.iter().filter_map(|label| workspace.labels.get(label));
    Some(CardFace {
        version: deployment.version.value.clone(),
        title: deployment.title.value.clone(),
        service: service.map(|service| service.name.clone()).unwrap_or_default(),
        hue: service.map_or(0, |service| service.hue),
        looks: track_looks(workspace, id, now),
        environments: environment_letters(workspace, id),
        rollout: notable_rollout(workspace, id),
        is_outside_gate: is_outside_gate(workspace, id),
        started_anyway: started_anyway(workspace, id),
        warnings: warnings(workspace, id, now),
        asked: asked_for(requested)
            .filter(|(deployment, _)| *deployment == id)
            .map(|(_, environment)| environment_name(environment, workspace))
            .collect(),
        outcome: workspace.built_in_labels(id).into_iter().find(|label| is_outcome(*label)),
        labels: labels.map(|label| label.name.clone()).collect(),
        progress: deployment.progress(),
        approvals: card_approvals(workspace, id, now),
        assigned: deployment.assigned.iter().copied().collect(),
        opened_by: deployment.opened.actor,
        entered_at: deployment.entered.at,
    })
}

/// What somebody has to see to, or should know before they touch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// It was started past a gate for an incident, and the approval is due.
    ApprovalDue,
    /// So many edits lost against newer ones, and wait for a word.
    Conflicts(usize),
    /// Its risk is high.
    HighRisk,
}

fn warnings(workspace: &Workspace, id: DeploymentId, now: Timestamp) -> Vec<Warning> {
    let Some(known) = workspace.deployments.get(&id) else { return Vec::new() };
    let is_due = !workspace.approvals_due(id, now).is_empty();
    let lost = known.conflicts.len();
    let warnings = [
        is_due.then_some(Warning::ApprovalDue),
        (lost > 0).then_some(Warning::Conflicts(lost)),
        (known.risk() == Risk::High).then_some(Warning::HighRisk),
    ];
    warnings.into_iter().flatten().collect()
}

const fn is_outcome(label: BuiltInLabel) -> bool {
    match label {
        BuiltInLabel::DeploySuccess | BuiltInLabel::DeployFailed | BuiltInLabel::DeployRollback => true,
        BuiltInLabel::TypeDeployment
        | BuiltInLabel::DeployDev
        | BuiltInLabel::DeployStaging
        | BuiltInLabel::DeployProd => false,
    }
}

/// How far the approvals for the next environment with a gate are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardApprovals {
    /// How many count.
    pub have: u32,
    /// How many are needed.
    pub need: u32,
    /// Somebody decided about something that has changed since.
    pub is_stale: bool,
    /// Somebody declined it.
    pub is_declined: bool,
}

fn card_approvals(workspace: &Workspace, id: DeploymentId, now: Timestamp) -> Option<CardApprovals> {
    let known = workspace.deployments.get(&id).filter(|known| known.finished.is_none())?;
    let is_there = |environment| {
        let latest = workspace.latest_rollout_in(id, environment);
        latest.is_some_and(|(_, rollout)| matches!(rollout.phase(), Phase::Started | Phase::Succeeded))
    };
    let mut ahead = workspace.environments_in_order().into_iter().filter(|next| !is_there(*next));
    let (next, need) = ahead.find_map(|next| {
        let need = workspace.rules_for(id, next).approvals;
        (need > 0).then_some((next, need))
    })?;
    let said = if known.approvals.is_empty() { Vec::new() } else { workspace.approvals(id, next, now) };
    let counting = |verdict| said.iter().filter(|said| said.counts_as(verdict)).count();
    Some(CardApprovals {
        have: u32::try_from(counting(Verdict::Approved)).unwrap_or(u32::MAX),
        need,
        is_stale: said.iter().any(|said| matches!(said.lapse, Some(Lapse::Stale | Lapse::Expired))),
        is_declined: counting(Verdict::Declined) > 0,
    })
}

/// Returns how the seven stages of a deployment look at a moment.
#[must_use]
pub fn track_looks(workspace: &Workspace, id: DeploymentId, now: Timestamp) -> [StageLook; 7] {
    let states = workspace.track(id, now);
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

/// Tells whether somebody started the latest rollout though the gate was closed.
fn started_anyway(workspace: &Workspace, id: DeploymentId) -> bool {
    let latest = workspace.rollouts_of(id).max_by_key(|(id, rollout)| (rollout.started_at, *id));
    latest.is_some_and(|(_, rollout)| rollout.overridden.is_some())
}

/// Iterates over the rollouts that are asked for: what, and where to.
pub fn asked_for(requested: &[Command]) -> impl Iterator<Item = (DeploymentId, EnvironmentId)> {
    requested.iter().filter_map(|command| match command {
        Command::Rollout(
            RolloutCommand::Request { deployment, environment, .. }
            | RolloutCommand::Override { deployment, environment, .. },
        ) => Some((*deployment, *environment)),
        Command::Rollout(
            RolloutCommand::Report { .. }
            | RolloutCommand::Join { .. }
            | RolloutCommand::Split { .. }
            | RolloutCommand::Retract { .. },
        )
        | Command::Nothing
        | Command::Workspace(_)
        | Command::Member(_)
        | Command::Service(_)
        | Command::Environment(_)
        | Command::Column(_)
        | Command::Label(_)
        | Command::Policy(_)
        | Command::Freeze(_)
        | Command::View(_)
        | Command::Template(_)
        | Command::Deployment(_) => None,
    })
}

/// Returns the environment that a rollout must be recorded for before a card can enter a column.
#[must_use]
pub fn needed_rollout(workspace: &Workspace, id: DeploymentId, column: ColumnId) -> Option<EnvironmentId> {
    let ColumnKind::Environment(environment) = workspace.columns.get(&column)?.kind else { return None };
    let deployment = workspace.deployments.get(&id)?;
    let entered = deployment.column == column || workspace.latest_rollout_in(id, environment).is_some();
    (!entered).then_some(environment)
}
