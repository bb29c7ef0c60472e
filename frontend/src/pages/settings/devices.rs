//! The browsers one is signed in with: named, and cut off one by one or all but this.

use leptos::prelude::*;
use slipway_shared::account::{RenameSession, SessionInfo, Sessions};

use super::form_dialog::{DialogState, FormDialog};
use super::remote::Remote;
use crate::accounts::Request;
use crate::browser::intl;
use crate::components::form::{Field, FieldKind, FormState};
use crate::components::rows::{Row, asking_button, button, rows, section};
use crate::replica::use_replica;

const URL: &str = "/api/v1/account/sessions";
const DEVICE: &str = "device";

/// The browsers one is signed in with.
pub(super) fn devices() -> AnyView {
    let sessions = Remote::of(URL.to_owned());
    let list = sessions.shown(move |known: Sessions| {
        let has_others = known.sessions.len() > 1;
        let list = rows(known.sessions.into_iter().map(|info| device(info, sessions)).collect());
        let end = has_others.then(|| {
            let end = end_button(sessions, URL.to_owned(), t!(devices_end_others));
            view! { <div class="row">{end}</div> }
        });
        vec![list, end.into_any()].into_any()
    });
    section("settings-devices", t!(settings_devices), vec![list])
}

fn device(info: SessionInfo, sessions: Remote) -> Row {
    let url = format!("{URL}/{}", info.id);
    let used = intl::relative_time(info.used, use_replica().now());
    let mut text = format!("{} {used} · {}", t!(last_used), t!(ends, &intl::exact_time(info.ends)));
    if info.is_shared {
        text = format!("{text} · {}", t!(device_shared));
    }
    let mut actions = vec![rename(url.clone(), info.device.clone(), sessions)];
    if !info.is_this {
        let end = sessions.end(url, t!(device_ended));
        actions.push(asking_button(t!(device_end), &info.device, t!(device_end_what), end));
    }
    let mark = if info.is_this { t!(this_device) } else { String::new() };
    Row { mark: Signal::stored(mark), ..Row::new(info.device, text, actions) }
}

fn rename(url: String, device: String, sessions: Remote) -> AnyView {
    let state = DialogState::new();
    let fields = || vec![Field::new(DEVICE, FieldKind::Text, t!(device_name))];
    let request = move |form: FormState| {
        Ok(Request::with("PATCH", url.clone(), &RenameSession { device: form.needed(DEVICE)? }))
    };
    let done = move |_| {
        state.close();
        sessions.ask();
    };
    FormDialog {
        title: t!(device_name),
        button: t!(button_save),
        on_open: Callback::new(move |()| state.form.set(DEVICE, device.clone())),
        ..FormDialog::new(state, t!(button_rename), fields).sends(request, done)
    }
    .show()
}

fn end_button(sessions: Remote, url: String, word: String) -> AnyView {
    button("button is-danger", word, sessions.end(url, t!(device_ended)))
}
