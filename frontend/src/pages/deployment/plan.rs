//! What is at stake, what exactly is rolled out, and what has to be rolled out before.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::plan::Artifact;
use slipway_shared::ids::DeploymentId;
use slipway_shared::order;
use slipway_shared::policy::Risk;

use super::use_subject;
use crate::acts::use_acts;
use crate::app::place::Place;
use crate::command_words::{name_of, risk_word};
use crate::components::dialog::Dialog;
use crate::components::form::{Field, FieldKind, Form, FormState};
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::may::use_may_not;
use crate::replica::use_replica;

const NAME: &str = "artifact-name";
const DIGEST: &str = "artifact-digest";
const LINK: &str = "artifact-link";

/// What is at stake, what exactly is rolled out, and what has to be rolled out before.
#[component]
pub fn Plan() -> impl IntoView {
    let subject = use_subject();
    let may_not = use_may_not(Capability::Work);
    let is_over = subject.select(|known| known.finished.is_some() || known.sealed.is_some());
    let is_fixed = memo(move || is_over.get() || may_not.with(Option::is_some));
    view! {
        <section data-testid="plan">
            <h2>{t!(plan)}</h2>
            <dl class="facts">
                <dt>{t!(risk)}</dt>
                <dd>
                    <RiskField is_fixed />
                </dd>
                <dt>{t!(waits_for)}</dt>
                <dd>
                    <Predecessors is_fixed />
                </dd>
                <dt>{t!(artifacts)}</dt>
                <dd>
                    <Artifacts is_fixed />
                </dd>
            </dl>
        </section>
    }
}

#[component]
fn RiskField(is_fixed: Memo<bool>) -> impl IntoView {
    let (subject, acts) = (use_subject(), use_acts());
    let risk = subject.select(slipway_shared::deployment::Deployment::risk);
    let pick = move |event| {
        let picked = event_target_value(&event);
        let Some(next) = Risk::ALL.into_iter().find(|risk| risk.name() == picked) else { return };
        let set = |risk| Command::Deployment(DeploymentCommand::SetRisk { deployment: subject.id, risk });
        acts.act_quietly(set(next), t!(risk_set, &risk_word(next)), set(risk.get_untracked()));
    };
    let options = Risk::ALL.map(|known| {
        view! {
            <option value=known.name() prop:selected=derive(move || risk.get() == known)>
                {risk_word(known)}
            </option>
        }
    });
    view! {
        <select class="input is-small" aria-label=t!(risk) disabled=is_fixed on:change=pick>
            {options.collect_view()}
        </select>
    }
}

#[component]
fn Predecessors(is_fixed: Memo<bool>) -> impl IntoView {
    let (subject, view, acts) = (use_subject(), use_replica().view(), use_acts());
    let followed = subject.select(|known| known.predecessors.iter().copied().collect::<Vec<_>>());
    let follow = move |predecessor, holds| {
        let deployment = subject.id;
        Command::Deployment(if holds {
            DeploymentCommand::Follow { deployment, predecessor }
        } else {
            DeploymentCommand::Unfollow { deployment, predecessor }
        })
    };
    let set = move |predecessor, holds| {
        let name = view.with_untracked(|view| name_of(predecessor, view));
        let words = if holds { t!(follows_now, &name) } else { t!(follows_no_more, &name) };
        acts.act_quietly(follow(predecessor, holds), words, follow(predecessor, !holds));
    };
    let others = memo(move || {
        view.with(|view| {
            let open = view.may_follow(subject.id).into_iter();
            let mut open: Vec<_> = open.map(|id| (name_of(id, view), id)).collect();
            order::sort(&mut open);
            open
        })
    });
    let add = move |event: web_sys::Event| {
        if let Ok(predecessor) = event_target_value(&event).parse() {
            set(predecessor, true);
        }
    };
    let item = move |predecessor: DeploymentId| {
        let name = view.with_untracked(|view| name_of(predecessor, view));
        let label = t!(follow_remove, &name);
        view! {
            <li class="row">
                <a href=Place::Deployment(predecessor).path()>{name}</a>
                <When holds=derive(move || !is_fixed.get())>
                    <button
                        class="icon-button is-small no-print"
                        type="button"
                        aria-label=label.clone()
                        on:click=move |_| set(predecessor, false)
                    >
                        <Icon name="x" class="icon is-small" />
                    </button>
                </When>
            </li>
        }
        .into_any()
    };
    view! {
        <ul role="list">{live(move || all(followed.get(), item))}</ul>
        <When holds=derive(move || !is_fixed.get() && others.with(|others| !others.is_empty()))>
            <select class="input is-small no-print" aria-label=t!(follow_add) on:change=add>
                <option value="">{t!(follow_add)}</option>
                {live(move || all(others.get(), |(name, id)| {
                    view! { <option value=id.to_string()>{name}</option> }.into_any()
                }))}
            </select>
        </When>
    }
}

#[component]
fn Artifacts(is_fixed: Memo<bool>) -> impl IntoView {
    let (subject, acts) = (use_subject(), use_acts());
    let artifacts = subject.select(|known| known.artifacts().to_vec());
    let asks = RwSignal::new(false);
    let state = FormState::new(Vec::new());
    let set = move |next: Vec<Artifact>| {
        let set = |artifacts| {
            Command::Deployment(DeploymentCommand::SetArtifacts { deployment: subject.id, artifacts })
        };
        acts.act_undoable(set(next), t!(artifacts_set), set(artifacts.get_untracked()))
    };
    let send = Callback::new(move |()| {
        let name = match state.needed(NAME) {
            Ok(name) => name,
            Err(problem) => return state.say(problem),
        };
        let added = Artifact { name, digest: state.filled_in(DIGEST), link: state.filled_in(LINK) };
        let mut next = artifacts.get_untracked();
        next.retain(|known| known.name != added.name);
        next.push(added);
        if set(next) {
            state.clear();
            asks.set(false);
        }
    });
    let item = move |artifact: Artifact| {
        let Artifact { name, digest, link } = artifact;
        let (label, gone) = (t!(artifact_remove, &name), name.clone());
        let remove = move |_| {
            let mut next = artifacts.get_untracked();
            next.retain(|known| known.name != gone);
            set(next);
        };
        view! {
            <li class="row">
                <span>
                    {name}
                    {digest.or(link).map(|text| view! { <small class="mono faint clip">{text}</small> })}
                </span>
                <button
                    class="icon-button is-small no-print"
                    type="button"
                    aria-label=label
                    disabled=is_fixed
                    on:click=remove
                >
                    <Icon name="x" class="icon is-small" />
                </button>
            </li>
        }
        .into_any()
    };
    let fields = || {
        vec![
            Field::new(NAME, FieldKind::Text, t!(artifact_name)),
            Field::new(DIGEST, FieldKind::Text, t!(artifact_digest)),
            Field::new(LINK, FieldKind::Text, t!(artifact_link)),
        ]
    };
    view! {
        <ul role="list" class="artifacts">{live(move || all(artifacts.get(), item))}</ul>
        <When holds=derive(move || !is_fixed.get())>
            <button class="link no-print" type="button" on:click=move |_| asks.set(true)>
                {t!(artifact_add)}
            </button>
        </When>
        <Dialog is_open=asks on_close=Callback::new(move |()| asks.set(false)) title=derive(|| t!(artifact_add))>
            <Form state fields=fields() button=t!(artifact_add) on_send=send />
        </Dialog>
    }
}
