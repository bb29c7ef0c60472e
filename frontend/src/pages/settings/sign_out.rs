//! Signing out. What was not sent stays here for whoever did it; on a computer that others use, it must be sent or saved
//! first.

use leptos::prelude::*;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::protocol::ErrorCode;

use super::remote::run_or_say;
use crate::accounts::{code_of, use_accounts};
use crate::app::place::Place;
use crate::browser::{page, platform};
use crate::components::dialog::Dialog;
use crate::components::live::{When, derive, live, memo};
use crate::language::count;
use crate::replica::{StorageKind, use_replica};
use crate::toasts::use_toasts;

/// Signs out, and asks first where something was not sent.
#[component]
pub fn SignOutButton() -> impl IntoView {
    let status = use_replica().status();
    let asks = RwSignal::new(false);
    let sign_out = use_sign_out();
    let begin = move |_| {
        if status.with_untracked(|status| status.waiting) == 0 {
            sign_out.run(());
        } else {
            asks.set(true);
        }
    };
    view! {
        <button class="button" type="button" on:click=begin>
            {t!(button_sign_out)}
        </button>
        <Dialog is_open=asks on_close=Callback::new(move |()| asks.set(false)) title=derive(|| t!(sign_out_title))>
            <Question asks />
        </Dialog>
    }
}

#[component]
fn Question(asks: RwSignal<bool>) -> impl IntoView {
    let replica = use_replica();
    let status = replica.status();
    let waiting = memo(move || status.with(|status| status.waiting));
    // What is in memory alone is gone with the page, whoever uses the computer.
    let deletes =
        replica.is_shared() || status.with_untracked(|status| status.storage == StorageKind::MemoryOnly);
    let is_saved = RwSignal::new(false);
    let may = memo(move || !deletes || is_saved.get() || waiting.get() == 0);
    let sign_out = use_sign_out();
    let save = move |_| {
        platform::save_file("slipway-unsent.json", "application/json", &replica.export_pending());
        is_saved.set(true);
    };
    view! {
        <p>
            {live(move || match (deletes, waiting.get()) {
                (_, 0) => t!(sign_out_sent),
                (true, waiting) => t!(sign_out_shared, count(waiting)),
                (false, waiting) => t!(sign_out_kept, count(waiting)),
            })}
        </p>
        <div class="row">
            <When holds=derive(move || waiting.get() > 0)>
                <button class="button" type="button" on:click=save>
                    {t!(save_unsent)}
                </button>
            </When>
            <When holds=may>
                <button class="button is-primary" type="button" on:click=move |_| sign_out.run(())>
                    {t!(button_sign_out)}
                </button>
            </When>
            <button class="button is-quiet" type="button" on:click=move |_| asks.set(false)>
                {t!(sign_out_stay)}
            </button>
        </div>
    }
    .into_any()
}

/// Returns what signs out. The server goes first: as long as the session lives, whoever opens the page is in again.
fn use_sign_out() -> Callback<()> {
    let (replica, accounts, toasts) = (use_replica(), use_accounts(), use_toasts());
    Callback::new(move |()| {
        run_or_say(
            toasts,
            Box::pin(async move {
                match accounts.call("DELETE", "/api/v1/session", None).await {
                    Err(failure) if !is_over(&failure) => return Err(failure.into()),
                    // It had ended by itself.
                    Ok(_) | Err(_) => {}
                }
                replica.leave().await;
                page::load(&Place::SignIn.path());
                Ok(())
            }),
        );
    })
}

fn is_over(failure: &Failure) -> bool {
    code_of(failure) == Some(ErrorCode::SignInNeeded)
}
