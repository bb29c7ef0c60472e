//! The keys of an action, shown where it can be done by pointing.

use leptos::prelude::*;

use super::{Action, Keys};
use crate::components::live::{all, derive, live};
use crate::settings::{Settings, use_settings};

/// The first keys of an action, beside its words on a button or in a menu; nothing while they are switched off.
#[component]
pub fn KeyHint(action: Action) -> impl IntoView {
    let settings = use_settings();
    live(move || {
        shown(action, settings).map(|keys| {
            all(keys.faces(), |face| view! { <kbd class="key" aria-hidden="true">{face}</kbd> }.into_any())
        })
    })
}

/// Returns the keys of an action for `aria-keyshortcuts`.
#[must_use]
pub fn spoken_keys(action: Action) -> Signal<Option<String>> {
    let settings = use_settings();
    derive(move || shown(action, settings).and_then(Keys::spoken))
}

/// Returns the words of an icon's tip, with the keys for the same.
#[must_use]
pub fn with_keys(words: String, action: Action) -> Signal<String> {
    let settings = use_settings();
    derive(move || match shown(action, settings) {
        Some(keys) => format!("{words} ({})", keys.faces().join(" ")),
        None => words.clone(),
    })
}

fn shown(action: Action, settings: Settings) -> Option<Keys> {
    let has_signs = settings.single_keys().get();
    action.about().keys.iter().copied().find(|keys| has_signs || !keys.is_sign())
}
