//! The device's clock, steady within one page load, and new ids.

use slipway_shared::time::Timestamp;

use super::storage::indexed_db::random;

/// A clock that a change of the system's time during the session does not move.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    /// What the system's clock said at the start, less what the page's own clock said.
    anchor_ms: f64,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { anchor_ms: js_sys::Date::now() - page_ms() }
    }

    pub(super) fn now(self) -> Timestamp {
        Timestamp(whole(self.anchor_ms + page_ms()))
    }

    /// Returns the number of a new id: a UUID version 7, which sorts by time for the eye only.
    pub(super) fn mint(self) -> u128 {
        let random = u128::from_be_bytes(random());
        let time = u128::try_from(self.now().0).unwrap_or_default();
        let low = random & ((1 << 80) - 1);
        let versioned = (low & !(0xf << 76)) | (0x7 << 76);
        let variant = (versioned & !(0x3 << 62)) | (0x2 << 62);
        ((time & ((1 << 48) - 1)) << 80) | variant
    }

    /// Returns a random number, to spread retries.
    pub(super) fn jitter() -> u16 {
        let [high, low, ..] = random();
        u16::from_be_bytes([high, low])
    }
}

fn page_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds of this age fit many times over")]
fn whole(ms: f64) -> i64 {
    ms as i64
}
