//! The approval that is due for what was started past the gate for an incident.

use leptos::prelude::*;
use slipway_shared::deployment::due::ApprovalDue;
use slipway_shared::ids::EnvironmentId;
use slipway_shared::text::is_safe_address;

use super::super::use_subject;
use crate::browser::clock::use_now;
use crate::browser::intl::exact_time;
use crate::components::live::{live, memo};
use crate::components::pill::{Pill, PillKind};
use crate::replica::use_replica;

/// What is due, for which incident, and when; nothing where nothing is.
#[component]
pub(super) fn Due(environment: EnvironmentId) -> impl IntoView {
    let subject = use_subject();
    let (view, now) = (use_replica().view(), use_now());
    let due = memo(move || {
        let now = now.get();
        let due = view.with(|view| view.approval_due(subject.id, environment, now))?;
        let is_overdue = due.is_overdue(now);
        Some((due, is_overdue))
    });
    live(move || due.get().map(|(due, is_overdue)| line(due, is_overdue)))
}

fn line(due: ApprovalDue, is_overdue: bool) -> AnyView {
    let until = exact_time(due.until);
    let (kind, word, when) = if is_overdue {
        (PillKind::Bad, t!(approval_overdue), t!(approval_was_due, &until))
    } else {
        (PillKind::Due, t!(approval_due), t!(approval_is_due, &until))
    };
    view! {
        <p class="gate-due" data-testid="approval-due">
            <Pill kind text=word />
            " "
            {when}
            " "
            <span class="faint">{t!(for_incident)} " " {incident(due.incident)}</span>
        </p>
    }
    .into_any()
}

/// The incident as it was named: a link, where it is an address.
fn incident(text: String) -> AnyView {
    if is_safe_address(&text) {
        let address = text.clone();
        view! {
            <a class="link" href=address target="_blank" rel="noopener noreferrer">
                {text}
            </a>
        }
        .into_any()
    } else {
        view! { <bdi>{text}</bdi> }.into_any()
    }
}
