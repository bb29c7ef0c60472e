//! Which page is shown. On a wide screen a deployment opened from the board is a sheet beside it; the address is
//! the same as that of the page.

use leptos::prelude::*;
use slipway_shared::ids::DeploymentId;

use super::place::Place;
use crate::browser::address::use_address;
use crate::browser::media::use_media_query;
use crate::components::live::{live, memo};
use crate::pages;

/// Returns where the person is.
#[must_use]
pub fn use_place() -> Memo<Place> {
    let path = use_address().path();
    memo(move || path.with(|path| Place::from_path(path)))
}

/// The page for the address.
#[component]
pub fn Pages() -> impl IntoView {
    let place = use_place();
    let is_wide = use_media_query("(min-width: 1180px)");
    // Set by being on the board, kept while a deployment is looked at from there.
    let from_board = Memo::new(move |before: Option<&bool>| match place.get() {
        Place::Board => true,
        Place::Deployment(_) => before.copied().unwrap_or(false),
        _ => false,
    });
    // Asked each time: a memo that nobody asks misses that one was on the board.
    let sheet = memo(move || match (from_board.get(), place.get()) {
        (true, Place::Deployment(id)) if is_wide.get() => Some(id),
        _ => None,
    });
    let page = memo(move || if sheet.get().is_some() { Place::Board } else { place.get() });
    live(move || page_for(page.get(), sheet))
}

fn page_for(place: Place, sheet: Memo<Option<DeploymentId>>) -> AnyView {
    match place {
        Place::Board => view! { <pages::board::BoardPage sheet /> }.into_any(),
        Place::Deployments => view! { <pages::deployments::DeploymentsPage /> }.into_any(),
        Place::NewDeployment => view! { <pages::new_deployment::NewDeploymentPage /> }.into_any(),
        Place::Deployment(id) => view! { <pages::deployment::DeploymentPage id /> }.into_any(),
        Place::NeedsYou => view! { <pages::needs_you::NeedsYouPage /> }.into_any(),
        Place::Settings => view! { <pages::settings::SettingsPage /> }.into_any(),
        Place::Sync => view! { <pages::sync::SyncPage /> }.into_any(),
        // Shown by itself, without the frame.
        Place::SignIn | Place::Setup | Place::Invitation | Place::TryHere => ().into_any(),
        Place::Nowhere => view! { <pages::nowhere::NowherePage /> }.into_any(),
    }
}
