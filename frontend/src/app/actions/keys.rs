//! The keys that set an action off: what they match, and how they are written.

use crate::browser::page;

/// One way to set an action off from the keyboard. Keys have the names that browsers give them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// One key by itself.
    One(&'static str),
    /// The key `g` first, then this key.
    Led(&'static str),
    /// Shift together with this key, which writes nothing.
    Shifted(&'static str),
    /// Ctrl, or Cmd on a Mac, together with this key; it works while typing too.
    Chord(&'static str),
}

/// The first of two keys that lead to a place.
pub const LEAD: &str = "g";

/// What was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// A key by itself.
    One(String),
    /// A key right after that first one.
    Led(String),
    /// A key that writes nothing, together with Shift.
    Shifted(String),
    /// A key together with Ctrl or Cmd.
    Chord(String),
}

impl Press {
    /// Returns the key without what was held or pressed before it.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::One(key) | Self::Led(key) | Self::Shifted(key) | Self::Chord(key) => key,
        }
    }
}

impl Keys {
    /// Tells whether this is what was pressed.
    #[must_use]
    pub fn is(self, press: &Press) -> bool {
        match (self, press) {
            (Self::One(own), Press::One(key))
            | (Self::Led(own), Press::Led(key))
            | (Self::Shifted(own), Press::Shifted(key)) => own == key,
            // With Ctrl held, the capital lock must not matter.
            (Self::Chord(own), Press::Chord(key)) => own.eq_ignore_ascii_case(key),
            _ => false,
        }
    }

    /// Tells whether it is a sign that somebody who dictates, or types elsewhere by accident, could set off. Those
    /// can be switched off in the settings.
    #[must_use]
    pub fn is_sign(self) -> bool {
        match self {
            Self::One(key) => is_sign(key),
            Self::Led(_) => true,
            Self::Shifted(_) | Self::Chord(_) => false,
        }
    }

    /// Returns what stands on the keys, one after the other.
    #[must_use]
    pub fn faces(self) -> Vec<String> {
        match self {
            Self::One(key) => vec![face(key)],
            Self::Led(key) => vec![face(LEAD), face(key)],
            Self::Shifted(key) => vec!["⇧".to_owned(), face(key)],
            Self::Chord(key) => vec![if page::is_mac() { "⌘" } else { "Ctrl" }.to_owned(), face(key)],
        }
    }

    /// Returns the keys as `aria-keyshortcuts` has them; it knows no keys one after the other.
    #[must_use]
    pub fn spoken(self) -> Option<String> {
        match self {
            Self::One(key) => Some(key.to_owned()),
            Self::Led(_) => None,
            Self::Shifted(key) => Some(format!("Shift+{key}")),
            Self::Chord(key) if page::is_mac() => Some(format!("Meta+{}", key.to_uppercase())),
            Self::Chord(key) => Some(format!("Control+{}", key.to_uppercase())),
        }
    }
}

/// Tells whether a key writes something.
#[must_use]
pub fn is_sign(key: &str) -> bool {
    key.chars().count() == 1 && key != " "
}

fn face(key: &str) -> String {
    match key {
        "ArrowUp" => "↑".to_owned(),
        "ArrowDown" => "↓".to_owned(),
        "ArrowLeft" => "←".to_owned(),
        "ArrowRight" => "→".to_owned(),
        "Enter" => "↵".to_owned(),
        " " => t!(key_space),
        "Escape" => t!(key_escape),
        "Home" => t!(key_home),
        "End" => t!(key_end),
        key => key.to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(key: &str) -> Press {
        Press::One(key.to_owned())
    }

    #[test]
    fn a_key_means_one_thing_by_itself_and_another_after_the_lead_or_with_ctrl() {
        let table = [
            (Keys::One("b"), one("b"), true),
            (Keys::One("b"), one("B"), false),
            (Keys::One("b"), Press::Led("b".to_owned()), false),
            (Keys::Led("b"), Press::Led("b".to_owned()), true),
            (Keys::Led("b"), one("b"), false),
            (Keys::Chord("k"), Press::Chord("K".to_owned()), true),
            (Keys::Chord("k"), one("k"), false),
        ];
        for (keys, press, expected) in table {
            assert_eq!(keys.is(&press), expected, "{keys:?} {press:?}");
        }
    }

    #[test]
    fn only_what_could_be_dictated_is_switched_off() {
        let table = [
            (Keys::One("m"), true),
            (Keys::One("?"), true),
            (Keys::Led("b"), true),
            (Keys::One(" "), false),
            (Keys::One("Escape"), false),
            (Keys::One("ArrowUp"), false),
            (Keys::Chord("k"), false),
        ];
        for (keys, expected) in table {
            assert_eq!(keys.is_sign(), expected, "{keys:?}");
        }
    }
}
