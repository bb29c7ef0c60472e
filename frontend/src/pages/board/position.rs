//! Putting a card to a place by naming it: a column, and a number there. For whoever does not drag.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::ids::{ColumnId, DeploymentId};

use super::layout::{Layout, Spot};
use super::moving::use_mover;
use super::{deployment_card, use_board};
use crate::browser::focus;
use crate::command_words::{column_name, name_of};
use crate::components::dialog::Dialog;
use crate::components::live::{all, derive, live};
use crate::language::count;
use crate::pages::late::{LatePage, late};

/// The dialog; what it holds comes with the second file.
#[component]
pub fn PositionDialog() -> impl IntoView {
    let board = use_board();
    let close = Callback::new(move |()| board.placing.set(None));
    let title = derive(move || {
        let id = board.placing.get();
        let name = id.map(|id| board.replica.view().with(|view| name_of(id, view)));
        t!(position_title, &name.unwrap_or_default())
    });
    view! {
        <Dialog is_open=derive(move || board.placing.get().is_some()) on_close=close title>
            {live(move || board.placing.get().map(|id| late(LatePage::Position(id))))}
        </Dialog>
    }
}

/// The form in the dialog.
#[component]
pub fn PositionForm(id: DeploymentId) -> impl IntoView {
    let board = use_board();
    let mover = use_mover();
    let spot = board.layout.with_untracked(|layout| layout.spot_of(id));
    let Some(spot) = spot else { return ().into_any() };
    let column = RwSignal::new(spot.column);
    let number = NodeRef::<html::Input>::new();
    let room = derive(move || {
        let cards = board.layout.with(|layout| others(layout, id, Spot { column: column.get(), ..spot }));
        cards + 1
    });
    let put = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let typed = number.get_untracked().and_then(|input| input.value().trim().parse::<usize>().ok());
        let place = typed.unwrap_or(1).clamp(1, room.get_untracked());
        board.placing.set(None);
        mover.put(id, Spot { lane: spot.lane, column: column.get_untracked(), index: place - 1 });
        focus::focus_soon(deployment_card::selector(id));
    };
    let pick = move |event| {
        if let Ok(picked) = event_target_value(&event).parse() {
            column.set(picked);
        }
    };
    let option = move |known: ColumnId| {
        let name = board.replica.view().with_untracked(|view| column_name(known, view));
        view! {
            <option value=known.to_string() selected=known == spot.column>
                {name}
            </option>
        }
        .into_any()
    };
    view! {
        <form class="form" on:submit=put>
            <div class="field">
                <label for="position-column">{t!(column)}</label>
                <select id="position-column" class="input" on:change=pick>
                    {all(board.layout.with_untracked(Layout::columns), option)}
                </select>
            </div>
            <div class="field">
                <label for="position-number">{derive(move || t!(position_number, count(room.get())))}</label>
                <input
                    id="position-number"
                    class="input"
                    type="number"
                    min="1"
                    max=derive(move || room.get().to_string())
                    value=(spot.index + 1).to_string()
                    node_ref=number
                />
            </div>
            <div class="dialog-actions">
                <button class="button is-primary" type="submit">
                    {t!(position_move)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn others(layout: &Layout, id: DeploymentId, spot: Spot) -> usize {
    layout.cards(spot.lane, spot.column).iter().filter(|card| **card != id).count()
}
