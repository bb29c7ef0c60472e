//! What the palette offers for what was typed, section by section.

use slipway_shared::ids::DeploymentId;

use crate::app::actions::{Action, Offer};
use crate::app::place::Place;
use crate::app::query::{Pick, Search};
use crate::app::shell::place_name;
use crate::palette::fold::{fold, words_of};
use crate::palette::index::{Limits, Results};
use crate::palette::score::match_all;
use crate::palette::{Found, Index, Kind, recent};

const LIMITS: Limits = Limits { deployments: 8, names: 4, parts: 6 };

/// The places the palette leads to.
const PLACES: [Place; 5] = [Place::Board, Place::Deployments, Place::NeedsYou, Place::Settings, Place::Sync];

/// A few choices of one kind.
#[derive(Clone)]
pub struct Section {
    /// What they are.
    pub title: String,
    /// The best first.
    pub choices: Vec<Choice>,
}

/// Something that can be picked.
#[derive(Clone)]
pub struct Choice {
    /// What it shows beside its words.
    pub icon: &'static str,
    /// What it is, or what happens.
    pub text: String,
    /// What else tells it from others.
    pub hint: String,
    /// The action whose keys do the same.
    pub action: Option<Action>,
    /// Why it can't be picked, if so.
    pub may_not: Option<String>,
    /// What picking it does.
    pub doing: Doing,
}

/// What picking something does.
#[derive(Clone)]
pub enum Doing {
    /// Carries out an action.
    Run(Offer),
    /// Goes to an address.
    Go(String),
    /// Goes to an address, and there to what a selector finds.
    Show(String, String),
}

/// Returns what there is to pick, in sections; those without anything are left out.
#[must_use]
pub fn sections(index: &Index, typed: &str, offers: &[Offer]) -> Vec<Section> {
    let words = words_of(typed);
    let sections = if words.is_empty() {
        vec![
            (t!(palette_recent), recent_choices(index)),
            (t!(palette_actions), actions(offers, &words)),
            (t!(places), places(&words)),
        ]
    } else {
        let Results { deployments, people, services, parts } = index.find(&words, LIMITS);
        vec![
            (t!(palette_actions), actions(offers, &words)),
            (t!(places), places(&words)),
            (t!(deployments), found(deployments)),
            (t!(palette_people), found(people)),
            (t!(palette_services), found(services)),
            (t!(palette_parts), found(parts)),
            (t!(nav_board), vec![show_on_board(typed.trim())]),
        ]
    };
    let filled = sections.into_iter().filter(|(_, choices)| !choices.is_empty());
    filled.map(|(title, choices)| Section { title, choices }).collect()
}

fn recent_choices(index: &Index) -> Vec<Choice> {
    let known = recent::recent().into_iter().filter_map(|id| index.get(Kind::Deployment(id)));
    known.map(found_choice).collect()
}

fn actions(offers: &[Offer], words: &[String]) -> Vec<Choice> {
    let mut known: Vec<Action> = Vec::new();
    let mut choices = Vec::new();
    for offer in offers {
        let action = offer.action();
        let text = action.words();
        // A sheet beside the board offers what the page does: the innermost one counts.
        if known.contains(&action) || match_all(&[&fold(&text)], words).is_none() {
            continue;
        }
        known.push(action);
        choices.push(Choice {
            icon: action.about().icon,
            text,
            hint: String::new(),
            action: Some(action),
            may_not: offer.may_not(),
            doing: Doing::Run(*offer),
        });
    }
    choices
}

fn places(words: &[String]) -> Vec<Choice> {
    let named = PLACES.into_iter().map(|place| (place, place_name(place)));
    let matching = named.filter(|(_, name)| match_all(&[&fold(name)], words).is_some());
    matching
        .map(|(place, text)| Choice {
            icon: Action::Go(place).about().icon,
            text,
            hint: String::new(),
            action: Some(Action::Go(place)),
            may_not: None,
            doing: Doing::Go(place.path()),
        })
        .collect()
}

fn found(found: Vec<Found>) -> Vec<Choice> {
    found.into_iter().map(found_choice).collect()
}

fn found_choice(found: Found) -> Choice {
    let on_page = |id: DeploymentId| Place::Deployment(id).path();
    let (icon, doing) = match found.kind {
        Kind::Deployment(id) => ("list-checks", Doing::Go(on_page(id))),
        Kind::Person(id) => {
            let search = Search { picks: [Pick::Person(id)].into(), ..Search::default() };
            ("user", Doing::Go(search.address(Place::Deployments)))
        }
        Kind::Service(id) => {
            let search = Search { picks: [Pick::Service(id)].into(), ..Search::default() };
            ("box", Doing::Go(search.address(Place::Deployments)))
        }
        Kind::Check(id, check) => ("square-check-big", Doing::Show(on_page(id), format!("#check-{check}"))),
        Kind::Comment(id, comment) => {
            ("message-square", Doing::Show(on_page(id), format!("#comment-{comment}")))
        }
        Kind::Text(id, section) => ("file-text", Doing::Show(on_page(id), format!("#section-{section}"))),
    };
    Choice { icon, text: found.text, hint: found.hint, action: None, may_not: None, doing }
}

/// The text as the filter of the board; it is in the address there.
fn show_on_board(text: &str) -> Choice {
    let search = Search { text: text.to_owned(), ..Search::default() };
    Choice {
        icon: "layout-dashboard",
        text: t!(palette_on_board, &text),
        hint: String::new(),
        action: None,
        may_not: None,
        doing: Doing::Go(search.address(Place::Board)),
    }
}
