//! The first visit: names the workspace and its owner. The token that the server printed shows who may.

use leptos::prelude::*;
use slipway_shared::account::{SetupRequest, SetupState};
use slipway_shared::json;
use slipway_shared::sync::protocol::ErrorCode;

use super::TryHereLink;
use super::joining::{person, person_fields, place};
use crate::account_words::BEGINNINGS;
use crate::accounts::{Request, read, use_accounts};
use crate::app::new_workspace::begin_with;
use crate::app::place::Place;
use crate::browser::page;
use crate::components::form::{Field, FieldKind, Form, FormState};
use crate::components::live::{When, derive, live};
use crate::replica::use_replica;
use crate::toasts::use_toasts;

const URL: &str = "/api/v1/setup";
const TOKEN: &str = "token";
const WORKSPACE: &str = "workspace";
const BEGINNING: &str = "beginning";

/// The first visit.
#[component]
pub(super) fn SetupPage() -> impl IntoView {
    let (replica, accounts) = (use_replica(), use_accounts());
    let token = page::take_fragment();
    // One that came with the link is asked for only where it turns out to be wrong.
    let asks_token = RwSignal::new(token.is_empty());
    let state = FormState::new(vec![(TOKEN, token)]);
    let is_done = RwSignal::new(false);
    let asked = Request { method: "GET", url: URL.to_owned(), body: None };
    let told = Callback::new(move |text: String| {
        is_done.set(read::<SetupState>(&text).is_ok_and(|setup| !setup.is_needed));
    });
    accounts.act(use_toasts(), asked, told);
    let done = Callback::new(move |session| {
        leptos::task::spawn_local(async move { replica.enter(session, &Place::Board.path()).await });
    });
    let send = Callback::new(move |()| {
        let request = || {
            let (token, workspace) = (state.needed(TOKEN)?, state.needed(WORKSPACE)?);
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
        live(move || {
            let token = Field::new(TOKEN, FieldKind::Token, t!(setup_token)).with_hint(t!(setup_token_hint));
            let workspace = Field::new(WORKSPACE, FieldKind::Text, t!(workspace_name));
            let mut fields: Vec<_> = asks_token.get().then_some(token).into_iter().collect();
            fields.push(workspace.with_hint(t!(workspace_name_hint)));
            fields.push(begin_with(BEGINNING));
            fields.extend(person_fields());
            view! { <Form state fields button=t!(setup_button) on_send=send /> }
        })
    };
    view! {
        <h1>{t!(setup)}</h1>
        <When holds=is_done otherwise=form>
            <p>{t!(setup_done)}</p>
            <a class="button is-primary" href=Place::SignIn.path()>
                {t!(button_sign_in)}
            </a>
        </When>
        <When holds=derive(move || !is_done.get())>
            <p class="field-hint">{t!(setup_what)}</p>
            <TryHereLink />
        </When>
    }
}
