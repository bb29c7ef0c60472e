//! Time as the domain uses it: UTC milliseconds. There is no `now` here; it comes in as an argument.

use serde::{Deserialize, Serialize};

/// A moment in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// The earliest and latest moments a person's clock may claim: the years 1970 to 9999.
const RANGE: std::ops::RangeInclusive<i64> = 0..=253_402_300_799_999;

impl Timestamp {
    /// Returns how many milliseconds lie between `earlier` and this moment; negative if this one is first.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns this moment moved by `ms` milliseconds.
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Tells whether the moment lies in the years 1970 to 9999.
    #[must_use]
    pub fn is_plausible(self) -> bool {
        RANGE.contains(&self.0)
    }
}

/// Returns when a command was made by the server's clock, in the sense of `docs/sync-model.md`, "Time".
///
/// `at` and `sent_at` come from one clock, the sender's, whose error cancels out. The result lies between
/// `floor` (when the version the sender had seen was committed) and `now`.
#[must_use]
pub fn effective_time(at: Timestamp, sent_at: Timestamp, now: Timestamp, floor: Timestamp) -> Timestamp {
    let corrected = at.plus(now.since(sent_at));
    corrected.max(floor).min(now)
}

/// Differences between two clocks up to this many milliseconds may be the time a push was on its way.
const ON_ITS_WAY_MS: i64 = 5_000;

/// Returns what the clock of a sender has to be corrected by, in milliseconds; 0 where the difference may as well be
/// the time that the push took.
#[must_use]
pub const fn clock_error_ms(sent_at: Timestamp, now: Timestamp) -> i64 {
    let difference = now.since(sent_at);
    if difference >= -ON_ITS_WAY_MS && difference <= ON_ITS_WAY_MS { 0 } else { difference }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(at: i64, sent_at: i64, now: i64, floor: i64, expected: i64) {
        let effective = effective_time(Timestamp(at), Timestamp(sent_at), Timestamp(now), Timestamp(floor));
        assert_eq!(effective, Timestamp(expected));
    }

    #[test]
    fn a_right_clock_is_taken_as_it_is() {
        check(1_000, 5_000, 5_000, 0, 1_000);
    }

    #[test]
    fn a_clock_three_days_ahead_is_corrected() {
        let ahead = 3 * 86_400_000;
        check(1_000 + ahead, 5_000 + ahead, 5_000, 0, 1_000);
    }

    #[test]
    fn a_clock_behind_is_corrected() {
        check(1_000 - 900, 5_000 - 900, 5_000, 0, 1_000);
    }

    #[test]
    fn nothing_happens_before_what_was_seen_or_after_now() {
        check(1_000, 5_000, 5_000, 3_000, 3_000);
        check(9_000, 5_000, 5_000, 0, 5_000);
    }

    #[test]
    fn the_time_a_push_takes_is_no_error_of_a_clock() {
        let error = |sent_at, now| clock_error_ms(Timestamp(sent_at), Timestamp(now));
        assert_eq!((error(1_000, 1_250), error(1_250, 1_000)), (0, 0));
        assert_eq!((error(0, 90_000), error(90_000, 0)), (90_000, -90_000));
    }
}
