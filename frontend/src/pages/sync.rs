//! The sync panel as a page, for phones.

use leptos::prelude::*;

use crate::components::sync_details::SyncDetails;

/// The sync panel as a page.
#[component]
pub fn SyncPage() -> impl IntoView {
    view! {
        <div class="sync-page">
            <h1 class="visually-hidden">{t!(sync)}</h1>
            <div class="sync-panel">
                <SyncDetails />
            </div>
        </div>
    }
}
