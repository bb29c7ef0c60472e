//! What a deployment is made of and what it waits for: its risk, its artifacts, and the deployments it follows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Deployment;
use super::event::DeploymentEvent;
use crate::context::Context;
use crate::decide::too_many;
use crate::ids::DeploymentId;
use crate::order;
use crate::policy::Risk;
use crate::rejection::{Rejection, TextField};
use crate::text::{line, optional_line};
use crate::workspace::Workspace;

/// The most artifacts one deployment may have.
pub const ARTIFACTS_PER_DEPLOYMENT: usize = 50;
/// The most deployments one may follow.
pub const PREDECESSORS_PER_DEPLOYMENT: usize = 50;

/// Something that is rolled out, exactly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Artifact {
    /// What it is called, 1 to 100 characters.
    pub name: String,
    /// Its digest, as whoever built it writes it, up to 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digest: Option<String>,
    /// Where it is, up to 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<String>,
}

impl Artifact {
    fn valid(&self) -> Result<Self, Rejection> {
        Ok(Self {
            name: line(TextField::Name, &self.name)?,
            digest: optional_line(TextField::Evidence, self.digest.as_deref())?,
            link: optional_line(TextField::Link, self.link.as_deref())?,
        })
    }
}

impl Deployment {
    /// Returns how much there is at stake with it.
    #[must_use]
    pub fn risk(&self) -> Risk {
        self.risk.as_ref().map(|risk| risk.value).unwrap_or_default()
    }

    /// Returns what exactly is rolled out, as far as anybody said.
    #[must_use]
    pub fn artifacts(&self) -> &[Artifact] {
        self.artifacts.as_ref().map_or(&[], |artifacts| &artifacts.value)
    }
}

impl Workspace {
    /// Of what two people said without knowing of each other the higher risk counts.
    pub(super) fn set_risk(
        &self,
        context: &Context,
        deployment: DeploymentId,
        risk: Risk,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.editable(deployment)?;
        let is_unseen = known.risk.as_ref().is_some_and(|risk| !context.seen.covers(&risk.origin));
        let stays = known.risk() == risk || is_unseen && risk < known.risk();
        Ok((!stays).then_some(DeploymentEvent::RiskSet { deployment, risk }))
    }

    /// What somebody else named meanwhile stays, beside what is named now.
    pub(super) fn set_artifacts(
        &self,
        context: &Context,
        deployment: DeploymentId,
        artifacts: &[Artifact],
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.editable(deployment)?;
        let valid = artifacts.iter().map(Artifact::valid).collect::<Result<Vec<_>, _>>()?;
        let mut artifacts = order::set(valid);
        if known.artifacts.as_ref().is_some_and(|there| !context.seen.covers(&there.origin)) {
            artifacts.extend(known.artifacts().iter().cloned());
        }
        too_many(artifacts.len(), ARTIFACTS_PER_DEPLOYMENT)?;
        let artifacts: Vec<_> = artifacts.into_iter().collect();
        let is_new = known.artifacts() != artifacts;
        Ok(is_new.then_some(DeploymentEvent::ArtifactsSet { deployment, artifacts }))
    }

    pub(super) fn follow(
        &self,
        deployment: DeploymentId,
        predecessor: DeploymentId,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.editable(deployment)?;
        if !self.deployments.contains_key(&predecessor) {
            return Err(Rejection::UnknownDeployment { deployment: predecessor });
        }
        if known.predecessors.contains(&predecessor) {
            return Ok(None);
        }
        if self.comes_after(predecessor, deployment) {
            return Err(Rejection::WouldWaitForItself { deployment: predecessor });
        }
        too_many(known.predecessors.len() + 1, PREDECESSORS_PER_DEPLOYMENT)?;
        Ok(Some(DeploymentEvent::Followed { deployment, predecessor }))
    }

    pub(super) fn unfollow(
        &self,
        deployment: DeploymentId,
        predecessor: DeploymentId,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let is_followed = self.editable(deployment)?.predecessors.contains(&predecessor);
        Ok(is_followed.then_some(DeploymentEvent::Unfollowed { deployment, predecessor }))
    }

    /// Returns the deployments on the board that one may still follow: not itself, none that comes after it, and none
    /// that it follows already. In the order of their ids.
    #[must_use]
    pub fn may_follow(&self, deployment: DeploymentId) -> Vec<DeploymentId> {
        let known = self.deployments.get(&deployment);
        let is_followed = |id: &DeploymentId| known.is_some_and(|known| known.predecessors.contains(id));
        // What comes after it, as far as was looked: each way is gone once, however many lead there.
        let mut after = BTreeMap::from([(deployment, true)]);
        let mut found: Vec<_> = self.open_deployments().collect();
        found.retain(|id| !self.look_after(*id, &mut after) && !is_followed(id));
        found
    }

    /// Tells whether a deployment comes after one for which `after` says so, and notes it there for those on the way.
    fn look_after(&self, deployment: DeploymentId, after: &mut BTreeMap<DeploymentId, bool>) -> bool {
        let mut way = vec![deployment];
        while let Some(id) = way.last().copied() {
            let before = self.deployments.get(&id).map(|known| &known.predecessors);
            let mut before = before.into_iter().flatten();
            // Noted before its predecessors are looked at, so that no circle is gone around for ever.
            after.entry(id).or_insert(false);
            match before.clone().find(|id| !after.contains_key(*id)) {
                Some(next) => way.push(*next),
                None => {
                    if before.any(|id| after.get(id) == Some(&true)) {
                        after.insert(id, true);
                    }
                    way.pop();
                }
            }
        }
        after.get(&deployment) == Some(&true)
    }

    /// Tells whether a deployment is another one, or follows it, however many are in between.
    #[must_use]
    pub fn comes_after(&self, deployment: DeploymentId, other: DeploymentId) -> bool {
        let mut seen = BTreeSet::from([deployment]);
        let mut next = vec![deployment];
        while let Some(id) = next.pop() {
            if id == other {
                return true;
            }
            let known = self.deployments.get(&id);
            let before = known.into_iter().flat_map(|known| known.predecessors.iter().copied());
            next.extend(before.filter(|id| seen.insert(*id)));
        }
        false
    }
}
