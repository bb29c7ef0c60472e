//! The server's half, without I/O: gives each command its place in the log, or the reason why not.

use imbl::OrdMap;

use super::envelope::{CommandEnvelope, WireCommand};
use super::protocol::{Outcome, OutcomeStatus};
use crate::canonical::Hash;
use crate::context::Context;
use crate::decide::decide;
use crate::deployment::event::DeploymentEvent;
use crate::event::Event;
use crate::ids::{ClientId, CommandKey, DeviceId, MemberId};
use crate::log::{Cursor, EventHeader, StoredEvent, store};
use crate::origin::Seen;
use crate::rejection::Rejection;
use crate::time::{Timestamp, clock_error_ms, effective_time};
use crate::workspace::Workspace;

/// The newest state of a workspace and how far each queue is. Cloning it is cheap, so a group of commands that
/// could not be committed is undone by going back to a clone.
#[derive(Clone, Debug)]
pub struct Sequencer {
    /// The state at the head of the log.
    pub workspace: Workspace,
    /// The head of the log.
    pub cursor: Cursor,
    /// The newest command of each queue that has an outcome.
    pub queues: OrdMap<ClientId, u64>,
    /// Up to where the log is the same on every timeline it ever had; 0 where that is not known.
    pub base: u64,
}

/// How a command arrived.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Who acts.
    pub actor: MemberId,
    /// On which device, where it is known.
    pub device: Option<DeviceId>,
    /// The server's time.
    pub now: Timestamp,
    /// When the push was sent, by the device's clock.
    pub sent_at: Timestamp,
    /// Up to where the author had seen this log, see [`WireCommand::seen_of`].
    pub seen: u64,
    /// When the event at that place reached the server; 0 where the author had seen none.
    pub floor: Timestamp,
}

/// What becomes of a command that arrives.
#[derive(Clone, Debug, PartialEq)]
pub enum Admission {
    /// It has its place and its outcome; both have to be committed together.
    Sequenced(Sequenced),
    /// Its queue is further already: the outcome is in the store.
    Duplicate,
    /// Commands before it are missing.
    Gap {
        /// The number that comes next.
        expected: u64,
    },
}

/// A command with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequenced {
    /// Its name.
    pub key: CommandKey,
    /// The hash of what was asked, to tell a repetition from another command of the same name.
    pub hash: Hash,
    /// What became of it.
    pub outcome: Outcome,
    /// What happened.
    pub events: Vec<StoredEvent>,
}

impl Sequencer {
    /// Begins with an empty log.
    #[must_use]
    pub fn new(cursor: Cursor) -> Self {
        Self { workspace: Workspace::default(), cursor, queues: OrdMap::new(), base: 0 }
    }

    /// Gives the command its place, moving the state on; or tells why it can't have one now.
    pub fn admit(&mut self, wire: &WireCommand, arrival: &Arrival) -> Admission {
        let last = self.queues.get(&wire.client).copied().unwrap_or_default();
        if wire.seq <= last {
            return Admission::Duplicate;
        }
        if wire.seq != last + 1 {
            return Admission::Gap { expected: last + 1 };
        }
        let decided = wire.read().and_then(|envelope| self.decided(&envelope, arrival));
        self.queues.insert(wire.client, wire.seq);
        let (outcome, events) = match decided {
            Ok((status, events)) => {
                let last = self.cursor.seq;
                let first = last + 1 - events.len() as u64;
                let range = (!events.is_empty()).then_some((first, last));
                (Outcome { status, events: range, rejection: None }, events)
            }
            Err(rejection) => (rejected(rejection), Vec::new()),
        };
        Admission::Sequenced(Sequenced { key: wire.key(), hash: wire.hash(), outcome, events })
    }

    /// Gives an event its place that the server makes itself, in somebody's name, as one of a queue of its own.
    ///
    /// # Errors
    ///
    /// Never for the types of this crate; the signature follows the JSON library.
    pub fn note(
        &mut self,
        client: ClientId,
        arrival: &Arrival,
        event: &Event,
    ) -> Result<(CommandKey, StoredEvent), serde_json::Error> {
        let key = CommandKey { client, seq: 1 };
        let Arrival { actor, device, now, .. } = *arrival;
        let header = EventHeader {
            seq: self.cursor.seq + 1,
            kind: event.kind().to_owned(),
            v: event.version(),
            command: key,
            actor,
            device,
            carried_by: None,
            at: now,
            effective: now,
            received: now,
            more: 0,
        };
        let stored = store(self.cursor.chain, &header, event)?;
        self.workspace.apply(&header.origin(), event);
        self.cursor = Cursor { seq: header.seq, chain: stored.chain, ..self.cursor };
        self.queues.insert(client, key.seq);
        Ok((key, stored))
    }

    /// Sets a command aside that made the server panic: it gets its outcome and blocks nothing.
    pub fn set_aside(&mut self, wire: &WireCommand) -> Sequenced {
        self.queues.insert(wire.client, wire.seq);
        let outcome = rejected(Rejection::Internal);
        Sequenced { key: wire.key(), hash: wire.hash(), outcome, events: Vec::new() }
    }

    fn decided(
        &mut self,
        envelope: &CommandEnvelope,
        arrival: &Arrival,
    ) -> Result<(OutcomeStatus, Vec<StoredEvent>), Rejection> {
        let context = context(envelope, arrival);
        let events = decide(&self.workspace, &context, &envelope.command)?;
        let status = status(&events);
        let mut stored = Vec::with_capacity(events.len());
        let mut cursor = self.cursor;
        for (index, event) in events.iter().enumerate() {
            let more = u32::try_from(events.len() - 1 - index).map_err(|_| Rejection::Internal)?;
            let header = header(cursor.seq + 1, event, envelope, &context, arrival, more);
            let event = store(cursor.chain, &header, event).map_err(|_| Rejection::Internal)?;
            cursor = Cursor { seq: header.seq, chain: event.chain, ..cursor };
            stored.push((header.origin(), event));
        }
        for ((origin, _), event) in stored.iter().zip(&events) {
            self.workspace.apply(origin, event);
        }
        self.cursor = cursor;
        Ok((status, stored.into_iter().map(|(_, event)| event).collect()))
    }
}

fn rejected(rejection: Rejection) -> Outcome {
    Outcome { status: OutcomeStatus::Rejected, events: None, rejection: Some(rejection) }
}

fn context(envelope: &CommandEnvelope, arrival: &Arrival) -> Context {
    Context {
        command: envelope.key,
        actor: arrival.actor,
        device: arrival.device,
        now: arrival.now,
        effective: effective_time(envelope.at, arrival.sent_at, arrival.now, arrival.floor),
        clock_error_ms: clock_error_ms(arrival.sent_at, arrival.now),
        seen: Seen { seq: arrival.seen, ..envelope.seen() },
    }
}

fn header(
    seq: u64,
    event: &Event,
    envelope: &CommandEnvelope,
    context: &Context,
    arrival: &Arrival,
    more: u32,
) -> EventHeader {
    EventHeader {
        seq,
        kind: event.kind().to_owned(),
        v: event.version(),
        command: envelope.key,
        actor: context.actor,
        device: context.device,
        carried_by: None,
        at: envelope.at,
        effective: context.effective,
        received: arrival.now,
        more,
    }
}

fn status(events: &[Event]) -> OutcomeStatus {
    if events.is_empty() {
        OutcomeStatus::Noop
    } else if events.iter().any(keeps_both) {
        OutcomeStatus::Merged
    } else {
        OutcomeStatus::Applied
    }
}

/// Tells whether an event says that somebody else had written there too: its command was [`OutcomeStatus::Merged`].
#[must_use]
pub fn keeps_both(event: &Event) -> bool {
    matches!(
        event,
        Event::Deployment(
            DeploymentEvent::EditLost { .. } | DeploymentEvent::Edited { overridden: Some(_), .. }
        )
    )
}
