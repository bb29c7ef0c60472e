//! The line above the board: board or list, what is shown of it, and the way to a new deployment.

use leptos::prelude::*;
use slipway_shared::capability::Capability;

use super::use_board;
use crate::app::actions::{Action, KeyHint, spoken_keys};
use crate::app::place::Place;
use crate::app::query::{CardState, Grouping, Pick};
use crate::app::search::{Search, use_search, use_set_search};
use crate::command_words::{label_name, service_name};
use crate::components::avatar::use_name;
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::panel::PanelButton;
use crate::language::count;
use crate::may::{MayNot, use_may_not};
use crate::pages::late::{LatePage, late};
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
    let search = use_search();
    let link = move |to: Place, text| {
        let current = (to == place).then_some("page");
        view! {
            <a href=derive(move || search.with(|search| search.address(to))) aria-current=current>
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

/// What is looked for, and how it is shown: two buttons, and each thing that is picked with the way out of it.
#[component]
pub fn SearchChips() -> impl IntoView {
    let search = use_search();
    let set_search = use_set_search();
    let picked = memo(move || search.with(|search| search.picks.iter().copied().collect::<Vec<_>>()));
    let clear = move |_| set_search.run(search.with_untracked(Search::cleared));
    let filter_face = move || {
        view! {
            <Icon name="list-filter" />
            {t!(filter)}
        }
    };
    let views_face = || {
        view! {
            <Icon name="layout-dashboard" />
            {t!(view)}
        }
    };
    let has_rows = move || search.with(|search| search.grouping != Grouping::Whole);
    view! {
        <PanelButton
            label=t!(filter)
            id="filter-panel"
            class=derive(move || if picked.with(Vec::is_empty) { "chip" } else { "chip is-set" })
            face=filter_face
        >
            {late(LatePage::Filter)}
        </PanelButton>
        <PanelButton
            label=t!(view)
            id="views-panel"
            class=derive(move || if has_rows() { "chip is-set" } else { "chip" })
            face=views_face
        >
            {late(LatePage::Views)}
        </PanelButton>
        {live(move || all(picked.get(), |pick| view! { <PickChip pick /> }.into_any()))}
        <When holds=derive(move || !search.with(Search::is_empty))>
            <button class="chip" type="button" on:click=clear>
                <Icon name="x" />
                {t!(show_all)}
            </button>
        </When>
    }
}

/// One thing that is picked; pressing it lets go of it.
#[component]
fn PickChip(pick: Pick) -> impl IntoView {
    let (search, set_search) = (use_search(), use_set_search());
    let name = pick_name(pick);
    let let_go = move |_| set_search.run(search.with_untracked(|search| search.toggled(pick)));
    view! {
        <button
            class="chip is-set"
            type="button"
            aria-label=derive(move || t!(let_go_of, &name.get()))
            data-testid="picked"
            on:click=let_go
        >
            <bdi class="clip">{name}</bdi>
            <Icon name="x" class="icon is-tiny" />
        </button>
    }
}

/// Returns the name of something that deployments are picked by.
#[must_use]
pub fn pick_name(pick: Pick) -> Memo<String> {
    let replica = use_replica();
    memo(move || {
        let view = replica.view();
        match pick {
            Pick::Service(id) => view.with(|view| service_name(id, view)),
            Pick::Label(id) => view.with(|view| label_name(id, view)),
            Pick::BuiltIn(label) => label.name().to_owned(),
            Pick::Me => t!(person_me),
            Pick::Nobody => t!(person_nobody),
            Pick::Person(member) => use_name(member).get(),
            Pick::State(state) => state_words(state),
        }
    })
}

fn state_words(state: CardState) -> String {
    match state {
        CardState::Running => t!(state_running),
        CardState::Failed => t!(state_failed),
        CardState::Approval => t!(state_approval),
        CardState::ChecksOpen => t!(state_checks),
        CardState::Unsent => t!(state_unsent),
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
