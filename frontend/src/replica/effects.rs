//! Carries out what the state machine asks for. Every piece of I/O ends in another input.

use slipway_shared::ids::{ClientId, CommandKey, WorkspaceId};
use slipway_shared::log::{Cursor, StoredEvent, commands_of};
use slipway_shared::order;
use slipway_shared::sync::client::{Effect, Failure, Input};
use slipway_shared::sync::envelope::{CommandEnvelope, WireCommand};
use slipway_shared::sync::presence::Onlookers;
use slipway_shared::sync::protocol::{
    ApiError, ErrorCode, HelloAction, HelloRequest, HelloResponse, PROTOCOL, PushRequest,
};
use slipway_shared::sync::repair::{Recalled, SetAside};
use slipway_shared::sync::replica::Refused;

use super::engine::Engine;
use super::fetching::{self, Fetched};
use super::identity::Whose;
use super::leaving;
use super::local::LocalServer;
use super::storage::{self, Storage};
use super::tabs::{TabMessage, is_visible};
use super::transport::{self, Stream};
use super::{Boot, RefusedCommand, Restored, workspaces};
use crate::browser::slices::wait;

/// How long a push waits for what has to be written before it, and how often it looks, in milliseconds.
const LONGEST_WRITE_MS: i64 = 10_000;
const WRITE_POLL_MS: u32 = 4;

impl Engine {
    pub(super) fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Greet => self.greet(),
            Effect::FetchSnapshot => self.fetch_snapshot(),
            Effect::OpenStream { after } => self.open_stream(after),
            Effect::CloseStream => {
                self.with(|state| state.stream = None);
                self.forget_who_looks();
            }
            Effect::FetchEvents { after } => self.fetch_events(after),
            Effect::Pause { ms } => self.later(ms, Input::Poll),
            Effect::Push { number, epoch, commands } => {
                let push = PushRequest { protocol: PROTOCOL, epoch, sent_at: self.clock().now(), commands };
                self.push(number, push);
            }
            Effect::Wait { ms } => self.later(ms, Input::Connect),
            Effect::StoreSnapshot => self.store_snapshot(),
            Effect::StoreEvents(events) => self.store_events(events),
            Effect::Retire(left) => self.retire(&left),
            Effect::KeepRefused(refused) => {
                self.keep_refused(refused.into_iter().map(refused_command).collect());
            }
            Effect::StoreCommands(envelopes) => {
                let wires: Vec<_> = envelopes.iter().map(CommandEnvelope::to_wire).collect();
                self.save_all(&wires);
            }
            Effect::Reissue(taken) => self.reissue(taken),
            Effect::TellResults(results) => self.with(|state| state.tell(&TabMessage::Results(results))),
            Effect::TellFork => self.with(|state| state.forked = true),
            Effect::SetAside(aside) => self.set_aside(&aside),
            Effect::Forget => leaving::removed(self),
            Effect::Recall => self.recall(),
            Effect::KeepLost(lost) => self.keep_lost(lost),
            Effect::FoundAgain(keys) => self.forget_lost(&keys),
            Effect::TellRestored { again, asked, restored_to, is_redaction } => {
                self.tell_restored(Some(Restored { to: restored_to, again, asked, is_redaction }));
            }
        }
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        self.with(|state| state.workspace)
    }

    fn greet(&self) {
        let Some(workspace) = self.workspace() else { return };
        let (engine, reign) = (self.clone(), self.reign());
        leptos::task::spawn_local(async move {
            let greeted = engine.exchange_hello(workspace).await;
            match greeted {
                Ok(answer) => {
                    engine.answer(reign, Input::Greeted(Box::new(answer)));
                }
                Err(failure) => {
                    engine.answer(reign, Input::Failed(failure));
                    engine.tell_unreachable();
                }
            }
        });
    }

    /// Asks who is signed in, before anything of theirs is sent. Returns what they are to the replica.
    async fn ask_whose(&self) -> Result<Option<Whose>, Failure> {
        let session = transport::session().await?;
        let whose = self.with(|state| state.record.as_ref().map(|record| record.whose(&session)));
        match whose {
            Some(Whose::Theirs) => {
                leaving::note(self, &session);
                workspaces::learn(self, &session);
            }
            // The server has the last word on it, and forbids it.
            Some(Whose::NoMember) => workspaces::learn(self, &session),
            None => {}
            Some(Whose::Others) => {
                leaving::note_person(session.account.as_ref().map(|account| account.id));
                return Err(leaving::make_way_for(self, &session).await);
            }
        }
        Ok(whose)
    }

    async fn exchange_hello(&self, workspace: WorkspaceId) -> Result<HelloResponse, Failure> {
        let local = self.with(|state| state.local.clone());
        let whose = if local.is_some() { None } else { self.ask_whose().await? };
        let request = self.with(|state| HelloRequest {
            protocol: PROTOCOL,
            client: state.client,
            cursor: state.replica.cursor(),
            queues: state.sync.queues(&state.replica),
            sent_at: self.clock().now(),
        });
        let sent_at = request.sent_at;
        let answered = match &local {
            Some(local) => self.hello_here(local, request).await,
            None => transport::hello(workspace, request).await,
        };
        let answer = match answered {
            // To those who are no members, it need not say that the workspace is there.
            Err(Failure::Refused(error))
                if whose == Some(Whose::NoMember) && error.code == ErrorCode::NotFound =>
            {
                return Err(Failure::Refused(ApiError { code: ErrorCode::Forbidden, ..error }));
            }
            answered => answered?,
        };
        let middle = sent_at.plus(self.clock().now().since(sent_at) / 2);
        self.with(|state| {
            state.last_in_step = Some(self.clock().now());
            state.skew_ms = middle.since(answer.server_ms);
        });
        self.set_people(answer.member, answer.people.clone());
        self.remember(workspace);
        if local.is_none() && answer.action != HelloAction::Fork {
            self.let_go_of_moved_log();
        }
        Ok(answer)
    }

    /// Says hello to this device, which stands in for a server.
    async fn hello_here(&self, local: &LocalServer, request: HelloRequest) -> Result<HelloResponse, Failure> {
        // What the replica knows of the log need not be read once more.
        let known = self.with(|state| {
            let cursor = state.replica.cursor().filter(|_| !state.replica.has_opaque())?;
            Some((state.replica.confirmed().clone(), cursor))
        });
        let answered = local.hello(request, known).await;
        if answered.is_err() && local.is_moved().await {
            // Another tab moved it to a server.
            leaving::make_way_soon(self);
        }
        answered
    }

    /// Once the server that a workspace was moved to was heard, the copy that was its log goes.
    fn let_go_of_moved_log(&self) {
        let storage = self.with(|state| {
            let is_first = !std::mem::replace(&mut state.is_moved_log_gone, true);
            state.storage.clone().filter(|_| is_first)
        });
        let forgetting = storage.map(|storage| async move { storage.forget_moved_log().await });
        self.watch(forgetting);
    }

    /// Keeps what the next start without a network shows.
    fn remember(&self, workspace: WorkspaceId) {
        use leptos::prelude::GetUntracked;
        let people = self.signals.people.get_untracked().values().cloned().collect();
        let record = self.with(|state| {
            let record = state.record.as_mut().filter(|record| record.workspace == workspace)?;
            (record.people, record.last_in_step) = (people, state.last_in_step);
            // Where there are no accounts, who acts is what the server says.
            if record.account.is_none() {
                record.member = state.replica.actor();
            }
            if let Some(name) = record.local.as_mut().filter(|_| !state.replica.view().name.is_empty()) {
                name.clone_from(&state.replica.view().name);
            }
            Some(record.clone())
        });
        let Some(record) = record else { return };
        leptos::task::spawn_local(async move {
            // What somebody looks at is what the browser opens next.
            if is_visible() {
                storage::keep_boot_record(&record).await;
            } else {
                storage::keep_record(&record).await;
            }
        });
    }

    /// Without a replica there is nothing to show but that the server can't be reached.
    fn tell_unreachable(&self) {
        use leptos::prelude::Set;
        if self.with(|state| state.replica.cursor().is_none()) {
            self.signals.boot.set(Boot::Unreachable);
        }
    }

    fn fetch_snapshot(&self) {
        let Some(workspace) = self.workspace() else { return };
        let (engine, reign) = (self.clone(), self.reign());
        leptos::task::spawn_local(async move {
            let (asked, local) = engine.with(|state| (state.asked_early.take(), state.local.clone()));
            let fetched = match local {
                Some(local) => local.snapshot().await,
                None => fetching::fetch(workspace, asked).await,
            };
            let input = match fetched {
                Ok(Fetched { loaded, rows }) => {
                    engine.with(|state| state.fetched = Some(rows));
                    Input::Loaded(Box::new(loaded))
                }
                Err(failure) => Input::Failed(failure),
            };
            let is_failed = matches!(input, Input::Failed(_));
            engine.answer(reign, input);
            if is_failed {
                engine.tell_unreachable();
            }
        });
    }

    fn open_stream(&self, after: Cursor) {
        let Some(workspace) = self.workspace() else { return };
        let number = self.with(|state| {
            state.stream_number += 1;
            state.stream_number
        });
        self.forget_who_looks();
        let (events, alive, presence, end) = (self.clone(), self.clone(), self.clone(), self.clone());
        let on_events = move |batch| match batch {
            Some(batch) => events.streamed(number, Input::Events(batch)),
            None => events.streamed(number, Input::Failed(Failure::Unreadable)),
        };
        let on_alive = move || {
            alive.streamed(number, Input::Alive);
            alive.remember(workspace);
            alive.keep_names_fresh();
        };
        let stream = match self.with(|state| state.local.clone()) {
            Some(local) => local.follow(after.seq, on_events, on_alive),
            None => {
                let on_end = move || end.streamed(number, Input::Failed(Failure::Unreachable));
                let on_presence = move |news| presence.heard_who_looks(number, news);
                Stream::open(workspace, after.seq, on_events, on_alive, on_presence, on_end)
            }
        };
        self.with(|state| state.stream = Some(stream));
    }

    /// Takes something from a stream in, unless another stream has taken its place. Deferred, since the closures of
    /// a stream must not be dropped while one of them runs.
    fn streamed(&self, number: u64, input: Input) {
        let engine = self.clone();
        leptos::task::spawn_local(async move {
            let is_heard = matches!(input, Input::Events(_) | Input::Alive);
            let is_present = engine.with(|state| {
                let is_present = state.stream.is_some() && state.stream_number == number;
                if is_present && is_heard {
                    state.last_in_step = Some(engine.clock().now());
                }
                is_present
            });
            if is_present {
                engine.input(input);
            }
        });
    }

    /// As [`Self::streamed`], for who looks at what.
    fn heard_who_looks(&self, number: u64, news: Vec<Onlookers>) {
        let is_present = self.with(|state| state.stream.is_some() && state.stream_number == number);
        if is_present {
            self.hear_who_looks(news);
        }
    }

    fn push(&self, number: u64, push: PushRequest) {
        let Some(workspace) = self.workspace() else { return };
        let (engine, reign) = (self.clone(), self.reign());
        self.with(|state| state.sent = push.commands.iter().map(WireCommand::key).collect());
        leptos::task::spawn_local(async move {
            let began = engine.clock().now();
            // A database that never answers has been told of by then, and holds nothing up for ever.
            while engine.with(|state| state.writing > 0)
                && engine.clock().now().since(began) < LONGEST_WRITE_MS
            {
                wait(WRITE_POLL_MS).await;
            }
            // Another tab may have signed somebody else in: what waits here is not theirs.
            let answer = match engine.with(|state| state.local.clone()) {
                Some(local) => local.push(push).await,
                None if leaving::is_still_theirs(&engine) => transport::push(workspace, push).await,
                None => Err(leaving::signed_out()),
            };
            if engine.reign() == reign {
                engine.with(|state| state.sent.clear());
            }
            match answer {
                // Whoever leads now pushes it again, and learns what became of it.
                Ok(_) if engine.reign() != reign => {}
                Ok(answer) => {
                    engine.with(|state| state.last_in_step = Some(engine.clock().now()));
                    engine.input(Input::Pushed { number, answer: Ok(answer) });
                }
                Err(failure) => engine.answer(reign, Input::Pushed { number, answer: Err(failure) }),
            }
        });
    }

    fn fetch_events(&self, after: Cursor) {
        let Some(workspace) = self.workspace() else { return };
        let (engine, reign) = (self.clone(), self.reign());
        leptos::task::spawn_local(async move {
            let fetched = match engine.with(|state| state.local.clone()) {
                Some(local) => local.events(after.seq).await,
                None => transport::events(workspace, after.seq).await,
            };
            let input = match fetched {
                Ok(page) => Input::Page(page),
                Err(failure) => Input::Failed(failure),
            };
            engine.answer(reign, input);
        });
    }

    /// Comes back with an input after a while.
    fn later(&self, ms: u64, input: Input) {
        let (engine, reign) = (self.clone(), self.reign());
        let wait = std::time::Duration::from_millis(ms);
        leptos::prelude::set_timeout(move || engine.answer(reign, input), wait);
    }

    fn recall(&self) {
        let (engine, reign) = (self.clone(), self.reign());
        let storage = self.with(|state| state.storage.clone());
        leptos::task::spawn_local(async move {
            let recalled = match storage.filter(Storage::is_durable) {
                Some(storage) => storage.recall().await,
                None => Ok(Recalled::default()),
            };
            engine.answer(
                reign,
                match recalled {
                    Ok(recalled) => Input::Recalled(Box::new(recalled)),
                    // Without what is stored a repair would give it up: the same fork is met again.
                    Err(_) => Input::Failed(Failure::Unreadable),
                },
            );
        });
    }

    fn retire(&self, left: &[CommandEnvelope]) {
        let now = self.clock().now();
        let retiring = self.with(|state| state.storage.as_ref().map(|storage| storage.retire(left, now)));
        self.watch(retiring);
    }

    fn set_aside(&self, aside: &SetAside) {
        let setting = self.with(|state| {
            let refused: Vec<_> = aside.refused.iter().cloned().map(refused_command).collect();
            state.add_refused(refused);
            state.tell(&TabMessage::Replaced(aside.fillers.iter().map(CommandEnvelope::to_wire).collect()));
            state.storage.as_ref().map(|storage| storage.set_aside(aside))
        });
        self.watch_closely(setting.map(|setting| self.ahead_of_pushes(setting)));
    }

    fn keep_lost(&self, events: Vec<StoredEvent>) {
        let keeping = self.with(|state| {
            let keys = order::set(commands_of(&events));
            let lost = state.replica.lost().filter(|(key, _)| keys.contains(key));
            let lost: Vec<_> = lost.map(|(key, events)| (key, events.to_vec())).collect();
            let keeping = state.storage.as_ref().map(|storage| storage.keep_lost(&lost));
            state.tell(&TabMessage::Lost(events));
            keeping
        });
        self.watch_closely(keeping);
    }

    /// Lets go of what was lost: it came back, or somebody has seen to it.
    pub(super) fn forget_lost(&self, keys: &[CommandKey]) {
        let dropping = self.with(|state| {
            state.replica.forget_lost(keys);
            state.tell(&TabMessage::FoundAgain(keys.to_vec()));
            state.storage.as_ref().map(|storage| storage.drop_lost(keys))
        });
        self.watch(dropping);
        self.show();
    }

    /// Says that the server was restored, or that this was read.
    pub(super) fn tell_restored(&self, restored: Option<Restored>) {
        let keeping = self.with(|state| {
            state.restored = restored;
            state.tell(&TabMessage::Restored(restored));
            state.storage.as_ref().map(|storage| storage.keep_restored(restored.as_ref()))
        });
        self.watch(keeping);
        self.show();
    }

    /// What fails here can be fetched or is sent again: nothing is lost by it, and the next start mends it.
    pub(super) fn watch<E: 'static>(&self, writing: Option<impl Future<Output = Result<(), E>> + 'static>) {
        if let Some(writing) = writing {
            leptos::task::spawn_local(async move {
                let _ = writing.await;
            });
        }
    }

    /// Keeps refused commands for Needs you.
    pub(super) fn keep_refused(&self, refused: Vec<RefusedCommand>) {
        let keeping = self.with(|state| {
            let keeping = state.storage.as_ref().map(|storage| storage.keep_refused(&refused));
            state.add_refused(refused);
            keeping
        });
        self.watch_closely(keeping);
        self.show();
    }

    /// What fails here is in memory only, and the screen has to say so.
    fn watch_closely<E: 'static>(&self, writing: Option<impl Future<Output = Result<(), E>> + 'static>) {
        let engine = self.clone();
        leptos::task::spawn_local(async move {
            let is_kept = match writing {
                Some(writing) => writing.await.is_ok(),
                None => false,
            };
            if !is_kept {
                engine.with(|state| state.memory_only = true);
                engine.show();
            }
        });
    }

    fn reissue(&self, taken: Vec<CommandKey>) {
        let fresh = ClientId::from_u128(self.clock().mint());
        let renaming = self.with(|state| {
            // This page is a copy, or has one: what it does from now on gets another name at once.
            if taken.iter().any(|key| key.client == state.client) {
                (state.client, state.next_seq) = (ClientId::from_u128(self.clock().mint()), 1);
            }
            let new = state.replica.reissue(&taken, fresh).into_iter();
            let new: Vec<_> = new.map(|(_, envelope)| envelope.to_wire()).collect();
            let renaming = state.storage.as_ref().map(|storage| storage.rename(&taken, &new));
            state.tell(&TabMessage::Renamed { old: taken, new });
            renaming
        });
        let renaming = renaming.map(|renaming| self.ahead_of_pushes(renaming));
        let engine = self.clone();
        leptos::task::spawn_local(async move {
            // Under their old names a tab that leads later would send them a second time.
            let is_renamed = match renaming {
                Some(renaming) => renaming.await.is_ok(),
                None => false,
            };
            engine.with(|state| {
                state.memory_only |= !is_renamed;
                state.tell(&TabMessage::Reload { forked: true });
            });
            engine.input(Input::Queued);
        });
    }
}

pub(super) fn refused_command(refused: Refused) -> RefusedCommand {
    let Refused { envelope, rejection } = refused;
    let seen = Some(envelope.seen_log());
    RefusedCommand { key: envelope.key, at: envelope.at, command: envelope.command, rejection, seen }
}
