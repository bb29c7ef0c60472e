//! The seven stages of the workflow, and how the track of a deployment is read from marks and facts.

use serde::{Deserialize, Serialize};

use crate::environment::Tier;
use crate::rollout::Phase;

/// A step of the workflow, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Create the artifact.
    Build,
    /// Automated testing.
    Test,
    /// Rollout to staging; follows the facts.
    Stage,
    /// Testing on staging.
    Verify,
    /// Production approval.
    Approve,
    /// Rollout to production; follows the facts.
    Deploy,
    /// Watching it live.
    Monitor,
}

impl Stage {
    /// All seven, in order.
    pub const ALL: [Self; 7] =
        [Self::Build, Self::Test, Self::Stage, Self::Verify, Self::Approve, Self::Deploy, Self::Monitor];

    /// Returns the tier whose latest rollout decides this stage; `None` for a stage marked by hand.
    #[must_use]
    pub const fn followed_tier(self) -> Option<Tier> {
        match self {
            Self::Stage => Some(Tier::Staging),
            Self::Deploy => Some(Tier::Production),
            Self::Build | Self::Test | Self::Verify | Self::Approve | Self::Monitor => None,
        }
    }
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    /// Not begun.
    #[default]
    NotStarted,
    /// Under way.
    Running,
    /// Done and fine.
    Passed,
    /// Done and not fine.
    Failed,
    /// Left out on purpose.
    Skipped,
}

impl From<Phase> for StageState {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Started => Self::Running,
            Phase::Succeeded => Self::Passed,
            Phase::Failed | Phase::RolledBack => Self::Failed,
        }
    }
}
