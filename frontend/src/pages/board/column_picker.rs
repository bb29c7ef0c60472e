//! The columns as tabs above the dock: a phone shows one at a time.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::ids::ColumnId;
use web_sys::{ScrollBehavior, ScrollToOptions};

use super::{Board, use_board};
use crate::app::shell::use_picked_column;
use crate::browser::focus;
use crate::command_words::column_name;
use crate::components::live::{derive, each, memo};

/// The columns as tabs.
#[component]
pub fn ColumnPicker(columns: NodeRef<html::Div>) -> impl IntoView {
    let board = use_board();
    let ids = memo(move || board.layout.with(super::layout::Layout::columns));
    name_the_page(board);
    view! {
        <nav class="column-picker num" aria-label=t!(columns)>
            {each(ids, move |id| view! { <ColumnTab id columns /> }.into_any())}
        </nav>
    }
}

#[component]
fn ColumnTab(id: ColumnId, columns: NodeRef<html::Div>) -> impl IntoView {
    let board = use_board();
    let view = board.replica.view();
    let name = memo(move || view.with(|view| column_name(id, view)));
    let cards = memo(move || board.layout.with(|layout| layout.column(id).len()));
    let is_picked = memo(move || board.picked_column() == Some(id));
    let pick = move |_| {
        board.picked.set(Some(id));
        scroll_to(board, columns, id);
    };
    view! {
        <button type="button" data-tab=id.to_string() aria-pressed=derive(move || is_picked.get().to_string()) on:click=pick>
            {name}
            " "
            {cards}
        </button>
    }
}

/// On a phone the column that is shown is the title of the page.
fn name_the_page(board: Board) {
    let title = use_picked_column();
    Effect::new(move |_| {
        let picked = board.picked_column().map(|column| {
            let name = board.replica.view().with(|view| column_name(column, view));
            (name, board.layout.with(|layout| layout.column(column).len()))
        });
        title.set(picked);
    });
    on_cleanup(move || title.set(None));
}

fn scroll_to(board: Board, columns: NodeRef<html::Div>, id: ColumnId) {
    let Some(scroller) = columns.get_untracked() else { return };
    let place =
        board.layout.with_untracked(|layout| layout.columns().iter().position(|column| *column == id));
    let left = f64::from(scroller.client_width())
        * place.and_then(|place| u32::try_from(place).ok()).map_or(0.0, f64::from);
    let options = ScrollToOptions::new();
    options.set_left(left);
    options.set_behavior(ScrollBehavior::Instant);
    scroller.scroll_to_with_scroll_to_options(&options);
}

/// Picks the column that was scrolled to.
pub fn follow_scroll(board: Board, columns: NodeRef<html::Div>) {
    let Some(scroller) = columns.get_untracked() else { return };
    let width = scroller.client_width().max(1);
    let place = usize::try_from((scroller.scroll_left() + width / 2) / width).unwrap_or(0);
    let column = board.layout.with_untracked(|layout| layout.columns().get(place).copied());
    if column.is_some() && board.picked.get_untracked() != column {
        board.picked.set(column);
        if let Some(tab) = column.and_then(|column| focus::find(&format!("[data-tab=\"{column}\"]"))) {
            focus::reveal(&tab);
        }
    }
}

impl Board {
    /// Returns the column a phone shows.
    fn picked_column(self) -> Option<ColumnId> {
        let picked = self.picked.get();
        self.layout.with(|layout| picked.or_else(|| layout.columns().first().copied()))
    }
}
