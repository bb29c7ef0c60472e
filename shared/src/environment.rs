//! An environment: a place deployments are rolled out to, in an order.

use serde::{Deserialize, Serialize};

use crate::ids::EnvironmentId;

/// What an environment is for; it decides which built-in label and stage its rollouts drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Integration.
    Development,
    /// Pre-production.
    Staging,
    /// Live users.
    Production,
}

/// How what is in an environment is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Testing {
    /// By machines.
    Automated,
    /// By people.
    Manual,
    /// The key flows only, on what is live.
    Smoke,
}

/// A place deployments are rolled out to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its name, unique in the workspace whatever the case of its letters.
    pub name: String,
    /// Its place in the order of environments; smaller comes first.
    pub position: u32,
    /// What it is for.
    pub tier: Tier,
    /// How what is in it is tested.
    pub testing: Vec<Testing>,
}

/// A new environment, as a command or an event carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEnvironment {
    /// Its new id.
    pub environment: EnvironmentId,
    /// Its name, 1 to 100 characters.
    pub name: String,
    /// Its place in the order of environments; smaller comes first.
    pub position: u32,
    /// What it is for.
    pub tier: Tier,
    /// How what is in it is tested.
    pub testing: Vec<Testing>,
}

/// What happened to environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentEvent {
    /// An environment was added.
    Added(NewEnvironment),
}
