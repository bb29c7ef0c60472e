//! A section of the document: its text, and its checks.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::deployment::{Deployment, DeploymentField, Section};
use slipway_shared::document::SectionKind;
use slipway_shared::ids::{CheckId, SectionId};
use slipway_shared::rejection::TextField;

use super::changes::{ChangeForm, ChangeList};
use super::check_row::CheckRow;
use super::line_edit::LineEdit;
use super::section_menu::SectionMenu;
use super::section_text::{SectionText, has_draft};
use super::use_subject;
use crate::acts::use_acts;
use crate::components::icon::Icon;
use crate::components::live::{When, derive, each};
use crate::replica::use_replica;

/// Returns a section of a deployment.
pub(super) fn section_of(deployment: &Deployment, id: SectionId) -> Option<&Section> {
    deployment.sections.iter().map(AsRef::as_ref).find(|section: &&Section| section.id == id)
}

/// A section of the document.
#[component]
pub fn SectionView(id: SectionId) -> impl IntoView {
    let subject = use_subject();
    let heading = subject.select(move |known| {
        section_of(known, id).map(|section| section.heading.clone()).unwrap_or_default()
    });
    let kind = subject.select(move |known| section_of(known, id).map(|section| section.kind));
    let checks = subject.select(move |known| {
        let section = section_of(known, id);
        section
            .map(|section| section.checks.iter().map(|check| check.id).collect::<Vec<CheckId>>())
            .unwrap_or_default()
    });
    let progress = subject.select(move |known| section_of(known, id).map(progress).unwrap_or_default());
    let is_renaming = RwSignal::new(false);
    // A text that was begun and not saved is still being edited.
    let is_writing = RwSignal::new(has_draft(subject.id, id));
    let is_changes = move || kind.get() == Some(SectionKind::Changes);
    view! {
        <section data-testid="section">
            <div class="section-head" id=format!("section-{id}") tabindex="-1">
                <When
                    holds=is_renaming
                    otherwise=move || {
                        view! {
                            <h2>
                                <bdi>{heading}</bdi>
                            </h2>
                            <When holds=derive(move || progress.get().1 != 0)>
                                <span class="num">
                                    {derive(move || format!("{}/{}", progress.get().0, progress.get().1))}
                                </span>
                            </When>
                            <SectionMenu id heading is_renaming is_writing />
                        }
                    }
                >
                    <LineEdit
                        field=DeploymentField::SectionHeading(id)
                        limit=TextField::Heading
                        label=t!(section_heading)
                        done=t!(section_renamed)
                        class="input"
                        is_editing=is_renaming
                        back_to=format!("#section-{id}")
                    />
                </When>
            </div>
            <When holds=derive(is_changes)>
                <ChangeList />
            </When>
            <SectionText id is_editing=is_writing />
            <ul role="list">
                {each(checks, |id| view! { <CheckRow id /> }.into_any())}
            </ul>
            <When holds=derive(is_changes) otherwise=move || view! { <AddCheck section=id /> }>
                <ChangeForm />
            </When>
        </section>
    }
}

/// Returns how many checks of a section are done, and how many apply.
fn progress(section: &Section) -> (usize, usize) {
    let states = section.checks.iter().map(slipway_shared::deployment::Check::state);
    let applying = states.filter(|state| *state != CheckState::NotApplicable);
    applying.fold((0, 0), |(done, all), state| (done + usize::from(state == CheckState::Done), all + 1))
}

/// A field for one more check.
#[component]
fn AddCheck(section: SectionId) -> impl IntoView {
    let deployment = use_subject().id;
    let acts = use_acts();
    let replica = use_replica();
    let field = NodeRef::<html::Input>::new();
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        let text = field.value();
        if text.trim().is_empty() {
            return;
        }
        let check = CheckId::from_u128(replica.mint());
        let words = t!(import_check_added, &text);
        let command = DeploymentCommand::AddCheck { deployment, section, check, text, verify: None };
        let back = DeploymentCommand::EditOutline { deployment, edit: OutlineEdit::RemoveCheck { check } };
        if acts.act_quietly(Command::Deployment(command), words, Command::Deployment(back)) {
            field.set_value("");
        }
    };
    view! {
        <form class="check-add no-print" on:submit=add>
            <Icon name="plus" />
            <input node_ref=field aria-label=t!(add_check) placeholder=t!(add_check) maxlength="500" enterkeyhint="done" />
        </form>
    }
}
