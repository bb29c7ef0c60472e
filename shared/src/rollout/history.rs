//! What was rolled out where, read off the facts: the history of an environment, what is live in it, and what there is to
//! go back to.

use std::sync::Arc;

use super::{Phase, Rollout};
use crate::ids::{EnvironmentId, RolloutId, ServiceId};
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// A rollout with its id.
pub type KnownRollout<'a> = (RolloutId, &'a Arc<Rollout>);

impl Rollout {
    /// Returns when it began, by the earliest of what its witnesses say.
    #[must_use]
    pub fn began_at(&self) -> Timestamp {
        let told = self.reports.iter().map(|report| report.statement.happened_at);
        told.fold(self.started_at, Timestamp::min)
    }

    /// Returns how long it took, in milliseconds; `None` while it runs.
    #[must_use]
    pub fn took_ms(&self) -> Option<i64> {
        self.finished_at().map(|finished| finished.since(self.began_at()))
    }
}

impl Workspace {
    /// Returns the rollouts of a service to one environment, the one that began last first. What turned out to be the
    /// same as another one counts as that.
    #[must_use]
    pub fn rollouts_in(&self, service: ServiceId, environment: EnvironmentId) -> Vec<KnownRollout<'_>> {
        let of_service = self.deployments.iter().filter(|(_, known)| known.service == service);
        let rollouts = of_service.flat_map(|(id, _)| self.rollouts_of(*id));
        let mut there: Vec<_> = rollouts.filter(|(_, known)| known.environment == environment).collect();
        there.sort_by_key(|(id, known)| std::cmp::Reverse((known.started_at, *id)));
        there
    }

    /// Returns the rollout whose version of a service is live in an environment: the last one that succeeded and was
    /// not taken back. One that runs or failed has not put another version in its place.
    #[must_use]
    pub fn live_in(&self, service: ServiceId, environment: EnvironmentId) -> Option<KnownRollout<'_>> {
        self.rollouts_in(service, environment)
            .into_iter()
            .find(|(_, known)| known.phase() == Phase::Succeeded)
    }

    /// Returns the rollout to go back to from the newest one: the last one before it that succeeded with another
    /// version.
    #[must_use]
    pub fn last_good(&self, service: ServiceId, environment: EnvironmentId) -> Option<KnownRollout<'_>> {
        let mut there = self.rollouts_in(service, environment).into_iter();
        let (_, newest) = there.next()?;
        there.find(|(_, known)| known.phase() == Phase::Succeeded && known.version != newest.version)
    }
}
