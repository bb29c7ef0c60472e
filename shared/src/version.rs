//! Which of two versions is the older one, for versions as teams really write them.

use std::cmp::Ordering;

/// Compares two versions; `None` where nothing says which is older.
///
/// A leading `v` and what follows a `+` don't count. Numbers compare as numbers, and what is missing is 0. A text after
/// a `-` behind nothing but numbers is a pre-release, ordered as semver says. Everything else has to be the same: names
/// that differ, and hashes of commits, have no order.
#[must_use]
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (plain(a), plain(b));
    if a == b {
        return Some(Ordering::Equal);
    }
    if is_commit(a) || is_commit(b) {
        return None;
    }
    let ((core_a, pre_a), (core_b, pre_b)) = (split(a), split(b));
    let core = compare_core(core_a, core_b)?;
    Some(core.then_with(|| compare_pre_releases(pre_a, pre_b)))
}

/// Returns a version without what doesn't count.
fn plain(version: &str) -> &str {
    let version = version.trim();
    let numbered = version.strip_prefix(['v', 'V']).filter(|rest| starts_with_digit(rest)).unwrap_or(version);
    numbered.split_once('+').map_or(numbered, |(before, _)| before)
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// Tells whether a text looks like the hash of a commit. Digits alone may as well be a date.
fn is_commit(text: &str) -> bool {
    let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (7..=40).contains(&text.len()) && is_hex && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Splits a pre-release off numbers.
fn split(version: &str) -> (&str, Option<&str>) {
    let is_numbers = |text: &str| {
        starts_with_digit(text) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    match version.split_once('-') {
        Some((core, pre)) if is_numbers(core) && !pre.is_empty() => (core, Some(pre)),
        _ => (version, None),
    }
}

fn compare_core(a: &str, b: &str) -> Option<Ordering> {
    let (mut a, mut b) = (runs(a), runs(b));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Some(Ordering::Equal),
            (Some(a), Some(b)) if is_number(a) && is_number(b) => match compare_numbers(a, b) {
                Ordering::Equal => {}
                order @ (Ordering::Less | Ordering::Greater) => return Some(order),
            },
            (Some(a), Some(b)) if a == b => {}
            (Some(_), Some(_)) => return None,
            (Some(more), None) => {
                return is_more_than_nothing(more, a).map(|is| order(is, Ordering::Greater));
            }
            (None, Some(more)) => return is_more_than_nothing(more, b).map(|is| order(is, Ordering::Less)),
        }
    }
}

const fn order(is_more: bool, order: Ordering) -> Ordering {
    if is_more { order } else { Ordering::Equal }
}

/// Tells whether what one version has and the other has not is more than `.0`; `None` where it is no number.
fn is_more_than_nothing<'a>(first: &'a str, rest: impl Iterator<Item = &'a str>) -> Option<bool> {
    let mut is_more = false;
    for run in std::iter::once(first).chain(rest) {
        match run {
            "." => {}
            number if is_number(number) => is_more |= number.bytes().any(|digit| digit != b'0'),
            _ => return None,
        }
    }
    Some(is_more)
}

/// Iterates over the runs of digits, and of everything else, in a text.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_number = starts_with_digit(rest);
        let end = rest.find(|next: char| next.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (run, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(run).filter(|run| !run.is_empty())
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Compares numbers of any length.
fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Compares what follows the numbers as semver says: a pre-release comes before its release.
fn compare_pre_releases(a: Option<&str>, b: Option<&str>) -> Ordering {
    let (Some(a), Some(b)) = (a, b) else { return a.is_none().cmp(&b.is_none()) };
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (a, b) = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => (a, b),
        };
        let order = match (is_number(a), is_number(b)) {
            (true, true) => compare_numbers(a, b),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => a.cmp(b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(older: &str, newer: &str) {
        assert_eq!(compare(older, newer), Some(Ordering::Less), "{older} before {newer}");
        assert_eq!(compare(newer, older), Some(Ordering::Greater), "{newer} after {older}");
    }

    #[test]
    fn an_older_version_comes_before_a_newer_one() {
        for (older, newer) in [
            ("1.4.0", "1.4.1"),
            ("1.9.0", "1.10.0"),
            ("1.4", "1.4.1"),
            ("v1.4.0", "1.4.1"),
            ("2.4.0-rc.1", "2.4.0"),
            ("2.4.0-alpha", "2.4.0-alpha.1"),
            ("2.4.0-alpha.1", "2.4.0-alpha.beta"),
            ("2.4.0-beta.2", "2.4.0-beta.11"),
            ("2.4.0-rc.1", "2.4.1-alpha"),
            ("2024.11.3", "2024.11.27"),
            ("20241103", "20241127"),
            ("release-7", "release-8"),
            ("build 99", "build 100"),
            ("1.99999999999999999999998", "1.99999999999999999999999"),
        ] {
            check(older, newer);
        }
    }

    #[test]
    fn the_same_version_is_written_in_several_ways() {
        for (a, b) in [("1.4.0", "v1.4.0"), ("1.4", "1.4.0"), ("1.4.0+build.7", "1.4.0"), ("1.04.0", "1.4.0")]
        {
            assert_eq!(compare(a, b), Some(Ordering::Equal), "{a} is {b}");
        }
    }

    #[test]
    fn names_and_commits_have_no_order() {
        for (a, b) in [("indigo", "jade"), ("9f1c2a7", "1d04be9"), ("9f1c2a7", "1.4.0"), ("web-3", "api-4")] {
            assert_eq!(compare(a, b), None, "{a} and {b}");
        }
    }
}
