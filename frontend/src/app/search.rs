//! What is looked for, and in which service. The address holds it, so that a view can be kept and sent.

use leptos::prelude::*;
use slipway_shared::ids::ServiceId;

use super::place::Place;
use crate::browser::address::use_address;
use crate::components::live::memo;

/// What is shown of the deployments; the default is everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that version, title or service have; empty for all.
    pub text: String,
    /// The service, if only one is shown.
    pub service: Option<ServiceId>,
}

impl Search {
    /// Tells whether everything is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the address of a place, with the search in it.
    #[must_use]
    pub fn address(&self, place: Place) -> String {
        format!("{}{}", place.path(), self.query())
    }

    fn query(&self) -> String {
        let text = (!self.text.is_empty()).then(|| format!("q={}", encode(&self.text)));
        let service = self.service.map(|service| format!("service={service}"));
        let parts: Vec<String> = text.into_iter().chain(service).collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// Returns what the address says is looked for.
#[must_use]
pub fn use_search() -> Memo<Search> {
    let address = use_address();
    memo(move || Search {
        text: address.parameter("q").unwrap_or_default(),
        service: address.parameter("service").and_then(|id| id.parse().ok()),
    })
}

/// Returns what puts a search into the address: in place where there is a list to narrow down, else by going to one.
#[must_use]
pub fn use_set_search() -> Callback<Search> {
    let address = use_address();
    Callback::new(move |search: Search| {
        let here = address.path().get_untracked();
        if matches!(Place::from_path(&here), Place::Board | Place::Deployments) {
            address.replace(&format!("{here}{}", search.query()));
        } else {
            address.go(&search.address(Place::Deployments));
        }
    })
}
