//! The gate before an environment: everything that has to hold before a rollout there may start, met or not.

use serde::{Deserialize, Serialize};

use super::approval::{Standing, Verdict};
use super::{Check, Deployment};
use crate::check::CheckState;
use crate::decide::is_false;
use crate::environment::Testing;
use crate::ids::{CheckId, DeploymentId, EnvironmentId, FreezeId, MemberId};
use crate::policy::{PolicyId, Risk, Rules};
use crate::rollout::{Phase, Rollout};
use crate::time::Timestamp;
use crate::version;
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
    /// One approval is needed, and nobody has approved what it is now.
    Approval,
    /// An approver declined what it is now.
    Declined {
        /// Who.
        by: MemberId,
    },
    /// Several approvals are needed, and fewer count.
    Approvals {
        /// How many count.
        have: u32,
        /// How many are needed.
        need: u32,
    },
    /// It has not succeeded in an environment that comes before.
    Earlier {
        /// Which.
        environment: EnvironmentId,
    },
    /// A kind of testing is open or failed in an environment that comes before.
    Testing {
        /// Where.
        environment: EnvironmentId,
        /// Which kind.
        testing: Testing,
        /// It failed.
        #[serde(skip_serializing_if = "is_false", default)]
        is_failed: bool,
    },
    /// What it follows has not succeeded there.
    Predecessor {
        /// Which deployment.
        deployment: DeploymentId,
    },
    /// Rollouts there are frozen.
    Frozen {
        /// By which freeze.
        freeze: FreezeId,
        /// Until when.
        until: Timestamp,
    },
    /// It is older than what is live there: that would be a rollback.
    Older {
        /// The version that is live there.
        live: String,
    },
}

/// Something that a gate asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// Checks are done or not applicable.
    Checks {
        /// How many are.
        done: u32,
        /// How many have to be.
        all: u32,
    },
    /// Approvals count, and no decline does.
    Approvals {
        /// How many approvals count.
        have: u32,
        /// How many are needed.
        need: u32,
    },
    /// It has passed an environment that comes before: its latest rollout there succeeded, and its testing is done.
    Earlier {
        /// Which.
        environment: EnvironmentId,
    },
    /// What it follows has succeeded there, or is over.
    Predecessor {
        /// Which deployment.
        deployment: DeploymentId,
    },
    /// Rollouts there are not frozen.
    NotFrozen,
    /// It is not older than what is live there.
    NotOlder,
}

/// One thing that a gate asks for, and what of it is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What is asked for.
    pub requirement: Requirement,
    /// What is missing; nothing where it is met.
    pub missing: Vec<Missing>,
}

impl Condition {
    /// Tells whether nothing is missing.
    #[must_use]
    pub const fn is_met(&self) -> bool {
        self.missing.is_empty()
    }
}

/// The verdict on whether a deployment may be rolled out to an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Everything that is asked for. Nothing where there is no gate.
    pub conditions: Vec<Condition>,
}

impl Gate {
    /// Returns everything that is missing, in the order of the conditions.
    #[must_use]
    pub fn missing(self) -> Vec<Missing> {
        self.conditions.into_iter().flat_map(|condition| condition.missing).collect()
    }

    /// Tells whether nothing is missing.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.conditions.iter().all(Condition::is_met)
    }

    /// Tells whether anything is asked for.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        !self.conditions.is_empty()
    }

    fn ask(&mut self, requirement: Requirement, missing: impl IntoIterator<Item = Missing>) {
        self.conditions.push(Condition { requirement, missing: missing.into_iter().collect() });
    }
}

impl Deployment {
    /// Iterates over the checks that have to hold for a policy.
    pub fn required_checks(&self, rules: &Rules) -> impl Iterator<Item = &Check> {
        let sections = self.sections.iter().filter(|section| rules.required.contains(&section.kind));
        sections.flat_map(|section| &section.checks)
    }
}

impl Workspace {
    /// Returns the verdict on a rollout of a deployment to an environment at a moment: what is asked for, and what of it
    /// is missing.
    ///
    /// Policies, checks, approvals and predecessors are those of now: only clocks tell of another moment. Whether a
    /// rollout runs there is none of it, see [`Workspace::running_in`]: nothing gets past that.
    #[must_use]
    pub fn gate(&self, id: DeploymentId, environment: EnvironmentId, at: Timestamp) -> Gate {
        let rules = self.rules_for(id, environment);
        let mut gate = Gate::default();
        if rules.ask() {
            let is_decided = self.ask_what_was_prepared(&mut gate, id, environment, &rules, at);
            if is_decided {
                return gate;
            }
            self.ask_what_comes_before(&mut gate, id, environment, &rules, at);
        }
        let frozen: Vec<_> = self
            .freezes_in(environment, at)
            .filter_map(|(freeze, known)| {
                Some(Missing::Frozen { freeze, until: known.gates_until(environment, at)? })
            })
            .collect();
        if rules.ask() || !frozen.is_empty() {
            gate.ask(Requirement::NotFrozen, frozen);
        }
        if rules.ask() {
            let older = self.newer_live(id, environment, at);
            gate.ask(Requirement::NotOlder, older.map(|live| Missing::Older { live: live.version.clone() }));
        }
        gate
    }

    /// Tells whether a rollout may start now: its gate is open, and none runs there, which nothing gets past.
    #[must_use]
    pub fn may_start(&self, id: DeploymentId, environment: EnvironmentId, at: Timestamp) -> bool {
        self.running_in(environment).is_none() && self.gate(id, environment, at).is_open()
    }

    /// Asks for checks and approvals. Tells whether that is all: of a sealed deployment nothing else is known.
    fn ask_what_was_prepared(
        &self,
        gate: &mut Gate,
        id: DeploymentId,
        environment: EnvironmentId,
        rules: &Rules,
        at: Timestamp,
    ) -> bool {
        let known = self.deployments.get(&id);
        if let Some(sealed) = known.and_then(|known| known.sealed.as_ref()) {
            // What it was approved for was seen to when it was sealed.
            let is_open = sealed.gates_open.contains(&environment);
            let (have, need) = (u32::from(is_open), 1);
            gate.ask(Requirement::Approvals { have, need }, (!is_open).then_some(Missing::Approval));
            return true;
        }
        let checks: Vec<_> = known.into_iter().flat_map(|known| known.required_checks(rules)).collect();
        let unmet: Vec<_> = checks.iter().filter_map(|check| unmet(id, check)).collect();
        let (all, open) = (count(checks.len()), count(unmet.len()));
        if all > 0 {
            gate.ask(Requirement::Checks { done: all.saturating_sub(open), all }, unmet);
        }
        let standing = self.approvals(id, environment, at);
        let need = rules.approvals;
        let have = count(approvals_in(&standing).count());
        let declined = standing.iter().filter(|said| said.counts_as(Verdict::Declined));
        let mut missing: Vec<_> = declined.map(|said| Missing::Declined { by: said.by }).collect();
        missing.extend((have < need).then_some(match need {
            1 => Missing::Approval,
            _ => Missing::Approvals { have, need },
        }));
        if need > 0 || !missing.is_empty() {
            gate.ask(Requirement::Approvals { have, need }, missing);
        }
        false
    }

    /// Asks for the environments and the deployments that come before.
    fn ask_what_comes_before(
        &self,
        gate: &mut Gate,
        id: DeploymentId,
        environment: EnvironmentId,
        rules: &Rules,
        at: Timestamp,
    ) {
        let order = self.environments_in_order().into_iter();
        // By their places: one that is archived is in no order any more, and facts about it still come in.
        let place = |id: EnvironmentId| self.environments.get(&id).map(|known| (known.position, id));
        for earlier in order.filter(|known| rules.in_order && place(*known) < place(environment)) {
            gate.ask(Requirement::Earlier { environment: earlier }, self.lacks(id, earlier, at));
        }
        let known = self.deployments.get(&id);
        for deployment in known.into_iter().flat_map(|known| known.predecessors.iter().copied()) {
            let is_over = self.deployments.get(&deployment).is_none_or(|known| !known.is_on_board());
            let is_done = is_over || self.has_succeeded(deployment, environment, at);
            let missing = (!is_done).then_some(Missing::Predecessor { deployment });
            gate.ask(Requirement::Predecessor { deployment }, missing);
        }
    }

    /// Returns everything that keeps the gate of an environment closed for a deployment at a moment.
    #[must_use]
    pub fn missing_at_gate(
        &self,
        id: DeploymentId,
        environment: EnvironmentId,
        at: Timestamp,
    ) -> Vec<Missing> {
        self.gate(id, environment, at).missing()
    }

    /// Returns the environments with a gate that was open for a deployment when it was finished, as far as that was its
    /// own doing: what is kept of it when it is sealed.
    pub(super) fn gates_open(&self, id: DeploymentId, at: Timestamp) -> Vec<EnvironmentId> {
        let is_own = |missing: &Missing| {
            !matches!(missing, Missing::Frozen { .. } | Missing::Older { .. } | Missing::Predecessor { .. })
        };
        let gated =
            self.environments.keys().copied().filter(|environment| self.rules_for(id, *environment).ask());
        gated.filter(|environment| !self.missing_at_gate(id, *environment, at).iter().any(is_own)).collect()
    }

    /// Tells whether rollouts to an environment have to pass a gate, of some deployments at least. A freeze closes what
    /// has none, too.
    #[must_use]
    pub fn has_gate(&self, environment: EnvironmentId) -> bool {
        Risk::ALL.into_iter().any(|risk| self.rules_at(PolicyId { environment, risk }).ask())
    }

    /// Tells whether the latest rollout of a deployment to an environment succeeded, of those that had begun at a moment.
    fn has_succeeded(&self, id: DeploymentId, environment: EnvironmentId, at: Timestamp) -> bool {
        self.latest_begun(id, environment, at).is_some_and(|(_, rollout)| rollout.phase() == Phase::Succeeded)
    }

    /// Returns what is live in an environment where that is newer than a deployment. Where the versions don't tell, what
    /// was opened later is newer.
    fn newer_live(&self, id: DeploymentId, environment: EnvironmentId, at: Timestamp) -> Option<&Rollout> {
        let known = self.deployments.get(&id)?;
        let (_, live) = self.live_at(known.service, environment, at)?;
        let opened = self.deployments.get(&live.deployment)?.opened.at;
        let order = version::compare(&known.version.value, &live.version);
        let order = order.unwrap_or_else(|| known.opened.at.cmp(&opened));
        order.is_lt().then_some(live)
    }
}

fn unmet(deployment: DeploymentId, check: &Check) -> Option<Missing> {
    match check.state() {
        CheckState::Done | CheckState::NotApplicable => None,
        state @ (CheckState::Open | CheckState::Failed) => {
            Some(Missing::Check { deployment, check: check.id, state })
        }
    }
}

fn approvals_in(standing: &[Standing]) -> impl Iterator<Item = &Standing> {
    standing.iter().filter(|said| said.counts_as(Verdict::Approved))
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
