//! The moving part behind the handle: takes inputs in, moves the pure state machines on, and shows the result.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::capability::wants_confirmation;
use slipway_shared::command::Command;
use slipway_shared::deployment::since::changed_since;
use slipway_shared::ids::{ClientId, CommandKey, DeploymentId, MemberId, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::member::Profile;
use slipway_shared::origin::{Origin, Seen};
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::client::{Input, Moment, SyncClient};
use slipway_shared::sync::envelope::{CommandEnvelope, WireCommand};
use slipway_shared::sync::replica::{Pending, Replica, Submission};
use slipway_shared::sync::tabs::{Rereading, StoringAnew, Wish};
use slipway_shared::time::Timestamp;

use super::clock::Clock;
use super::identity::BootRecord;
use super::local::LocalServer;
use super::log_store::LogWrites;
use super::rereading::read_anew_soon;
use super::status;
use super::storage::{SnapshotRows, Storage, Unreadable};
use super::tabs::{LinkWord, Lock, TabMessage, Tabs};
use super::transport::{Pieces, Stream};
use super::{
    Boot, QueuedCommand, RefusedCommand, Restored, Shared, Signals, StoragePromise, Submitted, SyncStatus,
    leaving,
};

/// The moving part. Clones are one engine.
#[derive(Clone)]
pub(super) struct Engine {
    clock: Clock,
    pub(super) signals: Signals,
    pub(super) state: Shared<State>,
}

/// What moves.
pub(super) struct State {
    pub(super) replica: Replica,
    pub(super) sync: SyncClient,
    pub(super) workspace: Option<WorkspaceId>,
    /// Whose replica this is, and where it is kept.
    pub(super) record: Option<BootRecord>,
    /// What this browser knows of who is signed in where none of it is open: they are a member of no workspace any more.
    pub(super) former: Option<BootRecord>,
    pub(super) storage: Option<Storage>,
    /// What stands in for the server, where the workspace is on this device only.
    pub(super) local: Option<LocalServer>,
    /// What a server has by now was let go of.
    pub(super) is_moved_log_gone: bool,
    pub(super) tabs: Option<Tabs>,
    pub(super) stream: Option<Stream>,
    /// Tells answers to a stream that is closed from those to the present one.
    pub(super) stream_number: u64,
    pub(super) lock: Option<Lock>,
    pub(super) holds_lock: bool,
    pub(super) is_leader: bool,
    /// It is asked who is there.
    pub(super) is_asking: bool,
    /// Counts the times this tab began or ceased to lead: an answer to what it asked before counts no more.
    pub(super) reign: u64,
    /// When the leader gave the last sign of life.
    pub(super) leader_heard: Timestamp,
    /// What the leader said last, where this tab is not the leader.
    pub(super) leaders_link: LinkWord,
    pub(super) leader_waits: bool,
    /// How many commands wait for the password, as the leader said last.
    pub(super) leader_asks: usize,
    pub(super) last_in_step: Option<Timestamp>,
    pub(super) skew_ms: i64,
    /// The replica is of another timeline than what other tabs have.
    pub(super) forked: bool,
    pub(super) restored: Option<Restored>,
    /// How many changes of other workspaces wait in this browser.
    pub(super) elsewhere: usize,
    /// How many changes of other people wait in this browser.
    pub(super) of_others: usize,
    pub(super) refused: Vec<RefusedCommand>,
    /// Members whose names are being asked for, or were and have none.
    pub(super) named: BTreeSet<MemberId>,
    /// When all names were asked for last.
    pub(super) named_at: Timestamp,
    pub(super) unreadable: Vec<Unreadable>,
    /// Commands whose commit has not answered yet.
    pub(super) unsaved: BTreeSet<CommandKey>,
    /// Commands of other tabs that these have not stored yet, as far as this one has heard.
    pub(super) awaited: BTreeMap<CommandKey, WireCommand>,
    /// Commands of the push that is not answered yet.
    pub(super) sent: BTreeSet<CommandKey>,
    /// The database failed and the mirror too, or there is none.
    pub(super) memory_only: bool,
    /// The snapshot as it came, until it is stored.
    pub(super) fetched: Option<SnapshotRows>,
    /// A snapshot that was asked for on a first visit, until it is read.
    pub(super) asked_early: Option<Pieces>,
    /// What is being stored of the log.
    pub(super) log_writes: LogWrites,
    /// How many writes are under way that no push may overtake.
    pub(super) writing: usize,
    /// Reading anew what is stored.
    pub(super) rereading: Rereading<TabMessage>,
    /// Storing it anew for tabs that are behind.
    pub(super) storing_anew: StoringAnew,
    /// It has asked for another snapshot than one that it can't read.
    pub(super) asked_unreadable: bool,
    /// How far the replica was when it was last read from the database.
    pub(super) read_at: Option<Cursor>,
    /// The longest the queue was since it was empty.
    pub(super) most_waiting: usize,
    /// The name of this page's queue, and the number of the next command in it.
    pub(super) client: ClientId,
    pub(super) next_seq: u64,
}

impl State {
    /// Tells whether others use this computer, as who is signed in said when they signed in.
    pub(super) fn is_shared(&self) -> bool {
        self.record.as_ref().or(self.former.as_ref()).is_some_and(|record| record.is_shared)
    }
}

impl Engine {
    pub(super) fn new(signals: Signals) -> Self {
        let clock = Clock::start();
        let state = State {
            replica: Replica::default(),
            sync: SyncClient::default(),
            workspace: None,
            record: None,
            former: None,
            storage: None,
            local: None,
            is_moved_log_gone: false,
            tabs: None,
            stream: None,
            stream_number: 0,
            lock: None,
            holds_lock: false,
            is_leader: false,
            is_asking: false,
            reign: 0,
            leader_heard: clock.now(),
            leaders_link: LinkWord::Connecting,
            leader_waits: false,
            leader_asks: 0,
            last_in_step: None,
            skew_ms: 0,
            forked: false,
            restored: None,
            elsewhere: 0,
            of_others: 0,
            refused: Vec::new(),
            named: BTreeSet::new(),
            named_at: clock.now(),
            unreadable: Vec::new(),
            unsaved: BTreeSet::new(),
            awaited: BTreeMap::new(),
            sent: BTreeSet::new(),
            memory_only: false,
            fetched: None,
            asked_early: None,
            log_writes: LogWrites::default(),
            writing: 0,
            rereading: Rereading::default(),
            storing_anew: StoringAnew::default(),
            asked_unreadable: false,
            read_at: None,
            most_waiting: 0,
            client: ClientId::from_u128(clock.mint()),
            next_seq: 1,
        };
        Self { clock, signals, state: Rc::new(RefCell::new(state)) }
    }

    pub(super) const fn clock(&self) -> Clock {
        self.clock
    }

    pub(super) fn client(&self) -> ClientId {
        self.with(|state| state.client)
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

    pub(super) fn reign(&self) -> u64 {
        self.with(|state| state.reign)
    }

    /// Takes an answer in, unless this tab has ceased to lead since it asked.
    pub(super) fn answer(&self, reign: u64, input: Input) {
        if self.reign() == reign {
            self.input(input);
            // Whoever looks at this next may be somebody else.
            if self.with(|state| state.sync.is_signed_out() && state.is_shared()) {
                leaving::leave_unasked(self);
            }
        }
    }

    /// Notes a sign of life of the leader.
    pub(super) fn hear_leader(&self) {
        let now = self.clock.now();
        self.with(|state| state.leader_heard = now);
    }

    /// Tries to reach the server.
    pub(super) fn connect(&self) {
        self.input(Input::Connect);
    }

    /// The password was given again: what waits for it goes out, by whichever tab leads.
    pub(super) fn confirmed(&self) {
        self.with(|state| state.tell(&TabMessage::Confirmed));
        self.input(Input::Confirmed);
    }

    pub(super) fn submit(&self, command: Command, seen: Option<Cursor>) -> Result<Submitted, Rejection> {
        self.submit_by(None, |replica, key, at| replica.submit(Submission { key, at, seen }, command))
    }

    /// Puts a command into the queue, perhaps in place of one that was refused.
    fn submit_by(
        &self,
        in_place_of: Option<CommandKey>,
        submit: impl FnOnce(&mut Replica, CommandKey, Timestamp) -> Result<Option<CommandEnvelope>, Rejection>,
    ) -> Result<Submitted, Rejection> {
        let submitted = self.with(|state| {
            let key = CommandKey { client: state.client, seq: state.next_seq };
            let envelope = submit(&mut state.replica, key, self.clock.now())?;
            if envelope.is_some() {
                state.next_seq += 1;
            }
            Ok(envelope)
        })?;
        let Some(envelope) = submitted else { return Ok(Submitted::NoEffect) };
        let wire = envelope.to_wire();
        self.save(&wire, in_place_of);
        self.with(|state| {
            state.tell(&TabMessage::Submitted(wire));
            state.deal_with(in_place_of.as_slice());
        });
        self.input(Input::Queued);
        self.show();
        status::ask_after_first_edit(self.signals.status);
        Ok(Submitted::Queued(envelope.key))
    }

    pub(super) fn changed_since(&self, command: &Command, since: Option<Cursor>) -> Option<Origin> {
        self.with(|state| {
            // On another timeline the place says nothing of this one.
            let epoch = state.replica.cursor().map(|cursor| cursor.epoch);
            let seq = since.filter(|since| Some(since.epoch) == epoch).map_or(0, |since| since.seq);
            let pending = state.replica.pending().iter().map(|pending| pending.envelope.key);
            let own = CommandKey { client: state.client, seq: state.next_seq };
            let seen = Seen { seq, commands: pending.chain([own]).collect() };
            changed_since(state.replica.view(), command, &seen)
        })
    }

    pub(super) fn retry(&self, key: CommandKey, instead: Option<Command>) -> Result<Submitted, Rejection> {
        let found = self.with(|state| state.refused.iter().find(|refused| refused.key == key).cloned());
        let Some(refused) = found else { return Ok(Submitted::NoEffect) };
        let RefusedCommand { command, seen, .. } = refused;
        // What is decided anew was decided on what is shown; the same again rests on what was seen then.
        let seen = seen.filter(|_| instead.is_none());
        let command = instead.unwrap_or(command);
        let submitted = self.submit_by(Some(key), |replica, key, at| match seen {
            Some(seen) => replica.submit_having_seen(key, at, command, seen),
            None => replica.submit(Submission { key, at, seen: None }, command),
        })?;
        if submitted == Submitted::NoEffect {
            self.discard(&[key]);
        }
        Ok(submitted)
    }

    pub(super) fn discard(&self, keys: &[CommandKey]) {
        let dropping = self.with(|state| {
            state.deal_with(keys);
            state.storage.as_ref().map(|storage| storage.drop_refused(keys))
        });
        // Should it fail, the command comes back at the next start: seen twice rather than lost.
        if let Some(dropping) = dropping {
            leptos::task::spawn_local(async move {
                let _ = dropping.await;
            });
        }
        self.show();
    }

    pub(super) fn discard_unreadable(&self) {
        let dropping = self.with(|state| {
            let rows = std::mem::take(&mut state.unreadable);
            let keys: Vec<_> = rows.iter().filter_map(Unreadable::command).collect();
            keys.iter().for_each(|key| state.replica.let_go(*key));
            state.tell(&TabMessage::LetGo(keys));
            state.storage.as_ref().map(|storage| storage.drop_unreadable(&rows))
        });
        let engine = self.clone();
        leptos::task::spawn_local(async move {
            if let Some(dropping) = dropping {
                let _ = dropping.await;
            }
            engine.with(|state| state.tell(&TabMessage::Reload { forked: false }));
            // What was being read meanwhile may have had it still.
            read_anew_soon(&engine, Wish::NEW);
        });
        self.input(Input::Queued);
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
            let first_unknown = state.sync.first_not_understood(&state.replica);
            let asks = state.waits_for_password() > 0;
            let is_asked_for = |pending: &&Pending| asks && wants_confirmation(&pending.envelope.command);
            let first_held = state.replica.pending().iter().position(|pending| is_asked_for(&pending));
            let pending = state.replica.pending().iter().enumerate().map(|(place, pending)| QueuedCommand {
                key: pending.envelope.key,
                at: pending.envelope.at,
                command: pending.envelope.command.clone(),
                state: state.queue_state(
                    pending,
                    first_unknown.is_some_and(|first| place >= first),
                    first_held.is_some_and(|first| place >= first),
                ),
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
                "lost": state.replica.lost().flat_map(|(_, events)| events).collect::<Vec<_>>(),
            });
            export.to_string()
        })
    }

    pub(super) fn set_people(&self, member: MemberId, people: Vec<Profile>) {
        let mut known = BTreeMap::new();
        known.extend(people.into_iter().map(|profile| (profile.member, profile)));
        let people = known;
        self.with(|state| state.replica.set_actor(member));
        if self.signals.me.get_untracked() != member {
            self.signals.me.set(member);
        }
        self.show_people(people);
    }

    pub(super) fn show_people(&self, people: BTreeMap<MemberId, Profile>) {
        if *self.signals.people.get_untracked() != people {
            self.signals.people.set(Arc::new(people));
        }
    }

    /// Shows how things are now.
    pub(super) fn show(&self) {
        let (view, refused, status, has_replica) = self.with(|state| {
            let view = state.replica.view().clone();
            (view, state.refused.clone(), state.status(self.clock.now()), state.replica.cursor().is_some())
        });
        let (lost, unreadable) = self.with(|state| (state.lost(), state.unreadable.clone()));
        let signals = self.signals;
        let same = signals.view.with_untracked(|shown| shown.shares_all(&view));
        if !same {
            signals.view.set(Arc::new(view));
        }
        signals.queue.update(|count| *count += 1);
        if *signals.refused.get_untracked() != refused {
            signals.refused.set(Arc::new(refused));
        }
        if *signals.lost.get_untracked() != lost {
            signals.lost.set(Arc::new(lost));
        }
        if *signals.unreadable.get_untracked() != unreadable {
            signals.unreadable.set(Arc::new(unreadable));
        }
        let promise = signals.status.with_untracked(|shown| shown.promise);
        let waits_long = status.waits_long && promise != StoragePromise::Promised;
        let status = SyncStatus { waits_long, promise, ..status };
        if signals.status.get_untracked() != status {
            signals.status.set(status);
        }
        if has_replica && signals.boot.get_untracked() != Boot::Ready {
            signals.boot.set(Boot::Ready);
        }
        self.ask_for_names();
    }

    fn tell_link(&self) {
        self.with(State::tell_link);
    }
}

impl State {
    /// Tells the other tabs of this browser.
    pub(super) fn tell(&mut self, message: &TabMessage) {
        // What is done here while something is read is not in that, either.
        if message.is_for_somebody() {
            self.rereading.note(|| message.clone());
        }
        if let Some(tabs) = &self.tabs {
            tabs.post(message);
        }
    }

    /// Puts commands before their author, in every tab.
    pub(super) fn add_refused(&mut self, refused: Vec<RefusedCommand>) {
        self.tell(&TabMessage::Refused(refused.clone()));
        self.take_refused(refused);
    }

    /// Takes refused commands from before their author, in every tab.
    fn deal_with(&mut self, keys: &[CommandKey]) {
        if !keys.is_empty() {
            self.refused.retain(|refused| !keys.contains(&refused.key));
            self.tell(&TabMessage::Dealt(keys.to_vec()));
        }
    }

    /// Takes in what was refused: a list of another tab may cross what this one learned.
    pub(super) fn take_refused(&mut self, refused: Vec<RefusedCommand>) {
        self.refused.retain(|known| !refused.iter().any(|new| new.key == known.key));
        self.refused.extend(refused);
    }

    /// Tells the other tabs how things stand with the server, if this tab leads.
    pub(super) fn tell_link(&mut self) {
        if self.is_leader {
            let (link, last_in_step) = (LinkWord::of(&self.sync), self.last_in_step);
            let waits_for_server = self.sync.waits_for_server(&self.replica);
            let waits_for_password = self.sync.waits_for_password(&self.replica);
            self.tell(&TabMessage::Link { link, last_in_step, waits_for_server, waits_for_password });
        }
    }
}
