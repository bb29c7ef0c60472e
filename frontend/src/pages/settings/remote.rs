//! What is asked of the server when it is looked at. Offline it says so, in place.

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use slipway_shared::sync::client::Failure;

use crate::account_words::failure_words;
use crate::accounts::{Accounts, Request, read, use_accounts};
use crate::components::live::{live, memo};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::rows::button;
use crate::components::skeleton::TextSkeleton;
use crate::replica::{SyncWord, use_replica};
use crate::toasts::{Toasts, use_toasts};

/// Shows an answer, or says that it is none.
type Draw = Box<dyn Fn(&str) -> Result<AnyView, Failure> + Send + Sync>;

/// What the server says at an address.
#[derive(Clone, Copy)]
pub(super) struct Remote {
    accounts: Accounts,
    toasts: Toasts,
    url: StoredValue<String>,
    answer: RwSignal<Option<Result<String, Failure>>>,
}

impl Remote {
    /// Asks.
    pub(super) fn of(url: String) -> Self {
        let remote = Self {
            accounts: use_accounts(),
            toasts: use_toasts(),
            url: StoredValue::new(url),
            answer: RwSignal::new(None),
        };
        remote.ask();
        let status = use_replica().status();
        let is_online = memo(move || status.with(|status| status.word != SyncWord::Offline));
        Effect::new(move |_| {
            let has_missed =
                || remote.answer.with_untracked(|answer| matches!(answer, Some(Err(Failure::Unreachable))));
            if is_online.get() && has_missed() {
                remote.ask();
            }
        });
        remote
    }

    /// Asks anew; what is shown stays until there is an answer.
    pub(super) fn ask(self) {
        let Some(url) = self.url.try_get_value() else { return };
        leptos::task::spawn_local(async move {
            let answer = self.accounts.call(&Request { method: "GET", url, body: None }).await;
            self.answer.try_set(Some(answer));
        });
    }

    /// Ends something that is listed here, says so, and asks anew.
    pub(super) fn end(self, url: String, said: String) -> Callback<()> {
        Callback::new(move |()| {
            let (request, said) = (Request::delete(url.clone()), said.clone());
            leptos::task::spawn_local(async move {
                match self.accounts.call(&request).await {
                    Ok(_) => self.toasts.say(said),
                    Err(failure) => self.toasts.refuse(failure_words(&failure)),
                }
                // Also where it failed: somebody else may have been quicker.
                self.ask();
            });
        })
    }

    /// Returns what it said, if it has, and it is that.
    pub(super) fn get<T: DeserializeOwned>(self) -> Option<T> {
        self.answer.with(|answer| read(answer.as_ref()?.as_ref().ok()?).ok())
    }

    /// Shows what it said, or that it could not be asked.
    pub(super) fn shown<T: DeserializeOwned>(
        self,
        draw: impl Fn(T) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        self.drawn(Box::new(move |text| read(text).map(&draw)))
    }

    fn drawn(self, draw: Draw) -> AnyView {
        live(move || {
            let drawn = self.answer.with(|answer| match answer {
                Some(Ok(text)) => draw(text),
                Some(Err(failure)) => Err(failure.clone()),
                None => Ok(view! { <TextSkeleton /> }.into_any()),
            });
            let again = Callback::new(move |()| self.ask());
            drawn.unwrap_or_else(|failure| view! { <NoAnswer failure again /> }.into_any())
        })
    }
}

#[component]
fn NoAnswer(failure: Failure, again: Callback<()>) -> impl IntoView {
    let kind = if failure == Failure::Unreachable { NoticeKind::Offline } else { NoticeKind::Plain };
    view! { <Notice kind title=t!(account_no_answer) text=failure_words(&failure) actions=move || button("button", t!(try_again), again) /> }
}
