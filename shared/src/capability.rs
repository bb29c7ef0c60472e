//! Who may give which command: one table.
//!
//! [`decide`](crate::decide::decide) begins with it, approvals are counted by it, and screens ask it in advance what is
//! not on offer, and why. `docs/roles.md` is made from it.

use crate::column::ColumnCommand;
use crate::command::{Command, WorkspaceCommand};
use crate::deployment::command::DeploymentCommand;
use crate::environment::{EnvironmentChange, EnvironmentCommand};
use crate::freeze::FreezeCommand;
use crate::ids::{DeploymentId, EnvironmentId, MemberId};
use crate::label::LabelCommand;
use crate::member::{MemberCommand, Role};
use crate::policy::PolicyCommand;
use crate::rejection::Rejection;
use crate::rollout::RolloutCommand;
use crate::service::ServiceCommand;
use crate::template::TemplateCommand;
use crate::view::ViewCommand;
use crate::workspace::Workspace;

/// Something that takes a role, and where it matters, that something is one's own or somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Filling a place in a queue, and setting up a workspace that has no members yet. For anybody.
    Begin,
    /// Working on deployments, telling what happened to them, and adding the services, labels and views
    /// they need.
    Work,
    /// Approving a deployment. Not for who opened it, unless they are alone in the workspace or its policy doesn't mind.
    Approve {
        /// Which.
        deployment: DeploymentId,
        /// Where to.
        environment: EnvironmentId,
    },
    /// Starting a rollout past a closed gate. For whom the policy of the environment lets.
    Override {
        /// Of which deployment.
        deployment: DeploymentId,
        /// Where to.
        environment: EnvironmentId,
        /// An incident is named: others may.
        is_for_incident: bool,
    },
    /// Declining a deployment. For who opened it too.
    Decline,
    /// Taking a member out of the workspace. Everybody may leave by themselves.
    Remove {
        /// Who.
        member: MemberId,
    },
    /// Saying who acts in the workspace and what they may do, changing what its board is made of, and keeping house in
    /// it.
    Administer,
}

impl Capability {
    /// Returns what a command takes: the table.
    #[must_use]
    pub const fn of(command: &Command) -> Self {
        match command {
            Command::Nothing | Command::Workspace(WorkspaceCommand::Create { .. }) => Self::Begin,
            Command::Workspace(WorkspaceCommand::Rename { .. } | WorkspaceCommand::Move {}) => {
                Self::Administer
            }
            Command::Member(command) => match command {
                MemberCommand::Add { .. } | MemberCommand::SetRole { .. } => Self::Administer,
                MemberCommand::Remove { member } => Self::Remove { member: *member },
            },
            Command::Service(ServiceCommand::Add { .. })
            | Command::Label(LabelCommand::Add { .. })
            | Command::Template(TemplateCommand::Save { .. } | TemplateCommand::Archive { .. })
            | Command::View(ViewCommand::Save { .. } | ViewCommand::Remove { .. }) => Self::Work,
            Command::Service(ServiceCommand::Change { .. })
            | Command::Environment(EnvironmentCommand::Add { .. } | EnvironmentCommand::Change { .. })
            | Command::Column(ColumnCommand::Add { .. } | ColumnCommand::Change { .. })
            | Command::Label(LabelCommand::Change { .. }) => Self::Administer,
            Command::Deployment(command) => match command {
                DeploymentCommand::Open { .. }
                | DeploymentCommand::Move { .. }
                | DeploymentCommand::Edit { .. }
                | DeploymentCommand::AddCheck { .. }
                | DeploymentCommand::Attest { .. }
                | DeploymentCommand::AttachChanges { .. }
                | DeploymentCommand::MarkStage { .. }
                | DeploymentCommand::AddLabel { .. }
                | DeploymentCommand::RemoveLabel { .. }
                | DeploymentCommand::Settle { .. }
                | DeploymentCommand::Finish { .. }
                | DeploymentCommand::Reopen { .. }
                | DeploymentCommand::SetRisk { .. }
                | DeploymentCommand::SetArtifacts { .. }
                | DeploymentCommand::Follow { .. }
                | DeploymentCommand::Unfollow { .. }
                | DeploymentCommand::Unseal { .. }
                | DeploymentCommand::Assign { .. }
                | DeploymentCommand::Unassign { .. }
                | DeploymentCommand::AssignCheck { .. }
                | DeploymentCommand::Archive { .. }
                | DeploymentCommand::Restore { .. }
                | DeploymentCommand::Comment { .. }
                | DeploymentCommand::EditOutline { .. }
                | DeploymentCommand::Test { .. } => Self::Work,
                DeploymentCommand::Approve { deployment, environment, .. } => {
                    Self::Approve { deployment: *deployment, environment: *environment }
                }
                DeploymentCommand::Decline { .. } | DeploymentCommand::Withdraw { .. } => Self::Decline,
                // The server does this by itself, in the name of an admin.
                DeploymentCommand::Seal { .. } | DeploymentCommand::Conclude { .. } => Self::Administer,
            },
            Command::Rollout(
                RolloutCommand::Report { .. }
                | RolloutCommand::Request { .. }
                | RolloutCommand::Join { .. }
                | RolloutCommand::Split { .. }
                | RolloutCommand::Retract { .. },
            ) => Self::Work,
            Command::Rollout(RolloutCommand::Override { deployment, environment, incident, .. }) => {
                Self::Override {
                    deployment: *deployment,
                    environment: *environment,
                    is_for_incident: incident.is_some(),
                }
            }
            Command::Policy(PolicyCommand::Set { .. })
            | Command::Freeze(
                FreezeCommand::Declare { .. } | FreezeCommand::Change { .. } | FreezeCommand::Lift { .. },
            ) => Self::Administer,
        }
    }

    /// Returns the least role it takes; `None` where nobody has to be a member.
    #[must_use]
    pub const fn least(self) -> Option<Role> {
        match self {
            Self::Begin => None,
            Self::Work | Self::Override { .. } => Some(Role::Member),
            Self::Approve { .. } | Self::Decline => Some(Role::Approver),
            Self::Remove { .. } | Self::Administer => Some(Role::Admin),
        }
    }

    /// Returns why somebody may not do this now; `None` when they may. What else forbids it is for
    /// [`decide`](crate::decide::decide).
    #[must_use]
    pub fn refusal(self, workspace: &Workspace, actor: MemberId) -> Option<Rejection> {
        let least = self.least()?;
        let Some(member) = workspace.members.get(&actor) else { return Some(Rejection::NotMember) };
        if self == (Self::Remove { member: actor }) {
            return None;
        }
        if member.role < least {
            return Some(Rejection::below(least));
        }
        match self {
            Self::Approve { deployment, environment } => {
                workspace.is_own_work(deployment, environment, actor).then_some(Rejection::OwnWork)
            }
            Self::Override { deployment, environment, is_for_incident } => {
                workspace.may_not_override(deployment, environment, is_for_incident, actor)
            }
            Self::Begin | Self::Work | Self::Decline | Self::Remove { .. } | Self::Administer => None,
        }
    }
}

/// Returns why somebody may not give a command now, whatever else would become of it; `None` when they may.
#[must_use]
pub fn refusal(workspace: &Workspace, actor: MemberId, command: &Command) -> Option<Rejection> {
    Capability::of(command).refusal(workspace, actor)
}

/// Tells whether a command counts only from somebody who has given their password not long ago.
///
/// That is what opens a gate, and what says who may open it. Declining and declaring a freeze are none of it, since they
/// only keep things shut. It is asked for when such a command is sent, not when it is made, and of whom nobody is there to
/// ask, a program with an API token, not at all: see `docs/security.md`. Every command is named, so that none that comes
/// later goes past this unseen.
#[must_use]
pub const fn wants_confirmation(command: &Command) -> bool {
    match command {
        Command::Member(
            MemberCommand::Add { .. } | MemberCommand::SetRole { .. } | MemberCommand::Remove { .. },
        )
        | Command::Deployment(DeploymentCommand::Approve { .. } | DeploymentCommand::Withdraw { .. })
        | Command::Rollout(RolloutCommand::Override { .. })
        | Command::Policy(PolicyCommand::Set { .. })
        | Command::Environment(EnvironmentCommand::Change {
            change:
                EnvironmentChange::Tier(_) | EnvironmentChange::Position(_) | EnvironmentChange::Archived(_),
            ..
        })
        | Command::Freeze(FreezeCommand::Change { .. } | FreezeCommand::Lift { .. }) => true,
        Command::Nothing
        | Command::Workspace(
            WorkspaceCommand::Create { .. } | WorkspaceCommand::Rename { .. } | WorkspaceCommand::Move {},
        )
        | Command::Service(ServiceCommand::Add { .. } | ServiceCommand::Change { .. })
        | Command::Environment(
            EnvironmentCommand::Add { .. }
            | EnvironmentCommand::Change {
                change:
                    EnvironmentChange::Name(_)
                    | EnvironmentChange::Testing(_)
                    | EnvironmentChange::Purpose(_)
                    | EnvironmentChange::Address(_)
                    | EnvironmentChange::HealthAddress(_),
                ..
            },
        )
        | Command::Column(ColumnCommand::Add { .. } | ColumnCommand::Change { .. })
        | Command::Label(LabelCommand::Add { .. } | LabelCommand::Change { .. })
        | Command::View(ViewCommand::Save { .. } | ViewCommand::Remove { .. })
        | Command::Template(TemplateCommand::Save { .. } | TemplateCommand::Archive { .. })
        | Command::Deployment(
            DeploymentCommand::Open { .. }
            | DeploymentCommand::Move { .. }
            | DeploymentCommand::Edit { .. }
            | DeploymentCommand::AddCheck { .. }
            | DeploymentCommand::Attest { .. }
            | DeploymentCommand::AttachChanges { .. }
            | DeploymentCommand::MarkStage { .. }
            | DeploymentCommand::AddLabel { .. }
            | DeploymentCommand::RemoveLabel { .. }
            | DeploymentCommand::Settle { .. }
            | DeploymentCommand::Finish { .. }
            | DeploymentCommand::Reopen { .. }
            | DeploymentCommand::Seal { .. }
            | DeploymentCommand::Unseal { .. }
            | DeploymentCommand::Decline { .. }
            | DeploymentCommand::SetRisk { .. }
            | DeploymentCommand::SetArtifacts { .. }
            | DeploymentCommand::Follow { .. }
            | DeploymentCommand::Unfollow { .. }
            | DeploymentCommand::Assign { .. }
            | DeploymentCommand::Unassign { .. }
            | DeploymentCommand::AssignCheck { .. }
            | DeploymentCommand::Archive { .. }
            | DeploymentCommand::Restore { .. }
            | DeploymentCommand::Comment { .. }
            | DeploymentCommand::EditOutline { .. }
            | DeploymentCommand::Test { .. }
            | DeploymentCommand::Conclude { .. },
        )
        | Command::Freeze(FreezeCommand::Declare { .. })
        | Command::Rollout(
            RolloutCommand::Report { .. }
            | RolloutCommand::Request { .. }
            | RolloutCommand::Join { .. }
            | RolloutCommand::Split { .. }
            | RolloutCommand::Retract { .. },
        ) => false,
    }
}

impl Rejection {
    /// Returns what a member is told whose role is below the least one.
    pub(crate) const fn below(least: Role) -> Self {
        match least {
            Role::Viewer | Role::Member => Self::ReadOnly,
            Role::Approver => Self::NotApprover,
            Role::Admin => Self::NotAdmin,
        }
    }
}
