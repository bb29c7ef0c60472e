//! Pages of lists. A cursor names the last thing on a page, so that what is added or taken away meanwhile neither
//! repeats nor hides anything else.

use std::fmt;
use std::str::FromStr;

use crate::time::Timestamp;

/// How many things are on a page where nobody says.
pub const PAGE: usize = 50;
/// The most things on a page.
pub const PAGE_MOST: usize = 200;

/// A place in a list: what it is sorted by, and the id, which tells equals apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    key: String,
    id: u128,
}

/// A text that is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor of this list")]
pub struct NoPlace;

impl Place {
    /// Returns the place of something in a list from A to Z.
    #[must_use]
    pub fn by_name(name: &str, id: u128) -> Self {
        Self { key: name.trim().to_lowercase(), id }
    }

    /// Returns the place of something in a list with an order of its own.
    #[must_use]
    pub fn by_position(position: u32, id: u128) -> Self {
        Self { key: format!("{position:08x}"), id }
    }

    /// Returns the place of something in a list that begins with the newest.
    #[must_use]
    pub fn newest_first(at: Timestamp, id: u128) -> Self {
        // Flipping the first bit brings negative times before the others, as texts too.
        let ascending = at.0.cast_unsigned() ^ (1 << 63);
        Self { key: format!("{:016x}", !ascending), id: !id }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, "-{:032x}", self.id)
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (key, id) = text.split_once('-').ok_or(NoPlace)?;
        let is_written_so =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if id.len() != 32 || !is_written_so(id) || !is_written_so(key) {
            return Err(NoPlace);
        }
        let pairs = key.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).map_err(|_| NoPlace));
        let bytes = pairs.map(|pair| u8::from_str_radix(pair?, 16).map_err(|_| NoPlace));
        let key = String::from_utf8(bytes.collect::<Result<_, _>>()?).map_err(|_| NoPlace)?;
        let place = Self { key, id: u128::from_str_radix(id, 16).map_err(|_| NoPlace)? };
        // An odd number of digits reads as something that was never written.
        if place.to_string() == text { Ok(place) } else { Err(NoPlace) }
    }
}

/// The lists there are. A cursor begins with the letter of its list, so that none is taken for a place in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// The columns of the board.
    Columns,
    /// The deployments.
    Deployments,
    /// The environments.
    Environments,
    /// The labels.
    Labels,
    /// The rollouts.
    Rollouts,
    /// The services.
    Services,
}

impl List {
    const fn letter(self) -> char {
        match self {
            Self::Columns => 'c',
            Self::Deployments => 'd',
            Self::Environments => 'e',
            Self::Labels => 'l',
            Self::Rollouts => 'r',
            Self::Services => 's',
        }
    }

    /// Reads a cursor of this list.
    ///
    /// # Errors
    ///
    /// When it is none, or one of another list.
    pub fn read_cursor(self, text: &str) -> Result<Place, NoPlace> {
        // A cursor is good for ever: those of earlier versions have no letter, and the digits of a key come in pairs.
        let key = text.split_once('-').map_or(0, |(key, _)| key.len());
        if key.is_multiple_of(2) {
            return text.parse();
        }
        text.strip_prefix(self.letter()).ok_or(NoPlace)?.parse()
    }

    /// Returns the cursor of a place in this list.
    #[must_use]
    pub fn cursor(self, place: &Place) -> String {
        format!("{}{place}", self.letter())
    }
}

/// What part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Of which list.
    pub list: List,
    /// After which place; from the beginning where there is none.
    pub after: Option<Place>,
    /// The most things, 1 to [`PAGE_MOST`].
    pub limit: usize,
}

impl Part {
    /// Returns the first page of a list.
    #[must_use]
    pub const fn first(list: List) -> Self {
        Self { list, after: None, limit: PAGE }
    }

    /// Cuts a page out of `rows`, which may be in any order, and returns it with the cursor of the next one.
    pub fn of<T>(&self, rows: impl Iterator<Item = (Place, T)>) -> (Vec<T>, Option<String>) {
        let is_after = |place: &Place| self.after.as_ref().is_none_or(|after| place > after);
        let mut rows: Vec<_> = rows.filter(|(place, _)| is_after(place)).collect();
        rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| has_more).map(|(place, _)| self.list.cursor(place));
        (rows.into_iter().map(|(_, row)| row).collect(), next)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_was_written_is_read() {
        let place = Place::by_name("Größe", 7);
        assert_eq!(place.to_string().parse(), Ok(place));
        for text in [
            "",
            "-",
            "61",
            "61-",
            "6-00000000000000000000000000000007",
            "61-7",
            "FF-0000000000000000000000000000000a",
            "ff-0000000000000000000000000000000a",
        ] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
        }
    }

    #[test]
    fn a_cursor_is_of_its_list_and_those_from_before_are_still_good() {
        for name in ["api", "Größe", "éclair", "工具"] {
            let place = Place::by_name(name, 7);
            assert_eq!(List::Services.read_cursor(&List::Services.cursor(&place)), Ok(place.clone()));
            assert_eq!(List::Services.read_cursor(&List::Deployments.cursor(&place)), Err(NoPlace));
            assert_eq!(List::Services.read_cursor(&place.to_string()), Ok(place));
        }
    }

    proptest! {
        #[test]
        fn a_place_survives_its_text_form(name in ".*", id in any::<u128>(), at in any::<i64>(), position in any::<u32>()) {
            for place in [Place::by_name(&name, id), Place::by_position(position, id), Place::newest_first(Timestamp(at), id)] {
                prop_assert_eq!(place.to_string().parse(), Ok(place));
            }
        }

        #[test]
        fn anything_may_be_given_as_a_cursor(text in ".*") {
            if let Ok(place) = text.parse::<Place>() {
                prop_assert_eq!(place.to_string(), text);
            }
        }

        #[test]
        fn the_newest_comes_first(one in any::<(i64, u128)>(), other in any::<(i64, u128)>()) {
            let place = |(at, id)| Place::newest_first(Timestamp(at), id);
            prop_assert_eq!(place(one).cmp(&place(other)), other.cmp(&one));
        }

        /// Page after page, while rows come and go: nothing that stays is left out or repeated.
        #[test]
        fn what_stays_is_on_exactly_one_page(
            stays in prop::collection::btree_set(any::<i64>(), 0..60),
            others in prop::collection::vec(prop::collection::vec(any::<i64>(), 0..20), 1..20),
            limit in 1_usize..12,
        ) {
            let (mut seen, mut after, mut turn) = (Vec::new(), None, 0_usize);
            loop {
                let come_and_go = others.get(turn % others.len()).into_iter().flatten();
                let rows: BTreeSet<_> = stays.iter().chain(come_and_go).copied().collect();
                let rows = rows.into_iter().map(|at| (Place::newest_first(Timestamp(at), 1), at));
                let list = List::Deployments;
                let (page, next) = Part { list, after, limit }.of(rows);
                prop_assert!(page.len() <= limit);
                seen.extend(page.into_iter().filter(|at| stays.contains(at)));
                turn += 1;
                let Some(next) = next else { break };
                prop_assert_eq!(List::Services.read_cursor(&next), Err(NoPlace));
                after = list.read_cursor(&next).ok();
                prop_assert!(after.is_some());
            }
            let expected: Vec<_> = stays.iter().rev().copied().collect();
            prop_assert_eq!(seen, expected);
        }
    }
}
