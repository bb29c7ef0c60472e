//! Storing what the server says of the log: a snapshot, and the events after it. Only who leads does, and it may fail:
//! what is missing is fetched again.

use slipway_shared::log::StoredEvent;
use slipway_shared::sync::snapshot::SnapshotWriter;

use super::engine::Engine;
use super::storage::{SnapshotRows, Storage};
use super::tabs::TabMessage;
use crate::browser::slices::{Slices, wait, when_idle};

/// With a longer tail a snapshot is written and the tail begins anew.
const LONGEST_TAIL: usize = 500;
/// How often, and how many milliseconds apart, a repair is looked for in the database.
const REPAIR_TRIES: u32 = 50;
const REPAIR_POLL_MS: u32 = 100;
/// How long writing a snapshot waits for an idle moment.
const MOST_IDLE_MS: u32 = 10_000;

/// What is being stored of the log.
#[derive(Default)]
pub(super) struct LogWrites {
    /// Events in the stored tail, to know when to write a snapshot.
    pub(super) tail_length: usize,
    /// Counts the snapshots of the server: one that a newer one overtook is not written any more.
    number: u64,
    /// Events that are to be stored after such a snapshot, while that is being stored.
    late: Option<Vec<StoredEvent>>,
    /// What a repair after a fork found could not be stored: what is stored of the log stays as it is, so that the next
    /// start meets the same fork.
    is_stopped: bool,
}

impl LogWrites {
    /// A reign begins: what was under way before counts no more.
    pub(super) fn begin_anew(&mut self) {
        *self =
            Self { tail_length: self.tail_length, number: self.number + 1, late: None, is_stopped: false };
    }

    /// Begins to store a snapshot of the server, and returns its number.
    fn begin_snapshot(&mut self) -> u64 {
        self.tail_length = 0;
        self.number += 1;
        // Events that waited for another one are in this one.
        self.late = Some(Vec::new());
        self.number
    }

    /// Ends that, and returns the events that came meanwhile.
    fn end_snapshot(&mut self, number: u64) -> Vec<StoredEvent> {
        if number == self.number { self.late.take().unwrap_or_default() } else { Vec::new() }
    }

    /// Returns the number under which what is there now may be written; `None` where something newer is on its way.
    fn number_of_present(&self) -> Option<u64> {
        (!self.is_stopped && self.late.is_none()).then_some(self.number)
    }

    /// Takes events that are to be stored; returns them if that can be done at once.
    fn take(&mut self, events: Vec<StoredEvent>) -> Vec<StoredEvent> {
        self.tail_length += events.len();
        match &mut self.late {
            _ if self.is_stopped => Vec::new(),
            Some(late) => {
                late.extend(events);
                Vec::new()
            }
            None => events,
        }
    }
}

impl Engine {
    pub(super) fn store_events(&self, events: Vec<StoredEvent>) {
        let storing = self.with(|state| {
            state.tell(&TabMessage::Events(events.clone()));
            let events = state.log_writes.take(events);
            let storage = state.storage.as_ref().filter(|_| !events.is_empty());
            storage.map(|storage| storage.keep_events(&events))
        });
        self.watch(storing);
        let is_long = self.with(|state| {
            // A newer build has to read again what this one does not understand.
            let is_long = state.log_writes.tail_length > LONGEST_TAIL && !state.replica.has_opaque();
            if is_long {
                state.log_writes.tail_length = 0;
            }
            is_long
        });
        if is_long {
            let engine = self.clone();
            when_idle(MOST_IDLE_MS, move || engine.store_tail_as_snapshot(false));
        }
    }

    /// Stores the snapshot that was fetched, and lets the other tabs read it.
    pub(super) fn store_snapshot(&self) {
        let taken = self.with(|state| {
            let (storage, cursor) = (state.storage.clone()?, state.replica.cursor()?);
            Some((storage, state.fetched.take()?, cursor, state.log_writes.begin_snapshot()))
        });
        let Some((storage, rows, cursor, number)) = taken else { return };
        let engine = self.clone();
        leptos::task::spawn_local(async move {
            let is_safe = engine.sees_repair_stored(&storage).await;
            if engine.with(|state| state.log_writes.number != number) {
                return;
            }
            if !is_safe {
                engine.with(|state| {
                    state.log_writes.end_snapshot(number);
                    state.log_writes.is_stopped = true;
                    state.memory_only = true;
                });
                engine.show();
                return;
            }
            // Events of another history must not follow the new snapshot.
            let is_stored =
                storage.drop_tail().await.is_ok() && storage.keep_snapshot(rows, &cursor).await.is_ok();
            let storing = engine.with(|state| {
                let late = state.log_writes.end_snapshot(number);
                let storing = (!late.is_empty()).then(|| storage.keep_events(&late));
                // A snapshot that is not stored is fetched again at the next start.
                if is_stored {
                    state.tell(&TabMessage::Reload { forked: state.forked });
                }
                storing
            });
            engine.watch(storing);
        });
    }

    /// What the server has forgotten is known from what is stored: it has to be safe before that is replaced. Waits a
    /// while for it.
    async fn sees_repair_stored(&self, storage: &Storage) -> bool {
        for _ in 0..REPAIR_TRIES {
            if self.has_stored_repair(storage).await {
                return true;
            }
            wait(REPAIR_POLL_MS).await;
        }
        false
    }

    async fn has_stored_repair(&self, storage: &Storage) -> bool {
        let (forked, pending, lost) = self.with(|state| {
            let pending = state.replica.pending().iter().map(|pending| pending.envelope.key);
            let lost = state.replica.lost().map(|(key, _)| key);
            (state.forked, pending.collect::<Vec<_>>(), lost.collect::<Vec<_>>())
        });
        !forked || storage.has_all(&pending, &lost).await == Ok(true)
    }

    /// Writes the confirmed state as a snapshot, in slices, in place of a tail that grew long.
    /// Other tabs read it if they wait for it.
    pub(super) fn store_tail_as_snapshot(&self, is_awaited: bool) {
        let found = self.with(|state| {
            let number = state.log_writes.number_of_present()?;
            let (storage, cursor) = (state.storage.clone()?, state.replica.cursor()?);
            Some((storage, state.replica.confirmed().clone(), cursor, number))
        });
        let Some((storage, confirmed, cursor, number)) = found else { return };
        let engine = self.clone();
        leptos::task::spawn_local(async move {
            let mut slices = Slices::begin();
            let mut rows = SnapshotRows::default();
            for line in SnapshotWriter::new(&confirmed, &cursor) {
                rows.push(&line);
                slices.pause_if_due().await;
            }
            let is_safe = engine.sees_repair_stored(&storage).await;
            // What the server sent meanwhile is newer.
            if !is_safe || engine.with(|state| state.log_writes.number_of_present() != Some(number)) {
                return;
            }
            // Without it the next start reads a longer tail.
            if storage.keep_snapshot(rows, &cursor).await.is_ok() && is_awaited {
                engine.with(|state| state.tell(&TabMessage::Reload { forked: true }));
            }
        });
    }
}
