//! The free text of a section: read as Markdown, edited in place.

use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use slipway_shared::canonical::Hash;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::document::SectionKind;
use slipway_shared::ids::{DeploymentId, EpochId, SectionId};
use slipway_shared::log::Cursor;

use super::section::section_of;
use super::use_subject;
use crate::acts::use_acts;
use crate::browser::kept;
use crate::components::icon::Icon;
use crate::components::live::{When, derive};
use crate::components::markdown::Markdown;
use crate::may::use_may_not;
use crate::replica::use_replica;

/// A text that was begun, and the place of the log its author had seen then.
#[derive(Serialize, Deserialize)]
struct Draft {
    text: String,
    /// Absent in drafts of the first builds, which count as having seen nothing: their text overwrites nothing.
    #[serde(default)]
    begun: Option<Cursor>,
}

impl Draft {
    fn seen(&self) -> Option<Cursor> {
        let nothing = Cursor { epoch: EpochId::from_u128(0), seq: 0, chain: Hash::ZERO };
        Some(self.begun.unwrap_or(nothing))
    }
}

/// Keeps a text as if somebody had begun to write it: the section is open for editing when it is shown next.
pub fn keep_draft(deployment: DeploymentId, section: SectionId, text: String) {
    let begun = use_replica().reached();
    kept::keep(&draft_name(deployment, section), &Draft { text, begun });
}

/// Tells whether somebody has begun to write the text of a section, and not saved it.
pub fn has_draft(deployment: DeploymentId, section: SectionId) -> bool {
    kept::read::<Draft>(&draft_name(deployment, section)).is_some()
}

fn draft_name(deployment: DeploymentId, section: SectionId) -> String {
    kept::own(&format!("{}/{deployment}/{section}", kept::DRAFT))
}

/// The free text of a section.
#[component]
pub fn SectionText(
    id: SectionId,
    /// Whether it is being edited.
    is_editing: RwSignal<bool>,
) -> impl IntoView {
    let subject = use_subject();
    let text = subject.select(move |known| {
        section_of(known, id).map(|section| section.text.value.clone()).unwrap_or_default()
    });
    let invites = subject.select(move |known| {
        section_of(known, id).is_some_and(|section| section.kind == SectionKind::Rollback)
    });
    let edit = move |_| is_editing.set(true);
    let may_not = use_may_not(Capability::Work);
    let may = derive(move || may_not.with(Option::is_none));
    let reading = move || {
        view! {
            <When holds=derive(move || !text.with(String::is_empty))>
                <div class="section-text">
                    <Markdown text />
                    <When holds=may>
                        <button
                            class="icon-button is-small no-print"
                            type="button"
                            aria-label=t!(edit_text)
                            title=t!(edit_text)
                            on:click=edit
                        >
                            <Icon name="pencil" class="icon is-small" />
                        </button>
                    </When>
                </div>
            </When>
            <When holds=derive(move || may.get() && text.with(String::is_empty) && invites.get())>
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
    let draft_name = draft_name(deployment, id);
    let kept_draft = kept::read::<Draft>(&draft_name);
    let draft_name = StoredValue::new(draft_name);
    let before = StoredValue::new(text.get_untracked());
    let seen = kept_draft.as_ref().map_or_else(|| use_replica().reached(), Draft::seen);
    let begun = kept_draft.map_or_else(|| before.get_value(), |draft| draft.text);
    let keep = move |_| {
        if let Some(text) = field.get_untracked().map(|field| field.value()) {
            kept::keep(&draft_name.get_value(), &Draft { text, begun: seen });
        }
    };
    let close = move || {
        kept::forget(&draft_name.get_value());
        is_editing.set(false);
    };
    let save = move || {
        let Some(value) = field.get_untracked().map(|field| field.value()) else { return };
        let edit = |value| {
            let field = DeploymentField::SectionText(id);
            Command::Deployment(DeploymentCommand::Edit { deployment, field, value })
        };
        let unchanged = value == before.get_value();
        if unchanged || acts.edit_undoable(edit(value), seen, t!(text_edited), edit(before.get_value())) {
            close();
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
            <textarea class="input mono" node_ref=field aria-label=t!(text) on:keydown=on_keydown on:input=keep>
                {begun}
            </textarea>
            <div class="row">
                <span class="faint small grow">{t!(markdown_works)}</span>
                <button class="button is-quiet" type="button" on:click=move |_| close()>
                    {t!(button_cancel)}
                </button>
                <button class="button is-primary" type="submit">
                    {t!(button_save)}
                </button>
            </div>
        </form>
    }
}
