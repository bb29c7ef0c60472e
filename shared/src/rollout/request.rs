//! Whether a rollout that somebody asks for may start.

use super::{Overridden, Phase, Report, RolloutCommand, RolloutEvent, Source};
use crate::context::Context;
use crate::event::Event;
use crate::ids::{DeploymentId, EnvironmentId, RolloutId};
use crate::rejection::Rejection;
use crate::workspace::Workspace;

impl Workspace {
    pub(crate) fn decide_rollout(
        &self,
        context: &Context,
        command: &RolloutCommand,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            RolloutCommand::Report { .. } => self.decide_report(context, command),
            RolloutCommand::Join { .. } | RolloutCommand::Split { .. } => {
                Ok(self.decide_join(command)?.map(Event::Rollout).into_iter().collect())
            }
            RolloutCommand::Retract { .. } => self.decide_retract(context, command),
            RolloutCommand::Request { rollout, deployment, environment, version } => {
                if self.rollouts.contains_key(rollout) {
                    return Err(Rejection::IdTaken);
                }
                self.may_begin(*deployment, *environment, version)?;
                let missing = self.missing_at_gate(*deployment, *environment, context.now);
                if !missing.is_empty() {
                    return Err(Rejection::GateClosed { environment: *environment, missing });
                }
                let what = (*rollout, *deployment, *environment);
                Ok(self.start(context, what, version, None, None))
            }
            RolloutCommand::Override { .. } => self.decide_override(context, command),
        }
    }

    /// Starts a rollout when it is granted, by the clock of the server: nobody has reported anything yet.
    pub(super) fn start(
        &self,
        context: &Context,
        (rollout, deployment, environment): (RolloutId, DeploymentId, EnvironmentId),
        version: &str,
        note: Option<String>,
        overridden: Option<Overridden>,
    ) -> Vec<Event> {
        let (happened_at, source) = (context.now, Source::Person);
        let report = Report { phase: Phase::Started, happened_at, clock_error_ms: 0, source, note };
        let started = RolloutEvent::Reported {
            rollout,
            deployment,
            environment,
            version: version.to_owned(),
            report,
            supersedes: Vec::new(),
            requested: true,
            outside_gate: overridden.is_some(),
            overridden: overridden.map(Box::new),
        };
        let follows = self.follow_rollout(deployment, environment).map(Event::Deployment);
        [Event::Rollout(started)].into_iter().chain(follows).collect()
    }

    /// Refuses what no override gets past either.
    pub(super) fn may_begin(
        &self,
        id: DeploymentId,
        environment: EnvironmentId,
        version: &str,
    ) -> Result<(), Rejection> {
        let known = self.editable(id)?;
        self.usable_environment(environment)?;
        if known.version.value != version {
            return Err(Rejection::VersionChanged { version: known.version.value.clone() });
        }
        if let Some(deployment) = self.running_in(environment) {
            return Err(Rejection::RolloutRunning { deployment, environment });
        }
        Ok(())
    }

    /// Returns the deployment on the board whose rollout runs in an environment. What is off the board holds
    /// nobody up, though nobody said how its rollout ended.
    #[must_use]
    pub fn running_in(&self, environment: EnvironmentId) -> Option<DeploymentId> {
        self.open_deployments().find(|id| {
            let latest = self.latest_rollout_in(*id, environment);
            latest.is_some_and(|(_, rollout)| rollout.phase() == Phase::Started)
        })
    }
}
