//! The gates before environments: what each asks for, met or not, with the way to it; who said what; and what an
//! approver can say. It is the first thing an approver sees.

mod conditions;
mod decide;
mod due;
mod start_anyway;

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::deployment::approval::{Lapse, Standing, Verdict};
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::EnvironmentId;
use slipway_shared::rollout::Phase;

use super::{Subject, differences, use_subject};
use crate::acts::use_acts;
use crate::browser::clock::use_now;
use crate::browser::focus;
use crate::browser::intl::exact_time;
use crate::command_words::environment_name;
use crate::components::avatar::{Avatar, use_name};
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, each, live, memo};
use crate::components::pill::{Pill, PillKind};
use crate::components::relative_time::RelativeTime;
use crate::may::use_may_not;
use crate::pages::board::view_model::asked_for;
use crate::pages::needs_you::difference_words;
use crate::pages::rollout_dialog::request_of;
use crate::replica::use_replica;
use crate::rules_words::rules_words;
pub use conditions::Conditions;
use decide::Decide;
use due::Due;
pub use start_anyway::StartAnyway;

/// The gates that the deployment has to pass.
#[component]
pub fn Gates() -> impl IntoView {
    let subject = use_subject();
    let (view, now) = (use_replica().view(), use_now());
    let is_open = subject.select(Deployment::is_on_board);
    let gates = memo(move || {
        if !is_open.get() {
            return Vec::new();
        }
        view.with(|view| {
            let all = view.environments_in_order().into_iter();
            all.filter(|environment| view.gate(subject.id, *environment, now.get()).is_there()).collect()
        })
    });
    each(gates, |environment| view! { <EnvironmentGate environment /> }.into_any())
}

#[component]
fn EnvironmentGate(environment: EnvironmentId) -> impl IntoView {
    let subject = use_subject();
    let replica = use_replica();
    let (view, now) = (replica.view(), use_now());
    let gate = memo(move || view.with(|view| view.gate(subject.id, environment, now.get())));
    let said = memo(move || view.with(|view| view.approvals(subject.id, environment, now.get())));
    let running = memo(move || view.with(|view| view.running_in(environment)));
    let name = memo(move || view.with(|view| environment_name(environment, view)));
    let rules = derive(move || view.with(|view| rules_words(&view.rules_for(subject.id, environment))));
    let me = replica.me();
    let decides = derive(move || view.with(|view| view.is_approver(me.get())));
    let is_open = memo(move || view.with(|view| view.may_start(subject.id, environment, now.get())));
    let title = move || if is_open.get() { t!(gate_open, &name.get()) } else { t!(gate_closed, &name.get()) };
    let heading = format!("gate-{environment}");
    let labelled_by = heading.clone();
    view! {
        <section class="gate" class:is-open=is_open aria-labelledby=labelled_by data-testid="gate">
            <header>
                {live(move || {
                    let name = if is_open.get() { "circle-check" } else { "lock" };
                    view! { <Icon name=name /> }
                })}
                <div>
                    <h2 id=heading tabindex="-1">{derive(title)}</h2>
                    <p class="faint small">{rules}</p>
                </div>
            </header>
            <Due environment />
            <Conditions deployment=subject.id environment gate running />
            <ul role="list" class="gate-said">
                {live(move || all(said.get(), move |said| view! { <Said said environment /> }.into_any()))}
                {live(move || all(asked(subject, environment), |text| {
                    view! { <li><Pill kind=PillKind::Asked text /></li> }.into_any()
                }))}
            </ul>
            <div class="gate-decision no-print">
                <When holds=decides>
                    <Decide environment />
                </When>
                <AskButton environment is_open />
                <StartAnyway deployment=subject.id environment is_open />
            </div>
        </section>
    }
}

/// What an open gate is for: the request for the rollout, where the deployment is not on its way there already.
#[component]
fn AskButton(environment: EnvironmentId, is_open: Memo<bool>) -> impl IntoView {
    let subject = use_subject();
    let (acts, replica) = (use_acts(), use_replica());
    let view = replica.view();
    let may_not = use_may_not(Capability::Work);
    let is_due = memo(move || {
        let is_asked = subject
            .requested
            .with(|requested| asked_for(requested).any(|asked| asked == (subject.id, environment)));
        let is_there = view.with(|view| {
            let latest = view.latest_rollout_in(subject.id, environment);
            latest.is_some_and(|(_, known)| known.phase() == Phase::Succeeded)
        });
        is_open.get() && !is_asked && !is_there && may_not.with(Option::is_none)
    });
    let ask = move |_| {
        if acts.act(request_of(subject.id, environment, replica)) {
            focus::focus_soon(format!("#gate-{environment}"));
        }
    };
    view! {
        <When holds=is_due>
            <button class="button is-primary" type="button" title=t!(request_rollout_what) on:click=ask>
                {derive(move || t!(request_rollout_to, &view.with(|view| environment_name(environment, view))))}
            </button>
        </When>
    }
}

/// The decisions that wait for the server, in words.
fn asked(subject: Subject, environment: EnvironmentId) -> Vec<String> {
    use DeploymentCommand::{Approve, Decline, Withdraw};
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
        Command::Deployment(Withdraw { deployment, environment }) if is_here(*deployment, *environment) => {
            Some(t!(withdraw_requested))
        }
        _ => None,
    };
    subject.requested.with(|requested| requested.iter().filter_map(words).collect())
}

/// What one approver said; where it is stale, what changed since.
#[component]
fn Said(said: Standing, environment: EnvironmentId) -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
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
        Lapse::Expired => t!(lapse_expired),
    });
    // What will lapse by itself says when.
    let ends =
        said.expires.filter(|_| said.lapse.is_none()).map(|expires| t!(counts_until, &exact_time(expires)));
    let changed = said.content.filter(|_| said.lapse == Some(Lapse::Stale)).and_then(|was| {
        let now = view.with_untracked(|view| view.approval_content(subject.id, environment))?;
        Some(differences(&was, &now))
    });
    let changed = changed.unwrap_or_default();
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
                {lapse.or(ends).map(|words| format!(" · {words}"))}
                {said.note.map(|note| format!(" · {note}"))}
            </small>
            {(!changed.is_empty()).then(|| view! {
                <ul class="what-changed" data-testid="what-changed">
                    {all(changed, |difference| view! { <li>{difference_words(&difference)}</li> }.into_any())}
                </ul>
            })}
        </li>
    }
}
