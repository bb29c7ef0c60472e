//! The gate before production: what has to hold before a rollout there may start.

use serde::{Deserialize, Serialize};

use super::approval::Verdict;
use super::{Check, Deployment};
use crate::check::CheckState;
use crate::document::SectionKind;
use crate::environment::Tier;
use crate::ids::{CheckId, DeploymentId, EnvironmentId, MemberId};
use crate::workspace::Workspace;

/// Something that keeps a gate closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// A check is open or failed.
    Check {
        /// Of which deployment.
        deployment: DeploymentId,
        /// Which.
        check: CheckId,
        /// How it stands.
        state: CheckState,
    },
    /// Nobody has approved what it is now.
    Approval,
    /// An approver declined what it is now.
    Declined {
        /// Who.
        by: MemberId,
    },
}

impl SectionKind {
    /// Tells whether the checks of such a section have to hold before production.
    #[must_use]
    pub const fn is_required(self) -> bool {
        matches!(self, Self::PreDeployment | Self::Approval)
    }
}

impl Deployment {
    /// Iterates over the checks that have to hold before production.
    pub fn required_checks(&self) -> impl Iterator<Item = &Check> {
        let sections = self.sections.iter().filter(|section| section.kind.is_required());
        sections.flat_map(|section| &section.checks)
    }
}

impl Workspace {
    /// Returns everything that keeps the gate of an environment closed for a deployment. There is a gate before
    /// production only.
    #[must_use]
    pub fn missing_at_gate(&self, id: DeploymentId, environment: EnvironmentId) -> Vec<Missing> {
        if !self.has_gate(environment) {
            return Vec::new();
        }
        if let Some(sealed) = self.deployments.get(&id).and_then(|known| known.sealed.as_ref()) {
            // What it was approved for was seen to when it was sealed.
            let is_open = sealed.gates_open.contains(&environment);
            return if is_open { Vec::new() } else { vec![Missing::Approval] };
        }
        let checks = self.deployments.get(&id).into_iter().flat_map(|known| known.required_checks());
        let unmet = checks.filter_map(|check| match check.state() {
            CheckState::Done | CheckState::NotApplicable => None,
            state @ (CheckState::Open | CheckState::Failed) => {
                Some(Missing::Check { deployment: id, check: check.id, state })
            }
        });
        let mut missing: Vec<_> = unmet.collect();
        let counts: Vec<_> =
            self.approvals(id, environment).into_iter().filter(|standing| standing.lapse.is_none()).collect();
        missing.extend(
            counts
                .iter()
                .filter(|standing| standing.verdict == Verdict::Declined)
                .map(|standing| Missing::Declined { by: standing.by }),
        );
        if !counts.iter().any(|standing| standing.verdict == Verdict::Approved) {
            missing.push(Missing::Approval);
        }
        missing
    }

    /// Returns the environments with a gate that is open for a deployment.
    pub(super) fn gates_open(&self, id: DeploymentId) -> Vec<EnvironmentId> {
        let gated = self.environments.keys().copied().filter(|environment| self.has_gate(*environment));
        gated.filter(|environment| self.missing_at_gate(id, *environment).is_empty()).collect()
    }

    /// Tells whether rollouts to an environment have to pass a gate.
    #[must_use]
    pub fn has_gate(&self, environment: EnvironmentId) -> bool {
        self.environments.get(&environment).is_some_and(|known| known.tier == Tier::Production)
    }
}
