//! The free text of a section: read as Markdown, edited in place.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::document::SectionKind;
use slipway_shared::ids::SectionId;

use super::section::section_of;
use super::use_subject;
use crate::acts::use_acts;
use crate::components::icon::Icon;
use crate::components::live::{When, derive};
use crate::components::markdown::Markdown;

/// The free text of a section.
#[component]
pub fn SectionText(id: SectionId) -> impl IntoView {
    let subject = use_subject();
    let text = subject.select(move |known| {
        section_of(known, id).map(|section| section.text.value.clone()).unwrap_or_default()
    });
    let invites = subject.select(move |known| {
        section_of(known, id).is_some_and(|section| section.kind == SectionKind::Rollback)
    });
    let is_editing = RwSignal::new(false);
    let edit = move |_| is_editing.set(true);
    let reading = move || {
        view! {
            <When holds=derive(move || !text.with(String::is_empty))>
                <div class="section-text">
                    <Markdown text />
                    <button
                        class="icon-button is-small no-print"
                        type="button"
                        aria-label=t!(edit_text)
                        title=t!(edit_text)
                        on:click=edit
                    >
                        <Icon name="pencil" class="icon is-small" />
                    </button>
                </div>
            </When>
            <When holds=derive(move || text.with(String::is_empty) && invites.get())>
                <button class="button is-quiet no-print" type="button" on:click=edit>
                    <Icon name="pencil" />
                    {t!(write_rollback_plan)}
                </button>
            </When>
        }
    };
    view! {
        <When holds=is_editing otherwise=reading>
            <TextForm id text is_editing />
        </When>
    }
}

#[component]
fn TextForm(id: SectionId, text: Memo<String>, is_editing: RwSignal<bool>) -> impl IntoView {
    let deployment = use_subject().id;
    let acts = use_acts();
    let field = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| field.get().map(|field| field.focus()));
    let before = StoredValue::new(text.get_untracked());
    let save = move || {
        let Some(value) = field.get_untracked().map(|field| field.value()) else { return };
        let edit = |value| {
            let field = DeploymentField::SectionText(id);
            Command::Deployment(DeploymentCommand::Edit { deployment, field, value })
        };
        let unchanged = value == before.get_value();
        if unchanged || acts.act_undoable(edit(value), t!(text_edited), edit(before.get_value())) {
            is_editing.set(false);
        }
    };
    let on_keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            save();
        }
    };
    view! {
        <form
            class="comment-form"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <textarea class="input mono" node_ref=field aria-label=t!(text) on:keydown=on_keydown>
                {before.get_value()}
            </textarea>
            <div class="row">
                <span class="faint small grow">{t!(markdown_works)}</span>
                <button class="button is-quiet" type="button" on:click=move |_| is_editing.set(false)>
                    {t!(button_cancel)}
                </button>
                <button class="button is-primary" type="submit">
                    {t!(button_save)}
                </button>
            </div>
        </form>
    }
}
