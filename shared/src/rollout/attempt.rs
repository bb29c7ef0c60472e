//! What every report of one rollout says alike.

use super::{Phase, Rollout, RolloutCommand, Source};
use crate::command::Command;
use crate::ids::{DeploymentId, EnvironmentId, RolloutId};
use crate::time::Timestamp;

/// What is rolled out where, and under which name it is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The rollout.
    pub rollout: RolloutId,
    /// What is rolled out.
    pub deployment: DeploymentId,
    /// Where to.
    pub environment: EnvironmentId,
    /// Which version.
    pub version: String,
}

impl Attempt {
    /// Returns what a rollout that is known is about.
    #[must_use]
    pub fn of(rollout: RolloutId, known: &Rollout) -> Self {
        let (deployment, environment, version) = (known.deployment, known.environment, known.version.clone());
        Self { rollout, deployment, environment, version }
    }

    /// Returns the command that tells how far it is, since when, and where that is known from.
    #[must_use]
    pub fn report(
        &self,
        phase: Phase,
        happened_at: Timestamp,
        source: Source,
        note: Option<String>,
    ) -> Command {
        Command::Rollout(RolloutCommand::Report {
            rollout: self.rollout,
            deployment: self.deployment,
            environment: self.environment,
            version: self.version.clone(),
            phase,
            happened_at,
            source,
            note,
        })
    }
}
