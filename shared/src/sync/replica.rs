//! A browser's copy of a workspace: what is confirmed, what is pending, and the view that both make.
//!
//! ```text
//! confirmed ──o──o──o──o            the server's log, as far as it came
//!                       \
//!                        p──p──p    pending commands, decided again on top each time the log grows
//!                              └─ view
//! ```
//!
//! The replica invariant: `view == confirmed + pending commands replayed in order`, recomputed, never patched.

use std::collections::BTreeMap;

use super::envelope::CommandEnvelope;
use super::protocol::{COMMAND_BYTES, CommandResult, OutcomeStatus};
use crate::command::Command;
use crate::context::Context;
use crate::decide::decide;
use crate::ids::{ClientId, CommandKey, MemberId};
use crate::json;
use crate::log::{Cursor, LogError, Payload, StoredEvent};
use crate::rejection::{Rejection, TextField};
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// A command that the log doesn't show yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The command.
    pub envelope: CommandEnvelope,
    /// The event it waits for, once the server has answered; `None` while it has not.
    pub acknowledged: Option<u64>,
    /// Why it would be refused in the present state, as far as this replica can tell.
    pub refusal: Option<Rejection>,
}

/// A command that the server refused, with its reason: for Needs you.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The command.
    pub envelope: CommandEnvelope,
    /// Why.
    pub rejection: Rejection,
}

/// Where a command comes from and when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Its name: this page, and the next number there.
    pub key: CommandKey,
    /// When, by the clock of the device.
    pub at: Timestamp,
    /// The newest place of the log its author had seen, where that is less than the replica has: an editor that was
    /// opened before other people's changes came, an undo. `None` for what is shown now.
    pub seen: Option<u64>,
}

/// A browser's copy of a workspace.
#[derive(Clone, Debug, Default)]
pub struct Replica {
    actor: Option<MemberId>,
    confirmed: Workspace,
    cursor: Option<Cursor>,
    pending: Vec<Pending>,
    /// Commands that are stored but can't be read by this build: their queues wait behind them.
    held: std::collections::BTreeSet<CommandKey>,
    /// The first event this build doesn't understand.
    opaque_from: Option<u64>,
    view: Workspace,
}

impl Replica {
    /// Begins with what was stored: the confirmed state with its place, and the outbox in any order.
    #[must_use]
    pub fn new(confirmed: Workspace, cursor: Option<Cursor>, outbox: Vec<CommandEnvelope>) -> Self {
        let pending = in_causal_order(outbox).into_iter().map(Pending::new).collect();
        let mut replica = Self { confirmed, cursor, pending, ..Self::default() };
        replica.rebase();
        replica
    }

    /// Tells the replica who acts, for predictions.
    pub fn set_actor(&mut self, actor: MemberId) {
        if self.actor != Some(actor) {
            self.actor = Some(actor);
            self.rebase();
        }
    }

    /// Returns who acts; a fixed stranger while that is not known.
    #[must_use]
    pub fn actor(&self) -> MemberId {
        self.actor.unwrap_or(MemberId::from_u128(0))
    }

    /// Returns what is to be shown.
    #[must_use]
    pub const fn view(&self) -> &Workspace {
        &self.view
    }

    /// Returns what the server has confirmed.
    #[must_use]
    pub const fn confirmed(&self) -> &Workspace {
        &self.confirmed
    }

    /// Returns how far the confirmed state is; `None` before the first snapshot.
    #[must_use]
    pub const fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }

    /// Returns the pending commands, in the order they are replayed and sent.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Decides a command on the view and puts it last in the queue. `None` when it has no effect.
    ///
    /// # Errors
    ///
    /// The rule that forbids it; nothing is kept then.
    pub fn submit(
        &mut self,
        submission: Submission,
        command: Command,
    ) -> Result<Option<CommandEnvelope>, Rejection> {
        let envelope = CommandEnvelope {
            key: submission.key,
            at: submission.at,
            seen: submission.seen.unwrap_or(u64::MAX).min(self.cursor.map_or(0, |cursor| cursor.seq)),
            causes: self.newest_of_siblings(submission.key.client),
            command,
        };
        let context = self.context(&envelope);
        let events = decide(&self.view, &context, &envelope.command)?;
        if events.is_empty() && envelope.command != Command::Nothing {
            return Ok(None);
        }
        fits_in_a_push(&envelope)?;
        for event in &events {
            self.view.apply(&context.predicted_origin(), event);
        }
        self.pending.push(Pending::new(envelope.clone()));
        Ok(Some(envelope))
    }

    /// Takes in a command of another tab, or of one that is gone. One that is known already changes nothing.
    pub fn adopt(&mut self, envelope: CommandEnvelope) {
        if self.pending.iter().any(|pending| pending.envelope.key == envelope.key) {
            return;
        }
        // A queue keeps its order, whatever order its commands come to light in.
        let (client, seq) = (envelope.key.client, envelope.key.seq);
        let follows = |known: &Pending| known.envelope.key.client == client && known.envelope.key.seq > seq;
        let place = self.pending.iter().position(follows).unwrap_or(self.pending.len());
        let is_last = place == self.pending.len();
        self.pending.insert(place, Pending::new(envelope));
        if is_last {
            self.replay(place);
        } else {
            self.rebase();
        }
    }

    /// Takes in events from the log, all of them or, when there is an error, none. Those that are known already
    /// are passed over.
    ///
    /// # Errors
    ///
    /// When one is missing, can't be read, or belongs to another history.
    pub fn receive(&mut self, events: &[StoredEvent]) -> Result<(), LogError> {
        let Some(mut cursor) = self.cursor else {
            return Err(LogError::Hole { expected: 0, found: 0 });
        };
        let mut confirmed = self.confirmed.clone();
        let mut arrived = Vec::new();
        let mut opaque_from = self.opaque_from;
        for event in events {
            if event.read_header()?.seq <= cursor.seq {
                continue;
            }
            let event = event.read_after(&cursor)?;
            match &event.payload {
                Payload::Known(known) => confirmed.apply(&event.header.origin(), known),
                Payload::Opaque => opaque_from = opaque_from.or(Some(event.header.seq)),
            }
            cursor = Cursor { seq: event.header.seq, chain: event.chain, ..cursor };
            arrived.push(event.header.command);
        }
        if arrived.is_empty() {
            return Ok(());
        }
        self.confirmed = confirmed;
        self.cursor = Some(cursor);
        self.opaque_from = opaque_from;
        self.pending.retain(|pending| {
            let is_due = pending.acknowledged.is_some_and(|event| event <= cursor.seq);
            !is_due && !arrived.contains(&pending.envelope.key)
        });
        self.rebase();
        Ok(())
    }

    /// Tells whether the log holds something this build doesn't understand. What it has stored of the log must then
    /// stay as it is: a newer build reads it again.
    #[must_use]
    pub const fn has_opaque(&self) -> bool {
        self.opaque_from.is_some()
    }

    /// Remembers a command that is stored but can't be read by this build. Its queue waits behind it.
    pub fn hold(&mut self, key: CommandKey) {
        self.held.insert(key);
    }

    /// Tells whether a command waits behind one that this build can't read.
    #[must_use]
    pub fn is_held(&self, key: CommandKey) -> bool {
        let first = CommandKey { seq: 0, ..key };
        self.held.range(first..key).next().is_some()
    }

    /// Tells whether there are commands that this build can't read.
    #[must_use]
    pub fn holds_any(&self) -> bool {
        !self.held.is_empty()
    }

    /// Lets go of the pending commands that `is_kept` does not name: another tab learned what became of them.
    pub fn retain(&mut self, is_kept: impl Fn(CommandKey) -> bool) {
        self.pending.retain(|pending| is_kept(pending.envelope.key));
        self.rebase();
    }

    /// Takes in what became of a command. Returns it when it was refused.
    ///
    /// A command that happened stays on top until the log shows it: else its effect would vanish for a moment.
    pub fn settle(&mut self, result: &CommandResult) -> Option<Refused> {
        let key = CommandKey { client: result.client, seq: result.seq };
        let place = self.pending.iter().position(|pending| pending.envelope.key == key)?;
        let reached = self.cursor.map_or(0, |cursor| cursor.seq);
        match (result.outcome.status, result.outcome.events) {
            (OutcomeStatus::Applied | OutcomeStatus::Merged, Some((_, last))) if last > reached => {
                if let Some(pending) = self.pending.get_mut(place) {
                    pending.acknowledged = Some(last);
                }
                None
            }
            (OutcomeStatus::Applied | OutcomeStatus::Merged | OutcomeStatus::Noop, _) => {
                self.remove(place);
                None
            }
            (OutcomeStatus::Rejected, _) => {
                let rejection = result.outcome.rejection.clone().unwrap_or(Rejection::Internal);
                self.remove(place).map(|envelope| Refused { envelope, rejection })
            }
        }
    }

    /// Begins anew from a snapshot, keeping what is pending. What the server had acknowledged on another
    /// timeline waits to be sent again.
    pub fn reset(&mut self, confirmed: Workspace, cursor: Cursor) {
        let same_epoch = self.cursor.is_some_and(|known| known.epoch == cursor.epoch);
        self.confirmed = confirmed;
        self.cursor = Some(cursor);
        if same_epoch {
            self.pending.retain(|pending| pending.acknowledged.is_none_or(|event| event > cursor.seq));
        } else {
            for pending in &mut self.pending {
                pending.acknowledged = None;
            }
        }
        self.rebase();
    }

    /// Puts commands that do nothing in place of those that a queue lost, from `expected` on up to the next one
    /// that is there, and returns them. Only a browser that could store nothing loses any.
    pub fn fill_gap(&mut self, client: ClientId, expected: u64) -> Vec<CommandEnvelope> {
        let follows =
            |pending: &Pending| pending.envelope.key.client == client && pending.envelope.key.seq >= expected;
        let is_held = self.held.iter().any(|held| held.client == client);
        let Some(place) = self.pending.iter().position(follows).filter(|_| !is_held) else {
            return Vec::new();
        };
        let next = self.pending.get(place).map(|pending| pending.envelope.clone());
        let fillers = next.into_iter().flat_map(|next| {
            (expected..next.key.seq).map(move |seq| CommandEnvelope {
                key: CommandKey { client, seq },
                command: Command::Nothing,
                causes: Vec::new(),
                ..next.clone()
            })
        });
        let fillers: Vec<_> = fillers.collect();
        self.pending.splice(place..place, fillers.iter().cloned().map(Pending::new));
        fillers
    }

    /// Gives the commands of a queue new names, from `first` on: the server knows that name from another command
    /// (a browser profile was copied). Those before it are known there as what they are. Returns old and new.
    pub fn reissue(&mut self, first: CommandKey, to: ClientId) -> Vec<(CommandKey, CommandEnvelope)> {
        let before = CommandKey { seq: first.seq.saturating_sub(1), ..first };
        let mut renamed = BTreeMap::new();
        let own = self
            .pending
            .iter_mut()
            .map(|pending| &mut pending.envelope)
            .filter(|envelope| envelope.key.client == first.client && envelope.key.seq >= first.seq);
        for (envelope, seq) in own.zip(1..) {
            let key = CommandKey { client: to, seq };
            renamed.insert(envelope.key, key);
            envelope.key = key;
            if before.seq > 0 {
                envelope.causes.push(before);
            }
        }
        let all = self.pending.iter_mut().flat_map(|pending| &mut pending.envelope.causes);
        for cause in all {
            if let Some(key) = renamed.get(cause) {
                *cause = *key;
            }
        }
        self.rebase();
        let find = |key| self.pending.iter().find(|pending| pending.envelope.key == key);
        let found = renamed.into_iter().filter_map(|(old, new)| Some((old, find(new)?.envelope.clone())));
        found.collect()
    }

    fn remove(&mut self, place: usize) -> Option<CommandEnvelope> {
        if place >= self.pending.len() {
            return None;
        }
        let removed = self.pending.remove(place);
        self.rebase();
        Some(removed.envelope)
    }

    fn rebase(&mut self) {
        self.view = self.confirmed.clone();
        for place in 0..self.pending.len() {
            self.replay(place);
        }
    }

    fn replay(&mut self, place: usize) {
        let Some(pending) = self.pending.get(place) else {
            return;
        };
        let context = self.context(&pending.envelope);
        let decided = decide(&self.view, &context, &pending.envelope.command);
        if let Ok(events) = &decided {
            for event in events {
                self.view.apply(&context.predicted_origin(), event);
            }
        }
        if let Some(pending) = self.pending.get_mut(place) {
            pending.refusal = decided.err();
        }
    }

    fn context(&self, envelope: &CommandEnvelope) -> Context {
        Context {
            command: envelope.key,
            actor: self.actor(),
            device: None,
            now: envelope.at,
            effective: envelope.at,
            clock_error_ms: 0,
            seen: envelope.seen(),
        }
    }

    fn newest_of_siblings(&self, client: ClientId) -> Vec<CommandKey> {
        let mut newest = BTreeMap::new();
        for pending in &self.pending {
            let key = pending.envelope.key;
            if key.client != client {
                let known = newest.entry(key.client).or_insert(key.seq);
                *known = key.seq.max(*known);
            }
        }
        newest.into_iter().map(|(client, seq)| CommandKey { client, seq }).collect()
    }
}

impl Pending {
    const fn new(envelope: CommandEnvelope) -> Self {
        Self { envelope, acknowledged: None, refusal: None }
    }
}

/// Refuses a command that no push can carry: it would block its queue for ever. What makes one that large is text.
fn fits_in_a_push(envelope: &CommandEnvelope) -> Result<(), Rejection> {
    let length = json::write(&envelope.to_wire()).len();
    if length > COMMAND_BYTES {
        let (field, length, limit) = (TextField::SectionText, length as u64, COMMAND_BYTES as u64);
        return Err(Rejection::TextTooLong { field, length, limit });
    }
    Ok(())
}

/// Orders commands so that each comes after those before it in its queue and after those it names as causes;
/// among what is left by their time.
#[must_use]
pub fn in_causal_order(mut commands: Vec<CommandEnvelope>) -> Vec<CommandEnvelope> {
    commands.sort_by_key(|envelope| envelope.key);
    commands.dedup_by_key(|envelope| envelope.key);
    let mut queues: BTreeMap<ClientId, std::collections::VecDeque<CommandEnvelope>> = BTreeMap::new();
    for envelope in commands {
        queues.entry(envelope.key.client).or_default().push_back(envelope);
    }
    let mut ordered = Vec::new();
    loop {
        let waits = |cause: &CommandKey| {
            let front = queues.get(&cause.client).and_then(|queue| queue.front());
            front.is_some_and(|front| front.key.seq <= cause.seq)
        };
        let heads = queues.values().filter_map(|queue| queue.front());
        // Causes can't form a circle; should stored bytes claim one, time alone decides.
        let next = heads.min_by_key(|head| (head.causes.iter().any(waits), head.at, head.key));
        let Some(client) = next.map(|head| head.key.client) else {
            return ordered;
        };
        ordered.extend(queues.get_mut(&client).and_then(std::collections::VecDeque::pop_front));
    }
}
