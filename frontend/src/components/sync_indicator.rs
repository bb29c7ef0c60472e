//! Whether everything is saved, in one word and one sign, always on the screen.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, MouseEvent, ToggleEvent};

use super::icon::Icon;
use crate::browser::media::use_media_query;
use crate::browser::platform;
use crate::components::live::{When, derive, memo};
use crate::language::count;
use crate::pages::late::{LatePage, late};
use crate::replica::{SyncStatus, SyncWord, use_replica};

/// Whether everything is saved; opens the panel with the details, on a phone their page.
#[component]
pub fn SyncIndicator() -> impl IntoView {
    let status = use_replica().status();
    let words = memo(move || status.with(sync_words));
    let look = memo(move || status.with(look));
    let is_phone = use_media_query("(max-width: 719px)");
    let panel = NodeRef::<html::Div>::new();
    let is_open = RwSignal::new(false);
    let open = move |event: MouseEvent| {
        if is_phone.get() {
            return;
        }
        event.prevent_default();
        let anchor = event.current_target().and_then(|link| link.dyn_into::<Element>().ok());
        if let (Some(panel), Some(anchor)) = (panel.get(), anchor) {
            is_open.set(true);
            request_animation_frame(move || platform::open_popover(&panel, &anchor));
        }
    };
    let on_toggle = move |event: leptos::ev::Event| {
        let opened = event.dyn_ref::<ToggleEvent>().is_some_and(|event| event.new_state() == "open");
        is_open.set(opened);
    };
    view! {
        <a
            class=derive(move || look.get().0)
            href="/sync"
            data-testid="sync-indicator"
            aria-haspopup="dialog"
            aria-expanded=derive(move || is_open.get().to_string())
            on:click=open
        >
            <Icon name=Signal::derive(move || look.get().1) />
            {words}
        </a>
        <Announcement words />
        <div
            class="popover is-end sync-panel"
            popover="auto"
            role="dialog"
            aria-label=t!(sync)
            node_ref=panel
            on:toggle=on_toggle
        >
            <When holds=is_open>
                {late(LatePage::SyncDetails)}
            </When>
        </div>
    }
}

/// Says a change of the word to screen readers, once it has lasted.
#[component]
fn Announcement(words: Memo<String>) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let mut say = debounce(Duration::from_secs(2), move |words: String| {
        said.try_set(words);
    });
    Effect::new(move |_| say(words.get()));
    view! {
        <span class="visually-hidden" role="status">
            {said}
        </span>
    }
}

fn look(status: &SyncStatus) -> (&'static str, &'static str) {
    match status.word {
        SyncWord::Synced | SyncWord::Saving | SyncWord::Connecting if status.is_local => {
            ("sync-indicator", "hard-drive")
        }
        SyncWord::Connecting => ("sync-indicator", "cloud-upload"),
        SyncWord::Synced => ("sync-indicator", "cloud-check"),
        SyncWord::Saving => ("sync-indicator", "cloud-upload"),
        SyncWord::Offline => ("sync-indicator is-offline", "cloud-off"),
        SyncWord::NeedsYou => ("sync-indicator is-needed", "circle-alert"),
    }
}

/// Returns how things stand, in a word and a number.
fn sync_words(status: &SyncStatus) -> String {
    match (status.word, status.waiting) {
        (SyncWord::Synced | SyncWord::Connecting, _) | (SyncWord::Offline, 0) if status.is_local => {
            t!(sync_local)
        }
        (SyncWord::Offline, waiting) if status.is_local => t!(sync_local_waiting, count(waiting)),
        (SyncWord::Connecting, _) => t!(sync_connecting),
        (SyncWord::Synced, _) => t!(sync_synced),
        (SyncWord::Saving, waiting) => t!(sync_saving, count(waiting)),
        (SyncWord::Offline, 0) if status.signed_out => t!(sync_signed_out),
        (SyncWord::Offline, waiting) if status.signed_out => t!(sync_signed_out_waiting, count(waiting)),
        (SyncWord::Offline, 0) => t!(sync_offline),
        (SyncWord::Offline, waiting) => t!(sync_offline_waiting, count(waiting)),
        (SyncWord::NeedsYou, _) => t!(needs_you),
    }
}
