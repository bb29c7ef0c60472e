//! The keys that work on every page. Those of one page are with the page.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::place::Place;
use crate::acts::use_acts;
use crate::browser::address::use_address;
use crate::browser::focus;
use crate::browser::keyboard::{bare_key, is_search, on_key};
use crate::settings::use_settings;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    Go(Place),
    Search,
    Undo,
    Sheet,
    /// The first of two keys: `g`, then where to.
    Lead,
}

fn ask(key: &str, after_lead: bool) -> Option<Ask> {
    match (after_lead, key) {
        (true, "b") => Some(Ask::Go(Place::Board)),
        (true, "d") => Some(Ask::Go(Place::Deployments)),
        (true, "n") => Some(Ask::Go(Place::NeedsYou)),
        (true, _) => None,
        (false, "g") => Some(Ask::Lead),
        (false, "c") => Some(Ask::Go(Place::NewDeployment)),
        (false, "/") => Some(Ask::Search),
        (false, "u") => Some(Ask::Undo),
        (false, "?") => Some(Ask::Sheet),
        (false, _) => None,
    }
}

/// Listens for the keys that work on every page.
pub fn listen_for_shortcuts(sheet_is_open: RwSignal<bool>) {
    let single_keys = use_settings().single_keys();
    let acts = use_acts();
    let address = use_address();
    let led = StoredValue::new(false);
    on_key(move |event: KeyboardEvent| {
        if is_search(&event) {
            event.prevent_default();
            focus::focus_soon("#search".to_owned());
            return;
        }
        let Some(key) = bare_key(&event).filter(|_| single_keys.get_untracked()) else { return };
        let asked = ask(&key, led.get_value());
        led.set_value(asked == Some(Ask::Lead));
        match asked {
            Some(Ask::Go(place)) => address.go(&place.path()),
            Some(Ask::Search) => focus::focus_soon("#search".to_owned()),
            Some(Ask::Undo) => acts.undo(),
            Some(Ask::Sheet) => sheet_is_open.set(true),
            Some(Ask::Lead) | None => {}
        }
        if asked.is_some() {
            event.prevent_default();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_takes_two_keys() {
        assert_eq!(ask("g", false), Some(Ask::Lead));
        assert_eq!(ask("d", true), Some(Ask::Go(Place::Deployments)));
        assert_eq!(ask("d", false), None);
        assert_eq!(ask("c", true), None);
    }
}
