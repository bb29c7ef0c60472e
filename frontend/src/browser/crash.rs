//! A panic poisons the instance for good: the crash screen of `js/crash.js`, which needs none, takes over.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["window", "slipway"])]
    fn crashed(report: &str);

    #[wasm_bindgen(js_namespace = ["window", "slipway"], js_name = note)]
    fn js_note(action: &str);
}

/// Puts the crash screen up on every panic.
pub fn install() {
    std::panic::set_hook(Box::new(|panic| crashed(&panic.to_string())));
}

/// Notes the name of an action for the report of a later crash. Never a text that a person wrote.
pub fn note(action: &str) {
    js_note(action);
}
