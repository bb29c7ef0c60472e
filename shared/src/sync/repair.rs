//! What a replica does when the server has forgotten a part of its log.
//!
//! It was restored from a backup, or its file was put back. Everything this browser still knows is offered again under
//! its own name, or put before somebody. See `docs/decisions/0016-repair-after-a-restore.md`.
//!
//! ```text
//! the server's log   ──o──o──o──┐ restored here
//!                               └──n──n          what happened since
//! what was confirmed            x──x──x──x       forgotten by the server
//!                               │     └─ another browser's: lost here until that browser brings it back
//!                               └─ this browser's: acknowledged before, put back into the queue
//! ```

use std::collections::BTreeMap;

use super::envelope::CommandEnvelope;
use super::queues::in_causal_order;
use super::replica::{Pending, Refused, Replica};
use crate::command::Command;
use crate::ids::{ClientId, CommandKey};
use crate::log::{Cursor, StoredEvent};
use crate::order;
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// How long acknowledged commands are kept, in milliseconds: 14 days.
pub const ACKNOWLEDGED_MS: i64 = 14 * 86_400_000;
/// How many acknowledged commands are kept.
pub const ACKNOWLEDGED_COMMANDS: usize = 5_000;
/// A request older than this is not sent by itself, in milliseconds: 15 minutes.
pub const REQUEST_FRESH_MS: i64 = 15 * 60_000;

/// What a browser has stored of the time before a restore.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recalled {
    /// Commands that the server had answered, in any order.
    pub acknowledged: Vec<CommandEnvelope>,
    /// The newest events of the log, in order.
    pub tail: Vec<StoredEvent>,
}

/// What came of a repair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Commands that were answered before and wait to be sent again.
    pub again: Vec<CommandEnvelope>,
    /// Requests whose authors are asked again.
    pub refused: Vec<Refused>,
    /// Events that this browser knows and nobody has sent again yet.
    pub lost: Vec<StoredEvent>,
    /// When the newest event that both know had reached the server.
    pub restored_to: Option<Timestamp>,
}

/// Requests that were set aside, and what keeps their places in the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetAside {
    /// The requests, with why.
    pub refused: Vec<Refused>,
    /// Commands that do nothing, under the names of the requests.
    pub fillers: Vec<CommandEnvelope>,
}

/// Events of a forgotten part of the log, by their commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lost(BTreeMap<CommandKey, Vec<StoredEvent>>);

impl Lost {
    fn add(&mut self, events: &[StoredEvent]) {
        for event in events {
            let Ok(header) = event.read_header() else { continue };
            let known = self.0.entry(header.command).or_default();
            if !known.contains(event) {
                known.push(event.clone());
            }
        }
    }

    /// Lets go of the commands among these, and returns those that were lost.
    pub(super) fn find(&mut self, keys: &[CommandKey]) -> Vec<CommandKey> {
        keys.iter().filter(|key| self.0.remove(key).is_some()).copied().collect()
    }
}

impl Replica {
    /// Remembers events of a forgotten part of the log, at a start.
    pub fn remember_lost(&mut self, events: &[StoredEvent]) {
        self.lost.add(events);
    }

    /// Iterates over the events that this browser knows and the server does not, by their commands.
    pub fn lost(&self) -> impl Iterator<Item = (CommandKey, &[StoredEvent])> {
        self.lost.0.iter().map(|(key, events)| (*key, events.as_slice()))
    }

    /// Lets go of lost commands: they came back, or somebody has seen to them. Returns those that were lost.
    pub fn forget_lost(&mut self, keys: &[CommandKey]) -> Vec<CommandKey> {
        self.lost.find(keys)
    }

    /// Lets go of lost commands whose queue the server knows further than that.
    pub(super) fn find_lost(&mut self, known: &Positions) -> Vec<CommandKey> {
        let there: Vec<_> = self.lost.0.keys().filter(|key| known.has(**key)).copied().collect();
        self.lost.find(&there)
    }

    /// Sends again what the server had answered and knows no more: it was put back to a place this replica had seen.
    pub(super) fn doubt(&mut self, known: &Positions) {
        for pending in &mut self.pending {
            let key = pending.envelope.key;
            if known.names(key.client) && !known.has(key) {
                pending.acknowledged = None;
            }
        }
    }

    /// Sets requests aside that waited too long to be sent by themselves and that the server does not know.
    pub(super) fn set_stale_aside(&mut self, now: Timestamp, known: &Positions) -> SetAside {
        let is_stale = |pending: &Pending| {
            let envelope = &pending.envelope;
            pending.acknowledged.is_none()
                && envelope.is_request()
                && now.since(envelope.at) > REQUEST_FRESH_MS
                && !known.has(envelope.key)
        };
        let mut aside = SetAside::default();
        for pending in self.pending.iter_mut().filter(|pending| is_stale(pending)) {
            let filler = pending.envelope.clone().emptied();
            let envelope = std::mem::replace(&mut pending.envelope, filler.clone());
            aside.refused.push(Refused { envelope, rejection: Rejection::RequestTooOld });
            aside.fillers.push(filler);
        }
        if !aside.fillers.is_empty() {
            self.rebase();
        }
        aside
    }

    /// Begins anew on another timeline: what the server forgot of this browser's queues is put back into them.
    ///
    /// `known` says how far the server knows each queue that is named in what was recalled.
    pub(super) fn repair(
        &mut self,
        confirmed: Workspace,
        cursor: Cursor,
        recalled: &Recalled,
        known: &Positions,
    ) -> Repaired {
        let mut repaired = Repaired::default();
        // What only keeps a place gives way to what was there.
        let forgotten = |key: &CommandKey| {
            let is_it = |known: &&CommandEnvelope| known.key == *key && known.command != Command::Nothing;
            recalled.acknowledged.iter().any(|known| is_it(&known)) && !known.has(*key)
        };
        self.pending.retain(|pending| {
            pending.envelope.command != Command::Nothing || !forgotten(&pending.envelope.key)
        });
        let waiting = order::set(self.pending.iter().map(|pending| pending.envelope.key));
        let retired = order::set(recalled.acknowledged.iter().map(|envelope| envelope.key));
        let mut queue = Vec::with_capacity(self.pending.len() + recalled.acknowledged.len());
        for pending in std::mem::take(&mut self.pending) {
            // A request that had been granted happened on a timeline that is gone: nobody may assume it is wanted.
            let is_undone = pending.acknowledged.is_some() && !known.has(pending.envelope.key);
            let envelope = if is_undone { repaired.ask_again(pending.envelope) } else { pending.envelope };
            // Another tab led when it had its outcome: it is in the queue here, and no longer in the outbox.
            if retired.contains(&envelope.key)
                && !known.has(envelope.key)
                && envelope.command != Command::Nothing
            {
                repaired.again.push(envelope.clone());
            }
            queue.push(envelope);
        }
        for envelope in &recalled.acknowledged {
            if !known.has(envelope.key) && !waiting.contains(&envelope.key) {
                let offered = repaired.ask_again(envelope.clone());
                if !envelope.is_request() {
                    repaired.again.push(offered.clone());
                }
                queue.push(offered);
            }
        }
        self.pending = in_causal_order(queue).into_iter().map(Pending::new).collect();
        self.confirmed = confirmed;
        self.cursor = Some(cursor);
        self.opaque_from = None;
        self.take_stock(&recalled.tail, known, &mut repaired);
        self.rebase();
        repaired
    }

    /// Tells of the events of the old timeline which the server has, and which nobody here can send again.
    fn take_stock(&mut self, tail: &[StoredEvent], known: &Positions, repaired: &mut Repaired) {
        let offered = order::set(self.pending.iter().map(|pending| pending.envelope.key));
        for event in tail {
            let Ok(header) = event.read_header() else { continue };
            if known.has(header.command) {
                repaired.restored_to = repaired.restored_to.max(Some(header.received));
            } else if known.names(header.command.client) && !offered.contains(&header.command) {
                repaired.lost.push(event.clone());
            }
        }
        self.lost.add(&repaired.lost);
    }
}

impl Repaired {
    /// Puts a request before its author instead of into the queue; what is returned keeps its place there.
    fn ask_again(&mut self, envelope: CommandEnvelope) -> CommandEnvelope {
        if !envelope.is_request() {
            return envelope;
        }
        let filler = envelope.clone().emptied();
        self.refused.push(Refused { envelope, rejection: Rejection::TimelineChanged });
        filler
    }
}

/// How far the server knows some queues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Positions(BTreeMap<ClientId, u64>);

impl Positions {
    pub(super) fn new(positions: impl Iterator<Item = (ClientId, u64)>) -> Self {
        Self(positions.collect())
    }

    /// Tells whether the server was asked about a queue.
    fn names(&self, client: ClientId) -> bool {
        self.0.contains_key(&client)
    }

    /// Tells whether the server has an outcome of a command. Of a queue that nobody asked about it may have one: then
    /// a command that is sent again gets that.
    pub(super) fn has(&self, key: CommandKey) -> bool {
        self.0.get(&key.client).is_some_and(|last| key.seq <= *last)
    }
}

/// Returns the acknowledged commands that need not be kept any longer, given all of them with their times.
#[must_use]
pub fn expired(acknowledged: &[(CommandKey, Timestamp)], now: Timestamp) -> Vec<CommandKey> {
    let mut newest_first = acknowledged.to_vec();
    order::sort_by_key(&mut newest_first, |(key, at)| (std::cmp::Reverse(*at), std::cmp::Reverse(*key)));
    let is_over = |(place, (_, at)): &(usize, &(CommandKey, Timestamp))| {
        *place >= ACKNOWLEDGED_COMMANDS || now.since(*at) > ACKNOWLEDGED_MS
    };
    newest_first.iter().enumerate().filter(is_over).map(|(_, (key, _))| *key).collect()
}
