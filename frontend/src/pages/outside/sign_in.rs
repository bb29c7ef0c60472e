//! Signing in, in place: where the second factor is asked for, the form grows by its field.

use leptos::prelude::*;
use slipway_shared::account::{Session, SignIn};
use slipway_shared::json;
use slipway_shared::sync::protocol::ErrorCode;

use super::TryHereLink;
use crate::app::place::Place;
use crate::app::routes::use_place;
use crate::browser::address::{use_address, within};
use crate::browser::{focus, page, platform};
use crate::components::confirmation::placed;
use crate::components::form::{Field, FieldKind, Form, FormState, Problem};
use crate::components::live::live;
use crate::components::notice::{Notice, NoticeKind};
use crate::language::count;
use crate::replica::{Boot, use_replica};

const LOGIN: &str = "login";
const PASSWORD: &str = "password";
const CODE: &str = "code";
const SHARED: &str = "shared";

/// The page to sign in. Afterwards whoever came from somewhere is there again.
#[component]
pub(super) fn SignInPage() -> impl IntoView {
    let (replica, address, place) = (use_replica(), use_address(), use_place());
    let back = within(untrack(|| address.parameter("back"))).unwrap_or_else(|| Place::Board.path());
    let to = StoredValue::new(back.clone());
    let done = Callback::new(move |session: Session| {
        leptos::task::spawn_local(async move {
            let to = if place.get_untracked() == Place::SignIn { to.get_value() } else { page::path() };
            replica.enter(session, &to).await;
        });
    });
    // Somebody who has a replica here need not sign in to go on working.
    let goes_back = replica.boot().get_untracked() == Boot::Ready;
    // After the page as such has taken the focus.
    request_animation_frame(|| focus::focus_soon(format!("#{LOGIN}")));
    let has_left = replica.has_left_something();
    view! {
        <h1>{t!(sign_in)}</h1>
        {has_left.then(|| view! { <Notice kind=NoticeKind::Warning title=t!(left_here) text=t!(left_here_what) actions=|| () /> })}
        <WaitingHere />
        <SignInForm on_done=done />
        <p class="field-hint">{t!(sign_in_no_account)}</p>
        <TryHereLink />
        {goes_back.then(|| view! { <p><a href=back>{t!(sign_in_back)}</a></p> })}
    }
}

/// What waits on this device until whoever did it signs in.
#[component]
fn WaitingHere() -> impl IntoView {
    let replica = use_replica();
    let waiting = RwSignal::new(0_usize);
    leptos::task::spawn_local(async move {
        waiting.try_set(replica.unsent_here().await);
    });
    live(move || {
        let waiting = Some(waiting.get()).filter(|waiting| *waiting > 0);
        waiting
            .map(|waiting| view! { <p data-testid="waiting-here">{t!(sign_in_waiting, count(waiting))}</p> })
    })
}

/// The form to sign in.
#[component]
pub(super) fn SignInForm(
    /// Called with who it is.
    on_done: Callback<Session>,
) -> impl IntoView {
    let replica = use_replica();
    let state = FormState::new(Vec::new());
    let needs_code = RwSignal::new(false);
    let place = Callback::new(move |code| {
        needs_code.update(|needs| *needs |= code == ErrorCode::SecondFactorNeeded);
        placed(code, PASSWORD, CODE)
    });
    let send = Callback::new(move |()| {
        let asked = || {
            let login = state.needed(LOGIN)?;
            let password = state.get(PASSWORD);
            if password.is_empty() {
                return Err(Problem::of(PASSWORD, t!(account_text_missing)));
            }
            let code = state.filled_in(CODE);
            if needs_code.get_untracked() && code.is_none() {
                return Err(Problem::of(CODE, t!(account_text_missing)));
            }
            let (device, is_shared) = (platform::device_name(), state.is_ticked(SHARED));
            Ok(json::write(&SignIn { login, password, code, device, is_shared }))
        };
        state.begin(replica, "/api/v1/session", asked(), place, on_done);
    });
    live(move || {
        let mut fields = vec![
            Field::new(LOGIN, FieldKind::Login, t!(login)),
            Field::new(PASSWORD, FieldKind::Password, t!(password)),
        ];
        if needs_code.get() {
            fields.push(Field::new(CODE, FieldKind::Code, t!(code)).with_hint(t!(code_hint)));
        }
        fields.push(
            Field::new(SHARED, FieldKind::Tick, t!(shared_computer)).with_hint(t!(shared_computer_what)),
        );
        view! { <Form state fields button=t!(button_sign_in) on_send=send /> }
    })
}
