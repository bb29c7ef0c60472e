//! The queue on its way to the server: what is pushed, and what its answers bring.

use std::collections::BTreeMap;

use super::step::{Effect, Failure, Moment};
use super::{ASK_AGAIN_MS, Link, SyncClient, retire};
use crate::capability::wants_confirmation;
use crate::command::Command;
use crate::ids::CommandKey;
use crate::json;
use crate::log::Cursor;
use crate::sync::envelope::{CommandEnvelope, WireCommand};
use crate::sync::protocol::{
    ApiError, CommandResult, ErrorCode, ErrorDetails, Outcome, OutcomeStatus, PUSH_BYTES, PUSH_COMMANDS,
    PushResponse,
};
use crate::sync::replica::{Pending, Replica, Settled};
use crate::time::Timestamp;

impl SyncClient {
    pub(super) fn pushed(
        &mut self,
        replica: &mut Replica,
        answer: &PushResponse,
        now: Timestamp,
    ) -> Vec<Effect> {
        self.in_flight = false;
        self.attempt = 0;
        self.trouble = None;
        self.batch = PUSH_COMMANDS;
        self.is_gap_known = false;
        let mut refused = self.doubts.answered(&answer.results);
        let mut left: Vec<_> = refused.iter().map(|refused| refused.envelope.clone().emptied()).collect();
        for settled in replica.settle(&answer.results) {
            match settled {
                Settled::Waits => {}
                Settled::Left(envelope) => left.push(envelope),
                Settled::Refused(command) => {
                    left.push(command.envelope.clone().emptied());
                    refused.push(command);
                }
            }
        }
        let mut effects = vec![Effect::TellResults(answer.results.clone())];
        if !refused.is_empty() {
            effects.push(Effect::KeepRefused(refused));
        }
        effects.extend(retire(left));
        effects.extend(self.push_next(replica, now));
        effects
    }

    pub(super) fn push_failed(
        &mut self,
        replica: &mut Replica,
        failure: Failure,
        moment: Moment,
    ) -> Vec<Effect> {
        let Moment { now, jitter } = moment;
        let Failure::Refused(error) = failure else {
            return self.disconnect(jitter);
        };
        self.trouble = Some(error.code);
        match (error.code, error.details) {
            (ErrorCode::Gap | ErrorCode::Reused | ErrorCode::TooLarge, details)
                if self.doubts.is_asking() =>
            {
                self.in_flight = false;
                let refused = self.doubts.turned_down(reused(details));
                let mut effects: Vec<_> =
                    refused.map(|refused| Effect::KeepRefused(vec![refused])).into_iter().collect();
                effects.extend(self.push_next(replica, now));
                effects
            }
            // The rest goes on: the stream, and what was made before the first command that counts only with the
            // password.
            (ErrorCode::ConfirmationNeeded, _) if !self.is_unconfirmed => {
                self.in_flight = false;
                self.doubts.interrupted();
                self.is_unconfirmed = true;
                self.trouble = None;
                self.push_next(replica, now)
            }
            // A server that was put back misses commands that it had answered: `hello` tells. Only what is missing
            // on the very timeline that was greeted was lost on this side.
            (ErrorCode::Gap, _) if !self.is_gap_known => {
                let effects = self.disconnect(jitter);
                self.is_gap_known = true;
                effects
            }
            (ErrorCode::Gap, Some(ErrorDetails::Gap { client, expected })) => {
                self.in_flight = false;
                let fillers = replica.fill_gap(client, expected);
                if fillers.is_empty() {
                    return self.disconnect(jitter);
                }
                let mut effects = vec![Effect::StoreCommands(fillers)];
                effects.extend(self.push_next(replica, now));
                effects
            }
            (ErrorCode::Reused, Some(ErrorDetails::Reused { client, seq })) => {
                self.in_flight = false;
                let key = CommandKey { client, seq };
                let Some(filler) = replica.give_way(key) else {
                    let known = &self.known;
                    return vec![Effect::Reissue(replica.to_reissue(key, |key| known.has(key)))];
                };
                let outcome = Outcome { status: OutcomeStatus::Noop, events: None, rejection: None };
                let gone = CommandResult { client, seq, outcome, duplicate: true };
                let mut effects = vec![Effect::TellResults(vec![gone]), Effect::Retire(vec![filler])];
                effects.extend(self.push_next(replica, now));
                effects
            }
            (ErrorCode::TooLarge, _) if self.batch > 1 => {
                self.in_flight = false;
                self.batch = self.batch.div_ceil(2).min(self.batch - 1);
                self.push_next(replica, now)
            }
            (code, details) => {
                self.failed(Failure::Refused(ApiError { code, details, message: error.message }), jitter)
            }
        }
    }

    pub(super) fn push_next(&mut self, replica: &mut Replica, now: Timestamp) -> Vec<Effect> {
        let Some(Cursor { epoch, .. }) = replica.cursor() else {
            return Vec::new();
        };
        if self.link != Link::Following || self.in_flight {
            return Vec::new();
        }
        // Also what another tab made long ago: it may have been asleep together with this one.
        let aside = replica.set_stale_aside(now, &self.known);
        let mut effects = Vec::new();
        if !aside.fillers.is_empty() {
            effects.push(Effect::SetAside(aside));
        }
        let (batch, is_unconfirmed) = (self.batch, self.is_unconfirmed);
        let may_go = |command: &Command| !(is_unconfirmed && wants_confirmation(command));
        let mut commands = self.doubts.ask(|doubtful| in_one_push(doubtful, batch));
        if commands.is_empty() && !self.doubts.has_some() {
            commands = next_batch(replica, batch, &self.offered, may_go);
        }
        if !commands.is_empty() {
            self.in_flight = true;
            self.pushes += 1;
            effects.push(Effect::Push { number: self.pushes, epoch, commands });
        } else if !self.asks_again && !is_unconfirmed && ready(replica).next().is_some() {
            self.asks_again = true;
            effects.push(Effect::Wait { ms: ASK_AGAIN_MS });
        }
        effects
    }
}

/// Tells whether an answer is of the timeline that the replica follows.
pub(super) fn is_of_this_timeline(replica: &Replica, answer: &PushResponse) -> bool {
    replica.cursor().is_some_and(|cursor| cursor.epoch == answer.epoch)
}

/// Iterates over the commands that have no answer and wait for nothing on this device.
fn ready(replica: &Replica) -> impl Iterator<Item = &Pending> {
    let unanswered = replica.pending().iter().filter(|pending| pending.acknowledged.is_none());
    unanswered.filter(|pending| !replica.is_held(pending.envelope.key))
}

/// Takes commands that have no answer yet from the front of the queue, as many as fit in one push.
fn next_batch(
    replica: &Replica,
    most: usize,
    offered: &BTreeMap<String, u16>,
    may_go: impl Fn(&Command) -> bool,
) -> Vec<WireCommand> {
    // What the server does not understand yet waits, or what wants the password again, and what comes after it too.
    let goes_out = |command| is_understood(command, offered) && may_go(command);
    let understood = ready(replica).take_while(|pending| goes_out(&pending.envelope.command));
    in_one_push(&mut understood.map(|pending| &pending.envelope), most)
}

/// Takes as many commands as fit in one push.
fn in_one_push(commands: &mut dyn Iterator<Item = &CommandEnvelope>, most: usize) -> Vec<WireCommand> {
    let mut bytes = 1024;
    let mut batch = Vec::new();
    for envelope in commands.take(most) {
        let wire = envelope.to_wire();
        bytes += json::write(&wire).len() + 1;
        if bytes > PUSH_BYTES && !batch.is_empty() {
            break;
        }
        batch.push(wire);
    }
    batch
}

/// Tells whether a server that offers these kinds understands a command.
pub(super) fn is_understood(command: &Command, offered: &BTreeMap<String, u16>) -> bool {
    let kind = command.kind();
    let needed = Command::newest_version(kind).unwrap_or_default();
    offered.is_empty() || offered.get(kind).is_some_and(|offered| *offered >= needed)
}

/// Returns the command whose name the server knows from another one.
fn reused(details: Option<ErrorDetails>) -> Option<CommandKey> {
    match details {
        Some(ErrorDetails::Reused { client, seq }) => Some(CommandKey { client, seq }),
        _ => None,
    }
}
