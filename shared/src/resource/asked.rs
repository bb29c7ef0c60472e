//! What can be asked for over HTTP: the bodies of requests. A field that is not known is an error.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::canonical::Hash;
use crate::check::CheckState;
use crate::deployment::Change;
use crate::deployment::approval::Verdict;
use crate::deployment::testing::TestOutcome;
use crate::ids::DeploymentId;
use crate::rollout::Phase;
use crate::stage::StageState;
use crate::time::Timestamp;

/// `POST services`: adds a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewService {
    /// Its name, 1 to 100 bytes.
    pub name: String,
    /// Where its source is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repository: Option<String>,
    /// The hue of its swatch, 0 to 359 degrees; one that differs from the others where it is not given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "openapi", schema(maximum = 359))]
    pub hue: Option<u16>,
}

/// `POST labels`: adds a label of the team's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewLabel {
    /// Its name, 1 to 100 bytes.
    pub name: String,
}

/// One change that a deployment brings, usually a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewChange {
    /// What it does, in one line.
    pub summary: String,
    /// The commit's hash.
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

impl From<NewChange> for Change {
    fn from(new: NewChange) -> Self {
        let NewChange { summary, commit, author, authored_at, link } = new;
        Self { summary, commit, author, authored_at, link }
    }
}

/// Reads objects, each of them by the names of its fields: a structure is also read off a list, which nobody means.
fn objects<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    let given = Vec::<Map<String, Value>>::deserialize(from)?;
    given.into_iter().map(|object| T::deserialize(Value::Object(object)).map_err(D::Error::custom)).collect()
}

/// `POST deployments`: opens a deployment, from the built-in template or with a document of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDeployment {
    /// The service that is released, by name or id.
    pub service: String,
    /// The version, 1 to 100 bytes.
    pub version: String,
    /// What it is about, up to 200 bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
    /// The column it begins in, by name or id: a queue's or an approval's; the first queue where it is not given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<String>,
    /// What it brings, at most 500.
    #[serde(skip_serializing_if = "Vec::is_empty", default, deserialize_with = "objects")]
    #[cfg_attr(feature = "openapi", schema(max_items = 500))]
    pub changes: Vec<NewChange>,
    /// Its document as Markdown, in place of the template's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document: Option<String>,
}

/// `PATCH deployments/{id}`: replaces what is given, and nothing where nothing is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditDeployment {
    /// The version, 1 to 100 bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<String>,
    /// What it is about, up to 200 bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
}

/// `PUT deployments/{id}/sections/{section}`: replaces the free text of a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditSection {
    /// Markdown, up to 64 KiB.
    pub text: String,
}

/// A place in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ColumnEnd {
    /// Above the others.
    #[default]
    Top,
    /// Below the others.
    Bottom,
}

/// `POST deployments/{id}/move`: moves a deployment on the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveDeployment {
    /// The column it goes to, by name or id.
    pub to: String,
    /// The column it is thought to be in, by name or id: refused where it is in another one meanwhile.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<String>,
    /// Where in the column; the top where it is not given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<ColumnEnd>,
}

/// `POST deployments/{id}/checks`: adds a check at the end of a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddCheck {
    /// The section, by heading or id.
    pub section: String,
    /// What to make sure of, 1 to 500 bytes.
    pub text: String,
    /// How to verify it, up to 500 bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verify: Option<String>,
}

/// `PUT deployments/{id}/checks/{check}`: says how a check stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Attest {
    /// How it stands: `done` ticks it, `open` opens it again.
    pub state: CheckState,
    /// What shows it, up to 2,000 bytes: a text or an address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<String>,
}

/// `POST deployments/{id}/changes`: adds changes; those with a commit that is there already are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttachChanges {
    /// What the deployment brings, at most 500.
    #[serde(deserialize_with = "objects")]
    #[cfg_attr(feature = "openapi", schema(max_items = 500))]
    pub changes: Vec<NewChange>,
}

/// `PUT deployments/{id}/stages/{stage}`: marks a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkStage {
    /// How far it is.
    pub state: StageState,
    /// How far it is thought to be: refused where somebody marked it otherwise meanwhile.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<StageState>,
}

/// `PUT deployments/{id}/testing/{environment}/{testing}`: says how a kind of testing of what is there went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SayTested {
    /// How it went; what was said is taken back where it is left out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outcome: Option<TestOutcome>,
    /// What else there is to say, such as where the report is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// `POST deployments/{id}/judgements`: approves or declines a rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Judge {
    /// Where to, by name or id.
    pub environment: String,
    /// Whether it may be rolled out.
    pub verdict: Verdict,
    /// The digest of what is judged, from the deployment's gates: refused where that has changed meanwhile.
    pub digest: Hash,
    /// What else there is to say, up to 2,000 bytes; the reason where it is declined, and needed then.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// How far a rollout is, or that it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AskedPhase {
    /// It is to start now, if the gate of the environment is open.
    Requested,
    /// It runs.
    Started,
    /// It is there and works.
    Succeeded,
    /// It went wrong.
    Failed,
    /// It was taken back.
    RolledBack,
}

impl AskedPhase {
    /// Returns what is reported; `None` for what is asked for.
    #[must_use]
    pub const fn reported(self) -> Option<Phase> {
        match self {
            Self::Requested => None,
            Self::Started => Some(Phase::Started),
            Self::Succeeded => Some(Phase::Succeeded),
            Self::Failed => Some(Phase::Failed),
            Self::RolledBack => Some(Phase::RolledBack),
        }
    }
}

/// `POST rollouts`: asks for a rollout, or tells of one. Of what: `deployment`, or `service` and `version`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRollout {
    /// The deployment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deployment: Option<DeploymentId>,
    /// The service, by name or id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub service: Option<String>,
    /// The version; of a deployment, the one it has where it is not given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<String>,
    /// Where to, by name or id.
    pub environment: String,
    /// `requested` asks, and may be refused; everything else tells what happened, which is not refused.
    pub phase: AskedPhase,
    /// When it happened, by the clock of who tells; now where it is not given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub happened_at: Option<Timestamp>,
    /// When it began, for one that has ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub started_at: Option<Timestamp>,
    /// What else there is to say, up to 2,000 bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// `PATCH rollouts/{id}`: tells how far a rollout is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportRollout {
    /// How far it is.
    pub phase: Phase,
    /// When that happened, by the clock of who tells; now where it is not given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub happened_at: Option<Timestamp>,
    /// What else there is to say, up to 2,000 bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}
