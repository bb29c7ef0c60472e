//! Starting a rollout past a closed gate: for whom the policy lets, with a reason that stays for ever. For an incident
//! others may, and the approval is due afterwards.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::ids::{DeploymentId, EnvironmentId, RolloutId};
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::rollout::RolloutCommand;

use crate::browser::clock::use_now;
use crate::browser::focus;
use crate::command_words::{environment_name, name_of};
use crate::components::dialog::Dialog;
use crate::components::form::{Field, FieldKind, Form, FormState, Problem};
use crate::components::live::{When, all, derive, live, memo};
use crate::rejection_words::{missing_words, rejection_words};
use crate::replica::use_replica;
use crate::rules_words::{due_words, incident_words, override_words};

const REASON: &str = "override-reason";
const INCIDENT: &str = "override-incident";

/// The way past a closed gate, or who has one.
#[component]
pub fn StartAnyway(
    deployment: DeploymentId,
    environment: EnvironmentId,
    is_open: Memo<bool>,
    /// Called once it has started, where this is not on the page of the deployment.
    #[prop(optional, into)]
    on_started: Option<Callback<()>>,
) -> impl IntoView {
    let view = use_replica().view();
    let [may_anyway, may_for_incident] = use_may(deployment, environment);
    let may = derive(move || may_anyway.get() || may_for_incident.get());
    let is_running = memo(move || view.with(|view| view.running_in(environment).is_some()));
    let who = derive(move || {
        let rules = view.with(|view| view.rules_for(deployment, environment));
        let words = [Some(override_words(&rules)), incident_words(&rules)];
        words.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    let asks = RwSignal::new(false);
    view! {
        <When holds=is_running>
            <span class="faint small" data-testid="one-at-a-time">{t!(gate_one_at_a_time)}</span>
        </When>
        <When holds=derive(move || !is_open.get() && !is_running.get())>
            <When holds=may otherwise=move || view! { <span class="faint small">{who}</span> }>
                <button
                    class="button is-quiet gate-anyway"
                    type="button"
                    on:click=move |_| asks.set(true)
                    data-testid="start-anyway"
                >
                    {t!(start_anyway)}
                </button>
            </When>
        </When>
        <StartDialog deployment environment asks on_started />
    }
}

/// Tells whether the person here may start a rollout past the gate: without an incident, and for one.
fn use_may(deployment: DeploymentId, environment: EnvironmentId) -> [Memo<bool>; 2] {
    let replica = use_replica();
    let (view, me) = (replica.view(), replica.me());
    [false, true].map(|is_for_incident| {
        let past = Capability::Override { deployment, environment, is_for_incident };
        memo(move || view.with(|view| past.refusal(view, me.get()).is_none()))
    })
}

/// Returns the field that a refusal is about.
const fn field_of(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::TextMissing { field: TextField::Incident }
        | Rejection::TextTooLong { field: TextField::Incident, .. }
        | Rejection::TextHasControls { field: TextField::Incident } => INCIDENT,
        _ => REASON,
    }
}

#[component]
fn StartDialog(
    deployment: DeploymentId,
    environment: EnvironmentId,
    asks: RwSignal<bool>,
    on_started: Option<Callback<()>>,
) -> impl IntoView {
    let (replica, now) = (use_replica(), use_now());
    let view = replica.view();
    let state = FormState::new(Vec::new());
    let [may_anyway, may_for_incident] = use_may(deployment, environment);
    let title = derive(move || {
        view.with(|view| {
            t!(start_anyway_title, &name_of(deployment, view), &environment_name(environment, view))
        })
    });
    let missing = move || {
        view.with(|view| {
            let missing = view.missing_at_gate(deployment, environment, now.get());
            missing.iter().map(|missing| missing_words(missing, view)).collect::<Vec<_>>()
        })
    };
    let send = Callback::new(move |()| {
        let Some(reason) = state.filled_in(REASON) else {
            return state.say(Problem::of(REASON, t!(start_anyway_reason_missing)));
        };
        let incident = state.filled_in(INCIDENT);
        if incident.is_none() && !may_anyway.get_untracked() {
            return state.say(Problem::of(INCIDENT, t!(start_anyway_incident_missing)));
        }
        let version = view.with_untracked(|view| {
            view.deployments.get(&deployment).map(|known| known.version.value.clone())
        });
        let (rollout, version) = (RolloutId::from_u128(replica.mint()), version.unwrap_or_default());
        let start = RolloutCommand::Override { rollout, deployment, environment, version, reason, incident };
        match replica.submit(Command::Rollout(start)) {
            Ok(_) => {
                state.clear();
                asks.set(false);
                match on_started {
                    Some(started) => started.run(()),
                    // The button is gone once it has started.
                    None => focus::focus_soon(format!("#gate-{environment}")),
                }
            }
            Err(rejection) => {
                let words = view.with_untracked(|view| rejection_words(&rejection, view));
                state.say(Problem::of(field_of(&rejection), words));
            }
        }
    });
    let fields = move || {
        let due = view.with_untracked(|view| due_words(&view.rules_for(deployment, environment)));
        let incident = may_for_incident.get_untracked().then(|| {
            Field::new(INCIDENT, FieldKind::Text, t!(start_anyway_incident))
                .with_hint(t!(start_anyway_incident_what, &due))
        });
        let reason =
            Field::new(REASON, FieldKind::Text, t!(start_anyway_reason)).with_hint(t!(start_anyway_what));
        [Some(reason), incident].into_iter().flatten().collect::<Vec<_>>()
    };
    view! {
        <Dialog is_open=asks on_close=Callback::new(move |()| asks.set(false)) title>
            <p class="dialog-lead">{t!(start_anyway_missing)}</p>
            <ul class="what-changed">
                {live(move || all(missing(), |words| view! { <li>{words}</li> }.into_any()))}
            </ul>
            <Form state fields=fields() button=t!(start_anyway_button) on_send=send />
        </Dialog>
    }
}
