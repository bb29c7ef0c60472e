//! What stands where the page will be until there is a replica to show, and when there is none to be had.

use leptos::prelude::*;

use crate::components::empty_state::EmptyState;
use crate::components::live::{When, memo};
use crate::components::skeleton::BoardSkeleton;
use crate::replica::{Boot, use_replica};

/// What stands where the page will be.
#[component]
pub fn BootScreen() -> impl IntoView {
    let replica = use_replica();
    let is_unreachable = memo(move || replica.boot().get() == Boot::Unreachable);
    view! {
        <When holds=is_unreachable otherwise=BoardSkeleton>
            <div class="lone">
                <EmptyState icon="cloud-off" title=t!(unreachable) text=t!(unreachable_what)>
                    <button class="button is-primary" type="button" on:click=move |_| replica.connect_now()>
                        {t!(try_again)}
                    </button>
                </EmptyState>
            </div>
        </When>
    }
}
