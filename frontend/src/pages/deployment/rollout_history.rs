//! The history of one environment: every rollout of this deployment there, and earlier versions of its service at hand.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::ids::{DeploymentId, EnvironmentId, MemberId, RolloutId};
use slipway_shared::rollout::{Phase, Rollout, RolloutCommand};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::environments::PhasePill;
use super::use_subject;
use crate::acts::use_acts;
use crate::app::place::Place;
use crate::command_words::name_of;
use crate::components::avatar::use_name;
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::pill::{Pill, PillKind};
use crate::components::relative_time::RelativeTime;
use crate::may::use_may_not;
use crate::pages::ages::age_words;
use crate::pages::rollout_steps::as_before;
use crate::replica::use_replica;

/// How many are listed; the rest is history for other pages.
const LISTED: usize = 12;
/// What is shorter has no duration worth a word, in milliseconds.
const SHORT_MS: i64 = 60_000;

/// One rollout of the service to the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    id: RolloutId,
    deployment: DeploymentId,
    version: String,
    phase: Phase,
    at: Timestamp,
    took_ms: Option<i64>,
    witnesses: Vec<MemberId>,
    note: Option<String>,
    was_asked: bool,
    outside_gate: bool,
    /// The rollouts that turned out to be this one.
    joined: Vec<RolloutId>,
    is_live: bool,
    is_last_good: bool,
}

/// Returns the rollouts of a deployment's service to one environment, the newest first.
fn lines(workspace: &Workspace, id: DeploymentId, environment: EnvironmentId) -> Vec<Line> {
    let Some(deployment) = workspace.deployments.get(&id) else { return Vec::new() };
    let service = deployment.service;
    let live = workspace.live_in(service, environment).map(|(id, _)| id);
    let last_good = workspace.last_good(service, environment).map(|(id, _)| id);
    let rollouts = workspace.rollouts_in(service, environment).into_iter().take(LISTED);
    let line = |(rollout, known): (RolloutId, &std::sync::Arc<Rollout>)| Line {
        id: rollout,
        deployment: known.deployment,
        version: known.version.clone(),
        phase: known.phase(),
        at: known.finished_at().unwrap_or_else(|| known.began_at()),
        took_ms: known.took_ms().filter(|took| *took >= SHORT_MS),
        witnesses: known.witnesses(),
        note: known.reports.iter().rev().find_map(|report| report.statement.note.clone()),
        was_asked: known.requested,
        outside_gate: known.outside_gate,
        joined: workspace.joined_to(rollout),
        is_live: live == Some(rollout),
        is_last_good: last_good == Some(rollout) && live != Some(rollout),
    };
    rollouts.map(line).collect()
}

/// The history of one environment, folded away until somebody asks.
#[component]
pub fn RolloutHistory(environment: EnvironmentId) -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let is_open = RwSignal::new(false);
    // Read off all rollouts of the service: only while somebody looks.
    let lines =
        memo(
            move || {
                if is_open.get() {
                    view.with(|view| lines(view, subject.id, environment))
                } else {
                    Vec::new()
                }
            },
        );
    let toggled = move |event: leptos::ev::Event| {
        use wasm_bindgen::JsCast as _;
        let details = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        is_open.set(details.is_some_and(|details| details.has_attribute("open")));
    };
    view! {
        <details class="rollout-history no-print" on:toggle=toggled data-testid="rollout-history">
            <summary>{t!(rollout_history)}</summary>
            <When holds=derive(move || is_open.get() && lines.with(Vec::is_empty))>
                <small>{t!(rollout_history_empty)}</small>
            </When>
            <ol role="list">{live(move || all(lines.get(), |line| view! { <HistoryLine line /> }.into_any()))}</ol>
        </details>
    }
}

#[component]
fn HistoryLine(line: Line) -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let is_own = line.deployment == subject.id;
    let version = line.version.clone();
    let name = if is_own {
        view! { <span class="mono">{version}</span> }.into_any()
    } else {
        let words = view.with_untracked(|view| name_of(line.deployment, view));
        view! {
            <a class="mono" href=Place::Deployment(line.deployment).path() title=words>
                {version}
            </a>
        }
        .into_any()
    };
    let who: Vec<String> = line.witnesses.iter().map(|member| use_name(*member).get_untracked()).collect();
    let marks = [
        (line.is_live, PillKind::Ok, t!(rollout_live)),
        (line.is_last_good, PillKind::Plain, t!(rollout_last_good)),
        (line.outside_gate, PillKind::Bad, t!(outside_gate)),
    ];
    let marks = marks.into_iter().filter(|(is, ..)| *is);
    let marks = all(marks, |(_, kind, text)| view! { <Pill kind text /> }.into_any());
    let how = if line.was_asked {
        t!(rollout_asked_by, &who.join(", "))
    } else {
        t!(rollout_told_by, &who.join(", "))
    };
    let (id, deployment) = (line.id, line.deployment);
    view! {
        <li data-testid="rollout">
            <div class="pills">{name} <PhasePill phase=line.phase /> {marks}</div>
            <small>
                <RelativeTime at=line.at />
                {line.took_ms.map(|took| format!(" · {}", t!(took, &age_words(took))))}
                " · "
                {how}
            </small>
            {line.note.map(|note| view! { <small class="rollout-note">{note}</small> })}
            {is_own.then(|| view! { <RetractButton id deployment /> })}
            {all(line.joined, move |joined| view! { <SplitButton joined id deployment /> }.into_any())}
        </li>
    }
}

/// Takes back what was recorded by mistake: for who recorded it, while nobody else has told of it.
#[component]
fn RetractButton(id: RolloutId, deployment: DeploymentId) -> impl IntoView {
    let (acts, replica) = (use_acts(), use_replica());
    let (view, me) = (replica.view(), replica.me());
    let may_not = use_may_not(Capability::Work);
    let may = memo(move || {
        may_not.with(Option::is_none) && view.with(|view| view.may_not_retract(id, me.get()).is_none())
    });
    let retract = move |_| {
        let command = Command::Rollout(RolloutCommand::Retract { rollout: id, deployment });
        let known = view.with_untracked(|view| view.rollouts.get(&id).map(|known| as_before(id, known)));
        let Some(inverse) = known else { return };
        acts.act_undoable(command, t!(rollout_was_retracted), inverse);
    };
    view! {
        <When holds=may>
            <button
                class="link no-print"
                type="button"
                title=t!(rollout_retract_what)
                data-testid="retract-rollout"
                on:click=retract
            >
                <Icon name="undo-2" class="icon is-small" />
                {t!(rollout_retract)}
            </button>
        </When>
    }
}

/// Takes back that two reports are about one rollout.
#[component]
fn SplitButton(joined: RolloutId, id: RolloutId, deployment: DeploymentId) -> impl IntoView {
    let acts = use_acts();
    let may_not = use_may_not(Capability::Work);
    let split = move |_| {
        let command = Command::Rollout(RolloutCommand::Split { rollout: joined, deployment });
        let inverse = Command::Rollout(RolloutCommand::Join { rollout: joined, deployment, same_as: id });
        acts.act_undoable(command, t!(rollout_was_split), inverse);
    };
    view! {
        <When holds=derive(move || may_not.with(Option::is_none))>
            <button class="link no-print" type="button" data-testid="split-rollout" on:click=split>
                <Icon name="undo-2" class="icon is-small" />
                {t!(rollout_split)}
            </button>
        </When>
    }
}
