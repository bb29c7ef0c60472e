//! How well a text is what somebody looks for: the beginning of a version is better than the beginning of a word, and
//! that is better than a part of one.

/// How well something matches; the smaller, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// The text, such as a version, begins with it.
    Prefix,
    /// A word begins with it.
    WordStart,
    /// It is somewhere inside.
    Inside,
}

/// Returns how well a folded text has a folded word; `None` when it does not.
#[must_use]
pub fn match_of(text: &str, word: &str) -> Option<Match> {
    let mut best = None;
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(word)).map(|at| at + from) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        match before {
            None => return Some(Match::Prefix),
            Some(sign) if !sign.is_alphanumeric() => return Some(Match::WordStart),
            Some(_) => best = Some(Match::Inside),
        }
        from = at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    }
    best
}

/// Returns how well all words are found in a few texts, in any order: as well as the worst of them. Only the first text
/// counts as [`Match::Prefix`].
#[must_use]
pub fn match_all(texts: &[&str], words: &[String]) -> Option<Match> {
    let mut worst = Match::Prefix;
    for word in words {
        let in_one = texts.iter().enumerate().filter_map(|(place, text)| {
            let found = match_of(text, word)?;
            Some(if place == 0 { found } else { found.max(Match::WordStart) })
        });
        worst = worst.max(in_one.min()?);
    }
    Some(worst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::palette::fold::words_of;

    #[test]
    fn a_word_is_found_at_the_beginning_at_a_word_or_inside() {
        let table = [
            ("2.14.0", "2.14", Some(Match::Prefix)),
            ("2.14.0", "14", Some(Match::WordStart)),
            ("release-notes", "notes", Some(Match::WordStart)),
            ("keynotes", "notes", Some(Match::Inside)),
            ("keynotes and notes", "notes", Some(Match::WordStart)),
            ("ééa", "a", Some(Match::Inside)),
            ("", "a", None),
            ("2.14.0", "2.15", None),
        ];
        for (text, word, expected) in table {
            assert_eq!(match_of(text, word), expected, "{text} {word}");
        }
    }

    #[test]
    fn all_words_have_to_be_there_in_any_order_and_the_worst_one_counts() {
        let texts = ["2.14.0", "fix the login", "api"];
        let table = [
            ("2.14", Some(Match::Prefix)),
            ("api 2.14", Some(Match::WordStart)),
            ("login 2.14 api", Some(Match::WordStart)),
            ("ogin 2.14", Some(Match::Inside)),
            ("2.14 web", None),
            // The first text alone is a version.
            ("fix", Some(Match::WordStart)),
            ("", Some(Match::Prefix)),
        ];
        for (typed, expected) in table {
            assert_eq!(match_all(&texts, &words_of(typed)), expected, "{typed}");
        }
    }
}
