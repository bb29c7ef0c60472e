//! A newer build of the app is here: applied when the person says so, and never under their hands.

use leptos::prelude::*;

use crate::browser::platform;
use crate::browser::service_worker::{NewerBuild, watch_builds};
use crate::components::icon::Icon;
use crate::components::live::{When, memo};
use crate::replica::use_replica;

/// Offers a newer build of the app.
#[component]
pub fn UpdatePrompt() -> impl IntoView {
    let newer = watch_builds();
    let put_off = RwSignal::new(false);
    // Never while something is on its way to the server: what became of it would have to be asked for again.
    let status = use_replica().status();
    let is_pushing = memo(move || status.with(|status| status.is_sending));
    let is_shown = memo(move || newer.get() != NewerBuild::None && !put_off.get() && !is_pushing.get());
    view! {
        <When holds=is_shown>
            <div class="toasts is-prompt" role="status">
                <div class="toast">
                    <Icon name="refresh-cw" />
                    <div class="toast-text">{t!(update_ready)} <small>{t!(update_ready_what)}</small></div>
                    <button class="button is-primary" type="button" on:click=|_| platform::apply_update()>
                        {t!(reload)}
                    </button>
                    <button class="button is-quiet" type="button" on:click=move |_| put_off.set(true)>
                        {t!(later)}
                    </button>
                </div>
            </div>
        </When>
    }
}
