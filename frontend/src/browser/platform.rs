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

    #[wasm_bindgen(js_name = saveBlob)]
    pub fn save_blob(name: &str, blob: &web_sys::Blob);

    #[wasm_bindgen(js_name = fileDigest)]
    async fn js_file_digest(file: &web_sys::File) -> JsValue;

    #[wasm_bindgen(js_name = readFile)]
    async fn js_read_file(file: &web_sys::File) -> JsValue;

    #[wasm_bindgen(js_name = openPopover)]
    pub fn open_popover(popover: &web_sys::Element, anchor: &web_sys::Element);

    #[wasm_bindgen(js_name = placePopover)]
    pub fn place_popover(popover: &web_sys::Element, anchor: &web_sys::Element);

    #[wasm_bindgen(js_name = keepFocus)]
    pub fn keep_focus();

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

/// Returns what this device is called in a list of devices, until its person gives it a name: `Firefox · Linux`.
#[must_use]
pub fn device_name() -> String {
    let agent = leptos::prelude::window().navigator().user_agent().unwrap_or_default();
    named_after(&agent)
}

fn named_after(agent: &str) -> String {
    // The first that fits: every browser says that it is also those it came after.
    const BROWSERS: [(&str, &str); 6] = [
        ("Firefox", "Firefox"),
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "Mac"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)], unknown| {
        known.iter().find(|(word, _)| agent.contains(word)).map_or(unknown, |(_, name)| *name)
    };
    format!("{} · {}", find(&BROWSERS, "Browser"), find(&SYSTEMS, "?"))
}

/// Puts a text on the clipboard; tells whether it is there.
pub async fn copy_text(text: &str) -> bool {
    js_copy_text(text).await.as_bool().unwrap_or(false)
}

/// Returns the digest that an exported workspace names in its first line; `None` where it names none.
pub async fn file_digest(file: &web_sys::File) -> Option<String> {
    js_file_digest(file).await.as_string()
}

/// Reads a chosen file as text; `None` when it can't be read.
pub async fn read_file(file: &web_sys::File) -> Option<String> {
    js_read_file(file).await.as_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_after_its_browser_and_system() {
        let table = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36",
                "Chrome · Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1 Version/26.0 Safari/604.1",
                "Safari · iPhone",
            ),
            ("", "Browser · ?"),
        ];
        for (agent, name) in table {
            assert_eq!(named_after(agent), name);
        }
    }
}
