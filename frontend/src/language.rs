//! The language of the page. It is fixed while the page is shown, so that a text is a text and not something to
//! watch: choosing another one loads the page anew.

use std::cell::Cell;

use crate::messages::{Language, Messages};

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::En) };
}

/// Sets the language of the page. To be called once, before anything is shown.
pub fn speak(language: Language) {
    LANGUAGE.set(language);
}

/// Returns the texts of the page.
#[must_use]
pub fn messages() -> Messages {
    Messages(LANGUAGE.get())
}

/// Returns the language of the page.
#[must_use]
pub fn language() -> Language {
    LANGUAGE.get()
}

/// Returns a count as messages take it.
#[must_use]
pub fn count(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Returns a text of the page: its key, then its arguments.
macro_rules! t {
    ($key:ident $(, $argument:expr)* $(,)?) => {
        String::from($crate::language::messages().$key($($argument),*))
    };
}
