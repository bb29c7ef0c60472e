//! What is left to say to somebody who may not see the workspace any more, or none at all.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::rejection::Rejection;

use super::TryHereLink;
use crate::app::place::Place;
use crate::browser::{page, platform};
use crate::command_words::command_words;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::rows::button;
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
        refused.with(|refused| {
            refused.iter().filter(is_left).map(|known| known.command.clone()).collect::<Vec<_>>()
        })
    });
    let save = Callback::new(move |()| keep_file(&replica.export_pending()));
    view! {
        <h1>{t!(removed)}</h1>
        <p>{t!(removed_what)}</p>
        {not_submitted(left.into(), save)}
        <div class="row">
            <button class="button is-primary" type="button" on:click=|_| page::load(&Place::Board.path())>
                {t!(button_continue)}
            </button>
        </div>
    }
}

/// Says what was not submitted, and lets it be kept as a file; nothing where there is none.
fn not_submitted(left: Signal<Vec<Command>>, save: Callback<()>) -> AnyView {
    let replica = use_replica();
    let has_left = derive(move || left.with(|left| !left.is_empty()));
    view! {
        <When holds=has_left>
            <section data-testid="not-submitted">
                <h2>{derive(move || t!(removed_left, count(left.with(Vec::len))))}</h2>
                <ul class="plain-list">
                    {live(move || {
                        let view = replica.last_view().get();
                        all(left.get(), |command| view! { <li>{command_words(&command, &view)}</li> }.into_any())
                    })}
                </ul>
                {button("button", t!(save_unsent), save)}
            </section>
        </When>
    }
    .into_any()
}

fn keep_file(text: &str) {
    platform::save_file("slipway-not-submitted.json", "application/json", text);
}

/// Whoever is signed in is a member of no workspace. What they could not submit while they were one is here still.
#[component]
pub(super) fn NoWorkspacePage() -> impl IntoView {
    let replica = use_replica();
    let left = RwSignal::new(Vec::new());
    leptos::task::spawn_local(async move {
        left.try_set(replica.unsent_elsewhere().await);
    });
    let save = Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            keep_file(&replica.export_elsewhere().await);
        });
    });
    view! {
        <h1>{t!(no_workspace)}</h1>
        <p>{t!(no_workspace_what)}</p>
        {not_submitted(left.into(), save)}
        <TryHereLink />
        <div class="row">
            <SignOutButton />
        </div>
    }
}
