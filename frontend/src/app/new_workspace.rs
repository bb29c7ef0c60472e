//! Making a workspace: a name, what it begins with, and the way into it.

use leptos::prelude::*;
use slipway_shared::account::{MakeWorkspace, Session, requested_workspace};
use slipway_shared::ids::RequestId;
use slipway_shared::sync::protocol::ErrorCode;

use super::switcher::switch_words;
use crate::account_words::{BEGINNINGS, beginning_words};
use crate::accounts::{Request, read, use_accounts};
use crate::components::dialog::Dialog;
use crate::components::form::{Field, FieldKind, Form, FormState, Problem};
use crate::components::live::derive;
use crate::replica::use_replica;
use crate::toasts::use_toasts;

const NAME: &str = "new-workspace-name";
const BEGINNING: &str = "new-workspace-beginning";

/// Whether the dialog is open.
#[derive(Clone, Copy)]
struct NewWorkspace(RwSignal<bool>);

/// Makes the place for the dialog. To be called once, by the frame.
pub(super) fn provide_new_workspace() {
    provide_context(NewWorkspace(RwSignal::new(false)));
}

/// Returns what opens the dialog.
#[must_use]
pub fn use_new_workspace() -> RwSignal<bool> {
    expect_context::<NewWorkspace>().0
}

/// The dialog.
#[component]
pub(super) fn NewWorkspaceDialog() -> impl IntoView {
    let is_open = use_new_workspace();
    let close = Callback::new(move |()| is_open.set(false));
    view! {
        <Dialog is_open on_close=close title=derive(|| t!(new_workspace))>
            <Questions />
        </Dialog>
    }
}

#[component]
fn Questions() -> impl IntoView {
    let (replica, accounts, toasts) = (use_replica(), use_accounts(), use_toasts());
    let state = FormState::new(Vec::new());
    // One for as long as the dialog is open: sent twice, it makes one workspace.
    let request = RequestId::from_u128(replica.mint());
    let done = Callback::new(move |text: String| {
        let Ok(session) = read::<Session>(&text) else { return };
        leptos::task::spawn_local(async move {
            let Some(account) = &session.account else { return };
            let made = requested_workspace(account.id, request);
            let refusal = switch_words(&replica.enter_workspace(&session, made).await);
            refusal.into_iter().for_each(|words| toasts.refuse(words));
        });
    });
    let send = Callback::new(move |()| {
        let body = || {
            let body = MakeWorkspace {
                request,
                name: state.needed_name(NAME)?,
                beginning: state.picked(BEGINNING, &BEGINNINGS),
            };
            Ok::<_, Problem>(Request::with("POST", "/api/v1/workspaces".to_owned(), &body))
        };
        let place = Callback::new(|code| (code == ErrorCode::Unacceptable).then_some(NAME));
        state.send(accounts, body(), place, done);
    });
    let fields = vec![
        Field::new(NAME, FieldKind::Text, t!(workspace_name)).with_hint(t!(workspace_name_hint)),
        begin_with(BEGINNING),
    ];
    view! {
        <p>{t!(new_workspace_what)}</p>
        <Form state fields button=t!(new_workspace_button) on_send=send />
    }
}

/// Returns the question what a workspace begins with.
#[must_use]
pub fn begin_with(name: &'static str) -> Field {
    let options = BEGINNINGS.map(|(option, beginning)| (option, beginning_words(beginning)));
    Field::new(name, FieldKind::Choice(options.into()), t!(begin_with))
}
