//! Asks before an undo would take back what somebody else did since.

use leptos::prelude::*;

use crate::acts::use_acts;
use crate::components::dialog::Dialog;
use crate::components::live::{derive, memo};

/// Asks before an undo takes back what somebody else did.
#[component]
pub fn UndoQuestion() -> impl IntoView {
    let acts = use_acts();
    let question = acts.question();
    let is_open = memo(move || question.with(Option::is_some));
    view! {
        <Dialog is_open on_close=Callback::new(move |()| acts.answer(false)) title=derive(|| t!(undo_all_the_same))>
            <p>{derive(move || question.get().unwrap_or_default())}</p>
            <div class="row">
                <button class="button is-primary" type="button" on:click=move |_| acts.answer(true)>
                    {t!(undo_take_back)}
                </button>
                <button class="button is-quiet" type="button" on:click=move |_| acts.answer(false)>
                    {t!(undo_leave)}
                </button>
            </div>
        </Dialog>
    }
}
