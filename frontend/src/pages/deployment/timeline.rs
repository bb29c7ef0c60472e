//! The timeline: who did what when, and what is only on this device yet.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use slipway_shared::audit::DeploymentHistory;
use slipway_shared::check::CheckState;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::approval::Verdict;
use slipway_shared::ids::DeploymentId;
use slipway_shared::workspace::Workspace;

use super::timeline_model::{Arrival, Entry, Happened, History, timeline, with_history};
use super::use_subject;
use crate::accounts::{Accounts, Request, read, use_accounts};
use crate::command_words::{
    column_name, environment_name, phase_word, stage_name, stage_state_word, test_outcome_word, testing_word,
};
use crate::components::avatar::{Avatar, use_name};
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::pill::{Pill, PillKind};
use crate::components::relative_time::RelativeTime;
use crate::language::count;
use crate::rejection_words::missing_words;
use crate::replica::{SyncWord, use_replica};

/// How many are listed before "show more".
const LISTED: usize = 12;
/// How many pages are read at most: thousands of changes.
const MOST_PAGES: usize = 20;
/// How long nothing changes before it is asked again what happened.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// The timeline.
#[component]
pub fn Timeline() -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let told = RwSignal::new(Told::default());
    let device = asks_device(subject.id, told);
    let server = asks_server(subject.id, told);
    device.run(());
    // What was told is of the moment it was asked for.
    let mut ask_again = debounce(ASK_AGAIN, move |()| {
        device.run(());
        if let Some(server) = server.filter(|_| told.with_untracked(|told| told.server.is_some())) {
            server.run(());
        }
    });
    // Rollouts stand beside it.
    let rollouts = memo(move || {
        view.with(|view| view.rollouts_of(subject.id).map(|(_, known)| Arc::clone(known)).collect::<Vec<_>>())
    });
    Effect::new(move |before: Option<()>| {
        subject.deployment.track();
        rollouts.track();
        if before.is_some() {
            ask_again(());
        }
    });
    let entries = memo(move || {
        let shown = subject.deployment.get();
        view.with(|view| {
            let known = shown.map(|shown| timeline(view, subject.id, &shown)).unwrap_or_default();
            told.with(|told| match told.server.as_ref().or(told.device.as_ref()) {
                Some(history) => with_history(history, known, view),
                None => known,
            })
        })
    });
    let is_partial = derive(move || told.with(|told| told.server.is_none() && told.is_unanswered));

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
            <When holds=is_partial>
                <p class="faint small">{t!(timeline_partial)}</p>
            </When>
            <When holds=derive(move || more.get() != 0 && !is_long.get())>
                <button class="link small" type="button" on:click=move |_| is_long.set(true)>
                    {derive(move || t!(and_more, count(more.get())))}
                </button>
            </When>
        </section>
    }
}

/// Who told what of the deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told {
    server: Option<History>,
    /// What is shown until the server has told.
    device: Option<History>,
    /// The server did not answer the last time.
    is_unanswered: bool,
}

/// Returns what looks for what this device has of the log.
fn asks_device(id: DeploymentId, told: RwSignal<Told>) -> Callback<()> {
    let replica = use_replica();
    Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            let device = History::of_device(replica.known_events(id).await);
            // The page may be left meanwhile.
            let _ = told.try_update(|told| told.device = device);
        });
    })
}

/// Asks the server what happened to the deployment, and once more whenever it can be reached again, until it answers.
/// Returns what asks again; nothing without a server, where nobody else tells anything.
fn asks_server(id: DeploymentId, told: RwSignal<Told>) -> Option<Callback<()>> {
    let replica = use_replica();
    let workspace = replica.workspace().filter(|_| !replica.is_local())?;
    let (accounts, url) = (use_accounts(), format!("/api/v1/workspaces/{workspace}/deployments/{id}/events"));
    let ask = Callback::new(move |()| {
        let url = url.clone();
        leptos::task::spawn_local(async move {
            let server = history_of(accounts, &url).await;
            // The page may be left meanwhile.
            let _ = told.try_update(|told| {
                told.is_unanswered = server.is_none();
                // What it told before is true still.
                told.server = server.or_else(|| told.server.take());
            });
        });
    });
    // Whether it can be reached; not known yet while that is tried.
    let is_there = memo(move || {
        let status = replica.status();
        status.with(|status| match status.word {
            SyncWord::Offline if status.is_connecting => None,
            SyncWord::Offline => Some(false),
            _ => Some(true),
        })
    });
    Effect::new(move |_| {
        let Some(is_there) = is_there.get() else { return };
        if !is_there || told.with_untracked(|told| told.server.is_some()) {
            return told.update(|told| told.is_unanswered |= !is_there);
        }
        ask.run(());
    });
    Some(ask)
}

/// Reads what the server tells, page by page; `None` where it does not answer.
async fn history_of(accounts: Accounts, url: &str) -> Option<History> {
    let mut all = Vec::new();
    let mut before = None;
    for _ in 0..MOST_PAGES {
        let url = before.map_or_else(|| url.to_owned(), |before: u64| format!("{url}?before={before}"));
        let answer = accounts.call(&Request { method: "GET", url, body: None }).await;
        let page = answer.and_then(|text| read::<DeploymentHistory>(&text)).ok()?;
        all.extend(page.entries);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    Some(History::of_server(all))
}

#[component]
fn TimelineItem(entry: Entry) -> impl IntoView {
    let view = use_replica().view();
    let name = use_name(entry.origin.actor);
    let words = view.with_untracked(|view| words(&entry.happened, view));
    let note = match entry.happened {
        Happened::Reported(_, _, note) | Happened::Judged(_, _, note) | Happened::Tested(_, _, _, note) => {
            note
        }
        Happened::Commented(text) => Some(text).filter(|text| !text.is_empty()),
        Happened::StartedAnyway(_, reason, missing) => {
            let missing: Vec<_> = view
                .with_untracked(|view| missing.iter().map(|missing| missing_words(missing, view)).collect());
            Some(t!(override_reason, &reason, &missing.join(", ")))
        }
        _ => None,
    };
    let is_unsent = entry.origin.seq.is_none();
    view! {
        <li>
            <Avatar member=entry.origin.actor />
            <span>
                <b>
                    <bdi>{name}</bdi>
                </b>
                " "
                {words}
                {is_unsent.then(|| view! { <Pill kind=PillKind::Unsent text=t!(only_here) /> })}
            </span>
            <RelativeTime at=entry.at />
            {entry.arrival.map(|arrival| view! { <Arrived arrival /> })}
            {note.map(|note| view! { <span class="timeline-text" dir="auto">{note}</span> })}
        </li>
    }
}

/// From which device it came, and when it arrived where that was later.
#[component]
fn Arrived(arrival: Arrival) -> impl IntoView {
    let Arrival { at, device, is_late } = arrival;
    (device.is_some() || is_late).then(|| {
        view! {
            <span class="timeline-from faint small">
                {device.map(|device| view! { <bdi>{device}</bdi> })}
                {is_late
                    .then(|| {
                        view! {
                            <span class="timeline-late">
                                <Icon name="cloud-off" />
                                {t!(timeline_late)}
                                " "
                                <RelativeTime at />
                            </span>
                        }
                    })}
            </span>
        }
    })
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
        Happened::Tested(environment, testing, outcome, _) => {
            let environment = environment_name(*environment, view);
            t!(happened_tested, &testing_word(*testing), &environment, &test_outcome_word(*outcome))
        }
        Happened::Edited(field, about) => edited_words(*field, about),
        Happened::Removed(what) => t!(happened_removed, &what),
        Happened::Judged(environment, verdict, _) => {
            let environment = environment_name(*environment, view);
            match verdict {
                Verdict::Approved => t!(happened_approved, &environment),
                Verdict::Declined => t!(happened_declined, &environment),
            }
        }
        Happened::Commented(_) => t!(happened_commented),
        Happened::StartedAnyway(environment, ..) => {
            t!(happened_started_anyway, &environment_name(*environment, view))
        }
        Happened::Finished => t!(happened_finished),
        Happened::Concluded => t!(happened_concluded),
        Happened::Archived => t!(happened_archived),
        Happened::Told(words) => words.clone(),
        Happened::Other(words) => t!(happened_other, &words),
    }
}

fn edited_words(field: DeploymentField, about: &str) -> String {
    match field {
        DeploymentField::Title => t!(happened_edited_title),
        DeploymentField::Version => t!(happened_edited_version),
        DeploymentField::SectionText(_) => t!(happened_edited_text, &about),
        DeploymentField::SectionHeading(_) => t!(happened_renamed_section, &about),
        DeploymentField::CheckText(_) => t!(happened_edited_check, &about),
        DeploymentField::CheckVerify(_) => t!(happened_edited_verify, &about),
    }
}
