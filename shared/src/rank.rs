//! Places in a list as texts that sort: there is always room between two of them.
//!
//! A rank is ten hexadecimal digits, so that adding at either end never makes it longer, and then a fraction in
//! base 36 that never ends in `0`, so that there is room before it too.

const WHOLE: usize = 10;
const STEP: u64 = 0x100;
const MIDDLE: u64 = 0x80_0000_0000;
const LARGEST: u64 = 0xff_ffff_ffff;
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The longest rank that is accepted.
pub const MAX_LENGTH: usize = 200;

/// Tells whether `text` is a rank.
#[must_use]
pub fn is_rank(text: &str) -> bool {
    let (Some(whole), Some(fraction)) = (text.get(..WHOLE), text.get(WHOLE..)) else {
        return false;
    };
    text.len() <= MAX_LENGTH
        && whole.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        && fraction.bytes().all(|byte| DIGITS.contains(&byte))
        && !fraction.ends_with('0')
}

/// Returns a rank after `before` and before `after`; `None` stands for the end of the list on that side.
///
/// Where the two are no ranks, or not in order, the result is a rank after `before` alone.
#[must_use]
pub fn between(before: Option<&str>, after: Option<&str>) -> String {
    match (before.and_then(split), after.and_then(split)) {
        (None, None) => whole(MIDDLE),
        (Some((low, _)), None) => whole(low.saturating_add(STEP).min(LARGEST)),
        (None, Some((high, _))) => whole(high.saturating_sub(STEP)),
        (Some((low, low_fraction)), Some((high, high_fraction))) => {
            if high.saturating_sub(low) >= 2 {
                return whole(low.midpoint(high));
            }
            let upper = (high == low).then_some(high_fraction).filter(|upper| *upper > low_fraction);
            let mut rank = whole(low);
            push_midpoint(&mut rank, low_fraction.as_bytes(), upper.map(str::as_bytes));
            rank
        }
    }
}

fn split(rank: &str) -> Option<(u64, &str)> {
    let number = u64::from_str_radix(rank.get(..WHOLE)?, 16).ok()?;
    Some((number, rank.get(WHOLE..)?))
}

fn whole(number: u64) -> String {
    format!("{number:010x}")
}

/// Appends a fraction after `low` and before `high`; no `high` means one.
fn push_midpoint(rank: &mut String, low: &[u8], high: Option<&[u8]>) {
    let low_digit = low.first().map_or(0, |byte| value(*byte));
    let high_digit = high.and_then(<[u8]>::first).map_or(DIGITS.len(), |byte| value(*byte));
    let low_rest = low.get(1..).unwrap_or_default();
    if low_digit == high_digit {
        push_digit(rank, low_digit);
        push_midpoint(rank, low_rest, high.and_then(|high| high.get(1..)));
    } else if high_digit - low_digit > 1 {
        push_digit(rank, low_digit.midpoint(high_digit));
    } else if let Some([first, _, ..]) = high {
        push_digit(rank, value(*first));
    } else {
        push_digit(rank, low_digit);
        push_midpoint(rank, low_rest, None);
    }
}

fn value(byte: u8) -> usize {
    DIGITS.iter().position(|digit| *digit == byte).unwrap_or_default()
}

fn push_digit(rank: &mut String, digit: usize) {
    if let Some(byte) = DIGITS.get(digit) {
        rank.push(char::from(*byte));
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ends_of_a_list_never_make_ranks_longer() {
        let mut first = between(None, None);
        let mut last = first.clone();
        for _ in 0..10_000 {
            let before = between(None, Some(&first));
            let after = between(Some(&last), None);
            assert!(before < first && after > last && before.len() == WHOLE && after.len() == WHOLE);
            (first, last) = (before, after);
        }
    }

    proptest! {
        #[test]
        fn there_is_always_room(places in prop::collection::vec(any::<prop::sample::Index>(), 1..200)) {
            let mut ranks = vec![between(None, None)];
            for place in places {
                let index = place.index(ranks.len() + 1);
                let before = index.checked_sub(1).and_then(|i| ranks.get(i)).map(String::as_str);
                let after = ranks.get(index).map(String::as_str);
                let rank = between(before, after);
                prop_assert!(is_rank(&rank), "{rank}");
                prop_assert!(before.is_none_or(|before| before < rank.as_str()));
                prop_assert!(after.is_none_or(|after| rank.as_str() < after));
                ranks.insert(index, rank);
            }
        }
    }
}
