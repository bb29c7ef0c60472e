//! The list of all deployments, finished ones too: looked through, narrowed down, a hundred at a time.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::ids::DeploymentId;
use slipway_shared::order;
use slipway_shared::rollout::Phase;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use crate::app::place::Place;
use crate::app::query::Which;
use crate::app::search::{Search, use_search, use_set_search};
use crate::browser::clock::use_now;
use crate::command_words::column_name;
use crate::components::empty_state::EmptyState;
use crate::components::live::{When, all, derive, each, live, memo};
use crate::components::pill::{Pill, PillKind};
use crate::components::relative_time::RelativeTime;
use crate::components::swatch::Swatch;
use crate::components::track::Track;
use crate::language::count;
use crate::pages::board::board_bar::{BoardOrList, NewDeploymentButton, SearchChips};
use crate::pages::board::finding::{Looking, is_found, use_looking};
use crate::pages::board::view_model::{CardFace, card_face};
use crate::replica::use_replica;

/// How many rows are added at a time.
const STEP: usize = 100;

/// The list of all deployments.
#[component]
pub fn DeploymentsPage() -> impl IntoView {
    let view = use_replica().view();
    let search = use_search();
    let looking = use_looking();
    let limit = RwSignal::new(STEP);
    let found = memo(move || {
        looking.with(|looking| view.with(|view| search.with(|search| found(view, search, looking))))
    });
    let total = memo(move || found.with(Vec::len));
    let listed =
        memo(move || found.with(|found| found.iter().take(limit.get()).copied().collect::<Vec<_>>()));
    let has_more = memo(move || limit.get() < total.get());
    let is_empty = memo(move || view.with(|view| view.deployments.is_empty()));
    view! {
        <div class="deployments">
            <h1 class="visually-hidden">{t!(nav_deployments)}</h1>
            <div class="deployments-bar">
                <BoardOrList place=Place::Deployments />
                <WhichButtons />
                <SearchChips />
                <span class="grow"></span>
                <span class="faint small num" role="status">
                    {derive(move || t!(deployments_count, count(total.get())))}
                </span>
                <NewDeploymentButton />
            </div>
            <When holds=derive(move || !is_empty.get()) otherwise=NoneYet>
                <When holds=derive(move || total.get() != 0) otherwise=NoneFound>
                    <Table listed />
                </When>
                <When holds=has_more>
                    <p class="deployments-more">
                        <button class="button" type="button" on:click=move |_| limit.update(|limit| *limit += STEP)>
                            {t!(button_show_more)}
                        </button>
                    </p>
                </When>
            </When>
        </div>
    }
}

/// Returns the deployments that are listed, the newest first.
fn found(workspace: &Workspace, search: &Search, looking: &Looking) -> Vec<DeploymentId> {
    let listed = workspace.deployments.iter().filter(|(_, known)| match search.which {
        Which::All => known.archived.is_none(),
        Which::Open => known.is_on_board(),
        Which::Finished => known.archived.is_none() && known.finished.is_some(),
        Which::Archived => known.archived.is_some(),
    });
    let listed = listed.filter(|(id, _)| search.is_empty() || is_found(workspace, **id, search, looking));
    let mut listed: Vec<_> = listed.map(|(id, known)| (known.opened.at, *id)).collect();
    order::sort_by(&mut listed, |a, b| b.cmp(a));
    listed.into_iter().map(|(_, id)| id).collect()
}

#[component]
fn WhichButtons() -> impl IntoView {
    let (search, set_search) = (use_search(), use_set_search());
    let buttons = Which::ALL.map(|known| {
        let text = match known {
            Which::All => t!(which_all),
            Which::Open => t!(which_open),
            Which::Finished => t!(which_finished),
            Which::Archived => t!(which_archived),
        };
        let pick = move |_| set_search.run(Search { which: known, ..search.get_untracked() });
        view! {
            <button
                type="button"
                aria-pressed=derive(move || search.with(|search| search.which == known).to_string())
                on:click=pick
            >
                {text}
            </button>
        }
    });
    view! {
        <div class="segmented" role="group" aria-label=t!(which)>
            {buttons.collect_view()}
        </div>
    }
}

#[component]
fn NoneYet() -> impl IntoView {
    view! {
        <EmptyState icon="box" title=t!(no_deployments) text=t!(no_deployments_what)>
            <NewDeploymentButton />
        </EmptyState>
    }
}

#[component]
fn NoneFound() -> impl IntoView {
    let (search, set_search) = (use_search(), use_set_search());
    let clear = move |_| set_search.run(search.with_untracked(Search::cleared));
    let is_narrow = derive(move || search.with(|search| !search.is_empty()));
    view! {
        <EmptyState icon="search" title=t!(none_found) text=t!(none_found_what)>
            <When holds=is_narrow>
                <button class="button" type="button" on:click=clear>
                    {t!(show_all)}
                </button>
            </When>
        </EmptyState>
    }
}

#[component]
fn Table(listed: Memo<Vec<DeploymentId>>) -> impl IntoView {
    let requested = use_replica().requested();
    view! {
        <div class="table-scroll">
            <table class="data-table">
                <thead>
                    <tr>
                        <th scope="col">{t!(version)}</th>
                        <th scope="col">{t!(title)}</th>
                        <th scope="col">{t!(where_it_is)}</th>
                        <th scope="col" class="is-spare">
                            {t!(stages)}
                        </th>
                        <th scope="col" class="is-spare is-end">
                            {t!(checks)}
                        </th>
                        <th scope="col" class="is-end" aria-sort="descending">
                            {t!(opened)}
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {each(listed, move |id| view! { <Row id requested /> }.into_any())}
                </tbody>
            </table>
        </div>
    }
}

/// What a row shows besides what a card does.
#[derive(Clone, Debug, PartialEq, Eq)]
struct RowFace {
    card: CardFace,
    column: String,
    is_finished: bool,
    is_archived: bool,
    opened_at: Timestamp,
}

fn row_face(view: &Workspace, requested: &[Command], id: DeploymentId, now: Timestamp) -> Option<RowFace> {
    let known = view.deployments.get(&id)?;
    Some(RowFace {
        card: card_face(view, requested, id, now)?,
        column: column_name(known.column, view),
        is_finished: known.finished.is_some(),
        is_archived: known.archived.is_some(),
        opened_at: known.opened.at,
    })
}

#[component]
fn Row(id: DeploymentId, requested: Memo<Vec<Command>>) -> impl IntoView {
    let view = use_replica().view();
    let face = {
        let now = use_now();
        memo(move || view.with(|view| requested.with(|requested| row_face(view, requested, id, now.get()))))
    };
    view! { <tr data-testid="row">{live(move || face.get().map(|face| view! { <Cells id face /> }))}</tr> }
}

#[component]
fn Cells(id: DeploymentId, face: RowFace) -> impl IntoView {
    let card = face.card.clone();
    let title = if card.title.is_empty() { card.version.clone() } else { card.title.clone() };
    view! {
        <td class="is-version">
            <span class="row">
                <Swatch hue=card.hue />
                <span class="mono">{card.version}</span>
                <span class="dim clip">{card.service}</span>
            </span>
        </td>
        <td class="is-main">
            <a class="row-link" href=Place::Deployment(id).path()>
                {title}
            </a>
        </td>
        <td class="is-column">{where_words(&face)}</td>
        <td class="is-spare">
            <Track looks=card.looks />
        </td>
        <td class="is-spare is-end num">{format!("{}/{}", card.progress.done, card.progress.all)}</td>
        <td class="is-updated is-end num">
            <RelativeTime at=face.opened_at />
        </td>
    }
}

fn where_words(face: &RowFace) -> AnyView {
    // Where it is stays in view beside where it was asked to go: nothing has happened yet.
    let place = placed_words(face);
    if face.card.asked.is_empty() {
        return place;
    }
    let asked = face.card.asked.clone();
    let asked = all(asked, |environment| pill(PillKind::Asked, t!(requested_in, &environment)));
    view! { <span class="pills">{place} {asked}</span> }.into_any()
}

fn pill(kind: PillKind, text: String) -> AnyView {
    view! { <Pill kind text /> }.into_any()
}

fn placed_words(face: &RowFace) -> AnyView {
    match &face.card.rollout {
        Some((environment, Phase::Failed)) => pill(PillKind::Bad, t!(card_failed, &environment)),
        Some((environment, Phase::RolledBack)) => pill(PillKind::Back, t!(card_rolled_back, &environment)),
        _ if face.is_archived => view! { <span class="faint">{t!(archived)}</span> }.into_any(),
        _ if face.is_finished => view! { <span class="faint">{t!(off_the_board)}</span> }.into_any(),
        _ => view! { <span>{face.column.clone()}</span> }.into_any(),
    }
}
