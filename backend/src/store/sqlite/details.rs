//! The details of sealed deployments, and the reasons of refusals: what is kept beside the log and may be missing.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{DeploymentId, WorkspaceId};
use slipway_shared::time::Timestamp;

use super::{StoreError, failed};
use crate::store::Detail;

const KEEP: &str = "INSERT INTO details (ws, deployment, hash, body) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT DO UPDATE SET hash = excluded.hash, body = excluded.body";

pub(super) fn insert(
    transaction: &Transaction<'_>,
    ws: [u8; 16],
    details: &[Detail],
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(KEEP)?;
    for Detail { deployment, hash, body } in details {
        statement.execute(params![ws, deployment.as_u128().to_be_bytes(), hash.0, body])?;
    }
    Ok(())
}

pub(super) fn keep(
    connection: &Connection,
    workspace: WorkspaceId,
    detail: &Detail,
) -> Result<(), StoreError> {
    let Detail { deployment, hash, body } = detail;
    let ws = workspace.as_u128().to_be_bytes();
    let values = params![ws, deployment.as_u128().to_be_bytes(), hash.0, body];
    connection.execute(KEEP, values).map(drop).map_err(failed)
}

pub(super) fn find(
    connection: &Connection,
    workspace: WorkspaceId,
    deployment: DeploymentId,
) -> Result<Option<Detail>, StoreError> {
    let sql = "SELECT hash, body FROM details WHERE ws = ?1 AND deployment = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let values = params![workspace.as_u128().to_be_bytes(), deployment.as_u128().to_be_bytes()];
    let found = statement
        .query_row(values, |row| Ok(Detail { deployment, hash: Hash(row.get(0)?), body: row.get(1)? }));
    found.optional().map_err(failed)
}

pub(super) fn forget_rejections(
    connection: &Connection,
    workspace: WorkspaceId,
    before: Timestamp,
) -> Result<usize, StoreError> {
    let sql = "UPDATE outcomes SET rejection = NULL
               WHERE ws = ?1 AND rejection IS NOT NULL AND decided < ?2";
    connection.execute(sql, params![workspace.as_u128().to_be_bytes(), before.0]).map_err(failed)
}
