//! What becomes of a fact about a rollout.

use std::sync::Arc;

use super::join::NewReport;
use super::{Phase, Report, Rollout, RolloutCommand, RolloutEvent, Source};
use crate::check::CheckState;
use crate::context::Context;
use crate::decide::same_name;
use crate::deployment::event::DeploymentEvent;
use crate::document::SectionKind;
use crate::event::Event;
use crate::ids::{CommandKey, DeploymentId, EnvironmentId, RolloutId};
use crate::rank;
use crate::rejection::{Rejection, TextField};
use crate::text::{line, optional_line, without_hidden};
use crate::time::Timestamp;
use crate::workspace::Workspace;

impl Workspace {
    /// Facts are never refused for the state they meet; only for what can't be read as a fact at all.
    pub(crate) fn decide_report(
        &self,
        context: &Context,
        command: &RolloutCommand,
    ) -> Result<Vec<Event>, Rejection> {
        let RolloutCommand::Report {
            rollout,
            deployment,
            environment,
            version,
            phase,
            happened_at,
            source,
            note,
        } = command
        else {
            return Err(Rejection::Internal);
        };
        if !happened_at.is_plausible() {
            return Err(Rejection::OutOfRange);
        }
        let clock_error_ms = match source {
            Source::Person => context.clock_error_ms,
            // The time of a tag comes from whoever tagged, not from the clock of whoever reports it.
            Source::GitTag { .. } => 0,
        };
        let happened_at = happened_at.plus(clock_error_ms).min(context.now);
        let note = optional_line(TextField::Note, note.as_deref())?;
        let report = Report { phase: *phase, happened_at, clock_error_ms, source: source.clone(), note };
        let known = self.rollouts.get(rollout);
        let supersedes = known.map(|known| known.reports.seen_by(&context.seen)).unwrap_or_default();
        let replaced = supersedes.clone();
        let version = line(TextField::Version, &without_hidden(version))?;
        let (reporter, told) = (context.actor, &report);
        let new = NewReport {
            reporter,
            deployment: *deployment,
            environment: *environment,
            version: &version,
            report: told,
        };
        let outside_gate =
            known.is_none() && self.is_outside_gate(*deployment, *environment, source, happened_at);
        // What began past a closed gate is never hidden behind what did not.
        let is_as_marked = |other: &RolloutId| {
            !outside_gate || self.rollouts.get(other).is_some_and(|other| other.outside_gate)
        };
        let same_as = known.is_none().then(|| self.same_as(&new)).flatten().filter(is_as_marked);
        let counted = same_as.or_else(|| known.and_then(|known| known.same_as)).unwrap_or(*rollout);
        let joined = same_as.map(|same_as| {
            let (rollout, deployment) = (*rollout, *deployment);
            Event::Rollout(RolloutEvent::Joined { rollout, deployment, same_as })
        });
        let started_at = known.map_or(happened_at, |known| known.started_at.min(happened_at));
        let mut events = vec![Event::Rollout(RolloutEvent::Reported {
            rollout: *rollout,
            deployment: *deployment,
            environment: *environment,
            version,
            report,
            supersedes,
            requested: false,
            outside_gate,
            overridden: None,
        })];
        events.extend(joined);
        // A fact from the past that arrives late moves no card, and ticks no check that a later rollout has.
        // Another witness of the same rollout is no later one, and tells of nothing new.
        let is_later =
            |(id, other): &(RolloutId, &Arc<Rollout>)| *id != counted && other.started_at > started_at;
        let later: Vec<_> = self.rollouts_of(*deployment).filter(is_later).map(|(_, other)| other).collect();
        if known.is_none() && same_as.is_none() && later.is_empty() {
            events.extend(self.follow_rollout(*deployment, *environment).map(Event::Deployment));
        }
        if !later.iter().any(|other| other.environment == *environment) {
            let place = (*deployment, *environment);
            let ticked = self.tick_environment(context, place, *phase, &replaced);
            events.extend(ticked.map(Event::Deployment));
        }
        Ok(events)
    }

    /// A card follows its rollouts into the column of their environment, at its top.
    pub(super) fn follow_rollout(
        &self,
        id: DeploymentId,
        environment: EnvironmentId,
    ) -> Option<DeploymentEvent> {
        let known = self.editable(id).ok()?;
        let to = self.column_of(environment)?;
        let rank = rank::between(None, self.ranks_in(to).next());
        let moved = DeploymentEvent::Moved { deployment: id, from: known.column, to, rank };
        (known.column != to).then_some(moved)
    }

    /// The check that names an environment follows how the rollout there ended, and opens where the reports that this one
    /// replaces had ticked it too soon.
    fn tick_environment(
        &self,
        context: &Context,
        (id, environment): (DeploymentId, EnvironmentId),
        phase: Phase,
        replaced: &[CommandKey],
    ) -> Option<DeploymentEvent> {
        let state = match phase {
            Phase::Started => return self.untick(context, id, replaced),
            Phase::Succeeded => CheckState::Done,
            Phase::Failed | Phase::RolledBack => CheckState::Failed,
        };
        let name = &self.environments.get(&environment)?.name;
        let mut sections = self.deployments.get(&id)?.sections.iter();
        let section = sections.find(|section| section.kind == SectionKind::Environments)?;
        let check = section.checks.iter().find(|check| same_name(&check.text, name))?;
        self.attest(context, id, check.id, state, None).ok()?
    }

    /// Tells whether a rollout that somebody reports began though the gate was closed. A tag was written before
    /// anybody could ask, and says nothing about that.
    fn is_outside_gate(
        &self,
        id: DeploymentId,
        environment: EnvironmentId,
        source: &Source,
        happened_at: Timestamp,
    ) -> bool {
        *source == Source::Person && !self.missing_at_gate(id, environment, happened_at).is_empty()
    }
}
