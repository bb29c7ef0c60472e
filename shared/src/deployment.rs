//! A deployment: one release of one service on its way through the environments.

pub mod apply;
pub mod approval;
pub mod archive;
pub mod assign;
pub mod command;
pub mod comment;
pub mod conclude;
pub mod decide;
pub mod document;
pub mod due;
pub mod event;
pub mod gate;
pub mod outline;
pub mod plan;
pub mod read;
pub mod rewrite;
pub mod sealed;
pub mod since;
pub mod testing;
pub mod track;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::attestation::Attestations;
use crate::check::CheckState;
use crate::document::SectionKind;
use crate::ids::{CheckId, ColumnId, DeploymentId, LabelId, MemberId, SectionId, ServiceId};
use crate::origin::Origin;
use crate::policy::Risk;
use crate::stage::{Stage, StageState};
use crate::time::Timestamp;
use approval::Judgement;
use comment::Comment;
use outline::{Link, Removed};
use plan::Artifact;
use sealed::Sealed;
use testing::Tested;

/// A value that one edit replaces whole, with the edit it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field<T> {
    /// What it is now.
    pub value: T,
    /// The edit that made it so.
    pub origin: Origin,
}

/// The fields of a deployment that are edited whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentField {
    /// What it is about.
    Title,
    /// The version that is released.
    Version,
    /// The free text of one section.
    SectionText(SectionId),
    /// The heading of one section.
    SectionHeading(SectionId),
    /// What one check is about.
    CheckText(CheckId),
    /// How to verify one check.
    CheckVerify(CheckId),
}

/// An edit that lost against a concurrent one, kept so that nothing is overwritten silently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditConflict {
    /// What both edited.
    pub field: DeploymentField,
    /// The value that lost.
    pub value: String,
    /// Where it came from.
    pub origin: Origin,
}

/// What somebody says about a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckStatement {
    /// How the check stands.
    pub state: CheckState,
    /// What shows it: a text or an address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<String>,
}

/// One thing to make sure of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its id.
    pub id: CheckId,
    /// What to make sure of.
    pub text: String,
    /// How to verify it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verify: Option<String>,
    /// What people say about it.
    pub attestations: Attestations<CheckStatement>,
    /// Whose it is, if it is somebody's in particular.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assigned: Option<MemberId>,
    /// The check it belongs to, in the same section; a check stands below it, and what belongs to it follows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent: Option<CheckId>,
    /// The edit that brought it to where it stands, where it came later than its section or what it stands below.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub placed: Option<Origin>,
    /// The edit that made the text what it is, where it was edited.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text_edited: Option<Origin>,
    /// The edit that made how to verify it what it is, where it was edited.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verify_edited: Option<Origin>,
}

impl Check {
    /// Returns a check about which nothing was said yet.
    #[must_use]
    pub fn new(id: CheckId, text: String, verify: Option<String>) -> Self {
        let attestations = Attestations::default();
        Self {
            id,
            text,
            verify,
            attestations,
            assigned: None,
            parent: None,
            placed: None,
            text_edited: None,
            verify_edited: None,
        }
    }

    /// Returns how the check stands: failed over open over done over not applicable.
    #[must_use]
    pub fn state(&self) -> CheckState {
        self.attestations
            .prevailing(|statement| safety(statement.state))
            .map_or(CheckState::Open, |attestation| attestation.statement.state)
    }
}

/// Ranks states by what is safest to believe when people disagree.
const fn safety(state: CheckState) -> u8 {
    match state {
        CheckState::NotApplicable => 0,
        CheckState::Done => 1,
        CheckState::Open => 2,
        CheckState::Failed => 3,
    }
}

/// A part of a deployment's document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its id.
    pub id: SectionId,
    /// What it is for.
    pub kind: SectionKind,
    /// Its heading.
    pub heading: String,
    /// Its free text, Markdown; empty where there is none.
    pub text: Field<String>,
    /// Its checks, in order.
    pub checks: Vec<Check>,
    /// The edit that made the heading what it is, where it was edited.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub heading_edited: Option<Origin>,
}

/// One change that a deployment brings, usually a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// What it does, in one line.
    pub summary: String,
    /// The commit's hash, as long as it was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub commit: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub author: Option<String>,
    /// When it was written: where lead time begins.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authored_at: Option<Timestamp>,
    /// Where to read it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<String>,
}

/// A stage that somebody marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageMark {
    /// How far it is.
    pub state: StageState,
    /// Who marked it, when.
    pub origin: Origin,
}

/// One release of one service on its way through the environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// The service that is released.
    pub service: ServiceId,
    /// The version that is released.
    pub version: Field<String>,
    /// What it is about, in one line; may be empty.
    pub title: Field<String>,
    /// Who opened it, when.
    pub opened: Origin,
    /// Where it is on the board.
    pub column: ColumnId,
    /// Its place in the column: a fractional index, see [`crate::rank`].
    pub rank: String,
    /// The move that brought it into its column.
    pub entered: Origin,
    /// The stages that were marked by hand.
    pub stages: BTreeMap<Stage, StageMark>,
    /// Labels of the team's own.
    pub labels: BTreeSet<LabelId>,
    /// What it brings, oldest first.
    pub changes: Arc<Vec<Change>>,
    /// Its document, in order. Shared where it is the same, so that copying a deployment stays cheap.
    pub sections: Vec<Arc<Section>>,
    /// Edits that lost against concurrent ones, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub conflicts: Vec<EditConflict>,
    /// What approvers said about rolling it out.
    #[serde(skip_serializing_if = "Attestations::is_empty", default)]
    pub approvals: Attestations<Judgement>,
    /// What people say about its testing, environment by environment.
    #[serde(skip_serializing_if = "Attestations::is_empty", default)]
    pub tested: Attestations<Tested>,
    /// How much there is at stake; normal where nobody said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub risk: Option<Field<Risk>>,
    /// What exactly is rolled out, as far as anybody said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub artifacts: Option<Field<Vec<Artifact>>>,
    /// What has to be rolled out before it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub predecessors: BTreeSet<DeploymentId>,
    /// What people say to each other about it, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub comments: Vec<Arc<Comment>>,
    /// What else it has to do with.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub links: Vec<Link>,
    /// What was taken out of its document, to be brought back.
    #[serde(skip_serializing_if = "Removed::is_empty", default)]
    pub removed: Removed,
    /// Set once it is over and off the board.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub finished: Option<Origin>,
    /// When it was over by itself; it stays when somebody takes it up again, so that it is not over once more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub concluded: Option<Origin>,
    /// Set once its detail is on the server alone; what is left here are the facts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sealed: Option<Sealed>,
    /// Who is responsible for it. A fact: it stays when it is sealed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub assigned: BTreeSet<MemberId>,
    /// Set while it is put away, off the board without being over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub archived: Option<Origin>,
}
