//! What happened to deployments.

use serde::{Deserialize, Serialize};

use super::approval::Judgement;
use super::command::NewSection;
use super::{Change, CheckStatement, Deployment, DeploymentField, EditConflict};
use crate::canonical::Hash;
use crate::ids::{CheckId, ColumnId, CommandKey, DeploymentId, EnvironmentId, LabelId, SectionId, ServiceId};
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
    /// It is over by itself.
    Concluded {
        /// Which.
        deployment: DeploymentId,
    },
}
