//! Why something can't be done, in words for people: what happened, what was kept, what they can do.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::stage::Stage;
use slipway_shared::workspace::Workspace;

use crate::browser::intl::exact_time;
use crate::command_words::{
    check_text, column_name, environment_name, freeze_name, name_of, stage_name, stage_state_word,
    testing_word,
};
use crate::language::count;

/// Returns the words for a rejection.
#[must_use]
pub fn rejection_words(rejection: &Rejection, workspace: &Workspace) -> String {
    match rejection {
        Rejection::WorkspaceExists => t!(rejected_workspace_exists),
        Rejection::IdTaken => t!(rejected_id_taken),
        Rejection::NameTaken { name } => t!(rejected_name_taken, &name),
        Rejection::TextMissing { field } => t!(rejected_text_missing, &field_name(*field)),
        Rejection::TextTooLong { field, limit, .. } => {
            t!(rejected_text_too_long, &field_name(*field), count(*limit))
        }
        Rejection::TextHasLines { field } => t!(rejected_text_has_lines, &field_name(*field)),
        Rejection::TooMany { count: given, limit } => t!(rejected_too_many, count(*given), count(*limit)),
        Rejection::OtherRollout => t!(rejected_other_rollout),
        Rejection::ToldByOthers { .. } => t!(rejected_told_by_others),
        Rejection::StartedAnyway => t!(rejected_started_anyway),
        Rejection::OutOfRange => t!(rejected_out_of_range),
        Rejection::UnknownService { .. }
        | Rejection::UnknownEnvironment { .. }
        | Rejection::UnknownColumn { .. }
        | Rejection::UnknownLabel { .. }
        | Rejection::UnknownSection { .. }
        | Rejection::UnknownMember { .. }
        | Rejection::UnknownCheck { .. }
        | Rejection::UnknownComment { .. }
        | Rejection::UnknownTemplate { .. } => t!(rejected_unknown_part),
        Rejection::NotYours => t!(rejected_not_yours),
        Rejection::ChangedMeanwhile => t!(rejected_changed_meanwhile),
        Rejection::BadNesting => t!(rejected_bad_nesting),
        Rejection::TextHasControls { field } => t!(rejected_text_has_controls, &field_name(*field)),
        Rejection::UnsafeAddress => t!(rejected_unsafe_address),
        Rejection::UnknownDeployment { .. } => t!(rejected_unknown_deployment),
        Rejection::ColumnChanged { column } => {
            let column = workspace.columns.get(column).map(|column| column.name.clone());
            t!(rejected_column_changed, &column.unwrap_or_default())
        }
        Rejection::RolloutNeeded { environment } => {
            let environment = workspace.environments.get(environment).map(|known| known.name.clone());
            t!(rejected_rollout_needed, &environment.unwrap_or_default())
        }
        Rejection::StageChanged { stage, state } => {
            t!(rejected_stage_changed, &stage_name(*stage), &stage_state_word(*state))
        }
        Rejection::StageFollowsRollouts { stage: stage @ Stage::Verify } => {
            t!(rejected_stage_follows_testing, &stage_name(*stage))
        }
        Rejection::StageFollowsRollouts { stage: stage @ Stage::Approve } => {
            t!(rejected_stage_follows_approvals, &stage_name(*stage))
        }
        Rejection::StageFollowsRollouts { stage } => {
            t!(rejected_stage_follows, &stage_name(*stage))
        }
        Rejection::DeploymentFinished => t!(rejected_finished),
        Rejection::DeploymentSealed => t!(rejected_sealed),
        Rejection::DeploymentArchived => t!(rejected_archived),
        Rejection::InUse { deployments } => t!(rejected_in_use, count(*deployments)),
        Rejection::LastQueue => t!(rejected_last_queue),
        Rejection::HasColumn { column } => t!(rejected_has_column, &column_name(*column, workspace)),
        Rejection::ArchivedMeanwhile => t!(rejected_archived_meanwhile),
        Rejection::DetailMismatch => t!(rejected_detail_mismatch),
        Rejection::GateClosed { environment, missing } => {
            let missing: Vec<_> = missing.iter().map(|missing| missing_words(missing, workspace)).collect();
            t!(rejected_gate_closed, &environment_name(*environment, workspace), &missing.join(", "))
        }
        Rejection::NoOverride => t!(rejected_no_override),
        Rejection::PolicyLocksOut { approvals, approvers } => {
            t!(rejected_policy_locks_out, count(*approvals), count(*approvers))
        }
        Rejection::UnknownFreeze { .. } => t!(rejected_unknown_part),
        Rejection::WouldWaitForItself { deployment } => {
            t!(rejected_would_wait_for_itself, &name_of(*deployment, workspace))
        }
        Rejection::RolloutRunning { deployment, environment } => {
            let what = name_of(*deployment, workspace);
            t!(rejected_rollout_running, &what, &environment_name(*environment, workspace))
        }
        Rejection::VersionChanged { version } => t!(rejected_version_changed, &version),
        Rejection::StaleApproval { .. } => t!(rejected_stale_approval),
        Rejection::NotApprover => t!(rejected_not_approver),
        Rejection::OwnWork => t!(rejected_own_work),
        Rejection::NotMember => t!(rejected_not_member),
        Rejection::ReadOnly => t!(rejected_read_only),
        Rejection::NotAdmin => t!(rejected_not_admin),
        Rejection::LastAdmin => t!(rejected_last_admin),
        Rejection::UnknownCommand { .. } => t!(rejected_unknown_command),
        Rejection::MalformedCommand { .. } => t!(rejected_malformed_command),
        Rejection::Internal => t!(rejected_internal),
        Rejection::RequestTooOld => t!(rejected_request_too_old),
        Rejection::TimelineChanged => t!(rejected_timeline_changed),
        Rejection::AccessRemoved => t!(rejected_access_removed),
        Rejection::Unexplained => t!(rejected_unexplained),
    }
}

/// Returns the words for something that keeps a gate closed.
#[must_use]
pub fn missing_words(missing: &Missing, workspace: &Workspace) -> String {
    match missing {
        Missing::Check { deployment, check, state } => {
            let check = check_text(*deployment, *check, workspace);
            if *state == CheckState::Failed {
                t!(missing_check_failed, &check)
            } else {
                t!(missing_check_open, &check)
            }
        }
        Missing::Approval => t!(missing_approval),
        Missing::Declined { .. } => t!(missing_declined),
        Missing::Approvals { have, need } => t!(missing_approvals, count(*have), count(*need)),
        Missing::Earlier { environment } => {
            t!(missing_earlier, &environment_name(*environment, workspace))
        }
        Missing::Testing { environment, testing, is_failed } => {
            let (kind, place) = (testing_word(*testing), environment_name(*environment, workspace));
            if *is_failed {
                t!(missing_testing_failed, &kind, &place)
            } else {
                t!(missing_testing, &kind, &place)
            }
        }
        Missing::Predecessor { deployment } => t!(missing_predecessor, &name_of(*deployment, workspace)),
        Missing::Frozen { freeze, until } => {
            t!(missing_frozen, &freeze_name(*freeze, workspace), &exact_time(*until))
        }
        Missing::Older { live } => t!(missing_older, &live),
    }
}

fn field_name(field: TextField) -> String {
    match field {
        TextField::Name => t!(field_name),
        TextField::Repository => t!(field_repository),
        TextField::Version => t!(field_version),
        TextField::Title => t!(field_title),
        TextField::Heading => t!(field_heading),
        TextField::SectionText => t!(field_section_text),
        TextField::Check => t!(field_check),
        TextField::Verify => t!(field_verify),
        TextField::Evidence => t!(field_evidence),
        TextField::Summary => t!(field_summary),
        TextField::Commit => t!(field_commit),
        TextField::Author => t!(field_author),
        TextField::Link => t!(field_link),
        TextField::Note => t!(field_note),
        TextField::Reason => t!(field_reason),
        TextField::Incident => t!(field_incident),
        TextField::Query => t!(field_query),
        TextField::Comment => t!(field_comment),
    }
}
