//! The moving part behind the handle: takes inputs in, moves the pure state machines on, and shows the result.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, DeploymentId, MemberId, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::member::Profile;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::client::{Input, Link, Moment, SyncClient};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::replica::{Replica, Submission};
use slipway_shared::time::Timestamp;

use super::clock::Clock;
use super::storage::{Kept, Storage};
use super::tabs::{LinkWord, TabMessage, Tabs};
use super::transport::Stream;
use super::{
    Boot, QueuedCommand, RefusedCommand, Shared, Signals, StorageKind, Submitted, SyncStatus, SyncWord,
};

/// Differences between clocks below this are nobody's business.
const SKEW_WORTH_A_WORD_MS: i64 = 120_000;

/// The moving part. Clones are one engine.
#[derive(Clone)]
pub(super) struct Engine {
    clock: Clock,
    client: ClientId,
    pub(super) signals: Signals,
    pub(super) state: Shared<State>,
}

/// What moves.
pub(super) struct State {
    pub(super) replica: Replica,
    pub(super) sync: SyncClient,
    pub(super) workspace: Option<WorkspaceId>,
    pub(super) storage: Option<Storage>,
    pub(super) tabs: Option<Tabs>,
    pub(super) stream: Option<Stream>,
    /// Tells answers to a stream that is closed from those to the present one.
    pub(super) stream_number: u64,
    pub(super) is_leader: bool,
    /// What the leader said last, where this tab is not the leader.
    pub(super) leaders_link: LinkWord,
    pub(super) last_in_step: Option<Timestamp>,
    pub(super) skew_ms: i64,
    pub(super) forked: bool,
    pub(super) refused: Vec<RefusedCommand>,
    /// Commands whose commit has not answered yet.
    pub(super) unsaved: BTreeSet<CommandKey>,
    /// The database failed and the mirror too, or there is none.
    pub(super) memory_only: bool,
    /// The snapshot as it came, until it is stored.
    pub(super) fetched: Option<String>,
    /// Events in the stored tail, to know when to write a snapshot.
    pub(super) tail_length: usize,
    next_seq: u64,
}

impl Engine {
    pub(super) fn new(signals: Signals) -> Self {
        let clock = Clock::start();
        let state = State {
            replica: Replica::default(),
            sync: SyncClient::default(),
            workspace: None,
            storage: None,
            tabs: None,
            stream: None,
            stream_number: 0,
            is_leader: false,
            leaders_link: LinkWord::Connecting,
            last_in_step: None,
            skew_ms: 0,
            forked: false,
            refused: Vec::new(),
            unsaved: BTreeSet::new(),
            memory_only: false,
            fetched: None,
            tail_length: 0,
            next_seq: 1,
        };
        let client = ClientId::from_u128(clock.mint());
        Self { clock, client, signals, state: Rc::new(RefCell::new(state)) }
    }

    pub(super) const fn clock(&self) -> Clock {
        self.clock
    }

    pub(super) const fn client(&self) -> ClientId {
        self.client
    }

    /// Does something with the state. Nothing may call back into the engine from inside.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.borrow_mut())
    }

    /// Takes an input in, carries out what follows, and shows the result. Only the leader has inputs.
    pub(super) fn input(&self, input: Input) {
        let effects = self.with(|state| {
            if !state.is_leader {
                return Vec::new();
            }
            let State { sync, replica, .. } = state;
            sync.step(replica, input, Moment { now: self.clock.now(), jitter: Clock::jitter() })
        });
        for effect in effects {
            self.carry_out(effect);
        }
        self.show();
        self.tell_link();
    }

    /// Tries to reach the server.
    pub(super) fn connect(&self) {
        self.input(Input::Connect);
    }

    pub(super) fn submit(&self, command: Command, seen: Option<Cursor>) -> Result<Submitted, Rejection> {
        let submitted = self.with(|state| {
            let key = CommandKey { client: self.client, seq: state.next_seq };
            let envelope = state.replica.submit(Submission { key, at: self.clock.now(), seen }, command)?;
            if envelope.is_some() {
                state.next_seq += 1;
            }
            Ok(envelope)
        })?;
        let Some(envelope) = submitted else { return Ok(Submitted::NoEffect) };
        let wire = envelope.to_wire();
        self.save(&wire);
        self.with(|state| {
            state.tell(&TabMessage::Submitted(wire));
        });
        self.input(Input::Queued);
        self.show();
        Ok(Submitted::Queued(envelope.key))
    }

    /// Begins to store a command; the screen calls it saved once that is committed.
    pub(super) fn save(&self, wire: &WireCommand) {
        let key = wire.key();
        let saving = self.with(|state| {
            state.unsaved.insert(key);
            state.storage.as_ref().map(|storage| storage.keep_command(wire))
        });
        let engine = self.clone();
        leptos::task::spawn_local(async move {
            let kept = match saving {
                Some(saving) => saving.await,
                None => Kept::Nowhere,
            };
            engine.with(|state| {
                if kept == Kept::Committed {
                    state.unsaved.remove(&key);
                }
                state.memory_only |= kept == Kept::Nowhere;
            });
            engine.show();
        });
    }

    pub(super) fn retry(&self, key: CommandKey) -> Result<Submitted, Rejection> {
        let found = self.with(|state| state.refused.iter().find(|refused| refused.key == key).cloned());
        let Some(refused) = found else { return Ok(Submitted::NoEffect) };
        let submitted = self.submit(refused.command, None)?;
        self.discard(key);
        Ok(submitted)
    }

    pub(super) fn discard(&self, key: CommandKey) {
        let dropping = self.with(|state| {
            state.refused.retain(|refused| refused.key != key);
            state.tell(&TabMessage::Refused(state.refused.clone()));
            state.storage.as_ref().map(|storage| storage.drop_refused(key))
        });
        // Should it fail, the command comes back at the next start: seen twice rather than lost.
        if let Some(dropping) = dropping {
            leptos::task::spawn_local(async move {
                let _ = dropping.await;
            });
        }
        self.show();
    }

    pub(super) fn unsent(&self) -> BTreeSet<DeploymentId> {
        self.with(|state| {
            let pending = state.replica.pending().iter();
            pending.filter_map(|pending| pending.envelope.command.deployment()).collect()
        })
    }

    pub(super) fn requested(&self) -> Vec<Command> {
        self.with(|state| {
            let requested = state.replica.requested();
            requested.map(|pending| pending.envelope.command.clone()).collect()
        })
    }

    pub(super) fn queue(&self) -> Vec<QueuedCommand> {
        self.with(|state| {
            let pending = state.replica.pending().iter().map(|pending| QueuedCommand {
                key: pending.envelope.key,
                at: pending.envelope.at,
                command: pending.envelope.command.clone(),
                is_saved: !state.memory_only && !state.unsaved.contains(&pending.envelope.key),
                is_answered: pending.acknowledged.is_some(),
                refusal: pending.refusal.clone(),
            });
            pending.collect()
        })
    }

    pub(super) fn export_pending(&self) -> String {
        self.with(|state| {
            let pending: Vec<_> =
                state.replica.pending().iter().map(|pending| pending.envelope.to_wire()).collect();
            let export = serde_json::json!({
                "slipway": "pending",
                "workspace": state.workspace,
                "commands": pending,
                "refused": state.refused,
            });
            export.to_string()
        })
    }

    pub(super) fn set_people(&self, member: MemberId, people: Vec<Profile>) {
        let people: BTreeMap<_, _> = people.into_iter().map(|profile| (profile.member, profile)).collect();
        self.with(|state| state.replica.set_actor(member));
        if self.signals.me.get_untracked() != member {
            self.signals.me.set(member);
        }
        if *self.signals.people.get_untracked() != people {
            self.signals.people.set(Arc::new(people));
        }
    }

    /// Shows how things are now.
    pub(super) fn show(&self) {
        let (view, refused, status, has_replica) = self.with(|state| {
            let view = state.replica.view().clone();
            (view, state.refused.clone(), state.status(), state.replica.cursor().is_some())
        });
        let signals = self.signals;
        let same = signals.view.with_untracked(|shown| shares_all(shown, &view));
        if !same {
            signals.view.set(Arc::new(view));
        }
        signals.queue.update(|count| *count += 1);
        if *signals.refused.get_untracked() != refused {
            signals.refused.set(Arc::new(refused));
        }
        let status = SyncStatus { promise: signals.status.get_untracked().promise, ..status };
        if signals.status.get_untracked() != status {
            signals.status.set(status);
        }
        if has_replica && signals.boot.get_untracked() != Boot::Ready {
            signals.boot.set(Boot::Ready);
        }
    }

    fn tell_link(&self) {
        self.with(|state| state.tell_link());
    }
}

/// Tells cheaply whether two views are one and the same; in doubt they are not.
fn shares_all(a: &slipway_shared::workspace::Workspace, b: &slipway_shared::workspace::Workspace) -> bool {
    a.name == b.name
        && a.deployments.ptr_eq(&b.deployments)
        && a.rollouts.ptr_eq(&b.rollouts)
        && a.services.ptr_eq(&b.services)
        && a.labels.ptr_eq(&b.labels)
        && a.columns.ptr_eq(&b.columns)
        && a.environments.ptr_eq(&b.environments)
        && a.members.ptr_eq(&b.members)
}

impl State {
    /// Tells the other tabs of this browser.
    pub(super) fn tell(&self, message: &TabMessage) {
        if let Some(tabs) = &self.tabs {
            tabs.post(message);
        }
    }

    /// Tells the other tabs how things stand with the server, if this tab leads.
    pub(super) fn tell_link(&self) {
        if self.is_leader {
            let (link, last_in_step) = (self.sync.link().into(), self.last_in_step);
            self.tell(&TabMessage::Link { link, last_in_step });
        }
    }

    fn status(&self) -> SyncStatus {
        let link = if self.is_leader { self.sync.link().into() } else { self.leaders_link };
        let waiting = self.replica.pending().len();
        let word = match link {
            _ if !self.refused.is_empty() => SyncWord::NeedsYou,
            LinkWord::Following if waiting == 0 => SyncWord::Synced,
            LinkWord::Following => SyncWord::Saving,
            LinkWord::Connecting if self.last_in_step.is_none() && waiting == 0 => SyncWord::Connecting,
            LinkWord::Connecting | LinkWord::Offline | LinkWord::Outdated => SyncWord::Offline,
        };
        SyncStatus {
            word,
            waiting,
            last_in_step: self.last_in_step,
            storage: if self.memory_only { StorageKind::MemoryOnly } else { StorageKind::Device },
            promise: super::StoragePromise::Unknown,
            forked: self.forked,
            outdated: self.sync.link() == Link::Outdated || self.replica.holds_any(),
            trouble: self.sync.trouble(),
            is_leader: self.is_leader,
            skew_ms: Some(self.skew_ms).filter(|skew| skew.abs() > SKEW_WORTH_A_WORD_MS),
        }
    }
}
