//! Actions: what a person can do here and now, with the keys for it. The one place that knows keys: the listener, the
//! sheet of keys, the palette and the hints on buttons all read this table.
//!
//! To add one: a variant of [`Action`], its place in [`Action::ALL`], its line in [`Action::about`] and its words; then
//! `use_actions().offer(Offer::new(Action::…, move || …))` in the component that can do it.

mod everywhere;
mod hint;
mod keys;
mod listening;
mod registry;

pub use everywhere::offer_everywhere;
pub use hint::{KeyHint, spoken_keys, with_keys};
pub use keys::Keys;
pub use listening::listen_for_keys;
pub use registry::{Actions, Offer, provide_actions, use_actions};

use super::place::Place;

/// Something a person can do without pointing at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Search and do: the palette.
    Search,
    /// Write a new deployment.
    NewDeployment,
    /// Go to a place.
    Go(Place),
    /// Take back what was done last.
    Undo,
    /// Show the sheet of keys.
    ShowKeys,
    /// Close what is open.
    Back,
    /// Go to another card of the board.
    NextCard,
    /// Open the card that has the focus. It is a link: the browser does that.
    OpenCard,
    /// Take up the card that has the focus.
    MoveCard,
    /// Open the menu of the card that has the focus.
    CardMenu,
    /// Pick the card that has the focus, or let go of it.
    Pick,
    /// Pick the next card as well.
    PickMore,
    /// Say who is responsible for what is picked, or for the card that has the focus.
    Assign,
    /// Label what is picked, or the card that has the focus.
    Label,
    /// Tick the check that has the focus. It is a checkbox: the browser does that.
    Tick,
    /// Edit the title of the deployment.
    EditTitle,
    /// Move the deployment to a column.
    MoveTo,
    /// Copy the deployment as Markdown.
    Copy,
    /// Print the deployment.
    Print,
    /// Write one like it.
    Duplicate,
    /// Write one that follows it.
    FollowUp,
    /// Say that it is over.
    Finish,
    /// Put it away.
    Archive,
}

/// Where an action belongs, as the sheet of keys groups them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// On every page.
    Everywhere,
    /// On the board.
    Board,
    /// On a deployment.
    Deployment,
}

impl Group {
    /// All groups, as the sheet shows them.
    pub const ALL: [Self; 3] = [Self::Everywhere, Self::Board, Self::Deployment];

    /// Returns its name.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Everywhere => t!(keys_everywhere),
            Self::Board => t!(keys_on_board),
            Self::Deployment => t!(keys_on_deployment),
        }
    }
}

/// What is known of an action without its words.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Where it belongs.
    pub group: Group,
    /// What it shows beside its words.
    pub icon: &'static str,
    /// Its keys; the first are shown on buttons.
    pub keys: &'static [Keys],
}

const fn about(group: Group, icon: &'static str, keys: &'static [Keys]) -> About {
    About { group, icon, keys }
}

const BETWEEN_CARDS: &[Keys] = &[
    Keys::One("j"),
    Keys::One("k"),
    Keys::One("ArrowLeft"),
    Keys::One("ArrowUp"),
    Keys::One("ArrowDown"),
    Keys::One("ArrowRight"),
    Keys::One("Home"),
    Keys::One("End"),
];

impl Action {
    /// All actions with keys, as the sheet of keys shows them.
    pub const ALL: [Self; 18] = [
        Self::Search,
        Self::NewDeployment,
        Self::Go(Place::Board),
        Self::Go(Place::Deployments),
        Self::Go(Place::NeedsYou),
        Self::Undo,
        Self::ShowKeys,
        Self::NextCard,
        Self::OpenCard,
        Self::MoveCard,
        Self::CardMenu,
        Self::Pick,
        Self::PickMore,
        Self::Assign,
        Self::Label,
        Self::Back,
        Self::EditTitle,
        Self::Tick,
    ];

    /// Returns what is known of it.
    #[must_use]
    pub const fn about(self) -> About {
        use Group::{Board, Deployment, Everywhere};
        match self {
            Self::Search => about(Everywhere, "search", &[Keys::Chord("k"), Keys::One("/")]),
            Self::NewDeployment => about(Everywhere, "plus", &[Keys::One("c")]),
            Self::Go(Place::Board) => about(Everywhere, "layout-dashboard", &[Keys::Led("b")]),
            Self::Go(Place::Deployments) => about(Everywhere, "list-checks", &[Keys::Led("d")]),
            Self::Go(Place::NeedsYou) => about(Everywhere, "circle-alert", &[Keys::Led("n")]),
            Self::Go(Place::Settings) => about(Everywhere, "settings", &[]),
            Self::Go(_) => about(Everywhere, "arrow-right", &[]),
            Self::Undo => about(Everywhere, "undo-2", &[Keys::One("u")]),
            Self::ShowKeys => about(Everywhere, "keyboard", &[Keys::One("?")]),
            Self::NextCard => about(Board, "arrow-right", BETWEEN_CARDS),
            Self::OpenCard => about(Board, "arrow-right", &[Keys::One("Enter")]),
            Self::MoveCard => about(Board, "columns-3", &[Keys::One("m")]),
            Self::CardMenu => about(Board, "ellipsis", &[Keys::One(".")]),
            Self::Pick => about(Board, "square-check-big", &[Keys::One("x")]),
            Self::PickMore => {
                about(Board, "square-check-big", &[Keys::Shifted("ArrowUp"), Keys::Shifted("ArrowDown")])
            }
            Self::Assign => about(Board, "user", &[Keys::One("a")]),
            Self::Label => about(Board, "tag", &[Keys::One("l")]),
            Self::Back => about(Board, "x", &[Keys::One("Escape")]),
            Self::EditTitle => about(Deployment, "pencil", &[Keys::One("e")]),
            Self::Tick => about(Deployment, "square-check-big", &[Keys::One(" ")]),
            // Done now and then, and found by their words: they have no keys, and no line in the sheet of keys.
            Self::MoveTo => about(Deployment, "columns-3", &[]),
            Self::Copy => about(Deployment, "copy", &[]),
            Self::Print => about(Deployment, "file-text", &[]),
            Self::Duplicate => about(Deployment, "copy", &[]),
            Self::FollowUp => about(Deployment, "corner-down-right", &[]),
            Self::Finish => about(Deployment, "flag", &[]),
            Self::Archive => about(Deployment, "archive", &[]),
        }
    }

    /// Returns its words: what happens.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Search => t!(keys_search),
            Self::NewDeployment => t!(keys_new),
            Self::Go(Place::Board) => t!(keys_board),
            Self::Go(Place::Deployments) => t!(keys_deployments),
            Self::Go(Place::NeedsYou) => t!(keys_needs_you),
            Self::Go(place) => super::shell::place_name(place),
            Self::Undo => t!(keys_undo),
            Self::ShowKeys => t!(keys_sheet),
            Self::NextCard => t!(keys_cards),
            Self::OpenCard => t!(keys_open),
            Self::MoveCard => t!(keys_move),
            Self::CardMenu => t!(keys_menu),
            Self::Pick => t!(keys_select),
            Self::PickMore => t!(keys_select_more),
            Self::Assign => t!(keys_assign),
            Self::Label => t!(keys_label),
            Self::Back => t!(keys_back),
            Self::EditTitle => t!(keys_edit),
            Self::Tick => t!(keys_tick),
            Self::MoveTo => t!(selection_move),
            Self::Copy => t!(copy_markdown),
            Self::Print => t!(print),
            Self::Duplicate => t!(duplicate),
            Self::FollowUp => t!(follow_up),
            Self::Finish => t!(finish),
            Self::Archive => t!(archive),
        }
    }

    /// Tells whether the palette offers it: places have a section of their own there, and going from card to card
    /// makes no sense in a list.
    #[must_use]
    pub const fn is_in_palette(self) -> bool {
        !matches!(self, Self::Search | Self::Go(_) | Self::NextCard | Self::PickMore)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_of_the_table_has_keys_and_no_two_of_a_group_share_one() {
        for (place, action) in Action::ALL.into_iter().enumerate() {
            let known = action.about();
            assert!(!known.keys.is_empty(), "{action:?}");
            let others = Action::ALL.iter().skip(place + 1).filter(|other| {
                let group = other.about().group;
                group == known.group || group == Group::Everywhere || known.group == Group::Everywhere
            });
            for other in others {
                let shared = known.keys.iter().find(|keys| other.about().keys.contains(keys));
                assert_eq!(shared, None, "{action:?} and {other:?}");
            }
        }
    }

    #[test]
    fn what_the_palette_has_can_be_done_without_a_single_key() {
        let out_of_reach = Action::ALL.into_iter().filter(|action| {
            let by_sign_alone = action.about().keys.iter().all(|keys| keys.is_sign());
            by_sign_alone && !action.is_in_palette() && !matches!(action, Action::Go(_))
        });
        assert_eq!(out_of_reach.collect::<Vec<_>>(), []);
    }
}
