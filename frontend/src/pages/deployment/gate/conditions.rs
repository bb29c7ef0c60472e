//! What a gate asks for, one line each: met, or what is missing with the way to it.

use leptos::prelude::*;
use slipway_shared::deployment::gate::{Condition, Gate, Missing, Requirement};
use slipway_shared::environment::Testing;
use slipway_shared::ids::{DeploymentId, EnvironmentId};
use slipway_shared::workspace::Workspace;

use crate::app::place::Place;
use crate::app::search::use_search;
use crate::browser::focus;
use crate::command_words::{environment_name, name_of};
use crate::components::icon::Icon;
use crate::components::live::{all, derive, live};
use crate::language::count;
use crate::rejection_words::missing_words;
use crate::replica::use_replica;

/// A line of the list.
struct Line {
    is_met: bool,
    words: String,
    way: Option<(String, Way)>,
}

/// Where something is that is missing.
enum Way {
    /// On this page, where the selector finds it.
    Here(String),
    /// Somewhere else.
    At(String),
}

/// Everything that a gate asks for.
#[component]
pub fn Conditions(
    deployment: DeploymentId,
    environment: EnvironmentId,
    gate: Memo<Gate>,
    /// What is being rolled out there.
    running: Memo<Option<DeploymentId>>,
    /// Called before a way is gone that leads elsewhere, where this is not on the page of the deployment.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let view = use_replica().view();
    let lines = move || {
        let conditions = gate.get().conditions;
        view.with(|view| {
            let conditions = conditions.iter().flat_map(|condition| lines_of(condition, view));
            let busy = running.get().map(|running| {
                let go = || (t!(gate_go_deployment), Way::At(Place::Deployment(running).path()));
                Line {
                    is_met: false,
                    words: t!(gate_running, &name_of(running, view), &environment_name(environment, view)),
                    way: (running != deployment).then(go),
                }
            });
            conditions.chain(busy).collect::<Vec<_>>()
        })
    };
    view! {
        <ul role="list" class="gate-conditions">
            {live(move || all(lines(), move |line| view! { <LineView line deployment on_leave /> }.into_any()))}
        </ul>
    }
}

/// A condition that is met is one line; else there is one for each thing that is missing.
fn lines_of(condition: &Condition, view: &Workspace) -> Vec<Line> {
    if condition.is_met() {
        return vec![Line { is_met: true, words: met_words(&condition.requirement, view), way: None }];
    }
    let missing = condition.missing.iter().map(|missing| Line {
        is_met: false,
        words: missing_words(missing, view),
        way: way_to(missing, view),
    });
    missing.collect()
}

fn met_words(requirement: &Requirement, view: &Workspace) -> String {
    match requirement {
        Requirement::Checks { all, .. } => t!(gate_met_checks, count(*all)),
        Requirement::Approvals { have, need } => t!(approvals_of, count(*have), count(*need)),
        Requirement::Earlier { environment } => t!(gate_met_earlier, &environment_name(*environment, view)),
        Requirement::Predecessor { deployment } => t!(gate_met_predecessor, &name_of(*deployment, view)),
        Requirement::NotFrozen => t!(gate_met_not_frozen),
        Requirement::NotOlder => t!(gate_met_not_older),
    }
}

/// Returns the place of a kind of testing among those of its environment, from 1.
fn testing_place(environment: EnvironmentId, testing: Testing, view: &Workspace) -> usize {
    let kinds = view.environments.get(&environment).map(|known| known.testing.as_slice()).unwrap_or_default();
    kinds.iter().position(|known| *known == testing).map_or(1, |place| place + 1)
}

fn way_to(missing: &Missing, view: &Workspace) -> Option<(String, Way)> {
    match missing {
        Missing::Check { check, .. } => Some((t!(gate_go_check), Way::Here(format!("#check-{check}")))),
        Missing::Frozen { .. } => {
            Some((t!(gate_go_freeze), Way::At(format!("{}#settings-freezes", Place::Settings.path()))))
        }
        Missing::Predecessor { deployment } => {
            Some((t!(gate_go_deployment), Way::At(Place::Deployment(*deployment).path())))
        }
        Missing::Earlier { environment } => {
            let button = format!("#environment-{environment} .environment-buttons button");
            Some((t!(gate_go_environment), Way::Here(button)))
        }
        Missing::Testing { environment, testing, .. } => {
            let place = testing_place(*environment, *testing, view);
            let button = format!("#environment-{environment} .testing > li:nth-child({place}) button");
            Some((t!(gate_go_testing), Way::Here(button)))
        }
        Missing::Approval | Missing::Approvals { .. } | Missing::Declined { .. } | Missing::Older { .. } => {
            None
        }
    }
}

#[component]
fn LineView(line: Line, deployment: DeploymentId, on_leave: Option<Callback<()>>) -> impl IntoView {
    let Line { is_met, words, way } = line;
    let search = use_search();
    let (icon, state) =
        if is_met { ("circle-check", t!(gate_is_met)) } else { ("circle", t!(gate_is_missing)) };
    let way = way.map(|(text, way)| match (way, on_leave) {
        (Way::Here(selector), Some(leave)) => {
            let address = derive(move || search.with(|search| search.address(Place::Deployment(deployment))));
            let go = move |_| {
                leave.run(());
                focus::focus_when_there(selector.clone());
            };
            view! { <a class="link no-print" href=address on:click=go>{text}</a> }.into_any()
        }
        (Way::Here(selector), None) => view! {
            <button class="link no-print" type="button" on:click=move |_| focus::focus_soon(selector.clone())>
                {text}
            </button>
        }
        .into_any(),
        (Way::At(address), leave) => {
            let go = move |_| {
                if let Some(leave) = leave {
                    leave.run(());
                }
            };
            view! { <a class="link no-print" href=address on:click=go>{text}</a> }.into_any()
        }
    });
    view! {
        <li class:is-met=is_met data-testid=if is_met { "met" } else { "missing" }>
            <Icon name=icon />
            <span class="visually-hidden">{state}</span>
            <span>{words}</span>
            {way}
        </li>
    }
}
