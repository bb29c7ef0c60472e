//! The line above the board: board or list, what is shown of it, and the way to a new deployment.

use leptos::prelude::*;
use slipway_shared::capability::Capability;

use super::use_board;
use crate::app::actions::{Action, KeyHint, spoken_keys};
use crate::app::place::Place;
use crate::app::search::{Search, use_search, use_set_search};
use crate::components::icon::Icon;
use crate::components::live::{When, derive, live, memo};
use crate::components::menu::{Menu, MenuItem};
use crate::language::count;
use crate::may::{MayNot, use_may_not};
use crate::replica::use_replica;

/// The line above the board.
#[component]
pub fn BoardBar() -> impl IntoView {
    let board = use_board();
    let in_flight = memo(move || board.layout.with(super::layout::Layout::count));
    let search = use_search();
    let summary = derive(move || {
        let shown = count(in_flight.get());
        if search.with(Search::is_empty) { t!(in_flight, shown) } else { t!(found_on_board, shown) }
    });
    view! {
        <div class="board-bar">
            <BoardOrList place=Place::Board />
            <div class="board-filters">
                <SearchChips />
            </div>
            <span class="board-summary num" role="status">{summary}</span>
            <NewDeploymentButton />
        </div>
    }
}

/// The two ways to look at deployments.
#[component]
pub fn BoardOrList(place: Place) -> impl IntoView {
    let link = move |to: Place, text| {
        let current = (to == place).then_some("page");
        view! {
            <a href=to.path() aria-current=current>
                {text}
            </a>
        }
    };
    view! {
        <nav class="segmented" aria-label=t!(board_or_list)>
            {link(Place::Board, t!(nav_board))} {link(Place::Deployments, t!(list))}
        </nav>
    }
}

/// What is shown: the service, and a word while something is looked for.
#[component]
pub fn SearchChips() -> impl IntoView {
    let search = use_search();
    let set_search = use_set_search();
    let clear = move |_| set_search.run(Search::default());
    view! {
        <ServiceMenu />
        <When holds=derive(move || !search.with(Search::is_empty))>
            <button class="chip" type="button" on:click=clear>
                <Icon name="x" />
                {t!(show_all)}
            </button>
        </When>
    }
}

#[component]
fn ServiceMenu() -> impl IntoView {
    let view = use_replica().view();
    let search = use_search();
    let set_search = use_set_search();
    let services = memo(move || {
        let named = |view: &slipway_shared::workspace::Workspace| {
            let mut services: Vec<_> =
                view.services.iter().map(|(id, known)| (known.name.clone(), *id)).collect();
            services.sort();
            services
        };
        view.with(|view| named(view))
    });
    let picked = memo(move || search.with(|search| search.service));
    let face = move || {
        let picked = picked.get();
        let name = services.with(|services| {
            services.iter().find(|(_, id)| Some(*id) == picked).map(|(name, _)| name.clone())
        });
        view! {
            <Icon name="box" />
            {name.unwrap_or_else(|| t!(all_services))}
        }
    };
    let pick =
        move |service| Callback::new(move |()| set_search.run(Search { service, ..search.get_untracked() }));
    view! {
        <Menu label=t!(show_service) class="chip is-set" face>
            <MenuItem icon="box" text=t!(all_services) is_current=picked.get().is_none() on_pick=pick(None) />
            {live(move || {
                let items = services.get().into_iter().map(|(name, id)| {
                    let is_current = picked.get() == Some(id);
                    view! { <MenuItem icon="package" text=name is_current on_pick=pick(Some(id)) /> }
                });
                items.collect_view()
            })}
        </Menu>
    }
}

/// The way to a new deployment.
#[component]
pub fn NewDeploymentButton() -> impl IntoView {
    let may_not = use_may_not(Capability::Work);
    let why = || view! { <MayNot capability=Capability::Work /> };
    view! {
        <When holds=derive(move || may_not.with(Option::is_none)) otherwise=why>
            <NewDeploymentLink />
        </When>
    }
}

#[component]
fn NewDeploymentLink() -> impl IntoView {
    view! {
        <a
            class="button is-primary"
            href=Place::NewDeployment.path()
            data-testid="new-deployment"
            aria-keyshortcuts=spoken_keys(Action::NewDeployment)
        >
            <Icon name="plus" />
            {t!(button_new_deployment)}
            <KeyHint action=Action::NewDeployment />
        </a>
    }
}
