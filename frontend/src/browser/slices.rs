//! Long work in slices, so that the browser can paint and handle input in between.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/slices.js")]
extern "C" {
    /// Gives way to the browser.
    pub async fn breathe();

    /// Lets some time go by.
    pub async fn wait(ms: u32);

    #[wasm_bindgen(js_name = whenIdle)]
    fn when_idle_js(callback: &JsValue, at_most_ms: u32);
}

/// Does `work` in an idle moment, at the latest after about `at_most_ms` milliseconds.
pub fn when_idle(at_most_ms: u32, work: impl FnOnce() + 'static) {
    when_idle_js(&Closure::once_into_js(work), at_most_ms);
}

/// How long a slice may keep the browser from painting, in milliseconds.
const SLICE_MS: f64 = 8.0;

/// Long work that gives way now and then.
#[derive(Debug)]
pub struct Slices {
    began_ms: f64,
}

impl Slices {
    /// Begins the first slice.
    #[must_use]
    pub fn begin() -> Self {
        Self { began_ms: js_sys::Date::now() }
    }

    /// Gives way to the browser when the slice has been long enough.
    pub async fn pause_if_due(&mut self) {
        if js_sys::Date::now() - self.began_ms > SLICE_MS {
            breathe().await;
            self.began_ms = js_sys::Date::now();
        }
    }
}
