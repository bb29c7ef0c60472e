//! Taking back what was recorded by mistake: a rollout that there never was.
//!
//! Facts are not refused, and so nobody takes back what somebody else has told of. Whoever recorded something that did not
//! happen says so; both stay in the log. See `docs/decisions/0049-taken-back.md`.

use std::sync::Arc;

use super::{Rollout, RolloutCommand, RolloutEvent};
use crate::check::CheckState;
use crate::context::Context;
use crate::deployment::event::DeploymentEvent;
use crate::event::Event;
use crate::ids::{CommandKey, DeploymentId, MemberId, RolloutId};
use crate::origin::Origin;
use crate::rejection::Rejection;
use crate::workspace::Workspace;

impl Workspace {
    /// The check that it ticked opens with it. The card stays where it is: nobody knows where it would be otherwise.
    pub(super) fn decide_retract(
        &self,
        context: &Context,
        command: &RolloutCommand,
    ) -> Result<Vec<Event>, Rejection> {
        let RolloutCommand::Retract { rollout, deployment } = command else {
            return Err(Rejection::Internal);
        };
        let (rollout, deployment) = (*rollout, *deployment);
        let known = self.rollouts.get(&rollout).filter(|known| known.deployment == deployment);
        let known = known.ok_or(Rejection::OtherRollout)?;
        if known.retracted.is_some() {
            return Ok(Vec::new());
        }
        if let Some(rejection) = self.may_not_retract(rollout, context.actor) {
            return Err(rejection);
        }
        let told: Vec<_> = known.reports.iter().map(|report| report.origin.command).collect();
        let opened = self.untick(context, deployment, &told).map(Event::Deployment);
        let retracted = Event::Rollout(RolloutEvent::Retracted { rollout, deployment });
        Ok([retracted].into_iter().chain(opened).collect())
    }

    /// Returns why somebody may not take a rollout back; `None` when they may, as far as their role lets them.
    #[must_use]
    pub fn may_not_retract(&self, rollout: RolloutId, member: MemberId) -> Option<Rejection> {
        let Some(known) = self.rollouts.get(&rollout) else { return Some(Rejection::OtherRollout) };
        if known.overridden.is_some() {
            return Some(Rejection::StartedAnyway);
        }
        let joined = self.joined_to(rollout);
        let others = joined.iter().chain(&known.same_as).filter_map(|other| self.rollouts.get(other));
        let all: Vec<&Rollout> = [known].into_iter().chain(others).map(|known| &**known).collect();
        let mut witnesses = all.iter().flat_map(|known| known.witnesses());
        witnesses.find(|by| *by != member).map(|by| Rejection::ToldByOthers { by })
    }

    /// Returns the change that opens the check that one of these reports has ticked.
    pub(super) fn untick(
        &self,
        context: &Context,
        id: DeploymentId,
        told: &[CommandKey],
    ) -> Option<DeploymentEvent> {
        let is_theirs = |key: &CommandKey| told.contains(key);
        let mut checks = self.deployments.get(&id)?.checks();
        let ticked = checks
            .find(|check| check.attestations.iter().any(|said| is_theirs(&said.origin.command)))
            .map(|check| check.id)?;
        self.attest(context, id, ticked, CheckState::Open, None).ok()?
    }

    /// It stays in the log, and is counted no more.
    pub(crate) fn apply_retracted(&mut self, origin: &Origin, rollout: RolloutId) {
        let Some(known) = self.rollouts.get(&rollout) else { return };
        let retracted = Rollout { retracted: Some(*origin), ..Rollout::clone(known) };
        self.hide_rollout(retracted.deployment, rollout);
        self.rollouts.insert(rollout, Arc::new(retracted));
    }
}

impl Rollout {
    /// Returns who told of it: who was first, then whoever else did, each once.
    #[must_use]
    pub fn witnesses(&self) -> Vec<MemberId> {
        let mut witnesses = vec![self.recorded.actor];
        for report in self.reports.iter() {
            if !witnesses.contains(&report.origin.actor) {
                witnesses.push(report.origin.actor);
            }
        }
        witnesses
    }

    /// Tells whether it is counted: it was not taken back, and is not another one by a second name.
    #[must_use]
    pub const fn is_counted(&self) -> bool {
        self.same_as.is_none() && self.retracted.is_none()
    }
}
