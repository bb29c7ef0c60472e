//! An address that leads nowhere.

use leptos::prelude::*;

use crate::components::empty_state::EmptyState;

/// An address that leads nowhere.
#[component]
pub fn NowherePage() -> impl IntoView {
    view! {
        <div class="lone">
            <h1 class="visually-hidden">{t!(nowhere)}</h1>
            <EmptyState icon="circle-dashed" title=t!(nowhere) text=t!(nowhere_what)>
                <a class="button is-primary" href="/board">{t!(go_to_board)}</a>
            </EmptyState>
        </div>
    }
}
