//! Several reports of one rollout.
//!
//! A person, a pipeline and a webhook may each tell of it under a name of their own. They are one rollout with several
//! witnesses, until somebody says otherwise. See `docs/decisions/0040-one-rollout.md`.

use std::sync::Arc;

use super::{Phase, Report, Rollout, RolloutCommand, RolloutEvent, Source};
use crate::attestation::Attestation;
use crate::ids::{DeploymentId, EnvironmentId, MemberId, RolloutId};
use crate::rejection::Rejection;
use crate::workspace::Workspace;

/// How long before a rollout began, or after it was heard of last, a report by somebody else is still about the same one,
/// in milliseconds: half an hour.
pub const JOINED_WITHIN_MS: i64 = 30 * 60 * 1000;

/// A report of a rollout that nobody has named before.
pub(super) struct NewReport<'a> {
    pub(super) reporter: MemberId,
    pub(super) deployment: DeploymentId,
    pub(super) environment: EnvironmentId,
    pub(super) version: &'a str,
    pub(super) report: &'a Report,
}

impl Workspace {
    /// Returns the rollout that a new report is about, told by somebody else under another name.
    pub(super) fn same_as(&self, new: &NewReport<'_>) -> Option<RolloutId> {
        let known = self.rollouts_of(new.deployment).filter(|(_, known)| {
            known.environment == new.environment
                && known.version == new.version
                && !known.is_told_by(new.reporter, &new.report.source)
                && known.is_about(new.report)
        });
        known.max_by_key(|(id, known)| (known.started_at, *id)).map(|(id, _)| id)
    }

    /// Puts two rollouts together, or apart again.
    pub(super) fn decide_join(&self, command: &RolloutCommand) -> Result<Option<RolloutEvent>, Rejection> {
        let known = |rollout: &RolloutId| self.rollouts.get(rollout).ok_or(Rejection::OtherRollout);
        match command {
            RolloutCommand::Join { rollout, deployment, same_as } => {
                let (one, other) = (known(rollout)?, known(same_as)?);
                if one.same_as == Some(*same_as) {
                    return Ok(None);
                }
                let is_possible = rollout != same_as
                    && one.same_as.is_none()
                    && other.same_as.is_none()
                    && one.retracted.is_none()
                    && other.retracted.is_none()
                    && !self.has_joined(*rollout)
                    && (one.deployment, one.environment) == (other.deployment, other.environment)
                    && one.version == other.version
                    && one.deployment == *deployment
                    // What somebody started past a closed gate stays to be seen.
                    && (!one.outside_gate || other.outside_gate)
                    && (one.overridden.is_none() || other.overridden.is_some());
                if !is_possible {
                    return Err(Rejection::OtherRollout);
                }
                let (rollout, deployment, same_as) = (*rollout, *deployment, *same_as);
                Ok(Some(RolloutEvent::Joined { rollout, deployment, same_as }))
            }
            RolloutCommand::Split { rollout, deployment } => {
                let one = known(rollout)?;
                if one.deployment != *deployment {
                    return Err(Rejection::OtherRollout);
                }
                let is_joined = one.same_as.is_some();
                let split = RolloutEvent::Split { rollout: *rollout, deployment: *deployment };
                Ok(is_joined.then_some(split))
            }
            RolloutCommand::Report { .. }
            | RolloutCommand::Request { .. }
            | RolloutCommand::Override { .. }
            | RolloutCommand::Retract { .. } => Err(Rejection::Internal),
        }
    }

    fn has_joined(&self, rollout: RolloutId) -> bool {
        self.rollouts.values().any(|known| known.same_as == Some(rollout))
    }

    /// Returns the rollouts that turned out to be the same as one, in the order of their ids.
    #[must_use]
    pub fn joined_to(&self, rollout: RolloutId) -> Vec<RolloutId> {
        let joined = self.rollouts.iter().filter(|(_, known)| known.same_as == Some(rollout));
        joined.map(|(id, _)| *id).collect()
    }

    /// Both stay; the one is not counted any more, and what its witnesses say counts for the other.
    pub(crate) fn apply_joined(&mut self, rollout: RolloutId, same_as: RolloutId) {
        let (Some(joined), Some(other)) = (self.rollouts.get(&rollout), self.rollouts.get(&same_as)) else {
            return;
        };
        let (mut joined, mut other) = (Rollout::clone(joined), Rollout::clone(other));
        joined.same_as = Some(same_as);
        for report in joined.reports.iter() {
            other.reports.attest(report.clone(), &[]);
        }
        self.hide_rollout(joined.deployment, rollout);
        self.rollouts.insert(rollout, Arc::new(joined));
        self.rollouts.insert(same_as, Arc::new(other));
    }

    pub(crate) fn apply_split(&mut self, rollout: RolloutId) {
        let Some(joined) = self.rollouts.get(&rollout) else { return };
        let mut joined = Rollout::clone(joined);
        let Some(same_as) = joined.same_as.take() else { return };
        if let Some(other) = self.rollouts.get(&same_as) {
            let mut other = Rollout::clone(other);
            let own: Vec<_> = joined.reports.iter().map(|report| report.origin.command).collect();
            other.reports.forget(&own);
            self.rollouts.insert(same_as, Arc::new(other));
        }
        self.show_rollout(joined.deployment, rollout);
        self.rollouts.insert(rollout, Arc::new(joined));
    }

    /// What is told of a rollout that turned out to be another counts for that one too.
    pub(crate) fn pass_on_report(
        &mut self,
        same_as: RolloutId,
        report: Attestation<Report>,
        supersedes: &[crate::ids::CommandKey],
    ) {
        if let Some(other) = self.rollouts.get(&same_as) {
            let mut other = Rollout::clone(other);
            other.reports.attest(report, supersedes);
            self.rollouts.insert(same_as, Arc::new(other));
        }
    }
}

impl Rollout {
    /// Tells whether somebody has told of it already, in the same way: then a new name is a new attempt.
    fn is_told_by(&self, reporter: MemberId, source: &Source) -> bool {
        let is_person = *source == Source::Person;
        let told = self.reports.iter().any(|told| {
            told.origin.actor == reporter && (told.statement.source == Source::Person) == is_person
        });
        told || (self.recorded.actor == reporter && is_person)
    }

    /// Tells whether a report may be about it by what it says and when.
    fn is_about(&self, report: &Report) -> bool {
        let (began, at) = (self.began_at(), report.happened_at);
        let ended = self.finished_at();
        match (ended, report.phase) {
            // What begins after the end is another attempt.
            (Some(ended), Phase::Started) if at > ended => false,
            // However long it runs, this is how it ends.
            (None, Phase::Succeeded | Phase::Failed | Phase::RolledBack) => {
                at.since(began) >= -JOINED_WITHIN_MS
            }
            (ended, _) => {
                let last = ended.unwrap_or(began);
                at.since(began) >= -JOINED_WITHIN_MS && at.since(last) <= JOINED_WITHIN_MS
            }
        }
    }
}
