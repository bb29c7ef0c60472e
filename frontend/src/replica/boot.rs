//! How a page starts: from what is stored, at once; then in step with the other tabs and the server.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use slipway_shared::log::{Cursor, commands_of};
use slipway_shared::order;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::ErrorCode;
use slipway_shared::sync::replica::Replica;
use slipway_shared::sync::snapshot::SnapshotReader;
use slipway_shared::sync::tabs::Wish;
use slipway_shared::workspace::Workspace;

use super::engine::{Engine, State};
use super::identity::{BootRecord, Whose, to_open};
use super::local::LocalServer;
use super::rereading::say_behind;
use super::storage::{self, Storage, Stored, Unreadable};
use super::tabs::{LinkWord, TabMessage, Tabs};
use super::{
    Boot, RefusedCommand, Restored, fetching, hearing, leadership, leaving, moving, status, transport,
    workspaces,
};
use crate::browser::kept;
use crate::browser::slices::Slices;

/// How long to wait between tries where nothing can be shown without the server.
const RETRY: Duration = Duration::from_secs(2);

/// Begins to start the replica.
pub(super) fn start(engine: Engine) {
    leptos::task::spawn_local(async move {
        match record_to_open().await {
            // This tab was told before whose it is.
            Some(record) if record.is_shared && !workspaces::is_noted(&record) => {
                ask_first(engine, record).await;
            }
            Some(record) => open(engine, moving::finish_moves(record).await).await,
            None => wait_for_somebody(engine).await,
        }
    });
}

async fn wait_for_somebody(engine: Engine) {
    let trying = engine.clone();
    transport::when_worth_a_try(move || try_again(&trying));
    first_visit(engine).await;
}

/// Opens what somebody left on a computer that others use, once the server has said that it is them: whoever opened the
/// page may be somebody else, who is shown nothing of it.
async fn ask_first(engine: Engine, record: BootRecord) {
    match transport::session().await {
        Ok(session) if record.whose(&session) != Whose::Others => {
            leaving::note_person(record.account);
            open(engine, moving::finish_moves(record).await).await;
        }
        Ok(_) => {
            leaving::forget_gone(&record).await;
            wait_for_somebody(engine).await;
        }
        Err(Failure::Refused(error)) if error.code == ErrorCode::SignInNeeded => {
            leaving::forget_gone(&record).await;
            wait_for_somebody(engine).await;
        }
        // What else a server says is no answer to whose it is.
        Err(_) => {
            say_unreachable(&engine);
            set_timeout(move || leptos::task::spawn_local(ask_first(engine, record)), RETRY);
        }
    }
}

fn say_unreachable(engine: &Engine) {
    engine.with(|state| state.leaders_link = LinkWord::Offline);
    engine.show();
    engine.signals.boot.set(Boot::Unreachable);
}

/// Returns the record of what this tab opens, after everything else is deleted that is to be.
async fn record_to_open() -> Option<BootRecord> {
    let opened = |records: storage::Records| workspaces::of_tab(&records).or(records.present);
    let record = opened(storage::boot_records().await);
    if !leaving::has_left_something() {
        return record;
    }
    record.iter().for_each(leaving::take_back);
    leaving::delete_what_is_left().await;
    // The record of what is deleted may be gone with it.
    opened(storage::boot_records().await)
}

/// Somebody may have signed in in another tab.
fn try_again(engine: &Engine) {
    if is_waiting(engine) {
        leptos::task::spawn_local(first_visit(engine.clone()));
    }
}

/// Tells whether it is waited for somebody to sign in, or to be let in.
fn is_waiting(engine: &Engine) -> bool {
    matches!(engine.signals.boot.get_untracked(), Boot::SignedOut | Boot::SetupNeeded | Boot::NoWorkspace)
}

/// Asks who is there, unless that is under way: whoever is found twice would be opened twice.
async fn first_visit(engine: Engine) {
    if !engine.with(|state| std::mem::replace(&mut state.is_asking, true)) {
        visit(engine.clone()).await;
        engine.with(|state| state.is_asking = false);
    }
}

async fn visit(engine: Engine) {
    match transport::session().await {
        Ok(session) => {
            let Some(workspace) = to_open(&session, None) else {
                // What they did while they were somewhere a member is theirs still.
                leaving::note_person(session.account.as_ref().map(|account| account.id));
                let former = leaving::former_record_of(&session, &storage::boot_records().await.all);
                engine.with(|state| state.former = former);
                workspaces::read(&engine).await;
                return settle(&engine, Boot::NoWorkspace);
            };
            fetching::ask_early(&engine, workspace.id);
            let record = leaving::record_of(&session, workspace, &storage::boot_records().await.all);
            leaving::note_person(record.account);
            let kept = record.clone();
            leptos::task::spawn_local(async move { storage::keep_boot_record(&kept).await });
            open(engine, record).await;
        }
        Err(Failure::Refused(error)) if error.code == ErrorCode::SignInNeeded => {
            settle(&engine, Boot::SignedOut);
        }
        Err(Failure::Refused(error)) if error.code == ErrorCode::SetupNeeded => {
            settle(&engine, Boot::SetupNeeded);
        }
        // What somebody types meanwhile, to sign in or set up, stays; it is asked again when the page is shown.
        Err(_) if is_waiting(&engine) => {}
        Err(_) => {
            say_unreachable(&engine);
            set_timeout(move || leptos::task::spawn_local(first_visit(engine)), RETRY);
        }
    }
}

/// Waits for somebody to sign in, or to be let in.
fn settle(engine: &Engine, boot: Boot) {
    if engine.signals.boot.get_untracked() != boot {
        engine.signals.boot.set(boot);
    }
}

/// What was found beside the replica itself.
pub(super) struct Found {
    refused: Vec<RefusedCommand>,
    unreadable: Vec<Unreadable>,
    restored: Option<Restored>,
}

impl Found {
    pub(super) fn of(stored: &Stored) -> Self {
        let Stored { refused, unreadable, restored, .. } = stored;
        Self { refused: refused.clone(), unreadable: unreadable.clone(), restored: *restored }
    }

    pub(super) fn put_into(self, state: &mut State) {
        state.refused = self.refused;
        state.unreadable = self.unreadable;
        state.restored = self.restored;
    }
}

async fn open(engine: Engine, record: BootRecord) {
    let home = record.home();
    leaving::take_back(&record);
    kept::belong_to(record.member.to_string(), home.member.is_none());
    workspaces::note(&record);
    let storage = Storage::open(home).await;
    // Messages of other tabs that come while the stored state is read are taken in after it.
    let early = Rc::new(RefCell::new(Some(Vec::new())));
    let tabs = {
        let (engine, early) = (engine.clone(), Rc::clone(&early));
        Tabs::open(home, move |message| {
            if let Some(early) = early.borrow_mut().as_mut() {
                early.push(message);
                return;
            }
            hearing::told(&engine, message);
        })
    };
    let stored = storage.load().await;
    let (tail_length, has_snapshot) = (stored.tail.len(), !stored.snapshot.is_empty());
    // What was not read is neither written over nor waited for.
    let storage = if stored.is_unread { storage.without_database() } else { storage };
    let found = Found::of(&stored);
    let (mirrored, is_unread) = (stored.mirrored.clone(), stored.is_unread);
    let replica = replica_of(stored).await;
    tabs.post(&TabMessage::Ask);
    engine.with(|state| {
        state.workspace = Some(record.workspace);
        state.record = Some(record.clone());
        state.memory_only = is_unread || !storage.is_durable();
        state.local = local_server(&engine, &record, &storage);
        state.storage = Some(storage);
        state.tabs = Some(tabs);
        state.read_at = replica.cursor();
        state.replica = replica;
        state.log_writes.tail_length = tail_length;
        found.put_into(state);
        state.last_in_step = record.last_in_step;
    });
    engine.set_people(record.member, record.people);
    // What only the mirror has is put where a crash of the browser can't reach it.
    mirrored.iter().for_each(|wire| engine.save(wire, None));
    engine.show();
    let early = early.borrow_mut().take().unwrap_or_default();
    hearing::told_meanwhile(&engine, early, true);
    if engine.with(|state| state.replica.cursor().is_none()) {
        engine.with(|state| state.asked_unreadable = has_snapshot);
        say_behind(&engine, Wish::HOLE);
    }
    status::look_at_promise(engine.signals.status);
    let trying = engine.clone();
    transport::when_worth_a_try(move || {
        if !leaving::is_still_theirs(&trying) {
            leaving::make_way(&trying);
            return;
        }
        trying.connect();
        leadership::look_for_leader(&trying);
    });
    leadership::take_part(&engine, home);
    workspaces::watch(&engine);
}

/// Returns what stands in for the server of a workspace that is on this device only.
fn local_server(engine: &Engine, record: &BootRecord, storage: &Storage) -> Option<LocalServer> {
    let here = || LocalServer::new(storage.clone(), engine.clock(), record.people.clone());
    record.local.as_ref().map(|_| here())
}

/// Takes in commands that other tabs made.
pub(super) fn adopt(engine: &Engine, commands: Vec<WireCommand>) {
    engine.with(|state| take_over(&mut state.replica, &commands));
}

/// Puts stored commands into the queue. Those of a newer build can't be read here: their queues wait.
fn take_over(replica: &mut Replica, commands: &[WireCommand]) {
    let mut envelopes = Vec::with_capacity(commands.len());
    for wire in commands {
        match wire.read() {
            Ok(envelope) => envelopes.push(envelope),
            Err(_) => replica.hold(wire.key()),
        }
    }
    replica.adopt_all(envelopes);
}

pub(super) async fn replica_of(mut stored: Stored) -> Replica {
    let lines = stored.snapshot.iter().flat_map(|row| row.lines());
    let loaded = read_snapshot(lines).await;
    let Some((confirmed, cursor)) = loaded else {
        let mut replica = Replica::default();
        take_stock(&mut replica, &stored);
        return replica;
    };
    let mut replica = Replica::new(confirmed, Some(cursor), Vec::new());
    // A hole in the tail ends it there; the stream brings the rest.
    let mut expected = cursor.seq + 1;
    let contiguous = std::mem::take(&mut stored.tail).into_iter().filter(|event| {
        let seq = event.read_header().map(|header| header.seq).unwrap_or_default();
        let is_next = seq == expected;
        expected += u64::from(is_next);
        is_next
    });
    let tail: Vec<_> = contiguous.collect();
    // What the log shows has left the queue, though its row may still be there.
    let shown = order::set(commands_of(&tail));
    // A tail that does not fit is passed over, and the server sends it again.
    if replica.receive(&tail).is_ok() {
        stored.outbox.retain(|wire| !shown.contains(&wire.key()));
    }
    take_stock(&mut replica, &stored);
    replica
}

/// Takes in what is stored beside the log.
fn take_stock(replica: &mut Replica, stored: &Stored) {
    take_over(replica, &stored.outbox);
    let broken = stored.unreadable.iter().filter_map(Unreadable::command);
    broken.for_each(|key| replica.hold(key));
    replica.remember_lost(&stored.lost);
}

/// Reads a stored snapshot in slices that let the browser paint; `None` when it is not whole.
async fn read_snapshot<'a>(lines: impl Iterator<Item = &'a str>) -> Option<(Workspace, Cursor)> {
    let mut reader = SnapshotReader::trusting();
    let mut slices = Slices::begin();
    for line in lines {
        reader.push(line).ok()?;
        slices.pause_if_due().await;
    }
    reader.finish().ok()
}

/// Tries once more to open the storage that could not be opened; tells whether it could.
pub(super) async fn reopen_storage(engine: &Engine) -> bool {
    let Some(home) = engine.with(|state| state.record.as_ref().map(BootRecord::home)) else { return false };
    let storage = Storage::open(home).await;
    let stored = storage.load().await;
    if stored.is_unread || !storage.is_durable() {
        return false;
    }
    let unsaved: Vec<_> = engine.with(|state| {
        let pending = state.replica.pending().iter().map(|pending| pending.envelope.to_wire());
        let unsaved = pending.filter(|wire| state.unsaved.contains(&wire.key())).collect();
        take_stock(&mut state.replica, &stored);
        let known = std::mem::take(&mut state.refused);
        state.refused.clone_from(&stored.refused);
        state.add_refused(known);
        state.unreadable.clone_from(&stored.unreadable);
        state.local = state.record.as_ref().and_then(|record| local_server(engine, record, &storage));
        state.storage = Some(storage);
        // The leader stores all that it has.
        state.read_at = None;
        state.memory_only = false;
        unsaved
    });
    unsaved.iter().for_each(|wire| engine.save(wire, None));
    leadership::lead_on(engine);
    engine.show();
    true
}
