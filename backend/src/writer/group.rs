//! A group: what is decided together, to be committed together. Touches nothing that is committed.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use slipway_shared::canonical::Hash;
use slipway_shared::ids::{ClientId, CommandKey, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::sync::admission::{Admission, Arrival, Sequenced, Sequencer};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{CommandResult, Outcome, OutcomeStatus};
use slipway_shared::time::Timestamp;

use super::{Push, PushError};
use crate::details;
use crate::store::{Append, Detail, Link, NewEvent, NewOutcome, Store, StoreError};

/// What a push comes to, once its group is committed.
pub(super) type Decided = Result<Vec<CommandResult>, PushError>;

/// Where the links of the chain come from that authors had seen.
pub(super) trait Links {
    /// Returns a link; `None` beyond the head and before the first.
    fn link(&mut self, seq: u64) -> Result<Option<Link>, StoreError>;
}

pub(super) struct Group {
    expected: Cursor,
    sequencer: Sequencer,
    events: Vec<NewEvent>,
    outcomes: Vec<NewOutcome>,
    /// The outcomes by their commands.
    known: BTreeMap<CommandKey, usize>,
    /// What deployments were that are sealed.
    details: Vec<Detail>,
    decided: Timestamp,
}

impl Group {
    pub(super) fn new(committed: &Sequencer) -> Self {
        Self {
            expected: committed.cursor,
            sequencer: committed.clone(),
            events: Vec::new(),
            outcomes: Vec::new(),
            known: BTreeMap::new(),
            details: Vec::new(),
            decided: Timestamp(0),
        }
    }

    /// Decides a push, whole or not at all.
    pub(super) fn take(
        &mut self,
        push: &Push,
        now: Timestamp,
        workspace: WorkspaceId,
        store: &mut dyn Store,
        links: &mut dyn Links,
    ) -> Result<Decided, StoreError> {
        let Cursor { epoch, seq: head, .. } = self.sequencer.cursor;
        if push.epoch != epoch {
            return Ok(Err(PushError::Fork { epoch, head }));
        }
        self.decided = now;
        let before = self.sequencer.clone();
        let (events, outcomes, details) = (self.events.len(), self.outcomes.len(), self.details.len());
        let mut results = Vec::with_capacity(push.commands.len());
        for wire in &push.commands {
            let (seen, floor) = self.seen_by(wire, links)?;
            let Push { actor, device, sent_at, .. } = *push;
            let arrival = Arrival { actor, device, now, sent_at, seen, floor };
            match self.admit(wire, &arrival, workspace, store)? {
                Ok(result) => results.push(result),
                Err(error) => {
                    self.sequencer = before;
                    self.events.truncate(events);
                    self.outcomes.truncate(outcomes);
                    self.details.truncate(details);
                    self.known.retain(|_, place| *place < outcomes);
                    return Ok(Err(error));
                }
            }
        }
        Ok(Ok(results))
    }

    /// Returns up to where the author had seen this log, and when that had reached the server.
    fn seen_by(&self, wire: &WireCommand, links: &mut dyn Links) -> Result<(u64, Timestamp), StoreError> {
        let link = links.link(wire.seen)?;
        let (head, base) = (self.expected.seq, self.sequencer.base);
        let seen = wire.seen_of(head, link.map(|link| link.chain), base);
        let link = if seen == wire.seen { link } else { links.link(seen)? };
        Ok((seen, link.map_or(Timestamp(0), |link| link.received)))
    }

    fn admit(
        &mut self,
        wire: &WireCommand,
        arrival: &Arrival,
        workspace: WorkspaceId,
        store: &mut dyn Store,
    ) -> Result<Result<CommandResult, PushError>, StoreError> {
        let detail = details::about_to_be_sealed(&self.sequencer.workspace, wire);
        match admit_or_set_aside(&mut self.sequencer, wire, arrival) {
            Admission::Sequenced(sequenced) => {
                self.details.extend(detail.filter(|_| sequenced.outcome.events.is_some()));
                Ok(Ok(self.keep(sequenced, arrival.now)))
            }
            Admission::Duplicate => self.repeat(wire, workspace, store),
            Admission::Gap { expected } => Ok(Err(PushError::Gap { client: wire.client, expected })),
        }
    }

    fn keep(&mut self, sequenced: Sequenced, received: Timestamp) -> CommandResult {
        let Sequenced { key, hash, outcome, events } = sequenced;
        let first = outcome.events.map_or(0, |(first, _)| first);
        let events = events.into_iter().zip(first..);
        self.events.extend(events.map(|(event, seq)| NewEvent { seq, received, event }));
        self.known.insert(key, self.outcomes.len());
        self.outcomes.push(NewOutcome { key, hash: Some(hash), outcome: outcome.clone() });
        CommandResult { client: key.client, seq: key.seq, outcome, duplicate: false }
    }

    /// Answers a command that came before as it was answered then.
    fn repeat(
        &self,
        wire: &WireCommand,
        workspace: WorkspaceId,
        store: &mut dyn Store,
    ) -> Result<Result<CommandResult, PushError>, StoreError> {
        let key = wire.key();
        let CommandKey { client, seq } = key;
        if seq == 0 {
            let expected = self.sequencer.queues.get(&client).copied().unwrap_or_default() + 1;
            return Ok(Err(PushError::Gap { client, expected }));
        }
        let known = self.known.get(&key).and_then(|place| self.outcomes.get(*place)).cloned();
        let known = if known.is_some() { known } else { store.outcome(workspace, key)? };
        let Some(NewOutcome { hash, outcome, .. }) = known else {
            // An import brings no outcomes of commands without events: they had no effect.
            let outcome = Outcome { status: OutcomeStatus::Noop, events: None, rejection: None };
            return Ok(Ok(CommandResult { client, seq, outcome, duplicate: true }));
        };
        if hash.is_some_and(|hash: Hash| hash != wire.hash()) {
            return Ok(Err(PushError::Reused { client, seq }));
        }
        Ok(Ok(CommandResult { client, seq, outcome, duplicate: true }))
    }

    /// Returns the state the group leads to and what has to be kept for it.
    pub(super) fn finish(self) -> (Sequencer, Append) {
        let queues: BTreeMap<ClientId, u64> =
            self.outcomes.iter().map(|outcome| (outcome.key.client, outcome.key.seq)).collect();
        let append = Append {
            expected: self.expected,
            head: self.sequencer.cursor,
            events: self.events,
            outcomes: self.outcomes,
            decided: self.decided,
            details: self.details,
            queues: queues.into_iter().collect(),
        };
        (self.sequencer, append)
    }
}

/// A command that makes the domain panic is set aside with an outcome of its own: else its queue, pushed again
/// and again, would bring the server down each time.
fn admit_or_set_aside(sequencer: &mut Sequencer, wire: &WireCommand, arrival: &Arrival) -> Admission {
    let before = sequencer.clone();
    let admitted = catch_unwind(AssertUnwindSafe(|| sequencer.admit(wire, arrival)));
    admitted.unwrap_or_else(|_| {
        tracing::error!(client = %wire.client, seq = wire.seq, kind = wire.kind, "a command was set aside");
        *sequencer = before;
        Admission::Sequenced(sequencer.set_aside(wire))
    })
}
