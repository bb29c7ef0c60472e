//! Approvals that are due: incident work went past a gate that wanted them, and they are given afterwards.

use std::collections::BTreeSet;

use super::approval::Verdict;
use crate::ids::{DeploymentId, EnvironmentId, MemberId, RolloutId};
use crate::order;
use crate::rollout::{Overridden, Rollout};
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// The approval that is due for incident work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalDue {
    /// Where it was rolled out to.
    pub environment: EnvironmentId,
    /// The rollout that was started past the gate.
    pub rollout: RolloutId,
    /// The incident, as who started it named it.
    pub incident: String,
    /// Since when it is due: when it was started.
    pub since: Timestamp,
    /// When it is due.
    pub until: Timestamp,
}

impl ApprovalDue {
    /// Tells whether it should have been given by now.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.until <= now
    }
}

impl Workspace {
    /// Returns the approvals that are due for a deployment at a moment, one for each environment, the one due first
    /// first.
    #[must_use]
    pub fn approvals_due(&self, id: DeploymentId, at: Timestamp) -> Vec<ApprovalDue> {
        // What was approved of a sealed one is not known any more.
        if self.deployments.get(&id).is_none_or(|known| known.sealed.is_some()) {
            return Vec::new();
        }
        let due = self.rollouts_of(id).filter_map(|(rollout, known)| {
            let overridden = known.overridden.as_deref()?;
            let (incident, until) = (overridden.incident.clone()?, overridden.approval_due?);
            let (environment, since) = (known.environment, known.recorded.at);
            let is_due = !self.is_approved_after_all(id, known, overridden, at);
            is_due.then_some(ApprovalDue { environment, rollout, incident, since, until })
        });
        let mut due: Vec<_> = due.collect();
        order::sort_by_key(&mut due, |due| (due.until, due.rollout));
        let mut places = BTreeSet::new();
        due.retain(|due| places.insert(due.environment));
        due
    }

    /// Returns the approval that is due for a deployment in one environment at a moment.
    #[must_use]
    pub fn approval_due(
        &self,
        id: DeploymentId,
        environment: EnvironmentId,
        at: Timestamp,
    ) -> Option<ApprovalDue> {
        self.approvals_due(id, at).into_iter().find(|due| due.environment == environment)
    }

    /// Four eyes: who started something past a gate does not approve it afterwards, as who opened it does not before.
    pub(crate) fn is_own_start(&self, id: DeploymentId, rollout: &Rollout, member: MemberId) -> bool {
        self.members.len() > 1
            && rollout.recorded.actor == member
            && self.rules_for(id, rollout.environment).four_eyes
    }

    /// Tells whether enough approvals count again. One that was given since the rollout began was about what had been
    /// done: it settles that for good, though it counts no more for the next rollout.
    fn is_approved_after_all(
        &self,
        id: DeploymentId,
        rollout: &Rollout,
        overridden: &Overridden,
        at: Timestamp,
    ) -> bool {
        let environment = rollout.environment;
        let wanted = overridden.approvals_wanted().min(self.rules_for(id, environment).approvals);
        let standing = self.approvals(id, environment, at).into_iter();
        let approved = standing.filter(|said| said.verdict == Verdict::Approved);
        let counting = approved
            .filter(|said| said.lapse.is_none() || said.at >= rollout.recorded.at)
            .filter(|said| !self.is_own_start(id, rollout, said.by));
        u32::try_from(counting.count()).unwrap_or(u32::MAX) >= wanted
    }
}
