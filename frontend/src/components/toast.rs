//! The notices in a corner. They stay eight seconds, longer while somebody points at them or is on them.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::Icon;
use super::live::{each, live, memo};
use crate::acts::use_acts;
use crate::app::actions::{Action, KeyHint};
use crate::toasts::{Toast, ToastKind, use_toasts};

const SHOWN_FOR: Duration = Duration::from_secs(8);

/// All notices on the screen.
#[component]
pub fn ToastList() -> impl IntoView {
    let toasts = use_toasts();
    let ids = memo(move || toasts.shown().with(|shown| shown.iter().map(|toast| toast.id).collect()));
    view! {
        <div class="toasts" role="status">
            {each(ids, move |id| toasts.get(id).map(|toast| view! { <ToastItem toast /> }).into_any())}
        </div>
    }
}

#[component]
fn ToastItem(toast: Toast) -> impl IntoView {
    let toasts = use_toasts();
    let id = toast.id;
    let timer = StoredValue::<Option<TimeoutHandle>>::new(None);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let start = move || {
        stop();
        timer.set_value(set_timeout_with_handle(move || toasts.dismiss(id), SHOWN_FOR).ok());
    };
    start();
    on_cleanup(stop);
    let (class, icon) = match toast.kind {
        ToastKind::Done => ("toast is-ok", "check"),
        ToastKind::Refused => ("toast is-bad", "circle-x"),
    };
    // The key takes back what was done last. A notice is shown before what it is about is remembered.
    let acts = use_acts();
    let is_last = RwSignal::new(false);
    Effect::new(move |_| {
        toasts.shown().track();
        request_animation_frame(move || {
            // It may be gone by then.
            let _ = is_last.try_set(acts.would_undo(id));
        });
    });
    let action = toast.action.map(|(word, action)| {
        let run = move |_| {
            toasts.dismiss(id);
            // Where whatever offered it is gone, there is nothing left to do it with.
            let _ = action.try_run(id);
        };
        view! {
            <button class="button is-quiet" type="button" on:click=run>
                {word}
                {live(move || is_last.get().then(|| view! { <KeyHint action=Action::Undo /> }))}
            </button>
        }
    });
    view! {
        <div
            class=class
            on:pointerenter=move |_| stop()
            on:pointerleave=move |_| start()
            on:focusin=move |_| stop()
            on:focusout=move |_| start()
        >
            <Icon name=icon />
            <div class="toast-text">{toast.text}</div>
            {action}
            <button
                class="icon-button is-small"
                type="button"
                aria-label=t!(dismiss)
                on:click=move |_| toasts.dismiss(id)
            >
                <Icon name="x" class="icon is-small" />
            </button>
        </div>
    }
}
