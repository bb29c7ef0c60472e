//! A line of text that is edited in place: Enter saves, Esc goes back.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::rejection::TextField;

use super::use_subject;
use crate::acts::use_acts;
use crate::browser::focus;
use crate::replica::use_replica;

/// A field in place of a line that is edited.
#[component]
pub fn LineEdit(
    /// What is edited.
    field: DeploymentField,
    /// How long it may be.
    limit: TextField,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What is said once it is saved.
    #[prop(into)]
    done: String,
    /// The classes of the field.
    class: &'static str,
    /// Whether it is being edited.
    is_editing: RwSignal<bool>,
    /// Finds what has the focus afterwards.
    #[prop(into)]
    back_to: String,
) -> impl IntoView {
    let subject = use_subject();
    let acts = use_acts();
    let input = NodeRef::<html::Input>::new();
    let before = subject.deployment.with_untracked(|known| {
        let text = known.as_ref().and_then(|known| known.field(field).ok().map(|text| text.value.to_owned()));
        text.unwrap_or_default()
    });
    let shown = before.clone();
    let seen = use_replica().reached();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            // It is in the page now.
            let _ = input.focus();
            input.select();
        }
    });
    let (before, done, back_to) =
        (StoredValue::new(before), StoredValue::new(done), StoredValue::new(back_to));
    let save = move || {
        // It was closed with Esc, or saved already.
        if !is_editing.try_get_untracked().unwrap_or(false) {
            return;
        }
        let Some(value) = input.get_untracked().map(|input| input.value()) else { return };
        let edit = |value| Command::Deployment(DeploymentCommand::edit(subject.id, field, value));
        let before = before.get_value();
        let is_same = value.trim() == before;
        if is_same || acts.edit_undoable(edit(value), seen, done.get_value(), edit(before)) {
            is_editing.set(false);
        }
    };
    let on_keydown = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            save();
            focus::focus_soon(back_to.get_value());
        }
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            is_editing.set(false);
            focus::focus_soon(back_to.get_value());
        }
        _ => {}
    };
    view! {
        <input
            class=class
            dir="auto"
            node_ref=input
            aria-label=label
            maxlength=limit.limit().to_string()
            value=shown
            on:keydown=on_keydown
            on:blur=move |_| save()
        />
    }
}
