//! What waits for this person: what they asked for and the server refused, with the reason and what to do.

use leptos::prelude::*;
use slipway_shared::ids::CommandKey;
use slipway_shared::rejection::Rejection;

use crate::acts::use_acts;
use crate::app::place::Place;
use crate::command_words::command_words;
use crate::components::empty_state::EmptyState;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::notice::{Notice, NoticeKind};
use crate::rejection_words::rejection_words;
use crate::replica::{RefusedCommand, use_replica};

/// What waits for this person.
#[component]
pub fn NeedsYouPage() -> impl IntoView {
    let refused = use_replica().refused();
    let is_empty = memo(move || refused.with(|refused| refused.is_empty()));
    view! {
        <div class="needs-you">
            <h1>{t!(nav_needs_you)}</h1>
            <When
                holds=derive(move || !is_empty.get())
                otherwise=|| view! { <EmptyState icon="circle-check" title=t!(needs_nothing) text=t!(needs_nothing_what) /> }
            >
                <ul class="stack">
                    {live(move || all(refused.get().to_vec(), |refused| view! { <Refused refused /> }.into_any()))}
                </ul>
            </When>
        </div>
    }
}

#[component]
fn Refused(refused: RefusedCommand) -> impl IntoView {
    let view = use_replica().view();
    let (title, text) = view.with_untracked(|view| {
        (command_words(&refused.command, view), rejection_words(&refused.rejection, view))
    });
    // Somebody else was first, and it happens: nothing went wrong.
    let was_second = matches!(refused.rejection, Rejection::RolloutRunning { .. });
    let kind = if was_second { NoticeKind::Plain } else { NoticeKind::Refused };
    let (key, deployment) = (refused.key, refused.command.deployment());
    let actions = move || {
        view! {
            <RefusedActions key=key />
            {deployment
                .map(|id| {
                    view! {
                        <a class="button is-quiet" href=Place::Deployment(id).path()>
                            {t!(button_open)}
                        </a>
                    }
                })}
        }
    };
    view! {
        <li>
            <Notice kind title=t!(declined, &title) text actions />
        </li>
    }
}

#[component]
fn RefusedActions(key: CommandKey) -> impl IntoView {
    let replica = use_replica();
    let acts = use_acts();
    let retry = move |_| {
        if let Err(rejection) = replica.retry(key) {
            acts.refuse(&rejection);
        }
    };
    view! {
        <button class="button" type="button" on:click=retry>
            {t!(button_retry)}
        </button>
        <button class="button is-quiet" type="button" on:click=move |_| replica.discard(key)>
            {t!(button_discard)}
        </button>
    }
}
