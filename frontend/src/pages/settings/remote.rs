//! What is asked of the server when it is looked at. Offline it says so, in place.

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use slipway_shared::sync::client::Failure;

use crate::account_words::failure_words;
use crate::accounts::use_accounts;
use crate::components::form::{Problem, Work};
use crate::components::live::live;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::skeleton::TextSkeleton;
use crate::toasts::Toasts;

/// What the server says at an address.
pub(super) struct Remote<T: Send + Sync + 'static> {
    url: StoredValue<String>,
    value: RwSignal<Option<Result<T, Failure>>>,
}

impl<T: Send + Sync + 'static> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Remote<T> {}

impl<T: Clone + DeserializeOwned + Send + Sync + 'static> Remote<T> {
    /// Asks.
    pub(super) fn of(url: String) -> Self {
        let remote = Self { url: StoredValue::new(url), value: RwSignal::new(None) };
        remote.ask();
        remote
    }

    /// Asks anew; what is shown stays until there is an answer.
    pub(super) fn ask(self) {
        let accounts = use_accounts();
        leptos::task::spawn_local(async move {
            let Some(url) = self.url.try_get_value() else { return };
            let answered = accounts.get::<T>(&url).await;
            self.value.try_set(Some(answered));
        });
    }

    /// Returns what it said, if it has.
    pub(super) fn get(self) -> Option<T> {
        self.value.get().and_then(Result::ok)
    }

    /// Shows what it said, or that it could not be asked.
    pub(super) fn shown(self, draw: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView {
        live(move || match self.value.get() {
            Some(Ok(value)) => draw(value),
            Some(Err(failure)) => view! { <NoAnswer failure /> }.into_any(),
            None => view! { <TextSkeleton /> }.into_any(),
        })
    }
}

#[component]
fn NoAnswer(failure: Failure) -> impl IntoView {
    let kind = if failure == Failure::Unreachable { NoticeKind::Offline } else { NoticeKind::Plain };
    view! { <Notice kind title=t!(account_no_answer) text=failure_words(&failure) actions=|| () /> }
}

/// Does something beside any form; what goes wrong is said in a corner.
pub(super) fn run_or_say(toasts: Toasts, work: Work) {
    leptos::task::spawn_local(async move {
        if let Err(Problem { text, .. }) = work.await {
            toasts.refuse(text);
        }
    });
}
