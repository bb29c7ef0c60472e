//! The languages of the pictures, and how many pictures each of them gets.

/// A language of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, at all sizes in both themes.
    En,
    /// French, where words have most and least room: what a theme does, the English pictures show.
    Fr,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// Returns the tag under which the app keeps it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// Returns the sizes of the screen.
    pub const fn sizes(self) -> &'static [(u32, u32)] {
        match self {
            Self::En => &[(1440, 900), (1024, 768), (390, 844)],
            Self::Fr => &[(1440, 900), (390, 844)],
        }
    }

    /// Returns the themes.
    pub const fn themes(self) -> &'static [&'static str] {
        match self {
            Self::En => &["light", "dark"],
            Self::Fr => &["light"],
        }
    }
}
