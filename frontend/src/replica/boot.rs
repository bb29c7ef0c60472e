//! How a page starts: from what is stored, at once; then in step with the other tabs and the server.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use leptos::prelude::*;
use slipway_shared::log::Cursor;
use slipway_shared::sync::client::Input;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::replica::{Replica, Settled};
use slipway_shared::sync::snapshot::SnapshotReader;
use slipway_shared::workspace::Workspace;

use super::effects::refused_command;
use super::engine::Engine;
use super::slices::Slices;
use super::storage::{self, BootRecord, Storage, Stored};
use super::tabs::{LinkWord, TabMessage, Tabs, wait_to_lead};
use super::{Boot, status, transport};

/// How long to wait between tries on the very first visit, in milliseconds.
const FIRST_VISIT_RETRY_MS: u64 = 2_000;
/// How long the leader may take to store what it has told, in milliseconds.
const STORED_SOON_MS: u64 = 250;

/// Begins to start the replica.
pub(super) fn start(engine: Engine) {
    leptos::task::spawn_local(async move {
        match storage::boot_record().await {
            Some(record) => open(engine, record).await,
            None => first_visit(engine).await,
        }
    });
}

/// Loads the page anew, to start with another workspace or another build.
pub(super) fn reload_page() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

async fn first_visit(engine: Engine) {
    match transport::session().await {
        Ok(session) => {
            let Some(workspace) = session.workspaces.first() else { return };
            let record = BootRecord::new(workspace.id, session.member);
            storage::keep_boot_record(&record).await;
            open(engine, record).await;
        }
        Err(_) => {
            engine.with(|state| state.leaders_link = LinkWord::Offline);
            engine.show();
            engine.signals.boot.set(Boot::Unreachable);
            let wait = std::time::Duration::from_millis(FIRST_VISIT_RETRY_MS);
            set_timeout(move || leptos::task::spawn_local(first_visit(engine)), wait);
        }
    }
}

async fn open(engine: Engine, record: BootRecord) {
    let storage = Storage::open(record.workspace).await;
    // Messages of other tabs that come while the stored state is read are taken in after it.
    let early = Rc::new(RefCell::new(Some(Vec::new())));
    let tabs = {
        let (engine, early) = (engine.clone(), Rc::clone(&early));
        Tabs::open(record.workspace, move |message| {
            if let Some(early) = early.borrow_mut().as_mut() {
                early.push(message);
                return;
            }
            told(&engine, message);
        })
    };
    let stored = storage.load().await;
    let tail_length = stored.tail.len();
    let refused = stored.refused.clone();
    let (mirrored, is_unread) = (stored.mirrored.clone(), stored.is_unread);
    let replica = replica_of(stored).await;
    tabs.post(&TabMessage::Ask);
    engine.with(|state| {
        state.workspace = Some(record.workspace);
        state.memory_only = is_unread || !storage.is_durable();
        state.storage = Some(storage);
        state.tabs = Some(tabs);
        state.replica = replica;
        state.tail_length = tail_length;
        state.refused = refused;
        state.last_in_step = record.last_in_step;
    });
    engine.set_people(record.member, record.people);
    // What only the mirror has is put where a crash of the browser can't reach it.
    mirrored.iter().for_each(|wire| engine.save(wire));
    engine.show();
    let early = early.borrow_mut().take().unwrap_or_default();
    early.into_iter().for_each(|message| told(&engine, message));
    status::look_at_promise(engine.signals.status);
    let trying = engine.clone();
    transport::when_worth_a_try(move || trying.connect());
    wait_to_lead(record.workspace, move || lead(&engine));
}

/// Becomes the leader: takes over every queue of this browser and gets in touch with the server.
fn lead(engine: &Engine) {
    let engine = engine.clone();
    leptos::task::spawn_local(async move {
        // Only then the leader: a push that went ahead of stored commands would leave a gap in their queue.
        if let Some(storage) = engine.with(|state| state.storage.clone()) {
            match storage.outbox().await {
                Ok(outbox) => adopt(&engine, outbox),
                Err(_) => {
                    engine.with(|state| state.memory_only = true);
                    engine.show();
                    return;
                }
            }
        }
        engine.with(|state| state.is_leader = true);
        engine.input(Input::Connect);
        engine.input(Input::Queued);
    });
}

fn adopt(engine: &Engine, commands: Vec<WireCommand>) {
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
    let ordered = slipway_shared::sync::queues::in_causal_order(envelopes);
    ordered.into_iter().for_each(|envelope| replica.adopt(envelope));
}

async fn replica_of(stored: Stored) -> Replica {
    let lines = stored.snapshot.iter().map(String::as_str);
    let loaded = read_snapshot(lines, SnapshotReader::trusting()).await;
    let Some((confirmed, cursor)) = loaded else {
        let mut replica = Replica::default();
        take_over(&mut replica, &stored.outbox);
        return replica;
    };
    let mut replica = Replica::new(confirmed, Some(cursor), Vec::new());
    // A hole in the tail ends it there; the stream brings the rest.
    let mut expected = cursor.seq + 1;
    let contiguous = stored.tail.into_iter().filter(|event| {
        let seq = event.read_header().map(|header| header.seq).unwrap_or_default();
        let is_next = seq == expected;
        expected += u64::from(is_next);
        is_next
    });
    let tail: Vec<_> = contiguous.collect();
    // A tail that does not fit is passed over, and the server sends it again.
    let _ = replica.receive(&tail);
    take_over(&mut replica, &stored.outbox);
    replica
}

/// Reads a snapshot in slices that let the browser paint; `None` when it is not whole.
pub(super) async fn read_snapshot<'a>(
    lines: impl Iterator<Item = &'a str>,
    mut reader: SnapshotReader,
) -> Option<(Workspace, Cursor)> {
    let mut slices = Slices::begin();
    for line in lines {
        reader.push(line).ok()?;
        slices.pause_if_due().await;
    }
    reader.finish().ok()
}

/// Takes in what another tab tells.
fn told(engine: &Engine, message: TabMessage) {
    match message {
        TabMessage::Submitted(wire) => {
            adopt(engine, vec![wire]);
            engine.input(Input::Queued);
        }
        TabMessage::Events(events) => {
            let is_hole = engine.with(|state| state.replica.receive(&events).is_err());
            if is_hole {
                reload_soon(engine);
            }
        }
        TabMessage::Results(results) => {
            engine.with(|state| {
                let refused = state.replica.settle(&results).into_iter().filter_map(Settled::refused);
                state.refused.extend(refused.map(refused_command));
            });
        }
        TabMessage::Reload => reload_soon(engine),
        TabMessage::Refused(refused) => engine.with(|state| state.refused = refused),
        TabMessage::Link { link, last_in_step } => engine.with(|state| {
            state.leaders_link = link;
            state.last_in_step = last_in_step;
        }),
        TabMessage::Ask => {
            engine.with(|state| state.tell_link());
        }
    }
    engine.show();
}

/// Reads everything anew, once the leader has had time to store it.
fn reload_soon(engine: &Engine) {
    let engine = engine.clone();
    let wait = std::time::Duration::from_millis(STORED_SOON_MS);
    set_timeout(
        move || {
            leptos::task::spawn_local(async move {
                let Some(storage) = engine.with(|state| state.storage.clone()) else { return };
                let stored = storage.load().await;
                let refused = stored.refused.clone();
                if stored.is_unread {
                    return;
                }
                let kept: BTreeSet<_> = stored.outbox.iter().map(WireCommand::key).collect();
                let fresh = replica_of(stored).await;
                engine.with(|state| {
                    let present = state.replica.cursor();
                    let is_newer = |cursor: &Cursor| {
                        present
                            .is_none_or(|present| present.epoch != cursor.epoch || present.seq <= cursor.seq)
                    };
                    if let Some(cursor) = fresh.cursor().filter(is_newer) {
                        state.replica.reset(fresh.confirmed().clone(), cursor);
                        let unsaved = &state.unsaved;
                        state.replica.retain(|key| kept.contains(&key) || unsaved.contains(&key));
                    }
                    state.refused = refused;
                });
                engine.show();
            });
        },
        wait,
    );
}
