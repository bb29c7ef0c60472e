//! The gate before production: what is missing, who said what, and the two things an approver can say.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::deployment::approval::{Lapse, Standing, Verdict};
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::ids::EnvironmentId;

use super::{Judged, Subject, use_subject};
use crate::acts::use_acts;
use crate::command_words::environment_name;
use crate::components::avatar::{Avatar, use_name};
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, each, live, memo};
use crate::components::pill::{Pill, PillKind};
use crate::components::relative_time::RelativeTime;
use crate::rejection_words::missing_words;
use crate::replica::use_replica;

/// The gates that the deployment has to pass.
#[component]
pub fn Gate() -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let is_open = subject.select(Deployment::is_on_board);
    let gates = memo(move || {
        let gates = view.with(|view| {
            let all = view.environments_in_order().into_iter();
            all.filter(|environment| view.has_gate(*environment)).collect::<Vec<_>>()
        });
        if is_open.get() { gates } else { Vec::new() }
    });
    each(gates, |environment| view! { <EnvironmentGate environment /> }.into_any())
}

#[component]
fn EnvironmentGate(environment: EnvironmentId) -> impl IntoView {
    let subject = use_subject();
    let replica = use_replica();
    let view = replica.view();
    let missing = memo(move || view.with(|view| view.missing_at_gate(subject.id, environment)));
    let said = memo(move || view.with(|view| view.approvals(subject.id, environment)));
    let name = memo(move || view.with(|view| environment_name(environment, view)));
    let me = replica.me();
    let decides = derive(move || view.with(|view| view.is_approver(me.get())));
    let title = move || {
        if missing.with(Vec::is_empty) { t!(gate_open, &name.get()) } else { t!(gate_closed, &name.get()) }
    };
    view! {
        <section class="gate" data-testid="gate">
            <h2>{derive(title)}</h2>
            <ul role="list">
                {live(move || all(missing.get(), |missing| view! { <MissingItem missing /> }.into_any()))}
                {live(move || all(said.get(), |said| view! { <Said said /> }.into_any()))}
                {live(move || all(asked(subject, environment), |text| {
                    view! { <li><Pill kind=PillKind::Asked text /></li> }.into_any()
                }))}
            </ul>
            <When holds=decides>
                <Decide environment />
            </When>
        </section>
    }
}

/// The decisions that wait for the server, in words.
fn asked(subject: Subject, environment: EnvironmentId) -> Vec<String> {
    use DeploymentCommand::{Approve, Decline};
    let is_here = |deployment, to| deployment == subject.id && to == environment;
    let words = |command: &Command| match command {
        Command::Deployment(Approve { deployment, environment, .. })
            if is_here(*deployment, *environment) =>
        {
            Some(t!(approval_requested))
        }
        Command::Deployment(Decline { deployment, environment, .. })
            if is_here(*deployment, *environment) =>
        {
            Some(t!(decline_requested))
        }
        _ => None,
    };
    subject.requested.with(|requested| requested.iter().filter_map(words).collect())
}

#[component]
fn MissingItem(missing: Missing) -> impl IntoView {
    let words = use_replica().view().with_untracked(|view| missing_words(&missing, view));
    view! {
        <li>
            <Icon name="circle-dashed" class="icon is-tiny" />
            " "
            {words}
        </li>
    }
}

/// What one approver said.
#[component]
fn Said(said: Standing) -> impl IntoView {
    let (kind, word) = match (said.verdict, said.lapse) {
        (Verdict::Approved, None) => (PillKind::Ok, t!(approved)),
        (Verdict::Declined, None) => (PillKind::Bad, t!(declined_word)),
        (Verdict::Approved, Some(_)) => (PillKind::Plain, t!(approved)),
        (Verdict::Declined, Some(_)) => (PillKind::Plain, t!(declined_word)),
    };
    let lapse = said.lapse.map(|lapse| match lapse {
        Lapse::Stale => t!(lapse_stale),
        Lapse::NotApprover => t!(lapse_not_approver),
        Lapse::OwnWork => t!(lapse_own_work),
        Lapse::BeforeMove => t!(lapse_before_move),
    });
    view! {
        <li data-testid="approval">
            <Avatar member=said.by />
            " "
            {use_name(said.by)}
            " "
            <Pill kind text=word />
            " "
            <small>
                <RelativeTime at=said.at />
                {lapse.map(|lapse| format!(" · {lapse}"))}
                {said.note.map(|note| format!(" · {note}"))}
            </small>
        </li>
    }
}

/// The two things an approver can say, about what is shown.
#[component]
fn Decide(environment: EnvironmentId) -> impl IntoView {
    let subject = use_subject();
    let (acts, view) = (use_acts(), use_replica().view());
    let note = RwSignal::new(String::new());
    let decide = move |verdict| {
        let deployment = subject.id;
        let judged = view.with_untracked(|view| Judged::now(view, deployment, environment));
        let (Some(judged), said) = (judged, note.get_untracked()) else { return };
        let digest = judged.digest;
        let command = match verdict {
            Verdict::Approved => {
                let note = Some(said).filter(|said| !said.trim().is_empty());
                DeploymentCommand::Approve { deployment, environment, digest, note }
            }
            Verdict::Declined => DeploymentCommand::Decline { deployment, environment, digest, reason: said },
        };
        if acts.act(Command::Deployment(command)) {
            judged.keep();
            note.set(String::new());
        }
    };
    view! {
        <div class="gate-decision no-print">
            <input
                class="input"
                aria-label=t!(decision_note)
                placeholder=t!(decision_note)
                maxlength="1500"
                prop:value=note
                on:input=move |event| note.set(event_target_value(&event))
            />
            <button class="button" type="button" on:click=move |_| decide(Verdict::Approved)>
                {t!(approve)}
            </button>
            <button class="button is-quiet" type="button" on:click=move |_| decide(Verdict::Declined)>
                {t!(decline)}
            </button>
        </div>
    }
}
