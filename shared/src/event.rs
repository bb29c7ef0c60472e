//! Events: what happened, with the name and version of each kind.

use serde::{Deserialize, Serialize};

use crate::column::ColumnEvent;
use crate::deployment::event::DeploymentEvent;
use crate::environment::EnvironmentEvent;
use crate::freeze::FreezeEvent;
use crate::label::LabelEvent;
use crate::member::MemberEvent;
use crate::policy::PolicyEvent;
use crate::redaction::RedactedEvent;
use crate::rollout::RolloutEvent;
use crate::service::ServiceEvent;
use crate::template::TemplateEvent;
use crate::view::ViewEvent;

/// What happened to the workspace itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceEvent {
    /// It was set up.
    Created {
        /// Its name.
        name: String,
    },
    /// It is called something else.
    Renamed {
        /// Its name from now on.
        name: String,
    },
    /// A text was taken out of earlier events for good. It changes nothing: what stands in for them has the effect.
    Redacted {
        /// What was changed.
        events: Vec<RedactedEvent>,
        /// Why.
        reason: String,
    },
    /// It was brought here from another place: what was approved before opens no gate any more.
    Moved {},
}

/// Something that happened, grouped by what it concerns.
///
/// Unlike commands, events keep fields they don't know: an older build reads what a newer one wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Concerns the workspace itself.
    Workspace(WorkspaceEvent),
    /// Concerns its members.
    Member(MemberEvent),
    /// Concerns services.
    Service(ServiceEvent),
    /// Concerns environments.
    Environment(EnvironmentEvent),
    /// Concerns columns.
    Column(ColumnEvent),
    /// Concerns labels.
    Label(LabelEvent),
    /// Concerns views.
    View(ViewEvent),
    /// Concerns templates.
    Template(TemplateEvent),
    /// Concerns deployments.
    Deployment(DeploymentEvent),
    /// Concerns rollouts.
    Rollout(RolloutEvent),
    /// Concerns gate policies.
    Policy(PolicyEvent),
    /// Concerns freezes.
    Freeze(FreezeEvent),
}

impl Event {
    /// Returns the name of the event's kind in the log, `entity.participle`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Workspace(WorkspaceEvent::Created { .. }) => "workspace.created",
            Self::Workspace(WorkspaceEvent::Renamed { .. }) => "workspace.renamed",
            Self::Workspace(WorkspaceEvent::Redacted { .. }) => "workspace.redacted",
            Self::Workspace(WorkspaceEvent::Moved {}) => "workspace.moved",
            Self::Member(MemberEvent::Joined { .. }) => "member.joined",
            Self::Member(MemberEvent::RoleSet { .. }) => "member.role_set",
            Self::Member(MemberEvent::Removed { .. }) => "member.removed",
            Self::Service(ServiceEvent::Added { .. }) => "service.added",
            Self::Service(ServiceEvent::Changed { .. }) => "service.changed",
            Self::Environment(EnvironmentEvent::Added(_)) => "environment.added",
            Self::Environment(EnvironmentEvent::Changed { .. }) => "environment.changed",
            Self::Column(ColumnEvent::Added(_)) => "column.added",
            Self::Column(ColumnEvent::Changed { .. }) => "column.changed",
            Self::Label(LabelEvent::Added { .. }) => "label.added",
            Self::Label(LabelEvent::Changed { .. }) => "label.changed",
            Self::View(ViewEvent::Saved { .. }) => "view.saved",
            Self::View(ViewEvent::Removed { .. }) => "view.removed",
            Self::Template(TemplateEvent::Saved { .. }) => "template.saved",
            Self::Template(TemplateEvent::Archived { .. }) => "template.archived",
            Self::Deployment(event) => match event {
                DeploymentEvent::Opened { .. } => "deployment.opened",
                DeploymentEvent::Moved { .. } => "deployment.moved",
                DeploymentEvent::Edited { .. } => "deployment.edited",
                DeploymentEvent::EditLost { .. } => "deployment.edit_lost",
                DeploymentEvent::CheckAdded { .. } => "deployment.check_added",
                DeploymentEvent::Attested { .. } => "deployment.attested",
                DeploymentEvent::ChangesAttached { .. } => "deployment.changes_attached",
                DeploymentEvent::StageMarked { .. } => "deployment.stage_marked",
                DeploymentEvent::LabelAdded { .. } => "deployment.label_added",
                DeploymentEvent::LabelRemoved { .. } => "deployment.label_removed",
                DeploymentEvent::Settled { .. } => "deployment.settled",
                DeploymentEvent::Finished { .. } => "deployment.finished",
                DeploymentEvent::Reopened { .. } => "deployment.reopened",
                DeploymentEvent::Sealed { .. } => "deployment.sealed",
                DeploymentEvent::Unsealed { .. } => "deployment.unsealed",
                DeploymentEvent::Judged { .. } => "deployment.judged",
                DeploymentEvent::Withdrawn { .. } => "deployment.withdrawn",
                DeploymentEvent::RiskSet { .. } => "deployment.risk_set",
                DeploymentEvent::ArtifactsSet { .. } => "deployment.artifacts_set",
                DeploymentEvent::Followed { .. } => "deployment.followed",
                DeploymentEvent::Unfollowed { .. } => "deployment.unfollowed",
                DeploymentEvent::Assigned { .. } => "deployment.assigned",
                DeploymentEvent::Unassigned { .. } => "deployment.unassigned",
                DeploymentEvent::CheckAssigned { .. } => "deployment.check_assigned",
                DeploymentEvent::Archived { .. } => "deployment.archived",
                DeploymentEvent::Restored { .. } => "deployment.restored",
                DeploymentEvent::Commented { .. } => "deployment.commented",
                DeploymentEvent::OutlineEdited { .. } => "deployment.outline_edited",
                DeploymentEvent::Concluded { .. } => "deployment.concluded",
                DeploymentEvent::Tested { .. } => "deployment.tested",
            },
            Self::Rollout(RolloutEvent::Reported { .. }) => "rollout.reported",
            Self::Policy(PolicyEvent::Set { .. }) => "policy.set",
            Self::Freeze(FreezeEvent::Declared { .. }) => "freeze.declared",
            Self::Freeze(FreezeEvent::Changed { .. }) => "freeze.changed",
            Self::Freeze(FreezeEvent::Lifted { .. }) => "freeze.lifted",
            Self::Rollout(RolloutEvent::Joined { .. }) => "rollout.joined",
            Self::Rollout(RolloutEvent::Split { .. }) => "rollout.split",
            Self::Rollout(RolloutEvent::Retracted { .. }) => "rollout.retracted",
        }
    }

    /// Every kind this build understands.
    pub const KINDS: [&'static str; 57] = [
        "workspace.created",
        "workspace.renamed",
        "workspace.redacted",
        "workspace.moved",
        "member.joined",
        "member.role_set",
        "member.removed",
        "service.added",
        "service.changed",
        "environment.added",
        "environment.changed",
        "column.added",
        "column.changed",
        "label.added",
        "label.changed",
        "view.saved",
        "view.removed",
        "template.saved",
        "template.archived",
        "deployment.opened",
        "deployment.moved",
        "deployment.edited",
        "deployment.edit_lost",
        "deployment.check_added",
        "deployment.attested",
        "deployment.changes_attached",
        "deployment.stage_marked",
        "deployment.label_added",
        "deployment.label_removed",
        "deployment.settled",
        "deployment.finished",
        "deployment.reopened",
        "deployment.sealed",
        "deployment.unsealed",
        "deployment.judged",
        "deployment.withdrawn",
        "deployment.risk_set",
        "deployment.artifacts_set",
        "deployment.followed",
        "deployment.unfollowed",
        "deployment.assigned",
        "deployment.unassigned",
        "deployment.check_assigned",
        "deployment.archived",
        "deployment.restored",
        "deployment.commented",
        "deployment.outline_edited",
        "deployment.concluded",
        "deployment.tested",
        "rollout.reported",
        "policy.set",
        "freeze.declared",
        "freeze.changed",
        "freeze.lifted",
        "rollout.joined",
        "rollout.split",
        "rollout.retracted",
    ];

    /// Returns the version this build writes the event's kind in.
    #[must_use]
    pub const fn version(&self) -> u16 {
        1
    }
}
