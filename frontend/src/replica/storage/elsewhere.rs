//! What people did in other workspaces that were served at this address: it waits in their databases until theirs is
//! served here again.

use std::collections::BTreeMap;

use serde::Serialize;
use slipway_shared::command::Command;
use slipway_shared::ids::WorkspaceId;
use slipway_shared::json;
use slipway_shared::sync::envelope::WireCommand;

use super::indexed_db::database_names;
use super::{Storage, workspace_of};
use crate::replica::RefusedCommand;

/// What waits of one other workspace, in the form of a file.
#[derive(Serialize)]
pub(in crate::replica) struct Elsewhere {
    slipway: &'static str,
    workspace: WorkspaceId,
    commands: Vec<WireCommand>,
    refused: Vec<RefusedCommand>,
}

impl Elsewhere {
    /// Returns how many changes wait to be sent. What only keeps a place in a queue is none.
    pub(in crate::replica) fn unsent(&self) -> usize {
        let is_change =
            |wire: &&WireCommand| wire.read().map_or(true, |envelope| envelope.command != Command::Nothing);
        self.commands.iter().filter(is_change).count()
    }
}

/// Reads what waits of every workspace but the present one; what can't be read is passed over.
pub(in crate::replica) async fn elsewhere(present: WorkspaceId) -> Vec<Elsewhere> {
    let mut found = Vec::new();
    for workspace in database_names().await.iter().filter_map(|name| workspace_of(name)) {
        if workspace != present
            && let Some(waiting) = read(workspace).await
        {
            found.push(waiting);
        }
    }
    found
}

async fn read(workspace: WorkspaceId) -> Option<Elsewhere> {
    let storage = Storage::open(workspace).await;
    let database = storage.database.clone()?;
    // The mirror may have what the database has, too.
    let commands: BTreeMap<_, _> =
        storage.outbox().await.ok()?.into_iter().map(|wire| (wire.key(), wire)).collect();
    let refused = database.texts("refused").await.unwrap_or_default();
    database.close();
    Some(Elsewhere {
        slipway: "pending",
        workspace,
        commands: commands.into_values().collect(),
        refused: refused.iter().filter_map(|text| json::read(text).ok()).collect(),
    })
}
