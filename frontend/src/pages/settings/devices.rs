//! The browsers one is signed in with: named, and cut off one by one or all but this.

use leptos::prelude::*;
use slipway_shared::account::{RenameSession, SessionInfo, Sessions};
use slipway_shared::json;

use super::form_dialog::{DialogState, FormDialog};
use super::remote::{Remote, run_or_say};
use crate::account_words::text_problem;
use crate::accounts::use_accounts;
use crate::browser::intl;
use crate::components::form::{Field, FieldKind, Problem};
use crate::components::live::all;
use crate::components::pill::{Pill, PillKind};
use crate::components::relative_time::RelativeTime;
use crate::toasts::use_toasts;

const URL: &str = "/api/v1/account/sessions";
const DEVICE: &str = "device";

/// The browsers one is signed in with.
#[component]
pub(super) fn Devices() -> impl IntoView {
    let sessions = Remote::<Sessions>::of(URL.to_owned());
    view! {
        <section aria-labelledby="settings-devices">
            <h2 id="settings-devices">{t!(settings_devices)}</h2>
            {sessions.shown(move |known| {
                let has_others = known.sessions.len() > 1;
                view! {
                    <ul class="rows">
                        {all(known.sessions, move |info| view! { <Device info sessions /> }.into_any())}
                    </ul>
                    {has_others
                        .then(|| {
                            view! {
                                <div class="row">
                                    <EndButton url=URL.to_owned() word=t!(devices_end_others) sessions />
                                </div>
                            }
                        })}
                }
                .into_any()
            })}
        </section>
    }
    .into_any()
}

#[component]
fn Device(info: SessionInfo, sessions: Remote<Sessions>) -> impl IntoView {
    let url = format!("{URL}/{}", info.id);
    let shared = info.is_shared.then(|| t!(device_shared));
    view! {
        <li class="setting">
            <div>
                <div class="setting-name">
                    {info.device.clone()} " " {info.is_this.then(|| view! { <Pill kind=PillKind::Plain text=t!(this_device) /> })}
                </div>
                <p>
                    {t!(last_used)} " " <RelativeTime at=info.used /> " · " {t!(ends, &intl::exact_time(info.ends))}
                    {shared.map(|words| format!(" · {words}"))}
                </p>
            </div>
            <div class="row">
                <Rename url=url.clone() device=info.device sessions />
                {(!info.is_this).then(|| view! { <EndButton url word=t!(button_sign_out) sessions /> })}
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn Rename(url: String, device: String, sessions: Remote<Sessions>) -> impl IntoView {
    let (accounts, state) = (use_accounts(), DialogState::new());
    let url = StoredValue::new(url);
    let open = Callback::new(move |()| state.form.set(DEVICE, device.clone()));
    let send = Callback::new(move |()| {
        state.form.run(Box::pin(async move {
            let device = state.form.get(DEVICE).trim().to_owned();
            if let Some(text) = text_problem(&device) {
                return Err(Problem::of(DEVICE, text));
            }
            let body = json::write(&RenameSession { device });
            accounts.call("PATCH", &url.get_value(), Some(body)).await?;
            state.close();
            sessions.ask();
            Ok(())
        }));
    });
    let fields = |()| vec![Field::new(DEVICE, FieldKind::Text, t!(device_name))];
    view! { <FormDialog state word=t!(button_rename) title=t!(device_name) fields button=t!(button_save) on_open=open on_send=send /> }
}

#[component]
fn EndButton(url: String, word: String, sessions: Remote<Sessions>) -> impl IntoView {
    let (accounts, toasts) = (use_accounts(), use_toasts());
    let url = StoredValue::new(url);
    let end = move |_| {
        run_or_say(
            toasts,
            Box::pin(async move {
                accounts.call("DELETE", &url.get_value(), None).await?;
                sessions.ask();
                toasts.say(t!(device_ended));
                Ok(())
            }),
        );
    };
    view! {
        <button class="button is-danger" type="button" on:click=end>
            {word}
        </button>
    }
}
