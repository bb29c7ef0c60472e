//! Commands: what can be asked, with the name, version and class of each kind.

use serde::{Deserialize, Serialize};

use crate::column::{ColumnCommand, NewColumn};
use crate::deployment::command::DeploymentCommand;
use crate::environment::{EnvironmentCommand, NewEnvironment};
use crate::freeze::FreezeCommand;
use crate::ids::{DeploymentId, MemberId};
use crate::label::LabelCommand;
use crate::member::MemberCommand;
use crate::policy::PolicyCommand;
use crate::rollout::RolloutCommand;
use crate::service::ServiceCommand;
use crate::template::TemplateCommand;
use crate::view::ViewCommand;

/// What can be asked of the workspace itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WorkspaceCommand {
    /// Sets up an empty workspace. Refused where one is set up already.
    Create {
        /// Its name, 1 to 100 characters.
        name: String,
        /// Its first member, an admin.
        owner: MemberId,
        /// Its environments, in order.
        environments: Vec<NewEnvironment>,
        /// The columns of its board, in order.
        columns: Vec<NewColumn>,
    },
    /// Calls it something else.
    Rename {
        /// Its name from now on, 1 to 100 characters.
        name: String,
    },
    /// Says that it was brought here from another place: what was approved there opens no gate here.
    Move {},
}

/// Something a person or machine asks for, grouped by what it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Nothing: takes the place of a command that was cancelled or lost, so that a queue has no gaps.
    Nothing,
    /// Concerns the workspace itself.
    Workspace(WorkspaceCommand),
    /// Concerns its members.
    Member(MemberCommand),
    /// Concerns services.
    Service(ServiceCommand),
    /// Concerns environments.
    Environment(EnvironmentCommand),
    /// Concerns columns.
    Column(ColumnCommand),
    /// Concerns labels.
    Label(LabelCommand),
    /// Concerns views.
    View(ViewCommand),
    /// Concerns templates.
    Template(TemplateCommand),
    /// Concerns deployments.
    Deployment(DeploymentCommand),
    /// Concerns rollouts.
    Rollout(RolloutCommand),
    /// Concerns gate policies.
    Policy(PolicyCommand),
    /// Concerns freezes.
    Freeze(FreezeCommand),
}

/// How a command is treated before the server has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandClass {
    /// Applied at once; taken back if the server declines.
    Speculative,
    /// Drawn as requested and never as done: only the server can say.
    Confirmed,
    /// Tells what already happened in the world: never refused for the state it meets.
    Fact,
}

impl Command {
    /// Returns how the command is treated before the server has answered.
    #[must_use]
    pub const fn class(&self) -> CommandClass {
        match self {
            Self::Rollout(RolloutCommand::Report { .. }) => CommandClass::Fact,
            Self::Rollout(RolloutCommand::Request { .. } | RolloutCommand::Override { .. })
            | Self::Deployment(
                DeploymentCommand::Approve { .. }
                | DeploymentCommand::Decline { .. }
                | DeploymentCommand::Withdraw { .. },
            ) => CommandClass::Confirmed,
            Self::Nothing
            | Self::Workspace(_)
            | Self::Member(_)
            | Self::Service(_)
            | Self::Environment(_)
            | Self::Column(_)
            | Self::Label(_)
            | Self::Policy(_)
            | Self::Freeze(_)
            | Self::View(_)
            | Self::Rollout(
                RolloutCommand::Join { .. } | RolloutCommand::Split { .. } | RolloutCommand::Retract { .. },
            )
            | Self::Template(_)
            | Self::Deployment(_) => CommandClass::Speculative,
        }
    }

    /// Returns the name of the command's kind on the wire, `entity.verb`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Workspace(WorkspaceCommand::Create { .. }) => "workspace.create",
            Self::Workspace(WorkspaceCommand::Rename { .. }) => "workspace.rename",
            Self::Workspace(WorkspaceCommand::Move {}) => "workspace.move",
            Self::Member(MemberCommand::Add { .. }) => "member.add",
            Self::Member(MemberCommand::SetRole { .. }) => "member.set_role",
            Self::Member(MemberCommand::Remove { .. }) => "member.remove",
            Self::Service(ServiceCommand::Add { .. }) => "service.add",
            Self::Service(ServiceCommand::Change { .. }) => "service.change",
            Self::Environment(EnvironmentCommand::Add { .. }) => "environment.add",
            Self::Environment(EnvironmentCommand::Change { .. }) => "environment.change",
            Self::Column(ColumnCommand::Add { .. }) => "column.add",
            Self::Column(ColumnCommand::Change { .. }) => "column.change",
            Self::Label(LabelCommand::Add { .. }) => "label.add",
            Self::Label(LabelCommand::Change { .. }) => "label.change",
            Self::View(ViewCommand::Save { .. }) => "view.save",
            Self::View(ViewCommand::Remove { .. }) => "view.remove",
            Self::Template(TemplateCommand::Save { .. }) => "template.save",
            Self::Template(TemplateCommand::Archive { .. }) => "template.archive",
            Self::Deployment(command) => match command {
                DeploymentCommand::Open { .. } => "deployment.open",
                DeploymentCommand::Move { .. } => "deployment.move",
                DeploymentCommand::Edit { .. } => "deployment.edit",
                DeploymentCommand::AddCheck { .. } => "deployment.add_check",
                DeploymentCommand::Attest { .. } => "deployment.attest",
                DeploymentCommand::AttachChanges { .. } => "deployment.attach_changes",
                DeploymentCommand::MarkStage { .. } => "deployment.mark_stage",
                DeploymentCommand::AddLabel { .. } => "deployment.add_label",
                DeploymentCommand::RemoveLabel { .. } => "deployment.remove_label",
                DeploymentCommand::Settle { .. } => "deployment.settle",
                DeploymentCommand::Finish { .. } => "deployment.finish",
                DeploymentCommand::Reopen { .. } => "deployment.reopen",
                DeploymentCommand::Seal { .. } => "deployment.seal",
                DeploymentCommand::Unseal { .. } => "deployment.unseal",
                DeploymentCommand::Approve { .. } => "deployment.approve",
                DeploymentCommand::Decline { .. } => "deployment.decline",
                DeploymentCommand::Withdraw { .. } => "deployment.withdraw",
                DeploymentCommand::SetRisk { .. } => "deployment.set_risk",
                DeploymentCommand::SetArtifacts { .. } => "deployment.set_artifacts",
                DeploymentCommand::Follow { .. } => "deployment.follow",
                DeploymentCommand::Unfollow { .. } => "deployment.unfollow",
                DeploymentCommand::Assign { .. } => "deployment.assign",
                DeploymentCommand::Unassign { .. } => "deployment.unassign",
                DeploymentCommand::AssignCheck { .. } => "deployment.assign_check",
                DeploymentCommand::Archive { .. } => "deployment.archive",
                DeploymentCommand::Restore { .. } => "deployment.restore",
                DeploymentCommand::Comment { .. } => "deployment.comment",
                DeploymentCommand::EditOutline { .. } => "deployment.edit_outline",
                DeploymentCommand::Conclude { .. } => "deployment.conclude",
                DeploymentCommand::Test { .. } => "deployment.test",
            },
            Self::Rollout(RolloutCommand::Report { .. }) => "rollout.report",
            Self::Rollout(RolloutCommand::Request { .. }) => "rollout.request",
            Self::Rollout(RolloutCommand::Override { .. }) => "rollout.override",
            Self::Policy(PolicyCommand::Set { .. }) => "policy.set",
            Self::Freeze(FreezeCommand::Declare { .. }) => "freeze.declare",
            Self::Freeze(FreezeCommand::Change { .. }) => "freeze.change",
            Self::Freeze(FreezeCommand::Lift { .. }) => "freeze.lift",
            Self::Rollout(RolloutCommand::Join { .. }) => "rollout.join",
            Self::Rollout(RolloutCommand::Split { .. }) => "rollout.split",
            Self::Rollout(RolloutCommand::Retract { .. }) => "rollout.retract",
        }
    }

    /// Returns the deployment the command concerns.
    #[must_use]
    pub const fn deployment(&self) -> Option<DeploymentId> {
        match self {
            Self::Nothing
            | Self::Workspace(_)
            | Self::Member(_)
            | Self::Service(_)
            | Self::Label(_)
            | Self::Policy(_)
            | Self::Freeze(_)
            | Self::Environment(_)
            | Self::Column(_)
            | Self::View(_)
            | Self::Template(_) => None,
            Self::Rollout(
                RolloutCommand::Report { deployment, .. }
                | RolloutCommand::Request { deployment, .. }
                | RolloutCommand::Override { deployment, .. }
                | RolloutCommand::Join { deployment, .. }
                | RolloutCommand::Split { deployment, .. }
                | RolloutCommand::Retract { deployment, .. },
            ) => Some(*deployment),
            Self::Deployment(command) => match command {
                DeploymentCommand::Open { deployment, .. }
                | DeploymentCommand::Move { deployment, .. }
                | DeploymentCommand::Edit { deployment, .. }
                | DeploymentCommand::AddCheck { deployment, .. }
                | DeploymentCommand::Attest { deployment, .. }
                | DeploymentCommand::AttachChanges { deployment, .. }
                | DeploymentCommand::MarkStage { deployment, .. }
                | DeploymentCommand::AddLabel { deployment, .. }
                | DeploymentCommand::RemoveLabel { deployment, .. }
                | DeploymentCommand::Settle { deployment, .. }
                | DeploymentCommand::Finish { deployment }
                | DeploymentCommand::Reopen { deployment }
                | DeploymentCommand::Seal { deployment }
                | DeploymentCommand::Unseal { deployment, .. }
                | DeploymentCommand::Approve { deployment, .. }
                | DeploymentCommand::Decline { deployment, .. }
                | DeploymentCommand::Withdraw { deployment, .. }
                | DeploymentCommand::SetRisk { deployment, .. }
                | DeploymentCommand::SetArtifacts { deployment, .. }
                | DeploymentCommand::Follow { deployment, .. }
                | DeploymentCommand::Unfollow { deployment, .. }
                | DeploymentCommand::Assign { deployment, .. }
                | DeploymentCommand::Unassign { deployment, .. }
                | DeploymentCommand::AssignCheck { deployment, .. }
                | DeploymentCommand::Archive { deployment }
                | DeploymentCommand::Restore { deployment }
                | DeploymentCommand::Comment { deployment, .. }
                | DeploymentCommand::EditOutline { deployment, .. }
                | DeploymentCommand::Conclude { deployment }
                | DeploymentCommand::Test { deployment, .. } => Some(*deployment),
            },
        }
    }

    /// Every kind this build understands, with the newest version of each.
    pub const KINDS: [(&'static str, u16); 59] = [
        ("nothing", 1),
        ("workspace.create", 1),
        ("workspace.rename", 1),
        ("workspace.move", 1),
        ("member.add", 1),
        ("member.set_role", 1),
        ("member.remove", 1),
        ("service.add", 1),
        ("service.change", 1),
        ("environment.add", 1),
        ("environment.change", 1),
        ("column.add", 1),
        ("column.change", 1),
        ("label.add", 1),
        ("label.change", 1),
        ("view.save", 1),
        ("view.remove", 1),
        ("template.save", 1),
        ("template.archive", 1),
        ("deployment.open", 1),
        ("deployment.move", 1),
        ("deployment.edit", 1),
        ("deployment.add_check", 1),
        ("deployment.attest", 1),
        ("deployment.attach_changes", 1),
        ("deployment.mark_stage", 1),
        ("deployment.add_label", 1),
        ("deployment.remove_label", 1),
        ("deployment.settle", 1),
        ("deployment.finish", 1),
        ("deployment.reopen", 1),
        ("deployment.seal", 1),
        ("deployment.unseal", 1),
        ("deployment.approve", 1),
        ("deployment.decline", 1),
        ("deployment.withdraw", 1),
        ("deployment.set_risk", 1),
        ("deployment.set_artifacts", 1),
        ("deployment.follow", 1),
        ("deployment.unfollow", 1),
        ("deployment.assign", 1),
        ("deployment.unassign", 1),
        ("deployment.assign_check", 1),
        ("deployment.archive", 1),
        ("deployment.restore", 1),
        ("deployment.comment", 1),
        ("deployment.edit_outline", 1),
        ("deployment.conclude", 1),
        ("deployment.test", 1),
        ("rollout.report", 1),
        ("rollout.request", 1),
        ("rollout.override", 1),
        ("policy.set", 1),
        ("freeze.declare", 1),
        ("freeze.change", 1),
        ("freeze.lift", 1),
        ("rollout.join", 1),
        ("rollout.split", 1),
        ("rollout.retract", 1),
    ];

    /// Returns the newest version of `kind` that this build understands; `None` for a kind it doesn't know.
    #[must_use]
    pub fn newest_version(kind: &str) -> Option<u16> {
        Self::KINDS.iter().find(|(name, _)| *name == kind).map(|(_, version)| *version)
    }
}
