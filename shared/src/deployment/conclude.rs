//! The board empties itself: a deployment is over once its time of monitoring is, and its post-deployment checks are done.

use std::collections::BTreeSet;

use super::Deployment;
use super::approval::Verdict;
use super::event::DeploymentEvent;
use crate::check::CheckState;
use crate::decide::same_name;
use crate::document::SectionKind;
use crate::environment::Tier;
use crate::ids::{DeploymentId, EnvironmentId};
use crate::rejection::Rejection;
use crate::rollout::Phase;
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// How long a deployment is watched after it went live, in milliseconds, where its policy says nothing else: a day.
pub const MONITORED_MS: i64 = 24 * 60 * 60 * 1000;

impl Workspace {
    /// Iterates over the deployments that are over by themselves.
    pub fn due_for_conclusion(&self, now: Timestamp) -> impl Iterator<Item = DeploymentId> {
        self.open_deployments().filter(move |id| self.is_due_for_conclusion(*id, now))
    }

    /// Tells whether a deployment is over by itself: it is live for long enough wherever it was to go live, no rollout of
    /// it runs, its post-deployment checks are done, no approval of it is due, and no edit waits for somebody to settle it.
    /// What somebody took up again after it was concluded stays until they finish it.
    #[must_use]
    pub fn is_due_for_conclusion(&self, id: DeploymentId, now: Timestamp) -> bool {
        let Some(known) = self.deployments.get(&id) else { return false };
        let is_on_board = known.is_on_board() && known.sealed.is_none() && known.concluded.is_none();
        is_on_board
            && known.is_settled()
            && self.monitoring_ended(id).is_some_and(|ended| ended <= now)
            && self.approvals_due(id, now).is_empty()
    }

    /// Returns when the monitoring of a deployment is over, everywhere: each environment is watched for as long as its
    /// policy says. `None` while it is on its way somewhere, or not live in each production environment it was rolled out
    /// to or is still to go to.
    #[must_use]
    pub fn monitoring_ended(&self, id: DeploymentId) -> Option<Timestamp> {
        if self.rollouts_of(id).any(|(_, rollout)| rollout.phase() == Phase::Started) {
            return None;
        }
        let ends = |environment| {
            let (_, rollout) = self.latest_rollout_in(id, environment)?;
            let live = rollout.finished_at().filter(|_| rollout.phase() == Phase::Succeeded)?;
            Some(live.plus(self.rules_for(id, environment).monitoring_lasts()))
        };
        let ends: Option<Vec<_>> = self.production_of(id).into_iter().map(ends).collect();
        ends?.into_iter().max()
    }

    /// Returns the production environments that a deployment was rolled out to, or is still to go to: where somebody
    /// approved it, or where the check that names the environment is neither done nor said not to apply. Nothing can go to
    /// one that is archived; there it only counts where it is live.
    fn production_of(&self, id: DeploymentId) -> BTreeSet<EnvironmentId> {
        let Some(known) = self.deployments.get(&id) else { return BTreeSet::new() };
        let is_to_go_to = |(environment, name, is_archived): &(EnvironmentId, &str, bool)| {
            let latest = self.latest_rollout_in(id, *environment);
            match latest.map(|(_, rollout)| rollout.phase()) {
                Some(Phase::Succeeded) => true,
                Some(Phase::Started | Phase::Failed | Phase::RolledBack) => !is_archived,
                None => !is_archived && known.is_to_go_to(*environment, name),
            }
        };
        let all = self.environments.iter().filter(|(_, there)| there.tier == Tier::Production);
        let all = all.map(|(id, there)| (*id, there.name.as_str(), there.archived));
        all.filter(is_to_go_to).map(|(environment, ..)| environment).collect()
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
    /// Tells whether somebody approved that it goes to an environment, or has it as a check that is not answered.
    fn is_to_go_to(&self, environment: EnvironmentId, name: &str) -> bool {
        let is_approved = self.approvals.iter().any(|said| {
            said.statement.environment == environment && said.statement.verdict == Verdict::Approved
        });
        let places = self.sections.iter().filter(|section| section.kind == SectionKind::Environments);
        let mut named =
            places.flat_map(|section| &section.checks).filter(|check| same_name(&check.text, name));
        is_approved || named.any(|check| matches!(check.state(), CheckState::Open | CheckState::Failed))
    }

    /// Tells whether nothing of it waits for somebody: neither a check after the deployment nor an edit that lost.
    fn is_settled(&self) -> bool {
        let after = self.sections.iter().filter(|section| section.kind == SectionKind::PostDeployment);
        let mut states = after.flat_map(|section| &section.checks).map(super::Check::state);
        self.conflicts.is_empty()
            && states.all(|state| matches!(state, CheckState::Done | CheckState::NotApplicable))
    }
}
