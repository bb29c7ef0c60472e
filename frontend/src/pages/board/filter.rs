//! The panel in which it is picked what is shown: by service, label, person and state.

use leptos::prelude::*;
use slipway_shared::label::BuiltInLabel;
use slipway_shared::order;
use slipway_shared::workspace::Workspace;

use super::board_bar::pick_name;
use super::cards_menu::use_members;
use crate::app::query::{CardState, Facet, Pick};
use crate::app::search::{use_search, use_set_search};
use crate::components::live::{all, derive, live, memo};
use crate::replica::use_replica;

/// What can be picked, facet by facet.
#[component]
pub fn FilterPanel() -> impl IntoView {
    let view = use_replica().view();
    let members = use_members();
    let me = use_replica().me();
    let picks = memo(move || {
        let people = members.with(|members| {
            let others = members.iter().copied().filter(|member| *member != me.get());
            others.map(Pick::Person).collect::<Vec<_>>()
        });
        view.with(|view| choices(view, people))
    });
    view! {
        <div class="filter" data-testid="filter">
            {live(move || all(picks.get(), |(facet, picks)| view! { <FacetGroup facet picks /> }.into_any()))}
        </div>
    }
}

/// Returns what can be picked, in the order it is shown in.
fn choices(workspace: &Workspace, people: Vec<Pick>) -> Vec<(Facet, Vec<Pick>)> {
    let services = workspace.services.iter().filter(|(_, known)| !known.archived);
    let services = by_name(services.map(|(id, known)| (known.name.as_str(), Pick::Service(*id))));
    let own = workspace.labels.iter().filter(|(_, known)| !known.archived);
    let own = by_name(own.map(|(id, known)| (known.name.as_str(), Pick::Label(*id))));
    // Every deployment has the first of them.
    let built_in = BuiltInLabel::ALL.into_iter().skip(1).map(Pick::BuiltIn);
    vec![
        (Facet::State, CardState::ALL.map(Pick::State).to_vec()),
        (Facet::Person, [Pick::Me, Pick::Nobody].into_iter().chain(people).collect()),
        (Facet::Service, services),
        (Facet::Label, own.into_iter().chain(built_in).collect()),
    ]
}

fn by_name<'a>(named: impl Iterator<Item = (&'a str, Pick)>) -> Vec<Pick> {
    let mut named: Vec<_> = named.map(|(name, pick)| (name.to_lowercase(), pick)).collect();
    order::sort(&mut named);
    named.into_iter().map(|(_, pick)| pick).collect()
}

#[component]
fn FacetGroup(facet: Facet, picks: Vec<Pick>) -> impl IntoView {
    let title = match facet {
        Facet::Service => t!(service),
        Facet::Label => t!(label),
        Facet::Person => t!(responsible),
        Facet::State => t!(state),
    };
    if picks.is_empty() {
        return ().into_any();
    }
    view! {
        <fieldset>
            <legend>{title}</legend>
            {all(picks, |pick| view! { <PickBox pick /> }.into_any())}
        </fieldset>
    }
    .into_any()
}

#[component]
fn PickBox(pick: Pick) -> impl IntoView {
    let (search, set_search) = (use_search(), use_set_search());
    let is_on = derive(move || search.with(|search| search.picks.contains(&pick)));
    let toggle = move |_| set_search.run(search.with_untracked(|search| search.toggled(pick)));
    view! {
        <label class="panel-row">
            <input type="checkbox" prop:checked=is_on on:change=toggle />
            <bdi class="clip">{pick_name(pick)}</bdi>
        </label>
    }
}
