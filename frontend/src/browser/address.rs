//! The address of the page as a value, and how to go elsewhere. Links stay links: a plain click on one of our own
//! goes there without loading the page anew, every other click is the browser's.

use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, MouseEvent, UrlSearchParams};

/// The address of the page.
#[derive(Clone, Copy)]
pub struct Address {
    path: RwSignal<String>,
    query: RwSignal<String>,
}

/// Follows the address from here on. To be called once, by the app.
pub fn provide_address() {
    let address = Address { path: RwSignal::new(String::new()), query: RwSignal::new(String::new()) };
    address.read();
    provide_context(address);
    // Both listeners live as long as the page.
    window_event_listener(leptos::ev::popstate, move |_| address.read());
    window_event_listener(leptos::ev::click, move |event| {
        if let Some(to) = own_link(&event) {
            event.prevent_default();
            address.go(&to);
        }
    });
}

/// Returns the address of the page.
#[must_use]
pub fn use_address() -> Address {
    expect_context()
}

impl Address {
    /// Returns the path.
    #[must_use]
    pub fn path(self) -> Signal<String> {
        self.path.into()
    }

    /// Returns what the query says under a name; whoever asks in a memo is asked again when it changes.
    #[must_use]
    pub fn parameter(self, name: &str) -> Option<String> {
        let query = self.query.get();
        UrlSearchParams::new_with_str(&query).ok()?.get(name)
    }

    /// Goes to a place; the way back leads here.
    pub fn go(self, to: &str) {
        let went = history()
            .is_some_and(|history| history.push_state_with_url(&JsValue::NULL, "", Some(to)).is_ok());
        if went {
            self.read();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    /// Puts another address in place of this one.
    pub fn replace(self, to: &str) {
        if let Some(history) = history() {
            // An address that the browser refuses leaves the page where it is.
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(to));
            self.read();
        }
    }

    fn read(self) {
        let location = window().location();
        set(self.path, location.pathname().unwrap_or_default());
        set(self.query, location.search().unwrap_or_default());
    }
}

/// Returns an address to come back to, if it is one of the app: a link could name any.
#[must_use]
pub fn within(to: Option<String>) -> Option<String> {
    let is_ours = |to: &String| {
        let mut signs = to.chars();
        signs.next() == Some('/')
            && !matches!(signs.next(), Some('/' | '\\'))
            && !to.contains(['\\', '\t', '\n', '\r'])
    };
    to.filter(is_ours)
}

fn history() -> Option<web_sys::History> {
    window().history().ok()
}

fn set(signal: RwSignal<String>, text: String) {
    if signal.with_untracked(|known| *known != text) {
        signal.set(text);
    }
}

/// Returns where a click leads, if it is a plain one on a link of the app.
fn own_link(event: &MouseEvent) -> Option<String> {
    let is_plain = event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
        && !event.default_prevented();
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let to = link.get_attribute("href")?;
    let is_ours = to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/api/");
    (is_plain && is_ours && !link.has_attribute("target") && !link.has_attribute("download")).then_some(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_app_are_come_back_to() {
        let table = [
            ("/board", true),
            ("/deployments/1?x=//y", true),
            ("/", true),
            ("", false),
            ("board", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("/\t/evil.example", false),
            ("https://evil.example", false),
            ("javascript:alert(1)", false),
        ];
        for (to, is_ours) in table {
            assert_eq!(within(Some(to.to_owned())).is_some(), is_ours, "{to:?}");
        }
    }
}
