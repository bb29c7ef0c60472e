//! The tabs at the bottom of a phone, in reach of a thumb.

use leptos::prelude::*;

use super::place::Place;
use super::rail::{NeedsYouCount, use_is_current};
use super::shell::place_name;
use crate::components::icon::Icon;

/// The tabs at the bottom of a phone.
#[component]
pub fn Dock() -> impl IntoView {
    view! {
        <nav class="dock" aria-label=t!(places)>
            <DockLink place=Place::Board icon="layout-dashboard" />
            <DockLink place=Place::Deployments icon="list-checks" />
            <DockLink place=Place::NewDeployment icon="plus" />
            <DockLink place=Place::NeedsYou icon="circle-alert" />
            <DockLink place=Place::Settings icon="settings" />
        </nav>
    }
}

#[component]
fn DockLink(place: Place, icon: &'static str) -> impl IntoView {
    let is_current = use_is_current(place);
    let name = if place == Place::NewDeployment { t!(new_short) } else { place_name(place) };
    view! {
        <a class="dock-link" href=place.path() aria-current=move || is_current.get().then_some("page")>
            <Icon name=icon />
            <span>{name}</span>
            <Show when=move || place == Place::NeedsYou>
                <NeedsYouCount />
            </Show>
        </a>
    }
}
