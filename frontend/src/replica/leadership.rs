//! Which tab leads: it holds the lock and lets the others hear that it is alive; one that falls silent is replaced.

use std::time::Duration;

use leptos::prelude::{set_interval, set_timeout};
use slipway_shared::sync::client::{Input, SyncClient};
use slipway_shared::sync::tabs::Wish;

use super::boot::adopt;
use super::clock::Clock;
use super::concluding::keep_concluding;
use super::engine::Engine;
use super::identity::Home;
use super::rereading::{read_anew, store_anew};
use super::storage::Storage;
use super::tabs::{LinkWord, Lock, TabMessage, is_visible};
use crate::browser::slices::{wait, when_idle};

/// How long until the outbox is read again where that failed, in milliseconds.
const OUTBOX_AGAIN_MS: u32 = 5_000;
/// How long until a term is begun again where that failed, in milliseconds.
const TERM_AGAIN_MS: u32 = 30_000;
/// How often the leader says that it is alive.
const BEAT: Duration = Duration::from_secs(5);
/// A leader that was not heard for so long is replaced, in milliseconds.
const SILENCE_MS: i64 = 20_000;
/// A tab that was frozen itself may have messages waiting: they come within this time, in milliseconds.
const WAITING_MS: u64 = 1_000;
/// Tabs that notice the silence together act up to this far apart, in milliseconds: the first one is heard.
const SPREAD_MS: u64 = 4_000;

/// How long it waits for an idle moment to throw old things away, in milliseconds.
const MOST_IDLE_MS: u32 = 60_000;

/// Waits to become the leader, and watches over whoever is.
pub(super) fn take_part(engine: &Engine, home: Home) {
    let (held, lost, beating) = (engine.clone(), engine.clone(), engine.clone());
    engine.hear_leader();
    let lock = Lock::wait(home, move || lead(&held), move || step_down(&lost));
    engine.with(|state| state.lock = Some(lock));
    set_interval(move || beat(&beating), BEAT);
    keep_concluding(engine);
}

fn beat(engine: &Engine) {
    if engine.with(|state| state.is_leader) {
        engine.with(|state| state.tell(&TabMessage::Beat));
    } else {
        look_for_leader(engine);
    }
}

/// Takes the lead over from a tab whose heart stands still: the browser has frozen it, or it hangs. One that is put
/// off for a minute in the background is no better. Only a tab that somebody looks at does this.
pub(super) fn look_for_leader(engine: &Engine) {
    if !is_silent(engine) || !is_visible() {
        return;
    }
    let engine = engine.clone();
    let wait = Duration::from_millis(WAITING_MS + u64::from(Clock::jitter()) % SPREAD_MS);
    set_timeout(
        move || {
            if is_silent(&engine) {
                // Until the lock is there, this counts as a sign of life.
                engine.hear_leader();
                engine.with(|state| state.lock.as_ref().map(Lock::take_over));
            }
        },
        wait,
    );
}

fn is_silent(engine: &Engine) -> bool {
    let now = engine.clock().now();
    engine.with(|state| !state.holds_lock && now.since(state.leader_heard) > SILENCE_MS)
}

/// Becomes the leader: takes over every queue of this browser and gets in touch with the server.
fn lead(engine: &Engine) {
    engine.with(|state| {
        state.holds_lock = true;
        state.reign += 1;
        state.log_writes.begin_anew();
        // It may have led before, and nobody answers what it asked then.
        state.sync = SyncClient::default();
        // Whoever else wanted to take over is told at once.
        state.tell(&TabMessage::Beat);
        let (link, last_in_step) = (LinkWord::Connecting, state.last_in_step);
        state.tell(&TabMessage::Link { link, last_in_step, waits_for_server: false, waits_for_password: 0 });
    });
    let (engine, reign) = (engine.clone(), engine.reign());
    leptos::task::spawn_local(async move {
        // Only then the leader: a push that went ahead of stored commands would leave a gap in their queue.
        if let Some(storage) = engine.with(|state| state.storage.clone()) {
            begin_term(&engine, &storage, reign).await;
            match storage.outbox().await {
                Ok(outbox) => adopt(&engine, outbox),
                Err(_) => {
                    engine.with(|state| state.memory_only = true);
                    engine.show();
                    // Nobody else can lead as long as this tab holds the lock.
                    wait(OUTBOX_AGAIN_MS).await;
                    if engine.reign() == reign {
                        lead(&engine);
                    }
                    return;
                }
            }
        }
        if engine.reign() != reign {
            return;
        }
        // What it heard from the leader before may never have been stored.
        let is_to_be_stored = engine.with(|state| {
            state.is_leader = true;
            state.replica.cursor() != state.read_at
        });
        if is_to_be_stored {
            let engine = engine.clone();
            when_idle(MOST_IDLE_MS, move || store_anew(&engine));
        }
        engine.input(Input::Connect);
        engine.input(Input::Queued);
        when_idle(MOST_IDLE_MS, move || prune(&engine));
    });
}

/// Without a term what the server says is not stored, and is fetched again at the next start: better than not to lead.
/// Where there is no room for one, it is tried again.
async fn begin_term(engine: &Engine, storage: &Storage, reign: u64) {
    let term = format!("{}/{reign}", engine.client());
    if storage.begin_term(&term).await.is_ok() {
        return;
    }
    let Ok(before) = storage.present_term().await else { return };
    let (engine, storage) = (engine.clone(), storage.clone());
    leptos::task::spawn_local(async move {
        loop {
            wait(TERM_AGAIN_MS).await;
            if engine.reign() != reign {
                return;
            }
            // A tab that does not know yet that it leads no more must not take the term from the one that does.
            if storage.begin_term_after(&before, &term).await.is_ok() {
                return store_anew(&engine);
            }
        }
    });
}

/// Goes on to lead with a storage that was opened late.
pub(super) fn lead_on(engine: &Engine) {
    match engine.with(|state| (state.holds_lock, state.is_leader)) {
        (true, false) => lead(engine),
        (true, true) => {
            engine.with(|state| state.is_leader = false);
            lead(engine);
        }
        (false, _) => {}
    }
}

/// Forgets acknowledged commands that no server can have forgotten any more.
fn prune(engine: &Engine) {
    let Some(storage) = engine.with(|state| state.storage.clone()) else { return };
    let now = engine.clock().now();
    leptos::task::spawn_local(async move {
        // What stays takes room and is pruned at the next start.
        let _ = storage.prune_acknowledged(now).await;
    });
}

/// Another tab took the lead over: this one was frozen, or too slow. It may have missed anything.
fn step_down(engine: &Engine) {
    engine.with(|state| {
        state.holds_lock = false;
        state.is_leader = false;
        state.reign += 1;
        state.stream = None;
        state.sync = SyncClient::default();
        state.sent.clear();
        state.leaders_link = LinkWord::Connecting;
        state.tell(&TabMessage::Ask);
    });
    engine.hear_leader();
    read_anew(engine, Wish::FORKED);
    engine.show();
}
