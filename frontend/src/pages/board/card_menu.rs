//! The menu of a card: where it can go, and what can be done with it. One for the whole board.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{ColumnId, DeploymentId};

use super::cards_menu::{Ask, Cards, CardsMenu};
use super::layout::{Layout, Spot};
use super::moving::use_mover;
use super::selection::archive_step;
use super::use_board;
use super::view_model::needed_rollout;
use crate::acts::use_acts;
use crate::app::actions::Action;
use crate::command_words::{column_name, environment_name, name_of};
use crate::components::live::{When, derive, live};
use crate::components::menu::{MenuItem, MenuPopover};
use crate::may::{MayNot, use_may_not};
use crate::pages::late::{LatePage, late};

/// The menu of the card whose button was pressed.
#[component]
pub fn CardMenu() -> impl IntoView {
    let board = use_board();
    let may_not = use_may_not(Capability::Work);
    view! {
        <MenuPopover anchor=board.menu_at label=t!(card_menu)>
            {live(move || {
                may_not.track();
                board.menu_of.get().map(|id| late(LatePage::Card(id)))
            })}
        </MenuPopover>
    }
}

/// What can be done with a card; in the second file.
#[component]
pub fn CardMenuItems(id: DeploymentId) -> impl IntoView {
    let board = use_board();
    let columns = board.layout.with_untracked(Layout::columns);
    let columns = columns.into_iter().map(|column| view! { <ColumnItem id column /> });
    if use_may_not(Capability::Work).with_untracked(Option::is_some) {
        return view! { <MayNot capability=Capability::Work /> }.into_any();
    }
    view! {
        <div class="menu-title">{t!(move_to)}</div>
        {columns.collect_view()}
        <hr />
        <PlaceItems id />
        <hr />
        <PickItem id />
        <AskItem id ask=Ask::Assign icon="user-plus" text=t!(selection_assign) action=Action::Assign />
        <AskItem id ask=Ask::Label icon="tag" text=t!(selection_label) action=Action::Label />
        <hr />
        <FinishItem id />
        <ArchiveItem id />
    }
    .into_any()
}

/// To another column, at its top.
#[component]
fn ColumnItem(id: DeploymentId, column: ColumnId) -> impl IntoView {
    let board = use_board();
    let mover = use_mover();
    let view = board.replica.view().get_untracked();
    let is_current = view.deployments.get(&id).is_some_and(|known| known.column == column);
    let needed = needed_rollout(&view, id, column).map(|environment| environment_name(environment, &view));
    let hint = needed.map(|environment| t!(records_rollout, &environment));
    let pick = Callback::new(move |()| {
        let lane = board.layout.with_untracked(|layout| layout.spot_of(id)).map(|spot| spot.lane);
        if let Some(lane) = lane.filter(|_| !is_current) {
            mover.put_on_top(id, lane, column);
        }
    });
    let text = column_name(column, &view);
    match hint {
        Some(hint) => view! { <MenuItem icon="arrow-right" text hint is_current on_pick=pick /> },
        None => view! { <MenuItem icon="arrow-right" text is_current on_pick=pick /> },
    }
}

/// To another place in the same column.
#[component]
fn PlaceItems(id: DeploymentId) -> impl IntoView {
    let board = use_board();
    let mover = use_mover();
    let spot = board.layout.with_untracked(|layout| layout.spot_of(id));
    spot.map(|spot| {
        let last = board
            .layout
            .with_untracked(|layout| layout.cards(spot.lane, spot.column).len())
            .saturating_sub(1);
        let to = move |index| Callback::new(move |()| mover.put(id, Spot { index, ..spot }));
        view! {
            <When holds=derive(move || spot.index != 0)>
                <MenuItem icon="arrow-up" text=t!(move_up) on_pick=to(spot.index.saturating_sub(1)) />
                <MenuItem icon="arrow-up" text=t!(move_to_top) on_pick=to(0) />
            </When>
            <When holds=derive(move || spot.index != last)>
                <MenuItem icon="arrow-down" text=t!(move_down) on_pick=to(spot.index + 1) />
                <MenuItem icon="arrow-down" text=t!(move_to_bottom) on_pick=to(last) />
            </When>
            <MenuItem
                icon="list-ordered"
                text=t!(move_to_position)
                on_pick=Callback::new(move |()| board.placing.set(Some(id)))
            />
        }
    })
}

#[component]
fn FinishItem(id: DeploymentId) -> impl IntoView {
    let acts = use_acts();
    let view = use_board().replica.view();
    let finish = Callback::new(move |()| {
        let words = view.with_untracked(|view| t!(finished, &name_of(id, view)));
        let command = Command::Deployment(DeploymentCommand::Finish { deployment: id });
        let inverse = Command::Deployment(DeploymentCommand::Reopen { deployment: id });
        acts.act_undoable(command, words, inverse);
    });
    view! { <MenuItem icon="flag" text=t!(finish) hint=t!(finish_what) on_pick=finish /> }
}

/// Puts it away without its being over.
#[component]
fn ArchiveItem(id: DeploymentId) -> impl IntoView {
    let acts = use_acts();
    let view = use_board().replica.view();
    let archive = Callback::new(move |()| {
        let words = view.with_untracked(|view| t!(archived_one, &name_of(id, view)));
        let (command, inverse) = archive_step(id);
        acts.act_undoable(command, words, inverse);
    });
    view! { <MenuItem icon="archive" text=t!(archive) hint=t!(archive_what) on_pick=archive /> }
}

#[component]
fn PickItem(id: DeploymentId) -> impl IntoView {
    let board = use_board();
    let is_picked = board.selection.has(id);
    let text = if is_picked { t!(deselect) } else { t!(select) };
    view! { <MenuItem icon="list-checks" text action=Action::Pick on_pick=Callback::new(move |()| board.toggle_picked(id)) /> }
}

/// Opens another menu where this one was.
#[component]
fn AskItem(id: DeploymentId, ask: Ask, icon: &'static str, text: String, action: Action) -> impl IntoView {
    let board = use_board();
    let open = Callback::new(move |()| {
        let at = board.menu_at.get_untracked();
        board.ask_at(CardsMenu { ask, cards: Cards::One(id) }, at);
    });
    view! { <MenuItem icon text action on_pick=open /> }
}
