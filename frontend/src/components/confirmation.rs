//! Asks for the password again, before something that matters. What was asked for goes on by itself then.

use leptos::prelude::*;
use slipway_shared::account::{Confirm, Session};
use slipway_shared::json;
use slipway_shared::sync::protocol::ErrorCode;

use super::dialog::Dialog;
use super::form::{Field, FieldKind, Form, FormState, Problem};
use crate::accounts::{code_of, use_accounts};
use crate::components::live::{derive, live};
use crate::replica::transport;

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
        let session = accounts.get::<Session>("/api/v1/session").await;
        if let Some(account) = session.ok().and_then(|session| session.account) {
            login.try_set(account.login);
            has_code.try_set(account.has_second_factor);
        }
    });
    let send = Callback::new(move |()| {
        state.run(Box::pin(async move {
            let code = Some(state.get(CODE).trim().to_owned()).filter(|code| !code.is_empty());
            let body = json::write(&Confirm { password: state.get(PASSWORD), code });
            match transport::call("POST", "/api/v1/session/confirm", Some(&body)).await {
                Ok(_) => accounts.answer(true),
                Err(failure) => {
                    let needs_code = code_of(&failure) == Some(ErrorCode::SecondFactorNeeded);
                    has_code.try_update(|has| *has |= needs_code);
                    return Err(placed(failure, PASSWORD, CODE));
                }
            }
            Ok(())
        }));
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

/// Returns a problem beside the field it is about.
#[must_use]
pub fn placed(
    failure: slipway_shared::sync::client::Failure,
    password: &'static str,
    code: &'static str,
) -> Problem {
    let field = match code_of(&failure) {
        Some(ErrorCode::WrongPassword | ErrorCode::Unacceptable) => Some(password),
        Some(ErrorCode::WrongCode | ErrorCode::SecondFactorNeeded) => Some(code),
        _ => None,
    };
    Problem { field, ..Problem::from(failure) }
}
