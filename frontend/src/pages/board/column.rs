//! One column: its name, count, limit and age, and its cards.

use leptos::prelude::*;
use slipway_shared::ids::{ColumnId, DeploymentId};

use super::columns::{closed_gate, column_hint, column_load, frozen_in, ghosts_in};
use super::deployment_card::CardSlot;
use super::growth::grow;
use super::layout::LaneId;
use super::moving::Held;
use super::use_board;
use super::view_model::needed_rollout;
use crate::app::query::Grouping;
use crate::app::search::{Search, use_search};
use crate::browser::clock::use_now;
use crate::command_words::{column_name, environment_name, name_of};
use crate::components::icon::Icon;
use crate::components::live::{Key, When, all, derive, each, live, memo};
use crate::components::pill::{Pill, PillKind};
use crate::language::count;
use crate::pages::ages::{age_words, median};

/// What stands in the list of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Item {
    Card(DeploymentId),
    /// Where the held card would go.
    Gap,
}

impl Key for Item {
    fn to_number(self) -> u128 {
        match self {
            Self::Card(id) => id.as_u128(),
            Self::Gap => 0,
        }
    }

    fn from_number(number: u128) -> Self {
        if number == 0 { Self::Gap } else { Self::Card(DeploymentId::from_u128(number)) }
    }
}

/// How many cards of a column are drawn at once: more than a screen shows; with rows, few of each.
const FIRST: usize = 10;
const FIRST_OF_ROW: usize = 3;

/// One column; of a board with rows, what one row has of it.
#[component]
pub fn Column(lane: LaneId, id: ColumnId) -> impl IntoView {
    let board = use_board();
    let view = board.replica.view();
    let cards = memo(move || board.layout.with(|layout| layout.cards(lane, id).to_vec()));
    let is_target = memo(move || {
        let is_here = |held: Held| held.spot.column == id && held.spot.lane == lane;
        board.held.with(|held| held.is_some_and(is_here))
    });
    let is_headed = board.grouping.get_untracked() == Grouping::Whole;
    let first = if is_headed { FIRST } else { FIRST_OF_ROW };
    let drawn = grow(board, first, move || cards.try_with_untracked(Vec::len));
    let items = memo(move || {
        let held = board.held.get().filter(|held| held.spot.column == id && held.spot.lane == lane);
        let gap = held.map(|held| (held.id, held.spot.index));
        let shown = |cards: &Vec<DeploymentId>| items(cards.get(..drawn.get()).unwrap_or(cards), gap);
        cards.with(shown)
    });
    let now = use_now();
    let frozen = memo(move || view.with(|view| frozen_in(view, id, now.get())));
    let search = use_search();
    let is_unused = memo(move || is_headed && items.with(Vec::is_empty) && search.with(Search::is_empty));
    let labelled_by = format!("column-{id}");
    view! {
        <section
            class="column"
            class:is-target=is_target
            class:is-frozen=derive(move || frozen.with(Option::is_some))
            aria-labelledby=labelled_by
            data-column=id.to_string()
            data-lane=lane.0.to_string()
            data-testid="column"
        >
            {is_headed.then(|| view! { <ColumnHead id /> })}
            {live(move || frozen.get().map(|words| view! {
                <p class="column-freeze" data-testid="frozen">
                    <Icon name="snowflake" />
                    <span>{words}</span>
                </p>
            }))}
            <DropNote lane id />
            {is_headed.then(|| view! { <Ghosts id /> })}
            <When holds=is_unused>
                <p class="column-empty">{derive(move || view.with(|view| column_hint(view, id)))}</p>
            </When>
            <ul class="column-cards" role="list">
                {each(items, |item| match item {
                    Item::Card(id) => view! { <CardSlot id /> }.into_any(),
                    Item::Gap => view! { <Gap /> }.into_any(),
                })}
            </ul>
        </section>
    }
}

/// The name of a column, how many cards it has, of how many it is meant to have, and how old they are.
#[component]
pub fn ColumnHead(id: ColumnId) -> impl IntoView {
    let board = use_board();
    let view = board.replica.view();
    let name = memo(move || view.with(|view| column_name(id, view)));
    let cards = memo(move || board.layout.with(|layout| layout.column(id)));
    // What a search leaves out is in the column all the same.
    let load = memo(move || view.with(|view| column_load(view, id)));
    let shown = derive(move || {
        let cards = cards.with(Vec::len);
        load.get().map_or_else(|| cards.to_string(), |load| format!("{cards}/{}", load.limit))
    });
    let is_over = memo(move || load.get().is_some_and(|load| load.is_over));
    let spoken = derive(move || {
        let cards = t!(cards_count, count(cards.with(Vec::len)));
        match load.get() {
            Some(load) if load.is_over => format!("{cards}, {}", t!(over_limit, count(load.limit))),
            Some(load) => format!("{cards}, {}", t!(limit_of, count(load.limit))),
            None => cards,
        }
    });
    view! {
        <header class="column-head" class:is-over=is_over>
            <h2 id=format!("column-{id}")>
                <bdi>{name}</bdi>
            </h2>
            <span class="column-count num" aria-hidden="true">{shown}</span>
            <When holds=is_over>
                <span class="column-over" title=derive(move || {
                    load.get().map(|load| t!(over_limit, count(load.limit))).unwrap_or_default()
                })>
                    <Icon name="triangle-alert" class="icon is-tiny" />
                </span>
            </When>
            <span class="visually-hidden">{spoken}</span>
            <MedianAge cards />
        </header>
    }
}

/// The cards that are asked for here: dashed, with the word, and not counted.
#[component]
fn Ghosts(id: ColumnId) -> impl IntoView {
    let board = use_board();
    let view = board.replica.view();
    let ghosts =
        memo(move || view.with(|view| board.requested.with(|requested| ghosts_in(view, requested, id))));
    let name = move |id| view.with(|view| name_of(id, view));
    live(move || {
        all(ghosts.get(), |id| {
            view! {
                <div class="card-slot" data-testid="ghost">
                    <div class="deployment-card is-requested">
                        <span class="clip">{name(id)}</span>
                        <div class="pills">
                            <Pill kind=PillKind::Asked text=t!(requested) />
                        </div>
                    </div>
                </div>
            }
            .into_any()
        })
    })
}

fn items(cards: &[DeploymentId], gap: Option<(DeploymentId, usize)>) -> Vec<Item> {
    let mut items: Vec<Item> = cards.iter().copied().map(Item::Card).collect();
    if let Some((held, index)) = gap {
        let others = items.iter().enumerate().filter(|(_, item)| **item != Item::Card(held));
        let at = others.map(|(at, _)| at).nth(index).unwrap_or(items.len());
        items.insert(at, Item::Gap);
    }
    items
}

#[component]
fn Gap() -> impl IntoView {
    let board = use_board();
    let height = board.held.with_untracked(|held| held.map_or(96, |held| held.height));
    view! { <li class="card-placeholder" aria-hidden="true" style=("--card-height", format!("{height}px"))></li> }
}

/// The median of how long the cards have been here.
#[component]
fn MedianAge(cards: Memo<Vec<DeploymentId>>) -> impl IntoView {
    let view = use_board().replica.view();
    let now = use_now();
    let age = memo(move || {
        let now = now.get();
        let ages = view.with(|view| {
            let age = |id: &DeploymentId| Some(now.since(view.deployments.get(id)?.entered.at));
            cards.with(|cards| cards.iter().filter_map(age).collect())
        });
        median(ages).map(age_words)
    });
    view! {
        <When holds=derive(move || age.get().is_some())>
            <span class="column-age num">{derive(move || t!(median_age, &age.get().unwrap_or_default()))}</span>
        </When>
    }
}

/// What dropping here would mean, while a card is held over the column.
#[component]
fn DropNote(lane: LaneId, id: ColumnId) -> impl IntoView {
    let board = use_board();
    let view = board.replica.view();
    let needed = memo(move || {
        let held = board.held.get().filter(|held| held.spot.column == id && held.spot.lane == lane)?;
        view.with(|view| Some(environment_name(needed_rollout(view, held.id, id)?, view)))
    });
    let now = use_now();
    let closed = memo(move || {
        let held = board.held.get().filter(|held| held.spot.column == id)?;
        view.with(|view| closed_gate(view, held.id, id, now.get()))
    });
    view! {
        {live(move || closed.get().map(gate_note))}
        <When holds=derive(move || needed.get().is_some())>
            <p class="drop-note">
                <Icon name="info" class="icon is-tiny" />
                {derive(move || t!(drop_records, &needed.get().unwrap_or_default()))}
            </p>
        </When>
    }
}

/// Why a rollout could not be asked for here: it can only be recorded.
fn gate_note((title, missing): (String, Vec<String>)) -> AnyView {
    view! {
        <div class="gate-note" data-testid="gate-note">
            <b>
                <Icon name="lock" class="icon is-tiny" />
                {title}
            </b>
            <ul role="list">
                {all(missing, |words| view! {
                    <li>
                        <Icon name="circle" />
                        {words}
                    </li>
                }.into_any())}
            </ul>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_counts_the_other_cards_only() {
        let card = DeploymentId::from_u128;
        let cards = [card(1), card(2), card(3)];
        let at = |index| items(&cards, Some((card(2), index))).iter().position(|item| *item == Item::Gap);
        assert_eq!((at(0), at(1), at(2)), (Some(0), Some(2), Some(3)));
        assert_eq!(items(&[], Some((card(2), 0))), [Item::Gap]);
    }
}
