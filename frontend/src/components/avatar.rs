//! A person as one or two letters.

use leptos::prelude::*;
use slipway_shared::ids::MemberId;
use slipway_shared::member::Profile;

use crate::components::live::memo;
use crate::replica::use_replica;

/// A person as one or two letters, with the name for those who ask.
#[component]
pub fn Avatar(member: MemberId) -> impl IntoView {
    let name = use_name(member);
    let people = use_replica().people();
    let initials = memo(move || {
        people.with(|people| people.get(&member).map_or_else(|| "?".to_owned(), Profile::initials))
    });
    view! {
        <span class="avatar" title=name>
            <span aria-hidden="true">{initials}</span>
            <span class="visually-hidden">{name}</span>
        </span>
    }
}

/// Returns the name of a person; a word for someone nobody knows.
#[must_use]
pub fn use_name(member: MemberId) -> Memo<String> {
    let people = use_replica().people();
    memo(move || {
        people.with(|people| people.get(&member).map_or_else(|| t!(someone), |profile| profile.name.clone()))
    })
}
