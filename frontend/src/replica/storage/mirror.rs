//! localStorage as a mirror: holds a command from the click until IndexedDB has committed it, since it is the only
//! storage that a tab can write before it dies. It may be blocked or full: then it is simply not there.

use gloo_storage::{LocalStorage, Storage as _};
use slipway_shared::ids::{CommandKey, WorkspaceId};
use slipway_shared::json;

/// Tells whether localStorage can be used at all. `gloo-storage` panics where the browser blocks it.
fn is_there() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}

fn prefix(workspace: WorkspaceId) -> String {
    format!("slipway.outbox/{workspace}/")
}

/// Keeps a command; false when that failed.
pub(super) fn keep(workspace: WorkspaceId, key: CommandKey, text: &str) -> bool {
    is_there() && LocalStorage::set(format!("{}{key}", prefix(workspace)), text).is_ok()
}

/// Lets a command go.
pub(super) fn release(workspace: WorkspaceId, key: CommandKey) {
    if is_there() {
        LocalStorage::delete(format!("{}{key}", prefix(workspace)));
    }
}

/// Returns the names and texts of the commands that are kept, in any order; the text as it is where it is no JSON.
pub(super) fn kept(workspace: WorkspaceId) -> Vec<(String, String)> {
    if !is_there() {
        return Vec::new();
    }
    let prefix = prefix(workspace);
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
