//! What a state is: its name, how it is reached by what has no language, and what is there once it is.

use crate::steps::Step;

/// From this width on a deployment opens beside the board.
const WIDE: u32 = 1180;
/// Below this width it is a phone, which has no keys.
const PHONE: u32 = 720;
/// A sheet of A4 at 96 dots an inch.
const PAPER: (u32, u32) = (794, 1123);

/// Where a state begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At an address.
    Address(&'static str),
    /// On the page of the deployment that has most to show.
    Deployment,
    /// On the board.
    Board,
    /// At the sync panel, or its page on a phone.
    Sync,
}

/// On which screens a state is to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screens {
    /// On all of them.
    All,
    /// On those with room for a sheet beside the board.
    Wide,
    /// On those with keys.
    Keys,
    /// On paper.
    Paper,
}

/// How much of a page is in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// What the screen shows.
    Screen,
    /// All of it, however long.
    Whole,
}

/// A state of a page.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// The name of its pictures.
    pub name: &'static str,
    /// Where it begins.
    pub start: Start,
    /// What is done there.
    pub steps: &'static [Step],
    /// What is there once it is reached.
    pub there: &'static str,
    /// Where it is to be had.
    pub screens: Screens,
    /// How much of it is shown.
    pub frame: Frame,
}

impl State {
    /// Returns a state as most are: all that the screen shows, on every screen.
    pub const fn new(name: &'static str, start: Start, steps: &'static [Step], there: &'static str) -> Self {
        Self { name, start, steps, there, screens: Screens::All, frame: Frame::Screen }
    }

    /// Returns a page as it is at its address.
    pub const fn page(name: &'static str, address: &'static str, there: &'static str) -> Self {
        Self::new(name, Start::Address(address), &[], there)
    }

    /// Returns it in full length.
    pub const fn whole(self) -> Self {
        Self { frame: Frame::Whole, ..self }
    }

    /// Returns it on some screens only.
    pub const fn only(self, screens: Screens) -> Self {
        Self { screens, ..self }
    }

    /// Returns the sizes out of `sizes` in which it is to be had.
    pub fn sizes(&self, sizes: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let has = |(width, _): &(u32, u32)| match self.screens {
            Screens::All => true,
            Screens::Wide => *width >= WIDE,
            Screens::Keys => *width >= PHONE,
            Screens::Paper => false,
        };
        match self.screens {
            Screens::Paper => vec![PAPER],
            _ => sizes.iter().copied().filter(has).collect(),
        }
    }

    /// Returns the themes out of `themes` that make a difference: paper is white.
    pub fn themes<'a>(&self, themes: &'a [&'a str]) -> &'a [&'a str] {
        if self.screens == Screens::Paper { &["light"] } else { themes }
    }

    /// Tells whether it is one of those that were named, by its name or its address.
    pub fn is_among(&self, wanted: &[String]) -> bool {
        let address = if let Start::Address(address) = self.start { address } else { self.name };
        wanted.is_empty() || wanted.iter().any(|wanted| wanted == self.name || wanted == address)
    }
}

/// Tells whether a screen is a phone's.
pub const fn is_phone(width: u32) -> bool {
    width < PHONE
}
