//! How a document will read, as far as it can be told before it is opened.

use leptos::prelude::*;
use slipway_shared::check::CheckState;
use slipway_shared::deployment::decide::{CHANGES_PER_COMMAND, CHECKS_PER_DEPLOYMENT};
use slipway_shared::document::{DocumentChange, DocumentCheck, DocumentSection, ParseError, Parsed};

use crate::components::icon::Icon;
use crate::components::markdown::Markdown;

/// How a document will read. What is more than a deployment may have is not drawn: it can't be opened anyway, and
/// drawing it would keep the browser busy for minutes.
#[component]
pub fn Preview(read: Memo<Result<Parsed, ParseError>>) -> impl IntoView {
    move || match read.get() {
        Ok(Parsed { document, .. }) => document
            .sections
            .into_iter()
            .map(|section| view! { <PreviewSection section /> })
            .collect_view()
            .into_any(),
        Err(_) => view! { <p class="faint">{t!(text_unreadable)}</p> }.into_any(),
    }
}

#[component]
fn PreviewSection(section: DocumentSection) -> impl IntoView {
    let checks = section
        .checks
        .into_iter()
        .take(CHECKS_PER_DEPLOYMENT)
        .map(|check| view! { <PreviewCheck check /> })
        .collect_view();
    let changes = section
        .changes
        .into_iter()
        .take(CHANGES_PER_COMMAND)
        .map(|change| view! { <PreviewChange change /> })
        .collect_view();
    view! {
        <h3 class="section-head">{section.heading}</h3>
        <ul class="change-list">{changes}</ul>
        <ul>{checks}</ul>
        <Markdown text=section.text />
    }
}

#[component]
fn PreviewCheck(check: DocumentCheck) -> impl IntoView {
    view! {
        <li class="check" data-level=check.depth.to_string()>
            <input
                type="checkbox"
                class="tick"
                class:is-failed=check.state == CheckState::Failed
                class:is-not-applicable=check.state == CheckState::NotApplicable
                checked=check.state == CheckState::Done
                disabled
                aria-label=check.text.clone()
            />
            <div>
                <span class="check-text">{check.text}</span>
                {check.verify.map(|verify| view! { <small class="check-how">{verify}</small> })}
                {check.evidence.map(|evidence| view! { <small class="check-how">{evidence}</small> })}
            </div>
        </li>
    }
}

#[component]
fn PreviewChange(change: DocumentChange) -> impl IntoView {
    view! {
        <li class="row">
            <Icon name="git-commit-horizontal" />
            <span class="grow">{change.summary}</span>
            {change.commit.map(|commit| view! { <span class="mono faint">{commit}</span> })}
        </li>
    }
}
