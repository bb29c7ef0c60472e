//! After a fork: whether the server still says of acknowledged commands what it had said of them before.
//!
//! A push can reach the server just after its file was put back, and the answer get lost: then the log that is gone
//! showed the command as done, and the present one has it as refused. Asking again under the same name changes nothing
//! and brings the outcome that counts now.

use std::collections::{BTreeSet, VecDeque};

use crate::capability::wants_confirmation;
use crate::command::Command;
use crate::ids::CommandKey;
use crate::log::commands_of;
use crate::order;
use crate::rejection::Rejection;
use crate::sync::envelope::{CommandEnvelope, WireCommand};
use crate::sync::protocol::{CommandResult, OutcomeStatus};
use crate::sync::queues::in_causal_order;
use crate::sync::repair::{Positions, REQUEST_FRESH_MS, Recalled};
use crate::sync::replica::{Refused, Replica};
use crate::time::Timestamp;

/// Acknowledged commands that the server has an outcome of which may be another one now.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubts {
    commands: VecDeque<CommandEnvelope>,
    /// How many of them, from the front, are under way.
    asked: usize,
}

impl Doubts {
    /// Collects what had an effect before the fork and has an outcome after it.
    ///
    /// What counts only with the password is taken at its word: its author would have to give it for nothing new, and
    /// all that waits would wait for that. Nor is there anything to ask about commands that are `redacted`.
    pub(super) fn after_fork(
        recalled: &Recalled,
        known: &Positions,
        redacted: &BTreeSet<CommandKey>,
        replica: &Replica,
        now: Timestamp,
    ) -> Self {
        let shown = order::set(commands_of(&recalled.tail));
        let waiting = replica.pending_keys();
        let is_doubtful = |envelope: &&CommandEnvelope| {
            // Should the server be put back once more meanwhile, asking for an old request would repeat it.
            let may_go_out = !envelope.is_request() || now.since(envelope.at) <= REQUEST_FRESH_MS;
            let may_go_out = may_go_out && !wants_confirmation(&envelope.command);
            let is_known = known.has(envelope.key) && !waiting.contains(&envelope.key);
            let says_something = envelope.command != Command::Nothing && !redacted.contains(&envelope.key);
            // What was shown long ago is older than anything a server is put back to by hand.
            is_known && shown.contains(&envelope.key) && may_go_out && says_something
        };
        let doubtful = recalled.acknowledged.iter().filter(is_doubtful).cloned();
        Self { commands: in_causal_order(doubtful.collect()).into(), asked: 0 }
    }

    /// Takes the next commands to ask about.
    pub(super) fn ask(
        &mut self,
        take: impl FnOnce(&mut dyn Iterator<Item = &CommandEnvelope>) -> Vec<WireCommand>,
    ) -> Vec<WireCommand> {
        let commands = take(&mut self.commands.iter());
        self.asked = commands.len();
        commands
    }

    /// Tells whether a push of these is under way.
    pub(super) const fn is_asking(&self) -> bool {
        self.asked > 0
    }

    /// Tells whether there is anything left to ask about.
    pub(super) fn has_some(&self) -> bool {
        !self.commands.is_empty()
    }

    /// Takes the answer in, and returns what is refused now.
    pub(super) fn answered(&mut self, results: &[CommandResult]) -> Vec<Refused> {
        let asked = self.asked.min(self.commands.len());
        self.asked = 0;
        let refused = self.commands.drain(..asked).filter_map(|envelope| {
            let is_it = |result: &&CommandResult| {
                CommandKey { client: result.client, seq: result.seq } == envelope.key
            };
            let outcome = &results.iter().find(is_it)?.outcome;
            let rejection = outcome.rejection.clone().unwrap_or(Rejection::Unexplained);
            (outcome.status == OutcomeStatus::Rejected).then_some(Refused { envelope, rejection })
        });
        refused.collect()
    }

    /// The server does not answer for these. What has the place of one of them now is another command: its author has
    /// to know.
    pub(super) fn turned_down(&mut self, reused: Option<CommandKey>) -> Option<Refused> {
        let place = self.commands.iter().take(self.asked).position(|known| Some(known.key) == reused);
        let asked = self.asked.min(self.commands.len());
        self.asked = 0;
        if let Some(envelope) = place.and_then(|place| self.commands.remove(place)) {
            return Some(Refused { envelope, rejection: Rejection::TimelineChanged });
        }
        self.commands.drain(..asked);
        None
    }

    /// The push got lost: they are asked about again.
    pub(super) const fn interrupted(&mut self) {
        self.asked = 0;
    }
}
