//! An invitation that somebody was sent: what it is to, by whom, and how to come in.

use leptos::prelude::*;
use slipway_shared::account::{AcceptInvitation, Account, InvitationOffer, LookAtInvitation, Session};
use slipway_shared::json;

use super::joining::{person, person_fields, place};
use super::sign_in::SignInForm;
use crate::account_words::{failure_words, role_name, role_what};
use crate::accounts::{Request, read, use_accounts};
use crate::app::place::Place;
use crate::browser::{intl, page};
use crate::components::form::{Form, FormState};
use crate::components::live::live;
use crate::components::rows::{button, hint};
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
    page::reload_with_another_fragment();
    // It stays in the address until it was accepted: the page may be loaded anew.
    let token = StoredValue::new(page::fragment());
    let offer = RwSignal::new(None);
    let way = RwSignal::new(Way::New);
    leptos::task::spawn_local(async move {
        if let Ok(Session { account: Some(account), .. }) = accounts.session().await {
            way.try_set(Way::As(account));
        }
        // The page may be another one by now.
        let Some(token) = token.try_get_value() else { return };
        let look = LookAtInvitation { token };
        let look = Request::with("POST", "/api/v1/invitations/look".to_owned(), &look);
        offer.try_set(Some(accounts.call(&look).await.and_then(|text| read::<InvitationOffer>(&text))));
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
    let role_called = role_name(role);
    let by = by
        .map_or_else(|| t!(invitation_by_operator, &role_called), |by| t!(invitation_by, &by, &role_called));
    view! {
        <h1>{t!(invitation_to, &workspace)}</h1>
        <p>{by} " " {role_what(role)}</p>
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
        {button("link", t!(invitation_known), Callback::new(move |()| way.set(Way::SignIn)))}
    }
}

#[component]
fn Known(way: RwSignal<Way>) -> impl IntoView {
    let done = Callback::new(move |session: Session| {
        way.set(session.account.map_or(Way::New, Way::As));
    });
    view! {
        <SignInForm on_done=done />
        {button("link", t!(invitation_new), Callback::new(move |()| way.set(Way::New)))}
    }
}

#[component]
fn Join(account: Account, token: StoredValue<String>, way: RwSignal<Way>) -> impl IntoView {
    let state = FormState::new(Vec::new());
    let send = use_accept(state, token, false);
    view! {
        {hint(t!(invitation_signed_in, &account.name, &account.login))}
        <Form state fields=Vec::new() button=t!(invitation_join_as, &account.name) on_send=send />
        {button("link", t!(invitation_other), Callback::new(move |()| way.set(Way::SignIn)))}
    }
}

/// Returns what accepts the invitation: with a new account, or as who is signed in.
fn use_accept(state: FormState, token: StoredValue<String>, is_new: bool) -> Callback<()> {
    let replica = use_replica();
    let done = Callback::new(move |session| {
        leptos::task::spawn_local(async move { replica.enter(session, &Place::Board.path()).await });
    });
    Callback::new(move |()| {
        let request = || {
            let person = if is_new { Some(person(state)?) } else { None };
            Ok(json::write(&AcceptInvitation { token: token.get_value(), person }))
        };
        state.begin(replica, URL, request(), Callback::new(|code| place(code, None)), done);
    })
}
