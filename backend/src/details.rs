//! What deployments were before they were sealed: kept with the event that seals them, or read off the log again.

use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::event::Event;
use slipway_shared::ids::{DeploymentId, WorkspaceId};
use slipway_shared::json::Json;
use slipway_shared::log::{Cursor, Payload};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::workspace::Workspace;

use crate::store::{Detail, Reader, StoreError};

/// How many events are read at once.
const PAGE: usize = 1000;

/// Returns what `wire` would seal, as it is now; `None` for every other command.
pub(crate) fn about_to_be_sealed(workspace: &Workspace, wire: &WireCommand) -> Option<Detail> {
    // Reading a command costs more than looking at its kind.
    if wire.kind != "deployment.seal" {
        return None;
    }
    match wire.read().ok()?.command {
        Command::Deployment(DeploymentCommand::Seal { deployment }) => detail(workspace, deployment),
        _ => None,
    }
}

fn detail(workspace: &Workspace, deployment: DeploymentId) -> Option<Detail> {
    let body = Json::of(workspace.deployments.get(&deployment)?.as_ref());
    Some(Detail { deployment, hash: body.hash(), body: body.text().to_owned() })
}

/// Reads the log again up to where a deployment was sealed: for a store that has the log alone, after an import.
pub(crate) fn from_log(
    reader: &dyn Reader,
    workspace: WorkspaceId,
    deployment: DeploymentId,
    hash: Hash,
) -> Result<Option<Detail>, StoreError> {
    let head = reader.heads()?.into_iter().find(|head| head.workspace == workspace);
    let Some(head) = head else { return Ok(None) };
    let mut cursor = Cursor { seq: 0, chain: Hash::ZERO, ..head.cursor };
    let mut state = Workspace::default();
    loop {
        let page = reader.events(workspace, cursor.seq, PAGE)?;
        if page.is_empty() {
            return Ok(None);
        }
        for event in page {
            let read = event
                .read_redacted_after(&cursor)
                .map_err(|_| StoreError::Corrupt { seq: cursor.seq + 1 })?;
            cursor = Cursor { seq: read.header.seq, chain: read.chain, ..cursor };
            let Payload::Known(Event::Deployment(known)) = &read.payload else { continue };
            if known.deployment() != deployment {
                continue;
            }
            if matches!(known, DeploymentEvent::Sealed { detail, .. } if *detail == hash) {
                return Ok(detail(&state, deployment).filter(|detail| detail.hash == hash));
            }
            state.apply(&read.header.origin(), &Event::Deployment(known.clone()));
        }
    }
}
