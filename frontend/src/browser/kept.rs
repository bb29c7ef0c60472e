//! Small things kept on this device: settings and the draft of a form. Storage may be blocked or full, and then
//! they last as long as the page; what must not be lost is with the replica.

use std::cell::RefCell;

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
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

/// Reads something kept for as long as the tab is open.
#[must_use]
pub fn read_for_session<T: DeserializeOwned>(name: &str) -> Option<T> {
    has_session().then(|| SessionStorage::get(key(name)).ok()).flatten()
}

/// Keeps something for as long as the tab is open.
pub fn keep_for_session<T: Serialize>(name: &str, value: &T) {
    if has_session() {
        // Storage that is full keeps nothing: then it lasts as long as the page.
        drop(SessionStorage::set(key(name), value));
    }
}

/// What the names of drafts begin with.
pub const DRAFT: &str = "draft";
/// Under which name it is kept which mentions were read.
pub const READ: &str = "read";
/// Under which name it is kept what was to be seen when something was decided.
pub const JUDGED: &str = "judged";
/// Under which name it is kept what was looked at lately.
pub const RECENT: &str = "recent";
/// Under which name it is kept how far the log of accounts was seen.
pub const AUDIT: &str = "audit";
/// Everything that is kept for a person and not for the device.
const OWN: [&str; 5] = [DRAFT, READ, JUDGED, RECENT, AUDIT];

thread_local! {
    static OWNER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Says whose drafts are read and kept from here on, who in which workspace: those of others who use this browser stay
/// theirs.
///
/// Earlier builds kept them without an owner for whoever came first, who `has_unowned` then.
pub fn belong_to(owner: String, has_unowned: bool) {
    if has_unowned && available() {
        let unowned =
            stored_names().into_iter().filter(|name| OWN.iter().any(|own| name.starts_with(&key(own))));
        for name in unowned {
            let storage = LocalStorage::raw();
            let Ok(Some(text)) = storage.get_item(&name) else { continue };
            let own = of(&owner, name.strip_prefix(&key("")).unwrap_or_default());
            // What can't be kept under the other name stays where it is.
            if storage.set_item(&key(&own), &text).is_ok() {
                LocalStorage::delete(name);
            }
        }
    }
    OWNER.replace(owner);
}

/// Tells whether it is known who works here.
#[must_use]
pub fn has_owner() -> bool {
    OWNER.with_borrow(|owner| !owner.is_empty())
}

/// Returns the name under which something is kept for the person who works here, and for nobody else.
#[must_use]
pub fn own(name: &str) -> String {
    OWNER.with_borrow(|owner| of(owner, name))
}

/// Returns the name under which something is kept for an owner.
#[must_use]
pub fn of(owner: &str, name: &str) -> String {
    format!("own/{owner}/{name}")
}

/// Returns what is kept under a name for this tab alone, as long as it is open.
#[must_use]
pub fn of_tab(name: &str) -> Option<String> {
    let storage = web_sys::window()?.session_storage().ok().flatten()?;
    storage.get_item(&key(name)).ok().flatten().filter(|text| !text.is_empty())
}

/// Keeps a text under a name for this tab alone. A browser that keeps nothing is no reason to stop.
pub fn keep_of_tab(name: &str, text: &str) {
    let storage = web_sys::window().and_then(|window| window.session_storage().ok().flatten());
    if let Some(storage) = storage {
        let _ = storage.set_item(&key(name), text);
    }
}

/// Returns the names that begin with a text, of those under which something is kept.
#[must_use]
pub fn names(beginning: &str) -> Vec<String> {
    let prefix = key("");
    let names = stored_names().into_iter();
    let names = names.filter_map(|name| name.strip_prefix(&prefix).map(ToOwned::to_owned));
    names.filter(|name| name.starts_with(beginning)).collect()
}

/// Returns what is kept under the names that begin with a text, as it is kept.
#[must_use]
pub fn texts(beginning: &str) -> Vec<(String, String)> {
    let text = |name: String| Some((LocalStorage::raw().get_item(&key(&name)).ok().flatten()?, name));
    names(beginning).into_iter().filter_map(text).map(|(text, name)| (name, text)).collect()
}

/// Forgets everything that is kept for an owner.
pub fn forget_own_of(owner: &str) {
    let prefix = key(&of(owner, ""));
    stored_names().into_iter().filter(|name| name.starts_with(&prefix)).for_each(LocalStorage::delete);
}

fn stored_names() -> Vec<String> {
    if !available() {
        return Vec::new();
    }
    let storage = LocalStorage::raw();
    (0..storage.length().unwrap_or_default()).filter_map(|place| storage.key(place).ok().flatten()).collect()
}

fn key(name: &str) -> String {
    format!("slipway.{name}")
}

/// The storage of gloo panics where the browser blocks it.
fn available() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}

/// As [`available`], of what is gone with the tab.
fn has_session() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.session_storage(), Ok(Some(_))))
}
