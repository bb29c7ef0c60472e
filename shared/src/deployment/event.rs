//! What happened to deployments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::approval::Judgement;
use super::command::NewSection;
use super::comment::CommentChange;
use super::outline::OutlineEdit;
use super::plan::Artifact;
use super::testing::TestOutcome;
use super::{Change, CheckStatement, Deployment, DeploymentField, EditConflict};
use crate::canonical::Hash;
use crate::environment::Testing;
use crate::ids::{
    CheckId, ColumnId, CommandKey, CommentId, DeploymentId, EnvironmentId, LabelId, MemberId, RolloutId,
    SectionId, ServiceId,
};
use crate::policy::Risk;
use crate::stage::{Stage, StageState};

/// What happened to deployments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentEvent {
    /// One was opened.
    Opened {
        /// Its id.
        deployment: DeploymentId,
        /// The service that is released.
        service: ServiceId,
        /// The version.
        version: String,
        /// What it is about.
        title: String,
        /// The column it begins in.
        column: ColumnId,
        /// Its place there.
        rank: String,
        /// What it brings.
        changes: Vec<Change>,
        /// Its document.
        sections: Vec<NewSection>,
    },
    /// One was moved on the board.
    Moved {
        /// Which.
        deployment: DeploymentId,
        /// Where from.
        from: ColumnId,
        /// Where to.
        to: ColumnId,
        /// Its place there.
        rank: String,
    },
    /// A field was replaced.
    Edited {
        /// Which.
        deployment: DeploymentId,
        /// What was replaced.
        field: DeploymentField,
        /// With what.
        value: String,
        /// What it replaced without its author having seen it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        overridden: Option<EditConflict>,
    },
    /// An edit lost against a newer one that its author had not seen; its value is kept.
    EditLost {
        /// Which.
        deployment: DeploymentId,
        /// What was edited.
        field: DeploymentField,
        /// What it would have become.
        value: String,
    },
    /// A check was added.
    CheckAdded {
        /// Where.
        deployment: DeploymentId,
        /// The section.
        section: SectionId,
        /// Its id.
        check: CheckId,
        /// What to make sure of.
        text: String,
        /// How to verify it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        verify: Option<String>,
        /// Whether it is kept who added it. Builds that don't know of it keep nothing.
        #[serde(skip_serializing_if = "is_false", default)]
        is_dated: bool,
    },
    /// Somebody said how a check stands.
    Attested {
        /// Where.
        deployment: DeploymentId,
        /// The check.
        check: CheckId,
        /// What was said.
        statement: CheckStatement,
        /// The statements its author had seen.
        supersedes: Vec<CommandKey>,
    },
    /// Changes were added to what it brings.
    ChangesAttached {
        /// Which.
        deployment: DeploymentId,
        /// The new ones.
        changes: Vec<Change>,
    },
    /// A stage was marked.
    StageMarked {
        /// Which.
        deployment: DeploymentId,
        /// The stage.
        stage: Stage,
        /// How far it is.
        state: StageState,
    },
    /// A label was put on it.
    LabelAdded {
        /// Which.
        deployment: DeploymentId,
        /// The label.
        label: LabelId,
    },
    /// A label was taken off it.
    LabelRemoved {
        /// Which.
        deployment: DeploymentId,
        /// The label.
        label: LabelId,
    },
    /// A version that had lost was let go of.
    Settled {
        /// Which.
        deployment: DeploymentId,
        /// The edit that had lost.
        lost: CommandKey,
    },
    /// It was taken off the board.
    Finished {
        /// Which.
        deployment: DeploymentId,
    },
    /// It was put back on the board.
    Reopened {
        /// Which.
        deployment: DeploymentId,
    },
    /// Its detail was left to the server.
    Sealed {
        /// Which.
        deployment: DeploymentId,
        /// The hash of its canonical JSON as it was.
        detail: Hash,
        /// The environments whose gate was open for it.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        gates_open: Vec<EnvironmentId>,
        /// How far the stages were that follow what is left out.
        #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
        stages: BTreeMap<Stage, StageState>,
    },
    /// Its detail was brought back.
    Unsealed {
        /// Which.
        deployment: DeploymentId,
        /// What it was when it was sealed.
        detail: Box<Deployment>,
    },
    /// An approver said whether it may be rolled out.
    Judged {
        /// Which.
        deployment: DeploymentId,
        /// What was said, about what exactly.
        judgement: Judgement,
        /// What the same approver had said before, as far as they had seen it.
        supersedes: Vec<CommandKey>,
    },
    /// An approver took back what they had said.
    Withdrawn {
        /// Which.
        deployment: DeploymentId,
        /// Where to.
        environment: EnvironmentId,
        /// What they had said, as far as they had seen it.
        supersedes: Vec<CommandKey>,
    },
    /// How much there is at stake was said.
    RiskSet {
        /// Which.
        deployment: DeploymentId,
        /// How much.
        risk: Risk,
    },
    /// What exactly is rolled out was said.
    ArtifactsSet {
        /// Which.
        deployment: DeploymentId,
        /// All of it.
        artifacts: Vec<Artifact>,
    },
    /// It waits for another one.
    Followed {
        /// Which.
        deployment: DeploymentId,
        /// The other one.
        predecessor: DeploymentId,
    },
    /// It does not wait for another one any more.
    Unfollowed {
        /// Which.
        deployment: DeploymentId,
        /// The other one.
        predecessor: DeploymentId,
    },
    /// Somebody is responsible for it.
    Assigned {
        /// Which.
        deployment: DeploymentId,
        /// Who.
        member: MemberId,
    },
    /// Somebody is responsible for it no longer.
    Unassigned {
        /// Which.
        deployment: DeploymentId,
        /// Who.
        member: MemberId,
    },
    /// A check is somebody's, or nobody's in particular.
    CheckAssigned {
        /// Where.
        deployment: DeploymentId,
        /// The check.
        check: CheckId,
        /// Who.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        member: Option<MemberId>,
    },
    /// It was put away.
    Archived {
        /// Which.
        deployment: DeploymentId,
    },
    /// It was taken out again.
    Restored {
        /// Which.
        deployment: DeploymentId,
    },
    /// Something was said about it, or what was said was changed.
    Commented {
        /// Which.
        deployment: DeploymentId,
        /// The comment.
        comment: CommentId,
        /// What happened to it.
        change: CommentChange,
    },
    /// Its document was changed.
    OutlineEdited {
        /// Which.
        deployment: DeploymentId,
        /// What was changed.
        edit: OutlineEdit,
        /// The text it replaced without its author having seen it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        overridden: Option<EditConflict>,
        /// Whether it lost against a newer text that its author had not seen: what is there stays, and the value is kept.
        #[serde(skip_serializing_if = "is_false", default)]
        is_lost: bool,
        /// Whether it is kept who brought the check to where it stands now.
        #[serde(skip_serializing_if = "is_false", default)]
        is_dated: bool,
    },
    /// It is over by itself.
    Concluded {
        /// Which.
        deployment: DeploymentId,
    },
    /// Somebody said how a kind of testing went, or took that back.
    Tested {
        /// Which.
        deployment: DeploymentId,
        /// Where.
        environment: EnvironmentId,
        /// Which kind.
        testing: Testing,
        /// What was tested.
        rollout: RolloutId,
        /// How it went; absent where it was taken back.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        outcome: Option<TestOutcome>,
        /// What else was said.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        note: Option<String>,
        /// The statements its author had seen.
        supersedes: Vec<CommandKey>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}
