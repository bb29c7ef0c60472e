//! The tabs at the bottom of a phone, in reach of a thumb.

use leptos::prelude::*;

use super::place::Place;
use super::rail::NeedsYouCount;
use super::routes::use_place;
use super::shell::place_name;
use crate::components::icon::Icon;
use crate::components::live::{When, derive, memo};

/// The tabs at the bottom of a phone.
#[component]
pub fn Dock() -> impl IntoView {
    view! {
        <nav class="dock" aria-label=t!(places)>
            // What waits for somebody is the first thing on a phone.
            <DockLink place=Place::NeedsYou icon="circle-alert" />
            <DockLink place=Place::Board icon="layout-dashboard" />
            <DockLink place=Place::Deployments icon="list-checks" />
            <DockLink place=Place::NewDeployment icon="plus" />
            <DockLink place=Place::Settings icon="settings" />
        </nav>
    }
}

#[component]
fn DockLink(place: Place, icon: &'static str) -> impl IntoView {
    let here = use_place();
    // A new deployment has a tab of its own here.
    let is_current = memo(move || {
        let here = here.get();
        here == place || (here.parent() == Some(place) && here != Place::NewDeployment)
    });
    let name = if place == Place::NewDeployment { t!(new_short) } else { place_name(place) };
    view! {
        <a class="dock-link" href=place.path() aria-current=derive(move || is_current.get().then_some("page"))>
            <Icon name=icon />
            <span>{name}</span>
            <When holds=derive(move || place == Place::NeedsYou)>
                <NeedsYouCount />
            </When>
        </a>
    }
}
