//! The palette: search and do, from anywhere, with Ctrl or Cmd and K. What it shows is in the second file.

use leptos::html;
use leptos::prelude::*;

use super::actions::{Action, Actions, Offer, use_actions};
use super::place::Place;
use super::routes::use_place;
use crate::components::dialog::{follow, is_beside};
use crate::components::live::When;
use crate::pages::late::{LatePage, late};
use crate::palette::recent;

/// The palette, as what opens it knows it.
#[derive(Clone, Copy)]
pub struct Palette {
    is_open: RwSignal<bool>,
    actions: Actions,
    /// What could be done when it was opened: that depends on the focus, which is in the palette now.
    offers: StoredValue<Vec<Offer>>,
}

/// Makes the palette. To be called once, by the app, after the registry of actions.
pub fn provide_palette() {
    let palette =
        Palette { is_open: RwSignal::new(false), actions: use_actions(), offers: StoredValue::default() };
    provide_context(palette);
}

/// Returns the palette.
#[must_use]
pub fn use_palette() -> Palette {
    expect_context()
}

impl Palette {
    /// Opens it, with what can be done where the focus is.
    pub fn open(self) {
        let offers = self.actions.on_offer("").into_iter().filter(|offer| offer.action().is_in_palette());
        self.offers.set_value(offers.collect());
        self.is_open.set(true);
    }

    /// Closes it; the focus goes back to where it was.
    pub fn close(self) {
        self.is_open.set(false);
    }

    /// Returns what could be done when it was opened, what is innermost on the page first.
    #[must_use]
    pub fn offers(self) -> Vec<Offer> {
        self.offers.get_value()
    }
}

/// The dialog that the palette is in.
#[component]
pub fn PaletteDialog() -> impl IntoView {
    let palette = use_palette();
    let is_open = palette.is_open;
    let dialog = NodeRef::<html::Dialog>::new();
    use_actions().offer(Offer::new(Action::Search, move || palette.open()));
    follow(dialog, is_open.into());
    keep_recent();
    view! {
        <dialog
            class="dialog palette"
            node_ref=dialog
            aria-label=t!(palette)
            data-testid="palette"
            on:close=move |_| palette.close()
            on:click=move |event| {
                if is_beside(&event) {
                    palette.close();
                }
            }
        >
            <When holds=is_open>{late(LatePage::Palette)}</When>
        </dialog>
    }
}

/// Keeps what is looked at, so that it comes first the next time.
fn keep_recent() {
    let place = use_place();
    Effect::new(move |_| {
        if let Place::Deployment(id) = place.get() {
            recent::note(id);
        }
    });
}
