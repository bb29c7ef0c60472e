//! What a person has to know about this device before anything else, above every page.

use leptos::prelude::*;

use crate::browser::{page, platform};
use crate::components::live::{When, memo};
use crate::components::notice::{Notice, NoticeKind};
use crate::replica::{StorageKind, SyncStatus, use_replica};

/// What a person has to know before anything else.
#[component]
pub fn Banners() -> impl IntoView {
    let status = use_replica().status();
    let is = move |claim: fn(&SyncStatus) -> bool| memo(move || status.with(claim));
    let in_memory = is(|status| status.storage == StorageKind::MemoryOnly);
    let forked = is(|status| status.forked);
    let outdated = is(|status| status.outdated);
    view! {
        <When holds=in_memory>
            <div class="banner">
                <Notice kind=NoticeKind::Warning title=t!(memory_only) text=t!(memory_only_what) actions=save_button />
            </div>
        </When>
        <When holds=forked>
            <div class="banner">
                <Notice kind=NoticeKind::Warning title=t!(forked) text=t!(forked_what) actions=save_button />
            </div>
        </When>
        <When holds=outdated>
            <div class="banner">
                <Notice kind=NoticeKind::Warning title=t!(outdated) text=t!(outdated_what) actions=reload_button />
            </div>
        </When>
    }
}

fn save_button() -> AnyView {
    let replica = use_replica();
    let save =
        move |_| platform::save_file("slipway-unsent.json", "application/json", &replica.export_pending());
    view! {
        <button class="button" type="button" on:click=save>
            {t!(save_unsent)}
        </button>
    }
    .into_any()
}

fn reload_button() -> AnyView {
    view! {
        <button class="button is-primary" type="button" on:click=|_| page::reload()>
            {t!(reload)}
        </button>
    }
    .into_any()
}
