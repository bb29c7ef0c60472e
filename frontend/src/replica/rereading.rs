//! Reading anew what is stored, where what other tabs tell is not enough; and storing it anew for tabs that even that
//! does not help.

use std::collections::BTreeSet;
use std::time::Duration;

use leptos::prelude::set_timeout;
use slipway_shared::ids::CommandKey;
use slipway_shared::log::Cursor;
use slipway_shared::sync::client::Input;
use slipway_shared::sync::replica::Replica;
use slipway_shared::sync::tabs::{LOOK_AGAIN_MS, Wish};

use super::boot::{Found, replica_of};
use super::engine::{Engine, State};
use super::hearing::told_meanwhile;
use super::tabs::TabMessage;

/// How long the leader may take to store what it has told, in milliseconds.
const STORED_SOON_MS: u64 = 250;

/// Reads everything anew, once the leader has had time to store it.
pub(super) fn read_anew_soon(engine: &Engine, wish: Wish) {
    if engine.with(|state| state.rereading.ask(wish)) {
        schedule(engine);
    }
}

fn schedule(engine: &Engine) {
    let engine = engine.clone();
    set_timeout(move || read_if_due(&engine), Duration::from_millis(STORED_SOON_MS));
}

/// Reads everything anew, at once.
pub(super) fn read_anew(engine: &Engine, wish: Wish) {
    engine.with(|state| state.rereading.ask(wish));
    read_if_due(engine);
}

fn read_if_due(engine: &Engine) {
    let Some(wish) = engine.with(|state| state.rereading.begin()) else { return };
    let engine = engine.clone();
    leptos::task::spawn_local(async move {
        let read = read(&engine).await;
        let (told, is_due) = engine.with(|state| state.rereading.end());
        if is_due {
            schedule(&engine);
        }
        // What can't be read changes nothing: what is shown stays, and what was told is in it.
        let Some((fresh, found, before)) = read else { return };
        let taken = engine.with(|state| {
            found.put_into(state);
            take_stored(state, fresh, &before, wish)
        });
        told_meanwhile(&engine, told, taken.is_replaced);
        if wish.forked {
            ask_after_pending(&engine);
        }
        if taken.is_behind {
            say_behind(&engine, wish);
        }
        engine.show();
    });
}

type Read = (Fresh, Found, BTreeSet<CommandKey>);

/// What was read of the log and of the queue.
struct Fresh {
    replica: Replica,
    /// There is a snapshot, and this build can't read it.
    is_unreadable: bool,
}

async fn read(engine: &Engine) -> Option<Read> {
    let storage = engine.with(|state| state.storage.clone())?;
    let before = engine.with(|state| state.replica.pending_keys());
    let stored = storage.load().await;
    if stored.is_unread || !storage.is_durable() {
        return None;
    }
    let found = Found::of(&stored);
    let has_snapshot = !stored.snapshot.is_empty();
    let replica = replica_of(stored).await;
    let is_unreadable = has_snapshot && replica.cursor().is_none();
    Some((Fresh { replica, is_unreadable }, found, before))
}

/// What became of what was read.
#[derive(Default)]
struct Taken {
    /// It is in place of what this tab had.
    is_replaced: bool,
    /// It does not bring this tab as far as the others.
    is_behind: bool,
}

/// Takes what was read, if it counts more than what this tab has.
fn take_stored(state: &mut State, fresh: Fresh, before: &BTreeSet<CommandKey>, wish: Wish) -> Taken {
    // Who leads has all this from the server.
    if state.is_leader {
        return Taken::default();
    }
    let Fresh { replica, is_unreadable } = fresh;
    let read = replica.cursor();
    // Asking twice for what can't be read would not help.
    let is_behind = state.replica.is_stuck(read, wish) && !(is_unreadable && state.asked_unreadable);
    state.asked_unreadable = is_unreadable && (is_behind || state.asked_unreadable);
    let State { replica: present, unsaved, awaited, .. } = state;
    let is_unsaved = |key| unsaved.contains(&key) || awaited.contains_key(&key);
    let is_replaced = present.take_stored(replica, before, is_unsaved, wish);
    if is_replaced {
        state.read_at = read;
    }
    Taken { is_replaced, is_behind }
}

/// The leader may have been done with what still is in the outbox: it is asked what became of it.
fn ask_after_pending(engine: &Engine) {
    let unsettled: Vec<_> = engine.with(|state| {
        let pending = state.replica.pending().iter().filter(|_| !state.is_leader);
        pending.map(|pending| pending.envelope.to_wire()).collect()
    });
    for wire in unsettled {
        engine.with(|state| state.tell(&TabMessage::Submitted(wire)));
    }
}

/// Asks the leader to store what it has, and looks again after a while.
pub(super) fn say_behind(engine: &Engine, wish: Wish) {
    let at = engine.with(|state| {
        state.tell(&TabMessage::Behind);
        state.replica.cursor()
    });
    let engine = engine.clone();
    set_timeout(move || look_again(&engine, wish, at), Duration::from_millis(LOOK_AGAIN_MS));
}

fn look_again(engine: &Engine, wish: Wish, at: Option<Cursor>) {
    if engine.with(|state| !state.is_leader && state.replica.cursor() == at) {
        read_anew_soon(engine, wish);
    }
}

/// Another tab can't get as far as the others by what is stored: who leads stores all that it has, if not just now.
pub(super) fn asked_to_store(engine: &Engine) {
    let now = engine.clock().now();
    let wait = engine.with(|state| {
        let can_store = state.is_leader && state.replica.cursor().is_some();
        can_store.then(|| state.storing_anew.ask(now)).flatten()
    });
    if let Some(ms) = wait {
        let engine = engine.clone();
        set_timeout(move || store_anew(&engine), Duration::from_millis(ms));
    }
}

/// Stores what this leader has.
pub(super) fn store_anew(engine: &Engine) {
    let now = engine.clock().now();
    let (is_leader, has_opaque) = engine.with(|state| {
        state.storing_anew.begin(now);
        (state.is_leader, state.replica.has_opaque())
    });
    match (is_leader, has_opaque) {
        (false, _) => {}
        (true, false) => engine.store_tail_as_snapshot(true),
        // A newer build has to read the log again: only the server has a state that contains all of it.
        (true, true) => engine.input(Input::StoreAnew),
    }
}
