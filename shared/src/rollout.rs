//! A rollout: one attempt to put a deployment into one environment, told by facts that stand alone.

mod attempt;
pub mod history;
pub mod join;
mod past;
mod report;
mod request;
mod retract;

pub use attempt::Attempt;
use serde::{Deserialize, Serialize};

use crate::attestation::Attestations;
use crate::deployment::gate::Missing;
use crate::ids::{CommandKey, DeploymentId, EnvironmentId, RolloutId};
use crate::origin::Origin;
use crate::time::Timestamp;

/// How far a rollout is, as somebody reported it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It runs.
    Started,
    /// It is there and works.
    Succeeded,
    /// It went wrong.
    Failed,
    /// It was taken back.
    RolledBack,
}

/// How a fact became known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Somebody said so.
    Person,
    /// Read from a tag of a repository, therefore inferred.
    GitTag {
        /// The tag's name.
        tag: String,
    },
}

/// What one report says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How far it is.
    pub phase: Phase,
    /// When that happened in the world, by the server's clock.
    pub happened_at: Timestamp,
    /// What the reporter's clock was corrected by, in milliseconds; 0 where it was right or is not known.
    pub clock_error_ms: i64,
    /// How it became known.
    pub source: Source,
    /// What else the reporter said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// One attempt to put a deployment into one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    /// What was rolled out.
    pub deployment: DeploymentId,
    /// Where to.
    pub environment: EnvironmentId,
    /// The version that was rolled out.
    pub version: String,
    /// When it began; the time of its first report where nobody said.
    pub started_at: Timestamp,
    /// What is said about how far it is; the worst of concurrent reports counts.
    pub reports: Attestations<Report>,
    /// Where the record of it comes from.
    pub recorded: Origin,
    /// It was asked for and granted.
    #[serde(skip_serializing_if = "is_false", default)]
    pub requested: bool,
    /// It began though the gate of its environment was closed.
    #[serde(skip_serializing_if = "is_false", default)]
    pub outside_gate: bool,
    /// It was started though the gate was closed, and why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub overridden: Option<Box<Overridden>>,
    /// It turned out to be another one, which somebody told of as well: that one counts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub same_as: Option<RolloutId>,
    /// It was recorded by mistake, as whoever told of it said. Telling of it again makes it count again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retracted: Option<Origin>,
}

/// Why a rollout was started though the gate was closed, and what was missing then. It stays for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overridden {
    /// Why.
    pub reason: String,
    /// What was missing.
    pub missing: Vec<Missing>,
    /// The incident it was started for, as who started it named it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub incident: Option<String>,
    /// When the approvals that were missing are due.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub approval_due: Option<Timestamp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Rollout {
    /// Returns the report that counts: rolled back over failed over succeeded over started.
    #[must_use]
    pub fn prevailing(&self) -> Option<&Report> {
        self.reports.prevailing(|report| report.phase).map(|attestation| &attestation.statement)
    }

    /// Returns how far the rollout is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.prevailing().map_or(Phase::Started, |report| report.phase)
    }

    /// Returns when it ended; `None` while it runs.
    #[must_use]
    pub fn finished_at(&self) -> Option<Timestamp> {
        self.prevailing().filter(|report| report.phase != Phase::Started).map(|report| report.happened_at)
    }
}

/// What can be said about rollouts. Reports are facts: never refused for the state they meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RolloutCommand {
    /// Tells how far a rollout is. The first report of a rollout creates it.
    Report {
        /// The rollout; a new id for a new one.
        rollout: RolloutId,
        /// What is rolled out.
        deployment: DeploymentId,
        /// Where to.
        environment: EnvironmentId,
        /// The version, 1 to 100 characters.
        version: String,
        /// How far it is.
        phase: Phase,
        /// When that happened, by the clock of whoever reports.
        happened_at: Timestamp,
        /// How it became known.
        source: Source,
        /// What else there is to say, up to 2,000 characters.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        note: Option<String>,
    },
    /// Asks to start a rollout. It starts, now, if the gate of the environment is open.
    Request {
        /// The new rollout.
        rollout: RolloutId,
        /// What to roll out.
        deployment: DeploymentId,
        /// Where to.
        environment: EnvironmentId,
        /// The version that its author saw.
        version: String,
    },
    /// Starts a rollout though the gate of the environment is closed. For whom its policy lets: who names an incident, for
    /// incident work.
    Override {
        /// The new rollout.
        rollout: RolloutId,
        /// What to roll out.
        deployment: DeploymentId,
        /// Where to.
        environment: EnvironmentId,
        /// The version that its author saw.
        version: String,
        /// Why, 1 to 2,000 characters.
        reason: String,
        /// The incident it is started for, 1 to 500 characters; absent where it is for none.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        incident: Option<String>,
    },
    /// Says that a rollout is the same as another one, which somebody else told of.
    Join {
        /// The one that is not counted any more.
        rollout: RolloutId,
        /// What was rolled out.
        deployment: DeploymentId,
        /// The one that counts.
        same_as: RolloutId,
    },
    /// Says that a rollout is one of its own after all.
    Split {
        /// The one that is counted again.
        rollout: RolloutId,
        /// What was rolled out.
        deployment: DeploymentId,
    },
    /// Says that a rollout was recorded by mistake. For who recorded it, while nobody else has told of it.
    Retract {
        /// The one that there never was.
        rollout: RolloutId,
        /// What it would have rolled out.
        deployment: DeploymentId,
    },
}

/// What became known about rollouts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RolloutEvent {
    /// Somebody reported how far a rollout is.
    Reported {
        /// The rollout.
        rollout: RolloutId,
        /// What is rolled out.
        deployment: DeploymentId,
        /// Where to.
        environment: EnvironmentId,
        /// The version.
        version: String,
        /// What was said.
        report: Report,
        /// The reports its author had seen.
        supersedes: Vec<CommandKey>,
        /// It was asked for, and this grants it.
        #[serde(skip_serializing_if = "is_false", default)]
        requested: bool,
        /// It began though the gate of the environment was closed.
        #[serde(skip_serializing_if = "is_false", default)]
        outside_gate: bool,
        /// It was started though the gate was closed, and why.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        overridden: Option<Box<Overridden>>,
    },
    /// It turned out that two rollouts are one.
    Joined {
        /// The one that is not counted any more.
        rollout: RolloutId,
        /// What was rolled out.
        deployment: DeploymentId,
        /// The one that counts.
        same_as: RolloutId,
    },
    /// Two rollouts were not one after all.
    Split {
        /// The one that is counted again.
        rollout: RolloutId,
        /// What was rolled out.
        deployment: DeploymentId,
    },
    /// Who told of it says that there was none.
    Retracted {
        /// The one that is not counted any more.
        rollout: RolloutId,
        /// What it would have rolled out.
        deployment: DeploymentId,
    },
}
