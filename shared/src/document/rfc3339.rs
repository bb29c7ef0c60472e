//! Times as RFC 3339 text, without a clock or a calendar crate.

/// The milliseconds since 1970 that RFC 3339 can write: the years 0 to 9999.
pub(super) const RANGE: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

const DAY_MS: i64 = 86_400_000;

/// Returns the time in UTC, with milliseconds only when there are any. Expects it within [`RANGE`].
pub(super) fn write(at_ms: i64) -> String {
    let (year, month, day) = date(at_ms.div_euclid(DAY_MS));
    let in_day = at_ms.rem_euclid(DAY_MS);
    let (seconds, ms) = (in_day / 1000, in_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if ms == 0 { String::new() } else { format!(".{ms:03}") };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// Reads a time with its offset, as RFC 3339 and git write it; smaller parts than milliseconds are cut off.
pub(super) fn read(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let clock = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.'));
    let (clock, offset) = rest.split_at(rest.len() - clock.len());
    let at_ms = read_date(date)? * DAY_MS + read_clock(clock)? - read_offset(offset.trim())?;
    RANGE.contains(&at_ms).then_some(at_ms)
}

fn read_date(text: &str) -> Option<i64> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let days = days(year, month, day);
    // The 31st of a shorter month comes back as another date.
    (date(days) == (year, month, day)).then_some(days)
}

fn read_clock(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let (hour, rest) = clock.split_once(':')?;
    let (minute, second) = rest.split_once(':')?;
    let (hour, minute, second) = (number(hour, 2)?, number(minute, 2)?, number(second, 2)?);
    let ms = number(fraction.get(..3).unwrap_or(fraction), fraction.len().min(3))?;
    let is_real = hour < 24 && minute < 60 && second <= 60 && fraction.chars().all(|c| c.is_ascii_digit());
    let scale = match fraction.len() {
        1 => 100,
        2 => 10,
        _ => 1,
    };
    is_real.then_some(((hour * 60 + minute) * 60 + second) * 1000 + ms * scale)
}

fn read_offset(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hour, minute) = rest.split_once(':').or_else(|| rest.split_at_checked(2))?;
    let (hour, minute) = (number(hour, 2)?, number(minute, 2)?);
    (hour < 24 && minute < 60).then_some(sign * (hour * 60 + minute) * 60_000)
}

/// Reads exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let is_number = text.len() == digits && text.chars().all(|c| c.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Returns the days from 1970 to a date, counting years from March so that leap days come last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Undoes [`days`].
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        let table = [
            (0, "1970-01-01T00:00:00Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (*RANGE.start(), "0000-01-01T00:00:00Z"),
            (*RANGE.end(), "9999-12-31T23:59:59.999Z"),
        ];
        for (at_ms, text) in table {
            assert_eq!(write(at_ms), text);
            assert_eq!(read(text), Some(at_ms));
        }
    }

    #[test]
    fn times_are_read_as_git_and_other_tools_write_them() {
        let table = [
            ("1970-01-01 01:00:00 +0100", Some(0)),
            ("1969-12-31t19:00:00.5-05:00", Some(500)),
            ("1970-01-01T00:00:00.0019999z", Some(1)),
            ("1970-01-01T00:00:60Z", Some(60_000)),
            ("1970-01-01", None),
            ("1970-01-01T00:00:00", None),
            ("1970-02-30T00:00:00Z", None),
            ("1970-13-01T00:00:00Z", None),
            ("1970-01-01T24:00:00Z", None),
            ("1970-01-01T00:00:00.Z", None),
            ("1970-01-01T00:00:00.12aZ", None),
            ("1970-01-01T00:00:00+1é", None),
            ("0000-01-01T00:00:00+00:01", None),
            ("last week", None),
            ("1970-01-0é1T00:00:00Z", None),
        ];
        for (text, at_ms) in table {
            assert_eq!(read(text), at_ms, "{text}");
        }
    }
}
