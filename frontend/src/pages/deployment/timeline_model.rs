//! What happened to a deployment, newest first: what the server tells of it, and without that what its present state
//! still tells. Pure.

use std::ops::RangeInclusive;

use slipway_shared::audit::AuditEntry;
use slipway_shared::check::CheckState;
use slipway_shared::deployment::approval::{Judgement, Verdict};
use slipway_shared::deployment::comment::CommentChange;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::deployment::testing::{TestOutcome, Tested};
use slipway_shared::deployment::{Deployment, DeploymentField};
use slipway_shared::environment::Testing;
use slipway_shared::event::Event;
use slipway_shared::ids::{ColumnId, DeploymentId, EnvironmentId};
use slipway_shared::json;
use slipway_shared::order;
use slipway_shared::origin::Origin;
use slipway_shared::rollout::{Overridden, Phase, RolloutEvent};
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::timeline_words::{told_of_rollout, told_words};
use crate::event_words::event_words;
use crate::replica::history::KnownEvents;
use crate::rules_words::reason_words;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It was opened.
    Opened,
    /// It was brought into a column.
    Entered(ColumnId),
    /// Somebody answered a check.
    Checked(String, CheckState),
    /// Somebody marked a stage.
    Marked(Stage, StageState),
    /// Somebody reported a rollout, perhaps with a note.
    Reported(EnvironmentId, Phase, Option<String>),
    /// Somebody said what came of a kind of testing, or took that back, perhaps with a note.
    Tested(EnvironmentId, Testing, Option<TestOutcome>, Option<String>),
    /// Somebody edited a text: which one, and what it is about.
    Edited(DeploymentField, String),
    /// Somebody took a check or a section out.
    Removed(String),
    /// An approver decided, perhaps with a note.
    Judged(EnvironmentId, Verdict, Option<String>),
    /// Somebody said something.
    Commented(String),
    /// Somebody started a rollout though the gate was closed, and why, with what was missing.
    StartedAnyway(EnvironmentId, String, Vec<Missing>),
    /// It was taken off the board.
    Finished,
    /// It was put away.
    Archived,
    /// Something else, in words that go on after a name.
    Told(String),
    /// Something else, in words of its own.
    Other(String),
    /// It was over by itself.
    Concluded,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub happened: Happened,
    /// When it happened in the world.
    pub at: Timestamp,
    /// Who told, by which command.
    pub origin: Origin,
    /// When it reached the server, and from which device; only the server tells.
    pub arrival: Option<Arrival>,
}

/// How something reached the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: Timestamp,
    /// From which device, where it is known.
    pub device: Option<String>,
    /// Whether it was made a while before: offline, or while the server was away.
    pub is_late: bool,
}

/// Changes that took longer than that to arrive were made while there was no way to the server, in milliseconds.
const LATE_MS: i64 = 60_000;

/// Returns what happened to a deployment, newest first. What it is comes beside the workspace, which has the facts
/// alone of a sealed one.
#[must_use]
pub fn timeline(workspace: &Workspace, id: DeploymentId, deployment: &Deployment) -> Vec<Entry> {
    let mut entries = own_entries(deployment);
    for (_, rollout) in workspace.rollouts_of(id) {
        if let Some(overridden) = &rollout.overridden {
            let happened = started_anyway(rollout.environment, overridden);
            entries.push(Entry { happened, at: rollout.started_at, origin: rollout.recorded, arrival: None });
        }
        for report in rollout.reports.iter() {
            // That it was started anyway has been said.
            if rollout.overridden.is_some() && report.origin.command == rollout.recorded.command {
                continue;
            }
            let said = &report.statement;
            let happened = Happened::Reported(rollout.environment, said.phase, said.note.clone());
            entries.push(Entry { happened, at: said.happened_at, origin: report.origin, arrival: None });
        }
    }
    order::sort_by_key(&mut entries, |entry| std::cmp::Reverse((entry.at, entry.origin.command)));
    entries
}

fn own_entries(deployment: &Deployment) -> Vec<Entry> {
    let entry = |happened, origin: Origin| Entry { happened, at: origin.at, origin, arrival: None };
    let mut entries = vec![entry(Happened::Opened, deployment.opened)];
    if deployment.entered.command != deployment.opened.command {
        entries.push(entry(Happened::Entered(deployment.column), deployment.entered));
    }
    for (stage, mark) in &deployment.stages {
        entries.push(entry(Happened::Marked(*stage, mark.state), mark.origin));
    }
    for check in deployment.checks() {
        // Ticks that came with the document are part of opening it.
        let said = check.attestations.iter().filter(|said| said.origin.command != deployment.opened.command);
        entries.extend(
            said.map(|said| entry(Happened::Checked(check.text.clone(), said.statement.state), said.origin)),
        );
    }
    for said in deployment.tested.iter() {
        let Tested { environment, testing, outcome, note, .. } = said.statement.clone();
        entries.push(entry(Happened::Tested(environment, testing, Some(outcome), note), said.origin));
    }
    entries.extend(edits(deployment).map(|(happened, origin)| entry(happened, origin)));
    for said in deployment.approvals.iter() {
        let Judgement { environment, verdict, note, .. } = said.statement.clone();
        entries.push(entry(Happened::Judged(environment, verdict, note), said.origin));
    }
    for comment in deployment.comments.iter().filter(|comment| comment.deleted.is_none()) {
        entries.push(entry(Happened::Commented(comment.text.clone()), comment.written));
    }
    let by_itself = deployment.concluded.map(|concluded| concluded.command);
    entries.extend(deployment.finished.map(|finished| {
        let is_by_itself = by_itself == Some(finished.command);
        entry(if is_by_itself { Happened::Concluded } else { Happened::Finished }, finished)
    }));
    entries.extend(deployment.archived.map(|archived| entry(Happened::Archived, archived)));
    entries
}

/// Returns the newest edit of every text that is not as it was when it came, and what was taken out.
fn edits(deployment: &Deployment) -> impl Iterator<Item = (Happened, Origin)> + '_ {
    use DeploymentField::{CheckText, CheckVerify, SectionHeading, SectionText, Title, Version};
    let of_all = [(Title, String::new()), (Version, String::new())].into_iter();
    let of_sections = deployment.sections.iter().flat_map(|section| {
        [SectionText(section.id), SectionHeading(section.id)].map(|field| (field, section.heading.clone()))
    });
    let of_checks = deployment.checks().flat_map(|check| {
        [CheckText(check.id), CheckVerify(check.id)].map(|field| (field, check.text.clone()))
    });
    let edited = of_all.chain(of_sections).chain(of_checks).filter_map(|(field, about)| {
        let origin = deployment.field(field).ok()?.origin?;
        (origin.command != deployment.opened.command).then_some((Happened::Edited(field, about), origin))
    });
    let checks = deployment.removed.checks.iter().filter_map(|removed| {
        Some((Happened::Removed(removed.checks.first()?.text.clone()), removed.origin))
    });
    let sections = deployment.removed.sections.iter();
    let sections =
        sections.map(|removed| (Happened::Removed(removed.section.heading.clone()), removed.origin));
    edited.chain(checks).chain(sections)
}

/// What is told of a deployment, event by event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// What happened.
    pub told: Vec<AuditEntry>,
    /// The part of the log in which nothing else happened to it.
    pub places: RangeInclusive<u64>,
}

impl History {
    /// Returns what the server tells: everything up to the newest.
    #[must_use]
    pub fn of_server(told: Vec<AuditEntry>) -> Self {
        let headers = told.iter().filter_map(|entry| entry.event.as_ref()?.read_header().ok());
        let newest = headers.map(|header| header.seq).max().unwrap_or_default();
        Self { told, places: 0..=newest }
    }

    /// Returns what is stored on this device; `None` where nothing is. From which device something came only the server
    /// tells.
    #[must_use]
    pub fn of_device(known: KnownEvents) -> Option<Self> {
        let told = known.events.into_iter().filter_map(|event| {
            let header = event.read_header().ok()?;
            let (at, kind, member) = (header.received, header.kind, Some(header.actor));
            Some(AuditEntry {
                at,
                kind,
                member,
                device: None,
                event: Some(event),
                account: None,
                concerns: None,
                details: None,
            })
        });
        Some(Self { told: told.collect(), places: known.places? })
    }
}

/// Puts what is told of a deployment before what its present state tells: of that only what is of other times, or has
/// not been sent yet, is left.
#[must_use]
pub fn with_history(history: &History, known: Vec<Entry>, workspace: &Workspace) -> Vec<Entry> {
    let mut entries: Vec<_> = history.told.iter().filter_map(|entry| told_entry(entry, workspace)).collect();
    let is_told = |entry: &Entry| entry.origin.seq.is_some_and(|seq| history.places.contains(&seq));
    entries.extend(known.into_iter().filter(|entry| !is_told(entry)));
    order::sort_by_key(&mut entries, |entry| {
        std::cmp::Reverse((entry.at, entry.origin.seq.unwrap_or(u64::MAX)))
    });
    entries
}

fn started_anyway(environment: EnvironmentId, past: &Overridden) -> Happened {
    Happened::StartedAnyway(environment, reason_words(past), past.missing.clone())
}

fn told_entry(entry: &AuditEntry, workspace: &Workspace) -> Option<Entry> {
    let stored = entry.event.as_ref()?;
    let header = stored.read_header().ok()?;
    let event: Event = json::read(stored.payload.as_deref()?).ok()?;
    let (happened, at) = match &event {
        Event::Rollout(RolloutEvent::Reported { environment, report, overridden, .. }) => {
            let happened = match overridden {
                Some(past) => started_anyway(*environment, past),
                None => Happened::Reported(*environment, report.phase, report.note.clone()),
            };
            (happened, report.happened_at)
        }
        Event::Deployment(told) => (told_happened(told, &event, workspace)?, header.effective),
        // That two reports turned out to be about one rollout, or not, or one about none.
        Event::Rollout(told) => (Happened::Told(told_of_rollout(told, workspace)?), header.effective),
        _ => return None,
    };
    let is_late = header.received.since(header.effective) > LATE_MS;
    let arrival = Some(Arrival { at: header.received, device: entry.device.clone(), is_late });
    Some(Entry { happened, at, origin: header.origin(), arrival })
}

/// Returns what an event tells; `None` for what is nobody's business, such as another place within a column.
fn told_happened(told: &DeploymentEvent, event: &Event, workspace: &Workspace) -> Option<Happened> {
    let known = workspace.deployments.get(&told.deployment());
    let check =
        |id| known.and_then(|known| known.any_check(id)).map(|check| check.text.clone()).unwrap_or_default();
    let section = |id| {
        known
            .and_then(|known| known.any_section(id))
            .map(|section| section.heading.clone())
            .unwrap_or_default()
    };
    let edited = |field| {
        let about = match field {
            DeploymentField::Title | DeploymentField::Version => String::new(),
            DeploymentField::SectionText(id) | DeploymentField::SectionHeading(id) => section(id),
            DeploymentField::CheckText(id) | DeploymentField::CheckVerify(id) => check(id),
        };
        Happened::Edited(field, about)
    };
    Some(match told {
        DeploymentEvent::Opened { .. } => Happened::Opened,
        DeploymentEvent::Moved { from, to, .. } => (from != to).then_some(Happened::Entered(*to))?,
        DeploymentEvent::Edited { field, .. } => edited(*field),
        DeploymentEvent::Attested { check: id, statement, .. } => {
            Happened::Checked(check(*id), statement.state)
        }
        DeploymentEvent::StageMarked { stage, state, .. } => Happened::Marked(*stage, *state),
        DeploymentEvent::Tested { environment, testing, outcome, note, .. } => {
            Happened::Tested(*environment, *testing, *outcome, note.clone())
        }
        DeploymentEvent::Finished { .. } => Happened::Finished,
        DeploymentEvent::Archived { .. } => Happened::Archived,
        DeploymentEvent::Judged { judgement, .. } => {
            let Judgement { environment, verdict, note, .. } = judgement.clone();
            Happened::Judged(environment, verdict, note)
        }
        DeploymentEvent::Commented { comment, change: CommentChange::Write(said), .. } => {
            let stands =
                known.and_then(|known| known.comment(*comment)).is_some_and(|known| known.deleted.is_none());
            Happened::Commented(if stands { said.text.clone() } else { String::new() })
        }
        DeploymentEvent::OutlineEdited { edit: OutlineEdit::Text { field, .. }, is_lost: false, .. } => {
            edited(*field)
        }
        DeploymentEvent::OutlineEdited { edit: OutlineEdit::RemoveCheck { check: id }, .. } => {
            Happened::Removed(check(*id))
        }
        DeploymentEvent::OutlineEdited { edit: OutlineEdit::RemoveSection { section: id }, .. } => {
            Happened::Removed(section(*id))
        }
        _ => match told_words(told, workspace) {
            Some(words) => Happened::Told(words),
            None => Happened::Other(event_words(event, workspace)?),
        },
    })
}

#[cfg(test)]
mod tests {
    use slipway_shared::canonical::Hash;
    use slipway_shared::ids::{ClientId, CommandKey, RolloutId};
    use slipway_shared::log::{EventHeader, store};

    use super::*;
    use crate::trial::{ME, begun};

    const ID: DeploymentId = DeploymentId::from_u128(1);

    fn key(seq: u64) -> CommandKey {
        CommandKey { client: ClientId::from_u128(1), seq }
    }

    fn stored(seq: u64, event: &Event) -> slipway_shared::log::StoredEvent {
        let at = Timestamp(i64::try_from(seq).unwrap());
        let header = EventHeader {
            seq,
            kind: event.kind().to_owned(),
            v: 1,
            command: key(seq),
            actor: ME,
            device: None,
            carried_by: None,
            at,
            effective: at,
            received: at,
            more: 0,
        };
        store(Hash::of(&[]), &header, event).unwrap()
    }

    /// Something that the present state tells.
    fn present(seq: Option<u64>, happened: Happened) -> Entry {
        let at = Timestamp(seq.map_or(100, |seq| i64::try_from(seq).unwrap()));
        let origin = Origin { seq, command: key(seq.unwrap_or(100)), actor: ME, at };
        Entry { happened, at, origin, arrival: None }
    }

    #[test]
    fn what_is_told_takes_the_place_of_what_the_state_tells_of_the_same_time() {
        let [rollout, same_as] = [1, 2].map(RolloutId::from_u128);
        let joined = Event::Rollout(RolloutEvent::Joined { rollout, deployment: ID, same_as });
        let split = Event::Rollout(RolloutEvent::Split { rollout, deployment: ID });
        let events = vec![stored(6, &joined), stored(8, &split)];
        let known = || {
            let of = [(Some(3), Happened::Opened), (Some(7), Happened::Finished), (None, Happened::Archived)];
            of.map(|(seq, happened)| present(seq, happened)).to_vec()
        };
        let told = |history: &History| {
            let entries = with_history(history, known(), &begun());
            entries.into_iter().map(|entry| entry.origin.seq).collect::<Vec<_>>()
        };
        let device = KnownEvents { places: Some(5..=9), events };
        let device = History::of_device(device).unwrap();
        assert_eq!(told(&device), [None, Some(8), Some(6), Some(3)]);
        let server = History::of_server(device.told);
        assert_eq!(told(&server), [None, Some(8), Some(6)], "the server tells from the beginning");
        assert_eq!(History::of_device(KnownEvents::default()), None);
    }
}
