//! The board: columns of cards, moved by hand, by key or by menu; on a wide screen with a deployment beside it.

pub mod board_bar;
mod board_keys;
pub mod card_menu;
pub mod cards_menu;
mod column;
mod column_picker;
mod columns;
mod deployment_card;
mod drag;
pub mod filter;
pub mod finding;
mod growth;
mod lanes;
pub mod layout;
mod moving;
pub mod position;
mod rows;
mod selection;
mod sheet;
pub mod steps;
#[cfg(test)]
mod trial;
pub mod view_model;
pub mod views;

use std::collections::BTreeSet;

use leptos::html;
use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::ids::{ColumnId, DeploymentId};

use super::rollout_dialog::{RolloutDialog, RolloutSubject};
use crate::app::query::Grouping;
use crate::app::search::{Search, use_search, use_set_search};
use crate::browser::media::use_media_query;
use crate::browser::{focus, platform};
use crate::components::empty_state::EmptyState;
use crate::components::live::{When, derive, each, memo};
use crate::components::menu::Anchor;
use crate::replica::{ReplicaHandle, use_replica};
use board_bar::BoardBar;
use board_keys::offer_board_actions;
use card_menu::CardMenu;
use cards_menu::{CardsMenu, CardsMenuPopover};
use column::Column;
use column_picker::ColumnPicker;
use drag::provide_drag;
use finding::use_looking;
use lanes::{Lanes, lane_name};
use layout::{LaneId, Layout};
use moving::{Held, MoveBar, Said};
use position::PositionDialog;
use rows::{Rows, layout_of};
use selection::{Selection, SelectionBar};
use sheet::Sheet;

/// What the parts of the board share.
#[derive(Clone, Copy)]
struct Board {
    replica: ReplicaHandle,
    /// The cards that are shown, column by column.
    layout: Memo<Layout>,
    /// The card that is held, and where it would go.
    held: RwSignal<Option<Held>>,
    /// The card that has, or last had, the focus.
    current: RwSignal<Option<DeploymentId>>,
    /// The card that the Tab key stops at.
    stop: Memo<Option<DeploymentId>>,
    /// A card was let go of just now, and the click that follows is part of that.
    was_dragged: StoredValue<bool>,
    /// What assistive technology is told about moves and picks.
    said: Said,
    /// The cards that are picked, to do something with all of them.
    selection: Selection,
    /// What the rows are.
    grouping: Memo<Grouping>,
    /// The rows whose cards are not shown.
    closed: RwSignal<BTreeSet<LaneId>>,
    /// The requests that the server has not answered.
    requested: Memo<Vec<Command>>,
    /// What a rollout is being recorded for.
    recording: RwSignal<Option<RolloutSubject>>,
    /// The card whose menu is open, and what the menu hangs on.
    menu_of: RwSignal<Option<DeploymentId>>,
    menu_at: Anchor,
    /// What the menu about one card or several is for, and what it hangs on.
    cards_menu: RwSignal<Option<CardsMenu>>,
    cards_menu_at: Anchor,
    /// The card that is being put to a place by its number.
    placing: RwSignal<Option<DeploymentId>>,
    /// The deployment shown beside the board.
    opened: Memo<Option<DeploymentId>>,
    /// The column a phone shows.
    picked: RwSignal<Option<ColumnId>>,
}

fn use_board() -> Board {
    expect_context()
}

/// The board. `sheet` is the deployment that is shown beside it.
#[component]
pub fn BoardPage(sheet: Memo<Option<DeploymentId>>) -> impl IntoView {
    let replica = use_replica();
    let search = use_search();
    let looking = use_looking();
    let is_phone = use_media_query("(max-width: 719px)");
    // A phone shows a column at a time: rows would leave one or two cards of it on the screen.
    let grouping =
        memo(move || if is_phone.get() { Grouping::Whole } else { search.with(|search| search.grouping) });
    let closed = RwSignal::new(BTreeSet::new());
    let layout = memo(move || {
        let search = Search { grouping: grouping.get(), ..search.get() };
        replica.view().with(|view| {
            let name = |lane| lane_name(replica, view, grouping.get(), lane);
            let rows = Rows { closed: &closed.get(), name: &name };
            looking.with(|looking| layout_of(view, &search, looking, &rows))
        })
    });
    let current = RwSignal::new(None::<DeploymentId>);
    let stop = memo(move || {
        layout.with(|layout| current.get().filter(|card| layout.has(*card)).or_else(|| layout.first()))
    });
    let board = Board {
        replica,
        layout,
        selection: Selection::new(layout),
        grouping,
        closed,
        cards_menu: RwSignal::new(None),
        cards_menu_at: RwSignal::new_local(None),
        placing: RwSignal::new(None),
        held: RwSignal::new(None),
        current,
        stop,
        was_dragged: StoredValue::new(false),
        said: Said::new(),
        requested: replica.requested(),
        recording: RwSignal::new(None),
        menu_of: RwSignal::new(None),
        menu_at: RwSignal::new_local(None),
        opened: sheet,
        picked: RwSignal::new(None),
    };
    provide_context(board);
    provide_drag();
    let columns = NodeRef::<html::Div>::new();
    Effect::new(move |_| columns.get().map(|columns| platform::hold_touch(&columns)));
    offer_board_actions(board, sheet);
    follow_sheet(board, sheet);
    let ids = memo(move || board.layout.with(Layout::columns));
    view! {
        <div class="board-page">
            <h1 class="visually-hidden" tabindex="-1">{t!(nav_board)}</h1>
            <BoardBar />
            <When holds=derive(move || replica.view().with(|view| view.deployments.is_empty()))>
                <div class="board-welcome">
                    <EmptyState icon="box" title=t!(no_deployments) text=t!(no_deployments_what)>
                        <board_bar::NewDeploymentButton />
                    </EmptyState>
                </div>
            </When>
            <NoMatches />
            <div class="workbench">
                <div
                    class="board"
                    class:is-rows=derive(move || grouping.get() != Grouping::Whole)
                    node_ref=columns
                    role="region"
                    aria-label=t!(columns)
                    on:scroll=move |_| column_picker::follow_scroll(board, columns)
                >
                    <When holds=derive(move || grouping.get() == Grouping::Whole) otherwise=Lanes>
                        {each(ids, |id| view! { <Column lane=LaneId::WHOLE id /> }.into_any())}
                    </When>
                </div>
                <Sheet shown=sheet />
            </div>
            <ColumnPicker columns />
            <MoveBar />
            <SelectionBar />
            <CardMenu />
            <CardsMenuPopover />
            <PositionDialog />
            <RolloutDialog subject=board.recording />
            <div class="visually-hidden" aria-live="assertive">{board.said.words()}</div>
        </div>
    }
}

/// Says that nothing is found, with the way back to everything.
#[component]
fn NoMatches() -> impl IntoView {
    let board = use_board();
    let (search, set_search) = (use_search(), use_set_search());
    let finds_nothing = move || {
        let is_narrow = search.with(|search| !search.is_empty());
        is_narrow && board.layout.with(|layout| layout.count() == 0)
    };
    let clear = move |_| set_search.run(search.with_untracked(Search::cleared));
    view! {
        <When holds=derive(finds_nothing)>
            <div class="board-welcome">
                <EmptyState icon="search" title=t!(none_found) text=t!(none_found_what)>
                    <button class="button" type="button" on:click=clear>
                        {t!(show_all)}
                    </button>
                </EmptyState>
            </div>
        </When>
    }
}

/// The sheet takes the focus when it opens, and its card gets it back.
fn follow_sheet(board: Board, sheet: Memo<Option<DeploymentId>>) {
    Effect::new(move |before: Option<Option<DeploymentId>>| {
        let shown = sheet.get();
        match (before.flatten(), shown) {
            (before, Some(id)) if before != shown => {
                board.current.set(Some(id));
                focus::focus_soon(".sheet h1".to_owned());
                // The sheet takes room from the board, which may hide the very card.
                request_animation_frame(move || deployment_card::reveal(id));
            }
            (Some(id), None) => focus::focus_soon(deployment_card::selector(id)),
            _ => {}
        }
        shown
    });
}
