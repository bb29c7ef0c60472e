//! How long something has been so, as short as a card needs it.

use crate::language::count;
use slipway_shared::order;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Returns a length of time in its largest unit: `25 min`, `5 h`, `3 d`.
#[must_use]
pub fn age_words(ms: i64) -> String {
    let (unit, length) = unit_of(ms);
    match unit {
        Unit::Minutes if length < 1 => t!(age_now),
        Unit::Minutes => t!(age_minutes, count(length)),
        Unit::Hours => t!(age_hours, count(length)),
        Unit::Days => t!(age_days, count(length)),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Minutes,
    Hours,
    Days,
}

/// Two days are told in hours up to 48: "36 h" says more than "1 d".
fn unit_of(ms: i64) -> (Unit, i64) {
    match ms.max(0) {
        ms if ms < HOUR => (Unit::Minutes, ms / MINUTE),
        ms if ms < 2 * DAY => (Unit::Hours, ms / HOUR),
        ms => (Unit::Days, ms / DAY),
    }
}

/// Returns the value in the middle; the smaller of two.
#[must_use]
pub fn median(mut values: Vec<i64>) -> Option<i64> {
    order::sort(&mut values);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_the_unit_that_says_most() {
        assert_eq!(unit_of(-5), (Unit::Minutes, 0));
        assert_eq!(unit_of(25 * MINUTE), (Unit::Minutes, 25));
        assert_eq!(unit_of(36 * HOUR), (Unit::Hours, 36));
        assert_eq!(unit_of(3 * DAY + HOUR), (Unit::Days, 3));
    }

    #[test]
    fn the_median_of_nothing_is_nothing() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3]), Some(3));
        assert_eq!(median(vec![9, 1, 4, 2]), Some(2));
    }
}
