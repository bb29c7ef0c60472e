//! A decision that came back because what was decided about has changed: what is different now, and the decision again.

use leptos::prelude::*;
use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{CommandKey, DeploymentId, EnvironmentId};
use slipway_shared::rejection::Rejection;

use crate::acts::use_acts;
use crate::command_words::risk_word;
use crate::components::live::{all, live, memo};
use crate::pages::deployment::{Difference, Judged};
use crate::replica::{RefusedCommand, use_replica};

/// A decision that counts no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleDecision {
    key: CommandKey,
    deployment: DeploymentId,
    environment: EnvironmentId,
    digest: Hash,
    /// What was said beside it; the reason where it was declined.
    said: Said,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Approved(Option<String>),
    Declined(String),
}

impl StaleDecision {
    /// Returns the same decision about something else.
    fn about(self, digest: Hash) -> Command {
        let Self { deployment, environment, .. } = self;
        Command::Deployment(match self.said {
            Said::Approved(note) => DeploymentCommand::Approve { deployment, environment, digest, note },
            Said::Declined(reason) => DeploymentCommand::Decline { deployment, environment, digest, reason },
        })
    }
}

/// Returns the decision, if that is what was refused; of several about one thing the last one said.
#[must_use]
pub fn stale_decision(group: &[RefusedCommand]) -> Option<StaleDecision> {
    let last = group.last().filter(|last| matches!(last.rejection, Rejection::StaleApproval { .. }))?;
    let (deployment, environment, digest, said) = match last.command.clone() {
        Command::Deployment(DeploymentCommand::Approve { deployment, environment, digest, note }) => {
            (deployment, environment, digest, Said::Approved(note))
        }
        Command::Deployment(DeploymentCommand::Decline { deployment, environment, digest, reason }) => {
            (deployment, environment, digest, Said::Declined(reason))
        }
        _ => return None,
    };
    Some(StaleDecision { key: last.key, deployment, environment, digest, said })
}

/// What is different from what was decided about.
#[component]
pub fn WhatChanged(decision: StaleDecision) -> impl IntoView {
    let view = use_replica().view();
    let StaleDecision { deployment, environment, digest, .. } = decision;
    let was = StoredValue::new(Judged::recall(digest));
    let differences = memo(move || {
        let now = view.with(|view| Judged::now(view, deployment, environment))?;
        was.with_value(|was| Some(was.as_ref()?.differences(&now)))
    });
    live(move || {
        match differences.get() {
        Some(differences) if !differences.is_empty() => view! {
            <div data-testid="what-changed">
                <p>{t!(review_changed)}</p>
                <ul class="what-changed">
                    {all(differences, |difference| view! { <li>{difference_words(&difference)}</li> }.into_any())}
                </ul>
            </div>
        }
        .into_any(),
        // It was decided on another device, or is again what it was.
        _ => view! { <p data-testid="what-changed">{t!(review_unknown)}</p> }.into_any(),
    }
    })
}

/// Returns something that is not what it was, in words.
pub fn difference_words(difference: &Difference) -> String {
    match difference {
        Difference::Version { was, is } => t!(review_version, &was, &is),
        Difference::Added(check) => t!(review_added, &check),
        Difference::Gone(check) => t!(review_gone, &check),
        Difference::Artifacts => t!(review_artifacts),
        Difference::Risk { is } => t!(review_risk, &risk_word(*is)),
        Difference::Policy => t!(review_policy),
    }
}

/// Decides again in the same way, about what is shown.
#[component]
pub fn DecideAgain(decision: StaleDecision, keys: Vec<CommandKey>) -> impl IntoView {
    let (replica, acts) = (use_replica(), use_acts());
    let StaleDecision { key, deployment, environment, .. } = decision;
    let words = match &decision.said {
        Said::Approved(_) => t!(review_approve),
        Said::Declined(_) => t!(review_decline),
    };
    let now = memo(move || replica.view().with(|view| Judged::now(view, deployment, environment)));
    let decide = move |_| {
        let Some(judged) = now.get_untracked() else { return };
        match replica.retry_as(key, decision.clone().about(judged.digest)) {
            Ok(_) => {
                judged.keep();
                replica.discard(&keys);
            }
            Err(rejection) => acts.refuse(&rejection),
        }
    };
    view! {
        <button class="button" type="button" on:click=decide>
            {words}
        </button>
    }
}
