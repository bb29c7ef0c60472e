//! The first visit: names the workspace and its owner. The token that the server printed shows who may.

use leptos::prelude::*;
use slipway_shared::account::{SetupRequest, SetupState};
use slipway_shared::json;

use super::joining::{person, person_fields, refused};
use crate::account_words::text_problem;
use crate::accounts::use_accounts;
use crate::app::place::Place;
use crate::browser::page;
use crate::components::form::{Field, FieldKind, Form, FormState, Problem};
use crate::components::live::{When, derive};
use crate::replica::use_replica;

const TOKEN: &str = "token";
const WORKSPACE: &str = "workspace";

/// The first visit.
#[component]
pub(super) fn SetupPage() -> impl IntoView {
    let (replica, accounts) = (use_replica(), use_accounts());
    let token = page::take_fragment();
    let has_token = !token.is_empty();
    let state = FormState::new(vec![(TOKEN, token)]);
    let is_done = RwSignal::new(false);
    leptos::task::spawn_local(async move {
        if let Ok(setup) = accounts.get::<SetupState>("/api/v1/setup").await {
            is_done.try_set(!setup.is_needed);
        }
    });
    let send = Callback::new(move |()| {
        state.run(Box::pin(async move {
            let (token, workspace) =
                (state.get(TOKEN).trim().to_owned(), state.get(WORKSPACE).trim().to_owned());
            for (field, text) in [(TOKEN, &token), (WORKSPACE, &workspace)] {
                if let Some(problem) = text_problem(text) {
                    return Err(Problem::of(field, problem));
                }
            }
            let request = SetupRequest { token, workspace, person: person(state)? };
            let session = replica.begin_session("/api/v1/setup", &json::write(&request)).await;
            let session = session.map_err(|failure| refused(failure, Some(TOKEN)))?;
            replica.enter(session, &Place::Board.path()).await;
            Ok(())
        }));
    });
    let fields = move || {
        // A token that came with the link is asked for only where it turns out to be wrong.
        let token = Field::new(TOKEN, FieldKind::Token, t!(setup_token));
        let token = token.with_hint(if has_token { t!(setup_token_there) } else { t!(setup_token_hint) });
        let workspace = Field::new(WORKSPACE, FieldKind::Text, t!(workspace_name));
        let mut fields = vec![token, workspace.with_hint(t!(workspace_name_hint))];
        fields.extend(person_fields());
        fields
    };
    let form = move || view! { <Form state fields=fields() button=t!(setup_button) on_send=send /> };
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
        </When>
    }
}
