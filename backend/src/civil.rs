//! A moment as people and file names say it, in UTC.

use slipway_shared::time::Timestamp;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Returns `2026-11-26T13:19:06Z`.
pub(crate) fn utc(at: Timestamp) -> String {
    let (year, month, day) = date(at.0.div_euclid(DAY_MS));
    let second = at.0.rem_euclid(DAY_MS) / 1000;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Returns year, month and day of a day counted from 1970, in the Gregorian calendar. Years are taken to begin in
/// March, so that the day that is sometimes missing is the last one.
const fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    (year + era * 400 + if month <= 2 { 1 } else { 0 }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_said_in_utc() {
        assert_eq!(utc(Timestamp(0)), "1970-01-01T00:00:00Z");
        assert_eq!(utc(Timestamp(951_782_399_000)), "2000-02-28T23:59:59Z");
        assert_eq!(utc(Timestamp(951_782_400_000)), "2000-02-29T00:00:00Z");
        assert_eq!(utc(Timestamp(1_795_699_146_999)), "2026-11-26T13:19:06Z");
        assert_eq!(utc(Timestamp(-1)), "1969-12-31T23:59:59Z");
    }
}
