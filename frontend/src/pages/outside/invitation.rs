//! An invitation that somebody was sent: what it is to, by whom, and how to come in.

use leptos::prelude::*;
use slipway_shared::account::{AcceptInvitation, Account, InvitationOffer, LookAtInvitation, Session};
use slipway_shared::json;

use super::joining::{person, person_fields, refused};
use super::sign_in::SignInForm;
use crate::account_words::{failure_words, role_name, role_what};
use crate::accounts::use_accounts;
use crate::app::place::Place;
use crate::browser::{intl, page};
use crate::components::form::{Form, FormState, Problem};
use crate::components::live::{derive, live};
use crate::components::skeleton::TextSkeleton;
use crate::replica::use_replica;

const URL: &str = "/api/v1/invitations/accept";

/// How somebody comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// With a new account.
    New,
    /// With an account that is to be signed in to.
    SignIn,
    /// As who is signed in.
    As(Account),
}

/// An invitation.
#[component]
pub(super) fn InvitationPage() -> impl IntoView {
    let accounts = use_accounts();
    // It stays in the address until it was accepted: the page may be loaded anew.
    let token = StoredValue::new(page::fragment());
    let offer = RwSignal::new(None);
    let way = RwSignal::new(Way::New);
    leptos::task::spawn_local(async move {
        if let Ok(Session { account: Some(account), .. }) = accounts.get::<Session>("/api/v1/session").await {
            way.try_set(Way::As(account));
        }
        let look = LookAtInvitation { token: token.get_value() };
        offer
            .try_set(Some(accounts.send::<InvitationOffer>("POST", "/api/v1/invitations/look", &look).await));
    });
    live(move || match offer.get() {
        None => view! { <TextSkeleton /> }.into_any(),
        Some(Err(failure)) => view! {
            <h1>{t!(invitation)}</h1>
            <p role="alert">{failure_words(&failure)}</p>
            <a class="button" href=Place::Board.path()>{t!(go_to_board)}</a>
        }
        .into_any(),
        Some(Ok(offer)) => view! { <Offer offer token way /> }.into_any(),
    })
}

#[component]
fn Offer(offer: InvitationOffer, token: StoredValue<String>, way: RwSignal<Way>) -> impl IntoView {
    let InvitationOffer { workspace, role, by, ends } = offer;
    view! {
        <h1>{t!(invitation_to, &workspace)}</h1>
        <p>{t!(invitation_by, &by, &role_name(role))} " " {role_what(role)}</p>
        <p class="field-hint">{t!(invitation_ends, &intl::exact_time(ends))}</p>
        {live(move || match way.get() {
            Way::New => view! { <NewAccount token way /> }.into_any(),
            Way::SignIn => view! { <Known way /> }.into_any(),
            Way::As(account) => view! { <Join account token way /> }.into_any(),
        })}
    }
    .into_any()
}

#[component]
fn NewAccount(token: StoredValue<String>, way: RwSignal<Way>) -> impl IntoView {
    let state = FormState::new(Vec::new());
    let send = use_accept(state, token, true);
    view! {
        <Form state fields=person_fields().into() button=t!(invitation_join) on_send=send />
        <button class="link" type="button" on:click=move |_| way.set(Way::SignIn)>
            {t!(invitation_known)}
        </button>
    }
}

#[component]
fn Known(way: RwSignal<Way>) -> impl IntoView {
    let done = Callback::new(move |session: Session| {
        way.set(session.account.map_or(Way::New, Way::As));
    });
    view! {
        <SignInForm on_done=done />
        <button class="link" type="button" on:click=move |_| way.set(Way::New)>
            {t!(invitation_new)}
        </button>
    }
}

#[component]
fn Join(account: Account, token: StoredValue<String>, way: RwSignal<Way>) -> impl IntoView {
    let state = FormState::new(Vec::new());
    let send = use_accept(state, token, false);
    let button = StoredValue::new(t!(invitation_join_as, &account.name));
    view! {
        <p>{t!(invitation_signed_in, &account.name, &account.login)}</p>
        <Form state fields=Vec::new() button=button.get_value() on_send=send />
        <button class="link" type="button" on:click=move |_| way.set(Way::SignIn)>
            {derive(|| t!(invitation_other))}
        </button>
    }
}

/// Returns what accepts the invitation: with a new account, or as who is signed in.
fn use_accept(state: FormState, token: StoredValue<String>, is_new: bool) -> Callback<()> {
    let replica = use_replica();
    Callback::new(move |()| {
        state.run(Box::pin(async move {
            let person = if is_new { Some(person(state)?) } else { None };
            let accept = AcceptInvitation { token: token.get_value(), person };
            let session = replica.begin_session(URL, &json::write(&accept)).await;
            let session = session.map_err(|failure| -> Problem { refused(failure, None) })?;
            replica.enter(session, &Place::Board.path()).await;
            Ok(())
        }));
    })
}
