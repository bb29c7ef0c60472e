//! The board: columns of cards, moved by hand, by key or by menu; on a wide screen with a deployment beside it.

pub mod board_bar;
mod board_keys;
mod card_menu;
mod column;
mod column_picker;
mod deployment_card;
mod drag;
mod growth;
pub mod layout;
mod moving;
mod sheet;
pub mod view_model;

use leptos::html;
use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::ids::{ColumnId, DeploymentId};

use super::rollout_dialog::{RolloutDialog, RolloutSubject};
use crate::app::search::use_search;
use crate::browser::{focus, platform};
use crate::components::empty_state::EmptyState;
use crate::components::live::{When, derive, each, memo};
use crate::components::menu::Anchor;
use crate::replica::{ReplicaHandle, use_replica};
use board_bar::BoardBar;
use board_keys::offer_board_actions;
use card_menu::CardMenu;
use column::Column;
use column_picker::ColumnPicker;
use drag::provide_drag;
use layout::Layout;
use moving::{Held, MoveBar};
use sheet::Sheet;
use view_model::layout_of;

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
    /// A card was let go of just now, and the click that follows is part of that.
    was_dragged: StoredValue<bool>,
    /// What assistive technology is told about a move.
    said: RwSignal<String>,
    /// The requests that the server has not answered.
    requested: Memo<Vec<Command>>,
    /// What a rollout is being recorded for.
    recording: RwSignal<Option<RolloutSubject>>,
    /// The card whose menu is open, and what the menu hangs on.
    menu_of: RwSignal<Option<DeploymentId>>,
    menu_at: Anchor,
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
    let board = Board {
        replica,
        layout: memo(move || replica.view().with(|view| search.with(|search| layout_of(view, search)))),
        held: RwSignal::new(None),
        current: RwSignal::new(None),
        was_dragged: StoredValue::new(false),
        said: RwSignal::new(String::new()),
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
            <div class="workbench">
                <div class="board" node_ref=columns on:scroll=move |_| column_picker::follow_scroll(board, columns)>
                    {each(ids, |id| view! { <Column id /> }.into_any())}
                </div>
                <Sheet shown=sheet />
            </div>
            <ColumnPicker columns />
            <MoveBar />
            <CardMenu />
            <RolloutDialog subject=board.recording />
            <div class="visually-hidden" aria-live="assertive">{board.said}</div>
        </div>
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
