//! What is decided together, to be committed together: pushes, whole or not at all. A server and a device that is its
//! own both go by it. Touches nothing that is committed.

use std::collections::BTreeMap;

use super::admission::{Admission, Arrival, Sequenced, Sequencer};
use super::envelope::WireCommand;
use super::protocol::{CommandResult, Outcome, OutcomeStatus};
use crate::canonical::Hash;
use crate::ids::{ClientId, CommandKey, DeviceId, EpochId, MemberId};
use crate::log::{Cursor, Link, StoredEvent};
use crate::time::Timestamp;

/// An event with what a store indexes, so that nobody has to take headers apart to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Its place in the log.
    pub seq: u64,
    /// When its command arrived.
    pub received: Timestamp,
    /// The event.
    pub event: StoredEvent,
}

/// The outcome of one command, for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOutcome {
    /// The command.
    pub key: CommandKey,
    /// The hash of what was asked; `None` where only the log is known, after an import.
    pub hash: Option<Hash>,
    /// What became of it.
    pub outcome: Outcome,
}

/// Commands that arrived together.
#[derive(Clone, Debug)]
pub struct Arrived<'a> {
    /// Who acts.
    pub actor: MemberId,
    /// On which device, where it is known.
    pub device: Option<DeviceId>,
    /// The timeline they are meant for.
    pub epoch: EpochId,
    /// When they were sent, by the clock of the sender.
    pub sent_at: Timestamp,
    /// When they arrived, by the clock of whoever decides.
    pub now: Timestamp,
    /// The commands, in order.
    pub commands: &'a [WireCommand],
}

/// Why a push has no outcomes. Nothing of it is in the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushRefusal {
    /// Commands of a queue are missing.
    Gap {
        /// The queue.
        client: ClientId,
        /// The number that comes next.
        expected: u64,
    },
    /// A name was used for another command before.
    Reused {
        /// The queue.
        client: ClientId,
        /// The number.
        seq: u64,
    },
    /// The workspace follows another timeline.
    Fork {
        /// Which.
        epoch: EpochId,
        /// Its newest event.
        head: u64,
    },
}

/// What a push comes to, once its group is committed.
pub type Decided = Result<Vec<CommandResult>, PushRefusal>;

/// What is committed already, as far as a group has to know it.
pub trait Committed {
    /// What looking it up may fail with.
    type Error;

    /// Returns a link of the chain; `None` beyond the head and before the first.
    ///
    /// # Errors
    ///
    /// When it can't be looked up.
    fn link(&mut self, seq: u64) -> Result<Option<Link>, Self::Error>;

    /// Returns the outcome of a command that has one.
    ///
    /// # Errors
    ///
    /// When it can't be looked up.
    fn outcome(&mut self, key: CommandKey) -> Result<Option<NewOutcome>, Self::Error>;

    /// Gives a command its place, see [`Sequencer::admit`].
    fn admit(&mut self, sequencer: &mut Sequencer, wire: &WireCommand, arrival: &Arrival) -> Admission {
        sequencer.admit(wire, arrival)
    }
}

/// What a group leads to, to be committed together.
#[derive(Clone, Debug)]
pub struct Outcomes {
    /// The head it was decided at.
    pub expected: Cursor,
    /// The state it leads to, and the new head.
    pub sequencer: Sequencer,
    /// The events in between, in order.
    pub events: Vec<NewEvent>,
    /// What became of the commands.
    pub outcomes: Vec<NewOutcome>,
    /// When that was decided.
    pub decided: Timestamp,
    /// The newest command with an outcome of each queue that moved.
    pub queues: Vec<(ClientId, u64)>,
}

/// What is decided so far.
#[derive(Debug)]
pub struct Group {
    expected: Cursor,
    sequencer: Sequencer,
    events: Vec<NewEvent>,
    outcomes: Vec<NewOutcome>,
    /// The outcomes by their commands.
    known: BTreeMap<CommandKey, usize>,
    decided: Timestamp,
}

impl Group {
    /// Begins at what is committed.
    #[must_use]
    pub fn new(committed: &Sequencer) -> Self {
        Self {
            expected: committed.cursor,
            sequencer: committed.clone(),
            events: Vec::new(),
            outcomes: Vec::new(),
            known: BTreeMap::new(),
            decided: Timestamp(0),
        }
    }

    /// Decides a push, whole or not at all.
    ///
    /// # Errors
    ///
    /// When something can't be looked up. The group is of no use then.
    pub fn take<C: Committed>(&mut self, push: &Arrived<'_>, committed: &mut C) -> Result<Decided, C::Error> {
        let Cursor { epoch, seq: head, .. } = self.sequencer.cursor;
        if push.epoch != epoch {
            return Ok(Err(PushRefusal::Fork { epoch, head }));
        }
        self.decided = push.now;
        let before = self.sequencer.clone();
        let (events, outcomes) = (self.events.len(), self.outcomes.len());
        let mut results = Vec::with_capacity(push.commands.len());
        for wire in push.commands {
            let (seen, floor) = self.seen_by(wire, committed)?;
            let &Arrived { actor, device, sent_at, now, .. } = push;
            let arrival = Arrival { actor, device, now, sent_at, seen, floor };
            match self.admit(wire, &arrival, committed)? {
                Ok(result) => results.push(result),
                Err(refusal) => {
                    self.sequencer = before;
                    self.events.truncate(events);
                    self.outcomes.truncate(outcomes);
                    self.known.retain(|_, place| *place < outcomes);
                    return Ok(Err(refusal));
                }
            }
        }
        Ok(Ok(results))
    }

    /// Returns up to where the author had seen this log, and when that had arrived.
    fn seen_by<C: Committed>(
        &self,
        wire: &WireCommand,
        committed: &mut C,
    ) -> Result<(u64, Timestamp), C::Error> {
        let link = committed.link(wire.seen)?;
        let (head, base) = (self.expected.seq, self.sequencer.base);
        let seen = wire.seen_of(head, link.map(|link| link.chain), base);
        let link = if seen == wire.seen { link } else { committed.link(seen)? };
        Ok((seen, link.map_or(Timestamp(0), |link| link.received)))
    }

    fn admit<C: Committed>(
        &mut self,
        wire: &WireCommand,
        arrival: &Arrival,
        committed: &mut C,
    ) -> Result<Result<CommandResult, PushRefusal>, C::Error> {
        match committed.admit(&mut self.sequencer, wire, arrival) {
            Admission::Sequenced(sequenced) => Ok(Ok(self.keep(sequenced, arrival.now))),
            Admission::Duplicate => self.repeat(wire, committed),
            Admission::Gap { expected } => Ok(Err(PushRefusal::Gap { client: wire.client, expected })),
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
    fn repeat<C: Committed>(
        &self,
        wire: &WireCommand,
        committed: &mut C,
    ) -> Result<Result<CommandResult, PushRefusal>, C::Error> {
        let key = wire.key();
        let CommandKey { client, seq } = key;
        if seq == 0 {
            let expected = self.sequencer.queues.get(&client).copied().unwrap_or_default() + 1;
            return Ok(Err(PushRefusal::Gap { client, expected }));
        }
        let known = self.known.get(&key).and_then(|place| self.outcomes.get(*place)).cloned();
        let known = if known.is_some() { known } else { committed.outcome(key)? };
        let Some(NewOutcome { hash, outcome, .. }) = known else {
            // An import brings no outcomes of commands without events: they had no effect.
            let outcome = Outcome { status: OutcomeStatus::Noop, events: None, rejection: None };
            return Ok(Ok(CommandResult { client, seq, outcome, duplicate: true }));
        };
        if hash.is_some_and(|hash| hash != wire.hash()) {
            return Ok(Err(PushRefusal::Reused { client, seq }));
        }
        Ok(Ok(CommandResult { client, seq, outcome, duplicate: true }))
    }

    /// Returns what it leads to.
    #[must_use]
    pub fn finish(self) -> Outcomes {
        let queues: BTreeMap<ClientId, u64> =
            self.outcomes.iter().map(|outcome| (outcome.key.client, outcome.key.seq)).collect();
        Outcomes {
            expected: self.expected,
            sequencer: self.sequencer,
            events: self.events,
            outcomes: self.outcomes,
            decided: self.decided,
            queues: queues.into_iter().collect(),
        }
    }
}
