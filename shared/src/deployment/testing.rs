//! What people say about the testing of what was rolled out, and what an environment still lacks to be passed.
//!
//! A statement is about one rollout. Another rollout there, or another version, begins anew. See
//! `docs/decisions/0045-passed.md`.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::Deployment;
use super::command::DeploymentCommand;
use super::event::DeploymentEvent;
use super::gate::Missing;
use crate::attestation::{Attestation, Attestations};
use crate::column::ColumnKind;
use crate::context::Context;
use crate::environment::{Testing, Tier};
use crate::ids::{DeploymentId, EnvironmentId, RolloutId};
use crate::rank;
use crate::rejection::{Rejection, TextField};
use crate::rollout::{Phase, Rollout};
use crate::text::optional_line;
use crate::time::Timestamp;
use crate::version;
use crate::workspace::Workspace;

/// How testing went. Of what two people said in two places at once, the safer counts: the later one here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TestOutcome {
    /// It works.
    Passed,
    /// It does not.
    Failed,
}

/// What somebody says about a kind of testing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// Where.
    pub environment: EnvironmentId,
    /// Which kind.
    pub testing: Testing,
    /// What was tested.
    pub rollout: RolloutId,
    /// How it went.
    pub outcome: TestOutcome,
    /// What else was said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// How one kind of testing stands, of what was rolled out to an environment last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestStanding {
    /// Which kind.
    pub testing: Testing,
    /// What people say about it; nothing where nobody has tested it yet.
    pub said: Attestations<Tested>,
}

impl TestStanding {
    /// Returns how it went, failed over passed; `None` where nobody said.
    #[must_use]
    pub fn outcome(&self) -> Option<TestOutcome> {
        self.said.prevailing(|tested| tested.outcome).map(|said| said.statement.outcome)
    }
}

impl Workspace {
    /// Returns how each kind of testing of an environment stands, of what was rolled out there last. Nothing where the
    /// environment has none.
    #[must_use]
    pub fn testing_in(&self, id: DeploymentId, environment: EnvironmentId) -> Vec<TestStanding> {
        let Some(known) = self.deployments.get(&id) else { return Vec::new() };
        let latest = self.rollout_to_test(id, known, environment, Timestamp(i64::MAX)).ok();
        self.standing(&known.tested, environment, latest)
    }

    fn standing(
        &self,
        tested: &Attestations<Tested>,
        environment: EnvironmentId,
        rollout: Option<RolloutId>,
    ) -> Vec<TestStanding> {
        let kinds = self.environments.get(&environment).map(|known| known.testing.as_slice());
        let standing = |testing: &Testing| {
            let mut said = Attestations::default();
            for told in tested.iter().filter(|told| {
                (told.statement.environment, told.statement.testing) == (environment, *testing)
                    && rollout == Some(self.counted_as(told.statement.rollout))
            }) {
                said.attest(told.clone(), &[]);
            }
            TestStanding { testing: *testing, said }
        };
        kinds.unwrap_or_default().iter().map(standing).collect()
    }

    /// Returns the rollout that a rollout turned out to be.
    fn counted_as(&self, rollout: RolloutId) -> RolloutId {
        self.rollouts.get(&rollout).and_then(|known| known.same_as).unwrap_or(rollout)
    }

    /// Returns the rollout that testing in an environment is about: the one that began last, of those that had begun at
    /// a moment, with the version that is to be released.
    fn rollout_to_test(
        &self,
        id: DeploymentId,
        known: &Deployment,
        environment: EnvironmentId,
        at: Timestamp,
    ) -> Result<RolloutId, Rejection> {
        let latest = self.latest_begun(id, environment, at);
        let (latest, rollout) = latest.ok_or(Rejection::RolloutNeeded { environment })?;
        if known.is_of_version(rollout) {
            return Ok(latest);
        }
        Err(Rejection::VersionChanged { version: known.version.value.clone() })
    }

    pub(super) fn latest_begun(
        &self,
        id: DeploymentId,
        environment: EnvironmentId,
        at: Timestamp,
    ) -> Option<(RolloutId, &Rollout)> {
        let there = self.rollouts_of(id).filter(|(_, rollout)| rollout.environment == environment);
        let begun = there.filter(|(_, rollout)| rollout.started_at <= at);
        let latest = begun.max_by_key(|(id, rollout)| (rollout.started_at, *id));
        latest.map(|(id, rollout)| (id, rollout.as_ref()))
    }

    /// Returns what is missing for a deployment to have passed an environment, by the rollouts that had begun at a
    /// moment: its latest rollout there succeeded, with this version, and every kind of testing is done.
    #[must_use]
    pub fn lacks(&self, id: DeploymentId, environment: EnvironmentId, at: Timestamp) -> Vec<Missing> {
        let Some(known) = self.deployments.get(&id) else { return Vec::new() };
        let succeeded = self
            .latest_begun(id, environment, at)
            .filter(|(_, rollout)| rollout.phase() == Phase::Succeeded && known.is_of_version(rollout));
        let Some((rollout, _)) = succeeded else { return vec![Missing::Earlier { environment }] };
        if known.sealed.is_some() {
            // How it was tested is known to the server alone.
            return Vec::new();
        }
        let standing = self.standing(&known.tested, environment, Some(rollout)).into_iter();
        let lacking = standing.filter(|standing| standing.outcome() != Some(TestOutcome::Passed));
        lacking
            .map(|standing| Missing::Testing {
                environment,
                testing: standing.testing,
                is_failed: standing.outcome().is_some(),
            })
            .collect()
    }

    /// Returns the environment whose testing is what Verify is about: the last one for staging that is in use.
    #[must_use]
    pub fn verified_in(&self) -> Option<EnvironmentId> {
        let is_staging =
            |id: &EnvironmentId| self.environments.get(id).is_some_and(|known| known.tier == Tier::Staging);
        let last = self.environments_in_order().into_iter().rfind(is_staging)?;
        self.environments.get(&last).filter(|known| !known.testing.is_empty()).map(|_| last)
    }

    pub(super) fn decide_test(
        &self,
        context: &Context,
        command: &DeploymentCommand,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let DeploymentCommand::Test { deployment, environment, testing, rollout, outcome, note } = command
        else {
            return Err(Rejection::Internal);
        };
        let (deployment, environment, testing) = (*deployment, *environment, *testing);
        let known = self.unsealed(deployment)?;
        if !self.environments.contains_key(&environment) {
            return Err(Rejection::UnknownEnvironment { environment });
        }
        let note = optional_line(TextField::Note, note.as_deref())?.filter(|_| outcome.is_some());
        let rollout = self.counted_as(*rollout);
        if outcome.is_some() {
            let latest = self.rollout_to_test(deployment, known, environment, Timestamp(i64::MAX))?;
            if latest != rollout {
                // What was tested is not what is there.
                return Err(Rejection::ChangedMeanwhile);
            }
        }
        let about = known
            .tested
            .iter()
            .filter(|told| (told.statement.environment, told.statement.testing) == (environment, testing));
        let said = |told: &&Attestation<Tested>| {
            let told = &told.statement;
            (Some(told.outcome), &told.note, self.counted_as(told.rollout)) == (*outcome, &note, rollout)
        };
        if about.clone().count() == 1 && about.clone().any(|told| said(&told)) {
            return Ok(None);
        }
        let seen = about.filter(|told| context.seen.covers(&told.origin));
        let supersedes: Vec<_> = seen.map(|told| told.origin.command).collect();
        if outcome.is_none() && supersedes.is_empty() {
            return Ok(None);
        }
        let outcome = *outcome;
        Ok(Some(DeploymentEvent::Tested {
            deployment,
            environment,
            testing,
            rollout,
            outcome,
            note,
            supersedes,
        }))
    }

    /// A card whose verification is done goes to wait for approval, where there is a column for that and a gate that asks
    /// for one. When some of it is taken back or fails, it goes back, unless somebody moved it since.
    pub(super) fn follow_testing(&self, event: &DeploymentEvent) -> Option<DeploymentEvent> {
        let DeploymentEvent::Tested { deployment, environment, outcome, .. } = event else {
            return None;
        };
        let (deployment, environment) = (*deployment, *environment);
        let known = self.editable(deployment).ok()?;
        if self.verified_in() != Some(environment) {
            return None;
        }
        let column_of = |kind: ColumnKind| {
            let mut columns = self.columns_in_order().into_iter();
            columns.find(|column| self.columns.get(column).is_some_and(|known| known.kind == kind))
        };
        let (here, approval) =
            (column_of(ColumnKind::Environment(environment))?, column_of(ColumnKind::Approval)?);
        let to = match outcome {
            Some(TestOutcome::Passed) if known.column == here && self.asks_for_approval(deployment) => {
                let latest =
                    self.rollout_to_test(deployment, known, environment, Timestamp(i64::MAX)).ok()?;
                let has_succeeded =
                    self.rollouts.get(&latest).is_some_and(|latest| latest.phase() == Phase::Succeeded);
                let tested = known.tested_after(event);
                let standing = self.standing(&tested, environment, Some(latest));
                let is_done = standing.iter().all(|standing| standing.outcome() == Some(TestOutcome::Passed));
                (has_succeeded && is_done).then_some(approval)?
            }
            None | Some(TestOutcome::Failed)
                if known.column == approval && known.was_brought_by_testing(environment) =>
            {
                here
            }
            None | Some(_) => return None,
        };
        let rank = rank::between(None, self.ranks_in(to).next());
        Some(DeploymentEvent::Moved { deployment, from: known.column, to, rank })
    }
}

impl Deployment {
    /// Tells whether a rollout is of the version that is to be released.
    pub(super) fn is_of_version(&self, rollout: &Rollout) -> bool {
        self.version.value == rollout.version
            || version::compare(&self.version.value, &rollout.version) == Some(Ordering::Equal)
    }

    /// Tells whether what is said about testing in an environment brought its card to where it is.
    fn was_brought_by_testing(&self, environment: EnvironmentId) -> bool {
        self.tested.iter().any(|told| {
            told.statement.environment == environment && told.origin.command == self.entered.command
        })
    }

    /// Returns what is said about its testing once something more was said, as far as that is not known to be by
    /// somebody else.
    fn tested_after(&self, event: &DeploymentEvent) -> Attestations<Tested> {
        let mut tested = self.tested.clone();
        let origin = self.opened;
        tested.tell(origin, event);
        tested
    }
}

impl Attestations<Tested> {
    /// Takes in what was said.
    pub(super) fn tell(&mut self, origin: crate::origin::Origin, event: &DeploymentEvent) {
        let DeploymentEvent::Tested { environment, testing, rollout, outcome, note, supersedes, .. } = event
        else {
            return;
        };
        let (environment, testing, rollout) = (*environment, *testing, *rollout);
        match *outcome {
            None => self.withdraw(supersedes),
            Some(outcome) => {
                let statement = Tested { environment, testing, rollout, outcome, note: note.clone() };
                self.attest(Attestation { origin, statement }, supersedes);
            }
        }
    }
}
