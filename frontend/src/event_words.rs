//! What happened, in words: for what is known here and missing on the server.

use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::event::{Event, WorkspaceEvent};
use slipway_shared::label::LabelEvent;
use slipway_shared::member::MemberEvent;
use slipway_shared::rollout::RolloutEvent;
use slipway_shared::service::ServiceEvent;
use slipway_shared::workspace::Workspace;

use crate::command_words::{
    attest_words, check_text, column_name, environment_name, label_name, name_of, report_words, stage_name,
    stage_state_word,
};
use crate::language::count;

/// Returns the words for an event; `None` for what nobody does by hand.
#[must_use]
pub fn event_words(event: &Event, workspace: &Workspace) -> Option<String> {
    Some(match event {
        Event::Workspace(WorkspaceEvent::Renamed { name }) => t!(command_rename_workspace, &name),
        Event::Workspace(WorkspaceEvent::Moved {}) => t!(command_move_workspace),
        Event::Member(MemberEvent::Joined { .. }) => t!(command_add_member),
        Event::Member(MemberEvent::RoleSet { .. }) => t!(command_set_role),
        Event::Member(MemberEvent::Removed { .. }) => t!(command_remove_member),
        Event::Service(ServiceEvent::Added { name, .. }) => t!(command_add_service, &name),
        Event::Label(LabelEvent::Added { name, .. }) => t!(command_create_label, &name),
        Event::Deployment(event) => return deployment_words(event, workspace),
        Event::Rollout(RolloutEvent::Joined { deployment, .. }) => {
            t!(command_join_rollouts, &name_of(*deployment, workspace))
        }
        Event::Rollout(RolloutEvent::Split { deployment, .. }) => {
            t!(command_split_rollout, &name_of(*deployment, workspace))
        }
        Event::Rollout(RolloutEvent::Reported { deployment, environment, report, .. }) => {
            let place = environment_name(*environment, workspace);
            report_words(report.phase, &place, &name_of(*deployment, workspace))
        }
        _ => return None,
    })
}

fn deployment_words(event: &DeploymentEvent, workspace: &Workspace) -> Option<String> {
    use DeploymentEvent as E;
    let named = |deployment| name_of(deployment, workspace);
    Some(match event {
        E::Opened { version, service, .. } => {
            let service = workspace.services.get(service).map(|service| service.name.clone());
            t!(command_open, &format!("{version} {}", service.unwrap_or_default()))
        }
        E::Moved { deployment, to, .. } => {
            t!(command_move, &named(*deployment), &column_name(*to, workspace))
        }
        E::Edited { deployment, field, value, .. } | E::EditLost { deployment, field, value } => {
            let words = match field {
                DeploymentField::Title => t!(command_edit_title, &named(*deployment)),
                DeploymentField::Version => t!(command_edit_version, &named(*deployment)),
                DeploymentField::SectionText(_) => t!(command_edit_text, &named(*deployment)),
            };
            format!("{words}: {value}")
        }
        E::CheckAdded { deployment, text, .. } => t!(command_add_check, &text, &named(*deployment)),
        E::Attested { deployment, check, statement, .. } => {
            attest_words(statement.state, &check_text(*deployment, *check, workspace), &named(*deployment))
        }
        E::ChangesAttached { deployment, changes } => {
            t!(command_attach_changes, count(changes.len()), &named(*deployment))
        }
        E::StageMarked { deployment, stage, state } => {
            t!(command_mark_stage, &stage_name(*stage), &stage_state_word(*state), &named(*deployment))
        }
        E::LabelAdded { deployment, label } => {
            t!(command_add_label, &label_name(*label, workspace), &named(*deployment))
        }
        E::LabelRemoved { deployment, label } => {
            t!(command_remove_label, &label_name(*label, workspace), &named(*deployment))
        }
        E::Finished { deployment } => t!(command_finish, &named(*deployment)),
        E::Concluded { deployment } => t!(command_conclude, &named(*deployment)),
        E::Reopened { deployment } => t!(command_reopen, &named(*deployment)),
        E::Judged { deployment, .. } => t!(lost_judged, &named(*deployment)),
        E::Settled { deployment, .. } => t!(command_settle, &named(*deployment)),
        E::Sealed { .. } | E::Unsealed { .. } => return None,
    })
}
