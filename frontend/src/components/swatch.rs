//! The small square in a service's colour. Its name always stands beside it.

use leptos::prelude::*;

/// The small square in a service's colour.
#[component]
pub fn Swatch(hue: u16) -> impl IntoView {
    view! { <span class="swatch" aria-hidden="true" style=("--hue", hue.to_string())></span> }
}
