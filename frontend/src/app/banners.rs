//! What a person has to know about this device before anything else, above every page.

use leptos::prelude::*;
use slipway_shared::rejection::Rejection;

use super::place::Place;
use super::switcher::{use_switch, workspace_name};
use crate::browser::{intl, page, platform};
use crate::components::live::{When, all, live, memo};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::rows::button;
use crate::components::sync_details::{SaveElsewhere, skew_words};
use crate::language::count;
use crate::replica::{RefusedCommand, Restored, StorageKind, SyncStatus, use_replica};
use crate::toasts::use_toasts;

/// What a person has to know before anything else.
#[component]
pub fn Banners() -> impl IntoView {
    let replica = use_replica();
    let status = replica.status();
    let restored = memo(move || {
        let lost = replica.lost().with(|lost| lost.len());
        let is_asked = |refused: &&RefusedCommand| refused.rejection == Rejection::TimelineChanged;
        let asked = replica.refused().with(|refused| refused.iter().filter(is_asked).count());
        // Those that were answered meanwhile need nobody any more.
        status
            .with(|status| status.restored)
            .map(|told| (Restored { asked: told.asked.min(asked), ..told }, lost))
    });
    let banner = |claim, words: fn() -> (String, String), actions: fn() -> AnyView| {
        view! { <Banner claim words actions /> }
    };
    view! {
        {banner(
            |status| status.storage == StorageKind::MemoryOnly,
            || (t!(memory_only), t!(memory_only_what)),
            || view! { <SaveButton /> <ReopenButton /> }.into_any(),
        )}
        {live(move || restored.get().map(|(restored, lost)| view! { <RestoredBanner restored lost /> }))}
        <SignedOutBanner />
        {banner(
            |status| status.is_moving,
            || (t!(being_moved), t!(being_moved_what)),
            || view! { <a class="button" href=Place::Settings.path()>{t!(nav_settings)}</a> }.into_any(),
        )}
        {banner(
            |status| status.outdated,
            || (t!(outdated), t!(outdated_what)),
            || view! { <ReloadButton /> }.into_any(),
        )}
        {banner(
            |status| status.has_opaque && !status.outdated,
            || (t!(opaque), t!(opaque_what)),
            || view! { <ReloadButton /> }.into_any(),
        )}
        {banner(
            |status| status.waits_for_server,
            || (t!(waits_for_server), t!(waits_for_server_what)),
            || view! { <SaveButton /> }.into_any(),
        )}
        {banner(
            |status| status.waits_long,
            || (t!(waits_long), t!(waits_long_what)),
            || view! { <SaveButton /> <KeepButton /> }.into_any(),
        )}
        <ElsewhereBanner />
        <ClockBanner />
    }
}

#[component]
fn Banner(
    claim: fn(&SyncStatus) -> bool,
    words: fn() -> (String, String),
    actions: fn() -> AnyView,
) -> impl IntoView {
    let status = use_replica().status();
    let holds = memo(move || status.with(claim));
    view! {
        <When holds>
            {
                let (title, text) = words();
                view! {
                    <div class="banner">
                        <Notice kind=NoticeKind::Warning title text actions />
                    </div>
                }
            }
        </When>
    }
}

/// Nobody is signed in: the app goes on as it does offline.
#[component]
fn SignedOutBanner() -> impl IntoView {
    let status = use_replica().status();
    let waiting = memo(move || status.with(|status| status.signed_out.then_some(status.waiting)));
    let actions = || {
        let back = format!("{}?back={}", Place::SignIn.path(), js_sys::encode_uri_component(&page::path()));
        view! {
            <a class="button is-primary" href=back>
                {t!(button_sign_in)}
            </a>
        }
    };
    live(move || {
        waiting.get().map(|waiting| {
            let title = t!(signed_out, count(waiting));
            view! {
                <div class="banner" data-testid="signed-out">
                    <Notice kind=NoticeKind::Warning title text=t!(signed_out_what) actions />
                </div>
            }
        })
    })
}

/// What happened to a server that was restored, what became of this person's work, and how much of what others did is
/// known here alone.
#[component]
fn RestoredBanner(restored: Restored, lost: usize) -> impl IntoView {
    let replica = use_replica();
    let now = replica.now();
    let title = match restored.to {
        Some(to) => t!(restored_to, &intl::short_time(to, now)),
        None => t!(restored),
    };
    let mut text = t!(restored_again, count(restored.again));
    for (number, words) in
        [(restored.asked, t!(restored_asked, count(restored.asked))), (lost, t!(restored_lost, count(lost)))]
    {
        if number > 0 {
            text = format!("{text} {words}");
        }
    }
    let asks = restored.asked + lost > 0;
    let actions = move || {
        view! {
            {asks
                .then(|| {
                    view! {
                        <a class="button" href=Place::NeedsYou.path()>
                            {t!(needs_you)}
                        </a>
                    }
                })}
            <button class="button is-quiet" type="button" on:click=move |_| replica.dismiss_restored()>
                {t!(button_dismiss)}
            </button>
        }
    };
    view! {
        <div class="banner" data-testid="restored">
            <Notice kind=NoticeKind::Warning title text actions />
        </div>
    }
    .into_any()
}

/// What waits in other workspaces. Said once in a page, then in the sync panel and the switcher alone.
#[component]
fn ElsewhereBanner() -> impl IntoView {
    let replica = use_replica();
    let status = replica.status();
    let go = use_switch();
    let places = move || {
        let known = replica.workspaces().get();
        let waiting = known.iter().filter(|known| known.unsent > 0 && !known.is_open).cloned();
        all(waiting, move |known| {
            let to = known.summary.id;
            let word = t!(open_workspace, &workspace_name(&known));
            button("button is-primary", word, Callback::new(move |()| go.run(to)))
        })
    };
    let put_away = RwSignal::new(false);
    let waiting = memo(move || status.with(|status| status.elsewhere));
    let actions = move || {
        view! {
            {live(places)}
            <SaveElsewhere />
            <button class="button is-quiet" type="button" on:click=move |_| put_away.set(true)>
                {t!(button_dismiss)}
            </button>
        }
    };
    live(move || {
        let waiting = Some(waiting.get()).filter(|waiting| *waiting > 0 && !put_away.get());
        waiting.map(|waiting| {
            let title = t!(elsewhere, count(waiting));
            view! {
                <div class="banner" data-testid="elsewhere-banner">
                    <Notice kind=NoticeKind::Warning title text=t!(elsewhere_what) actions />
                </div>
            }
        })
    })
}

/// Said once in a page, since nobody is kept from working by it.
#[component]
fn ClockBanner() -> impl IntoView {
    let status = use_replica().status();
    let put_away = RwSignal::new(false);
    let skew = memo(move || status.with(|status| status.skew_ms.map(skew_words)));
    let actions = move || {
        view! {
            <button class="button is-quiet" type="button" on:click=move |_| put_away.set(true)>
                {t!(button_dismiss)}
            </button>
        }
    };
    live(move || {
        let skew = skew.get().filter(|_| !put_away.get());
        skew.map(|skew| {
            view! {
                <div class="banner" data-testid="clock">
                    <Notice kind=NoticeKind::Plain title=t!(clock_off, &skew) text=t!(clock_off_what) actions />
                </div>
            }
        })
    })
}

#[component]
fn SaveButton() -> impl IntoView {
    let replica = use_replica();
    let save =
        move |_| platform::save_file("slipway-unsent.json", "application/json", &replica.export_pending());
    view! {
        <button class="button" type="button" on:click=save>
            {t!(save_unsent)}
        </button>
    }
}

#[component]
fn ReopenButton() -> impl IntoView {
    let (replica, toasts) = (use_replica(), use_toasts());
    let reopen = move |_| {
        leptos::task::spawn_local(async move {
            if !replica.reopen_storage().await {
                toasts.refuse(t!(memory_only_still));
            }
        });
    };
    view! {
        <button class="button is-quiet" type="button" on:click=reopen>
            {t!(button_retry)}
        </button>
    }
}

#[component]
fn KeepButton() -> impl IntoView {
    let replica = use_replica();
    view! {
        <button class="button is-quiet" type="button" on:click=move |_| replica.keep_storage()>
            {t!(ask_to_keep)}
        </button>
    }
}

#[component]
fn ReloadButton() -> impl IntoView {
    view! {
        <button class="button is-primary" type="button" on:click=|_| page::reload()>
            {t!(reload)}
        </button>
    }
}
