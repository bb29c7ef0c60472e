//! Small things kept on this device: settings and the draft of a form. Storage may be blocked or full, and then
//! they last as long as the page; what must not be lost is with the replica.

use gloo_storage::{LocalStorage, Storage as _};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads something kept; `None` when there is nothing, or nothing that can be read.
#[must_use]
pub fn read<T: DeserializeOwned>(name: &str) -> Option<T> {
    available().then(|| LocalStorage::get(key(name)).ok()).flatten()
}

/// Keeps something under a name; tells whether it was kept.
pub fn keep<T: Serialize>(name: &str, value: &T) -> bool {
    available() && LocalStorage::set(key(name), value).is_ok()
}

/// Forgets what was kept under a name.
pub fn forget(name: &str) {
    if available() {
        LocalStorage::delete(key(name));
    }
}

fn key(name: &str) -> String {
    format!("slipway.{name}")
}

/// The storage of gloo panics where the browser blocks it.
fn available() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}
