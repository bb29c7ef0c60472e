//! Who one is: name, password, second factor, and the way out.

use leptos::prelude::*;
use slipway_shared::account::{Account, ChangePassword, ChangeProfile, Session};
use slipway_shared::json;

use super::form_dialog::{DialogState, FormDialog};
use super::remote::Remote;
use super::second_factor::SecondFactor;
use super::sign_out::SignOutButton;
use crate::account_words::{password_problem, text_problem};
use crate::accounts::use_accounts;
use crate::components::confirmation::placed;
use crate::components::form::{Field, FieldKind, Problem};
use crate::language::count;
use crate::toasts::use_toasts;

const NAME: &str = "your-name";
const OLD: &str = "password-old";
const NEW: &str = "password-new";
const AGAIN: &str = "password-new-again";

/// Who one is.
#[component]
pub(super) fn You(account: Account, session: Remote<Session>) -> impl IntoView {
    let Account { name, login, .. } = account.clone();
    view! {
        <section aria-labelledby="settings-you">
            <h2 id="settings-you">{t!(settings_you)}</h2>
            <div class="setting">
                <div>
                    <div class="setting-name">{name.clone()}</div>
                    <p>{t!(your_name_hint)}</p>
                </div>
                <ChangeName name session />
            </div>
            <div class="setting">
                <div>
                    <div class="setting-name">{t!(password)}</div>
                    <p>{t!(login_is, &login)}</p>
                </div>
                <NewPassword login />
            </div>
            <SecondFactor account session />
            <div class="setting">
                <div>
                    <div class="setting-name">{t!(this_device)}</div>
                    <p>{t!(sign_out_what)}</p>
                </div>
                <SignOutButton />
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn ChangeName(name: String, session: Remote<Session>) -> impl IntoView {
    let (accounts, state) = (use_accounts(), DialogState::new());
    let open = Callback::new(move |()| state.form.set(NAME, name.clone()));
    let send = Callback::new(move |()| {
        state.form.run(Box::pin(async move {
            let name = state.form.get(NAME).trim().to_owned();
            if let Some(text) = text_problem(&name) {
                return Err(Problem::of(NAME, text));
            }
            accounts.send::<Account>("PATCH", "/api/v1/account", &ChangeProfile { name }).await?;
            state.close();
            session.ask();
            Ok(())
        }));
    });
    let fields = |()| vec![Field::new(NAME, FieldKind::Text, t!(your_name))];
    view! { <FormDialog state word=t!(button_edit) title=t!(your_name) fields button=t!(button_save) on_open=open on_send=send /> }
}

#[component]
fn NewPassword(login: String) -> impl IntoView {
    let (accounts, toasts, state) = (use_accounts(), use_toasts(), DialogState::new());
    let send = Callback::new(move |()| {
        state.form.run(Box::pin(async move {
            let [old, new, again] = [OLD, NEW, AGAIN].map(|field| state.form.get(field));
            if let Some(text) = password_problem(&new) {
                return Err(Problem::of(NEW, text));
            }
            if new != again {
                return Err(Problem::of(AGAIN, t!(password_differs)));
            }
            let body = json::write(&ChangePassword { old, new });
            let changed = accounts.call("PUT", "/api/v1/account/password", Some(body)).await;
            changed.map_err(|failure| {
                let is_new = crate::accounts::code_of(&failure)
                    == Some(slipway_shared::sync::protocol::ErrorCode::Unacceptable);
                placed(failure, if is_new { NEW } else { OLD }, OLD)
            })?;
            state.close();
            toasts.say(t!(password_changed));
            Ok(())
        }));
    });
    let fields = |()| {
        let [least, most] =
            [slipway_shared::account::PASSWORD_LEAST, slipway_shared::account::PASSWORD_MOST].map(count);
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
    let lead = || view! { <p>{t!(password_change_what)}</p> };
    view! {
        <FormDialog
            state
            word=t!(password_change)
            title=t!(password_change)
            fields
            lead
            button=t!(password_change)
            login
            on_send=send
        />
    }
}
