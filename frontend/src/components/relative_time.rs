//! A moment as seen from now, with the exact one at hand.

use leptos::prelude::*;
use slipway_shared::time::Timestamp;

use crate::browser::clock::use_now;
use crate::browser::intl;
use crate::components::live::memo;

/// A moment as seen from now: "3 hours ago".
#[component]
pub fn RelativeTime(at: Timestamp) -> impl IntoView {
    let now = use_now();
    let words = memo(move || intl::relative_time(at, now.get().max(at)));
    view! {
        <time datetime=intl::iso_time(at) title=intl::exact_time(at)>
            {words}
        </time>
    }
}
