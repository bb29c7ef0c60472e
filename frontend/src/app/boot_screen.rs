//! What stands where the page will be until there is a replica to show, and when there is none to be had.

use leptos::prelude::*;

use super::place::Place;
use crate::components::empty_state::EmptyState;
use crate::components::live::{When, memo};
use crate::components::skeleton::BoardSkeleton;
use crate::replica::{Boot, use_replica};

/// What stands where the page will be.
#[component]
pub fn BootScreen() -> impl IntoView {
    let replica = use_replica();
    let is_unreachable = memo(move || replica.boot().get() == Boot::Unreachable);
    let lone = move || {
        let is_local = replica.is_local();
        let (title, text) = if is_local {
            (t!(local_unreadable), t!(local_unreadable_what))
        } else {
            (t!(unreachable), t!(unreachable_what))
        };
        view! {
            <div class="lone">
                <EmptyState icon="cloud-off" title text>
                    <button class="button is-primary" type="button" on:click=move |_| replica.connect_now()>
                        {t!(try_again)}
                    </button>
                    {(!is_local)
                        .then(|| {
                            view! {
                                <a class="button" href=Place::TryHere.path()>
                                    {t!(try_here)}
                                </a>
                            }
                        })}
                </EmptyState>
            </div>
        }
    };
    view! {
        <When holds=is_unreachable otherwise=BoardSkeleton>
            {lone()}
        </When>
    }
}
