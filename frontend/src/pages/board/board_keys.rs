//! The keys of the board: from card to card, into move mode and through it, to the menu, and back from the sheet.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::ids::DeploymentId;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent};

use super::Board;
use super::deployment_card::{reveal, selector};
use super::layout::Way;
use super::moving::{Grip, Mover, use_mover};
use crate::app::actions::{Action, Offer, use_actions};
use crate::app::place::Place;
use crate::app::search::use_search;
use crate::browser::address::use_address;
use crate::browser::focus;
use crate::may::use_may_not;

/// Offers what the keys of the board do, while it is shown.
pub fn offer_board_actions(board: Board, sheet: Memo<Option<DeploymentId>>) {
    let actions = use_actions();
    let mover = use_mover();
    let address = use_address();
    let search = use_search();
    actions.take_keys(move |event| moving_key(board, mover, event));
    let close = move || address.go(&search.with_untracked(|search| search.address(Place::Board)));
    actions.offer(Offer::new(Action::Back, close).when(move |_| sheet.get_untracked().is_some()));
    let step = move |key: String| step_by_key(board, &key);
    // Arrows scroll what has the focus; only on a card do they lead to the next.
    let is_step = |key: &str| is_within() || !matches!(key, "Home" | "End") && !key.starts_with("Arrow");
    actions.offer(Offer::by_key(Action::NextCard, step).when(is_step));
    let may_not = use_may_not(Capability::Work);
    let has_card = move |_: &str| focused_card(board).is_some();
    let take_up = move || {
        if let Some(id) = focused_card(board) {
            board.take_up(id, card_height(id));
        }
    };
    actions.offer(Offer::new(Action::MoveCard, take_up).when(has_card).unless(may_not));
    let open_menu = move || {
        if let Some(id) = focused_card(board) {
            board.open_menu(id);
        }
    };
    actions.offer(Offer::new(Action::CardMenu, open_menu).when(has_card));
}

/// Does what a key means while a card is held with the keyboard; tells whether one is.
fn moving_key(board: Board, mover: Mover, event: &KeyboardEvent) -> bool {
    let held = board.held.get_untracked().filter(|held| held.grip == Grip::Keys);
    let Some(held) = held else { return false };
    let key = event.key();
    let to_the_end = event.ctrl_key() || event.meta_key();
    match (key.as_str(), Way::of_key(&key)) {
        ("Enter" | " ", _) => {
            board.held.set(None);
            mover.put(held.id, held.spot);
            focus::focus_soon(selector(held.id));
        }
        ("Escape" | "Tab", _) => board.let_go(),
        (_, Some(Way::Up)) if to_the_end => board.shift(Way::First),
        (_, Some(Way::Down)) if to_the_end => board.shift(Way::Last),
        (_, Some(way)) => {
            let steps =
                if to_the_end { board.layout.with_untracked(|layout| layout.columns().len()) } else { 1 };
            (0..steps).for_each(|_| board.shift(way));
            request_animation_frame(|| {
                if let Some(gap) = focus::find(".card-placeholder") {
                    focus::reveal(&gap);
                }
            });
        }
        _ => return true,
    }
    if key != "Tab" {
        event.prevent_default();
    }
    true
}

fn is_within() -> bool {
    focus::focused().is_some_and(|element| element.closest(".board").ok().flatten().is_some())
}

/// Returns the card that has the focus.
fn focused_card(board: Board) -> Option<DeploymentId> {
    board.current.get_untracked().filter(|_| is_within())
}

/// Goes to the card where a key leads, or back to the last one from elsewhere.
fn step_by_key(board: Board, key: &str) {
    let Some(way) = Way::of_key(key) else { return };
    let current = board.current.get_untracked();
    let next = board.layout.with_untracked(|layout| match current.filter(|card| layout.has(*card)) {
        Some(current) if is_within() => layout.next(current, way),
        Some(current) => Some(current),
        None => layout.first(),
    });
    if let Some(next) = next {
        show_card(next);
    }
}

fn show_card(id: DeploymentId) {
    if let Some(link) = focus::find(&selector(id)) {
        // A card that is gone again need not be focused.
        let _ = link.focus();
        reveal(id);
    }
}

fn card_height(id: DeploymentId) -> i32 {
    let card = focus::find(&selector(id)).and_then(|link| link.closest(".deployment-card").ok().flatten());
    card.and_then(|card| card.dyn_into::<HtmlElement>().ok()).map_or(96, |card| card.offset_height())
}

impl Board {
    /// Opens the menu of a card at its button.
    fn open_menu(self, id: DeploymentId) {
        let card =
            focus::find(&selector(id)).and_then(|link| link.closest(".deployment-card").ok().flatten());
        let button = card.and_then(|card| card.query_selector(".card-menu").ok().flatten());
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            self.menu_of.set(Some(id));
            self.menu_at.set(Some(button));
        }
    }
}
