//! Version, service, who opened it, and the title, which is edited in place.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;

use super::labels::Labels;
use super::use_subject;
use crate::acts::use_acts;
use crate::app::actions::{Action, Offer, spoken_keys, use_actions, with_keys};
use crate::browser::focus;
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
    offer_edit(is_editing, subject.is_sealed());
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
                            <h1 tabindex="-1">{heading}</h1>
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
                <TitleField is_editing />
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
    let version = subject.select(|known| known.version.value.clone());
    let opened = memo(move || subject.deployment.with(|known| known.as_ref().map(|known| known.opened)));
    let service = memo(move || {
        let service = subject.deployment.with(|known| known.as_ref().map(|known| known.service));
        view.with(|view| service.and_then(|id| view.services.get(&id)).map(|known| known.name.clone()))
    });
    view! {
        <div class="deployment-lead">
            <span class="mono version">{version}</span>
            <span>{service}</span>
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

#[component]
fn TitleField(is_editing: RwSignal<bool>) -> impl IntoView {
    let subject = use_subject();
    let acts = use_acts();
    let field = NodeRef::<html::Input>::new();
    let before =
        subject.deployment.with_untracked(|known| known.as_ref().map(|known| known.title.value.clone()));
    let before = StoredValue::new(before.unwrap_or_default());
    let seen = use_replica().reached();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
            field.select();
        }
    });
    let save = move || {
        // It was closed with Esc, or saved already.
        if !is_editing.try_get_untracked().unwrap_or(false) {
            return;
        }
        let Some(value) = field.get_untracked().map(|field| field.value()) else { return };
        let edit = |value| {
            Command::Deployment(DeploymentCommand::Edit {
                deployment: subject.id,
                field: DeploymentField::Title,
                value,
            })
        };
        let before = before.get_value();
        let saved =
            value.trim() == before || acts.edit_undoable(edit(value), seen, t!(title_edited), edit(before));
        if saved {
            is_editing.set(false);
        }
    };
    let on_keydown = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            save();
            focus::focus_soon(".deployment h1".to_owned());
        }
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            is_editing.set(false);
            focus::focus_soon(".deployment h1".to_owned());
        }
        _ => {}
    };
    view! {
        <input
            class="title-edit"
            node_ref=field
            aria-label=t!(title)
            maxlength="200"
            value=before.get_value()
            on:keydown=on_keydown
            on:blur=move |_| save()
        />
    }
}

/// Offers to edit the title.
fn offer_edit(is_editing: RwSignal<bool>, is_sealed: Memo<bool>) {
    let may_not = use_may_not(Capability::Work);
    let edit = Offer::new(Action::EditTitle, move || is_editing.set(true));
    use_actions().offer(edit.when(move |_| !is_sealed.get_untracked()).unless(may_not));
}
