//! Who one is: name, password, second factor, and the way out.

use leptos::prelude::*;
use slipway_shared::account::{Account, ChangePassword, ChangeProfile, PASSWORD_LEAST, PASSWORD_MOST};
use slipway_shared::sync::protocol::ErrorCode;

use super::form_dialog::{DialogState, FormDialog};
use super::remote::Remote;
use super::second_factor::second_factor;
use crate::account_words::password_problem;
use crate::accounts::Request;
use crate::components::form::{Field, FieldKind, FormState, Problem};
use crate::components::rows::{Row, hint, section};
use crate::language::count;
use crate::replica::use_replica;
use crate::toasts::use_toasts;

const NAME: &str = "your-name";
const OLD: &str = "password-old";
const NEW: &str = "password-new";
const AGAIN: &str = "password-new-again";

/// Who one is.
pub(super) fn you(account: &Account, session: Remote) -> AnyView {
    let Account { name, login, .. } = account;
    let rows = [
        Row::new(name.clone(), t!(your_name_hint), vec![change_name(name.clone(), session)]),
        Row::new(t!(password), t!(login_is, login), vec![new_password(login.clone(), session)]),
        second_factor(account, session),
    ];
    section("settings-you", t!(settings_you), rows.map(Row::show).into())
}

fn change_name(name: String, session: Remote) -> AnyView {
    let state = DialogState::new();
    let fields = || vec![Field::new(NAME, FieldKind::Text, t!(your_name))];
    let request = |form: FormState| {
        let body = ChangeProfile { name: form.needed(NAME)? };
        Ok(Request::with("PATCH", "/api/v1/account".to_owned(), &body))
    };
    let replica = use_replica();
    let done = move |_| {
        state.close();
        session.ask();
        replica.refresh_names();
    };
    FormDialog {
        title: t!(your_name),
        button: t!(button_save),
        on_open: Callback::new(move |()| state.form.set(NAME, name.clone())),
        ..FormDialog::new(state, t!(button_edit), fields).sends(request, done)
    }
    .show()
}

fn new_password(login: String, session: Remote) -> AnyView {
    let (toasts, state) = (use_toasts(), DialogState::new());
    let fields = || {
        let [least, most] = [PASSWORD_LEAST, PASSWORD_MOST].map(count);
        vec![
            Field::new(OLD, FieldKind::Password, t!(password_present)),
            Field::new(NEW, FieldKind::NewPassword, t!(password_next)).with_hint(t!(
                password_hint,
                least,
                most
            )),
            Field::new(AGAIN, FieldKind::NewPassword, t!(password_again)),
        ]
    };
    let request = |form: FormState| {
        let [old, new, again] = [OLD, NEW, AGAIN].map(|field| form.get(field));
        if old.is_empty() {
            return Err(Problem::of(OLD, t!(account_text_missing)));
        }
        if let Some(text) = password_problem(&new) {
            return Err(Problem::of(NEW, text));
        }
        if new == old {
            return Err(Problem::of(NEW, t!(password_same)));
        }
        if new != again {
            return Err(Problem::of(AGAIN, t!(password_differs)));
        }
        Ok(Request::with("PUT", "/api/v1/account/password".to_owned(), &ChangePassword { old, new }))
    };
    let done = move |_| {
        state.close();
        toasts.say(t!(password_changed));
        // The list of devices is shorter now.
        session.ask();
    };
    FormDialog {
        lead: ViewFn::from(|| hint(t!(password_change_what))),
        login,
        place: Callback::new(|code| match code {
            ErrorCode::WrongPassword => Some(OLD),
            ErrorCode::Unacceptable => Some(NEW),
            _ => None,
        }),
        ..FormDialog::new(state, t!(password_change), fields).sends(request, done)
    }
    .show()
}
