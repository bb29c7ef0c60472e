//! Who said how something stands, and when: of checks and of testing.

use leptos::prelude::*;
use slipway_shared::origin::Origin;

use crate::components::avatar::{Avatar, use_name};
use crate::components::icon::Icon;
use crate::components::live::{When, derive};
use crate::components::relative_time::RelativeTime;

/// Who said something, and when; `words` are what, for who points at it.
#[component]
pub(super) fn SaidBy(origin: Origin, words: String) -> impl IntoView {
    let name = use_name(origin.actor);
    let is_unsent = origin.seq.is_none();
    view! {
        <span class="check-said" class:is-mine=is_unsent title=derive(move || format!("{}: {words}", name.get()))>
            <When holds=derive(move || is_unsent)>
                <Icon name="cloud-off" />
                <span class="visually-hidden">{t!(unsent)}</span>
            </When>
            <Avatar member=origin.actor />
            <RelativeTime at=origin.at />
        </span>
    }
}
