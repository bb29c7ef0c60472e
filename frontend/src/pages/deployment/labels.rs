//! The labels: those that follow the facts, and the team's own, put on and taken off here.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::LabelId;
use slipway_shared::label::{BuiltInLabel, Label, LabelCommand};

use super::offers::LABEL;
use super::use_subject;
use crate::acts::use_acts;
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::menu::{Menu, MenuItem};
use crate::components::pill::{Pill, PillKind};
use crate::replica::use_replica;

/// The labels.
#[component]
pub fn Labels() -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let built_in = memo(move || view.with(|view| view.built_in_labels(subject.id)));
    let own = memo(move || {
        let labels = subject.deployment.with(|known| known.as_ref().map(|known| known.labels.clone()));
        view.with(|view| {
            let named = |id: LabelId| Some((id, view.labels.get(&id)?.name.clone()));
            labels.unwrap_or_default().into_iter().filter_map(named).collect::<Vec<_>>()
        })
    });
    view! {
        <div class="pills">
            {live(move || {
                built_in.get().into_iter().map(|label| view! { <Pill kind=kind(label) text=label.name() /> }).collect_view()
            })}
            {live(move || all(own.get(), |(id, name)| view! { <OwnLabel id name /> }.into_any()))}
            <LabelMenu />
        </div>
    }
}

const fn kind(label: BuiltInLabel) -> PillKind {
    match label {
        BuiltInLabel::DeploySuccess => PillKind::Ok,
        BuiltInLabel::DeployFailed => PillKind::Bad,
        BuiltInLabel::DeployRollback => PillKind::Back,
        BuiltInLabel::TypeDeployment
        | BuiltInLabel::DeployDev
        | BuiltInLabel::DeployStaging
        | BuiltInLabel::DeployProd => PillKind::Plain,
    }
}

#[component]
fn OwnLabel(id: LabelId, name: String) -> impl IntoView {
    let deployment = use_subject().id;
    let acts = use_acts();
    let words = t!(label_removed, &name);
    let remove = move |_| {
        let command = Command::Deployment(DeploymentCommand::RemoveLabel { deployment, label: id });
        let inverse = Command::Deployment(DeploymentCommand::AddLabel { deployment, label: id });
        acts.act_undoable(command, words.clone(), inverse);
    };
    view! {
        <span class="pill">
            <span>{name.clone()}</span>
            <button
                class="pill-remove no-print"
                type="button"
                aria-label=t!(remove_label, &name)
                on:click=remove
            >
                <Icon name="x" />
            </button>
        </span>
    }
}

#[component]
fn LabelMenu() -> impl IntoView {
    let subject = use_subject();
    let acts = use_acts();
    let view = use_replica().view();
    let is_naming = RwSignal::new(false);
    let others = memo(move || {
        let own = subject.deployment.with(|known| known.as_ref().map(|known| known.labels.clone()));
        let own = own.unwrap_or_default();
        view.with(|view| {
            let others = view.labels.iter().filter(|(id, label)| !label.archived && !own.contains(id));
            others.map(|(id, label)| (*id, label.name.clone())).collect::<Vec<_>>()
        })
    });
    let add = move |label| {
        Callback::new(move |()| {
            let deployment = subject.id;
            acts.act_quietly(
                Command::Deployment(DeploymentCommand::AddLabel { deployment, label }),
                t!(label_added),
                Command::Deployment(DeploymentCommand::RemoveLabel { deployment, label }),
            );
        })
    };
    view! {
        <When holds=derive(move || !is_naming.get()) otherwise=move || view! { <NewLabelField is_naming /> }>
            <Menu
                label=t!(add_label)
                id=LABEL
                class="label-add no-print"
                face=|| {
                    view! {
                        <Icon name="tag" class="icon is-tiny" />
                        {t!(label)}
                    }
                }
            >
                {live(move || {
                    let items = others.get().into_iter();
                    items
                        .map(|(id, name)| view! { <MenuItem icon="tag" text=name on_pick=add(id) /> })
                        .collect_view()
                })}
                <MenuItem icon="plus" text=t!(new_label) on_pick=Callback::new(move |()| is_naming.set(true)) />
            </Menu>
        </When>
    }
}

/// Puts a label on by its name, and makes it first if there is none of that name.
#[component]
fn NewLabelField(is_naming: RwSignal<bool>) -> impl IntoView {
    let deployment = use_subject().id;
    let acts = use_acts();
    let replica = use_replica();
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| field.get().map(|field| field.focus()));
    let save = move || {
        let name = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let name = name.trim().to_owned();
        let known = replica.view().with_untracked(|view| {
            let same = |label: &Label| label.name.to_lowercase() == name.to_lowercase();
            view.labels.iter().find(|(_, label)| same(label)).map(|(id, _)| *id)
        });
        let put_on = |label| {
            let (add, remove) = (
                DeploymentCommand::AddLabel { deployment, label },
                DeploymentCommand::RemoveLabel { deployment, label },
            );
            acts.act_quietly(Command::Deployment(add), t!(label_added), Command::Deployment(remove))
        };
        let made = match known {
            _ if name.is_empty() => true,
            Some(label) => put_on(label),
            None => {
                let label = LabelId::from_u128(replica.mint());
                acts.act(Command::Label(LabelCommand::Add { label, name })) && put_on(label)
            }
        };
        if made {
            is_naming.set(false);
        }
    };
    let on_keydown = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            save();
        }
        "Escape" => {
            event.stop_propagation();
            is_naming.set(false);
        }
        _ => {}
    };
    view! { <input class="label-field" node_ref=field aria-label=t!(new_label) maxlength="50" on:keydown=on_keydown /> }
}
