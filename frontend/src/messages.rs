//! Every word on the screen, in the reader's language: a method per key of `frontend/locales/*.ftl`.
//!
//! How to add one stands at the top of `locales/en.ftl`. A key that a language lacks fails the build.

#[cfg(test)]
#[path = "../build/messages.rs"]
mod build;

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

/// The app's texts in one language; `build.rs` makes a method of every key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Messages(pub Language);

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// Returns the language of a tag such as `fr-CA`; English for one the app doesn't speak.
    pub fn from_tag(tag: &str) -> Self {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(first)).unwrap_or(Self::En)
    }

    /// Returns its tag, as the page's `lang` has it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// Returns its name in its own words, for the person who looks for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
        }
    }

    /// What stands between thousands.
    fn separator(self) -> char {
        match self {
            Self::En => ',',
            Self::Fr => '\u{202f}',
        }
    }
}

impl Messages {
    /// Returns a whole number as the language writes it.
    pub fn number(self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut out = String::new();
        if number < 0 {
            out.push('\u{2212}');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push(self.0.separator());
            }
            out.push(digit);
        }
        out
    }
}

/// Puts the parts of a text together; in one place, so that every message is a call and not a loop.
#[inline(never)]
fn join(parts: &[&str]) -> String {
    parts.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Messages = Messages(Language::En);
    const FR: Messages = Messages(Language::Fr);

    #[test]
    fn texts_come_in_both_languages() {
        assert_eq!((EN.nav_board(), FR.nav_board()), ("Board", "Tableau"));
        assert_eq!(EN.sync_offline_waiting(3), "Offline · 3 waiting");
        assert_eq!(FR.sync_offline_waiting(3), "Hors ligne · 3 en attente");
    }

    #[test]
    fn plurals_follow_each_language() {
        let table = [
            (0, "Nothing waits for you", "Rien ne vous attend"),
            (1, "1 thing waits for you", "1 élément vous attend"),
            (2, "2 things wait for you", "2 éléments vous attendent"),
            (1200, "1,200 things wait for you", "1\u{202f}200 éléments vous attendent"),
        ];
        for (count, en, fr) in table {
            assert_eq!(
                (EN.nav_waiting_for_you(count), FR.nav_waiting_for_you(count)),
                (en.into(), fr.into())
            );
        }
    }

    #[test]
    fn numbers_are_grouped_as_each_language_does() {
        let table = [
            (0, "0"),
            (-7, "−7"),
            (999, "999"),
            (1000, "1,000"),
            (-1_234_567, "−1,234,567"),
            (i64::MIN, "−9,223,372,036,854,775,808"),
        ];
        for (number, written) in table {
            assert_eq!(EN.number(number), written);
            assert_eq!(FR.number(number), written.replace(',', "\u{202f}"));
        }
    }

    #[test]
    fn languages_are_known_by_their_tags() {
        let table = [
            ("fr", Language::Fr),
            ("fr-CA", Language::Fr),
            ("FR_fr", Language::Fr),
            ("fro", Language::En),
            ("en-GB", Language::En),
            ("de", Language::En),
            ("", Language::En),
        ];
        for (tag, language) in table {
            assert_eq!(Language::from_tag(tag), language, "{tag}");
        }
    }
}
