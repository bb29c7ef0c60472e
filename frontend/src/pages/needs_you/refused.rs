//! What was refused for one reason: why, what would have become of it, and what can be done.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{DeploymentId, MemberId};
use slipway_shared::rejection::Rejection;
use slipway_shared::workspace::Workspace;

use super::causes::written;
use super::review::{DecideAgain, WhatChanged, stale_decision};
use crate::acts::{Acts, use_acts};
use crate::app::place::Place;
use crate::browser::platform;
use crate::command_words::{column_name, command_words};
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, memo};
use crate::components::relative_time::RelativeTime;
use crate::language::count;
use crate::pages::deployment::keep_draft;
use crate::rejection_words::rejection_words;
use crate::replica::{RefusedCommand, use_replica};
use crate::toasts::use_toasts;

/// What was refused for one reason.
#[component]
pub fn RefusedGroup(group: Vec<RefusedCommand>) -> impl IntoView {
    let view = use_replica().view();
    let Some(first) = group.first().cloned() else { return ().into_any() };
    let me = use_replica().me().get_untracked();
    let (what, why) = view.with_untracked(|view| {
        (command_words(&first.command, view), rejection_words(&first.rejection, view))
    });
    // The refusal can be here before the change it speaks of, and the card may be moved on while this is shown.
    let moved = group.clone();
    let overtaken = memo(move || view.with(|view| overtaken_words(&moved, view, me)));
    let title = if is_question(&first.rejection) { t!(still_wanted, &what) } else { t!(declined, &what) };
    let more = group.len() - 1;
    let (icon, class) = match &first.rejection {
        asked if is_question(asked) => ("circle-alert", "notice is-warn"),
        // Somebody else was first, and it happens: nothing went wrong.
        Rejection::RolloutRunning { .. } => ("info", "notice"),
        _ => ("circle-x", "notice is-bad"),
    };
    let is_overtaken = move || overtaken.with(Option::is_some);
    let icon = derive(move || if is_overtaken() { "info" } else { icon });
    let class = derive(move || if is_overtaken() { "notice" } else { class });
    view! {
        <li data-testid="refused">
            <div class=class>
                <Icon name=icon />
                <div>
                    <b>{title}</b>
                    {(more > 0).then(|| format!(" {}", t!(and_more, count(more))))}
                    <p>{derive(move || overtaken.get().unwrap_or_else(|| why.clone()))}</p>
                    {stale_decision(&group).map(|decision| view! { <WhatChanged decision /> })}
                    <Contents group=group.clone() />
                </div>
                <div class="notice-actions">
                    <Actions group />
                </div>
            </div>
        </li>
    }
    .into_any()
}

/// Tells whether nothing was refused yet: its author is asked whether it is still wanted.
const fn is_question(rejection: &Rejection) -> bool {
    matches!(rejection, Rejection::RequestTooOld | Rejection::TimelineChanged)
}

/// Returns the words for a move that was refused, where its author has moved the card since, or where the card is
/// where it was to go: nothing is left to do.
fn overtaken_words(group: &[RefusedCommand], workspace: &Workspace, me: MemberId) -> Option<String> {
    let [RefusedCommand { command: Command::Deployment(command), rejection, at, .. }] = group else {
        return None;
    };
    let (DeploymentCommand::Move { deployment, to, .. }, Rejection::ColumnChanged { column }) =
        (command, rejection)
    else {
        return None;
    };
    let known = workspace.deployments.get(deployment)?;
    let (then, now) = (column_name(*column, workspace), column_name(known.column, workspace));
    if known.column == *to {
        Some(t!(moved_there_anyway, &then, &now))
    } else if known.entered.actor == me && known.entered.at > *at && known.column != *column {
        Some(t!(moved_since, &then, &now))
    } else {
        None
    }
}

/// What would have become of it: each command with what was written in it.
#[component]
fn Contents(group: Vec<RefusedCommand>) -> impl IntoView {
    let texts: Vec<_> = group.iter().map(|refused| written(&refused.command)).collect();
    if group.len() == 1 && texts.iter().all(String::is_empty) {
        return ().into_any();
    }
    let summary = if group.len() == 1 { t!(what_you_wrote) } else { t!(what_you_did, count(group.len())) };
    let rows = group.into_iter().zip(texts);
    view! {
        <details>
            <summary>{summary}</summary>
            <ul class="stack">
                {all(rows, |(refused, text)| view! { <Content refused text /> }.into_any())}
            </ul>
        </details>
    }
    .into_any()
}

#[component]
fn Content(refused: RefusedCommand, text: String) -> impl IntoView {
    let toasts = use_toasts();
    let words = use_replica().view().with_untracked(|view| command_words(&refused.command, view));
    let copied = text.clone();
    let copy = move |_| {
        let text = copied.clone();
        leptos::task::spawn_local(async move {
            if platform::copy_text(&text).await {
                toasts.say(t!(button_copied));
            } else {
                toasts.refuse(t!(copy_failed));
            }
        });
    };
    let body = (!text.is_empty()).then(|| {
        view! {
            <pre class="written">{text}</pre>
            <button class="button is-quiet" type="button" on:click=copy>
                {t!(button_copy)}
            </button>
        }
    });
    view! {
        <li>
            <p class="small">{words} " · " <RelativeTime at=refused.at /></p>
            {body}
        </li>
    }
}

#[component]
fn Actions(group: Vec<RefusedCommand>) -> impl IntoView {
    let acts = use_acts();
    let Some(first) = group.first().cloned() else { return ().into_any() };
    let about = first.command.deployment();
    let keys: Vec<_> = group.iter().map(|refused| refused.key).collect();
    let is_asked = is_question(&first.rejection);
    let (again, drop) = if is_asked {
        (t!(button_ask_again), t!(button_no_longer))
    } else {
        (t!(button_retry), t!(button_discard))
    };
    let before = about.and_then(|deployment| needed_first(&first.rejection, deployment));
    let again = match &first.rejection {
        Rejection::DeploymentFinished => t!(button_reopen_and_apply),
        Rejection::DeploymentArchived => t!(button_restore_and_apply),
        _ => again,
    };
    let draft = text_edit(&group);
    let opens = about.filter(|_| draft.is_none());
    let decision = stale_decision(&group);
    let open = if decision.is_some() { t!(button_review) } else { t!(button_open) };
    let (view, me) = (use_replica().view(), use_replica().me().get_untracked());
    let asked = group.clone();
    let is_left = memo(move || view.with(|view| overtaken_words(&asked, view, me).is_none()));
    let all_of_it = group.clone();
    let again = match decision {
        // The same again would be refused again.
        Some(decision) => view! { <DecideAgain decision keys /> }.into_any(),
        None => {
            let again_of = StoredValue::new((before, group));
            view! {
                <When holds=is_left>
                    <button
                        class="button"
                        type="button"
                        on:click=move |_| again_of.with_value(|(before, group)| apply(acts, before.clone(), group))
                    >
                        {again.clone()}
                    </button>
                </When>
            }
            .into_any()
        }
    };
    view! {
        {again}
        {draft.map(|edit| view! { <EditButton edit /> })}
        {opens
            .map(|id| {
                view! {
                    <a class="button is-quiet" href=Place::Deployment(id).path()>
                        {open}
                    </a>
                }
            })}
        <DiscardButton group=all_of_it words=drop />
    }
    .into_any()
}

/// Returns what brings a deployment back to the board, where that is what an edit of it needs.
fn needed_first(rejection: &Rejection, deployment: DeploymentId) -> Option<Command> {
    let first = if *rejection == Rejection::DeploymentFinished {
        DeploymentCommand::Reopen { deployment }
    } else if *rejection == Rejection::DeploymentArchived {
        DeploymentCommand::Restore { deployment }
    } else {
        return None;
    };
    Some(Command::Deployment(first))
}

/// Does again what was refused, in the order it was done in, and first what that needs.
fn apply(acts: Acts, before: Option<Command>, group: &[RefusedCommand]) {
    let replica = use_replica();
    if before.is_some_and(|before| !acts.act(before)) {
        return;
    }
    for refused in group {
        let again = replica.view().with_untracked(|view| moved_from_where_it_is(refused, view));
        let tried = match again {
            Some(again) => replica.retry_as(refused.key, again),
            None => replica.retry(refused.key),
        };
        if let Err(rejection) = tried {
            acts.refuse(&rejection);
            return;
        }
    }
}

/// Returns a move that somebody else was before, begun where the card is now: its author has read where that is.
fn moved_from_where_it_is(refused: &RefusedCommand, workspace: &Workspace) -> Option<Command> {
    let (
        Command::Deployment(DeploymentCommand::Move { deployment, to, rank, .. }),
        Rejection::ColumnChanged { .. },
    ) = (&refused.command, &refused.rejection)
    else {
        return None;
    };
    let from = workspace.deployments.get(deployment)?.column;
    let (deployment, to, rank) = (*deployment, *to, rank.clone());
    Some(Command::Deployment(DeploymentCommand::Move { deployment, from, to, rank }))
}

/// A text that was refused, with where it belongs.
type TextEdit = (DeploymentId, slipway_shared::ids::SectionId, String);

/// Returns the text to go on writing at, where a single one was refused.
fn text_edit(group: &[RefusedCommand]) -> Option<TextEdit> {
    let [RefusedCommand { command: Command::Deployment(command), .. }] = group else { return None };
    let DeploymentCommand::Edit { deployment, field: DeploymentField::SectionText(section), value } = command
    else {
        return None;
    };
    Some((*deployment, *section, value.clone()))
}

/// Opens the place with the text filled in.
#[component]
fn EditButton(edit: TextEdit) -> impl IntoView {
    let (deployment, section, text) = edit;
    view! {
        <a
            class="button is-quiet"
            href=Place::Deployment(deployment).path()
            on:click=move |_| keep_draft(deployment, section, text.clone())
        >
            {t!(button_edit)}
        </a>
    }
}

#[component]
fn DiscardButton(group: Vec<RefusedCommand>, words: String) -> impl IntoView {
    let (replica, toasts) = (use_replica(), use_toasts());
    let discard = move |_| {
        let keys: Vec<_> = group.iter().map(|refused| refused.key).collect();
        replica.discard(&keys);
        let group = group.clone();
        toasts.offer_act(t!(discarded, count(keys.len())), t!(undo), move |toast| {
            toasts.dismiss(toast);
            replica.put_back(group.clone());
        });
    };
    view! {
        <button class="button is-quiet" type="button" on:click=discard>
            {words}
        </button>
    }
}
