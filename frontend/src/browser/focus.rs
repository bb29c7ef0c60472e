//! Finding elements and moving the focus, by the selectors that CSS uses.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, NodeList, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Returns the first element that matches.
#[must_use]
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Returns all elements below `root` that match, in the order of the page.
#[must_use]
pub fn find_all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    root.query_selector_all(selector).map(|found| elements(&found)).unwrap_or_default()
}

fn elements(list: &NodeList) -> Vec<HtmlElement> {
    (0..list.length()).filter_map(|index| list.item(index)?.dyn_into().ok()).collect()
}

/// Focuses the first element that matches, once the page has been brought up to date.
pub fn focus_soon(selector: String) {
    request_animation_frame(move || {
        if let Some(element) = find(&selector) {
            // An element that is gone again can't be focused, and need not be.
            let _ = element.focus();
        }
    });
}

/// Focuses the first element that matches if nothing has the focus by then, not even what is nearest to what was taken out
/// of the page: that is found after the next frame.
pub fn focus_if_lost(selector: String) {
    request_animation_frame(move || focus_if_nowhere(selector));
}

/// Focuses the first element that matches if nothing has the focus in the next frame, before what is nearest to what was
/// taken out of the page gets it.
pub fn focus_if_nowhere(selector: String) {
    request_animation_frame(move || {
        if focused().is_none_or(|element| element.tag_name() == "BODY")
            && let Some(element) = find(&selector)
        {
            // See `focus_soon`.
            let _ = element.focus();
        }
    });
}

/// How often it is looked for something that is on its way, in milliseconds, and how often at most.
const LOOK_EVERY_MS: u64 = 50;
const LOOKS: u32 = 100;

/// Focuses the first element that matches as soon as there is one, within a few seconds: on a page that is opened just now.
pub fn focus_when_there(selector: String) {
    look_for(selector, LOOKS);
}

fn look_for(selector: String, looks: u32) {
    let look = move || {
        if let Some(element) = find(&selector) {
            // See `focus_soon`.
            let _ = element.focus();
            reveal(&element);
        } else if looks > 0 {
            look_for(selector, looks - 1);
        }
    };
    set_timeout(look, std::time::Duration::from_millis(LOOK_EVERY_MS));
}

/// Scrolls just as far as needed to show an element.
pub fn reveal(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_inline(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Returns the element that has the focus.
#[must_use]
pub fn focused() -> Option<Element> {
    document().active_element()
}

/// Moves the focus among `items` as the keys for lists and menus say; tells whether the key was one of them.
pub fn move_among(items: &[HtmlElement], key: &str) -> bool {
    let at = focused().and_then(|focused| items.iter().position(|item| **item == focused));
    let last = items.len().saturating_sub(1);
    let next = match (key, at) {
        ("ArrowDown", Some(at)) => (at + 1) % items.len().max(1),
        ("ArrowUp", Some(at)) => at.checked_sub(1).unwrap_or(last),
        ("ArrowDown" | "Home", _) => 0,
        ("ArrowUp" | "End", _) => last,
        _ => return false,
    };
    if let Some(item) = items.get(next) {
        // See `focus_soon`.
        let _ = item.focus();
        reveal(item);
    }
    true
}
