//! localStorage as a mirror: holds a command from the click until IndexedDB has committed it, since it is the only
//! storage that a tab can write before it dies. It may be blocked or full: then it is simply not there.

use gloo_storage::{LocalStorage, Storage as _};
use slipway_shared::ids::CommandKey;
use slipway_shared::json;

use crate::replica::identity::Home;

/// Tells whether localStorage can be used at all. `gloo-storage` panics where the browser blocks it.
fn is_there() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}

fn prefix(home: Home) -> String {
    format!("slipway.outbox/{home}/")
}

/// Where it is noted which refused command a command was done in place of.
fn in_place_name(home: Home, key: CommandKey) -> String {
    format!("slipway.in_place/{home}/{key}")
}

/// Keeps a command, and what it was done in place of; false when that failed.
pub(super) fn keep(home: Home, key: CommandKey, text: &str, in_place_of: Option<CommandKey>) -> bool {
    let is_noted = |refused| LocalStorage::set(in_place_name(home, key), refused).is_ok();
    is_there()
        && in_place_of.is_none_or(is_noted)
        && LocalStorage::set(format!("{}{key}", prefix(home)), text).is_ok()
}

/// Returns the refused command that a command which is kept was done in place of.
pub(super) fn in_place_of(home: Home, key: CommandKey) -> Option<CommandKey> {
    is_there().then(|| LocalStorage::get(in_place_name(home, key)).ok()).flatten()
}

/// Lets a command go.
pub(super) fn release(home: Home, key: CommandKey) {
    if is_there() {
        LocalStorage::delete(format!("{}{key}", prefix(home)));
        LocalStorage::delete(in_place_name(home, key));
    }
}

/// Returns the names and texts of the commands that are kept, in any order; the text as it is where it is no JSON.
pub(super) fn kept(home: Home) -> Vec<(String, String)> {
    if !is_there() {
        return Vec::new();
    }
    let prefix = prefix(home);
    let storage = LocalStorage::raw();
    let count = storage.length().unwrap_or_default();
    let keys = (0..count).filter_map(|place| storage.key(place).ok().flatten());
    let read = |key: String| {
        let name = key.strip_prefix(&prefix)?.to_owned();
        let raw = storage.get_item(&key).ok().flatten()?;
        Some((name, json::read(&raw).unwrap_or(raw)))
    };
    keys.filter_map(read).collect()
}
