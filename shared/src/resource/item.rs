//! Each thing as it is in a list.

use serde::{Deserialize, Serialize};

use super::{Done, Named, Names};
use crate::column::{Column, ColumnKind};
use crate::deployment::Deployment;
use crate::deployment::read::Progress;
use crate::environment::{Environment, Testing, Tier};
use crate::ids::{ColumnId, DeploymentId, EnvironmentId, LabelId, RolloutId, ServiceId};
use crate::label::Label;
use crate::rollout::{Overridden, Phase, Rollout, Source};
use crate::service::Service;
use crate::stage::{Stage, StageState};
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// Whether a deployment is on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeploymentState {
    /// It is on the board.
    Open,
    /// It is over.
    Finished,
    /// It is over for so long that lists and replicas have its facts alone.
    Sealed,
    /// It is put away without being over.
    Archived,
}

impl DeploymentState {
    /// Returns how a deployment is.
    #[must_use]
    pub const fn of(deployment: &Deployment) -> Self {
        match (&deployment.sealed, &deployment.archived, &deployment.finished) {
            (Some(_), _, _) => Self::Sealed,
            (None, Some(_), _) => Self::Archived,
            (None, None, Some(_)) => Self::Finished,
            (None, None, None) => Self::Open,
        }
    }
}

/// How far the seven stages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Track {
    /// Creating the artifact.
    pub build: StageState,
    /// Automated testing.
    pub test: StageState,
    /// The rollout to staging.
    pub stage: StageState,
    /// Testing on staging.
    pub verify: StageState,
    /// Approval for production.
    pub approve: StageState,
    /// The rollout to production.
    pub deploy: StageState,
    /// Watching it live.
    pub monitor: StageState,
}

impl Track {
    fn of(workspace: &Workspace, id: DeploymentId, now: Timestamp) -> Self {
        let shown: Vec<_> = Stage::ALL.into_iter().zip(workspace.track(id, now)).collect();
        let state = |stage| {
            shown.iter().find(|(known, _)| *known == stage).map(|(_, state)| *state).unwrap_or_default()
        };
        Self {
            build: state(Stage::Build),
            test: state(Stage::Test),
            stage: state(Stage::Stage),
            verify: state(Stage::Verify),
            approve: state(Stage::Approve),
            deploy: state(Stage::Deploy),
            monitor: state(Stage::Monitor),
        }
    }
}

/// A deployment in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentItem {
    /// Its id.
    pub id: DeploymentId,
    /// The service that is released.
    pub service: Named<ServiceId>,
    /// The version that is released.
    pub version: String,
    /// What it is about; may be empty.
    pub title: String,
    /// Whether it is on the board.
    pub state: DeploymentState,
    /// Where it is on the board, or was.
    pub column: Named<ColumnId>,
    /// How far the stages are.
    pub stages: Track,
    /// The names of its labels: first those that follow the facts, then the team's own from A to Z.
    pub labels: Vec<String>,
    /// How far its checks are.
    pub progress: Progress,
    /// Who opened it, and when.
    pub opened: Done,
    /// Who took it off the board, and when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub finished: Option<Done>,
}

impl DeploymentItem {
    /// Returns a deployment as it is in a list.
    #[must_use]
    pub fn of(
        workspace: &Workspace,
        names: &Names,
        id: DeploymentId,
        known: &Deployment,
        now: Timestamp,
    ) -> Self {
        let mut own: Vec<_> = known.labels.iter().filter_map(|label| workspace.labels.get(label)).collect();
        own.sort_by_key(|label| label.name.to_lowercase());
        let built_in = workspace.built_in_labels(id).into_iter().map(|label| label.name().to_owned());
        Self {
            id,
            service: workspace.named_service(known.service),
            version: known.version.value.clone(),
            title: known.title.value.clone(),
            state: DeploymentState::of(known),
            column: workspace.named_column(known.column),
            stages: Track::of(workspace, id, now),
            labels: built_in.chain(own.into_iter().map(|label| label.name.clone())).collect(),
            progress: known.progress(),
            opened: names.done(&known.opened),
            finished: known.finished.as_ref().map(|finished| names.done(finished)),
        }
    }
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceItem {
    /// Its id.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// The hue of its swatch, in degrees.
    pub hue: u16,
    /// Where its source is, as people write it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repository: Option<String>,
}

impl ServiceItem {
    /// Returns a service as it is in a list.
    #[must_use]
    pub fn of(id: ServiceId, known: &Service) -> Self {
        Self { id, name: known.name.clone(), hue: known.hue, repository: known.repository.clone() }
    }
}

/// An environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentItem {
    /// Its id.
    pub id: EnvironmentId,
    /// Its name.
    pub name: String,
    /// Its place in the order of environments; smaller comes first.
    pub position: u32,
    /// What it is for.
    pub tier: Tier,
    /// How what is in it is tested.
    pub testing: Vec<Testing>,
    /// Whether rollouts there have to pass a gate.
    pub has_gate: bool,
    /// The deployment whose rollout runs there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub running: Option<DeploymentId>,
}

impl EnvironmentItem {
    /// Returns an environment as it is in a list.
    #[must_use]
    pub fn of(workspace: &Workspace, id: EnvironmentId, known: &Environment) -> Self {
        Self {
            id,
            name: known.name.clone(),
            position: known.position,
            tier: known.tier,
            testing: known.testing.clone(),
            has_gate: workspace.has_gate(id),
            running: workspace.running_in(id),
        }
    }
}

/// A column of the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ColumnItem {
    /// Its id.
    pub id: ColumnId,
    /// Its name.
    pub name: String,
    /// Its place from left to right; smaller comes first.
    pub position: u32,
    /// What it stands for.
    pub kind: ColumnKind,
}

impl ColumnItem {
    /// Returns a column as it is in a list.
    #[must_use]
    pub fn of(id: ColumnId, known: &Column) -> Self {
        Self { id, name: known.name.clone(), position: known.position, kind: known.kind }
    }
}

/// A label of the team's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LabelItem {
    /// Its id.
    pub id: LabelId,
    /// Its name.
    pub name: String,
}

impl LabelItem {
    /// Returns a label as it is in a list.
    #[must_use]
    pub fn of(id: LabelId, known: &Label) -> Self {
        Self { id, name: known.name.clone() }
    }
}

/// A rollout: one attempt to put a deployment into one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RolloutItem {
    /// Its id.
    pub id: RolloutId,
    /// What was rolled out.
    pub deployment: DeploymentId,
    /// The service; absent where its deployment is not known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub service: Option<Named<ServiceId>>,
    /// The version that was rolled out.
    pub version: String,
    /// Where to.
    pub environment: Named<EnvironmentId>,
    /// How far it is.
    pub phase: Phase,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub finished_at: Option<Timestamp>,
    /// Whether it was asked for and granted.
    pub requested: bool,
    /// Whether it began though the gate of its environment was closed.
    pub outside_gate: bool,
    /// Why it was started though the gate was closed, and what was missing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub overridden: Option<Overridden>,
    /// How the last word about it became known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Source>,
    /// What else was said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// Who recorded it first, and when.
    pub recorded: Done,
}

impl RolloutItem {
    /// Returns a rollout as it is in a list.
    #[must_use]
    pub fn of(workspace: &Workspace, names: &Names, id: RolloutId, known: &Rollout) -> Self {
        let last = known.prevailing();
        let deployment = workspace.deployments.get(&known.deployment);
        Self {
            id,
            deployment: known.deployment,
            service: deployment.map(|deployment| workspace.named_service(deployment.service)),
            version: known.version.clone(),
            environment: workspace.named_environment(known.environment),
            phase: known.phase(),
            started_at: known.started_at,
            finished_at: known.finished_at(),
            requested: known.requested,
            outside_gate: known.outside_gate,
            overridden: known.overridden.as_deref().cloned(),
            source: last.map(|report| report.source.clone()),
            note: last.and_then(|report| report.note.clone()),
            recorded: names.done(&known.recorded),
        }
    }
}

impl Workspace {
    /// Returns a service with its name.
    #[must_use]
    pub fn named_service(&self, id: ServiceId) -> Named<ServiceId> {
        Named { id, name: self.services.get(&id).map(|known| known.name.clone()).unwrap_or_default() }
    }

    /// Returns an environment with its name.
    #[must_use]
    pub fn named_environment(&self, id: EnvironmentId) -> Named<EnvironmentId> {
        Named { id, name: self.environments.get(&id).map(|known| known.name.clone()).unwrap_or_default() }
    }

    /// Returns a column with its name.
    #[must_use]
    pub fn named_column(&self, id: ColumnId) -> Named<ColumnId> {
        Named { id, name: self.columns.get(&id).map(|known| known.name.clone()).unwrap_or_default() }
    }
}
