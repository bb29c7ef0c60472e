//! The texts of people about themselves: trimmed, not empty, not too long.

use slipway_shared::account::{TEXT_MOST, fold_login, tidy};
use slipway_shared::text::without_hidden;

use crate::error::Failure;

/// Reads the name of a person, a token, or for whom an invitation is.
pub(super) fn name(text: &str) -> Result<String, Failure> {
    tidy(text).ok_or_else(|| refused("a name"))
}

/// Reads what a device is called.
pub(super) fn device(text: &str) -> Result<String, Failure> {
    tidy(text).ok_or_else(|| refused("the name of a device"))
}

/// Reads the name that somebody signs in with, which may be from when characters that nobody sees were taken.
pub(super) fn known_login(text: &str) -> Result<String, Failure> {
    login(&without_hidden(text)).map(|_| fold_login(text))
}

/// Reads a new name to sign in with: upper and lower case are the same.
pub(super) fn login(text: &str) -> Result<String, Failure> {
    let folded = tidy(text).map(|text| fold_login(&text)).filter(|text| !text.contains(char::is_whitespace));
    folded.ok_or_else(|| {
        let message = format!(
            "the name to sign in with has 1 to {TEXT_MOST} characters and no spaces; nothing was changed"
        );
        Failure::unacceptable(message)
    })
}

fn refused(what: &str) -> Failure {
    let message = format!("{what} has 1 to {TEXT_MOST} characters, all of them visible; nothing was changed");
    Failure::unacceptable(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_measured() {
        let long = "é".repeat(TEXT_MOST);
        for (text, expected) in [
            (" Ada ", Some("Ada")),
            (&*long, Some(&*long)),
            ("", None),
            (" ", None),
            ("a\nb", None),
            ("Ada\u{202e}", None),
            ("\u{2066}Ada", None),
            ("Ada\u{200f}", Some("Ada\u{200f}")),
        ] {
            assert_eq!(name(text).ok().as_deref(), expected, "{text:?}");
            assert_eq!(device(text).ok().as_deref(), expected, "{text:?}");
        }
        assert!(name(&format!("{long}é")).is_err());
    }

    #[test]
    fn names_to_sign_in_with_are_folded() {
        for (text, expected) in
            [(" Ada@Example.ORG", Some("ada@example.org")), ("ÅSA", Some("åsa")), ("a b", None), ("", None)]
        {
            assert_eq!(login(text).ok().as_deref(), expected, "{text:?}");
        }
    }
}
