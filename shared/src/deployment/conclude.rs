//! The board empties itself: a deployment is over once its time of monitoring is, and its post-deployment checks are done.

use super::Deployment;
use super::event::DeploymentEvent;
use crate::check::CheckState;
use crate::document::SectionKind;
use crate::environment::Tier;
use crate::ids::DeploymentId;
use crate::rejection::Rejection;
use crate::rollout::Phase;
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// How long a deployment is watched after it went live, in milliseconds: a day.
pub const MONITORED_MS: i64 = 24 * 60 * 60 * 1000;

impl Workspace {
    /// Iterates over the deployments that are over by themselves.
    pub fn due_for_conclusion(&self, now: Timestamp) -> impl Iterator<Item = DeploymentId> {
        self.open_deployments().filter(move |id| self.is_due_for_conclusion(*id, now))
    }

    /// Tells whether a deployment is over by itself: it is live for long enough, no rollout of it runs, its
    /// post-deployment checks are done, and no edit waits for somebody to settle it. What somebody took up again after it
    /// was concluded stays until they finish it.
    #[must_use]
    pub fn is_due_for_conclusion(&self, id: DeploymentId, now: Timestamp) -> bool {
        let Some(known) = self.deployments.get(&id) else { return false };
        let is_on_board = known.is_on_board() && known.sealed.is_none() && known.concluded.is_none();
        is_on_board && known.is_settled() && self.monitoring_ended(id).is_some_and(|ended| ended <= now)
    }

    /// Returns when the monitoring of a deployment is over; `None` while it is not live, or on its way elsewhere.
    #[must_use]
    pub fn monitoring_ended(&self, id: DeploymentId) -> Option<Timestamp> {
        if self.rollouts_of(id).any(|(_, rollout)| rollout.phase() == Phase::Started) {
            return None;
        }
        let (_, rollout) = self.latest_rollout(id, Tier::Production)?;
        let live = rollout.finished_at().filter(|_| rollout.phase() == Phase::Succeeded)?;
        Some(live.plus(MONITORED_MS))
    }

    /// Concludes a deployment, if it is over.
    pub(super) fn conclude(
        &self,
        id: DeploymentId,
        now: Timestamp,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        self.existing(id)?;
        Ok(self.is_due_for_conclusion(id, now).then_some(DeploymentEvent::Concluded { deployment: id }))
    }
}

impl Deployment {
    /// Tells whether nothing of it waits for somebody: neither a check after the deployment nor an edit that lost.
    fn is_settled(&self) -> bool {
        let after = self.sections.iter().filter(|section| section.kind == SectionKind::PostDeployment);
        let mut states = after.flat_map(|section| &section.checks).map(super::Check::state);
        self.conflicts.is_empty()
            && states.all(|state| matches!(state, CheckState::Done | CheckState::NotApplicable))
    }
}
