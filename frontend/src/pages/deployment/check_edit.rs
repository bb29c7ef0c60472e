//! The form that edits a check: what to make sure of, how to verify it, and in which section it stands.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{CheckId, SectionId};
use slipway_shared::rejection::TextField;

use super::left_behind::{Typed, TypingIn};
use super::outline_act::use_outline_acts;
use super::outline_moves::section_with;
use super::use_subject;
use crate::acts::use_acts;
use crate::browser::focus;
use crate::components::live::all;
use crate::replica::use_replica;

/// The form that edits a check.
#[component]
pub fn CheckForm(id: CheckId, is_editing: RwSignal<bool>) -> impl IntoView {
    let subject = use_subject();
    let (acts, outline) = (use_acts(), use_outline_acts());
    let seen = use_replica().reached();
    let [text, verify] = [NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new()];
    let section = NodeRef::<html::Select>::new();
    let (before, how, is_in, sections) = subject.deployment.with_untracked(|known| {
        let Some(known) = known.as_deref() else { return Default::default() };
        let value = |field| known.field(field).map(|text| text.value.to_owned()).unwrap_or_default();
        let sections: Vec<_> = known.sections.iter().map(|known| (known.id, known.heading.clone())).collect();
        let is_in = section_with(known, id).map(|section| section.id);
        (value(DeploymentField::CheckText(id)), value(DeploymentField::CheckVerify(id)), is_in, sections)
    });
    let (shown, shown_how) = (before.clone(), how.clone());
    let was = StoredValue::new((before, how));
    Effect::new(move |_| {
        if let Some(text) = text.get() {
            // It is in the page now.
            let _ = text.focus();
            text.select();
        }
    });
    let typing = TypingIn::follow();
    let note = move |_| {
        let [text, verify] = [text, verify].map(value_of);
        let (check, _) = was.get_value();
        typing.note(Typed { text, verify: Some(verify), check, section: is_in });
    };
    let close = move || {
        typing.end();
        is_editing.set(false);
        focus::focus_soon(format!("#check-{id}"));
    };
    let edit = move |field, value: String, before: String| {
        let edit = |value| Command::Deployment(DeploymentCommand::edit(subject.id, field, value));
        value.trim() == before || acts.edit_undoable(edit(value), seen, t!(check_edited), edit(before))
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (before, how) = was.get_value();
        let saved = edit(DeploymentField::CheckText(id), value_of(text), before)
            && edit(DeploymentField::CheckVerify(id), value_of(verify), how);
        if !saved {
            return;
        }
        let to = section.get_untracked().and_then(|section| section.value().parse::<SectionId>().ok());
        if let Some(to) = to.filter(|to| Some(*to) != is_in) {
            outline.send_to(id, to);
        }
        close();
    };
    let on_keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            close();
        }
    };
    view! {
        <form class="check-form no-print" on:submit=save on:keydown=on_keydown on:input=note>
            <div class="field">
                <label for=format!("text-{id}")>{t!(check_text)}</label>
                <input
                    class="input"
                    id=format!("text-{id}")
                    dir="auto"
                    node_ref=text
                    value=shown
                    maxlength=TextField::Check.limit().to_string()
                />
            </div>
            <div class="field">
                <label for=format!("verify-{id}")>{t!(check_verify)} " " <span class="optional">{t!(optional)}</span></label>
                <input
                    class="input"
                    id=format!("verify-{id}")
                    dir="auto"
                    node_ref=verify
                    value=shown_how
                    maxlength=TextField::Verify.limit().to_string()
                />
            </div>
            <div class="field">
                <label for=format!("section-{id}")>{t!(section)}</label>
                <select class="input" id=format!("section-{id}") node_ref=section>
                    {all(sections, move |(section, heading)| option(section, heading, Some(section) == is_in))}
                </select>
            </div>
            <div class="row">
                <button class="button is-primary" type="submit">
                    {t!(button_save)}
                </button>
                <button class="button is-quiet" type="button" on:click=move |_| close()>
                    {t!(button_cancel)}
                </button>
            </div>
        </form>
    }
}

fn value_of(field: NodeRef<html::Input>) -> String {
    field.get_untracked().map(|field| field.value()).unwrap_or_default()
}

fn option(section: SectionId, heading: String, is_here: bool) -> AnyView {
    view! {
        <option value=section.to_string() selected=is_here>
            {heading}
        </option>
    }
    .into_any()
}
