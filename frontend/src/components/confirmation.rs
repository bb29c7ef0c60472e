//! Asks for the password again, before something that matters. What was asked for goes on by itself then.

use leptos::prelude::*;
use slipway_shared::account::Confirm;
use slipway_shared::sync::protocol::ErrorCode;

use super::dialog::Dialog;
use super::form::{Field, FieldKind, Form, FormState};
use crate::accounts::{Request, use_accounts};
use crate::components::live::{derive, live};
use crate::replica::use_replica;

const PASSWORD: &str = "confirm-password";
const CODE: &str = "confirm-code";

/// Asks for the password again.
#[component]
pub fn Confirmation() -> impl IntoView {
    let accounts = use_accounts();
    let close = Callback::new(move |()| accounts.answer(false));
    view! {
        <Dialog is_open=accounts.asks() on_close=close title=derive(|| t!(confirm_title))>
            <Question />
        </Dialog>
    }
}

#[component]
fn Question() -> impl IntoView {
    let accounts = use_accounts();
    let state = FormState::new(Vec::new());
    let (login, has_code) = (RwSignal::new(String::new()), RwSignal::new(false));
    // Only what keeps passwords wants the name; a second factor is asked for when the server says so, too.
    leptos::task::spawn_local(async move {
        if let Some(account) = accounts.session().await.ok().and_then(|session| session.account) {
            login.try_set(account.login);
            has_code.try_set(account.has_second_factor);
        }
    });
    let place = Callback::new(move |code| {
        has_code.update(|has| *has |= code == ErrorCode::SecondFactorNeeded);
        placed(code, PASSWORD, CODE)
    });
    let replica = use_replica();
    let done = Callback::new(move |_| {
        accounts.answer(true);
        replica.confirmed();
    });
    let send = Callback::new(move |()| {
        let body = Confirm { password: state.get(PASSWORD), code: state.filled_in(CODE) };
        let request = Request::with("POST", "/api/v1/session/confirm".to_owned(), &body);
        state.send(accounts, Ok(request), place, done);
    });
    view! {
        <p>{t!(confirm_what)}</p>
        {live(move || {
            let mut fields = vec![Field::new(PASSWORD, FieldKind::Password, t!(password))];
            if has_code.get() {
                fields.push(Field::new(CODE, FieldKind::Code, t!(code)).with_hint(t!(code_hint)));
            }
            view! { <Form state fields button=t!(button_continue) login=login.get() on_send=send /> }
        })}
    }
    .into_any()
}

/// Returns which of the two fields, password and code, a refusal is about.
#[must_use]
pub fn placed(refusal: ErrorCode, password: &'static str, code: &'static str) -> Option<&'static str> {
    match refusal {
        ErrorCode::WrongPassword | ErrorCode::Unacceptable => Some(password),
        ErrorCode::WrongCode | ErrorCode::SecondFactorNeeded => Some(code),
        _ => None,
    }
}
