//! Signing out. What was not sent stays here for whoever did it; on a computer that others use, it must be sent or saved
//! first.

use leptos::prelude::*;
use slipway_shared::json;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::protocol::ErrorCode;

use crate::account_words::failure_words;
use crate::accounts::{Request, code_of, use_accounts};
use crate::app::place::Place;
use crate::browser::{page, platform};
use crate::components::live::{When, derive, memo};
use crate::components::rows::{button, question};
use crate::language::count;
use crate::replica::{StorageKind, SyncStatus, SyncWord, use_replica};
use crate::toasts::use_toasts;

/// Signs out, and asks first where something was not sent.
#[component]
pub fn SignOutButton() -> impl IntoView {
    let replica = use_replica();
    let status = replica.status();
    let (asks, is_saved) = (RwSignal::new(false), RwSignal::new(false));
    let refused = replica.refused();
    // What is in memory alone is gone with the page, whoever uses the computer.
    let deletes =
        memo(move || replica.is_shared() || status.with(|status| status.storage == StorageKind::MemoryOnly));
    // What was begun and not said yet.
    let drafts = RwSignal::new(Vec::<(String, String)>::new());
    // On a computer that others use, what waits in other workspaces goes too, and so do drafts and what was declined.
    let waiting = memo(move || {
        let declined = if deletes.get() { refused.with(|refused| refused.len()) } else { 0 };
        let elsewhere = if replica.is_shared() { status.with(|status| status.elsewhere) } else { 0 };
        status.with(|status| status.waiting) + declined + elsewhere + drafts.with(Vec::len)
    });
    let is_offline = memo(move || status.with(is_out_of_touch));
    let sign_out = use_sign_out();
    let begin = Callback::new(move |()| {
        is_saved.set(false);
        leptos::task::spawn_local(async move {
            // What another tab did in another workspace is not known here, and would be deleted with the rest.
            let elsewhere = if replica.is_shared() { replica.count_elsewhere().await } else { 0 };
            let drafted = if replica.is_shared() { replica.own_drafts().await } else { Vec::new() };
            drafts.try_set(drafted);
            let waiting = waiting.try_get_untracked().unwrap_or_default() + elsewhere;
            let is_plain = waiting == 0 && is_offline.try_get_untracked() == Some(false);
            if is_plain {
                sign_out.try_run(());
            } else {
                asks.try_set(true);
            }
        });
    });
    let save = Callback::new(move |()| {
        if status.with_untracked(|status| status.waiting > 0)
            || refused.with_untracked(|refused| !refused.is_empty())
        {
            platform::save_file("slipway-unsent.json", "application/json", &replica.export_pending());
        }
        let drafted: std::collections::BTreeMap<_, _> = drafts.get_untracked().into_iter().collect();
        if !drafted.is_empty() {
            platform::save_file("slipway-drafts.json", "application/json", &json::write(&drafted));
        }
        if status.with_untracked(|status| status.elsewhere > 0) {
            leptos::task::spawn_local(async move {
                let text = replica.export_elsewhere().await;
                platform::save_file("slipway-unsent-elsewhere.json", "application/json", &text);
                is_saved.set(true);
            });
            return;
        }
        is_saved.set(true);
    });
    let text = derive(move || {
        let work = match (deletes.get(), waiting.get()) {
            (_, 0) if is_offline.get() => t!(sign_out_nothing_unsent),
            (_, 0) => t!(sign_out_sent),
            (true, waiting) => t!(sign_out_shared, count(waiting)),
            (false, waiting) => t!(sign_out_kept, count(waiting)),
        };
        if is_offline.get() { format!("{} {work}", t!(sign_out_offline)) } else { work }
    });
    let title =
        derive(move || if is_offline.get() { t!(sign_out_offline_title) } else { t!(sign_out_title) });
    let has_some = derive(move || waiting.get() > 0);
    let may = derive(move || !is_offline.get() && may_leave(deletes.get(), is_saved.get(), waiting.get()));
    let actions = ViewFn::from(move || {
        view! {
            <When holds=has_some>{button("button", t!(save_unsent), save)}</When>
            <When holds=may>{button("button is-primary", t!(button_sign_out), sign_out)}</When>
            {button("button is-quiet", t!(sign_out_stay), Callback::new(move |()| asks.set(false)))}
        }
    });
    vec![button("button", t!(button_sign_out), begin), question(asks, title, text, actions)]
}

/// Tells whether somebody may leave: nothing of theirs is lost by it that they have not kept elsewhere.
const fn may_leave(deletes: bool, is_saved: bool, waiting: usize) -> bool {
    !deletes || is_saved || waiting == 0
}

/// Tells whether the server is known not to answer. Who is signed out already needs nobody's leave.
fn is_out_of_touch(status: &SyncStatus) -> bool {
    status.word == SyncWord::Offline && !status.signed_out && !status.is_connecting
}

/// Returns what signs out. The server goes first: as long as the session lives, whoever opens the page is in again.
fn use_sign_out() -> Callback<()> {
    let (replica, accounts, toasts) = (use_replica(), use_accounts(), use_toasts());
    Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            match accounts.call(&Request::delete("/api/v1/session".to_owned())).await {
                Err(failure) if !is_over(&failure) => return toasts.refuse(failure_words(&failure)),
                // It had ended by itself.
                Ok(_) | Err(_) => {}
            }
            replica.leave().await;
            page::load(&Place::SignIn.path());
        });
    })
}

fn is_over(failure: &Failure) -> bool {
    code_of(failure) == Some(ErrorCode::SignInNeeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_leaves_work_behind_that_would_be_deleted() {
        let table =
            [(false, false, 3, true), (true, false, 3, false), (true, true, 3, true), (true, false, 0, true)];
        for (deletes, is_saved, waiting, may) in table {
            assert_eq!(may_leave(deletes, is_saved, waiting), may, "{deletes}, {is_saved}, {waiting}");
        }
    }
}
