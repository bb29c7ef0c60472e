//! Newer builds of the app: noticed, and applied when the person says so.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::platform;

/// What is known of a newer build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewerBuild {
    /// There is none.
    #[default]
    None,
    /// One is here and waits.
    Ready,
    /// Another tab applied one; this one still runs the old.
    Applied,
}

/// Registers the service worker and watches for newer builds. To be called once.
#[must_use]
pub fn watch_builds() -> Signal<NewerBuild> {
    let newer = RwSignal::new(NewerBuild::None);
    // They live as long as the page does.
    let on_waiting = Closure::<dyn FnMut()>::new(move || newer.set(NewerBuild::Ready));
    let on_replaced = Closure::<dyn FnMut()>::new(move || newer.set(NewerBuild::Applied));
    leptos::task::spawn_local(async move {
        platform::register_service_worker(&on_waiting, &on_replaced).await;
        on_waiting.forget();
        on_replaced.forget();
    });
    newer.into()
}
