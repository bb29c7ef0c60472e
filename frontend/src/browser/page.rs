//! The page itself: its root element, language, title and address.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use crate::messages::Language;

/// Returns the element the app lives in, emptied of the grey shell that stood there while it started.
#[must_use]
pub fn take_root() -> Option<HtmlElement> {
    let root: HtmlElement = document().get_element_by_id("app")?.dyn_into().ok()?;
    root.set_text_content(None);
    root.set_class_name("");
    // It was set by the page, so it can be removed.
    let _ = root.remove_attribute("aria-busy");
    Some(root)
}

/// Returns the language that `js/boot.js` has given the page.
#[must_use]
pub fn language() -> Language {
    let tag = document().document_element().and_then(|root| root.get_attribute("lang"));
    Language::from_tag(&tag.unwrap_or_default())
}

/// Sets an attribute of the root of the document: language, theme, density.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        // The names are our own and valid.
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Loads the page anew.
pub fn reload() {
    // A browser that refuses leaves the person where they are.
    let _ = window().location().reload();
}

/// Loads another address of the app, as if it was opened anew.
pub fn load(to: &str) {
    // See `reload`.
    let _ = window().location().assign(to);
}

/// Returns the address of the page with its query: where to come back to.
#[must_use]
pub fn path() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// Returns what stands behind `#` in the address: no server and no log ever sees it.
#[must_use]
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned()
}

/// Loads the page anew when another fragment is put behind the address, for as long as what calls it is shown.
///
/// A link that is opened in the same tab does no more than that.
pub fn reload_with_another_fragment() {
    let listening = window_event_listener(leptos::ev::hashchange, |_| reload());
    on_cleanup(move || listening.remove());
}

/// As [`fragment`], and takes it out of the address, so that it is in no history and on no screen.
#[must_use]
pub fn take_fragment() -> String {
    let fragment = fragment();
    if let Ok(history) = window().history() {
        // A browser that refuses leaves the address as it is.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path()));
    }
    fragment
}

/// Prints the page.
pub fn print() {
    let _ = window().print();
}

/// Tells whether this is a Mac, where shortcuts have another sign.
#[must_use]
pub fn is_mac() -> bool {
    window().navigator().user_agent().is_ok_and(|agent| agent.contains("Mac"))
}

/// Returns the server's address, as links have it.
#[must_use]
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Returns the server's address, as people read it.
#[must_use]
pub fn host() -> String {
    window().location().host().unwrap_or_default()
}
