//! The time as the screen shows it: one signal for all ages on it, moved on now and then.

use std::time::Duration;

use leptos::prelude::*;
use slipway_shared::time::Timestamp;

use crate::components::live::memo;
use crate::replica::use_replica;

const STEP: Duration = Duration::from_secs(20);

#[derive(Clone, Copy)]
struct Now(RwSignal<Timestamp>);

/// Starts the clock of the screen. To be called once, after the replica was made.
pub fn provide_now() {
    let replica = use_replica();
    let now = RwSignal::new(replica.now());
    provide_context(Now(now));
    let step = move || now.set(replica.now());
    // A freeze that was lifted ends at that moment, and what it held is free on every screen: twenty seconds later is late.
    let view = replica.view();
    // The server says when that was, perhaps a little later than this device did.
    let lifted = memo(move || {
        view.with(|view| view.freezes.values().filter_map(|known| known.lifted).map(|lifted| lifted.at).max())
    });
    Effect::new(move |before: Option<()>| {
        let lifted = lifted.get();
        if before.is_some() {
            now.set(lifted.map_or(replica.now(), |lifted| lifted.max(replica.now())));
        }
    });
    // Without a timer ages stand still, which is what a page without one can do.
    if let Ok(timer) = set_interval_with_handle(step, STEP) {
        on_cleanup(move || timer.clear());
    }
}

/// Returns the time, good to about twenty seconds.
#[must_use]
pub fn use_now() -> Signal<Timestamp> {
    expect_context::<Now>().0.into()
}
