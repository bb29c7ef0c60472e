//! Recording a rollout: it is happening, or it happened. A fact, so it is asked for in its own words.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::ids::{DeploymentId, EnvironmentId, RolloutId};
use slipway_shared::rollout::{Attempt, Phase, RolloutCommand};

use super::deployment::gate::{Conditions, StartAnyway};
use super::late::{LatePage, late};
use super::rollout_steps::Told;
use crate::acts::use_acts;
use crate::browser::clock::use_now;
use crate::browser::intl::{field_time, parse_field_time};
use crate::command_words::{environment_name, name_of, report_words};
use crate::components::dialog::Dialog;
use crate::components::icon::Icon;
use crate::components::live::{When, derive, live, memo};
use crate::rejection_words::rejection_words;
use crate::replica::{ReplicaHandle, use_replica};

/// What a rollout is recorded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RolloutSubject {
    /// What was rolled out.
    pub deployment: DeploymentId,
    /// Where to.
    pub environment: EnvironmentId,
    /// The rollout that is known already; none for a new one.
    pub rollout: Option<RolloutId>,
}

/// What the person has said so far.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Draft {
    phase: Phase,
    /// The value of the field for day and time; empty means now.
    when: String,
    /// The same of when it began, where it is over already; empty means that nobody knows.
    began: String,
    note: String,
}

/// Asks how a rollout is going, and records it; the form is in the second file.
#[component]
pub fn RolloutDialog(subject: RwSignal<Option<RolloutSubject>>) -> impl IntoView {
    let view = use_replica().view();
    let close = Callback::new(move |()| subject.set(None));
    let title = Signal::derive(move || {
        let words = subject.get().map(|subject| {
            view.with(|view| {
                let (what, environment) =
                    (name_of(subject.deployment, view), environment_name(subject.environment, view));
                t!(record_title, &what, &environment)
            })
        });
        words.unwrap_or_default()
    });
    view! {
        <Dialog is_open=Signal::derive(move || subject.get().is_some()) on_close=close title>
            {live(move || subject.get().map(|subject| late(LatePage::Rollout(subject, close))))}
        </Dialog>
    }
}

/// The form of the dialog.
#[component]
pub(super) fn RolloutForm(subject: RolloutSubject, on_done: Callback<()>) -> impl IntoView {
    let replica = use_replica();
    let acts = use_acts();
    let is_known = subject.rollout.is_some();
    let first = if is_known { Phase::Succeeded } else { Phase::Started };
    let draft =
        RwSignal::new(Draft { phase: first, when: String::new(), began: String::new(), note: String::new() });
    let why = RwSignal::new(None::<String>);
    let record = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let told = match told_of(subject, draft.get_untracked(), replica) {
            Ok(told) => told,
            Err(problem) => return why.set(Some(problem)),
        };
        let (words, inverse) = replica.view().with_untracked(|view| {
            let place = environment_name(told.about.environment, view);
            (report_words(told.phase, &place, &name_of(told.about.deployment, view)), told.inverse(view))
        });
        if acts.act_together(told.commands(), words, inverse) {
            on_done.run(());
        }
    };
    let request = move |_| match acts.try_plain(request_of(subject.deployment, subject.environment, replica))
    {
        Ok(()) => on_done.run(()),
        Err(rejection) => {
            why.set(Some(replica.view().with_untracked(|view| rejection_words(&rejection, view))));
        }
    };
    view! {
        {(!is_known).then(|| view! { <ClosedGate subject on_done /> })}
        <form class="rollout-form" on:submit=record>
            <p class="dialog-lead">{t!(record_what)}</p>
            <fieldset class="choices">
                <legend class="visually-hidden">{t!(record_how)}</legend>
                <When holds=derive(move || !is_known)>
                    <PhaseChoice draft phase=Phase::Started />
                </When>
                <PhaseChoice draft phase=Phase::Succeeded />
                <PhaseChoice draft phase=Phase::Failed />
                <When holds=derive(move || is_known)>
                    <PhaseChoice draft phase=Phase::RolledBack />
                </When>
            </fieldset>
            <TimeField
                id="rollout-when"
                label=t!(record_when)
                hint=t!(record_when_default)
                value=String::new()
                on_input=move |time| draft.update(|draft| draft.when = time)
            />
            <When holds=derive(move || !is_known && draft.with(|draft| draft.phase != Phase::Started))>
                <TimeField
                    id="rollout-began"
                    label=t!(record_began)
                    hint=t!(record_began_default)
                    value=draft.with_untracked(|draft| draft.began.clone())
                    on_input=move |time| draft.update(|draft| draft.began = time)
                />
            </When>
            <div class="field">
                <label for="rollout-note">{t!(record_note)} " " <span class="optional">{t!(optional)}</span></label>
                <input
                    class="input"
                    id="rollout-note"
                    maxlength="1500"
                    on:input=move |event| draft.update(|draft| draft.note = event_target_value(&event))
                />
            </div>
            {live(move || why.get().map(|why| view! { <p class="field-problem" role="alert">{why}</p> }))}
            <div class="dialog-actions">
                <button class="button" type="button" on:click=move |_| on_done.run(())>
                    {t!(button_cancel)}
                </button>
                <When holds=derive(move || !is_known)>
                    <button class="button" type="button" title=t!(request_rollout_what) on:click=request>
                        {t!(request_rollout)}
                    </button>
                </When>
                <button class="button is-primary" type="submit">
                    <Icon name="check" />
                    {derive(move || record_words(draft.with(|draft| draft.phase)))}
                </button>
            </div>
        </form>
    }
}

/// Returns what the form says, or what is wrong with it.
fn told_of(subject: RolloutSubject, draft: Draft, replica: ReplicaHandle) -> Result<Told, String> {
    let Draft { phase, when, began, note } = draft;
    let at = parse_field_time(&when).unwrap_or_else(|| replica.now());
    let is_over_already = subject.rollout.is_none() && phase != Phase::Started;
    let began = parse_field_time(&began).filter(|_| is_over_already);
    if began.is_some_and(|began| began > at) {
        return Err(t!(record_began_after));
    }
    let about = Attempt {
        rollout: subject.rollout.unwrap_or_else(|| RolloutId::from_u128(replica.mint())),
        deployment: subject.deployment,
        environment: subject.environment,
        version: version_of(subject.deployment, replica),
    };
    Ok(Told { about, phase, at, began, note: Some(note).filter(|note| !note.trim().is_empty()) })
}

/// A field for day and time, of what is not in the future.
#[component]
fn TimeField(
    id: &'static str,
    label: String,
    hint: String,
    value: String,
    #[prop(into)] on_input: Callback<String>,
) -> impl IntoView {
    let now = field_time(use_replica().now());
    view! {
        <div class="field">
            <label for=id>{label} " " <span class="optional">{hint}</span></label>
            <input
                class="input"
                id=id
                type="datetime-local"
                max=now
                prop:value=value
                on:input=move |event| on_input.run(event_target_value(&event))
            />
        </div>
    }
}

/// What a rollout would have to pass: what is missing with the way to each, and the way past it for who has one. Nothing
/// where the gate is open; what happened can be recorded all the same.
#[component]
fn ClosedGate(subject: RolloutSubject, on_done: Callback<()>) -> impl IntoView {
    let RolloutSubject { deployment, environment, .. } = subject;
    let (view, now) = (use_replica().view(), use_now());
    let gate = memo(move || view.with(|view| view.gate(deployment, environment, now.get())));
    let running = memo(move || view.with(|view| view.running_in(environment)));
    let is_open = memo(move || view.with(|view| view.may_start(deployment, environment, now.get())));
    let title = derive(move || t!(gate_closed, &view.with(|view| environment_name(environment, view))));
    view! {
        <When holds=derive(move || !is_open.get())>
            <section class="gate" aria-labelledby="dialog-gate" data-testid="closed-gate">
                <header>
                    <Icon name="lock" />
                    <h3 id="dialog-gate">{title}</h3>
                </header>
                <Conditions deployment environment gate running on_leave=on_done />
                <div class="gate-decision">
                    <StartAnyway deployment environment is_open on_started=on_done />
                </div>
            </section>
        </When>
    }
}

/// Returns the command that asks for a rollout, of the version as it is shown.
pub(super) fn request_of(
    deployment: DeploymentId,
    environment: EnvironmentId,
    replica: ReplicaHandle,
) -> Command {
    let (rollout, version) = (RolloutId::from_u128(replica.mint()), version_of(deployment, replica));
    Command::Rollout(RolloutCommand::Request { rollout, deployment, environment, version })
}

fn version_of(deployment: DeploymentId, replica: ReplicaHandle) -> String {
    let version = replica
        .view()
        .with_untracked(|view| view.deployments.get(&deployment).map(|known| known.version.value.clone()));
    version.unwrap_or_default()
}

#[component]
fn PhaseChoice(draft: RwSignal<Draft>, phase: Phase) -> impl IntoView {
    let (name, hint) = match phase {
        Phase::Started => (t!(record_started), t!(record_started_what)),
        Phase::Succeeded => (t!(record_succeeded), t!(record_succeeded_what)),
        Phase::Failed => (t!(record_failed), t!(record_failed_what)),
        Phase::RolledBack => (t!(record_rolled_back), t!(record_rolled_back_what)),
    };
    view! {
        <label class="choice">
            <input
                type="radio"
                name="phase"
                prop:checked=derive(move || draft.with(|draft| draft.phase == phase))
                on:change=move |_| draft.update(|draft| draft.phase = phase)
            />
            <span>{name}</span>
            <small>{hint}</small>
        </label>
    }
}

fn record_words(phase: Phase) -> String {
    match phase {
        Phase::Started => t!(record_button_started),
        Phase::Succeeded => t!(record_button_succeeded),
        Phase::Failed => t!(record_button_failed),
        Phase::RolledBack => t!(record_button_rolled_back),
    }
}
