//! A menu about one card or several: where they go, what is stuck on them, who is responsible.

use std::collections::BTreeSet;

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{ColumnId, DeploymentId, LabelId, MemberId};
use slipway_shared::order;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, MouseEvent};

use super::moving::warn_of_limit;
use super::steps::{assign_step, move_all};
use super::{Board, use_board};
use crate::acts::{Acts, Step, use_acts};
use crate::command_words::{column_name, name_of};
use crate::components::avatar::use_name;
use crate::components::live::{all, live, memo};
use crate::components::menu::{MenuCheck, MenuItem, MenuPopover};
use crate::language::count;
use crate::pages::late::{LatePage, late};
use crate::replica::use_replica;
use crate::toasts::use_toasts;

/// What a menu about cards is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// To bring them to a column.
    Move,
    /// To put labels of the team's own on them.
    Label,
    /// To make people responsible for them.
    Assign,
}

/// Which cards a menu is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cards {
    /// This one.
    One(DeploymentId),
    /// All that are picked.
    Picked,
}

/// A menu about cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardsMenu {
    /// What it is for.
    pub ask: Ask,
    /// Which cards.
    pub cards: Cards,
}

impl Board {
    /// Opens a menu about cards at the button that was pressed.
    pub(super) fn ask(self, menu: CardsMenu, event: &MouseEvent) {
        let button = event.current_target().and_then(|button| button.dyn_into::<HtmlElement>().ok());
        self.ask_at(menu, button);
    }

    /// Opens a menu about cards at an element.
    pub(super) fn ask_at(self, menu: CardsMenu, at: Option<HtmlElement>) {
        self.cards_menu.set(Some(menu));
        self.cards_menu_at.set(at);
    }

    /// Tells whether a menu about cards is the one that is open.
    pub(super) fn cards_menu_is(self, menu: CardsMenu) -> bool {
        self.cards_menu.get() == Some(menu) && self.cards_menu_at.with(Option::is_some)
    }

    /// Returns the cards that a menu is about.
    fn cards_of(self, cards: Cards) -> Vec<DeploymentId> {
        match cards {
            Cards::One(id) => vec![id],
            Cards::Picked => self.selection.shown().get(),
        }
    }
}

/// The popover of the menu. What it holds comes with the second file.
#[component]
pub fn CardsMenuPopover() -> impl IntoView {
    let board = use_board();
    view! {
        <MenuPopover anchor=board.cards_menu_at label=t!(cards_menu)>
            {live(move || board.cards_menu.get().map(|menu| late(LatePage::Cards(menu))))}
        </MenuPopover>
    }
}

/// What the menu holds.
#[component]
pub fn CardsMenuItems(menu: CardsMenu) -> impl IntoView {
    match menu.ask {
        Ask::Move => view! { <Columns cards=menu.cards /> }.into_any(),
        Ask::Label => view! { <Labels cards=menu.cards /> }.into_any(),
        Ask::Assign => view! { <People cards=menu.cards /> }.into_any(),
    }
}

#[component]
fn Columns(cards: Cards) -> impl IntoView {
    let board = use_board();
    let columns = board.layout.with_untracked(super::layout::Layout::columns);
    view! {
        <div class="menu-title">{t!(move_to)}</div>
        {all(columns, move |column| view! { <ColumnItem cards column /> }.into_any())}
    }
}

#[component]
fn ColumnItem(cards: Cards, column: ColumnId) -> impl IntoView {
    let board = use_board();
    let (acts, toasts) = (use_acts(), use_toasts());
    let name = board.replica.view().with_untracked(|view| column_name(column, view));
    let to = name.clone();
    let pick = Callback::new(move |()| {
        let view = board.replica.view().get_untracked();
        let ids = untrack(|| board.cards_of(cards));
        let (steps, left) = move_all(&view, &ids, column);
        let to = to.clone();
        if acts.act_all(steps, move |done| t!(moved_all, count(done), &to)) > 0 {
            warn_of_limit(board, toasts, column);
        }
        if !left.is_empty() {
            toasts.refuse(t!(moved_not, count(left.len())));
        }
    });
    view! { <MenuItem icon="arrow-right" text=name on_pick=pick /> }
}

/// Tells whether something holds of all cards, and follows them.
fn holds_of_all(cards: Cards, holds: impl Fn(&Deployment) -> bool + Send + Sync + 'static) -> Memo<bool> {
    let board = use_board();
    memo(move || {
        let ids = board.cards_of(cards);
        board.replica.view().with(|view| {
            let mut known = ids.iter().filter_map(|id| view.deployments.get(id));
            !ids.is_empty() && known.all(|known| holds(known))
        })
    })
}

/// What is done to all cards, or taken back from all of them where it is so of all.
fn act_on(
    board: Board,
    acts: Acts,
    cards: Cards,
    is_on: bool,
    step: &dyn Fn(DeploymentId) -> Step,
    what: &str,
) {
    let ids = untrack(|| board.cards_of(cards));
    let steps = ids.iter().map(|id| {
        let (on, off) = step(*id);
        if is_on { (off, on) } else { (on, off) }
    });
    let one = match ids.as_slice() {
        [id] => board.replica.view().with_untracked(|view| Some(name_of(*id, view))),
        _ => None,
    };
    acts.act_all(steps.collect(), |done| {
        let of = one.clone().unwrap_or_else(|| t!(deployments_count, count(done)));
        if is_on { t!(taken_off, what, &of) } else { t!(put_on, what, &of) }
    });
}

#[component]
fn Labels(cards: Cards) -> impl IntoView {
    let board = use_board();
    let labels = memo(move || {
        board.replica.view().with(|view| {
            let known = view.labels.iter().filter(|(_, label)| !label.archived);
            let mut known: Vec<_> = known.map(|(id, label)| (label.name.clone(), *id)).collect();
            order::sort(&mut known);
            known
        })
    });
    view! {
        <div class="menu-title">{t!(labels)}</div>
        {live(move || {
            let labels = labels.get();
            if labels.is_empty() {
                return view! { <p class="menu-note">{t!(no_labels)}</p> }.into_any();
            }
            all(labels, move |(name, id)| view! { <LabelItem cards id name /> }.into_any())
        })}
    }
}

#[component]
fn LabelItem(cards: Cards, id: LabelId, name: String) -> impl IntoView {
    let (board, acts) = (use_board(), use_acts());
    let is_on = holds_of_all(cards, move |known| known.labels.contains(&id));
    let text = name.clone();
    let pick = Callback::new(move |()| {
        let step = |deployment| {
            let label = id;
            (
                Command::Deployment(DeploymentCommand::AddLabel { deployment, label }),
                Command::Deployment(DeploymentCommand::RemoveLabel { deployment, label }),
            )
        };
        act_on(board, acts, cards, is_on.get_untracked(), &step, &name);
    });
    view! { <MenuCheck text is_on on_pick=pick /> }
}

#[component]
fn People(cards: Cards) -> impl IntoView {
    let members = use_members();
    // Whoever has left and is still responsible can be taken off.
    let board = use_board();
    let all_of_them = memo(move || {
        let members = members.get();
        let known: BTreeSet<_> = members.iter().copied().collect();
        let ids = board.cards_of(cards);
        let left = board.replica.view().with(|view| {
            let assigned =
                ids.iter().filter_map(|id| view.deployments.get(id)).flat_map(|known| known.assigned.clone());
            assigned.filter(|member| !known.contains(member)).collect::<BTreeSet<_>>()
        });
        members.into_iter().chain(left).collect::<Vec<_>>()
    });
    view! {
        <div class="menu-title">{t!(responsible)}</div>
        {live(move || all(all_of_them.get(), move |member| view! { <PersonItem cards member /> }.into_any()))}
    }
}

#[component]
fn PersonItem(cards: Cards, member: MemberId) -> impl IntoView {
    let (board, acts) = (use_board(), use_acts());
    let name = use_name(member);
    let is_on = holds_of_all(cards, move |known| known.assigned.contains(&member));
    let pick = Callback::new(move |()| {
        let step = |deployment| assign_step(deployment, member);
        act_on(board, acts, cards, is_on.get_untracked(), &step, &name.get_untracked());
    });
    live(move || view! { <MenuCheck text=name.get() is_on on_pick=pick /> })
}

/// Returns who is in the workspace: whoever looks first, then the others by name.
#[must_use]
pub fn use_members() -> Memo<Vec<MemberId>> {
    let replica = use_replica();
    memo(move || {
        let me = replica.me().get();
        let members: Vec<_> = replica.view().with(|view| view.members.keys().copied().collect());
        replica.people().with(|people| {
            let name = |member: &MemberId| people.get(member).map(|profile| profile.name.to_lowercase());
            let mut members = members.clone();
            members
                .sort_by_cached_key(|member| (*member != me, name(member).is_none(), name(member), *member));
            members
        })
    })
}
