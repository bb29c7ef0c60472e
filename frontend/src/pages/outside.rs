//! What is shown before there is a workspace to show: signing in, the first visit, an invitation, and what was taken
//! from somebody. One column, without the rail.

mod gone;
mod invitation;
mod joining;
mod setup;
mod sign_in;
mod try_here;

use leptos::prelude::*;

use super::late::{LatePage, late};
use crate::app::place::Place;
use crate::app::routes::use_place;
use crate::components::icon::Mark;
use crate::components::live::{live, memo};
use crate::replica::{Boot, use_replica};
use gone::{NoWorkspacePage, RemovedPage};
use invitation::InvitationPage;
use setup::SetupPage;
use sign_in::SignInPage;
pub use try_here::TryHereLink;
use try_here::TryHerePage;

/// A page that is shown by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutsidePage {
    /// Signing in.
    SignIn,
    /// The first visit.
    Setup,
    /// An invitation.
    Invitation,
    /// A workspace on this device, without an account.
    TryHere,
    /// A member of no workspace.
    NoWorkspace,
    /// Access was removed.
    Removed,
}

/// Returns the page that is shown by itself, where one is.
#[must_use]
pub fn use_outside() -> Memo<Option<OutsidePage>> {
    let (place, boot) = (use_place(), use_replica().boot());
    memo(move || outside(place.get(), boot.get()))
}

const fn outside(place: Place, boot: Boot) -> Option<OutsidePage> {
    match (place, boot) {
        (Place::SignIn, _) => Some(OutsidePage::SignIn),
        (Place::TryHere, _) => Some(OutsidePage::TryHere),
        (Place::Setup, _) | (_, Boot::SetupNeeded) => Some(OutsidePage::Setup),
        (Place::Invitation, _) => Some(OutsidePage::Invitation),
        (_, Boot::SignedOut) => Some(OutsidePage::SignIn),
        (_, Boot::NoWorkspace) => Some(OutsidePage::NoWorkspace),
        (_, Boot::Removed) => Some(OutsidePage::Removed),
        (_, Boot::Loading | Boot::Ready | Boot::Unreachable) => None,
    }
}

/// The page that is shown by itself.
#[component]
pub fn Outside() -> impl IntoView {
    let page = use_outside();
    view! {
        <main id="main" class="outside" tabindex="-1">
            <div class="outside-brand">
                <Mark />
                <span>"Slipway"</span>
            </div>
            {live(move || page.get().map(|page| late(LatePage::Outside(page))))}
        </main>
    }
}

/// Returns a page that is shown by itself; it is in the second file.
pub(super) fn page(page: OutsidePage) -> AnyView {
    match page {
        OutsidePage::SignIn => view! { <SignInPage /> }.into_any(),
        OutsidePage::Setup => view! { <SetupPage /> }.into_any(),
        OutsidePage::TryHere => view! { <TryHerePage /> }.into_any(),
        OutsidePage::Invitation => view! { <InvitationPage /> }.into_any(),
        OutsidePage::NoWorkspace => view! { <NoWorkspacePage /> }.into_any(),
        OutsidePage::Removed => view! { <RemovedPage /> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_nothing_to_see_yet_is_told_what_to_do_where_they_are() {
        let table = [
            (Place::Board, Boot::Ready, None),
            (Place::Board, Boot::Loading, None),
            (Place::Settings, Boot::SignedOut, Some(OutsidePage::SignIn)),
            (Place::Board, Boot::SetupNeeded, Some(OutsidePage::Setup)),
            (Place::Board, Boot::NoWorkspace, Some(OutsidePage::NoWorkspace)),
            (Place::Board, Boot::Removed, Some(OutsidePage::Removed)),
            (Place::Invitation, Boot::SignedOut, Some(OutsidePage::Invitation)),
            (Place::Invitation, Boot::Ready, Some(OutsidePage::Invitation)),
            (Place::TryHere, Boot::Unreachable, Some(OutsidePage::TryHere)),
            (Place::TryHere, Boot::SetupNeeded, Some(OutsidePage::TryHere)),
            (Place::Setup, Boot::Loading, Some(OutsidePage::Setup)),
            (Place::SignIn, Boot::Unreachable, Some(OutsidePage::SignIn)),
        ];
        for (place, boot, page) in table {
            assert_eq!(outside(place, boot), page, "{place:?}, {boot:?}");
            assert!(!place.is_outside() || page.is_some(), "{place:?}");
        }
    }
}
