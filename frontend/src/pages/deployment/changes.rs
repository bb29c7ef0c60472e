//! What the deployment brings: the list, and the field that adds to it.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::Change;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::document::SectionKind;
use slipway_shared::ids::DeploymentId;

use super::use_subject;
use crate::acts::{Acts, use_acts};
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::markdown::inline::is_safe;
use crate::components::relative_time::RelativeTime;
use crate::language::count;

/// How many are listed before "show more".
const LISTED: usize = 8;
/// As much of a commit's name as people read.
const SHORT: usize = 7;

/// What the deployment brings, beside the document; nothing where the document has a section for it.
#[component]
pub fn ChangesAside() -> impl IntoView {
    let is_needed = use_subject().select(|known| {
        let has_section = known.sections.iter().any(|section| section.kind == SectionKind::Changes);
        // The facts of a sealed one have no summaries.
        let is_told = known.sealed.is_none() || !known.sections.is_empty();
        is_told && !has_section && !known.changes.is_empty()
    });
    view! {
        <When holds=is_needed>
            <section>
                <h2>{t!(changes)}</h2>
                <ChangeList />
            </section>
        </When>
    }
}

/// What the deployment brings.
#[component]
pub fn ChangeList() -> impl IntoView {
    let changes = use_subject().select(|known| Arc::clone(&known.changes));
    let may_remove = use_subject().select(|known| known.finished.is_none() && known.sealed.is_none());
    // Of a sealed one nothing can be pressed, "show more" neither.
    let is_long = RwSignal::new(use_subject().is_sealed().get_untracked());
    let listed = move || {
        changes.with(|changes| {
            let listed = if is_long.get() { changes.len() } else { LISTED };
            changes.iter().take(listed).cloned().collect::<Vec<_>>()
        })
    };
    let more = memo(move || changes.with(|changes| changes.len().saturating_sub(LISTED)));
    view! {
        <ul class="change-list" role="list">
            {live(move || all(listed(), |change| view! { <ChangeItem change may_remove /> }.into_any()))}
        </ul>
        <When holds=derive(move || more.get() != 0 && !is_long.get())>
            <button class="link small" type="button" on:click=move |_| is_long.set(true)>
                {derive(move || t!(and_more, count(more.get())))}
            </button>
        </When>
    }
}

#[component]
fn ChangeItem(change: Change, may_remove: Memo<bool>) -> impl IntoView {
    let removed = StoredValue::new(change.clone());
    let Change { summary, commit, author, authored_at, link } = change;
    let commit = commit.map(|commit| commit.chars().take(SHORT).collect::<String>());
    let has_more = author.is_some() || authored_at.is_some();
    let remove = move |subject: DeploymentId, acts: Acts| {
        let change = removed.get_value();
        let edit = OutlineEdit::DetachChange { change: change.clone() };
        let back = DeploymentCommand::AttachChanges { deployment: subject, changes: vec![change] };
        let command = DeploymentCommand::EditOutline { deployment: subject, edit };
        acts.act_undoable(Command::Deployment(command), t!(change_removed), Command::Deployment(back));
    };
    let (subject, acts) = (use_subject().id, use_acts());
    let name = t!(change_remove, &summary);
    view! {
        <li class="row">
            <Icon name="git-commit-horizontal" />
            <span class="change-words grow">
                {match link.filter(|link| is_safe(link)) {
                    Some(link) => {
                        view! {
                            <a class="clip" href=link rel="noopener noreferrer external" target="_blank">
                                <bdi>{summary}</bdi>
                            </a>
                        }
                            .into_any()
                    }
                    None => view! { <span class="clip"><bdi>{summary}</bdi></span> }.into_any(),
                }}
                {has_more
                    .then(|| {
                        view! {
                            <span class="small faint clip">
                                {author.map(|author| view! { <bdi>{author}</bdi> " " })}
                                {authored_at.map(|at| view! { <RelativeTime at /> })}
                            </span>
                        }
                    })}
            </span>
            {commit.map(|commit| view! { <span class="mono faint">{commit}</span> })}
            <When holds=may_remove>
                <button
                    class="icon-button is-small no-print"
                    type="button"
                    aria-label=name.clone()
                    title=name.clone()
                    on:click=move |_| remove(subject, acts)
                >
                    <Icon name="x" class="icon is-small" />
                </button>
            </When>
        </li>
    }
}

/// A field for one more change.
#[component]
pub fn ChangeForm() -> impl IntoView {
    let deployment = use_subject().id;
    let acts = use_acts();
    let field = NodeRef::<html::Input>::new();
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        let Some(change) = change_of(&field.value()) else { return };
        let command = DeploymentCommand::AttachChanges { deployment, changes: vec![change] };
        if acts.act(Command::Deployment(command)) {
            field.set_value("");
        }
    };
    view! {
        <form class="check-add no-print" on:submit=add>
            <Icon name="plus" />
            <input
                node_ref=field
                aria-label=t!(add_change)
                placeholder=t!(add_change_hint)
                maxlength="500"
                enterkeyhint="done"
            />
        </form>
    }
}

/// Reads a line as `git log --oneline` has it: the commit first, if there is one; a link is taken as such.
fn change_of(line: &str) -> Option<Change> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let is_commit =
        |word: &&str| (7..=40).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let commit = words.first().copied().filter(|word| words.len() > 1 && is_commit(word)).map(str::to_owned);
    if commit.is_some() {
        words.remove(0);
    }
    let link = words.iter().position(|word| words.len() > 1 && word.starts_with("https://"));
    let link = link.map(|at| words.remove(at).to_owned());
    let summary = words.join(" ");
    (!summary.is_empty()).then_some(Change { summary, commit, author: None, authored_at: None, link })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, summary: &str, commit: Option<&str>, link: Option<&str>) {
        let change = change_of(line).unwrap();
        assert_eq!(
            (change.summary.as_str(), change.commit.as_deref(), change.link.as_deref()),
            (summary, commit, link)
        );
    }

    #[test]
    fn a_line_of_git_log_is_read() {
        check("9f1c2a7 Keep keys for 30 days", "Keep keys for 30 days", Some("9f1c2a7"), None);
        check("Keep keys https://git/1", "Keep keys", None, Some("https://git/1"));
        check("deadbeef", "deadbeef", None, None);
        check("facade is gone", "facade is gone", None, None);
        assert_eq!(change_of("   "), None);
    }
}
