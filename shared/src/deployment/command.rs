//! What can be asked of deployments.

use serde::{Deserialize, Serialize};

use super::comment::CommentChange;
use super::outline::OutlineEdit;
use super::plan::Artifact;
use super::testing::TestOutcome;
use super::{Change, Deployment, DeploymentField};
use crate::canonical::Hash;
use crate::check::CheckState;
use crate::document::SectionKind;
use crate::environment::Testing;
use crate::ids::{
    CheckId, ColumnId, CommandKey, CommentId, DeploymentId, EnvironmentId, LabelId, MemberId, RolloutId,
    SectionId, ServiceId,
};
use crate::policy::Risk;
use crate::stage::{Stage, StageState};

/// A check of a new deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCheck {
    /// Its new id.
    pub id: CheckId,
    /// What to make sure of, 1 to 500 characters.
    pub text: String,
    /// How to verify it, up to 500 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verify: Option<String>,
    /// How it stands already, for a document that came with ticks.
    pub state: CheckState,
    /// What shows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<String>,
}

/// A section of a new deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSection {
    /// Its new id.
    pub id: SectionId,
    /// What it is for.
    pub kind: SectionKind,
    /// Its heading, 1 to 200 characters.
    pub heading: String,
    /// Its free text, up to 64 KiB.
    pub text: String,
    /// Its checks, in order.
    pub checks: Vec<NewCheck>,
}

/// What can be asked of deployments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DeploymentCommand {
    /// Opens a deployment.
    Open {
        /// Its new id.
        deployment: DeploymentId,
        /// The service that is released.
        service: ServiceId,
        /// The version, 1 to 100 characters.
        version: String,
        /// What it is about, up to 200 characters.
        title: String,
        /// The column it begins in: a queue's or an approval's.
        column: ColumnId,
        /// Its place there.
        rank: String,
        /// What it brings, at most 500 in one command.
        changes: Vec<Change>,
        /// Its document.
        sections: Vec<NewSection>,
    },
    /// Moves a deployment on the board. Refused when somebody else moved it first, and into an environment's
    /// column only after a rollout there.
    Move {
        /// Which.
        deployment: DeploymentId,
        /// The column the author saw it in.
        from: ColumnId,
        /// Where to.
        to: ColumnId,
        /// Its place there.
        rank: String,
    },
    /// Replaces a field.
    Edit {
        /// Which.
        deployment: DeploymentId,
        /// What to replace.
        field: DeploymentField,
        /// With what.
        value: String,
    },
    /// Adds a check at the end of a section.
    AddCheck {
        /// Where.
        deployment: DeploymentId,
        /// The section.
        section: SectionId,
        /// Its new id.
        check: CheckId,
        /// What to make sure of, 1 to 500 characters.
        text: String,
        /// How to verify it, up to 500 characters.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        verify: Option<String>,
    },
    /// Says how a check stands; in place of what its author had seen said about it.
    Attest {
        /// Where.
        deployment: DeploymentId,
        /// The check.
        check: CheckId,
        /// How it stands. Always the state itself, never "the other one".
        state: CheckState,
        /// What shows it, up to 2,000 characters.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        evidence: Option<String>,
    },
    /// Adds changes that it brings; those with a commit it has already are left out.
    AttachChanges {
        /// Which.
        deployment: DeploymentId,
        /// What it brings, at most 500 in one command.
        changes: Vec<Change>,
    },
    /// Marks a stage by hand. Stage and Deploy follow the rollouts and can't be marked.
    MarkStage {
        /// Which.
        deployment: DeploymentId,
        /// The stage.
        stage: Stage,
        /// How far its author saw it.
        from: StageState,
        /// How far it is.
        to: StageState,
    },
    /// Puts a label of the team's own on it.
    AddLabel {
        /// Which.
        deployment: DeploymentId,
        /// The label.
        label: LabelId,
    },
    /// Takes a label of the team's own off it.
    RemoveLabel {
        /// Which.
        deployment: DeploymentId,
        /// The label.
        label: LabelId,
    },
    /// Lets go of a version that lost against a concurrent one: what is there stays.
    Settle {
        /// Which.
        deployment: DeploymentId,
        /// The edit that lost.
        lost: CommandKey,
    },
    /// Takes it off the board: it is over.
    Finish {
        /// Which.
        deployment: DeploymentId,
    },
    /// Puts it back on the board.
    Reopen {
        /// Which.
        deployment: DeploymentId,
    },
    /// Leaves its detail to the server: it is over for 30 days. Made by the server.
    Seal {
        /// Which.
        deployment: DeploymentId,
    },
    /// Brings the detail of a sealed one back.
    Unseal {
        /// Which.
        deployment: DeploymentId,
        /// What it was when it was sealed.
        detail: Box<Deployment>,
    },
    /// Says that it may be rolled out as it is. For approvers, and not for who opened it.
    Approve {
        /// Which.
        deployment: DeploymentId,
        /// Where to.
        environment: EnvironmentId,
        /// The digest of what its author had before them.
        digest: Hash,
        /// What else there is to say, up to 2,000 characters.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        note: Option<String>,
    },
    /// Says that it may not be rolled out as it is. For approvers.
    Decline {
        /// Which.
        deployment: DeploymentId,
        /// Where to.
        environment: EnvironmentId,
        /// The digest of what its author had before them.
        digest: Hash,
        /// Why, 1 to 2,000 characters.
        reason: String,
    },
    /// Takes back what its author said about rolling it out. For approvers.
    Withdraw {
        /// Which.
        deployment: DeploymentId,
        /// Where to.
        environment: EnvironmentId,
    },
    /// Says how much there is at stake.
    SetRisk {
        /// Which.
        deployment: DeploymentId,
        /// How much.
        risk: Risk,
    },
    /// Says what exactly is rolled out, in place of what its author saw.
    SetArtifacts {
        /// Which.
        deployment: DeploymentId,
        /// All of it, at most 50.
        artifacts: Vec<Artifact>,
    },
    /// Says that another one has to be rolled out before it.
    Follow {
        /// Which.
        deployment: DeploymentId,
        /// The other one.
        predecessor: DeploymentId,
    },
    /// Says that it does not wait for another one any more.
    Unfollow {
        /// Which.
        deployment: DeploymentId,
        /// The other one.
        predecessor: DeploymentId,
    },
    /// Makes a member responsible for it, beside whoever is.
    Assign {
        /// Which.
        deployment: DeploymentId,
        /// Who.
        member: MemberId,
    },
    /// Makes somebody responsible for it no longer.
    Unassign {
        /// Which.
        deployment: DeploymentId,
        /// Who.
        member: MemberId,
    },
    /// Says whose a check is, or that it is nobody's in particular.
    AssignCheck {
        /// Where.
        deployment: DeploymentId,
        /// The check.
        check: CheckId,
        /// Who; nobody where it is left out.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        member: Option<MemberId>,
    },
    /// Puts it away: it is off the board and the lists without being over.
    Archive {
        /// Which.
        deployment: DeploymentId,
    },
    /// Takes it out again.
    Restore {
        /// Which.
        deployment: DeploymentId,
    },
    /// Says something about it, or changes what was said.
    Comment {
        /// Which.
        deployment: DeploymentId,
        /// The comment; a new id for a new one.
        comment: CommentId,
        /// What happens to it.
        change: CommentChange,
    },
    /// Changes its document.
    EditOutline {
        /// Which.
        deployment: DeploymentId,
        /// What changes.
        edit: OutlineEdit,
    },
    /// Says that it is over by itself: its monitoring is, and its post-deployment checks are done. The server does that; until
    /// it is so, it has no effect.
    Conclude {
        /// Which.
        deployment: DeploymentId,
    },
    /// Says how a kind of testing went of what is rolled out to an environment, or takes that back; in place of what its
    /// author had seen said about it. Refused when something else was rolled out there meanwhile.
    Test {
        /// Which.
        deployment: DeploymentId,
        /// Where.
        environment: EnvironmentId,
        /// Which kind.
        testing: Testing,
        /// The rollout that was tested: the latest one there.
        rollout: RolloutId,
        /// How it went; what was said is taken back where it is left out.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        outcome: Option<TestOutcome>,
        /// What else there is to say, up to 2,000 characters.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        note: Option<String>,
    },
}

impl DeploymentCommand {
    /// Returns the command that replaces a field: the kind depends on which, since earlier builds know only some.
    #[must_use]
    pub const fn edit(deployment: DeploymentId, field: DeploymentField, value: String) -> Self {
        if field.is_of_outline() {
            Self::EditOutline { deployment, edit: OutlineEdit::Text { field, value } }
        } else {
            Self::Edit { deployment, field, value }
        }
    }
}
