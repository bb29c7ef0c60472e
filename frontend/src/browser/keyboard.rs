//! Which keys mean something, and when they don't: while typing, with a modifier, while an input method composes.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent};

/// Calls back for keys pressed anywhere in the page, while the calling component is shown.
pub fn on_key(handle: impl Fn(KeyboardEvent) + 'static) {
    let listener = window_event_listener(leptos::ev::keydown, handle);
    on_cleanup(move || listener.remove());
}

/// Returns the key of a press that may be a single-key shortcut; `None` while typing or in a dialog.
#[must_use]
pub fn bare_key(event: &KeyboardEvent) -> Option<String> {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    let taken = event.default_prevented() || event.is_composing();
    (!modified && !taken && !is_typing(event)).then(|| event.key())
}

/// Returns the key that was pressed together with Ctrl or Cmd, and nothing else.
#[must_use]
pub fn chord(event: &KeyboardEvent) -> Option<String> {
    let is_chord = event.ctrl_key() || event.meta_key();
    let is_more = event.alt_key() || event.shift_key() || event.default_prevented() || event.is_composing();
    (is_chord && !is_more).then(|| event.key())
}

fn is_typing(event: &KeyboardEvent) -> bool {
    const TAKES_KEYS: &str = "textarea, select, dialog, [popover]:popover-open, [contenteditable], \
                              input:not([type=checkbox], [type=radio])";
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| element.closest(TAKES_KEYS).ok().flatten().is_some())
}
