//! The first visit: names the workspace and its owner. The token that the server printed shows who may.

use leptos::prelude::*;
use slipway_shared::account::{Beginning, SetupRequest, SetupState, WorkspaceHere};
use slipway_shared::json;
use slipway_shared::sync::protocol::ErrorCode;

use super::TryHereLink;
use super::joining::{LOGIN, NAME, person, person_fields, place};
use crate::account_words::BEGINNINGS;
use crate::accounts::{Request, read, use_accounts};
use crate::app::new_workspace::begin_with;
use crate::app::place::Place;
use crate::browser::page;
use crate::components::form::{Field, FieldKind, Form, FormState};
use crate::components::live::live;
use crate::components::rows::hint;
use crate::components::skeleton::TextSkeleton;
use crate::language::count;
use crate::replica::use_replica;

const URL: &str = "/api/v1/setup";
const TOKEN: &str = "token";
const WORKSPACE: &str = "workspace";
/// Where it is kept what was filled in.
const KEPT: &str = "setup";
const BEGINNING: &str = "beginning";

/// The first visit.
#[component]
pub(super) fn SetupPage() -> impl IntoView {
    let (replica, accounts) = (use_replica(), use_accounts());
    // Another link, opened in the same tab, changes nothing of the address but this.
    page::reload_with_another_fragment();
    let state = FormState::kept_for_session(KEPT, &[TOKEN, WORKSPACE, NAME, LOGIN]);
    let token = page::take_fragment();
    if !token.is_empty() {
        state.set(TOKEN, token);
    }
    // One that came with the link is asked for only where it turns out to be wrong.
    let asks_token = RwSignal::new(state.get(TOKEN).is_empty());
    // How the server stands; none before it said so.
    let told = RwSignal::new(None);
    leptos::task::spawn_local(async move {
        let asked = Request { method: "GET", url: URL.to_owned(), body: None };
        let setup = accounts.call(&asked).await.and_then(|text| read::<SetupState>(&text));
        // Without an answer the form is there: sending it says what is wrong.
        told.try_set(Some(setup.unwrap_or(SetupState { is_needed: true, workspace: None })));
    });
    let done = Callback::new(move |session| {
        state.clear();
        leptos::task::spawn_local(async move { replica.enter(session, &Place::Board.path()).await });
    });
    let send = Callback::new(move |()| {
        let request = || {
            let token = state.needed(TOKEN)?;
            // What is there already is neither named nor filled.
            let is_new =
                told.with_untracked(|setup| setup.as_ref().is_none_or(|setup| setup.workspace.is_none()));
            let workspace = is_new.then(|| state.needed_name(WORKSPACE)).transpose()?;
            let beginning = if is_new { state.picked(BEGINNING, &BEGINNINGS) } else { Beginning::Empty };
            Ok(json::write(&SetupRequest { token, workspace, beginning, person: person(state)? }))
        };
        let place = Callback::new(move |code| {
            asks_token.update(|asks| *asks |= code == ErrorCode::TokenGone);
            place(code, Some(TOKEN))
        });
        state.begin(replica, URL, request(), place, done);
    });
    let form = move |here: Option<WorkspaceHere>| {
        let token = Field::new(TOKEN, FieldKind::Token, t!(setup_token)).with_hint(t!(setup_token_hint));
        let workspace = Field::new(WORKSPACE, FieldKind::Text, t!(workspace_name));
        let mut fields: Vec<_> = asks_token.get().then_some(token).into_iter().collect();
        if here.is_none() {
            fields.push(workspace.with_hint(t!(workspace_name_hint)));
            fields.push(begin_with(BEGINNING));
        }
        fields.extend(person_fields());
        let here = here.map(|here| hint(t!(setup_here, count(here.events), &here.name)));
        vec![
            here.into_any(),
            view! { <Form state fields button=t!(setup_button) on_send=send /> }.into_any(),
            hint(t!(setup_what)),
            view! { <TryHereLink /> }.into_any(),
        ]
        .into_any()
    };
    view! {
        <h1>{t!(setup)}</h1>
        {live(move || match told.get() {
            None => view! { <TextSkeleton /> }.into_any(),
            Some(SetupState { is_needed: true, workspace }) => form(workspace),
            Some(SetupState { is_needed: false, .. }) => view! {
                <p>{t!(setup_done)}</p>
                <a class="button is-primary" href=Place::SignIn.path()>{t!(button_sign_in)}</a>
            }
            .into_any(),
        })}
    }
}
