//! How things stand with the server and this device: what waits, since when, and how safely it is kept.

use leptos::prelude::*;
use slipway_shared::sync::protocol::ErrorCode;

use super::icon::Icon;
use super::relative_time::RelativeTime;
use crate::app::place::Place;
use crate::browser::{intl, page, platform};
use crate::command_words::command_words;
use crate::components::live::{When, all, derive, live, memo};
use crate::language::count;
use crate::rejection_words::rejection_words;
use crate::replica::{
    QueueState, QueuedCommand, StorageKind, StoragePromise, SyncStatus, SyncWord, use_replica,
};

/// More would be a list nobody reads; the file has them all.
const LISTED: usize = 50;

/// How things stand with the server and this device.
#[component]
pub fn SyncDetails() -> impl IntoView {
    let replica = use_replica();
    let status = replica.status();
    let waits = memo(move || status.with(|status| status.waiting > 0));
    let elsewhere = memo(move || status.with(|status| status.elsewhere));
    let of_others = memo(move || status.with(|status| status.of_others));
    let has_elsewhere = derive(move || elsewhere.get() > 0);
    let asks = memo(move || status.with(|status| status.promise == StoragePromise::Evictable));
    let needs = memo(move || status.with(|status| status.needs_you));
    let save =
        move |_| platform::save_file("slipway-unsent.json", "application/json", &replica.export_pending());
    view! {
        <Headline />
        <When holds=waits>
            <Waiting />
        </When>
        <When holds=has_elsewhere>
            <section data-testid="elsewhere">
                <h3>{derive(move || t!(elsewhere, count(elsewhere.get())))}</h3>
                <p>{t!(elsewhere_what)}</p>
                <SaveElsewhere />
            </section>
        </When>
        <When holds=derive(move || of_others.get() > 0)>
            <section data-testid="of-others">
                <p>{derive(move || t!(of_others, count(of_others.get())))}</p>
            </section>
        </When>
        <section>
            <StorageFacts />
        </section>
        <footer>
            <button class="button" type="button" on:click=move |_| replica.connect_now()>
                <Icon name="refresh-cw" />
                {t!(try_now)}
            </button>
            <When holds=waits>
                <button class="button is-quiet" type="button" on:click=save>
                    <Icon name="download" />
                    {t!(save_unsent)}
                </button>
            </When>
            <When holds=needs>
                <a class="button" href=Place::NeedsYou.path()>
                    {t!(open_needs_you)}
                </a>
            </When>
            <When holds=asks>
                <button class="button is-quiet" type="button" on:click=move |_| replica.keep_storage()>
                    <Icon name="hard-drive" />
                    {t!(ask_to_keep)}
                </button>
            </When>
        </footer>
    }
}

/// Saves what waits of other workspaces as a file.
#[component]
pub fn SaveElsewhere() -> impl IntoView {
    let replica = use_replica();
    let save = move |_| {
        leptos::task::spawn_local(async move {
            let text = replica.export_elsewhere().await;
            platform::save_file("slipway-unsent-elsewhere.json", "application/json", &text);
        });
    };
    view! {
        <button class="button" type="button" on:click=save>
            <Icon name="download" />
            {t!(save_elsewhere)}
        </button>
    }
}

#[component]
fn Headline() -> impl IntoView {
    let status = use_replica().status();
    let headline = memo(move || status.with(headline));
    view! {
        <header>
            <Icon name=Signal::derive(move || headline.get().0) />
            <h2>{derive(move || headline.get().1)}</h2>
            <p>{derive(move || headline.get().2)}</p>
        </header>
    }
}

fn headline(status: &SyncStatus) -> (&'static str, String, String) {
    match status.word {
        SyncWord::NeedsYou => ("circle-alert", t!(needs_you), t!(sync_needs_you_what)),
        SyncWord::Synced | SyncWord::Saving | SyncWord::Connecting if status.is_local => {
            ("hard-drive", t!(sync_local_long), t!(sync_local_what))
        }
        SyncWord::Offline if status.is_local => {
            ("cloud-off", t!(sync_local_waiting_long, count(status.waiting)), t!(sync_local_waiting_what))
        }
        SyncWord::Connecting => ("cloud-upload", t!(sync_connecting), t!(sync_connecting_what)),
        SyncWord::Synced => ("cloud-check", t!(sync_synced_long), t!(sync_synced_what)),
        SyncWord::Saving if status.waits_for_password > 0 => {
            ("circle-alert", t!(password_waits, count(status.waits_for_password)), t!(password_waits_what))
        }
        SyncWord::Saving => {
            ("cloud-upload", t!(sync_saving_long, count(status.waiting)), t!(sync_saving_what))
        }
        SyncWord::Offline if status.signed_out => {
            ("cloud-off", t!(signed_out, count(status.waiting)), t!(signed_out_what))
        }
        SyncWord::Offline if status.waiting == 0 => {
            ("cloud-off", t!(sync_offline_long), t!(sync_offline_what))
        }
        SyncWord::Offline => {
            ("cloud-off", t!(sync_offline_waiting_long, count(status.waiting)), t!(sync_offline_what))
        }
    }
}

#[component]
fn Waiting() -> impl IntoView {
    let replica = use_replica();
    let queue = replica.queue();
    let listed = move || queue.with(|queue| queue.iter().take(LISTED).cloned().collect::<Vec<_>>());
    let unlisted = memo(move || queue.with(|queue| queue.len().saturating_sub(LISTED)));
    view! {
        <section>
            <h3>{t!(waiting)}</h3>
            <Progress />
            <ul class="sync-waiting">
                {live(move || all(listed(), |queued| view! { <WaitingItem queued /> }.into_any()))}
            </ul>
            <When holds=derive(move || unlisted.get() != 0)>
                <p class="faint small">{derive(move || t!(and_more, count(unlisted.get())))}</p>
            </When>
        </section>
    }
}

/// How far a long queue is.
#[component]
fn Progress() -> impl IntoView {
    let status = use_replica().status();
    let far = memo(move || {
        status.with(|status| {
            (status.most_waiting > LISTED && status.is_sending)
                .then(|| (status.most_waiting.saturating_sub(status.waiting), status.most_waiting))
        })
    });
    live(move || {
        far.get().map(|(sent, most)| {
            let words = t!(sent_of, count(sent), count(most));
            view! {
                <div class="sync-progress">
                    <progress max=most value=sent aria-label=words.clone()></progress>
                    <span class="num small">{words}</span>
                </div>
            }
        })
    })
}

#[component]
fn WaitingItem(queued: QueuedCommand) -> impl IntoView {
    let view = use_replica().view();
    let words = view.with_untracked(|view| command_words(&queued.command, view));
    let refusal = queued.refusal.map(|refusal| view.with_untracked(|view| rejection_words(&refusal, view)));
    let (icon, state) = match queued.state {
        QueueState::Here => ("loader", t!(waiting_unsaved)),
        QueueState::InOtherTab => ("loader", t!(waiting_in_other_tab)),
        QueueState::Saved => ("circle-dashed", t!(waiting_saved)),
        QueueState::Sent => ("cloud-upload", t!(waiting_sent)),
        QueueState::Answered => ("circle-check", t!(waiting_answered)),
        QueueState::NeedsServer => ("circle-dashed", t!(waiting_needs_server)),
        QueueState::NeedsPassword => ("circle-dashed", t!(waiting_needs_password)),
        QueueState::NeedsApp => ("circle-dashed", t!(waiting_needs_app)),
    };
    view! {
        <li>
            <Icon name=icon class="icon is-small" />
            <span class="grow">
                {words} " " <small class="faint">{state}</small>
                {refusal.map(|words| view! { <small class="field-error">{t!(waiting_refused, &words)}</small> })}
            </span>
            <span class="when">
                <RelativeTime at=queued.at />
            </span>
        </li>
    }
}

#[component]
fn StorageFacts() -> impl IntoView {
    let status = use_replica().status();
    let last = memo(move || status.with(|status| status.last_in_step));
    let since = memo(move || status.with(|status| status.waiting_since));
    let leads = memo(move || status.with(|status| status.is_leader));
    let host = page::host();
    let is_local = use_replica().is_local();
    let kept = memo(move || status.with(kept_words));
    let trouble = memo(move || status.with(|status| status.trouble));
    let skew = memo(move || status.with(|status| status.skew_ms));
    let used = RwSignal::new(None);
    leptos::task::spawn_local(async move {
        used.try_set(platform::storage_estimate().await);
    });
    view! {
        <dl class="sync-facts num">
            {(!is_local).then(|| view! {
                <dt>{t!(last_in_step)}</dt>
                <dd>
                    {live(move || match last.get() {
                        Some(at) => view! { <RelativeTime at /> }.into_any(),
                        None => t!(never).into_any(),
                    })}
                </dd>
            })}
            {live(move || since.get().map(|since| view! {
                <dt>{t!(waiting_since)}</dt>
                <dd><RelativeTime at=since /></dd>
            }))}
            {(!is_local).then(|| fact(t!(talks_with), derive(move || if leads.get() { t!(this_tab_leads, &host) } else { t!(other_tab_leads, &host) })))}
            <dt>{t!(kept)}</dt>
            <dd>{kept}</dd>
            {live(move || used.get().map(|(used, _)| fact(t!(storage_used), intl::format_bytes(used))))}
            {live(move || skew.get().map(|skew| fact(t!(clock), skew_words(skew))))}
            {live(move || trouble.get().map(|code| fact(if is_local { t!(local_says) } else { t!(server_says) }, trouble_words(code, is_local))))}
        </dl>
    }
}

fn fact(name: String, value: impl Into<Signal<String>>) -> impl IntoView {
    let value = value.into();
    view! {
        <dt>{name}</dt>
        <dd>{value}</dd>
    }
}

fn kept_words(status: &SyncStatus) -> String {
    match (status.storage, status.promise) {
        (StorageKind::MemoryOnly, _) => t!(kept_in_memory),
        (StorageKind::Device, StoragePromise::Promised) => t!(kept_promised),
        (StorageKind::Device, StoragePromise::Evictable) => t!(kept_evictable),
        (StorageKind::Device, StoragePromise::Unknown) => t!(kept_on_device),
    }
}

/// Returns what the server complained about, for people.
fn trouble_words(code: ErrorCode, is_local: bool) -> String {
    match code {
        ErrorCode::StorageFull if is_local => t!(local_full),
        ErrorCode::Busy if is_local => t!(local_is_moving),
        ErrorCode::Upgrade => t!(outdated),
        _ if is_local => t!(local_failed),
        ErrorCode::StorageFull => t!(server_full),
        ErrorCode::Busy | ErrorCode::ShuttingDown => t!(server_busy),
        ErrorCode::Indeterminate | ErrorCode::Internal => t!(server_failed),
        ErrorCode::SignInNeeded => t!(account_sign_in_needed),
        ErrorCode::SetupNeeded => t!(account_setup_needed),
        _ => t!(server_other),
    }
}

/// Returns how wrong the clock of this device is.
pub fn skew_words(skew_ms: i64) -> String {
    let minutes = skew_ms.abs() / 60_000;
    if skew_ms > 0 { t!(clock_ahead, count(minutes)) } else { t!(clock_behind, count(minutes)) }
}
