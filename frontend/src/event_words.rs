//! What happened, in words: for what is known here and missing on the server.

use slipway_shared::column::ColumnEvent;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::environment::EnvironmentEvent;
use slipway_shared::event::{Event, WorkspaceEvent};
use slipway_shared::freeze::FreezeEvent;
use slipway_shared::label::LabelEvent;
use slipway_shared::member::MemberEvent;
use slipway_shared::policy::PolicyEvent;
use slipway_shared::rollout::RolloutEvent;
use slipway_shared::service::ServiceEvent;
use slipway_shared::template::TemplateEvent;
use slipway_shared::view::ViewEvent;
use slipway_shared::workspace::Workspace;

use crate::command_words::{
    archive_words, attest_words, check_text, column_name, comment_words, edit_words, environment_name,
    freeze_name, label_name, name_of, outline_words, report_words, risk_word, service_name, stage_name,
    stage_state_word, test_words, view_name,
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
        Event::Service(ServiceEvent::Changed { service, .. }) => {
            t!(command_change_service, &service_name(*service, workspace))
        }
        Event::Environment(EnvironmentEvent::Changed { environment, .. }) => {
            t!(command_change_environment, &environment_name(*environment, workspace))
        }
        Event::Column(ColumnEvent::Changed { column, .. }) => {
            t!(command_change_column, &column_name(*column, workspace))
        }
        Event::Label(LabelEvent::Added { name, .. }) => t!(command_create_label, &name),
        Event::Label(LabelEvent::Changed { label, .. }) => {
            t!(command_change_label, &label_name(*label, workspace))
        }
        Event::View(ViewEvent::Saved { name, .. }) => t!(command_save_view, &name),
        Event::View(ViewEvent::Removed { view }) => t!(command_remove_view, &view_name(*view, workspace)),
        Event::Template(TemplateEvent::Saved { template, .. }) => t!(command_save_template, &template.name),
        Event::Template(TemplateEvent::Archived { id, is_archived }) => {
            archive_words(*id, *is_archived, workspace)
        }
        Event::Deployment(event) => return deployment_words(event, workspace),
        Event::Rollout(RolloutEvent::Reported { deployment, environment, overridden: Some(_), .. }) => {
            let place = environment_name(*environment, workspace);
            t!(command_override, &place, &name_of(*deployment, workspace))
        }
        Event::Policy(PolicyEvent::Set { environment, risk, .. }) => {
            t!(command_set_policy, &environment_name(*environment, workspace), &risk_word(*risk))
        }
        Event::Freeze(FreezeEvent::Declared { terms, .. }) => t!(command_declare_freeze, &terms.name),
        Event::Freeze(FreezeEvent::Changed { terms, .. }) => t!(command_change_freeze, &terms.name),
        Event::Freeze(FreezeEvent::Lifted { freeze }) => {
            t!(command_lift_freeze, &freeze_name(*freeze, workspace))
        }
        Event::Rollout(RolloutEvent::Joined { deployment, .. }) => {
            t!(command_join_rollouts, &name_of(*deployment, workspace))
        }
        Event::Rollout(RolloutEvent::Split { deployment, .. }) => {
            t!(command_split_rollout, &name_of(*deployment, workspace))
        }
        Event::Rollout(RolloutEvent::Retracted { deployment, .. }) => {
            t!(command_retract_rollout, &name_of(*deployment, workspace))
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
            format!("{}: {value}", edit_words(*field, &named(*deployment)))
        }
        E::Commented { deployment, change, .. } => comment_words(change, &named(*deployment)),
        E::OutlineEdited { deployment, edit, .. } => match edit {
            OutlineEdit::Text { field, value } => {
                format!("{}: {value}", edit_words(*field, &named(*deployment)))
            }
            edit => outline_words(edit, *deployment, workspace),
        },
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
        E::Withdrawn { deployment, environment, .. } => {
            t!(command_withdraw, &environment_name(*environment, workspace), &named(*deployment))
        }
        E::RiskSet { deployment, risk } => t!(command_set_risk, &risk_word(*risk), &named(*deployment)),
        E::ArtifactsSet { deployment, .. } => t!(command_set_artifacts, &named(*deployment)),
        E::Followed { deployment, predecessor } => {
            t!(command_follow, &named(*predecessor), &named(*deployment))
        }
        E::Unfollowed { deployment, predecessor } => {
            t!(command_unfollow, &named(*predecessor), &named(*deployment))
        }
        E::Assigned { deployment, .. } => t!(command_assign, &named(*deployment)),
        E::Unassigned { deployment, .. } => t!(command_unassign, &named(*deployment)),
        E::CheckAssigned { deployment, check, .. } => {
            t!(command_assign_check, &check_text(*deployment, *check, workspace), &named(*deployment))
        }
        E::Archived { deployment } => t!(command_archive, &named(*deployment)),
        E::Restored { deployment } => t!(command_restore, &named(*deployment)),
        E::Settled { deployment, .. } => t!(command_settle, &named(*deployment)),
        E::Tested { deployment, environment, testing, outcome, .. } => {
            test_words(*outcome, *testing, *environment, *deployment, workspace)
        }
        E::Sealed { .. } | E::Unsealed { .. } => return None,
    })
}
