//! Recording a rollout: it is happening, or it happened. A fact, so it is asked for in its own words.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::gate::Gate;
use slipway_shared::ids::{DeploymentId, EnvironmentId, RolloutId};
use slipway_shared::rollout::{Phase, RolloutCommand, Source};

use super::deployment::gate::{Conditions, StartAnyway};
use super::late::{LatePage, late};
use crate::acts::use_acts;
use crate::browser::clock::use_now;
use crate::browser::intl::{field_time, parse_field_time};
use crate::command_words::{environment_name, name_of};
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
    let now = field_time(replica.now());
    let is_known = subject.rollout.is_some();
    let first = if is_known { Phase::Succeeded } else { Phase::Started };
    let draft = RwSignal::new(Draft { phase: first, when: String::new(), note: String::new() });
    let record = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Draft { phase, when, note } = draft.get_untracked();
        let command = Command::Rollout(RolloutCommand::Report {
            rollout: subject.rollout.unwrap_or_else(|| RolloutId::from_u128(replica.mint())),
            deployment: subject.deployment,
            environment: subject.environment,
            version: version_of(subject.deployment, replica),
            phase,
            happened_at: parse_field_time(&when).unwrap_or_else(|| replica.now()),
            source: Source::Person,
            note: Some(note).filter(|note| !note.trim().is_empty()),
        });
        if acts.act(command) {
            on_done.run(());
        }
    };
    let why = RwSignal::new(None::<String>);
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
            <div class="field">
                <label for="rollout-when">
                    {t!(record_when)} " " <span class="optional">{t!(record_when_default)}</span>
                </label>
                <input
                    class="input"
                    id="rollout-when"
                    type="datetime-local"
                    max=now
                    on:input=move |event| draft.update(|draft| draft.when = event_target_value(&event))
                />
            </div>
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

/// What a rollout would have to pass: what is missing with the way to each, and the way past it for who has one. Nothing
/// where the gate is open; what happened can be recorded all the same.
#[component]
fn ClosedGate(subject: RolloutSubject, on_done: Callback<()>) -> impl IntoView {
    let RolloutSubject { deployment, environment, .. } = subject;
    let (view, now) = (use_replica().view(), use_now());
    let gate = memo(move || view.with(|view| view.gate(deployment, environment, now.get())));
    let running = memo(move || view.with(|view| view.running_in(environment)));
    let is_open = memo(move || gate.with(Gate::is_open) && running.with(Option::is_none));
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
