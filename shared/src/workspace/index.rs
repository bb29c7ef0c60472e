//! What is derived from the entities to find things quickly. Not part of the digest.

use std::sync::Arc;

use imbl::OrdMap;

use super::Workspace;
use crate::ids::{DeploymentId, EnvironmentId, RolloutId};
use crate::rollout::Rollout;
use crate::time::Timestamp;

/// Ways to find entities by what they belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    rollouts: OrdMap<DeploymentId, Arc<Vec<RolloutId>>>,
    open: imbl::OrdSet<DeploymentId>,
    /// The rollouts to each environment, by when they began.
    began: imbl::OrdSet<(EnvironmentId, Timestamp, RolloutId)>,
}

impl Index {
    pub(super) fn add_rollout(&mut self, deployment: DeploymentId, rollout: RolloutId) {
        let known = self.rollouts.get(&deployment).map_or(&[][..], |rollouts| rollouts.as_slice());
        if let Err(place) = known.binary_search(&rollout) {
            let mut rollouts = known.to_vec();
            rollouts.insert(place, rollout);
            self.rollouts.insert(deployment, Arc::new(rollouts));
        }
    }

    fn remove_rollout(&mut self, deployment: DeploymentId, rollout: RolloutId) {
        if let Some(known) = self.rollouts.get(&deployment) {
            let rollouts = known.iter().copied().filter(|known| *known != rollout).collect();
            self.rollouts.insert(deployment, Arc::new(rollouts));
        }
    }

    pub(super) fn set_open(&mut self, deployment: DeploymentId, is_open: bool) {
        if is_open {
            self.open.insert(deployment);
        } else {
            self.open.remove(&deployment);
        }
    }
}

impl Workspace {
    /// Iterates over the rollouts of a deployment, in the order of their ids. What turned out to be the same as another
    /// one is not among them.
    pub fn rollouts_of(&self, deployment: DeploymentId) -> impl Iterator<Item = (RolloutId, &Arc<Rollout>)> {
        let ids = self.index.rollouts.get(&deployment).map_or(&[][..], |ids| ids.as_slice());
        ids.iter().filter_map(|id| self.rollouts.get(id).map(|rollout| (*id, rollout)))
    }

    /// Iterates over the deployments on the board, in the order of their ids: those not finished.
    pub fn open_deployments(&self) -> impl Iterator<Item = DeploymentId> {
        self.index.open.iter().copied()
    }

    /// Iterates over the rollouts to an environment that had begun at a moment, those that began last first.
    pub fn rollouts_begun_in(
        &self,
        environment: EnvironmentId,
        at: Timestamp,
    ) -> impl Iterator<Item = (RolloutId, &Arc<Rollout>)> {
        let first = (environment, Timestamp(i64::MIN), RolloutId::from_u128(0));
        let began = self.index.began.range(first..=(environment, at, RolloutId::from_u128(u128::MAX)));
        let rollouts =
            began.rev().filter_map(|(_, _, id)| self.rollouts.get(id).map(|rollout| (*id, rollout)));
        rollouts.filter(|(_, rollout)| rollout.is_counted())
    }

    /// To be called before the rollout takes the place of what was known of it.
    pub(crate) fn index_rollout(&mut self, id: RolloutId, rollout: &Rollout) {
        if let Some(known) = self.rollouts.get(&id) {
            self.index.began.remove(&(known.environment, known.started_at, id));
        }
        self.index.began.insert((rollout.environment, rollout.started_at, id));
        if rollout.is_counted() {
            self.index.add_rollout(rollout.deployment, id);
        }
    }

    pub(crate) fn show_rollout(&mut self, deployment: DeploymentId, rollout: RolloutId) {
        self.index.add_rollout(deployment, rollout);
    }

    pub(crate) fn hide_rollout(&mut self, deployment: DeploymentId, rollout: RolloutId) {
        self.index.remove_rollout(deployment, rollout);
    }

    pub(crate) fn index_deployment(&mut self, deployment: DeploymentId, is_open: bool) {
        self.index.set_open(deployment, is_open);
    }
}
