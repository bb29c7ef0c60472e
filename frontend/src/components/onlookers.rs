//! Who else looks at a deployment now.

use leptos::prelude::*;
use slipway_shared::ids::{DeploymentId, MemberId};

use super::avatar::{Avatar, use_name};
use super::icon::Icon;
use super::live::{all, live};
use crate::replica::use_replica;

/// How many are drawn; the name of everybody is said.
const DRAWN: usize = 3;

/// Who else looks at a deployment now; nothing where nobody does.
#[component]
pub fn Onlookers(
    id: DeploymentId,
    /// Whether their names are written out.
    #[prop(optional)]
    is_named: bool,
) -> impl IntoView {
    let members = use_replica().onlookers(id);
    live(move || {
        let members = members.get();
        (!members.is_empty()).then(|| drawn(&members, is_named))
    })
}

fn drawn(members: &[MemberId], is_named: bool) -> AnyView {
    let names: Vec<String> = members.iter().map(|member| use_name(*member).get()).collect();
    let words = t!(looking_now, &names.join(", "));
    let title = words.clone();
    let avatars = all(members.iter().copied().take(DRAWN), |member| view! { <Avatar member /> }.into_any());
    view! {
        <span class="onlookers no-print" title=title data-testid="onlookers">
            <Icon name="eye" class="icon is-small" />
            <span class="avatars" aria-hidden="true">
                {avatars}
            </span>
            <span class:visually-hidden=!is_named>{words}</span>
        </span>
    }
    .into_any()
}
