//! What can be done with a section, and the field that adds one.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::deployment::command::NewSection;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::document::SectionKind;
use slipway_shared::ids::SectionId;
use slipway_shared::rejection::TextField;

use super::outline_act::use_outline_acts;
use super::outline_moves::{Step, shifted_section};
use super::use_subject;
use crate::browser::focus;
use crate::components::icon::Icon;
use crate::components::live::When;
use crate::components::menu::{Menu, MenuItem};
use crate::replica::use_replica;

/// What can be done with a section.
#[component]
pub fn SectionMenu(
    id: SectionId,
    heading: Memo<String>,
    is_renaming: RwSignal<bool>,
    is_writing: RwSignal<bool>,
) -> impl IntoView {
    let subject = use_subject();
    let outline = use_outline_acts();
    let is_open = subject.select(|known| known.finished.is_none());
    let items = move || {
        let can_go = |step| {
            subject.deployment.with_untracked(|known| {
                known.as_deref().is_some_and(|known| shifted_section(known, id, step).is_some())
            })
        };
        let steps = [(Step::Up, "arrow-up", t!(move_up)), (Step::Down, "arrow-down", t!(move_down))];
        let moves = steps.into_iter().filter(|(step, _, _)| can_go(*step)).map(|(step, icon, text)| {
            view! { <MenuItem icon text on_pick=Callback::new(move |()| outline.shift_section(id, step)) /> }
        });
        let remove = move |()| {
            outline.remove_section(id, &heading.get_untracked());
            focus::focus_soon(".deployment h1".to_owned());
        };
        view! {
            <MenuItem icon="pencil" text=t!(section_rename) on_pick=Callback::new(move |()| is_renaming.set(true)) />
            <MenuItem icon="file-text" text=t!(edit_text) on_pick=Callback::new(move |()| is_writing.set(true)) />
            {moves.collect_view()}
            <hr />
            <MenuItem icon="x" text=t!(section_remove) on_pick=Callback::new(remove) />
        }
    };
    view! {
        <When holds=is_open>
            <Menu
                label=t!(section_menu)
                class="icon-button is-small no-print"
                face=|| view! { <Icon name="ellipsis" /> }
            >
                {items()}
            </Menu>
        </When>
    }
}

/// A field for one more section, at the end of the document.
#[component]
pub fn AddSection() -> impl IntoView {
    let subject = use_subject();
    let (outline, replica) = (use_outline_acts(), use_replica());
    let field = NodeRef::<html::Input>::new();
    let is_open = subject.select(|known| known.finished.is_none());
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        let heading = field.value();
        if heading.trim().is_empty() {
            return;
        }
        let id = SectionId::from_u128(replica.mint());
        let last = subject.deployment.with_untracked(|known| {
            known.as_ref().and_then(|known| known.sections.last().map(|section| section.id))
        });
        let (kind, text, checks) = (SectionKind::Other, String::new(), Vec::new());
        let section = NewSection { id, kind, heading, text, checks };
        let edit = OutlineEdit::AddSection { section, after: last };
        if outline.edit(edit, t!(section_added), OutlineEdit::RemoveSection { section: id }) {
            field.set_value("");
        }
    };
    view! {
        <When holds=is_open>
            <form class="check-add section-add no-print" on:submit=add>
                <Icon name="plus" />
                <input
                    node_ref=field
                    aria-label=t!(section_add)
                    placeholder=t!(section_add)
                    maxlength=TextField::Heading.limit().to_string()
                    enterkeyhint="done"
                />
            </form>
        </When>
    }
}
