//! Edits that lost against newer ones made apart from them: kept, shown, and taken over again with one click.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::{Deployment, DeploymentField, EditConflict};
use slipway_shared::ids::{CommandKey, DeploymentId};

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
    let (what, value) = (conflict_what(conflict.field), conflict.value.clone());
    let lost = conflict.origin.command;
    let take = move |_| {
        if let Some(known) = subject.deployment.get_untracked() {
            let (edit, back) = conflict_edit(subject.id, &known, &conflict);
            acts.act_undoable(edit, t!(conflict_taken), back);
        }
    };
    let take = StoredValue::new(take);
    let actions = move || {
        view! {
            <button class="button" type="button" on:click=move |event| take.with_value(|take| take(event))>
                {t!(conflict_take)}
            </button>
            <KeepButton deployment=subject.id lost />
        }
    };
    view! {
        <div class="conflict">
            <Notice kind=NoticeKind::Warning title=t!(conflict, &name, &what) text=value actions />
        </div>
    }
}

/// Lets go of what lost: what is there stays.
#[component]
pub fn KeepButton(deployment: DeploymentId, lost: CommandKey) -> impl IntoView {
    let acts = use_acts();
    let keep = move |_| {
        acts.act(Command::Deployment(DeploymentCommand::Settle { deployment, lost }));
    };
    view! {
        <button class="button is-quiet" type="button" on:click=keep>
            {t!(conflict_keep)}
        </button>
    }
}

/// Returns what was edited, in words.
#[must_use]
pub fn conflict_what(field: DeploymentField) -> String {
    match field {
        DeploymentField::Title => t!(conflict_title),
        DeploymentField::Version => t!(conflict_version),
        DeploymentField::SectionText(_) => t!(conflict_text),
        DeploymentField::SectionHeading(_) => t!(conflict_heading),
        DeploymentField::CheckText(_) => t!(conflict_check),
        DeploymentField::CheckVerify(_) => t!(conflict_verify),
    }
}

/// Returns the command that takes over what lost, and the one that takes it back.
#[must_use]
pub fn conflict_edit(
    deployment: DeploymentId,
    known: &Deployment,
    lost: &EditConflict,
) -> (Command, Command) {
    let field = lost.field;
    let edit = |value| Command::Deployment(DeploymentCommand::edit(deployment, field, value));
    let now = known.field(field).map(|text| text.value.to_owned()).unwrap_or_default();
    (edit(lost.value.clone()), edit(now))
}
