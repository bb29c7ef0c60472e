//! Trying the app without an account and without a server: a workspace on this device.

use leptos::prelude::*;

use super::joining::NAME;
use crate::app::place::Place;
use crate::browser::page;
use crate::components::form::{Field, FieldKind, Form, FormState, Problem};
use crate::components::live::{When, derive, live};
use crate::components::rows::{Row, button, rows};
use crate::replica::{LocalWorkspace, use_replica};

const WORKSPACE: &str = "workspace";

/// Begins a workspace on this device.
#[component]
pub(super) fn TryHerePage() -> impl IntoView {
    let replica = use_replica();
    let state = FormState::new(Vec::new());
    let is_busy = RwSignal::new(false);
    let send = Callback::new(move |()| {
        let asked = || Ok::<_, Problem>((state.needed_name(WORKSPACE)?, state.needed(NAME)?));
        let (workspace, person) = match asked() {
            Ok(asked) => asked,
            Err(problem) => return state.say(problem),
        };
        // A second click must not begin a second workspace.
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        leptos::task::spawn_local(async move {
            if replica.begin_here(&workspace, &person).await {
                return page::load(&Place::Board.path());
            }
            is_busy.try_set(false);
            state.say(Problem { field: None, text: t!(try_here_not_kept) });
        });
    });
    let form = move || {
        let fields = vec![
            Field::new(WORKSPACE, FieldKind::Text, t!(workspace_name)).with_hint(t!(workspace_name_hint)),
            Field::new(NAME, FieldKind::Text, t!(your_name)),
        ];
        view! { <Form state fields button=t!(try_here_button) on_send=send /> }
    };
    let can = replica.can_begin_here();
    view! {
        <h1>{t!(try_here)}</h1>
        <p>{t!(try_here_what)}</p>
        <When holds=derive(move || can) otherwise=|| view! { <p class="field-error">{t!(try_here_not_safe)}</p> }>
            {form()}
        </When>
        <p class="field-hint">{t!(try_here_later)}</p>
    }
}

/// The way there, for whoever has no server or no account; and to what was begun here before.
#[component]
pub fn TryHereLink() -> impl IntoView {
    let replica = use_replica();
    let begun = RwSignal::new(Vec::<LocalWorkspace>::new());
    leptos::task::spawn_local(async move {
        begun.try_set(replica.local_workspaces().await);
    });
    let open = move |workspace| {
        Callback::new(move |()| {
            leptos::task::spawn_local(async move {
                replica.open_local(workspace).await;
                page::load(&Place::Board.path());
            });
        })
    };
    live(move || {
        let begun = begun.get().into_iter();
        let row = |local: LocalWorkspace| {
            let actions = vec![button("button", t!(button_open), open(local.workspace))];
            Row::new(local.name, t!(local_here_only), actions)
        };
        let begun: Vec<_> = begun.map(row).collect();
        if !begun.is_empty() {
            return rows(begun);
        }
        view! {
            <p class="field-hint">
                {t!(try_here_offer)} " " <a href=Place::TryHere.path()>{t!(try_here)}</a>
            </p>
        }
        .into_any()
    })
}
