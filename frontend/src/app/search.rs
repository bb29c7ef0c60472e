//! What is looked for. The address holds it, so that a view can be kept and sent.

use leptos::prelude::*;

use super::place::Place;
use crate::browser::address::use_address;
use crate::components::live::memo;

pub use super::query::Search;

impl Search {
    /// Returns the address of a place, with the search in it.
    #[must_use]
    pub fn address(&self, place: Place) -> String {
        with_query(&place.path(), &self.query())
    }
}

/// Returns an address with a query.
#[must_use]
pub fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Returns what the address says is looked for.
#[must_use]
pub fn use_search() -> Memo<Search> {
    let address = use_address();
    memo(move || Search::read(|name| address.parameter(name)))
}

/// Returns what puts a search into the address: in place where there is a list to narrow down, else by going to one.
#[must_use]
pub fn use_set_search() -> Callback<Search> {
    let address = use_address();
    Callback::new(move |search: Search| {
        let here = address.path().get_untracked();
        // The page of a deployment stands beside the board where it is asked for there.
        if matches!(Place::from_path(&here), Place::Board | Place::Deployments | Place::Deployment(_)) {
            address.replace(&with_query(&here, &search.query()));
        } else {
            address.go(&search.address(Place::Deployments));
        }
    })
}
