//! One of several that are picked from.

use leptos::prelude::*;

use crate::components::live::derive;

/// Returns something that can be picked in a `select`, and says there whether it is.
///
/// A `select` that is told its value before it has the option shows the first one; an option that knows by itself is
/// right whenever it comes.
pub fn choice(value: String, words: String, picked: Signal<String>) -> AnyView {
    let own = value.clone();
    view! {
        <option value=value prop:selected=derive(move || picked.with(|picked| *picked == own))>
            {words}
        </option>
    }
    .into_any()
}
