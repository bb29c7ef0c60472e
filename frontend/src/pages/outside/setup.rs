//! The first visit: names the workspace and its owner. The token that the server printed shows who may.

use leptos::prelude::*;
use slipway_shared::account::{SetupRequest, SetupState};
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
    // Whether it was done already; none before the server said so.
    let is_done = RwSignal::new(None);
    leptos::task::spawn_local(async move {
        let asked = Request { method: "GET", url: URL.to_owned(), body: None };
        let told = accounts.call(&asked).await.and_then(|text| read::<SetupState>(&text));
        // Without an answer the form is there: sending it says what is wrong.
        is_done.try_set(Some(told.is_ok_and(|setup| !setup.is_needed)));
    });
    let done = Callback::new(move |session| {
        state.clear();
        leptos::task::spawn_local(async move { replica.enter(session, &Place::Board.path()).await });
    });
    let send = Callback::new(move |()| {
        let request = || {
            let (token, workspace) = (state.needed(TOKEN)?, state.needed_name(WORKSPACE)?);
            Ok(json::write(&SetupRequest {
                token,
                workspace,
                beginning: state.picked(BEGINNING, &BEGINNINGS),
                person: person(state)?,
            }))
        };
        let place = Callback::new(move |code| {
            asks_token.update(|asks| *asks |= code == ErrorCode::TokenGone);
            place(code, Some(TOKEN))
        });
        state.begin(replica, URL, request(), place, done);
    });
    let form = move || {
        let token = Field::new(TOKEN, FieldKind::Token, t!(setup_token)).with_hint(t!(setup_token_hint));
        let workspace = Field::new(WORKSPACE, FieldKind::Text, t!(workspace_name));
        let mut fields: Vec<_> = asks_token.get().then_some(token).into_iter().collect();
        fields.push(workspace.with_hint(t!(workspace_name_hint)));
        fields.push(begin_with(BEGINNING));
        fields.extend(person_fields());
        vec![
            view! { <Form state fields button=t!(setup_button) on_send=send /> }.into_any(),
            hint(t!(setup_what)),
            view! { <TryHereLink /> }.into_any(),
        ]
        .into_any()
    };
    view! {
        <h1>{t!(setup)}</h1>
        {live(move || match is_done.get() {
            None => view! { <TextSkeleton /> }.into_any(),
            Some(false) => form(),
            Some(true) => view! {
                <p>{t!(setup_done)}</p>
                <a class="button is-primary" href=Place::SignIn.path()>{t!(button_sign_in)}</a>
            }
            .into_any(),
        })}
    }
}
