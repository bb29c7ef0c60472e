//! One card: version and service, title, track, what is the matter, checks and age.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::deployment::read::Progress;
use slipway_shared::ids::{DeploymentId, MemberId};
use slipway_shared::policy::Risk;
use slipway_shared::rollout::Phase;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, MouseEvent};

use super::board_keys::card_height;
use super::drag::use_drag;
use super::moving::Grip;
use super::use_board;
use super::view_model::{CardApprovals, CardFace, Warning, card_face};
use crate::app::place::Place;
use crate::app::search::use_search;
use crate::browser::clock::use_now;
use crate::browser::focus;
use crate::command_words::{column_name, risk_word};
use crate::components::avatar::Avatar;
use crate::components::environment_letters::EnvironmentLetters;
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::onlookers::Onlookers;
use crate::components::pill::{Pill, PillKind};
use crate::components::swatch::Swatch;
use crate::components::track::Track;
use crate::language::count;
use crate::may::use_may_not;
use crate::pages::ages::age_words;

/// Returns what finds the link of a card in the page.
#[must_use]
pub fn selector(id: DeploymentId) -> String {
    format!("[data-card=\"{id}\"] .card-link")
}

/// Scrolls the board just as far as needed to show a card.
pub fn reveal(id: DeploymentId) {
    if let Some(card) = focus::find(&format!("[data-card=\"{id}\"]")) {
        focus::reveal(&card);
    }
}

/// One card in its column.
#[component]
pub fn CardSlot(id: DeploymentId) -> impl IntoView {
    let board = use_board();
    let drag = use_drag();
    let view = board.replica.view();
    let face = {
        let now = use_now();
        memo(move || {
            view.with(|view| board.requested.with(|requested| card_face(view, requested, id, now.get())))
        })
    };
    let is_asked = memo(move || face.with(|face| face.as_ref().is_some_and(|face| !face.asked.is_empty())));
    let unsent = board.replica.unsent();
    let is_unsent = memo(move || unsent.with(|unsent| unsent.contains(&id)));
    let held_by =
        memo(move || board.held.with(|held| held.filter(|held| held.id == id).map(|held| held.grip)));
    let is_opened = memo(move || board.opened.get() == Some(id));
    let is_selected = memo(move || board.selection.has(id));
    view! {
        <li
            class="card-slot"
            class:is-left-behind=derive(move || held_by.get() == Some(Grip::Pointer))
            data-card=id.to_string()
            data-testid="card"
        >
            <article
                class="deployment-card"
                class:is-picked=derive(move || is_opened.get())
                class:is-selected=is_selected
                class:is-requested=is_asked
                class:is-moving=derive(move || held_by.get() == Some(Grip::Keys))
                // A screen reader would keep the arrows for itself.
                role=move || (held_by.get() == Some(Grip::Keys)).then_some("application")
                on:pointerdown=move |event| drag.press(id, &event)
            >
                {live(move || face.get().map(|face| view! { <CardHead face /> }))}
                <h3>
                    <CardLink id face />
                    <When holds=is_selected>
                        <span class="visually-hidden">{t!(card_selected)}</span>
                    </When>
                </h3>
                {live(move || face.get().map(|face| view! { <Track looks=face.looks /> }))}
                {live(move || face.get().and_then(card_pills))}
                <div class="card-facts num">
                    {live(move || face.get().map(|face| view! { <CardFacts id face /> }))}
                    <CardHandle id face />
                    <CardMenuButton id />
                </div>
                <When holds=is_unsent>
                    <span class="card-unsent" title=t!(unsent)>
                        <span class="visually-hidden">{t!(unsent)}</span>
                    </span>
                </When>
            </article>
        </li>
    }
}

#[component]
fn CardHead(face: CardFace) -> impl IntoView {
    view! {
        <div class="card-head">
            <Swatch hue=face.hue />
            <bdi class="mono version clip">{face.version}</bdi>
            <bdi class="service clip">{face.service}</bdi>
            <EnvironmentLetters environments=face.environments />
        </div>
    }
}

/// The title, and the whole card as a link. It stays in the page while the card changes, and so does its focus.
#[component]
fn CardLink(id: DeploymentId, face: Memo<Option<CardFace>>) -> impl IntoView {
    let board = use_board();
    let title = memo(move || {
        face.with(|face| {
            face.as_ref().map(|face| {
                if face.title.is_empty() {
                    format!("{} {}", face.version, face.service)
                } else {
                    face.title.clone()
                }
            })
        })
    });
    let is_stop = use_is_stop(id);
    // In another column it is drawn anew, and its focus would be gone.
    if board.current.get_untracked() == Some(id) {
        focus::focus_if_nowhere(selector(id));
    }
    let search = use_search();
    let on_click = move |event: MouseEvent| {
        if board.was_dragged.get_value() {
            event.prevent_default();
        } else if event.ctrl_key() || event.meta_key() {
            event.prevent_default();
            board.toggle_picked(id);
        }
    };
    view! {
        <a
            class="card-link"
            href=derive(move || search.with(|search| search.address(Place::Deployment(id))))
            on:click=on_click
            draggable="false"
            tabindex=tab_index(is_stop)
            on:focus=move |_| board.current.set(Some(id))
        >
            <bdi>{title}</bdi>
        </a>
    }
}

fn card_pills(face: CardFace) -> Option<AnyView> {
    // What went wrong has a word of its own already.
    let outcome =
        face.outcome.filter(|_| face.rollout.is_none()).map(|label| (PillKind::Ok, label.name().to_owned()));
    let rollout = face.rollout.map(|(environment, phase)| match phase {
        Phase::Started => (PillKind::Going, t!(card_rolling_out, &environment)),
        Phase::Failed => (PillKind::Bad, t!(card_failed, &environment)),
        Phase::RolledBack => (PillKind::Back, t!(card_rolled_back, &environment)),
        Phase::Succeeded => (PillKind::Ok, environment),
    });
    let warnings = face.warnings.into_iter().map(warning_pill);
    let failed = face.progress.failed;
    let failed = (failed > 0).then(|| (PillKind::Bad, t!(card_checks_failed, count(failed))));
    let labels = face.labels.into_iter().map(|label| (PillKind::Plain, label));
    let asked = face.asked.into_iter().map(|environment| (PillKind::Asked, t!(requested_in, &environment)));
    let outside = match (face.started_anyway, face.is_outside_gate) {
        (true, _) => Some((PillKind::Bad, t!(started_anyway))),
        (false, true) => Some((PillKind::Bad, t!(outside_gate))),
        (false, false) => None,
    };
    let pills: Vec<_> = asked
        .chain(warnings)
        .chain(outside)
        .chain(rollout)
        .chain(failed)
        .chain(outcome)
        .chain(labels)
        .collect();
    if pills.is_empty() {
        return None;
    }
    let pills = all(pills, |(kind, text)| view! { <Pill kind text /> }.into_any());
    Some(view! { <div class="pills">{pills}</div> }.into_any())
}

fn warning_pill(warning: Warning) -> (PillKind, String) {
    match warning {
        Warning::ApprovalDue => (PillKind::Due, t!(approval_due)),
        Warning::Conflicts(number) => (PillKind::Due, t!(card_conflicts, count(number))),
        Warning::HighRisk => (PillKind::Plain, t!(risk_set, &risk_word(Risk::High))),
    }
}

#[component]
fn CardFacts(id: DeploymentId, face: CardFace) -> impl IntoView {
    let now = use_now();
    let Progress { done, all, .. } = face.progress;
    let age = memo(move || age_words(now.get().since(face.entered_at)));
    view! {
        <span title=t!(checks_done, count(done), count(all))>
            <Icon name="square-check-big" />
            {format!("{done}/{all}")}
        </span>
        {face.approvals.map(approvals_fact)}
        <span title=t!(in_column_for, &age.get_untracked())>
            <Icon name="clock" />
            {age}
        </span>
        <Onlookers id />
        <CardPeople assigned=face.assigned opened_by=face.opened_by />
    }
}

/// How many people a card shows.
const PEOPLE_SHOWN: usize = 3;

/// Who is responsible; while nobody is, who opened it.
#[component]
fn CardPeople(assigned: Vec<MemberId>, opened_by: MemberId) -> impl IntoView {
    if assigned.is_empty() {
        return view! { <span class="avatars is-opener"><Avatar member=opened_by /></span> }.into_any();
    }
    let more = assigned.len().saturating_sub(PEOPLE_SHOWN);
    let people = assigned.into_iter().take(PEOPLE_SHOWN);
    view! {
        <span class="avatars">
            {all(people, |member| view! { <Avatar member /> }.into_any())}
            {(more > 0).then(|| view! { <span class="avatar">{format!("+{more}")}</span> })}
        </span>
    }
    .into_any()
}

/// What a card is taken up by: dragged with a pointer, moved with the arrows after Enter, and a menu for a plain press.
#[component]
fn CardHandle(id: DeploymentId, face: Memo<Option<CardFace>>) -> impl IntoView {
    let board = use_board();
    let place = memo(move || {
        board.layout.with(|layout| {
            let spot = layout.spot_of(id)?;
            Some((spot.column, spot.index + 1, layout.cards(spot.lane, spot.column).len()))
        })
    });
    let label = derive(move || {
        let name = face.with(|face| face.as_ref().map(|face| format!("{} {}", face.version, face.service)));
        let (column, index, cards) =
            place.get().map_or((None, 0, 0), |(column, index, cards)| (Some(column), index, cards));
        let column = column.map(|column| board.replica.view().with(|view| column_name(column, view)));
        t!(card_handle, &name.unwrap_or_default(), count(index), count(cards), &column.unwrap_or_default())
    });
    let may_not = use_may_not(Capability::Work);
    let on_click = move |event: MouseEvent| {
        if board.was_dragged.get_value() {
            return;
        }
        // Keys have no clicks to count. A pointer, or what stands in for one, gets the menu, which moves cards too.
        if event.detail() == 0 {
            board.take_up(id, card_height(id));
        } else {
            board.open_menu(id);
        }
    };
    view! {
        <When holds=derive(move || may_not.with(Option::is_none))>
            <button
                type="button"
                class="icon-button is-small card-handle"
                tabindex=tab_index(use_is_stop(id))
                aria-label=label
                on:click=on_click
            >
                <Icon name="grip-vertical" />
            </button>
        </When>
    }
}

/// One stop for the Tab key on the whole board, with the buttons of that card; from there the arrows lead on.
fn use_is_stop(id: DeploymentId) -> Memo<bool> {
    let board = use_board();
    memo(move || board.stop.get() == Some(id))
}

fn tab_index(is_stop: Memo<bool>) -> Signal<&'static str> {
    derive(move || if is_stop.get() { "0" } else { "-1" })
}

/// Approvals that count, of those that are needed.
fn approvals_fact(approvals: CardApprovals) -> AnyView {
    let CardApprovals { have, need, is_stale, is_declined } = approvals;
    let words = t!(approvals_of, count(have), count(need));
    let word = match (is_declined, is_stale) {
        (true, _) => Some(t!(declined_word)),
        (false, true) => Some(t!(approval_stale)),
        (false, false) => None,
    };
    view! {
        <span title=words data-testid="card-approvals">
            <Icon name="shield-check" />
            {format!("{have}/{need}")}
            {word.map(|word| format!(" {word}"))}
        </span>
    }
    .into_any()
}

#[component]
fn CardMenuButton(id: DeploymentId) -> impl IntoView {
    let board = use_board();
    let is_open = memo(move || board.menu_of.get() == Some(id) && board.menu_at.with(Option::is_some));
    let was_open = StoredValue::new(false);
    let on_click = move |event: MouseEvent| {
        // A press beside an open menu closes it before the click arrives.
        if !was_open.get_value() {
            board.menu_of.set(Some(id));
            let button = event.current_target().and_then(|button| button.dyn_into::<HtmlElement>().ok());
            board.menu_at.set(button);
        }
        was_open.set_value(false);
    };
    view! {
        <button
            type="button"
            class="icon-button is-small card-menu"
            tabindex=tab_index(use_is_stop(id))
            aria-label=t!(card_menu)
            aria-haspopup="menu"
            aria-expanded=derive(move || is_open.get().to_string())
            on:pointerdown=move |_| was_open.set_value(is_open.get_untracked())
            on:click=on_click
        >
            <Icon name="ellipsis" />
        </button>
    }
}
