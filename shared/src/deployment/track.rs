//! The track: how far each of the seven stages is, from the facts where they decide, else as marked.

use std::collections::BTreeMap;

use super::Deployment;
use super::approval::Verdict;
use super::testing::TestOutcome;
use crate::check::CheckState;
use crate::column::ColumnKind;
use crate::environment::Tier;
use crate::ids::{DeploymentId, EnvironmentId};
use crate::rollout::{Phase, Rollout, Source};
use crate::stage::{Stage, StageState};
use crate::time::Timestamp;
use crate::workspace::Workspace;

impl Workspace {
    /// Returns how far each of the seven stages is at a moment: from the facts where they decide, else as marked.
    /// Monitor runs from a successful production rollout until the time of watching is over, or the deployment is finished.
    #[must_use]
    pub fn track(&self, id: DeploymentId, at: Timestamp) -> [StageState; 7] {
        let Some(deployment) = self.deployments.get(&id) else {
            return [StageState::NotStarted; 7];
        };
        Stage::ALL.map(|stage| {
            let marked = || deployment.stages.get(&stage).map(|mark| mark.state);
            match self.stage_by_facts(id, stage, at) {
                Some(state) => state,
                None if stage == Stage::Monitor => {
                    marked().unwrap_or_else(|| self.monitoring(id, deployment, at))
                }
                None => marked().unwrap_or_default(),
            }
        })
    }

    /// Returns how far a stage is by the facts at a moment; `None` where none decide, and it is marked by hand.
    #[must_use]
    pub fn stage_by_facts(&self, id: DeploymentId, stage: Stage, at: Timestamp) -> Option<StageState> {
        if let Some(tier) = stage.followed_tier() {
            return self.latest_rollout(id, tier).map(|(_, rollout)| rollout.phase().into());
        }
        let known = self.deployments.get(&id)?;
        if let Some(sealed) = &known.sealed {
            return sealed.stages.get(&stage).copied();
        }
        match stage {
            Stage::Verify => self.verification(id),
            Stage::Approve => self.approving(id, known, at),
            Stage::Build | Stage::Test | Stage::Stage | Stage::Deploy | Stage::Monitor => None,
        }
    }

    /// Returns how far the stages are at a moment that follow what only the detail of a deployment tells.
    pub(super) fn stages_left_out(&self, id: DeploymentId, at: Timestamp) -> BTreeMap<Stage, StageState> {
        let stages = [Stage::Verify, Stage::Approve].into_iter();
        stages.filter_map(|stage| Some((stage, self.stage_by_facts(id, stage, at)?))).collect()
    }

    fn monitoring(&self, id: DeploymentId, deployment: &Deployment, at: Timestamp) -> StageState {
        let production = self.latest_rollout(id, Tier::Production).map(|(_, rollout)| rollout.phase());
        let is_over = || self.monitoring_ended(id).is_some_and(|ended| ended <= at);
        match production {
            Some(Phase::Succeeded) if deployment.finished.is_some() || is_over() => StageState::Passed,
            Some(Phase::Succeeded) => StageState::Running,
            Some(Phase::Started | Phase::Failed | Phase::RolledBack) | None => StageState::NotStarted,
        }
    }

    /// Verify follows the testing of the last environment for staging. What went wrong there says nothing of it by
    /// itself: that is what Stage shows.
    fn verification(&self, id: DeploymentId) -> Option<StageState> {
        let environment = self.verified_in()?;
        let outcomes: Vec<_> =
            self.testing_in(id, environment).iter().map(super::testing::TestStanding::outcome).collect();
        if outcomes.contains(&Some(TestOutcome::Failed)) {
            return Some(StageState::Failed);
        }
        let (_, rollout) = self.latest_rollout_in(id, environment)?;
        let is_there = match rollout.phase() {
            Phase::Started => false,
            Phase::Succeeded => true,
            Phase::Failed | Phase::RolledBack => return None,
        };
        let is_done = outcomes.iter().all(Option::is_some);
        let is_begun = outcomes.iter().any(Option::is_some);
        is_begun.then_some(if is_done && is_there { StageState::Passed } else { StageState::Running })
    }

    /// Approve follows the gates of production: of several, all have to have their approvals.
    fn approving(&self, id: DeploymentId, known: &Deployment, at: Timestamp) -> Option<StageState> {
        let gates: Vec<_> = self
            .production()
            .filter(|environment| self.rules_for(id, *environment).approvals > 0)
            .map(|environment| self.approval_state(id, known, environment, at))
            .collect();
        let is_any = |state| gates.contains(&Some(state));
        if is_any(StageState::Failed) {
            return Some(StageState::Failed);
        }
        if !gates.is_empty() && gates.iter().all(|state| *state == Some(StageState::Passed)) {
            return Some(StageState::Passed);
        }
        gates.iter().any(Option::is_some).then_some(StageState::Running)
    }

    /// Iterates over the environments for live users, in their order.
    fn production(&self) -> impl Iterator<Item = EnvironmentId> {
        self.environments_in_order().into_iter().filter(|environment| {
            self.environments.get(environment).is_some_and(|known| known.tier == Tier::Production)
        })
    }

    /// Tells whether a gate of production asks for approvals of a deployment.
    pub(super) fn asks_for_approval(&self, id: DeploymentId) -> bool {
        self.production().any(|environment| self.rules_for(id, environment).approvals > 0)
    }

    fn approval_state(
        &self,
        id: DeploymentId,
        known: &Deployment,
        environment: EnvironmentId,
        at: Timestamp,
    ) -> Option<StageState> {
        let said = if known.approvals.is_empty() { Vec::new() } else { self.approvals(id, environment, at) };
        if said.iter().any(|said| said.counts_as(Verdict::Declined)) {
            return Some(StageState::Failed);
        }
        let have = said.iter().filter(|said| said.counts_as(Verdict::Approved)).count();
        let need = self.rules_for(id, environment).approvals;
        let went = self.latest_rollout_in(id, environment);
        // What has passed the gate had its approvals, though they may have lapsed since.
        let has_passed = went.is_some_and(|(_, rollout)| known.is_of_version(rollout) && has_passed(rollout));
        if has_passed || have >= need as usize {
            return Some(StageState::Passed);
        }
        let is_asked = have > 0 || (known.is_on_board() && self.awaits_approval(id, known, environment));
        is_asked.then_some(StageState::Running)
    }

    /// Tells whether approvals of a rollout are asked for: its checks are done, or the card was put where approvals are
    /// waited for.
    pub(crate) fn awaits_approval(
        &self,
        id: DeploymentId,
        known: &Deployment,
        environment: EnvironmentId,
    ) -> bool {
        let column = self.columns.get(&known.column);
        let holds = |state| matches!(state, CheckState::Done | CheckState::NotApplicable);
        column.is_some_and(|column| column.kind == ColumnKind::Approval)
            || known.required_checks(&self.rules_for(id, environment)).all(|check| holds(check.state()))
    }
}

/// Tells whether a rollout began through an open gate. A tag says nothing about that.
fn has_passed(rollout: &Rollout) -> bool {
    let by_person = rollout.reports.iter().any(|report| report.statement.source == Source::Person);
    by_person && !rollout.outside_gate && rollout.overridden.is_none()
}
