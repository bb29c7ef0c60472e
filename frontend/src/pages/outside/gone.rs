//! What is left to say to somebody who may not see the workspace any more, or none at all.

use leptos::prelude::*;
use slipway_shared::rejection::Rejection;

use super::TryHereLink;
use crate::app::place::Place;
use crate::browser::{page, platform};
use crate::command_words::command_words;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::sync_details::SaveElsewhere;
use crate::language::count;
use crate::pages::settings::SignOutButton;
use crate::replica::{RefusedCommand, use_replica};

/// Access was removed: what was not submitted, to be kept as a file.
#[component]
pub(super) fn RemovedPage() -> impl IntoView {
    let replica = use_replica();
    let refused = replica.refused();
    let left = memo(move || {
        let is_left = |known: &&RefusedCommand| known.rejection == Rejection::AccessRemoved;
        refused.with(|refused| refused.iter().filter(is_left).cloned().collect::<Vec<_>>())
    });
    let has_left = derive(move || left.with(|left| !left.is_empty()));
    let save = move |_| {
        platform::save_file("slipway-not-submitted.json", "application/json", &replica.export_pending());
    };
    view! {
        <h1>{t!(removed)}</h1>
        <p>{t!(removed_what)}</p>
        <When holds=has_left>
            <section data-testid="not-submitted">
                <h2>{derive(move || t!(removed_left, count(left.with(Vec::len))))}</h2>
                <ul class="plain-list">
                    {live(move || {
                        let view = replica.last_view().get();
                        all(left.get(), |known| view! { <li>{command_words(&known.command, &view)}</li> }.into_any())
                    })}
                </ul>
                <button class="button" type="button" on:click=save>
                    {t!(save_unsent)}
                </button>
            </section>
        </When>
        <div class="row">
            <button class="button is-primary" type="button" on:click=|_| page::load(&Place::Board.path())>
                {t!(button_continue)}
            </button>
        </div>
    }
}

/// Whoever is signed in is a member of no workspace.
#[component]
pub(super) fn NoWorkspacePage() -> impl IntoView {
    let replica = use_replica();
    let waiting = RwSignal::new(0_usize);
    leptos::task::spawn_local(async move {
        waiting.try_set(replica.unsent_here().await);
    });
    view! {
        <h1>{t!(no_workspace)}</h1>
        <p>{t!(no_workspace_what)}</p>
        <TryHereLink />
        <div class="row">
            <SignOutButton />
            <When holds=derive(move || waiting.get() > 0)>
                <SaveElsewhere />
            </When>
        </div>
    }
}
