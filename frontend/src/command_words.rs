//! What somebody asked for, in words: for the list of what waits, for Needs you, and for Undo.

use crate::language::count;
use slipway_shared::check::CheckState;
use slipway_shared::column::ColumnCommand;
use slipway_shared::command::{Command, WorkspaceCommand};
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::comment::CommentChange;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::deployment::testing::TestOutcome;
use slipway_shared::environment::{EnvironmentCommand, Testing};
use slipway_shared::freeze::FreezeCommand;
use slipway_shared::ids::{
    CheckId, ColumnId, DeploymentId, EnvironmentId, FreezeId, LabelId, ServiceId, TemplateId, ViewId,
};
use slipway_shared::label::LabelCommand;
use slipway_shared::member::MemberCommand;
use slipway_shared::policy::{PolicyCommand, Risk};
use slipway_shared::rollout::{Phase, RolloutCommand};
use slipway_shared::service::ServiceCommand;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::template::TemplateCommand;
use slipway_shared::view::ViewCommand;
use slipway_shared::workspace::Workspace;

/// Returns the words for a command.
#[must_use]
pub fn command_words(command: &Command, workspace: &Workspace) -> String {
    match command {
        Command::Nothing => t!(command_nothing),
        Command::Workspace(WorkspaceCommand::Create { name, .. }) => {
            t!(command_create_workspace, &name)
        }
        Command::Workspace(WorkspaceCommand::Rename { name }) => t!(command_rename_workspace, &name),
        Command::Workspace(WorkspaceCommand::Move {}) => t!(command_move_workspace),
        Command::Member(MemberCommand::Add { .. }) => t!(command_add_member),
        Command::Member(MemberCommand::SetRole { .. }) => t!(command_set_role),
        Command::Member(MemberCommand::Remove { .. }) => t!(command_remove_member),
        Command::Service(ServiceCommand::Add { name, .. }) => t!(command_add_service, &name),
        Command::Service(ServiceCommand::Change { service, .. }) => {
            t!(command_change_service, &service_name(*service, workspace))
        }
        Command::Environment(EnvironmentCommand::Add { name, .. }) => t!(command_add_environment, &name),
        Command::Environment(EnvironmentCommand::Change { environment, .. }) => {
            t!(command_change_environment, &environment_name(*environment, workspace))
        }
        Command::Column(ColumnCommand::Add { name, .. }) => t!(command_add_column, &name),
        Command::Column(ColumnCommand::Change { column, .. }) => {
            t!(command_change_column, &column_name(*column, workspace))
        }
        Command::Label(LabelCommand::Add { name, .. }) => t!(command_create_label, &name),
        Command::Label(LabelCommand::Change { label, .. }) => {
            t!(command_change_label, &label_name(*label, workspace))
        }
        Command::View(ViewCommand::Save { name, .. }) => t!(command_save_view, &name),
        Command::View(ViewCommand::Remove { view }) => t!(command_remove_view, &view_name(*view, workspace)),
        Command::Template(command) => template_words(command, workspace),
        Command::Deployment(command) => deployment_words(command, workspace),
        Command::Rollout(RolloutCommand::Report { deployment, environment, phase, .. }) => {
            report_words(*phase, &environment_name(*environment, workspace), &name_of(*deployment, workspace))
        }
        Command::Rollout(RolloutCommand::Join { deployment, .. }) => {
            t!(command_join_rollouts, &name_of(*deployment, workspace))
        }
        Command::Rollout(RolloutCommand::Split { deployment, .. }) => {
            t!(command_split_rollout, &name_of(*deployment, workspace))
        }
        Command::Rollout(RolloutCommand::Retract { deployment, .. }) => {
            t!(command_retract_rollout, &name_of(*deployment, workspace))
        }
        Command::Rollout(RolloutCommand::Request { deployment, environment, .. }) => {
            let environment = environment_name(*environment, workspace);
            t!(command_request_rollout, &environment, &name_of(*deployment, workspace))
        }
        Command::Rollout(RolloutCommand::Override { deployment, environment, .. }) => {
            let environment = environment_name(*environment, workspace);
            t!(command_override, &environment, &name_of(*deployment, workspace))
        }
        Command::Policy(PolicyCommand::Set { environment, risk, .. }) => {
            t!(command_set_policy, &environment_name(*environment, workspace), &risk_word(*risk))
        }
        Command::Freeze(FreezeCommand::Declare { terms, .. }) => t!(command_declare_freeze, &terms.name),
        Command::Freeze(FreezeCommand::Change { terms, .. }) => t!(command_change_freeze, &terms.name),
        Command::Freeze(FreezeCommand::Lift { freeze }) => {
            t!(command_lift_freeze, &freeze_name(*freeze, workspace))
        }
    }
}

fn deployment_words(command: &DeploymentCommand, workspace: &Workspace) -> String {
    use DeploymentCommand as C;
    let named = |deployment: &DeploymentId| name_of(*deployment, workspace);
    match command {
        C::Open { version, service, .. } => {
            let service = workspace.services.get(service).map(|service| service.name.clone());
            t!(command_open, &format!("{version} {}", service.unwrap_or_default()))
        }
        C::Move { deployment, to, .. } => {
            t!(command_move, &named(deployment), &column_name(*to, workspace))
        }
        C::Edit { deployment, field, .. } => edit_words(*field, &named(deployment)),
        C::Comment { deployment, change, .. } => comment_words(change, &named(deployment)),
        C::EditOutline { deployment, edit } => outline_words(edit, *deployment, workspace),
        C::AddCheck { deployment, text, .. } => {
            t!(command_add_check, &text, &named(deployment))
        }
        C::Attest { deployment, check, state, .. } => {
            attest_words(*state, &check_text(*deployment, *check, workspace), &named(deployment))
        }
        C::AttachChanges { deployment, changes } => {
            t!(command_attach_changes, count(changes.len()), &named(deployment))
        }
        C::MarkStage { deployment, stage, to, .. } => {
            let (stage, state) = (stage_name(*stage), stage_state_word(*to));
            t!(command_mark_stage, &stage, &state, &named(deployment))
        }
        C::AddLabel { deployment, label } => {
            t!(command_add_label, &label_name(*label, workspace), &named(deployment))
        }
        C::RemoveLabel { deployment, label } => {
            t!(command_remove_label, &label_name(*label, workspace), &named(deployment))
        }
        C::Test { deployment, environment, testing, outcome, .. } => {
            test_words(*outcome, *testing, *environment, *deployment, workspace)
        }
        C::Finish { deployment } => t!(command_finish, &named(deployment)),
        C::Settle { deployment, .. } => t!(command_settle, &named(deployment)),
        C::Reopen { deployment } => t!(command_reopen, &named(deployment)),
        C::Conclude { deployment } => t!(command_conclude, &named(deployment)),
        C::Seal { deployment } => t!(command_seal, &named(deployment)),
        C::Unseal { deployment, .. } => t!(command_unseal, &named(deployment)),
        C::Approve { deployment, environment, .. } => {
            t!(command_approve, &environment_name(*environment, workspace), &named(deployment))
        }
        C::Decline { deployment, environment, .. } => {
            t!(command_decline, &environment_name(*environment, workspace), &named(deployment))
        }
        C::Withdraw { deployment, environment } => {
            t!(command_withdraw, &environment_name(*environment, workspace), &named(deployment))
        }
        C::SetRisk { deployment, risk } => t!(command_set_risk, &risk_word(*risk), &named(deployment)),
        C::SetArtifacts { deployment, .. } => t!(command_set_artifacts, &named(deployment)),
        C::Follow { deployment, predecessor } => {
            t!(command_follow, &named(predecessor), &named(deployment))
        }
        C::Unfollow { deployment, predecessor } => {
            t!(command_unfollow, &named(predecessor), &named(deployment))
        }
        C::Assign { deployment, .. } => t!(command_assign, &named(deployment)),
        C::Unassign { deployment, .. } => t!(command_unassign, &named(deployment)),
        C::AssignCheck { deployment, check, .. } => {
            t!(command_assign_check, &check_text(*deployment, *check, workspace), &named(deployment))
        }
        C::Archive { deployment } => t!(command_archive, &named(deployment)),
        C::Restore { deployment } => t!(command_restore, &named(deployment)),
    }
}

fn template_words(command: &TemplateCommand, workspace: &Workspace) -> String {
    match command {
        TemplateCommand::Save { template, .. } => t!(command_save_template, &template.name),
        TemplateCommand::Archive { id, is_archived } => archive_words(*id, *is_archived, workspace),
    }
}

pub(crate) fn archive_words(id: TemplateId, is_archived: bool, workspace: &Workspace) -> String {
    let name = workspace.templates.get(&id).map(|kept| kept.template.name.clone()).unwrap_or_default();
    if is_archived { t!(command_archive_template, &name) } else { t!(command_restore_template, &name) }
}

pub(crate) fn edit_words(field: DeploymentField, what: &str) -> String {
    match field {
        DeploymentField::Title => t!(command_edit_title, &what),
        DeploymentField::Version => t!(command_edit_version, &what),
        DeploymentField::SectionText(_) => t!(command_edit_text, &what),
        DeploymentField::SectionHeading(_) => t!(command_edit_heading, &what),
        DeploymentField::CheckText(_) => t!(command_edit_check, &what),
        DeploymentField::CheckVerify(_) => t!(command_edit_verify, &what),
    }
}

pub(crate) fn comment_words(change: &CommentChange, what: &str) -> String {
    match change {
        CommentChange::Write(_) => t!(command_comment, &what),
        CommentChange::Edit(_) => t!(command_comment_edit, &what),
        CommentChange::Delete => t!(command_comment_delete, &what),
        CommentChange::Restore => t!(command_comment_restore, &what),
    }
}

pub(crate) fn outline_words(edit: &OutlineEdit, deployment: DeploymentId, workspace: &Workspace) -> String {
    let what = name_of(deployment, workspace);
    let known = workspace.deployments.get(&deployment);
    let check =
        |id| known.and_then(|known| known.any_check(id)).map(|check| check.text.clone()).unwrap_or_default();
    let section = |id| {
        known
            .and_then(|known| known.any_section(id))
            .map(|section| section.heading.clone())
            .unwrap_or_default()
    };
    match edit {
        OutlineEdit::Text { field, .. } => edit_words(*field, &what),
        OutlineEdit::RemoveCheck { check: id } => t!(command_remove_check, &check(*id), &what),
        OutlineEdit::RestoreCheck { check: id } => t!(command_restore_check, &check(*id), &what),
        OutlineEdit::MoveCheck { check: id, .. } => t!(command_move_check, &check(*id), &what),
        OutlineEdit::AddSection { section, .. } => t!(command_add_section, &section.heading, &what),
        OutlineEdit::RemoveSection { section: id } => t!(command_remove_section, &section(*id), &what),
        OutlineEdit::RestoreSection { section: id } => t!(command_restore_section, &section(*id), &what),
        OutlineEdit::MoveSection { section: id, .. } => t!(command_move_section, &section(*id), &what),
        OutlineEdit::AddLink(_) => t!(command_add_link, &what),
        OutlineEdit::RemoveLink { .. } => t!(command_remove_link, &what),
        OutlineEdit::DetachChange { change } => t!(command_detach_change, &change.summary, &what),
    }
}

pub(crate) fn attest_words(state: CheckState, check: &str, what: &str) -> String {
    let (check, what) = (check.to_owned(), what.to_owned());
    match state {
        CheckState::Open => t!(command_check_open, &check, &what),
        CheckState::Done => t!(command_check_done, &check, &what),
        CheckState::Failed => t!(command_check_failed, &check, &what),
        CheckState::NotApplicable => t!(command_check_not_applicable, &check, &what),
    }
}

pub(crate) fn report_words(phase: Phase, environment: &str, what: &str) -> String {
    let (environment, what) = (environment.to_owned(), what.to_owned());
    match phase {
        Phase::Started => t!(command_rollout_started, &environment, &what),
        Phase::Succeeded => t!(command_rollout_succeeded, &environment, &what),
        Phase::Failed => t!(command_rollout_failed, &environment, &what),
        Phase::RolledBack => t!(command_rollout_rolled_back, &environment, &what),
    }
}

/// Returns the words for what is said about a kind of testing.
#[must_use]
pub fn test_words(
    outcome: Option<TestOutcome>,
    testing: Testing,
    environment: EnvironmentId,
    deployment: DeploymentId,
    workspace: &Workspace,
) -> String {
    let (kind, place) = (testing_word(testing), environment_name(environment, workspace));
    let what = name_of(deployment, workspace);
    match outcome {
        Some(TestOutcome::Passed) => t!(command_test_passed, &kind, &place, &what),
        Some(TestOutcome::Failed) => t!(command_test_failed, &kind, &place, &what),
        None => t!(command_test_taken_back, &kind, &place, &what),
    }
}

/// Returns the words for a kind of testing.
#[must_use]
pub fn testing_word(testing: Testing) -> String {
    match testing {
        Testing::Automated => t!(tests_automated),
        Testing::Manual => t!(tests_manual),
        Testing::Smoke => t!(tests_smoke),
    }
}

/// Returns the word for how testing went; nobody has said it yet where there is no outcome.
#[must_use]
pub fn test_outcome_word(outcome: Option<TestOutcome>) -> String {
    match outcome {
        None => t!(tests_open),
        Some(TestOutcome::Passed) => t!(tests_passed),
        Some(TestOutcome::Failed) => t!(tests_failed),
    }
}

/// Returns a deployment as people call it: its version and its service.
#[must_use]
pub fn name_of(deployment: DeploymentId, workspace: &Workspace) -> String {
    let Some(deployment) = workspace.deployments.get(&deployment) else { return t!(unknown_deployment) };
    let service = workspace.services.get(&deployment.service).map(|service| service.name.as_str());
    format!("{} {}", deployment.version.value, service.unwrap_or_default())
}

/// Returns the name of a column; empty when there is none.
#[must_use]
pub fn column_name(column: ColumnId, workspace: &Workspace) -> String {
    workspace.columns.get(&column).map(|column| column.name.clone()).unwrap_or_default()
}

/// Returns the name of an environment; empty when there is none.
#[must_use]
pub fn environment_name(environment: EnvironmentId, workspace: &Workspace) -> String {
    workspace.environments.get(&environment).map(|known| known.name.clone()).unwrap_or_default()
}

/// Returns the name of a service; empty when there is none.
#[must_use]
pub fn service_name(service: ServiceId, workspace: &Workspace) -> String {
    workspace.services.get(&service).map(|known| known.name.clone()).unwrap_or_default()
}

pub(crate) fn view_name(view: ViewId, workspace: &Workspace) -> String {
    workspace.views.get(&view).map(|known| known.name.clone()).unwrap_or_default()
}

pub(crate) fn label_name(label: LabelId, workspace: &Workspace) -> String {
    workspace.labels.get(&label).map(|label| label.name.clone()).unwrap_or_default()
}

/// Returns the text of a check; empty when there is none.
#[must_use]
pub fn check_text(deployment: DeploymentId, check: CheckId, workspace: &Workspace) -> String {
    let check = workspace.deployments.get(&deployment).and_then(|known| known.check(check));
    check.map(|check| check.text.clone()).unwrap_or_default()
}

/// Returns the name of a freeze; empty when there is none.
#[must_use]
pub fn freeze_name(freeze: FreezeId, workspace: &Workspace) -> String {
    workspace.freezes.get(&freeze).map(|known| known.terms.name.clone()).unwrap_or_default()
}

/// Returns the word for how much there is at stake.
#[must_use]
pub fn risk_word(risk: Risk) -> String {
    match risk {
        Risk::Low => t!(risk_low),
        Risk::Normal => t!(risk_normal),
        Risk::High => t!(risk_high),
    }
}

/// Returns the name of a stage.
#[must_use]
pub fn stage_name(stage: Stage) -> String {
    match stage {
        Stage::Build => t!(stage_build),
        Stage::Test => t!(stage_test),
        Stage::Stage => t!(stage_stage),
        Stage::Verify => t!(stage_verify),
        Stage::Approve => t!(stage_approve),
        Stage::Deploy => t!(stage_deploy),
        Stage::Monitor => t!(stage_monitor),
    }
}

/// Returns the word for how far a stage is.
#[must_use]
pub fn stage_state_word(state: StageState) -> String {
    match state {
        StageState::NotStarted => t!(stage_not_started),
        StageState::Running => t!(stage_running),
        StageState::Passed => t!(stage_passed),
        StageState::Failed => t!(stage_failed),
        StageState::Skipped => t!(stage_skipped),
    }
}

/// Returns the word for how far a rollout is.
#[must_use]
pub fn phase_word(phase: Phase) -> String {
    match phase {
        Phase::Started => t!(phase_started),
        Phase::Succeeded => t!(phase_succeeded),
        Phase::Failed => t!(phase_failed),
        Phase::RolledBack => t!(phase_rolled_back),
    }
}
