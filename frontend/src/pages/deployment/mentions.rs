//! Whom a text mentions: `@` and a name, found while it is typed and once it is done. Pure.

use std::collections::BTreeMap;

use slipway_shared::ids::MemberId;
use slipway_shared::member::Profile;
use slipway_shared::order;

/// How many people are offered at once.
const OFFERED: usize = 6;

/// A name that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Where its `@` is, in bytes.
    pub start: usize,
    /// What was typed after it.
    pub typed: String,
}

/// Returns the name that is being typed before `caret`, a place in bytes; `None` where none is.
#[must_use]
pub fn begun(text: &str, caret: usize) -> Option<Begun> {
    let before = text.get(..caret)?;
    let start = before.rfind('@')?;
    let typed = before.get(start + 1..)?;
    let is_alone = before.get(..start)?.chars().next_back().is_none_or(|last| !last.is_alphanumeric());
    // A name has a few words; what goes on longer is no name.
    let is_name = !typed.contains('\n') && typed.split(' ').count() <= 3 && !typed.starts_with(' ');
    (is_alone && is_name).then(|| Begun { start, typed: typed.to_owned() })
}

/// Returns the people whose name has a word that begins as it was typed, by name.
#[must_use]
pub fn offered(people: &BTreeMap<MemberId, Profile>, typed: &str) -> Vec<Profile> {
    let typed = typed.to_lowercase();
    let fits = |profile: &&Profile| {
        let name = profile.name.to_lowercase();
        name != typed
            && (name.starts_with(&typed) || name.split_whitespace().any(|word| word.starts_with(&typed)))
    };
    let mut found: Vec<_> = people.values().filter(fits).cloned().collect();
    order::sort_by_key(&mut found, |profile| profile.name.to_lowercase());
    found.truncate(OFFERED);
    found
}

/// Returns the text with a name in place of what was typed of it, and the place after it, in bytes.
#[must_use]
pub fn completed(text: &str, begun: &Begun, name: &str) -> (String, usize) {
    let end = begun.start + 1 + begun.typed.len();
    let (before, after) = (text.get(..begun.start).unwrap_or_default(), text.get(end..).unwrap_or_default());
    let space = if after.starts_with([' ', '\n']) { "" } else { " " };
    let written = format!("{before}@{name}{space}");
    let caret = written.len() + usize::from(space.is_empty());
    (format!("{written}{after}"), caret)
}

/// Returns the people a text mentions, in the order it does. Of names that begin alike the longest counts.
#[must_use]
pub fn mentioned(people: &BTreeMap<MemberId, Profile>, text: &str) -> Vec<MemberId> {
    let mut found = Vec::new();
    for (place, _) in text.match_indices('@') {
        let after = text.get(place + 1..).unwrap_or_default();
        let is_here = |profile: &&Profile| {
            let rest = after.strip_prefix(profile.name.as_str());
            !profile.name.is_empty()
                && rest.is_some_and(|rest| rest.chars().next().is_none_or(|next| !next.is_alphanumeric()))
        };
        let longest = people.values().filter(is_here).map(|profile| profile.name.len()).max();
        let here = people.values().filter(is_here).filter(|profile| Some(profile.name.len()) == longest);
        for profile in here {
            if !found.contains(&profile.member) {
                found.push(profile.member);
            }
        }
    }
    found
}

/// Returns the place in bytes of one in UTF-16, as browsers count.
#[must_use]
pub fn bytes_at(text: &str, utf16: u32) -> usize {
    let mut units = 0;
    let after = text.char_indices().find(|(_, character)| {
        let is_there = units >= utf16;
        units += u32::from(character.len_utf16() == 2) + 1;
        is_there
    });
    after.map_or(text.len(), |(place, _)| place)
}

/// Returns the place in UTF-16 of one in bytes.
#[must_use]
pub fn utf16_at(text: &str, bytes: usize) -> u32 {
    let units = text.get(..bytes).unwrap_or(text).encode_utf16().count();
    u32::try_from(units).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(names: &[&str]) -> BTreeMap<MemberId, Profile> {
        let profile = |(number, name): (u128, &&str)| {
            let member = MemberId::from_u128(number);
            (member, Profile { member, name: (*name).to_owned() })
        };
        (1..).zip(names).map(profile).collect()
    }

    fn names(found: &[Profile]) -> Vec<&str> {
        found.iter().map(|profile| profile.name.as_str()).collect()
    }

    #[test]
    fn a_name_is_begun_with_an_at() {
        let table = [
            ("@", Some("")),
            ("hello @an", Some("an")),
            ("(@Ana P", Some("Ana P")),
            ("ana@example", None),
            ("@ ana", None),
            ("@Ana Perez has seen it", None),
            ("@ana\nnext", None),
            ("no one", None),
        ];
        for (text, typed) in table {
            assert_eq!(begun(text, text.len()).map(|begun| begun.typed), typed.map(str::to_owned), "{text}");
        }
        assert_eq!(begun("@an later", 3).map(|begun| begun.typed), Some("an".to_owned()));
    }

    #[test]
    fn people_are_offered_by_any_word_of_their_name() {
        let people = people(&["Zoë Perez", "Ana Silva", "Bo"]);
        assert_eq!(names(&offered(&people, "")), ["Ana Silva", "Bo", "Zoë Perez"]);
        assert_eq!(names(&offered(&people, "PER")), ["Zoë Perez"]);
        assert_eq!(names(&offered(&people, "bo")), [""; 0], "it is all there");
        assert_eq!(names(&offered(&people, "x")), [""; 0]);
    }

    #[test]
    fn a_name_takes_the_place_of_what_was_typed() {
        let text = "ask @an, please";
        let begun = begun(text, 7).unwrap();
        let (written, caret) = completed(text, &begun, "Ana Silva");
        assert_eq!(written, "ask @Ana Silva , please");
        assert_eq!(written.get(..caret), Some("ask @Ana Silva "));
    }

    #[test]
    fn who_is_named_is_mentioned_once_and_by_the_longest_name() {
        let people = people(&["Ana", "Ana Silva", "Bo"]);
        let [ana, silva, bo] = [1, 2, 3].map(MemberId::from_u128);
        assert_eq!(mentioned(&people, "@Bo and @Ana Silva, @Bo"), [bo, silva]);
        assert_eq!(mentioned(&people, "@Ana: @Anabel and bo"), [ana]);
    }

    #[test]
    fn places_are_counted_as_browsers_do() {
        let text = "é🚀a";
        for (bytes, utf16) in [(0, 0), (2, 1), (6, 3), (7, 4)] {
            assert_eq!((bytes_at(text, utf16), utf16_at(text, bytes)), (bytes, utf16));
        }
    }
}
