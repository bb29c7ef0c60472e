//! What waits for this person: what they asked for and the server refused, and what else nobody else can decide.

mod asked;
mod beside;
mod causes;
mod others;
mod read_marks;
mod refused;
mod review;
mod total;

use leptos::prelude::*;

use crate::components::empty_state::EmptyState;
use crate::components::live::{When, all, derive, live, memo};
use crate::replica::use_replica;
use asked::AskedGroups;
use beside::BesideGroup;
pub use beside::count_beside;
use causes::by_cause;
use others::{ConflictGroup, LostGroup, UnreadableGroup, save_file};
use refused::RefusedGroup;
pub use review::difference_words;
pub use total::{provide_waiting, use_waiting};

/// What waits for this person.
#[component]
pub fn NeedsYouPage() -> impl IntoView {
    let replica = use_replica();
    let (refused, lost) = (replica.refused(), replica.lost());
    let waiting = use_waiting();
    let conflicts = waiting.conflicts;
    let has_refused = memo(move || refused.with(|refused| !refused.is_empty()));
    let is_empty = derive(move || waiting.total.get() == 0);
    view! {
        <div class="needs-you">
            <h1 tabindex="-1">{t!(nav_needs_you)}</h1>
            <When holds=is_empty>
                <EmptyState icon="circle-check" title=t!(needs_nothing) text=t!(needs_nothing_what) />
            </When>
            <UnreadableGroup />
            <When holds=has_refused>
                <ul class="stack">
                    {live(move || {
                        all(by_cause(&refused.get()), |group| view! { <RefusedGroup group /> }.into_any())
                    })}
                </ul>
            </When>
            <AskedGroups />
            <BesideGroup />
            <ConflictGroup conflicts />
            {live(move || view! { <LostGroup lost=lost.get() /> })}
            <When holds=derive(move || has_refused.get())>
                <div class="row">
                    <button class="button is-quiet" type="button" on:click=move |_| save_file()>
                        {t!(save_all)}
                    </button>
                </div>
            </When>
        </div>
    }
}
