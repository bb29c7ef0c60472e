//! What recording a rollout does, and what takes it back.

use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::RolloutId;
use slipway_shared::rollout::{Attempt, Phase, Rollout, RolloutCommand, Source};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

/// What a person says about a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is rolled out where.
    pub about: Attempt,
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
        let began = self.began.map(|at| self.about.report(Phase::Started, at, Source::Person, None));
        let told = self.about.report(self.phase, self.at, Source::Person, self.note.clone());
        began.into_iter().chain([told]).collect()
    }

    /// Returns what takes it back, to be asked before it is told: a rollout that nobody knew of was never there, and its
    /// card goes back; one that was told of is as far as it was.
    #[must_use]
    pub fn inverse(&self, workspace: &Workspace) -> Vec<Command> {
        let Attempt { rollout, deployment, .. } = self.about;
        if let Some(known) = workspace.rollouts.get(&rollout) {
            return vec![as_before(rollout, known)];
        }
        let retract = Command::Rollout(RolloutCommand::Retract { rollout, deployment });
        [retract].into_iter().chain(self.card_back(workspace)).collect()
    }

    fn card_back(&self, workspace: &Workspace) -> Option<Command> {
        let Attempt { deployment, environment, .. } = self.about;
        let known = workspace.deployments.get(&deployment)?;
        let from = workspace.column_of(environment).filter(|there| *there != known.column)?;
        let (to, rank) = (known.column, known.rank.clone());
        Some(Command::Deployment(DeploymentCommand::Move { deployment, from, to, rank }))
    }
}

/// Returns the report that leaves a rollout as it is, known from where it was.
#[must_use]
pub fn as_before(id: RolloutId, known: &Rollout) -> Command {
    let stood = known.prevailing();
    let source = stood.map_or(Source::Person, |report| report.source.clone());
    let at = known.finished_at().unwrap_or_else(|| known.began_at());
    let note = stood.and_then(|report| report.note.clone());
    Attempt::of(id, known).report(known.phase(), at, source, note)
}
