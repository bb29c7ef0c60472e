//! What is looked for, as a value and as the part of an address after the question mark. Pure.
//!
//! Saved views are kept in this form, so whatever was once written is read for good, and what is not understood shows
//! everything.

use std::collections::BTreeSet;

use slipway_shared::ids::{LabelId, MemberId, ServiceId};
use slipway_shared::label::BuiltInLabel;

/// What a deployment can be picked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// What is released.
    Service,
    /// What is stuck on it.
    Label,
    /// Who is responsible for it.
    Person,
    /// How it stands.
    State,
}

impl Facet {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 4] = [Self::Service, Self::Label, Self::Person, Self::State];

    const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Label => "label",
            Self::Person => "person",
            Self::State => "state",
        }
    }
}

/// How a deployment stands, as far as somebody looks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CardState {
    /// Its latest rollout runs.
    Running,
    /// Its latest rollout failed or was taken back.
    Failed,
    /// It waits in a column for approval.
    Approval,
    /// Checks of it are open or failed.
    ChecksOpen,
    /// It holds changes that the server does not have.
    Unsent,
}

impl CardState {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 5] = [Self::Running, Self::Failed, Self::Approval, Self::ChecksOpen, Self::Unsent];

    const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Approval => "approval",
            Self::ChecksOpen => "checks",
            Self::Unsent => "unsent",
        }
    }
}

/// One thing a deployment is picked by. Of one facet any will do; of several facets each has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pick {
    /// It is of this service.
    Service(ServiceId),
    /// It has this label, which follows the facts.
    BuiltIn(BuiltInLabel),
    /// It has this label of the team's own.
    Label(LabelId),
    /// Whoever looks is responsible for it.
    Me,
    /// Nobody is.
    Nobody,
    /// This member is.
    Person(MemberId),
    /// It stands like this.
    State(CardState),
}

impl Pick {
    /// Returns what kind of thing it is.
    #[must_use]
    pub const fn facet(self) -> Facet {
        match self {
            Self::Service(_) => Facet::Service,
            Self::BuiltIn(_) | Self::Label(_) => Facet::Label,
            Self::Me | Self::Nobody | Self::Person(_) => Facet::Person,
            Self::State(_) => Facet::State,
        }
    }

    fn word(self) -> String {
        match self {
            Self::Service(id) => id.to_string(),
            Self::BuiltIn(label) => label.name().to_owned(),
            Self::Label(id) => id.to_string(),
            Self::Me => "me".to_owned(),
            Self::Nobody => "nobody".to_owned(),
            Self::Person(id) => id.to_string(),
            Self::State(state) => state.name().to_owned(),
        }
    }

    fn read(facet: Facet, word: &str) -> Option<Self> {
        match (facet, word) {
            (Facet::Service, id) => id.parse().ok().map(Self::Service),
            (Facet::Label, name) => match BuiltInLabel::ALL.into_iter().find(|label| label.name() == name) {
                Some(label) => Some(Self::BuiltIn(label)),
                None => name.parse().ok().map(Self::Label),
            },
            (Facet::Person, "me") => Some(Self::Me),
            (Facet::Person, "nobody") => Some(Self::Nobody),
            (Facet::Person, id) => id.parse().ok().map(Self::Person),
            (Facet::State, name) => {
                CardState::ALL.into_iter().find(|state| state.name() == name).map(Self::State)
            }
        }
    }
}

/// What the rows of the board are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// There are none: one board.
    #[default]
    Whole,
    /// One for each service.
    Service,
    /// One for each person who is responsible.
    Person,
}

impl Grouping {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 3] = [Self::Whole, Self::Service, Self::Person];

    const fn name(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Service => "service",
            Self::Person => "person",
        }
    }
}

/// Which deployments the list has. The board has those that are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// All but the archived ones.
    #[default]
    All,
    /// Those on the board.
    Open,
    /// Those that are over.
    Finished,
    /// Those that were put away.
    Archived,
}

impl Which {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 4] = [Self::All, Self::Open, Self::Finished, Self::Archived];

    const fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Open => "open",
            Self::Finished => "finished",
            Self::Archived => "archived",
        }
    }
}

/// What is shown of the deployments, and how; the default is everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that version, title or service have; empty for all.
    pub text: String,
    /// What else they are picked by.
    pub picks: BTreeSet<Pick>,
    /// What the rows of the board are.
    pub grouping: Grouping,
    /// Which the list has.
    pub which: Which,
}

impl Search {
    /// Reads what an address says; `parameter` returns what it says under a name.
    #[must_use]
    pub fn read(parameter: impl Fn(&str) -> Option<String>) -> Self {
        let picks = Facet::ALL.into_iter().flat_map(|facet| {
            let words = parameter(facet.name()).unwrap_or_default();
            let picks = words.split(',').filter_map(|word| Pick::read(facet, word));
            picks.collect::<Vec<_>>()
        });
        let (rows, which) = (parameter("rows").unwrap_or_default(), parameter("which").unwrap_or_default());
        Self {
            text: parameter("q").unwrap_or_default(),
            picks: picks.collect(),
            grouping: Grouping::ALL.into_iter().find(|known| known.name() == rows).unwrap_or_default(),
            which: Which::ALL.into_iter().find(|known| known.name() == which).unwrap_or_default(),
        }
    }

    /// Tells whether every deployment is shown, whatever the rows are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.picks.is_empty()
    }

    /// Returns the same with everything shown.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { text: String::new(), picks: BTreeSet::new(), ..*self }
    }

    /// Returns the same with one thing picked that was not, or the other way round.
    #[must_use]
    pub fn toggled(&self, pick: Pick) -> Self {
        let mut search = self.clone();
        if !search.picks.remove(&pick) {
            search.picks.insert(pick);
        }
        search
    }

    /// Returns what an address says for it, without the question mark; nothing for everything.
    #[must_use]
    pub fn query(&self) -> String {
        let mut parts = Vec::new();
        let mut say = |name: &str, word: &str| {
            if !word.is_empty() {
                parts.push(format!("{name}={}", encode(word)));
            }
        };
        say("q", &self.text);
        for facet in Facet::ALL {
            let picks = self.picks.iter().filter(|pick| pick.facet() == facet);
            say(facet.name(), &picks.map(|pick| pick.word()).collect::<Vec<_>>().join(","));
        }
        say("rows", self.grouping.name());
        say("which", self.which.name());
        parts.join("&")
    }
}

/// Writes a text so that an address can hold it.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' => {
                out.push(char::from(byte));
            }
            other => {
                out.push('%');
                for digit in [other >> 4, other & 15] {
                    out.extend(
                        char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()),
                    );
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads what was written, as the browser does: without what is percent-encoded, which it undoes.
    fn read(query: &str) -> Search {
        let find = |name: &str| {
            let mut parts = query.split('&').filter_map(|part| part.split_once('='));
            parts.find(|(known, _)| *known == name).map(|(_, word)| word.to_owned())
        };
        Search::read(find)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let picks = [
            Pick::Service(ServiceId::from_u128(1)),
            Pick::Service(ServiceId::from_u128(2)),
            Pick::BuiltIn(BuiltInLabel::DeployProd),
            Pick::Label(LabelId::from_u128(3)),
            Pick::Me,
            Pick::Nobody,
            Pick::Person(MemberId::from_u128(4)),
        ];
        let states = CardState::ALL.map(Pick::State);
        for (grouping, which) in Grouping::ALL.into_iter().zip(Which::ALL) {
            let picks = picks.into_iter().chain(states).collect();
            let search = Search { text: "search".to_owned(), picks, grouping, which };
            assert_eq!(read(&search.query()), search);
        }
        assert_eq!(Search::default().query(), "");
    }

    #[test]
    fn what_is_not_understood_shows_everything() {
        let odd = ["state=exploded", "service=7", "person=", "label=,,", "rows=weekday", "which=none", "x=y"];
        for query in odd {
            assert_eq!(read(query), Search::default(), "{query}");
        }
    }

    #[test]
    fn an_address_holds_every_text() {
        let text = |text: &str| Search { text: text.to_owned(), ..Search::default() }.query();
        assert_eq!(text("a&b=c d"), "q=a%26b%3Dc%20d");
        assert_eq!(text("größe"), "q=gr%C3%B6%C3%9Fe");
    }

    #[test]
    fn a_pick_goes_on_and_off_and_the_rows_stay() {
        let begun = Search { grouping: Grouping::Service, ..Search::default() };
        let picked = begun.toggled(Pick::Me);
        assert!(!picked.is_empty());
        assert_eq!(picked.toggled(Pick::Me), begun);
        assert_eq!(picked.cleared(), begun);
    }
}
