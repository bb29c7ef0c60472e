//! The board in grey, in the grid it will have, so that nothing jumps when it is there.

use leptos::prelude::*;

const CARDS: [usize; 6] = [2, 1, 2, 1, 0, 0];

/// The board in grey.
#[component]
pub fn BoardSkeleton() -> impl IntoView {
    let columns = CARDS.map(|cards| {
        let cards = (0..cards).map(|_| view! { <SkeletonCard /> }).collect_view();
        view! {
            <div class="column">
                <div class="column-cards">{cards}</div>
            </div>
        }
    });
    view! {
        <div class="board-page booting" role="status">
            <span class="visually-hidden">{t!(loading)}</span>
            <div class="board-bar" aria-hidden="true"></div>
            <div class="workbench" aria-hidden="true">
                <div class="board">{columns.collect_view()}</div>
            </div>
        </div>
    }
}

/// Some lines in grey.
#[component]
pub fn TextSkeleton() -> impl IntoView {
    view! {
        <div class="booting text-skeleton" role="status">
            <span class="visually-hidden">{t!(loading)}</span>
            <i class="skeleton is-title" aria-hidden="true"></i>
            <i class="skeleton" aria-hidden="true"></i>
        </div>
    }
}

#[component]
fn SkeletonCard() -> impl IntoView {
    view! {
        <div class="card-slot">
            <div class="skeleton-card">
                <i class="skeleton"></i>
                <i class="skeleton is-title"></i>
                <i class="skeleton"></i>
            </div>
        </div>
    }
}
