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

use std::collections::{BTreeMap, BTreeSet};

use super::envelope::{CommandEnvelope, SeenLog};
use super::protocol::{COMMAND_BYTES, CommandResult, OutcomeStatus};
use super::queues::{causally, in_causal_order};
use super::repair::Lost;
use crate::command::{Command, CommandClass};
use crate::context::Context;
use crate::decide::{decide, decide_for_anybody};
use crate::event::Event;
use crate::ids::{ClientId, CommandKey, MemberId};
use crate::json;
use crate::log::{Cursor, LogError, Payload, StoredEvent};
use crate::member::MemberCommand;
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

/// What a batch of the log brought about besides the state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Commands that left the queue: the log has them.
    pub left: Vec<CommandEnvelope>,
    /// Lost commands that came back, see [`Replica::lost`].
    pub found: Vec<CommandKey>,
}

/// What an outcome did to the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Nothing yet: the log has to show the command first, or the command is not known here.
    Waits,
    /// The command left the queue. One that had no effect has nothing to it any more.
    Left(CommandEnvelope),
    /// The command left the queue, and its author has to know why.
    Refused(Refused),
}

/// A command that was not carried out, with its reason: for Needs you.
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
    pub seen: Option<Cursor>,
}

/// A browser's copy of a workspace.
#[derive(Clone, Debug, Default)]
pub struct Replica {
    pub(super) actor: Option<MemberId>,
    pub(super) confirmed: Workspace,
    pub(super) cursor: Option<Cursor>,
    pub(super) pending: Vec<Pending>,
    /// Commands that are stored but can't be read by this build: their queues wait behind them.
    pub(super) held: BTreeSet<CommandKey>,
    /// Names that a queue had before it was named anew: what still goes by them is there under its new name.
    pub(super) renamed: BTreeSet<CommandKey>,
    /// The first event this build doesn't understand.
    pub(super) opaque_from: Option<u64>,
    pub(super) lost: Lost,
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
        let seen = self.seen_by(&submission).map_or(SeenLog { seq: 0, chain: None }, SeenLog::from);
        self.submit_having_seen(submission.key, submission.at, command, seen)
    }

    /// As [`Replica::submit`], for what was refused and is done again: what its author had seen then is what counts, so
    /// that what others did meanwhile is kept beside it and not overwritten.
    ///
    /// # Errors
    ///
    /// As [`Replica::submit`].
    pub fn submit_having_seen(
        &mut self,
        key: CommandKey,
        at: Timestamp,
        command: Command,
        seen: SeenLog,
    ) -> Result<Option<CommandEnvelope>, Rejection> {
        let envelope = CommandEnvelope {
            key,
            at,
            seen: seen.seq,
            seen_chain: seen.chain,
            causes: self.newest_of_siblings(key.client),
            command,
        };
        let context = self.context(&envelope);
        let events = self.decide(&context, &envelope.command)?;
        if events.is_empty() && envelope.command != Command::Nothing {
            return Ok(None);
        }
        fits_in_a_push(&envelope)?;
        self.predict(&context, envelope.is_request(), &events);
        self.pending.push(Pending::new(envelope.clone()));
        Ok(Some(envelope))
    }

    /// Decides a command on the view. While it is not known who acts, or who the members are, nobody is refused for
    /// who they are: what waits here from before would be hidden.
    fn decide(&self, context: &Context, command: &Command) -> Result<Vec<Event>, Rejection> {
        match (self.actor, self.cursor) {
            (Some(_), Some(_)) => decide(&self.view, context, command),
            (None, _) | (_, None) => decide_for_anybody(&self.view, context, command),
        }
    }

    /// Returns what was shown when a command was begun: an editor may have been opened long ago.
    fn seen_by(&self, submission: &Submission) -> Option<Cursor> {
        let is_shown =
            |seen: &Cursor| self.cursor.is_none_or(|shown| seen.epoch != shown.epoch || seen.seq < shown.seq);
        submission.seen.filter(is_shown).or(self.cursor)
    }

    /// Shows what a command would do. What only the server can say is not shown as done.
    fn predict(&mut self, context: &Context, is_request: bool, events: &[Event]) {
        if !is_request {
            events.iter().for_each(|event| self.view.apply(&context.predicted_origin(), event));
        }
    }

    /// Iterates over the pending commands that are requests: to be drawn as requested, never as done.
    pub fn requested(&self) -> impl Iterator<Item = &Pending> {
        self.pending.iter().filter(|pending| pending.envelope.is_request())
    }

    /// Takes in a command of another tab, or of one that is gone. One that is known already changes nothing.
    pub fn adopt(&mut self, envelope: CommandEnvelope) {
        self.adopt_all(vec![envelope]);
    }

    /// Takes in commands of other tabs, in any order. Those that are known already, also under another name, change
    /// nothing.
    pub fn adopt_all(&mut self, envelopes: Vec<CommandEnvelope>) {
        let known = self.pending_keys();
        let is_new = |envelope: &CommandEnvelope| {
            !known.contains(&envelope.key) && !self.renamed.contains(&envelope.key)
        };
        let fresh = in_causal_order(envelopes.into_iter().filter(is_new).collect());
        // A queue keeps its order, and a cause comes before what it caused, whatever order they come to light in.
        let is_last = !fresh.iter().any(|envelope| self.has_followers(envelope.key));
        let place = self.pending.len();
        self.pending.extend(fresh.into_iter().map(Pending::new));
        if is_last {
            (place..self.pending.len()).for_each(|place| self.replay(place));
        } else {
            self.pending = causally(std::mem::take(&mut self.pending));
            self.rebase();
        }
    }

    /// Tells whether a pending command has to come after this one.
    fn has_followers(&self, key: CommandKey) -> bool {
        self.pending.iter().any(|pending| pending.envelope.follows(key))
    }

    /// Takes in events from the log, all of them or, when there is an error, none. Those that are known already
    /// are passed over.
    ///
    /// # Errors
    ///
    /// When one is missing, can't be read, or belongs to another history.
    pub fn receive(&mut self, events: &[StoredEvent]) -> Result<Received, LogError> {
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
            return Ok(Received::default());
        }
        self.confirmed = confirmed;
        self.cursor = Some(cursor);
        self.opaque_from = opaque_from;
        let left = self.leave(|pending| arrived.contains(&pending.envelope.key));
        // Another command is where this one was said to be: the server was put back, and knows it no more.
        for pending in &mut self.pending {
            pending.acknowledged = pending.acknowledged.filter(|event| *event > cursor.seq);
        }
        self.rebase();
        Ok(Received { left, found: self.lost.find(&arrived) })
    }

    /// Takes the pending commands that are over out of the queue.
    fn leave(&mut self, is_over: impl Fn(&Pending) -> bool) -> Vec<CommandEnvelope> {
        let (over, pending) = std::mem::take(&mut self.pending).into_iter().partition(|known| is_over(known));
        self.pending = pending;
        Vec::into_iter(over).map(|pending: Pending| pending.envelope).collect()
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

    /// Iterates over the commands that this build can't read.
    pub fn held(&self) -> impl Iterator<Item = CommandKey> {
        self.held.iter().copied()
    }

    /// Lets go of a command that can't be read: its author has said so. Its queue goes on without it.
    pub fn let_go(&mut self, key: CommandKey) {
        self.held.remove(&key);
    }

    /// Lets go of the pending commands that `is_kept` does not name: another tab learned what became of them.
    pub fn retain(&mut self, is_kept: impl Fn(CommandKey) -> bool) {
        self.pending.retain(|pending| is_kept(pending.envelope.key));
        self.rebase();
    }

    /// Takes in what became of some commands, and returns it in their order.
    ///
    /// A command that happened stays on top until the log shows it: else its effect would vanish for a moment.
    pub fn settle(&mut self, results: &[CommandResult]) -> Vec<Settled> {
        let before = self.pending.len();
        let settled = results.iter().map(|result| self.settle_one(result)).collect();
        // Once for all of them: after two weeks offline hundreds may be refused at a time.
        if self.pending.len() != before {
            self.rebase();
        }
        settled
    }

    fn settle_one(&mut self, result: &CommandResult) -> Settled {
        let key = CommandKey { client: result.client, seq: result.seq };
        let Some(place) = self.pending.iter().position(|pending| pending.envelope.key == key) else {
            return Settled::Waits;
        };
        let reached = self.cursor.map_or(0, |cursor| cursor.seq);
        match (result.outcome.status, result.outcome.events) {
            (OutcomeStatus::Applied | OutcomeStatus::Merged, Some((_, last))) if last > reached => {
                if let Some(pending) = self.pending.get_mut(place) {
                    pending.acknowledged = Some(last);
                }
                Settled::Waits
            }
            (OutcomeStatus::Applied | OutcomeStatus::Merged, _) => {
                Settled::Left(self.pending.remove(place).envelope)
            }
            (OutcomeStatus::Noop, _) => Settled::Left(self.pending.remove(place).envelope.emptied()),
            (OutcomeStatus::Rejected, _) => {
                let rejection = result.outcome.rejection.clone().unwrap_or(Rejection::Unexplained);
                Settled::Refused(Refused { envelope: self.pending.remove(place).envelope, rejection })
            }
        }
    }

    /// Begins anew from a snapshot, keeping what is pending, and returns the commands that the snapshot contains.
    /// What the server had acknowledged on another timeline waits to be sent again.
    pub fn reset(&mut self, confirmed: Workspace, cursor: Cursor) -> Vec<CommandEnvelope> {
        // A log never gets shorter: one that did was put back.
        let same = self.cursor.is_some_and(|known| known.epoch == cursor.epoch && known.seq <= cursor.seq);
        self.confirmed = confirmed;
        self.cursor = Some(cursor);
        self.opaque_from = None;
        let left = if same {
            self.leave(|pending| pending.acknowledged.is_some_and(|event| event <= cursor.seq))
        } else {
            self.pending.iter_mut().for_each(|pending| pending.acknowledged = None);
            Vec::new()
        };
        self.rebase();
        left
    }

    /// Forgets everything but who acts, and returns what the server has not answered: it happens nowhere. Whoever has
    /// left by themselves asked for just that.
    pub fn give_up(&mut self) -> Vec<Refused> {
        let Self { actor, pending, .. } = std::mem::take(self);
        self.actor = actor;
        let leaves = |command: &Command| matches!(command, Command::Member(MemberCommand::Remove { member }) if Some(*member) == actor);
        let is_left = |command: &Command| *command != Command::Nothing && !leaves(command);
        let unsent = pending
            .into_iter()
            .filter(|pending| pending.acknowledged.is_none() && is_left(&pending.envelope.command));
        unsent
            .map(|Pending { envelope, .. }| Refused { envelope, rejection: Rejection::AccessRemoved })
            .collect()
    }

    pub(super) fn rebase(&mut self) {
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
        let is_request = pending.envelope.is_request();
        let decided = self.decide(&context, &pending.envelope.command);
        if let Ok(events) = &decided {
            self.predict(&context, is_request, events);
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

impl Settled {
    /// Returns the command that was refused.
    #[must_use]
    pub fn refused(self) -> Option<Refused> {
        match self {
            Self::Refused(refused) => Some(refused),
            Self::Waits | Self::Left(_) => None,
        }
    }
}

impl CommandEnvelope {
    /// Tells whether only the server can say whether it happens.
    #[must_use]
    pub fn is_request(&self) -> bool {
        self.command.class() == CommandClass::Confirmed
    }

    /// Tells whether it comes after a command: in the same queue, or as what that one, or one after it, caused.
    fn follows(&self, before: CommandKey) -> bool {
        let is_after = |key: &CommandKey, least: u64| key.client == before.client && key.seq >= least;
        is_after(&self.key, before.seq + 1) || self.causes.iter().any(|cause| is_after(cause, before.seq))
    }

    /// Returns a command of the same name that does nothing: it keeps the queue dense.
    #[must_use]
    pub fn emptied(self) -> Self {
        Self { command: Command::Nothing, causes: Vec::new(), ..self }
    }
}

impl Pending {
    pub(super) const fn new(envelope: CommandEnvelope) -> Self {
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
