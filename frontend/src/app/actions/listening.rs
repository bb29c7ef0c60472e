//! The one listener for keys.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::keys::{LEAD, Press, is_sign};
use super::registry::{Actions, use_actions};
use crate::browser::focus;
use crate::browser::keyboard::{bare_key, chord, on_key};
use crate::settings::use_settings;
use crate::toasts::{Toasts, use_toasts};

/// Listens for the keys of every action that is on offer. To be called once, by the frame.
pub fn listen_for_keys() {
    let actions = use_actions();
    let toasts = use_toasts();
    let single_keys = use_settings().single_keys();
    let is_led = StoredValue::new(false);
    on_key(move |event: KeyboardEvent| {
        let was_led = is_led.get_value();
        is_led.set_value(false);
        if actions.is_taken(&event) {
            return;
        }
        let press = match (chord(&event), bare_key(&event)) {
            (Some(key), _) => Press::Chord(key),
            (None, Some(key)) if is_sign(&key) && !single_keys.get_untracked() => return,
            (None, Some(key)) if was_led => Press::Led(key),
            (None, Some(key)) => Press::One(key),
            (None, None) => return,
        };
        if press == Press::One(LEAD.to_owned()) {
            is_led.set_value(true);
            event.prevent_default();
        } else if set_off(actions, toasts, &press) {
            event.prevent_default();
        }
    });
}

/// Does what a key means, or says why not; tells whether it means something.
fn set_off(actions: Actions, toasts: Toasts, press: &Press) -> bool {
    let means = |action: super::Action| action.about().keys.iter().any(|keys| keys.is(press));
    let meant = actions.on_offer(press.key()).into_iter().find(|offer| means(offer.action()));
    let Some(offer) = meant else { return false };
    // What a dialog asks comes first. The key is ours all the same: the browser must not do something else with it.
    let is_asked = focus::find("dialog[open]").is_some();
    match offer.may_not() {
        _ if is_asked => {}
        Some(why) => toasts.refuse(why),
        None => offer.run(press.key()),
    }
    true
}
