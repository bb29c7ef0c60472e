//! The keys of the board: from card to card, into move mode and through it, to the menu, and back from the sheet.

use leptos::prelude::*;
use slipway_shared::ids::DeploymentId;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent};

use super::Board;
use super::cards_menu::{Ask, Cards, CardsMenu};
use super::deployment_card::{reveal, selector};
use super::layout::Way;
use super::moving::{Grip, Mover, use_mover};
use crate::app::place::Place;
use crate::app::search::use_search;
use crate::browser::address::use_address;
use crate::browser::focus;
use crate::browser::keyboard::{bare_key, on_key};
use crate::settings::use_settings;

/// Listens for the keys of the board, while it is shown.
pub fn listen_for_keys(board: Board, sheet: Memo<Option<DeploymentId>>) {
    let single_keys = use_settings().single_keys();
    let mover = use_mover();
    let address = use_address();
    let search = use_search();
    on_key(move |event: KeyboardEvent| {
        let by_keys = board.held.with_untracked(|held| held.is_some_and(|held| held.grip == Grip::Keys));
        if by_keys {
            moving_key(board, mover, &event);
            return;
        }
        let Some(key) = bare_key(&event) else { return };
        let is_letter = key.chars().count() == 1;
        if is_letter && !single_keys.get_untracked() {
            return;
        }
        if key == "Escape" && board.clear_picked() {
            // What is picked is let go of first.
        } else if key == "Escape" && sheet.get_untracked().is_some() {
            address.go(&search.with_untracked(|search| search.address(Place::Board)));
        } else if !browsing_key(board, &key, event.shift_key()) {
            return;
        }
        event.prevent_default();
    });
}

/// Does what a key means while a card is held with the keyboard.
fn moving_key(board: Board, mover: Mover, event: &KeyboardEvent) {
    let Some(held) = board.held.get_untracked() else { return };
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
        _ => return,
    }
    if key != "Tab" {
        event.prevent_default();
    }
}

/// Does what a key means otherwise; tells whether it means something.
fn browsing_key(board: Board, key: &str, is_extending: bool) -> bool {
    let focused = focus::focused().filter(|element| element.closest(".board").ok().flatten().is_some());
    let within = focused.is_some();
    // Arrows scroll what has the focus; only on a card do they lead to the next.
    if !within && (key.starts_with("Arrow") || key == "Home" || key == "End") {
        return false;
    }
    let current = board.current.get_untracked();
    if let Some(way) = Way::of_key(key) {
        if let Some(current) =
            current.filter(|_| within && is_extending && matches!(way, Way::Up | Way::Down))
        {
            if let Some(next) = board.extend_picked(current, way) {
                show_card(next);
            }
            return true;
        }
        let next = board.layout.with_untracked(|layout| match current.filter(|card| layout.has(*card)) {
            Some(current) if within => layout.next(current, way),
            Some(current) => Some(current),
            None => layout.first(),
        });
        if let Some(next) = next {
            show_card(next);
        }
        return true;
    }
    match (key, current.filter(|_| within)) {
        ("m", Some(id)) => board.take_up(id, card_height(id)),
        (".", Some(id)) => board.open_menu(id),
        ("x", Some(id)) => board.toggle_picked(id),
        ("a", Some(id)) => board.ask_about(id, Ask::Assign),
        ("l", Some(id)) => board.ask_about(id, Ask::Label),
        _ => return false,
    }
    true
}

fn show_card(id: DeploymentId) {
    if let Some(link) = focus::find(&selector(id)) {
        // A card that is gone again need not be focused.
        let _ = link.focus();
        reveal(id);
    }
}

pub(super) fn card_height(id: DeploymentId) -> i32 {
    let card = focus::find(&selector(id)).and_then(|link| link.closest(".deployment-card").ok().flatten());
    card.and_then(|card| card.dyn_into::<HtmlElement>().ok()).map_or(96, |card| card.offset_height())
}

fn menu_button(id: DeploymentId) -> Option<HtmlElement> {
    focus::find(&format!("[data-card=\"{id}\"] .card-menu"))
}

impl Board {
    /// Opens the menu of a card at its button.
    pub(super) fn open_menu(self, id: DeploymentId) {
        if let Some(button) = menu_button(id) {
            self.menu_of.set(Some(id));
            self.menu_at.set(Some(button));
        }
    }

    /// Opens a menu about all that is picked, if something is, else about one card.
    fn ask_about(self, id: DeploymentId, ask: Ask) {
        let is_picking = self.selection.shown().with_untracked(|shown| !shown.is_empty());
        let cards = if is_picking { Cards::Picked } else { Cards::One(id) };
        self.ask_at(CardsMenu { ask, cards }, menu_button(id));
    }
}
