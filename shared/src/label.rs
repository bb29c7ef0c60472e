//! Labels: seven that follow the facts by themselves, and the team's own.

use serde::{Deserialize, Serialize};

use crate::environment::Tier;
use crate::ids::LabelId;
use crate::rollout::Phase;

/// The seven built-in labels. They are derived from facts and never set by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuiltInLabel {
    /// Deployment work; every deployment has it.
    TypeDeployment,
    /// A rollout to a development environment has started.
    DeployDev,
    /// A rollout to a staging environment has started.
    DeployStaging,
    /// A rollout to a production environment has started.
    DeployProd,
    /// The latest production rollout succeeded.
    DeploySuccess,
    /// The latest production rollout failed.
    DeployFailed,
    /// The latest production rollout was rolled back.
    DeployRollback,
}

impl BuiltInLabel {
    /// All seven, in the order of the source.
    pub const ALL: [Self; 7] = [
        Self::TypeDeployment,
        Self::DeployDev,
        Self::DeployStaging,
        Self::DeployProd,
        Self::DeploySuccess,
        Self::DeployFailed,
        Self::DeployRollback,
    ];

    /// Returns the label as the team reads and writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TypeDeployment => "type-deployment",
            Self::DeployDev => "deploy-dev",
            Self::DeployStaging => "deploy-staging",
            Self::DeployProd => "deploy-prod",
            Self::DeploySuccess => "deploy-success",
            Self::DeployFailed => "deploy-failed",
            Self::DeployRollback => "deploy-rollback",
        }
    }

    /// Returns the label that a started rollout to an environment of `tier` brings.
    #[must_use]
    pub const fn for_tier(tier: Tier) -> Self {
        match tier {
            Tier::Development => Self::DeployDev,
            Tier::Staging => Self::DeployStaging,
            Tier::Production => Self::DeployProd,
        }
    }

    /// Returns the label for the latest production rollout; `None` while it runs.
    #[must_use]
    pub const fn for_outcome(phase: Phase) -> Option<Self> {
        match phase {
            Phase::Started => None,
            Phase::Succeeded => Some(Self::DeploySuccess),
            Phase::Failed => Some(Self::DeployFailed),
            Phase::RolledBack => Some(Self::DeployRollback),
        }
    }
}

/// A label of the team's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name, unique in the workspace whatever the case of its letters, and none of the built-in ones.
    pub name: String,
}

/// What can be asked of labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LabelCommand {
    /// Adds a label to the workspace.
    Add {
        /// Its new id.
        label: LabelId,
        /// Its name, 1 to 100 bytes.
        name: String,
    },
}

/// What happened to labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelEvent {
    /// A label was added to the workspace.
    Added {
        /// Its id.
        label: LabelId,
        /// Its name.
        name: String,
    },
}
