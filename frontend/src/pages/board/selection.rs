//! Several cards picked at once, and what can be done with all of them.

use std::collections::BTreeSet;

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::DeploymentId;
use web_sys::MouseEvent;

use super::cards_menu::{Ask, Cards, CardsMenu};
use super::layout::{Layout, Way};
use super::{Board, use_board};
use crate::acts::use_acts;
use crate::browser::focus;
use crate::components::icon::Icon;
use crate::components::live::{When, derive, memo};
use crate::language::count;
use crate::may::use_may_not;

/// The cards that are picked.
#[derive(Clone, Copy)]
pub struct Selection {
    picked: RwSignal<BTreeSet<DeploymentId>>,
    /// Those of them that can be seen, as one reads them.
    shown: Memo<Vec<DeploymentId>>,
}

impl Selection {
    /// Picks nothing yet.
    #[must_use]
    pub fn new(layout: Memo<Layout>) -> Self {
        let picked = RwSignal::new(BTreeSet::<DeploymentId>::new());
        // What is gone, or hidden by a search, is not acted on unseen.
        let shown = memo(move || {
            picked.with(|picked| {
                if picked.is_empty() {
                    return Vec::new();
                }
                layout.with(|layout| layout.cards_in_order().filter(|card| picked.contains(card)).collect())
            })
        });
        Self { picked, shown }
    }

    /// Returns the cards that are picked and can be seen.
    #[must_use]
    pub fn shown(self) -> Memo<Vec<DeploymentId>> {
        self.shown
    }

    /// Tells whether a card is picked.
    #[must_use]
    pub fn has(self, id: DeploymentId) -> bool {
        self.picked.with(|picked| picked.contains(&id))
    }

    fn change(self, change: impl FnOnce(&mut BTreeSet<DeploymentId>)) {
        self.picked.update(change);
    }
}

impl Board {
    /// Picks a card that was not, or the other way round.
    pub(super) fn toggle_picked(self, id: DeploymentId) {
        self.selection.change(|picked| {
            if !picked.remove(&id) {
                picked.insert(id);
            }
        });
        self.say_picked();
    }

    /// Picks a card and the one that a way leads to; returns that one.
    pub(super) fn extend_picked(self, from: DeploymentId, way: Way) -> Option<DeploymentId> {
        let next = self.layout.with_untracked(|layout| layout.next(from, way));
        self.selection.change(|picked| picked.extend([from].into_iter().chain(next)));
        self.say_picked();
        next
    }

    /// Picks nothing any more; tells whether something was.
    pub(super) fn clear_picked(self) -> bool {
        let had = self.selection.shown.with_untracked(|shown| !shown.is_empty());
        self.selection.change(BTreeSet::clear);
        if had {
            self.say_picked();
        }
        had
    }

    fn say_picked(self) {
        self.say(t!(selected, count(self.selection.shown.get_untracked().len())));
    }
}

/// How many cards are picked, and what can be done with all of them.
#[component]
pub fn SelectionBar() -> impl IntoView {
    let board = use_board();
    let shown = board.selection.shown();
    let may_not = use_may_not(Capability::Work);
    let is_there = memo(move || shown.with(|shown| !shown.is_empty()));
    view! {
        <When holds=is_there>
            <div class="selection-bar" role="toolbar" aria-label=t!(selection) data-testid="selection">
                <b class="num">{derive(move || t!(selected, count(shown.with(Vec::len))))}</b>
                <When holds=derive(move || may_not.with(Option::is_none))>
                    <AskButton ask=Ask::Move icon="arrow-right" word=t!(selection_move) />
                    <AskButton ask=Ask::Label icon="tag" word=t!(selection_label) />
                    <AskButton ask=Ask::Assign icon="user-plus" word=t!(selection_assign) />
                    <ArchiveButton />
                </When>
                <button
                    class="icon-button is-small"
                    type="button"
                    aria-label=t!(selection_clear)
                    title=t!(selection_clear)
                    on:click=move |_| leave(board)
                >
                    <Icon name="x" />
                </button>
            </div>
        </When>
    }
}

/// Picks nothing any more; the focus goes back to where it was on the board.
fn leave(board: Board) {
    board.clear_picked();
    if let Some(id) = board.current.get_untracked() {
        focus::focus_soon(super::deployment_card::selector(id));
    }
}

#[component]
fn AskButton(ask: Ask, icon: &'static str, word: String) -> impl IntoView {
    let board = use_board();
    let menu = CardsMenu { ask, cards: Cards::Picked };
    let is_open = move || board.cards_menu_is(menu);
    let was_open = StoredValue::new(false);
    let open = move |event: MouseEvent| {
        // A press beside an open menu closes it before the click arrives.
        if !was_open.get_value() {
            board.ask(menu, &event);
        }
        was_open.set_value(false);
    };
    view! {
        <button
            class="button is-quiet"
            type="button"
            aria-haspopup="menu"
            aria-expanded=derive(move || is_open().to_string())
            on:pointerdown=move |_| was_open.set_value(untrack(is_open))
            on:click=open
        >
            <Icon name=icon />
            {word}
        </button>
    }
}

#[component]
fn ArchiveButton() -> impl IntoView {
    let board = use_board();
    let acts = use_acts();
    let archive = move |_| {
        let picked = board.selection.shown().get_untracked();
        let near = board.current.get_untracked().and_then(|current| {
            let is_gone = |card| picked.contains(&card);
            board.layout.with_untracked(|layout| layout.near(current, &is_gone))
        });
        let steps = picked.into_iter().map(archive_step).collect();
        acts.act_all(steps, |done| t!(archived_all, count(done)));
        if near.is_some() {
            board.current.set(near);
        }
        leave(board);
    };
    view! {
        <button class="button is-quiet" type="button" on:click=archive>
            <Icon name="archive" />
            {t!(archive)}
        </button>
    }
}

/// Returns what puts a deployment away, and what takes it out again.
pub(super) const fn archive_step(deployment: DeploymentId) -> (Command, Command) {
    (
        Command::Deployment(DeploymentCommand::Archive { deployment }),
        Command::Deployment(DeploymentCommand::Restore { deployment }),
    )
}
