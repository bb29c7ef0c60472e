//! Version, service, who opened it, and the title. Version and title are edited in place.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::rejection::TextField;

use super::labels::Labels;
use super::line_edit::LineEdit;
use super::use_subject;
use crate::app::actions::{Action, Offer, spoken_keys, use_actions, with_keys};
use crate::command_words::name_of;
use crate::components::avatar::use_name;
use crate::components::icon::Icon;
use crate::components::live::{When, live, memo};
use crate::components::onlookers::Onlookers;
use crate::components::relative_time::RelativeTime;
use crate::may::use_may_not;
use crate::replica::use_replica;

/// Version, service, who opened it, and the title.
#[component]
pub fn Header() -> impl IntoView {
    let subject = use_subject();
    let is_editing = RwSignal::new(false);
    offer_edit(is_editing, subject.select(|known| known.sealed.is_some() || known.archived.is_some()));
    let title = subject.select(|known| known.title.value.clone());
    let heading = move || {
        let title = title.get();
        if title.is_empty() { use_replica_name() } else { title }
    };
    view! {
        <header>
            <Lead />
            <When
                holds=is_editing
                otherwise=move || {
                    view! {
                        <div class="title-line">
                            <h1 tabindex="-1" dir="auto">{heading}</h1>
                            <button
                                class="icon-button is-small no-print"
                                type="button"
                                aria-label=t!(edit_title)
                                title=with_keys(t!(edit_title), Action::EditTitle)
                                aria-keyshortcuts=spoken_keys(Action::EditTitle)
                                on:click=move |_| is_editing.set(true)
                            >
                                <Icon name="pencil" class="icon is-small" />
                            </button>
                        </div>
                    }
                }
            >
                <LineEdit
                    field=DeploymentField::Title
                    limit=TextField::Title
                    label=t!(title)
                    done=t!(title_edited)
                    class="title-edit"
                    is_editing
                    back_to=".deployment h1"
                />
            </When>
            <Labels />
        </header>
    }
}

fn use_replica_name() -> String {
    let id = use_subject().id;
    use_replica().view().with(|view| name_of(id, view))
}

#[component]
fn Lead() -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let is_editing = RwSignal::new(false);
    let version = subject.select(|known| known.version.value.clone());
    let opened = memo(move || subject.deployment.with(|known| known.as_ref().map(|known| known.opened)));
    let service = memo(move || {
        let service = subject.deployment.with(|known| known.as_ref().map(|known| known.service));
        view.with(|view| service.and_then(|id| view.services.get(&id)).map(|known| known.name.clone()))
    });
    view! {
        <div class="deployment-lead">
            <When
                holds=is_editing
                otherwise=move || {
                    view! {
                        <bdi class="mono version">{version}</bdi>
                        <button
                            class="icon-button is-small version-edit-button no-print"
                            type="button"
                            aria-label=t!(edit_version)
                            title=t!(edit_version)
                            on:click=move |_| is_editing.set(true)
                        >
                            <Icon name="pencil" class="icon is-small" />
                        </button>
                    }
                }
            >
                <LineEdit
                    field=DeploymentField::Version
                    limit=TextField::Version
                    label=t!(version)
                    done=t!(version_edited)
                    class="input mono version-edit"
                    is_editing
                    back_to=".version-edit-button"
                />
            </When>
            <bdi>{service}</bdi>
            {live(move || {
                opened
                    .get()
                    .map(|opened| {
                        view! {
                            <span>
                                "· " {t!(opened_by, &use_name(opened.actor).get())} " "
                                <RelativeTime at=opened.at />
                            </span>
                        }
                    })
            })}
            <Onlookers id=subject.id is_named=true />
        </div>
    }
}

/// Offers to edit the title.
fn offer_edit(is_editing: RwSignal<bool>, is_fixed: Memo<bool>) {
    let may_not = use_may_not(Capability::Work);
    let edit = Offer::new(Action::EditTitle, move || is_editing.set(true));
    use_actions().offer(edit.when(move |_| !is_fixed.get_untracked()).unless(may_not));
}
