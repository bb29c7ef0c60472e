//! Texts as they are compared: without case and without accents, so that "Evenement" finds "Événement".

use slipway_shared::order;
use std::ops::Range;

/// Returns a text as it is compared.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|sign| push_folded(&mut folded, sign));
    folded
}

/// Returns the words of what was typed, folded, without repetitions.
#[must_use]
pub fn words_of(typed: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in fold(typed).split_whitespace() {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// Returns which parts of a text, in bytes, are what somebody looked for. They are in order and apart.
#[must_use]
pub fn marks(text: &str, words: &[String]) -> Vec<Range<usize>> {
    let mut folded = String::with_capacity(text.len());
    // For every byte of the folded text, the sign it comes from.
    let mut from: Vec<Range<usize>> = Vec::with_capacity(text.len());
    for (at, sign) in text.char_indices() {
        push_folded(&mut folded, sign);
        from.resize(folded.len(), at..at + sign.len_utf8());
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        for (start, matched) in folded.match_indices(word.as_str()) {
            let end = start + matched.len() - 1;
            if let (Some(first), Some(last)) = (from.get(start), from.get(end)) {
                found.push(first.start..last.end);
            }
        }
    }
    order::sort_by_key(&mut found, |range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in found {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

fn push_folded(folded: &mut String, sign: char) {
    match sign {
        'a'..='z' | '0'..='9' | ' '..='@' => folded.push(sign),
        'A'..='Z' => folded.push(sign.to_ascii_lowercase()),
        // An accent that is a sign of its own.
        '\u{300}'..='\u{36f}' => {}
        _ => sign.to_lowercase().for_each(|lower| match plain(lower) {
            Some(plain) => folded.push_str(plain),
            None if matches!(lower, '\u{300}'..='\u{36f}') => {}
            None => folded.push(lower),
        }),
    }
}

/// Returns what a letter is without its accent, for the letters of Latin-1 and Latin Extended-A.
fn plain(lower: char) -> Option<&'static str> {
    Some(match lower {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĳ' => "ij",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' => "s",
        'ß' => "ss",
        'þ' => "th",
        'ţ' | 'ť' | 'ŧ' => "t",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_make_no_difference() {
        let table = [
            ("Événement", "evenement"),
            ("E\u{301}ve\u{301}nement", "evenement"),
            ("ŒUVRE", "oeuvre"),
            ("Straße", "strasse"),
            ("Łódź", "lodz"),
            ("v2.14.0-RC.1", "v2.14.0-rc.1"),
            ("İstanbul", "istanbul"),
            ("Ωmega 日本", "ωmega 日本"),
        ];
        for (text, expected) in table {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn what_was_typed_becomes_words_once_each() {
        assert_eq!(words_of("  Api  2.14 api "), ["api", "2.14"]);
        assert_eq!(words_of(" \t "), Vec::<String>::new());
    }

    fn marked<'a>(text: &'a str, typed: &str) -> Vec<&'a str> {
        marks(text, &words_of(typed)).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn what_is_marked_is_the_text_as_it_is_written() {
        let table: [(&str, &str, &[&str]); 7] = [
            ("Fix the login", "log fix", &["Fix", "log"]),
            ("Événement élevé", "evenement", &["Événement"]),
            ("Événement élevé", "e", &["É", "é", "e", "e", "é", "e", "é"]),
            ("Cœur", "oe", &["œ"]),
            ("Cœur", "o", &["œ"]),
            ("aaaa", "aa a", &["aaaa"]),
            ("nothing", "x", &[]),
        ];
        for (text, typed, expected) in table {
            assert_eq!(marked(text, typed), expected, "{text} {typed}");
        }
    }
}
