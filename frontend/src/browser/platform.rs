//! What `js/platform.js` offers; see there.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/platform.js")]
extern "C" {
    #[wasm_bindgen(js_name = registerServiceWorker)]
    pub async fn register_service_worker(
        on_waiting: &Closure<dyn FnMut()>,
        on_replaced: &Closure<dyn FnMut()>,
    );

    #[wasm_bindgen(js_name = applyUpdate)]
    pub fn apply_update();

    #[wasm_bindgen(js_name = storageEstimate)]
    async fn js_storage_estimate() -> JsValue;

    #[wasm_bindgen(js_name = canInstall)]
    pub fn can_install() -> bool;

    #[wasm_bindgen(js_name = install)]
    async fn js_install() -> JsValue;

    #[wasm_bindgen(js_name = copyText)]
    async fn js_copy_text(text: &str) -> JsValue;

    #[wasm_bindgen(js_name = setBadge)]
    pub fn set_badge(count: u32);

    #[wasm_bindgen(js_name = saveFile)]
    pub fn save_file(name: &str, kind: &str, text: &str);

    #[wasm_bindgen(js_name = readFile)]
    async fn js_read_file(file: &web_sys::File) -> JsValue;

    #[wasm_bindgen(js_name = openPopover)]
    pub fn open_popover(popover: &web_sys::Element, anchor: &web_sys::Element);

    #[wasm_bindgen(js_name = holdTouch)]
    pub fn hold_touch(element: &web_sys::Element);
}

/// Returns how many bytes are used and how many there may be; `None` where the browser doesn't say.
pub async fn storage_estimate() -> Option<(f64, f64)> {
    let answer = js_storage_estimate().await;
    if !js_sys::Array::is_array(&answer) {
        return None;
    }
    let answer = js_sys::Array::from(&answer);
    Some((answer.get(0).as_f64()?, answer.get(1).as_f64()?))
}

/// Asks the person to install the app; tells whether they did.
pub async fn install() -> bool {
    js_install().await.as_bool().unwrap_or(false)
}

/// Puts a text on the clipboard; tells whether it is there.
pub async fn copy_text(text: &str) -> bool {
    js_copy_text(text).await.as_bool().unwrap_or(false)
}

/// Reads a chosen file as text; `None` when it can't be read.
pub async fn read_file(file: &web_sys::File) -> Option<String> {
    js_read_file(file).await.as_string()
}
