//! What can be done with a section, and the field that adds one.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::{DeploymentCommand, NewSection};
use slipway_shared::deployment::document::{nesting, new_parts};
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::deployment::rewrite::reset;
use slipway_shared::document::{DocumentSection, SectionKind};
use slipway_shared::ids::{SectionId, TemplateId};
use slipway_shared::rejection::TextField;
use slipway_shared::template::TemplateKind;

use super::outline_act::use_outline_acts;
use super::outline_moves::{Step, shifted_section};
use super::{Subject, use_subject};
use crate::acts::use_acts;
use crate::app::place::Place;
use crate::browser::address::use_address;
use crate::browser::focus;
use crate::components::icon::Icon;
use crate::components::live::{When, derive, live, memo};
use crate::components::menu::{Menu, MenuItem};
use crate::replica::{ReplicaHandle, use_replica};

/// What can be done with a section.
#[component]
pub fn SectionMenu(
    id: SectionId,
    heading: Memo<String>,
    is_renaming: RwSignal<bool>,
    is_writing: RwSignal<bool>,
) -> impl IntoView {
    let subject = use_subject();
    let (outline, replica) = (use_outline_acts(), use_replica());
    let is_open = subject.select(|known| known.finished.is_none());
    let address = use_address();
    let template = move || format!("{}?from={}&section={id}", Place::Templates.path(), subject.id);
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
        let resets = resets(subject, &replica, id);
        let resets = resets.into_iter().map(|(name, template)| {
            let reset = Callback::new(move |()| outline.reset(id, &template));
            view! { <MenuItem icon="rotate-ccw" text=t!(section_reset) hint=name on_pick=reset /> }
        });
        let remove = move |()| {
            outline.remove_section(id, &heading.get_untracked());
            focus::focus_soon(".deployment h1".to_owned());
        };
        view! {
            <MenuItem icon="pencil" text=t!(section_rename) on_pick=Callback::new(move |()| is_renaming.set(true)) />
            <MenuItem icon="file-text" text=t!(edit_text) on_pick=Callback::new(move |()| is_writing.set(true)) />
            {moves.collect_view()}
            {resets.collect_view()}
            <MenuItem icon="list-checks" text=t!(save_as_checklist) on_pick=Callback::new(move |()| address.go(&template())) />
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

/// Returns the templates that a section can be put back to, where that would change something.
fn resets(subject: Subject, replica: &ReplicaHandle, id: SectionId) -> Vec<(String, DocumentSection)> {
    let Some(known) = subject.deployment.get_untracked() else { return Vec::new() };
    let Some(section) = known.sections.iter().find(|known| known.id == id) else { return Vec::new() };
    replica.view().with_untracked(|view| {
        let changes = |template: &DocumentSection| {
            let mut next = 0;
            let (steps, _) = reset(subject.id, &known, id, template, || {
                next += 1;
                next
            });
            !steps.is_empty()
        };
        let found = view.origins_of(section).into_iter().filter(|(_, template)| changes(template));
        let named = found.map(|(template, written)| {
            let kept = template.and_then(|template| view.templates.get(&template));
            (kept.map_or_else(|| t!(template_built_in), |kept| kept.template.name.clone()), written)
        });
        named.collect()
    })
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
                <ChecklistMenu />
            </form>
        </When>
    }
}

/// The checklists of the team's own: each is put in at the end, section by section.
#[component]
fn ChecklistMenu() -> impl IntoView {
    let subject = use_subject();
    let (acts, replica) = (use_acts(), use_replica());
    let view = replica.view();
    let checklists = memo(move || {
        view.with(|view| {
            let found = view.templates_of(TemplateKind::Checklist).into_iter();
            found.map(|(id, kept)| (id, kept.template.name.clone())).collect::<Vec<_>>()
        })
    });
    let put_in = move |id: TemplateId| {
        let Some(template) = view.with_untracked(|view| view.templates.get(&id).cloned()) else { return };
        let document = template.template.document();
        let (_, sections) = new_parts(&document, || replica.mint());
        let nesting = nesting(subject.id, &document, &sections);
        let last = subject.deployment.with_untracked(|known| {
            known.as_ref().and_then(|known| known.sections.last().map(|section| section.id))
        });
        let edit =
            |edit| Command::Deployment(DeploymentCommand::EditOutline { deployment: subject.id, edit });
        let take_out = |section| edit(OutlineEdit::RemoveSection { section });
        let mut after = last;
        let mut steps = Vec::new();
        for section in sections {
            let id = section.id;
            steps.push((edit(OutlineEdit::AddSection { section, after }), take_out(id)));
            after = Some(id);
        }
        // What is put below others goes with its section.
        steps.extend(nesting.into_iter().filter_map(|nested| match nested {
            DeploymentCommand::EditOutline { edit: OutlineEdit::MoveCheck { section, .. }, .. } => {
                Some((Command::Deployment(nested), take_out(section)))
            }
            _ => None,
        }));
        if let Err(rejection) = acts.try_all(steps, t!(checklist_added, &template.template.name)) {
            acts.refuse(&rejection);
        }
    };
    // The label is read out already.
    let face = || {
        view! {
            <Icon name="list-checks" />
            <span aria-hidden="true">{t!(checklist_add)}</span>
        }
    };
    let items = move || {
        checklists.get().into_iter().map(|(id, name)| {
            view! { <MenuItem icon="list-checks" text=name on_pick=Callback::new(move |()| put_in(id)) /> }
        }).collect_view()
    };
    view! {
        <When holds=derive(move || checklists.with(|checklists| !checklists.is_empty()))>
            <Menu label=t!(checklist_add) class="button is-quiet" face>
                {live(items)}
            </Menu>
        </When>
    }
}
