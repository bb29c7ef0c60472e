//! Edits that lost against newer ones made apart from them: kept, shown, and taken over again with one click.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::{DeploymentField, EditConflict};

use super::use_subject;
use crate::acts::use_acts;
use crate::components::avatar::use_name;
use crate::components::live::{all, live};
use crate::components::notice::{Notice, NoticeKind};

/// Edits that lost against newer ones.
#[component]
pub fn Conflicts() -> impl IntoView {
    let subject = use_subject();
    // Once it is taken over, the value is there and there is nothing left to choose.
    let conflicts = subject.select(|known| {
        let lost = |conflict: &&EditConflict| {
            known.field(conflict.field).is_ok_and(|field| field.value != conflict.value)
        };
        known.conflicts.iter().filter(lost).cloned().collect::<Vec<_>>()
    });
    view! {
        {live(move || all(conflicts.get(), |conflict| view! { <Conflict conflict /> }.into_any()))}
    }
}

#[component]
fn Conflict(conflict: EditConflict) -> impl IntoView {
    let subject = use_subject();
    let acts = use_acts();
    let name = use_name(conflict.origin.actor).get_untracked();
    let EditConflict { field, value, .. } = conflict;
    let what = match field {
        DeploymentField::Title => t!(conflict_title),
        DeploymentField::Version => t!(conflict_version),
        DeploymentField::SectionText(_) => t!(conflict_text),
    };
    let text = value.clone();
    let take = move |_| {
        let edit =
            |value| Command::Deployment(DeploymentCommand::Edit { deployment: subject.id, field, value });
        let now = subject.deployment.get_untracked();
        let now = now.as_ref().and_then(|known| known.field(field).ok()).map(|field| field.value.clone());
        acts.act_undoable(edit(text.clone()), t!(conflict_taken), edit(now.unwrap_or_default()));
    };
    let take = StoredValue::new(take);
    let actions = move || {
        view! {
            <button class="button" type="button" on:click=move |event| take.with_value(|take| take(event))>
                {t!(conflict_take)}
            </button>
        }
    };
    view! {
        <div class="conflict">
            <Notice kind=NoticeKind::Warning title=t!(conflict, &name, &what) text=value actions />
        </div>
    }
}
