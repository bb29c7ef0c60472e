//! How wide the window is, as a signal.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Tells whether a media query holds, as long as the calling component is there.
#[must_use]
pub fn use_media_query(query: &str) -> Signal<bool> {
    let list = window().match_media(query).ok().flatten();
    let matches = RwSignal::new(list.as_ref().is_some_and(web_sys::MediaQueryList::matches));
    if let Some(list) = list {
        let asked = list.clone();
        let changed = Closure::<dyn FnMut()>::new(move || {
            matches.try_set(asked.matches());
        });
        // A browser that can't tell about changes still answered once.
        let _ = list.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
        let listening = StoredValue::new_local((list, changed));
        on_cleanup(move || {
            listening.try_with_value(|(list, changed)| {
                let _ = list.remove_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
            });
        });
    }
    matches.into()
}
