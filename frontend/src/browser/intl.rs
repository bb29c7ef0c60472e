//! Times and numbers in the page's language; see `js/intl.js`.

use slipway_shared::time::Timestamp;
use slipway_shared::zone::{Side, moment_of};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/intl.js")]
extern "C" {
    #[wasm_bindgen(js_name = relativeTime)]
    fn js_relative_time(difference: f64) -> String;
    #[wasm_bindgen(js_name = exactTime)]
    fn js_exact_time(ms: f64) -> String;
    #[wasm_bindgen(js_name = exactTimeIn)]
    fn js_exact_time_in(ms: f64, zone: &str) -> String;
    #[wasm_bindgen(js_name = shortTime)]
    fn js_short_time(ms: f64, now: f64) -> String;
    #[wasm_bindgen(js_name = isoTime)]
    fn js_iso_time(ms: f64) -> String;
    #[wasm_bindgen(js_name = fieldTime)]
    fn js_field_time(ms: f64) -> String;
    #[wasm_bindgen(js_name = parseFieldTime)]
    fn js_parse_field_time(text: &str) -> f64;
    #[wasm_bindgen(js_name = offsetAt)]
    fn js_offset_at(ms: f64, zone: &str) -> f64;
    #[wasm_bindgen(js_name = zones)]
    fn js_zones() -> Vec<String>;
    /// Returns the time zone of the device.
    #[wasm_bindgen(js_name = deviceZone)]
    pub fn device_zone() -> String;
    #[wasm_bindgen(js_name = formatNumber)]
    fn js_format_number(value: f64) -> String;
    #[wasm_bindgen(js_name = formatBytes)]
    pub fn format_bytes(bytes: f64) -> String;
}

/// Returns the names of the time zones that the browser knows.
#[must_use]
pub fn zones() -> Vec<String> {
    js_zones()
}

/// Returns a moment as seen from `now`: "3 hours ago".
#[must_use]
pub fn relative_time(at: Timestamp, now: Timestamp) -> String {
    js_relative_time(as_f64(at.since(now)))
}

/// Returns a moment with its day and time, in the reader's zone.
#[must_use]
pub fn exact_time(at: Timestamp) -> String {
    js_exact_time(as_f64(at.0))
}

/// Returns a moment with its day and time, as a clock in `zone` shows it.
#[must_use]
pub fn exact_time_in(at: Timestamp, zone: &str) -> String {
    js_exact_time_in(as_f64(at.0), zone)
}

/// Returns the time of a moment today, the day of any other.
#[must_use]
pub fn short_time(at: Timestamp, now: Timestamp) -> String {
    js_short_time(as_f64(at.0), as_f64(now.0))
}

/// Returns a moment as machines write it.
#[must_use]
pub fn iso_time(at: Timestamp) -> String {
    js_iso_time(as_f64(at.0))
}

/// Returns the value a field for day and time has for a moment.
#[must_use]
pub fn field_time(at: Timestamp) -> String {
    js_field_time(as_f64(at.0))
}

/// Returns the moment that a field for day and time stands for; `None` when it has none.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "a date of the browser is whole milliseconds")]
pub fn parse_field_time(text: &str) -> Option<Timestamp> {
    let ms = js_parse_field_time(text);
    ms.is_finite().then_some(Timestamp(ms as i64))
}

/// Returns the moment that a field for day and time stands for in a time zone; `None` when it has none, or where the
/// browser doesn't know the zone.
#[must_use]
pub fn parse_field_time_in(text: &str, zone: &str, side: Side) -> Option<Timestamp> {
    let wall = js_sys::Date::parse(&format!("{text}Z"));
    let is_known = js_offset_at(0.0, zone).is_finite();
    (wall.is_finite() && is_known).then(|| moment_of(whole(wall), side, |at| offset_in(zone, at)))
}

/// Returns the value a field for day and time has for a moment in a time zone.
#[must_use]
pub fn field_time_in(at: Timestamp, zone: &str) -> String {
    iso_time(at.plus(offset_in(zone, at))).chars().take(16).collect()
}

/// Returns by how many milliseconds a zone is ahead of UTC; 0 for one the browser doesn't know.
fn offset_in(zone: &str, at: Timestamp) -> i64 {
    let offset = js_offset_at(as_f64(at.0), zone);
    if offset.is_finite() { whole(offset).0 } else { 0 }
}

#[expect(clippy::cast_possible_truncation, reason = "a date of the browser is whole milliseconds")]
const fn whole(ms: f64) -> Timestamp {
    Timestamp(ms as i64)
}

/// Returns a count with the separators of the language.
#[must_use]
pub fn format_count(count: usize) -> String {
    js_format_number(u32::try_from(count).map_or(f64::MAX, f64::from))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of the years 1970 to 9999 fit")]
fn as_f64(ms: i64) -> f64 {
    ms as f64
}
