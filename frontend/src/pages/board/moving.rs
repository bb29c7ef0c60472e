//! Holding a card and putting it down: what pointer, keys and menu have in common.

use std::time::Duration;

use leptos::prelude::*;
use slipway_shared::ids::{ColumnId, DeploymentId};

use super::columns::column_load;
use super::lanes::lane_name;
use super::layout::{LaneId, Layout, Spot, Way};
use super::steps::put;
use super::view_model::needed_rollout;
use super::{Board, use_board};
use crate::acts::use_acts;
use crate::command_words::{column_name, name_of};
use crate::components::live::{When, derive, memo};
use crate::language::count;
use crate::pages::rollout_dialog::RolloutSubject;
use crate::toasts::{Toasts, use_toasts};

/// What holds a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grip {
    /// A mouse, pen or finger.
    Pointer,
    /// The keyboard, in move mode.
    Keys,
}

/// A card that is held over the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub id: DeploymentId,
    /// By what.
    pub grip: Grip,
    /// Where it would go.
    pub spot: Spot,
    /// How tall it is, in pixels: so tall is the gap where it would go.
    pub height: i32,
}

/// What puts cards down. It is made once, where it can find what it needs, and called from anywhere.
#[derive(Clone, Copy)]
pub struct Mover(Callback<(DeploymentId, Spot)>);

/// Returns what puts cards down on the board.
#[must_use]
pub fn use_mover() -> Mover {
    let (board, acts, toasts) = (use_board(), use_acts(), use_toasts());
    Mover(Callback::new(move |(id, spot): (DeploymentId, Spot)| {
        let view = board.replica.view().get_untracked();
        let grouping = board.grouping.get_untracked();
        let steps = board.layout.with_untracked(|layout| put(&view, layout, grouping, id, spot));
        let Ok(mut steps) = steps else { return toasts.refuse(t!(not_between_services)) };
        let words = t!(moved, &name_of(id, &view), &column_name(spot.column, &view));
        if let Some(environment) = needed_rollout(&view, id, spot.column) {
            // Who is responsible changes at once; the move itself is asked about.
            steps.pop();
            if !steps.is_empty() {
                acts.act_all(steps, move |_| words.clone());
            }
            board.recording.set(Some(RolloutSubject { deployment: id, environment, rollout: None }));
            return;
        }
        if steps.is_empty() {
            return;
        }
        let enters = view.deployments.get(&id).is_some_and(|known| known.column != spot.column);
        if acts.act_all(steps, move |_| words.clone()) > 0 && enters {
            warn_of_limit(board, toasts, spot.column);
        }
    }))
}

/// Says that a column has more cards than it is meant to have. Nothing is refused for it.
pub fn warn_of_limit(board: Board, toasts: Toasts, column: ColumnId) {
    board.replica.view().with_untracked(|view| {
        if let Some(load) = column_load(view, column).filter(|load| load.is_over) {
            toasts.say(t!(now_over_limit, &column_name(column, view), count(load.limit)));
        }
    });
}

impl Mover {
    /// Puts a card down at a place; where that means a rollout, asks about it.
    pub fn put(self, id: DeploymentId, spot: Spot) {
        self.0.run((id, spot));
    }

    /// Puts a card down at the top of a column, in its row.
    pub fn put_on_top(self, id: DeploymentId, lane: LaneId, column: ColumnId) {
        self.put(id, Spot { lane, column, index: 0 });
    }
}

impl Board {
    /// Takes a card up with the keyboard.
    pub(super) fn take_up(self, id: DeploymentId, height: i32) {
        let Some(spot) = self.layout.with_untracked(|layout| layout.spot_of(id)) else { return };
        self.held.set(Some(Held { id, grip: Grip::Keys, spot, height }));
        self.say(t!(move_begun));
    }

    /// Moves the held card a step.
    pub(super) fn shift(self, way: Way) {
        let Some(held) = self.held.get_untracked() else { return };
        let spot = self.layout.with_untracked(|layout| layout.shift(held.id, held.spot, way));
        self.held.set(Some(Held { spot, ..held }));
        self.say(self.spot_words(held.id, spot));
    }

    /// Lets go of the held card; it stays where it was.
    pub(super) fn let_go(self) {
        if self.held.try_update(Option::take).flatten().is_some() {
            self.say(t!(move_cancelled));
        }
    }

    fn spot_words(self, id: DeploymentId, spot: Spot) -> String {
        let others =
            |layout: &Layout| layout.cards(spot.lane, spot.column).iter().filter(|card| **card != id).count();
        let cards = self.layout.with_untracked(others);
        let place = self.replica.view().with_untracked(|view| {
            let lane = lane_name(self.replica, view, self.grouping.get_untracked(), spot.lane);
            let column = column_name(spot.column, view);
            if lane.is_empty() { column } else { format!("{lane}, {column}") }
        });
        t!(move_spot, &place, count(spot.index + 1), count(cards + 1))
    }

    /// Says something at once to assistive technology.
    pub(super) fn say(self, words: String) {
        self.said.say(words);
    }
}

/// What assistive technology is told. Of several things in a row only the last is said: whoever holds a key down would
/// hear every place otherwise.
#[derive(Clone, Copy)]
pub struct Said {
    words: RwSignal<String>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

/// How long something waits for what takes its place.
const SETTLED_AFTER: Duration = Duration::from_millis(100);

impl Said {
    /// Says nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { words: RwSignal::new(String::new()), timer: StoredValue::new(None) }
    }

    /// Returns what is said.
    #[must_use]
    pub fn words(self) -> Signal<String> {
        self.words.into()
    }

    /// Says something; the same words again are read again.
    pub fn say(self, words: String) {
        let say = move || {
            // The board may be gone by then.
            self.words.try_update(|said| {
                let again = *said == words;
                *said = words;
                if again {
                    said.push('\u{a0}');
                }
            });
        };
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        self.timer.set_value(set_timeout_with_handle(say, SETTLED_AFTER).ok());
    }
}

/// What the keys do while a card is held with them.
#[component]
pub fn MoveBar() -> impl IntoView {
    let board = use_board();
    let by_keys =
        memo(move || board.held.with(|held| held.filter(|held| held.grip == Grip::Keys).map(|held| held.id)));
    let name = move || by_keys.get().map(|id| board.replica.view().with(|view| name_of(id, view)));
    view! {
        <When holds=derive(move || by_keys.get().is_some())>
            <div class="move-bar" aria-hidden="true">
                <b>{derive(move || t!(moving, &name().unwrap_or_default()))}</b>
                <span><kbd class="key">"←"</kbd><kbd class="key">"→"</kbd>{t!(moving_column)}</span>
                <span><kbd class="key">"↑"</kbd><kbd class="key">"↓"</kbd>{t!(moving_place)}</span>
                <span><kbd class="key">"↵"</kbd>{t!(moving_drop)}</span>
                <span><kbd class="key">"Esc"</kbd>{t!(moving_cancel)}</span>
            </div>
        </When>
    }
}
