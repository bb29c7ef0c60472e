//! Whether a rollout that somebody asks for may start.

use super::{Phase, Report, RolloutCommand, RolloutEvent, Source};
use crate::context::Context;
use crate::event::Event;
use crate::ids::{DeploymentId, EnvironmentId};
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
            RolloutCommand::Request { rollout, deployment, environment, version } => {
                if self.rollouts.contains_key(rollout) {
                    return Err(Rejection::IdTaken);
                }
                self.may_start(*deployment, *environment, version)?;
                // It starts when it is granted, by the clock of the server: nobody has reported anything yet.
                let (happened_at, source) = (context.now, Source::Person);
                let report =
                    Report { phase: Phase::Started, happened_at, clock_error_ms: 0, source, note: None };
                let started = RolloutEvent::Reported {
                    rollout: *rollout,
                    deployment: *deployment,
                    environment: *environment,
                    version: version.clone(),
                    report,
                    supersedes: Vec::new(),
                    requested: true,
                    outside_gate: false,
                };
                let follows = self.follow_rollout(*deployment, *environment).map(Event::Deployment);
                Ok([Event::Rollout(started)].into_iter().chain(follows).collect())
            }
        }
    }

    fn may_start(
        &self,
        id: DeploymentId,
        environment: EnvironmentId,
        version: &str,
    ) -> Result<(), Rejection> {
        let known = self.editable(id)?;
        if !self.environments.contains_key(&environment) {
            return Err(Rejection::UnknownEnvironment { environment });
        }
        if known.version.value != version {
            return Err(Rejection::VersionChanged { version: known.version.value.clone() });
        }
        if let Some(deployment) = self.running_in(environment) {
            return Err(Rejection::RolloutRunning { deployment, environment });
        }
        let missing = self.missing_at_gate(id, environment);
        if missing.is_empty() { Ok(()) } else { Err(Rejection::GateClosed { environment, missing }) }
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
