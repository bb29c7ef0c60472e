//! What somebody may do here, foretold from their role, so that what they may not is visibly not on offer and says why.
//! The server has the last word.

use leptos::prelude::*;
use slipway_shared::capability::Capability;

use crate::components::live::{live, memo};
use crate::rejection_words::rejection_words;
use crate::replica::use_replica;

/// Returns why the person here may not do something; `None` while they may.
#[must_use]
pub fn use_may_not(capability: Capability) -> Memo<Option<String>> {
    let replica = use_replica();
    let (view, me) = (replica.view(), replica.me());
    memo(move || {
        view.with(|view| capability.refusal(view, me.get()).map(|refusal| rejection_words(&refusal, view)))
    })
}

/// Says why the person here may not do something; nothing while they may.
#[component]
pub fn MayNot(capability: Capability) -> impl IntoView {
    let may_not = use_may_not(capability);
    live(move || may_not.get().map(|why| view! { <p class="may-not" data-testid="may-not">{why}</p> }))
}
