//! Where the timelines of a log began.

use rusqlite::{Connection, Transaction, params};
use slipway_shared::ids::{EpochId, WorkspaceId};

use super::write::{begin as begin_transaction, commit, committing};
use super::{StoreError, failed, row};
use crate::store::Timeline;

pub(super) fn begin(
    connection: &mut Connection,
    workspace: WorkspaceId,
    epoch: EpochId,
) -> Result<(), StoreError> {
    let transaction = begin_transaction(connection)?;
    begin_at_head(&transaction, workspace, epoch)?;
    commit(transaction)
}

/// Begins a timeline at the head, as a part of something larger.
pub(super) fn begin_at_head(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    epoch: EpochId,
) -> Result<(), StoreError> {
    let ids = params![workspace.as_u128().to_be_bytes(), epoch.as_u128().to_be_bytes()];
    let sql = "INSERT INTO timelines (ws, epoch, began) SELECT id, ?2, head FROM workspaces WHERE id = ?1";
    transaction.execute(sql, ids).map_err(failed)?;
    let sql = "UPDATE workspaces SET epoch = ?2 WHERE id = ?1";
    transaction.execute(sql, ids).map(drop).map_err(failed)
}

pub(super) fn remember(
    connection: &Connection,
    workspace: WorkspaceId,
    Timeline { epoch, began }: Timeline,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO timelines (ws, epoch, began) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    let values =
        params![workspace.as_u128().to_be_bytes(), epoch.as_u128().to_be_bytes(), row::to_sql(began)];
    connection.execute(sql, values).map(drop).map_err(committing)
}

pub(super) fn all(connection: &Connection, workspace: WorkspaceId) -> Result<Vec<Timeline>, StoreError> {
    let sql = "SELECT epoch, began FROM timelines WHERE ws = ?1 ORDER BY epoch";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let timelines = statement.query_map([workspace.as_u128().to_be_bytes()], |row| {
        Ok(Timeline { epoch: EpochId::from_u128(row::id(row, 0)?), began: row::number(row, 1)? })
    });
    timelines.and_then(Iterator::collect).map_err(failed)
}
