//! The leader tab's half of the protocol as a state machine: inputs in, effects out, no I/O.
//!
//! ```text
//!            Start, Timer              Tail                        any failure
//!  Offline ─────────────► Greeting ───────────► Following ───────────────────► Offline
//!                            │  Snapshot, Fork      ▲
//!                            └─────► Loading ───────┘
//! ```
//!
//! While a push is not answered nothing else is pushed: that is the fence. When the answer never comes, the same
//! commands are pushed again after the next `hello`, and the server tells what became of them the first time.

use std::collections::BTreeMap;

use super::backoff::delay_ms;
use super::envelope::{CommandEnvelope, WireCommand};
use super::protocol::{
    ApiError, CommandResult, ErrorCode, ErrorDetails, HelloAction, HelloResponse, PUSH_BYTES, PUSH_COMMANDS,
    PushResponse,
};
use super::replica::{Refused, Replica};
use crate::command::Command;
use crate::ids::{CommandKey, EpochId};
use crate::json;
use crate::log::{Cursor, StoredEvent};
use crate::workspace::Workspace;

/// Something that happened to the leader.
#[derive(Debug)]
pub enum Input {
    /// It became the leader, or the wait is over, or the browser thinks it is online again.
    Connect,
    /// A command was put in the queue.
    Queued,
    /// `hello` was answered.
    Greeted(Box<HelloResponse>),
    /// The snapshot was read whole.
    Loaded(Box<(Workspace, Cursor)>),
    /// The stream brought a batch.
    Events(Vec<StoredEvent>),
    /// The stream said that it is alive.
    Alive,
    /// The push was answered.
    Pushed(PushResponse),
    /// A request or the stream failed.
    Failed(Failure),
}

/// How a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer, or none that is ours: whether it had an effect is not known.
    Unreachable,
    /// The server said no.
    Refused(ApiError),
    /// The answer can't be read.
    Unreadable,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send `hello`.
    Greet,
    /// Fetch the snapshot.
    FetchSnapshot,
    /// Follow the stream after this place.
    OpenStream {
        /// The place.
        after: Cursor,
    },
    /// Stop following.
    CloseStream,
    /// Send these commands.
    Push {
        /// The timeline.
        epoch: EpochId,
        /// The commands.
        commands: Vec<WireCommand>,
    },
    /// Come back with [`Input::Connect`] after about this many milliseconds.
    Wait {
        /// The wait.
        ms: u64,
    },
    /// Store the confirmed state anew: the snapshot replaced it.
    StoreSnapshot,
    /// Store these events and forget the commands that left the queue, in one transaction.
    StoreEvents(Vec<StoredEvent>),
    /// These commands left the queue: forget them.
    Forget(Vec<CommandKey>),
    /// These commands were refused: keep them for Needs you, and forget them as pending.
    KeepRefused(Vec<Refused>),
    /// These commands were put into the queue to close a gap: store them.
    StoreCommands(Vec<CommandEnvelope>),
    /// Mint a new id for this queue from this command on, call [`Replica::reissue`], store the new names and
    /// forget the old.
    Reissue(CommandKey),
    /// The server holds another history: say so.
    TellFork,
}

/// How far the leader is with the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Not in touch; a try may be due.
    #[default]
    Offline,
    /// `hello` is under way.
    Greeting,
    /// The snapshot is under way.
    Loading,
    /// In touch.
    Following,
    /// In need of a newer app.
    Outdated,
}

/// The leader's half of the protocol.
#[derive(Clone, Debug)]
pub struct SyncClient {
    link: Link,
    attempt: u32,
    in_flight: bool,
    batch: usize,
    /// The kinds of commands the server understands; empty before it said so.
    offered: BTreeMap<String, u16>,
    /// The last refusal that is no reason to think the server is away, for the sync panel.
    trouble: Option<ErrorCode>,
}

impl Default for SyncClient {
    fn default() -> Self {
        Self {
            link: Link::Offline,
            attempt: 0,
            in_flight: false,
            batch: PUSH_COMMANDS,
            offered: BTreeMap::new(),
            trouble: None,
        }
    }
}

impl SyncClient {
    /// Returns how far the leader is with the server.
    #[must_use]
    pub const fn link(&self) -> Link {
        self.link
    }

    /// Returns what the server last complained about, until something succeeds.
    #[must_use]
    pub const fn trouble(&self) -> Option<ErrorCode> {
        self.trouble
    }

    /// Takes an input in and returns what to do, in order. `jitter` is a random number.
    pub fn step(&mut self, replica: &mut Replica, input: Input, jitter: u16) -> Vec<Effect> {
        match input {
            Input::Connect if self.link == Link::Offline => self.greet(),
            Input::Connect => Vec::new(),
            Input::Queued => self.push_next(replica),
            Input::Greeted(answer) => self.greeted(replica, &answer),
            Input::Loaded(loaded) => self.loaded(replica, *loaded),
            Input::Events(events) => self.received(replica, events, jitter),
            Input::Alive => {
                self.attempt = 0;
                Vec::new()
            }
            Input::Pushed(answer) => self.pushed(replica, &answer),
            Input::Failed(failure) => self.failed(replica, failure, jitter),
        }
    }

    fn greet(&mut self) -> Vec<Effect> {
        self.link = Link::Greeting;
        self.in_flight = false;
        vec![Effect::Greet]
    }

    fn greeted(&mut self, replica: &mut Replica, answer: &HelloResponse) -> Vec<Effect> {
        if self.link != Link::Greeting {
            return Vec::new();
        }
        replica.set_actor(answer.member);
        self.offered.clone_from(&answer.commands);
        match (answer.action, replica.cursor()) {
            (HelloAction::Upgrade, _) => {
                self.link = Link::Outdated;
                self.trouble = Some(ErrorCode::Upgrade);
                Vec::new()
            }
            (HelloAction::Tail, Some(after)) => self.follow(replica, after),
            (HelloAction::Fork, Some(_)) => {
                self.link = Link::Loading;
                vec![Effect::TellFork, Effect::FetchSnapshot]
            }
            (HelloAction::Tail | HelloAction::Snapshot | HelloAction::Fork, _) => {
                self.link = Link::Loading;
                vec![Effect::FetchSnapshot]
            }
        }
    }

    fn loaded(&mut self, replica: &mut Replica, loaded: (Workspace, Cursor)) -> Vec<Effect> {
        if self.link != Link::Loading {
            return Vec::new();
        }
        let (confirmed, cursor) = loaded;
        let before = keys(replica);
        replica.reset(confirmed, cursor);
        let mut effects = vec![Effect::StoreSnapshot];
        effects.extend(forget(before, replica));
        effects.extend(self.follow(replica, cursor));
        effects
    }

    fn follow(&mut self, replica: &Replica, after: Cursor) -> Vec<Effect> {
        self.link = Link::Following;
        let mut effects = vec![Effect::OpenStream { after }];
        effects.extend(self.push_next(replica));
        effects
    }

    fn received(&mut self, replica: &mut Replica, events: Vec<StoredEvent>, jitter: u16) -> Vec<Effect> {
        if self.link != Link::Following {
            return Vec::new();
        }
        let before = keys(replica);
        let reached = replica.cursor();
        if replica.receive(&events).is_err() {
            return self.disconnect(jitter);
        }
        self.attempt = 0;
        if replica.cursor() == reached {
            return Vec::new();
        }
        let mut effects = vec![Effect::StoreEvents(events)];
        effects.extend(forget(before, replica));
        effects
    }

    fn pushed(&mut self, replica: &mut Replica, answer: &PushResponse) -> Vec<Effect> {
        self.in_flight = false;
        self.attempt = 0;
        self.trouble = None;
        self.batch = PUSH_COMMANDS;
        let before = keys(replica);
        let settle = |result: &CommandResult| replica.settle(result);
        let refused: Vec<_> = answer.results.iter().filter_map(settle).collect();
        let mut effects = Vec::new();
        if !refused.is_empty() {
            effects.push(Effect::KeepRefused(refused));
        }
        effects.extend(forget(before, replica));
        effects.extend(self.push_next(replica));
        effects
    }

    fn failed(&mut self, replica: &mut Replica, failure: Failure, jitter: u16) -> Vec<Effect> {
        let Failure::Refused(error) = failure else {
            return self.disconnect(jitter);
        };
        self.trouble = Some(error.code);
        match (error.code, error.details) {
            (ErrorCode::Upgrade, _) => {
                self.link = Link::Outdated;
                vec![Effect::CloseStream]
            }
            (ErrorCode::Gap, Some(ErrorDetails::Gap { client, expected })) => {
                self.in_flight = false;
                let fillers = replica.fill_gap(client, expected);
                if fillers.is_empty() {
                    return self.disconnect(jitter);
                }
                let mut effects = vec![Effect::StoreCommands(fillers)];
                effects.extend(self.push_next(replica));
                effects
            }
            (ErrorCode::Reused, Some(ErrorDetails::Reused { client, seq })) => {
                self.in_flight = false;
                vec![Effect::Reissue(CommandKey { client, seq })]
            }
            (ErrorCode::TooLarge, _) if self.batch > 1 => {
                self.in_flight = false;
                self.batch = self.batch.div_ceil(2).min(self.batch - 1);
                self.push_next(replica)
            }
            _ => self.disconnect(jitter),
        }
    }

    fn disconnect(&mut self, jitter: u16) -> Vec<Effect> {
        self.link = Link::Offline;
        self.in_flight = false;
        let ms = delay_ms(self.attempt, jitter);
        self.attempt = self.attempt.saturating_add(1);
        vec![Effect::CloseStream, Effect::Wait { ms }]
    }

    fn push_next(&mut self, replica: &Replica) -> Vec<Effect> {
        let Some(Cursor { epoch, .. }) = replica.cursor() else {
            return Vec::new();
        };
        if self.link != Link::Following || self.in_flight {
            return Vec::new();
        }
        let commands = next_batch(replica, self.batch, &self.offered);
        if commands.is_empty() {
            return Vec::new();
        }
        self.in_flight = true;
        vec![Effect::Push { epoch, commands }]
    }
}

/// Takes commands that have no answer yet from the front of the queue, as many as fit in one push.
fn next_batch(replica: &Replica, most: usize, offered: &BTreeMap<String, u16>) -> Vec<WireCommand> {
    let unanswered = replica.pending().iter().filter(|pending| pending.acknowledged.is_none());
    let ready = unanswered.filter(|pending| !replica.is_held(pending.envelope.key));
    // What the server does not understand yet waits, and what comes after it too.
    let understood = ready.take_while(|pending| {
        let kind = pending.envelope.command.kind();
        let needed = Command::newest_version(kind).unwrap_or_default();
        offered.is_empty() || offered.get(kind).is_some_and(|offered| *offered >= needed)
    });
    let mut bytes = 1024;
    let mut batch = Vec::new();
    for pending in understood.take(most) {
        let wire = pending.envelope.to_wire();
        bytes += json::write(&wire).len() + 1;
        if bytes > PUSH_BYTES && !batch.is_empty() {
            break;
        }
        batch.push(wire);
    }
    batch
}

fn keys(replica: &Replica) -> Vec<CommandKey> {
    replica.pending().iter().map(|pending| pending.envelope.key).collect()
}

fn forget(before: Vec<CommandKey>, replica: &Replica) -> Option<Effect> {
    let after: std::collections::BTreeSet<_> = keys(replica).into_iter().collect();
    let gone: Vec<_> = before.into_iter().filter(|key| !after.contains(key)).collect();
    (!gone.is_empty()).then_some(Effect::Forget(gone))
}
