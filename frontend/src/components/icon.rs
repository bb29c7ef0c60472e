//! Icons, drawn from the sprite that `script/icons` makes, and the mark of the app.

use crate::components::live::derive;
use leptos::prelude::*;

/// An icon. It says nothing to a screen reader: there is always a word beside it or on its button.
#[component]
pub fn Icon(
    /// Its name in the sprite.
    #[prop(into)]
    name: Signal<&'static str>,
    /// More classes.
    #[prop(default = "icon")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=class aria-hidden="true">
            <use_ href=derive(move || format!("/icons.svg#{}", name.get())) />
        </svg>
    }
    .into_any()
}

/// The mark of the app: a ship on its slipway.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 2 32 32" aria-hidden="true">
            <path class="ramp" d="M3 25.3 29 18.8v6.7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2Z" />
            <path
                class="ship"
                d="M6.7 21.4 9 10.1a1.9 1.9 0 0 1 2.1-1.5l9.9 1.2a1.2 1.2 0 0 1 1 1.5L20 17.3a1.2 1.2 0 0 1-.9.8Z"
            />
        </svg>
    }
}
