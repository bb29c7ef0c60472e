//! Watches the server, by itself: what is committed is dense, chained, once, in causal order, and overwrites nothing
//! in silence.

use std::collections::{BTreeMap, BTreeSet};

use slipway_shared::canonical::Hash;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::event::Event;
use slipway_shared::ids::{ClientId, CommandKey};
use slipway_shared::log::{Cursor, Payload, ReadEvent, StoredEvent};
use slipway_shared::origin::Origin;
use slipway_shared::rollout::RolloutEvent;
use slipway_shared::sync::admission::{Admission, Arrival, Sequenced, Sequencer};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{Outcome, OutcomeStatus};
use slipway_shared::workspace::Workspace;

use super::server::Store;

/// Ends the world: an invariant does not hold. What it says begins with the invariant's name.
pub fn violated(invariant: &str, what: &str) -> ! {
    panic!("{invariant}: {what}")
}

/// What the author of a command really saw: the log up to a place, and what waited in the browser.
#[derive(Clone)]
pub struct Sight {
    pub cursor: Option<Cursor>,
    pub pending: BTreeSet<CommandKey>,
}

#[derive(Default)]
pub struct Witness {
    cursor: Option<Cursor>,
    workspace: Workspace,
    queues: BTreeMap<ClientId, u64>,
    shown: BTreeSet<CommandKey>,
    /// Every state that any timeline ever had, by its chain.
    pub states: BTreeMap<Hash, Workspace>,
    /// The place before each place, with the command there.
    before: BTreeMap<Hash, (Hash, CommandKey)>,
    sights: BTreeMap<CommandKey, Sight>,
    /// First names of commands that were renamed.
    names: BTreeMap<CommandKey, CommandKey>,
    /// What has its place before these, which its author had seen.
    early: BTreeMap<CommandKey, CommandKey>,
    admissions: u64,
    /// The newest command of each queue that any timeline had an outcome of.
    answered: BTreeMap<ClientId, u64>,
    /// A file was put back behind everybody's back: a push that was on its way can't have known.
    pub was_swapped: bool,
}

impl Witness {
    pub fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }

    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Notes what the author of a command sees while giving it.
    pub fn given(&mut self, key: CommandKey, sight: Sight) {
        self.sights.insert(key, sight);
    }

    pub fn renamed(&mut self, old: CommandKey, new: CommandKey) {
        let first = self.first_name(old);
        self.names.insert(new, first);
    }

    pub fn first_name(&self, key: CommandKey) -> CommandKey {
        self.names.get(&key).copied().unwrap_or(key)
    }

    /// Takes in what is about to be committed.
    pub fn saw(&mut self, wire: &WireCommand, sequenced: &Sequenced, store: &Store) {
        let (key, Outcome { status, events, rejection }) = (sequenced.key, &sequenced.outcome);
        if store.outcomes.contains_key(&key) {
            violated("I3", &format!("{key} has a second outcome"));
        }
        let last = self.queues.insert(key.client, key.seq).unwrap_or_default();
        if key.seq != last + 1 {
            violated("I4", &format!("{key} has an outcome after number {last}"));
        }
        if (*status == OutcomeStatus::Rejected) != rejection.is_some() {
            violated("I3", &format!("{key} is {status:?} for {rejection:?}"));
        }
        let first = self.cursor.map_or(0, |cursor| cursor.seq) + 1;
        let last = first + sequenced.events.len() as u64 - 1;
        if *events != (first <= last).then_some((first, last)) {
            violated("I4", &format!("{key} says {events:?} and has {first} to {last}"));
        }
        let newest = self.answered.entry(key.client).or_default();
        *newest = key.seq.max(*newest);
        let is_in = |queues: &BTreeMap<ClientId, u64>, cause: &CommandKey| {
            queues.get(&cause.client).is_some_and(|last| cause.seq <= *last)
        };
        let is_missing = |cause: &&CommandKey| {
            !(is_in(&self.queues, cause) || self.was_swapped && is_in(&self.answered, cause))
        };
        // A cause that a crash took before it was saved anywhere never comes; what keeps its place is no cause.
        for cause in wire.causes.iter().filter(is_missing) {
            self.early.insert(*cause, key);
        }
        let early = self.early.get(&key).filter(|_| wire.kind != "nothing");
        if let Some(effect) = early.filter(|effect| is_in(&self.queues, effect)) {
            violated("causes", &format!("{effect} has its place before {key}, which its author had seen"));
        }
        for event in &sequenced.events {
            let event = self.take_in(event, store);
            if event.header.command != key {
                violated("I5", &format!("an event of {key} is told to be of {}", event.header.command));
            }
        }
        if !sequenced.events.is_empty() && !self.shown.insert(key) {
            violated("I3", &format!("{key} happened twice"));
        }
    }

    fn take_in(&mut self, event: &StoredEvent, store: &Store) -> ReadEvent {
        let cursor = self.cursor.unwrap_or(Cursor { epoch: store.epoch, seq: 0, chain: Hash::ZERO });
        let read = match event.read_after(&cursor) {
            Ok(read) => read,
            Err(error) => violated("I1", &error.to_string()),
        };
        if let Payload::Known(known) = &read.payload {
            self.check_overwriting(&read, known, store);
            self.check_gate(known);
            self.workspace.apply(&read.header.origin(), known);
        }
        self.before.insert(read.chain, (cursor.chain, read.header.command));
        self.states.insert(read.chain, self.workspace.clone());
        self.cursor = Some(Cursor { seq: read.header.seq, chain: read.chain, ..cursor });
        read
    }

    /// An edit that its author made without having seen what it replaces keeps that beside it.
    fn check_overwriting(&self, read: &ReadEvent, event: &Event, store: &Store) {
        let Event::Deployment(DeploymentEvent::Edited { deployment, field, overridden, value }) = event
        else {
            return;
        };
        let Some(replaced) = self.origin_of(*deployment, *field) else { return };
        let Some(sight) = self.sights.get(&self.first_name(read.header.command)) else { return };
        // After a file was put back behind its back, a restored server takes too much for what all timelines share.
        let can_know = !(self.was_swapped && store.base > 0);
        if overridden.is_none() && can_know && !self.had_seen(sight, read.header.command, &replaced) {
            let command = replaced.command;
            violated("no silent overwrite", &format!("{value:?} replaces what {command} wrote, unseen"));
        }
        let wrong = overridden.as_ref().is_some_and(|kept| kept.origin != replaced);
        if wrong {
            violated("no silent overwrite", "what is kept is not what was replaced");
        }
    }

    /// I9: nothing that was asked for starts at a closed gate; I10: no approval is of something else than there is.
    fn check_gate(&self, event: &Event) {
        match event {
            Event::Rollout(RolloutEvent::Reported {
                deployment,
                environment,
                report,
                requested: true,
                overridden: None,
                ..
            }) => {
                let at = report.happened_at;
                let missing = self.workspace.missing_at_gate(*deployment, *environment, at);
                if !missing.is_empty() {
                    violated("I9", &format!("a rollout starts at a closed gate: {missing:?}"));
                }
            }
            Event::Deployment(DeploymentEvent::Judged { deployment, judgement, .. }) => {
                let current = self.workspace.approval_digest(*deployment, judgement.environment);
                if current != Some(judgement.digest) {
                    violated("I10", "an approval is of something else than there is");
                }
            }
            _ => {}
        }
    }

    fn origin_of(&self, id: slipway_shared::ids::DeploymentId, field: DeploymentField) -> Option<Origin> {
        let deployment = self.workspace.deployments.get(&id)?;
        Some(match field {
            DeploymentField::Title => deployment.title.origin,
            DeploymentField::Version => deployment.version.origin,
            DeploymentField::SectionText(section) => {
                deployment.sections.iter().find(|known| known.id == section)?.text.origin
            }
            DeploymentField::SectionHeading(_)
            | DeploymentField::CheckText(_)
            | DeploymentField::CheckVerify(_) => deployment.field(field).ok()?.origin?,
        })
    }

    fn had_seen(&self, sight: &Sight, author: CommandKey, replaced: &Origin) -> bool {
        let wanted = self.first_name(replaced.command);
        let own = self.first_name(author);
        // What waits in a queue comes after what went before it there, which was shown as well.
        let was_shown = |pending: &CommandKey| pending.client == wanted.client && pending.seq >= wanted.seq;
        if wanted.client == own.client || sight.pending.iter().any(was_shown) {
            return true;
        }
        let mut chain = sight.cursor.map_or(Hash::ZERO, |cursor| cursor.chain);
        while let Some((before, command)) = self.before.get(&chain) {
            if self.first_name(*command) == wanted {
                return true;
            }
            chain = *before;
        }
        false
    }

    /// I17: whatever the clock of its author says, a command is taken or refused all the same.
    pub fn clocks_change_no_admission(
        &mut self,
        sequencer: &Sequencer,
        wire: &WireCommand,
        arrival: &Arrival,
    ) {
        self.admissions += 1;
        if !self.admissions.is_multiple_of(16) {
            return;
        }
        let day = if self.admissions.is_multiple_of(32) { 86_400_000 } else { -86_400_000 };
        let other = WireCommand { at: wire.at.plus(day), ..wire.clone() };
        let is_refused = |wire: &WireCommand| match sequencer.clone().admit(wire, arrival) {
            Admission::Sequenced(sequenced) => sequenced.outcome.status == OutcomeStatus::Rejected,
            Admission::Duplicate | Admission::Gap { .. } => false,
        };
        if is_refused(wire) != is_refused(&other) {
            violated("I17", &format!("the clock of its author decides whether {} is taken", wire.kind));
        }
    }

    /// Reads what is stored from its beginning.
    pub fn replay(&mut self, store: &Store) {
        self.cursor = None;
        self.workspace = Workspace::default();
        self.queues.clear();
        self.shown.clear();
        for event in &store.log {
            let header = self.take_in_known(event, store);
            self.shown.insert(header);
        }
        for key in store.outcomes.keys() {
            self.queues.insert(key.client, key.seq);
        }
        if let Some(cursor) = &mut self.cursor {
            cursor.epoch = store.epoch;
        }
    }

    fn take_in_known(&mut self, event: &StoredEvent, store: &Store) -> CommandKey {
        let sights = std::mem::take(&mut self.sights);
        let read = self.take_in(event, store);
        self.sights = sights;
        read.header.command
    }
}
