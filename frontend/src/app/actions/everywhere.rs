//! What can be done on every page.

use leptos::prelude::*;
use slipway_shared::capability::Capability;

use super::Action;
use super::registry::{Offer, use_actions};
use crate::acts::use_acts;
use crate::app::place::Place;
use crate::browser::address::use_address;
use crate::may::use_may_not;

/// Offers what can be done on every page.
pub fn offer_everywhere(sheet_is_open: RwSignal<bool>) {
    let actions = use_actions();
    let acts = use_acts();
    let address = use_address();
    for place in [Place::Board, Place::Deployments, Place::NeedsYou] {
        actions.offer(Offer::new(Action::Go(place), move || address.go(&place.path())));
    }
    let may_not = use_may_not(Capability::Work);
    let write = move || address.go(&Place::NewDeployment.path());
    actions.offer(Offer::new(Action::NewDeployment, write).unless(may_not));
    actions.offer(Offer::new(Action::Undo, move || acts.undo()));
    actions.offer(Offer::new(Action::ShowKeys, move || sheet_is_open.set(true)));
}
