//! The timeline: who did what when, and what is only on this device yet.

use leptos::prelude::*;
use slipway_shared::check::CheckState;
use slipway_shared::workspace::Workspace;

use super::timeline_model::{Entry, Happened, timeline};
use super::use_subject;
use crate::command_words::{column_name, environment_name, phase_word, stage_name, stage_state_word};
use crate::components::avatar::{Avatar, use_name};
use crate::components::live::{When, all, derive, live, memo};
use crate::components::pill::{Pill, PillKind};
use crate::components::relative_time::RelativeTime;
use crate::language::count;
use crate::replica::use_replica;

/// How many are listed before "show more".
const LISTED: usize = 12;

/// The timeline.
#[component]
pub fn Timeline() -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let entries = memo(move || {
        let shown = subject.deployment.get();
        view.with(|view| shown.map(|shown| timeline(view, subject.id, &shown)).unwrap_or_default())
    });
    let is_long = RwSignal::new(false);
    let listed = move || {
        let listed = if is_long.get() { usize::MAX } else { LISTED };
        entries.with(|entries| entries.iter().take(listed).cloned().collect::<Vec<_>>())
    };
    let more = memo(move || entries.with(|entries| entries.len().saturating_sub(LISTED)));
    view! {
        <section>
            <h2 class="section-head">{t!(timeline)}</h2>
            <ul class="timeline" role="list">
                {live(move || all(listed(), |entry| view! { <TimelineItem entry /> }.into_any()))}
            </ul>
            <When holds=derive(move || more.get() != 0 && !is_long.get())>
                <button class="link small" type="button" on:click=move |_| is_long.set(true)>
                    {derive(move || t!(and_more, count(more.get())))}
                </button>
            </When>
        </section>
    }
}

#[component]
fn TimelineItem(entry: Entry) -> impl IntoView {
    let view = use_replica().view();
    let name = use_name(entry.origin.actor);
    let words = view.with_untracked(|view| words(&entry.happened, view));
    let note = match entry.happened {
        Happened::Reported(_, _, note) => note,
        _ => None,
    };
    let is_unsent = entry.origin.seq.is_none();
    view! {
        <li>
            <Avatar member=entry.origin.actor />
            <span>
                <b>{name}</b>
                " "
                {words}
                {is_unsent.then(|| view! { <Pill kind=PillKind::Unsent text=t!(only_here) /> })}
            </span>
            <RelativeTime at=entry.at />
            {note.map(|note| view! { <span class="timeline-text">{note}</span> })}
        </li>
    }
}

fn words(happened: &Happened, view: &Workspace) -> String {
    match happened {
        Happened::Opened => t!(happened_opened),
        Happened::Entered(column) => t!(happened_entered, &column_name(*column, view)),
        Happened::Checked(check, CheckState::Open) => t!(happened_reopened_check, &check),
        Happened::Checked(check, CheckState::Done) => t!(happened_ticked, &check),
        Happened::Checked(check, CheckState::Failed) => t!(happened_failed_check, &check),
        Happened::Checked(check, CheckState::NotApplicable) => {
            t!(happened_not_applicable, &check)
        }
        Happened::Marked(stage, state) => {
            t!(happened_marked, &stage_name(*stage), &stage_state_word(*state))
        }
        Happened::Reported(environment, phase, _) => {
            t!(happened_reported, &environment_name(*environment, view), &phase_word(*phase))
        }
        Happened::Finished => t!(happened_finished),
        Happened::Concluded => t!(happened_concluded),
    }
}
