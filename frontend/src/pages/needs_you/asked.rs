//! What others wait for: approvals, checks, and answers where this person was mentioned.

use leptos::prelude::*;
use slipway_shared::attention::{Waiting, WaitsFor};
use slipway_shared::workspace::Workspace;

use super::use_waiting;
use crate::app::place::Place;
use crate::browser::clock::use_now;
use crate::browser::focus;
use crate::browser::intl::exact_time;
use crate::command_words::{check_text, environment_name, name_of};
use crate::components::avatar::use_name;
use crate::components::icon::Icon;
use crate::components::live::{all, live, memo};
use crate::components::relative_time::RelativeTime;
use crate::replica::use_replica;
use crate::toasts::use_toasts;

/// Tells whether something is of a kind.
type IsOfKind = fn(&WaitsFor) -> bool;

/// Everything that others wait for, kind by kind.
#[component]
pub fn AskedGroups() -> impl IntoView {
    let groups: [(IsOfKind, String); 4] = [
        (|what| matches!(what, WaitsFor::ApprovalDue { .. }), t!(needs_approval_due)),
        (|what| matches!(what, WaitsFor::Approval { .. }), t!(needs_approval)),
        (|what| matches!(what, WaitsFor::Check { .. }), t!(needs_check)),
        (|what| matches!(what, WaitsFor::Mention { .. }), t!(needs_answer)),
    ];
    all(groups, |(is_of_kind, title)| group(is_of_kind, title))
}

fn group(is_of_kind: IsOfKind, title: String) -> AnyView {
    let asked = use_waiting().asked;
    let listed = memo(move || {
        let of_kind = |asked: &Vec<Waiting>| {
            asked.iter().filter(|waiting| is_of_kind(&waiting.what)).copied().collect::<Vec<_>>()
        };
        asked.with(of_kind)
    });
    live(move || {
        let listed = listed.get();
        (!listed.is_empty()).then(|| {
            view! {
                <section data-testid="asked">
                    <h2>{title.clone()}</h2>
                    <ul class="asked" role="list">
                        {all(listed, |waiting| view! { <Item waiting /> }.into_any())}
                    </ul>
                </section>
            }
        })
    })
}

#[component]
fn Item(waiting: Waiting) -> impl IntoView {
    let view = use_replica().view();
    let name = view.with_untracked(|view| name_of(waiting.deployment, view));
    let comment = match waiting.what {
        WaitsFor::Mention { comment } => Some(comment),
        WaitsFor::ApprovalDue { .. } | WaitsFor::Approval { .. } | WaitsFor::Check { .. } => None,
    };
    // Where on the page it is.
    let place = match waiting.what {
        WaitsFor::Mention { comment } => format!("#comment-{comment}"),
        WaitsFor::ApprovalDue { environment, .. } | WaitsFor::Approval { environment } => {
            format!("#gate-{environment}")
        }
        WaitsFor::Check { check } => format!("#check-{check}"),
    };
    let said = memo(move || view.with(|view| said(&waiting, view)));
    let read = use_waiting().read;
    let open = move |_| {
        if let Some(comment) = comment {
            read.mark(comment, true);
        }
        focus::focus_when_there(place.clone());
    };
    view! {
        <li>
            <a class="asked-link" href=Place::Deployment(waiting.deployment).path() on:click=open>
                <Icon name=icon(&waiting.what) />
                <span class="asked-what">
                    <b>
                        <bdi>{name}</bdi>
                    </b>
                    {live(move || said.get().map(|text| view! { <span class="asked-text" dir="auto">{text}</span> }))}
                    <span class="faint small">
                        {about(&waiting, view)} " " <RelativeTime at=waiting.since />
                    </span>
                </span>
            </a>
            {comment.map(|comment| view! { <ReadButton comment /> })}
        </li>
    }
}

#[component]
fn ReadButton(comment: slipway_shared::ids::CommentId) -> impl IntoView {
    let (read, toasts) = (use_waiting().read, use_toasts());
    let mark = move |_| {
        read.mark(comment, true);
        toasts.offer_act(t!(mention_read), t!(undo), move |toast| {
            toasts.dismiss(toast);
            read.mark(comment, false);
        });
        focus::focus_soon(".needs-you h1".to_owned());
    };
    view! {
        <button class="icon-button" type="button" aria-label=t!(mention_mark_read) title=t!(mention_mark_read) on:click=mark>
            <Icon name="check" />
        </button>
    }
}

const fn icon(what: &WaitsFor) -> &'static str {
    match what {
        WaitsFor::ApprovalDue { .. } => "clock",
        WaitsFor::Approval { .. } => "circle-dashed",
        WaitsFor::Check { .. } => "list-checks",
        WaitsFor::Mention { .. } => "info",
    }
}

/// Returns whose turn it is since when, in words.
fn about(waiting: &Waiting, view: Signal<std::sync::Arc<Workspace>>) -> AnyView {
    match waiting.what {
        WaitsFor::ApprovalDue { environment, until } => {
            let now = use_now();
            let environment = view.with_untracked(|view| environment_name(environment, view));
            let is_overdue = memo(move || until <= now.get());
            live(move || match is_overdue.get() {
                true => t!(needs_approval_overdue_for, &environment, &exact_time(until)),
                false => t!(needs_approval_due_for, &environment, &exact_time(until)),
            })
        }
        WaitsFor::Approval { environment } => {
            let environment = view.with_untracked(|view| environment_name(environment, view));
            t!(needs_approval_for, &environment).into_any()
        }
        WaitsFor::Check { .. } => ().into_any(),
        WaitsFor::Mention { comment } => {
            let author = view.with_untracked(|view| {
                let known = view.deployments.get(&waiting.deployment);
                known.and_then(|known| known.comment(comment)).map(|comment| comment.written.actor)
            });
            author.map(|author| live(move || t!(mentioned_by, &use_name(author).get()))).into_any()
        }
    }
}

/// Returns what it is about: the title, the check, or what was said.
fn said(waiting: &Waiting, workspace: &Workspace) -> Option<String> {
    let known = workspace.deployments.get(&waiting.deployment)?;
    let text = match waiting.what {
        WaitsFor::ApprovalDue { .. } | WaitsFor::Approval { .. } => known.title.value.clone(),
        WaitsFor::Check { check } => check_text(waiting.deployment, check, workspace),
        WaitsFor::Mention { comment } => known.comment(comment)?.text.clone(),
    };
    Some(text).filter(|text| !text.is_empty())
}
