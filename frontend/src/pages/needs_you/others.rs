//! What waits for somebody besides what was refused: what the server forgot, own edits that lost, broken rows.

use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::deployment::EditConflict;
use slipway_shared::ids::{DeploymentId, MemberId};
use slipway_shared::json;
use slipway_shared::log::StoredEvent;
use slipway_shared::workspace::Workspace;

use crate::acts::use_acts;
use crate::app::place::Place;
use crate::browser::platform;
use crate::command_words::name_of;
use crate::components::avatar::use_name;
use crate::components::live::{all, live, memo};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::relative_time::RelativeTime;
use crate::event_words::event_words;
use crate::language::count;
use crate::pages::deployment::{KeepButton, conflict_edit, conflict_what};
use crate::replica::{LostCommand, use_replica};

/// What others did, known here and forgotten by the server; it shrinks as their browsers bring it back.
#[component]
pub fn LostGroup(lost: Arc<Vec<LostCommand>>) -> impl IntoView {
    let replica = use_replica();
    if lost.is_empty() {
        return ().into_any();
    }
    let keys: Vec<_> = lost.iter().map(|lost| lost.key).collect();
    view! {
        <section data-testid="lost">
            <h2>{t!(lost)}</h2>
            <p>{t!(lost_what)}</p>
            <ul class="lost">
                {all(lost.iter().cloned(), |lost| view! { <Lost lost /> }.into_any())}
            </ul>
            <div class="row">
                <button class="button" type="button" on:click=move |_| save_file()>
                    {t!(save_lost)}
                </button>
                <button class="button is-quiet" type="button" on:click=move |_| replica.dismiss_lost(&keys)>
                    {t!(button_dismiss)}
                </button>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Lost(lost: LostCommand) -> impl IntoView {
    let name = use_name(lost.actor);
    let words = use_replica().view().with_untracked(|view| words_of(&lost, view));
    view! {
        <li>
            <span class="grow">{name} ": " {words}</span>
            <span class="when">
                <RelativeTime at=lost.at />
            </span>
        </li>
    }
}

fn words_of(lost: &LostCommand, workspace: &Workspace) -> String {
    let read = |event: &StoredEvent| json::read(event.payload.as_deref()?).ok();
    let words = lost.events.iter().filter_map(|event| event_words(&read(event)?, workspace));
    let words: Vec<_> = words.collect();
    if words.is_empty() { t!(lost_unknown) } else { words.join(", ") }
}

/// Saves everything that needs somebody as a file.
pub fn save_file() {
    platform::save_file("slipway-needs-you.json", "application/json", &use_replica().export_pending());
}

/// Edits of this person that lost against others, deployment by deployment.
#[must_use]
pub fn own_conflicts(workspace: &Workspace, me: MemberId) -> Vec<(DeploymentId, EditConflict)> {
    let of = |(id, known): (&DeploymentId, &Arc<slipway_shared::deployment::Deployment>)| {
        let id = *id;
        let is_own = |conflict: &&EditConflict| {
            conflict.origin.actor == me
                && known.field(conflict.field).is_ok_and(|field| field.value != conflict.value)
        };
        known.conflicts.iter().filter(is_own).map(move |conflict| (id, conflict.clone())).collect::<Vec<_>>()
    };
    workspace.deployments.iter().flat_map(of).collect()
}

/// Edits of this person that lost.
#[component]
pub fn ConflictGroup(conflicts: Memo<Vec<(DeploymentId, EditConflict)>>) -> impl IntoView {
    let list = move || {
        view! {
            <section>
                <h2>{t!(two_versions)}</h2>
                <ul class="stack">
                    {all(conflicts.get(), |(id, conflict)| view! { <Conflict id conflict /> }.into_any())}
                </ul>
            </section>
        }
    };
    let is_there = memo(move || conflicts.with(|conflicts| !conflicts.is_empty()));
    live(move || is_there.get().then(list))
}

#[component]
fn Conflict(id: DeploymentId, conflict: EditConflict) -> impl IntoView {
    let acts = use_acts();
    let deployment = use_replica().deployment(id);
    let name = use_replica().view().with_untracked(|view| name_of(id, view));
    let (what, lost) = (conflict_what(conflict.field), conflict.origin.command);
    let now = deployment.with_untracked(|known| {
        let field = known.as_ref().and_then(|known| known.field(conflict.field).ok());
        field.map(|text| text.value.to_owned()).unwrap_or_default()
    });
    let text = t!(conflict_both, &conflict.value, &now);
    let conflict = StoredValue::new(conflict);
    let take = move |_| {
        if let Some(known) = deployment.get_untracked() {
            let (edit, back) = conflict_edit(id, &known, &conflict.get_value());
            acts.act_undoable(edit, t!(conflict_taken), back);
        }
    };
    let actions = move || {
        view! {
            <button class="button" type="button" on:click=take>
                {t!(conflict_take)}
            </button>
            <KeepButton deployment=id lost />
            <a class="button is-quiet" href=Place::Deployment(id).path()>
                {t!(button_open)}
            </a>
        }
    };
    view! {
        <li>
            <Notice kind=NoticeKind::Warning title=t!(own_conflict, &what, &name) text actions />
        </li>
    }
}

/// Rows of this device that can't be read.
#[component]
pub fn UnreadableGroup() -> impl IntoView {
    let replica = use_replica();
    let unreadable = replica.unreadable();
    let number = memo(move || unreadable.with(|rows| rows.len()));
    let save = move |_| {
        let rows = unreadable.get_untracked();
        let texts: Vec<_> = rows.iter().map(|row| row.text.as_str()).collect();
        platform::save_file("slipway-unreadable.txt", "text/plain", &texts.join("\n"));
    };
    let actions = move || {
        view! {
            <button class="button" type="button" on:click=save>
                {t!(save_unreadable)}
            </button>
            <button class="button is-quiet" type="button" on:click=move |_| replica.discard_unreadable()>
                {t!(button_discard)}
            </button>
        }
    };
    live(move || {
        let number = number.get();
        (number > 0).then(|| {
            let title = t!(unreadable, count(number));
            view! { <Notice kind=NoticeKind::Warning title text=t!(unreadable_what) actions /> }
        })
    })
}
