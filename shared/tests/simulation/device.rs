//! A browser of the simulation: the real replica and the real leader's state machine, with a disk in memory.

use std::collections::BTreeMap;

use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, MemberId};
use slipway_shared::log::Cursor;
use slipway_shared::sync::client::{Effect, Input, Moment, SyncClient};
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::sync::replica::{Refused, Replica, Submission};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::random::Random;

/// What survives a crash.
#[derive(Default)]
pub struct Disk {
    pub confirmed: Workspace,
    pub cursor: Option<Cursor>,
    pub outbox: BTreeMap<CommandKey, CommandEnvelope>,
    pub refused: Vec<Refused>,
}

pub struct Device {
    pub actor: MemberId,
    pub client: ClientId,
    pub next_seq: u64,
    pub replica: Replica,
    pub sync: SyncClient,
    pub disk: Disk,
    /// How far its clock is ahead, in milliseconds.
    pub skew_ms: i64,
    /// Up to where the open stream has sent; `None` without one.
    pub stream: Option<u64>,
    /// Tells answers to an earlier life or stream from those to this one.
    pub life: u64,
    /// Everything its person did, in order, to be found again at the end.
    pub submitted: Vec<CommandKey>,
}

impl Device {
    pub fn new(number: u64, random: &mut Random) -> Self {
        let skews = [0, 250, -90_000, 259_200_000, -259_200_000];
        Self {
            actor: MemberId::from_u128(0xb0 + u128::from(number)),
            client: ClientId::from_u128(random.id()),
            next_seq: 1,
            replica: Replica::default(),
            sync: SyncClient::default(),
            disk: Disk::default(),
            skew_ms: random.pick(&skews).copied().unwrap_or_default(),
            stream: None,
            life: 0,
            submitted: Vec::new(),
        }
    }

    pub fn now(&self, world: Timestamp) -> Timestamp {
        world.plus(self.skew_ms)
    }

    /// Does something, as a person would, and keeps it on the disk.
    pub fn submit(&mut self, command: Command, world: Timestamp) -> bool {
        let key = CommandKey { client: self.client, seq: self.next_seq };
        let submission = Submission { key, at: self.now(world), seen: None };
        let Ok(Some(envelope)) = self.replica.submit(submission, command) else {
            return false;
        };
        self.next_seq += 1;
        self.submitted.push(key);
        self.disk.outbox.insert(key, envelope);
        true
    }

    /// Moves the state machine on and carries out what touches the disk; returns what touches the network.
    pub fn step(&mut self, input: Input, world: Timestamp, random: &mut Random) -> Vec<Effect> {
        let jitter = u16::try_from(random.below(65_536)).unwrap_or_default();
        let moment = Moment { now: self.now(world), jitter };
        let effects = self.sync.step(&mut self.replica, input, moment);
        let mut network = Vec::new();
        for effect in effects {
            match effect {
                Effect::StoreSnapshot | Effect::StoreEvents(_) => {
                    self.disk.confirmed = self.replica.confirmed().clone();
                    self.disk.cursor = self.replica.cursor();
                }
                Effect::Retire(left) => {
                    left.iter().for_each(|envelope| drop(self.disk.outbox.remove(&envelope.key)));
                }
                Effect::KeepRefused(refused) => {
                    for command in refused {
                        self.disk.outbox.remove(&command.envelope.key);
                        self.disk.refused.push(command);
                    }
                }
                Effect::StoreCommands(envelopes) => {
                    self.disk.outbox.extend(envelopes.into_iter().map(|envelope| (envelope.key, envelope)));
                }
                Effect::Reissue(_)
                | Effect::TellFork
                | Effect::Recall
                | Effect::SetAside(_)
                | Effect::KeepLost(_)
                | Effect::FoundAgain(_)
                | Effect::TellRestored { .. } => panic!("no history was changed, no name used twice"),
                Effect::CloseStream => self.stream = None,
                Effect::Greet
                | Effect::FetchSnapshot
                | Effect::OpenStream { .. }
                | Effect::FetchEvents { .. }
                | Effect::Pause { .. }
                | Effect::Push { .. }
                | Effect::Wait { .. } => network.push(effect),
            }
        }
        network
    }

    /// Loses everything but the disk, and starts again as a new page.
    pub fn crash(&mut self, random: &mut Random) {
        let outbox = self.disk.outbox.values().cloned().collect();
        self.replica = Replica::new(self.disk.confirmed.clone(), self.disk.cursor, outbox);
        self.replica.set_actor(self.actor);
        self.sync = SyncClient::default();
        self.client = ClientId::from_u128(random.id());
        self.next_seq = 1;
        self.stream = None;
        self.life += 1;
    }

    /// The replica invariant: the view is what confirmed and pending make, whatever way it came about.
    pub fn assert_view_is_recomputable(&self) {
        let pending = self.replica.pending().iter().map(|pending| pending.envelope.clone()).collect();
        let mut fresh = Replica::new(self.replica.confirmed().clone(), self.replica.cursor(), Vec::new());
        fresh.set_actor(self.replica.actor());
        let in_order: Vec<CommandEnvelope> = pending;
        in_order.into_iter().for_each(|envelope| fresh.adopt(envelope));
        assert_eq!(fresh.view(), self.replica.view());
    }
}
