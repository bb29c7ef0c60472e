//! What somebody asked for, in words: for the list of what waits, for Needs you, and for Undo.

use crate::language::count;
use slipway_shared::check::CheckState;
use slipway_shared::command::{Command, WorkspaceCommand};
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{CheckId, ColumnId, DeploymentId, EnvironmentId, LabelId};
use slipway_shared::label::LabelCommand;
use slipway_shared::member::MemberCommand;
use slipway_shared::rollout::{Phase, RolloutCommand};
use slipway_shared::service::ServiceCommand;
use slipway_shared::stage::{Stage, StageState};
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
        Command::Label(LabelCommand::Add { name, .. }) => t!(command_create_label, &name),
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
        Command::Rollout(RolloutCommand::Request { deployment, environment, .. }) => {
            let environment = environment_name(*environment, workspace);
            t!(command_request_rollout, &environment, &name_of(*deployment, workspace))
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
        C::Edit { deployment, field: DeploymentField::Title, .. } => {
            t!(command_edit_title, &named(deployment))
        }
        C::Edit { deployment, field: DeploymentField::Version, .. } => {
            t!(command_edit_version, &named(deployment))
        }
        C::Edit { deployment, field: DeploymentField::SectionText(_), .. } => {
            t!(command_edit_text, &named(deployment))
        }
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

pub(crate) fn label_name(label: LabelId, workspace: &Workspace) -> String {
    workspace.labels.get(&label).map(|label| label.name.clone()).unwrap_or_default()
}

/// Returns the text of a check; empty when there is none.
#[must_use]
pub fn check_text(deployment: DeploymentId, check: CheckId, workspace: &Workspace) -> String {
    let check = workspace.deployments.get(&deployment).and_then(|known| known.check(check));
    check.map(|check| check.text.clone()).unwrap_or_default()
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
