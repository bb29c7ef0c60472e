//! Whether others changed since what a command is about to change: an undo asks then, it does not overwrite.

use crate::command::Command;
use crate::deployment::command::DeploymentCommand;
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
        C::Edit { field, .. } => known.field(*field).map(|field| field.origin).into_iter().collect(),
        C::Move { .. } => vec![known.entered],
        C::MarkStage { stage, .. } => known.stages.get(stage).map(|mark| mark.origin).into_iter().collect(),
        C::Attest { check, .. } => known
            .check(*check)
            .map(|check| check.attestations.iter().map(|attestation| attestation.origin).collect())
            .unwrap_or_default(),
        C::Finish { .. } | C::Reopen { .. } | C::Conclude { .. } => known.finished.into_iter().collect(),
        C::Open { .. }
        | C::AddCheck { .. }
        | C::AttachChanges { .. }
        | C::AddLabel { .. }
        | C::RemoveLabel { .. }
        | C::Settle { .. }
        | C::Seal { .. }
        | C::Unseal { .. }
        | C::Approve { .. }
        | C::Decline { .. } => Vec::new(),
    }
}
