//! What an approver can say about what is shown: that it may go, that it may not, and that they take that back.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::approval::Verdict;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::EnvironmentId;

use super::super::{Judged, use_subject};
use crate::acts::use_acts;
use crate::components::icon::Icon;
use crate::components::live::{When, derive, memo};
use crate::may::{MayNot, use_may_not};
use crate::replica::use_replica;

#[component]
pub(super) fn Decide(environment: EnvironmentId) -> impl IntoView {
    let subject = use_subject();
    let (acts, replica) = (use_acts(), use_replica());
    let (view, me) = (replica.view(), replica.me());
    let note = RwSignal::new(String::new());
    let approve = Capability::Approve { deployment: subject.id, environment };
    let may_not_approve = use_may_not(approve);
    let has_said = memo(move || {
        view.with(|view| {
            let mut said =
                view.deployments.get(&subject.id).into_iter().flat_map(|known| known.approvals.iter());
            said.any(|said| said.origin.actor == me.get() && said.statement.environment == environment)
        })
    });
    let decide = move |verdict| {
        let deployment = subject.id;
        let judged = view.with_untracked(|view| Judged::now(view, deployment, environment));
        let (Some(judged), said) = (judged, note.get_untracked()) else { return };
        let digest = judged.digest;
        let (command, words) = match verdict {
            Verdict::Approved => {
                let note = Some(said).filter(|said| !said.trim().is_empty());
                (DeploymentCommand::Approve { deployment, environment, digest, note }, t!(approved))
            }
            Verdict::Declined => (
                DeploymentCommand::Decline { deployment, environment, digest, reason: said },
                t!(declined_word),
            ),
        };
        let back = DeploymentCommand::Withdraw { deployment, environment };
        if acts.act_undoable(Command::Deployment(command), words, Command::Deployment(back)) {
            judged.keep();
            note.set(String::new());
        }
    };
    let withdraw = move |_| {
        acts.act(Command::Deployment(DeploymentCommand::Withdraw { deployment: subject.id, environment }));
    };
    view! {
        <input
            class="input"
            aria-label=t!(decision_note)
            placeholder=t!(decision_note)
            maxlength="1500"
            prop:value=note
            on:input=move |event| note.set(event_target_value(&event))
        />
        <When
            holds=derive(move || may_not_approve.with(Option::is_none))
            otherwise=move || view! { <MayNot capability=approve /> }
        >
            <button class="button is-primary" type="button" on:click=move |_| decide(Verdict::Approved)>
                <Icon name="shield-check" />
                {t!(approve)}
            </button>
        </When>
        <button class="button is-danger" type="button" on:click=move |_| decide(Verdict::Declined)>
            {t!(decline)}
        </button>
        <When holds=has_said>
            <button class="button is-quiet" type="button" on:click=withdraw>
                {t!(withdraw_decision)}
            </button>
        </When>
    }
}
