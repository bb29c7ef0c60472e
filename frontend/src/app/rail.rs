//! The rail at the left: the places of the app, as icons, with words where there is room.

use leptos::prelude::*;

use super::actions::{Action, with_keys};
use super::place::Place;
use super::routes::use_place;
use super::shell::place_name;
use super::switcher::Switcher;
use crate::components::icon::Icon;
use crate::components::live::{When, derive, memo};
use crate::pages::needs_you::use_waiting;

/// The rail at the left.
#[component]
pub fn Rail() -> impl IntoView {
    view! {
        <nav class="rail" aria-label=t!(places)>
            <Switcher />
            <RailLink place=Place::Board icon="layout-dashboard" />
            <RailLink place=Place::Deployments icon="list-checks" />
            <RailLink place=Place::NeedsYou icon="circle-alert" />
            <div class="rail-end">
                <RailLink place=Place::Settings icon="settings" />
            </div>
        </nav>
    }
}

#[component]
fn RailLink(place: Place, icon: &'static str) -> impl IntoView {
    let is_current = use_is_current(place);
    let name = place_name(place);
    let title = with_keys(name.clone(), Action::Go(place));
    view! {
        <a
            class="rail-link"
            href=place.path()
            title=title
            aria-current=derive(move || is_current.get().then_some("page"))
        >
            <Icon name=icon />
            <span class="rail-label">{name}</span>
            <When holds=derive(move || place == Place::NeedsYou)>
                <NeedsYouCount />
            </When>
        </a>
    }
}

/// Tells whether the person is at a place, or at a part of it.
fn use_is_current(place: Place) -> Memo<bool> {
    let here = use_place();
    memo(move || {
        let here = here.get();
        here == place || here.parent() == Some(place)
    })
}

/// How much waits for this person; nothing when nothing does.
#[component]
pub(super) fn NeedsYouCount() -> impl IntoView {
    let count = use_waiting().total;
    view! {
        <When holds=derive(move || count.get() != 0)>
            <span class="count">{count}</span>
        </When>
    }
}
