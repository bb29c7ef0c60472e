//! What recording a rollout does, and what takes it back.

use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{DeploymentId, EnvironmentId, RolloutId};
use slipway_shared::rollout::{Phase, Rollout, RolloutCommand, Source};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

/// What a person says about a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The rollout.
    pub rollout: RolloutId,
    /// What is rolled out.
    pub deployment: DeploymentId,
    /// Where to.
    pub environment: EnvironmentId,
    /// Which version.
    pub version: String,
    /// How far it is.
    pub phase: Phase,
    /// When that happened.
    pub at: Timestamp,
    /// When it began, where it is over by the time somebody tells of it.
    pub began: Option<Timestamp>,
    /// What else there is to say.
    pub note: Option<String>,
}

impl Told {
    /// Returns the commands that tell it, in their order.
    #[must_use]
    pub fn commands(&self) -> Vec<Command> {
        let began = self.began.map(|at| self.report(Phase::Started, at, None));
        began.into_iter().chain([self.report(self.phase, self.at, self.note.clone())]).collect()
    }

    /// Returns what takes it back, to be asked before it is told: a rollout that nobody knew of was never there, and its
    /// card goes back; one that was told of is as far as it was.
    #[must_use]
    pub fn inverse(&self, workspace: &Workspace) -> Vec<Command> {
        if let Some(known) = workspace.rollouts.get(&self.rollout) {
            return vec![as_before(self.rollout, known)];
        }
        let (rollout, deployment) = (self.rollout, self.deployment);
        let retract = Command::Rollout(RolloutCommand::Retract { rollout, deployment });
        [retract].into_iter().chain(self.card_back(workspace)).collect()
    }

    fn card_back(&self, workspace: &Workspace) -> Option<Command> {
        let known = workspace.deployments.get(&self.deployment)?;
        let from = workspace.column_of(self.environment).filter(|there| *there != known.column)?;
        let (to, rank) = (known.column, known.rank.clone());
        Some(Command::Deployment(DeploymentCommand::Move { deployment: self.deployment, from, to, rank }))
    }

    fn report(&self, phase: Phase, happened_at: Timestamp, note: Option<String>) -> Command {
        Command::Rollout(RolloutCommand::Report {
            rollout: self.rollout,
            deployment: self.deployment,
            environment: self.environment,
            version: self.version.clone(),
            phase,
            happened_at,
            source: Source::Person,
            note,
        })
    }
}

/// Returns the report that leaves a rollout as it is.
#[must_use]
pub fn as_before(id: RolloutId, known: &Rollout) -> Command {
    let stood = known.prevailing();
    let told = Told {
        rollout: id,
        deployment: known.deployment,
        environment: known.environment,
        version: known.version.clone(),
        phase: known.phase(),
        at: known.finished_at().unwrap_or_else(|| known.began_at()),
        began: None,
        note: stood.and_then(|report| report.note.clone()),
    };
    told.report(told.phase, told.at, told.note.clone())
}
