//! Whether others changed since what a command is about to change: an undo asks then, it does not overwrite.

use crate::attestation::Attestation;
use crate::command::Command;
use crate::deployment::command::DeploymentCommand;
use crate::deployment::comment::Comment;
use crate::deployment::outline::OutlineEdit;
use crate::deployment::testing::Tested;
use crate::deployment::{Deployment, DeploymentField};
use crate::origin::{Origin, Seen};
use crate::workspace::Workspace;

/// Returns the newest change of what `command` changes that `seen` does not cover; `None` where there is none.
#[must_use]
pub fn changed_since(workspace: &Workspace, command: &Command, seen: &Seen) -> Option<Origin> {
    let newest = present_origins(workspace, command).into_iter().filter(|origin| !seen.covers(origin));
    newest.max_by_key(|origin| (origin.seq.unwrap_or(u64::MAX), origin.command))
}

/// Returns where the present state of what a command changes comes from.
fn present_origins(workspace: &Workspace, command: &Command) -> Vec<Origin> {
    use DeploymentCommand as C;
    let known = command.deployment().and_then(|id| workspace.deployments.get(&id));
    let (Some(known), Command::Deployment(command)) = (known, command) else { return Vec::new() };
    match command {
        C::Edit { field, .. } => text_origin(known, *field),
        C::Move { .. } => vec![known.entered],
        C::MarkStage { stage, .. } => known.stages.get(stage).map(|mark| mark.origin).into_iter().collect(),
        C::Attest { check, .. } => known
            .check(*check)
            .map(|check| check.attestations.iter().map(|attestation| attestation.origin).collect())
            .unwrap_or_default(),
        C::Finish { .. } | C::Reopen { .. } | C::Conclude { .. } => known.finished.into_iter().collect(),
        C::Archive { .. } | C::Restore { .. } => known.archived.into_iter().collect(),
        C::Comment { comment, .. } => known.comment(*comment).map(Comment::newest).into_iter().collect(),
        C::EditOutline { edit, .. } => match edit {
            OutlineEdit::Text { field, .. } => text_origin(known, *field),
            // What was changed below it is asked about when it is decided.
            OutlineEdit::RemoveCheck { .. }
            | OutlineEdit::RestoreCheck { .. }
            | OutlineEdit::MoveCheck { .. }
            | OutlineEdit::AddSection { .. }
            | OutlineEdit::RemoveSection { .. }
            | OutlineEdit::RestoreSection { .. }
            | OutlineEdit::MoveSection { .. }
            | OutlineEdit::AddLink(_)
            | OutlineEdit::RemoveLink { .. }
            | OutlineEdit::DetachChange { .. } => Vec::new(),
        },
        C::Open { .. }
        | C::AddCheck { .. }
        | C::AttachChanges { .. }
        | C::AddLabel { .. }
        | C::RemoveLabel { .. }
        | C::Settle { .. }
        | C::Seal { .. }
        | C::Unseal { .. }
        | C::Approve { .. }
        | C::Decline { .. }
        | C::Withdraw { .. }
        | C::Follow { .. }
        | C::Unfollow { .. }
        | C::Assign { .. }
        | C::Unassign { .. }
        | C::AssignCheck { .. } => Vec::new(),
        C::Test { environment, testing, .. } => {
            let about = |told: &&Attestation<Tested>| {
                (told.statement.environment, told.statement.testing) == (*environment, *testing)
            };
            known.tested.iter().filter(about).map(|told| told.origin).collect()
        }
        C::SetRisk { .. } => known.risk.as_ref().map(|risk| risk.origin).into_iter().collect(),
        C::SetArtifacts { .. } => known.artifacts.as_ref().map(|there| there.origin).into_iter().collect(),
    }
}

fn text_origin(known: &Deployment, field: DeploymentField) -> Vec<Origin> {
    known.field(field).ok().and_then(|text| text.origin).into_iter().collect()
}
