//! The environments as a vertical track: what is where since when, and how a rollout there is recorded.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::ids::{EnvironmentId, RolloutId};
use slipway_shared::rollout::Phase;
use slipway_shared::time::Timestamp;

use super::rollout_history::RolloutHistory;
use super::testing::TestingKinds;
use super::use_subject;
use crate::acts::use_acts;
use crate::browser::focus;
use crate::command_words::{environment_name, phase_word};
use crate::components::live::{When, derive, each, live, memo};
use crate::components::pill::{Pill, PillKind};
use crate::components::relative_time::RelativeTime;
use crate::may::use_may_not;
use crate::pages::board::view_model::asked_for;
use crate::pages::rollout_dialog::{RolloutSubject, request_of};
use crate::replica::use_replica;
use crate::rules_words::reason_words;

/// The environments as a vertical track.
#[component]
pub fn Environments() -> impl IntoView {
    let view = use_replica().view();
    let ids = memo(move || view.with(|view| view.environments_in_order()));
    view! {
        <section>
            <h2>{t!(environments)}</h2>
            <ul class="environment-track" role="list">
                {each(ids, |id| view! { <EnvironmentItem id /> }.into_any())}
            </ul>
        </section>
    }
}

/// The latest rollout of the deployment to one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Latest {
    rollout: RolloutId,
    phase: Phase,
    version: String,
    at: Timestamp,
    took_ms: Option<i64>,
    outside_gate: bool,
    /// Why it was started though the gate was closed.
    reason: Option<String>,
}

#[component]
fn EnvironmentItem(id: EnvironmentId) -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let name = memo(move || view.with(|view| environment_name(id, view)));
    let purpose =
        memo(move || view.with(|view| view.environments.get(&id).and_then(|known| known.purpose.clone())));
    let latest = memo(move || {
        view.with(|view| {
            let (rollout, known) = view.latest_rollout_in(subject.id, id)?;
            let finished = known.finished_at();
            Some(Latest {
                rollout,
                phase: known.phase(),
                version: known.version.clone(),
                at: finished.unwrap_or(known.started_at),
                took_ms: known.took_ms().filter(|took| *took >= 60_000),
                outside_gate: known.outside_gate,
                reason: known.overridden.as_deref().map(reason_words),
            })
        })
    });
    let is_asked = memo(move || {
        subject.requested.with(|requested| asked_for(requested).any(|asked| asked == (subject.id, id)))
    });
    let class = move || match latest.with(|latest| latest.as_ref().map(|latest| latest.phase)) {
        None => "",
        Some(Phase::Started) => "is-going",
        Some(Phase::Succeeded) => "is-done",
        Some(Phase::Failed) => "is-failed",
        Some(Phase::RolledBack) => "is-back",
    };
    view! {
        <li id=format!("environment-{id}") class=class class:is-asked=is_asked data-testid="environment">
            <i aria-hidden="true"></i>
            <div>
                <b>{name}</b>
                {live(move || purpose.get().map(|purpose| view! { <small><bdi>{purpose}</bdi></small> }))}
                {live(move || match latest.get() {
                    Some(latest) => view! { <LatestLines latest /> }.into_any(),
                    None => view! { <small>{t!(not_rolled_out)}</small> }.into_any(),
                })}
            </div>
            <div class="pills">
                <When holds=is_asked>
                    <Pill kind=PillKind::Asked text=t!(requested) />
                </When>
                {live(move || latest.get().map(|latest| view! { <PhasePill phase=latest.phase /> }))}
                <When holds=derive(move || latest.with(|latest| latest.as_ref().is_some_and(|latest| latest.outside_gate)))>
                    <Pill kind=PillKind::Bad text=t!(outside_gate) />
                </When>
            </div>
            <TestingKinds environment=id />
            <RecordButtons id latest is_asked />
            <RolloutHistory environment=id />
        </li>
    }
}

#[component]
fn LatestLines(latest: Latest) -> impl IntoView {
    view! {
        <small>
            <span class="mono">{latest.version}</span>
            " · "
            <RelativeTime at=latest.at />
            {latest.took_ms.map(|took| format!(" · {}", t!(took, &crate::pages::ages::age_words(took))))}
        </small>
        {latest.reason.map(|reason| view! { <small>{t!(started_anyway_because, &reason)}</small> })}
    }
}

/// How far a rollout is.
#[component]
pub fn PhasePill(phase: Phase) -> impl IntoView {
    let kind = match phase {
        Phase::Started => PillKind::Going,
        Phase::Succeeded => PillKind::Ok,
        Phase::Failed => PillKind::Bad,
        Phase::RolledBack => PillKind::Back,
    };
    view! { <Pill kind text=phase_word(phase) /> }
}

/// A new rollout, and how the running or last one went.
#[component]
fn RecordButtons(id: EnvironmentId, latest: Memo<Option<Latest>>, is_asked: Memo<bool>) -> impl IntoView {
    let subject = use_subject();
    let ask = move |rollout| {
        let deployment = subject.id;
        subject.recording.set(Some(RolloutSubject { deployment, environment: id, rollout }));
    };
    let known =
        memo(move || latest.with(|latest| latest.as_ref().map(|latest| (latest.rollout, latest.phase))));
    let running =
        move || known.get().filter(|(_, phase)| *phase == Phase::Started).map(|(rollout, _)| rollout);
    let goes_on = move || matches!(known.get(), Some((_, Phase::Succeeded | Phase::Failed)));
    let may_not = use_may_not(Capability::Work);
    let may = derive(move || may_not.with(Option::is_none));
    let (acts, replica) = (use_acts(), use_replica());
    // A closed gate says what is missing; without one nothing is.
    let request = move |_| {
        if !acts.act(request_of(subject.id, id, replica)) {
            focus::focus_soon(format!("#gate-{id}"));
        }
    };
    // What it is for changes with the rollout; the button stays, and the focus on it.
    let word = derive(move || if running().is_some() { t!(record_outcome) } else { t!(record_rollout) });
    view! {
        <div class="environment-buttons no-print">
            <When holds=derive(move || may.get() && running().is_none() && !is_asked.get())>
                <button class="link" type="button" title=t!(request_rollout_what) on:click=request>
                    {t!(request_rollout)}
                </button>
            </When>
            <When holds=may>
                <button class="link" type="button" on:click=move |_| ask(running())>
                    {word}
                </button>
            </When>
            <When holds=derive(move || may.get() && goes_on())>
                <button class="link" type="button" on:click=move |_| ask(known.get().map(|known| known.0))>
                    {t!(record_change)}
                </button>
            </When>
        </div>
    }
}
