//! A dialog: only for what can't be undone, or needs an answer first.

use leptos::html;
use leptos::prelude::*;
use web_sys::MouseEvent;

use super::icon::Icon;
use crate::components::live::When;

/// A dialog. Esc and a click beside it close it; the focus goes back to where it was.
#[component]
pub fn Dialog(
    /// Whether it is there.
    #[prop(into)]
    is_open: Signal<bool>,
    /// Called when it was closed.
    on_close: Callback<()>,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it needs more room than a question does.
    #[prop(optional)]
    is_wide: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    follow(dialog, is_open);
    // Whoever selects a text and lets go beside the dialog has not left it.
    let began_beside = StoredValue::new(false);
    let close_beside = move |event: MouseEvent| {
        if is_beside(&event) && began_beside.get_value() {
            on_close.run(());
        }
    };
    view! {
        <dialog
            class="dialog"
            class:is-wide=is_wide
            node_ref=dialog
            aria-label=title
            on:close=move |_| on_close.run(())
            on:pointerdown=move |event| began_beside.set_value(is_beside(&event))
            on:click=close_beside
        >
            <When holds=is_open>
                <div class="dialog-inner">
                    <h2>{title}</h2>
                    {children()}
                    <button
                        class="icon-button is-small dialog-close"
                        type="button"
                        aria-label=t!(button_close)
                        on:click=move |_| on_close.run(())
                    >
                        <Icon name="x" />
                    </button>
                </div>
            </When>
        </dialog>
    }
}

/// Shows a dialog while something says so.
pub fn follow(dialog: NodeRef<html::Dialog>, is_open: Signal<bool>) {
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (is_open.get(), dialog.open()) {
            // It is in the page and closed, so it can be shown.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
}

/// Tells whether a click on a dialog went beside what it shows.
#[must_use]
pub fn is_beside(event: &MouseEvent) -> bool {
    event.target().zip(event.current_target()).is_some_and(|(at, own)| at == own)
}
