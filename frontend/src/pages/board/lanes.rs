//! The rows of the board, one below the other under one line of column names.

use leptos::prelude::*;
use slipway_shared::ids::{MemberId, ServiceId};
use slipway_shared::workspace::Workspace;

use super::column::{Column, ColumnHead};
use super::growth::grow;
use super::layout::{Lane, LaneId, Layout};
use super::use_board;
use crate::app::query::Grouping;
use crate::command_words::service_name;
use crate::components::icon::Icon;
use crate::components::live::{Key, When, derive, each, memo};
use crate::language::count;
use crate::replica::ReplicaHandle;

/// How many rows are drawn at once.
const FIRST: usize = 8;

impl Key for LaneId {
    fn to_number(self) -> u128 {
        self.0
    }

    fn from_number(number: u128) -> Self {
        Self(number)
    }
}

/// Returns the name of a row: of a service, or of a person; a word for nobody.
#[must_use]
pub fn lane_name(replica: ReplicaHandle, workspace: &Workspace, grouping: Grouping, lane: LaneId) -> String {
    match grouping {
        Grouping::Whole => String::new(),
        Grouping::Service => service_name(ServiceId::from_u128(lane.0), workspace),
        Grouping::Person if lane == LaneId::WHOLE => t!(person_nobody),
        Grouping::Person => replica.people().with(|people| {
            let known = people.get(&MemberId::from_u128(lane.0));
            known.map_or_else(|| t!(someone), |profile| profile.name.clone())
        }),
    }
}

/// The rows.
#[component]
pub fn Lanes() -> impl IntoView {
    let board = use_board();
    let columns = memo(move || board.layout.with(Layout::columns));
    let lanes = memo(move || board.layout.with(Layout::lanes));
    let drawn = grow(board, FIRST, move || lanes.try_with_untracked(Vec::len));
    let shown = memo(move || lanes.with(|lanes| lanes.get(..drawn.get()).unwrap_or(lanes).to_vec()));
    view! {
        <div class="lane-heads">
            {each(columns, |id| view! { <ColumnHead id /> }.into_any())}
        </div>
        {each(shown, |id| view! { <LaneRow id /> }.into_any())}
    }
}

/// One row, which can be closed.
#[component]
fn LaneRow(id: LaneId) -> impl IntoView {
    let board = use_board();
    let view = board.replica.view();
    let name = memo(move || view.with(|view| lane_name(board.replica, view, board.grouping.get(), id)));
    let columns = memo(move || board.layout.with(Layout::columns));
    let cards = memo(move || board.layout.with(|layout| layout.lane(id).map_or(0, Lane::count)));
    let is_open = memo(move || board.closed.with(|closed| !closed.contains(&id)));
    let toggle = move |_| {
        board.closed.update(|closed| {
            if !closed.remove(&id) {
                closed.insert(id);
            }
        });
    };
    let heading = format!("lane-{}", id.0);
    let labelled_by = heading.clone();
    view! {
        <section class="lane" aria-labelledby=labelled_by data-testid="lane">
            <h2 class="lane-head">
                <button
                    type="button"
                    id=heading
                    aria-expanded=derive(move || is_open.get().to_string())
                    on:click=toggle
                >
                    <Icon name="chevron-down" class="icon is-small" />
                    <bdi class="clip">{name}</bdi>
                    <span class="column-count num" aria-hidden="true">{cards}</span>
                    <span class="visually-hidden">{derive(move || t!(cards_count, count(cards.get())))}</span>
                </button>
            </h2>
            <When holds=is_open>
                <div class="lane-columns">
                    {each(columns, move |column| view! { <Column lane=id id=column /> }.into_any())}
                </div>
            </When>
        </section>
    }
}
