//! Writing: each function is one transaction, kept whole or not at all.

use rusqlite::{Connection, OptionalExtension, Statement, Transaction, TransactionBehavior, params};
use slipway_shared::ids::WorkspaceId;
use slipway_shared::log::Cursor;
use slipway_shared::time::Timestamp;

use super::{StoreError, details, failed, row};
use crate::store::{Append, Appended, NewEvent, NewOutcome, SnapshotRow};

/// How many snapshots are kept: one more than is needed, should the newest be damaged.
const SNAPSHOTS: i64 = 2;
/// How much room a probe takes.
const PROBE_BYTES: i64 = 64 * 1024;

pub(super) fn append_all(
    connection: &mut Connection,
    appends: &[(WorkspaceId, &Append)],
) -> Result<Appended, StoreError> {
    let transaction = begin(connection)?;
    for (workspace, append) in appends {
        if let Some(moved) = insert(&transaction, *workspace, append)? {
            return Ok(Appended::Moved(moved));
        }
    }
    commit(transaction)?;
    Ok(Appended::Appended)
}

/// Puts an append into a transaction; returns where the head is when it is not where that was decided.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    workspace: WorkspaceId,
    append: &Append,
) -> Result<Option<Cursor>, StoreError> {
    let ws = workspace.as_u128().to_be_bytes();
    if let Some(moved) = move_head(transaction, ws, append)? {
        return Ok(Some(moved));
    }
    insert_events(transaction, ws, &append.events).map_err(failed)?;
    insert_outcomes(transaction, ws, append).map_err(failed)?;
    details::insert(transaction, ws, &append.details).map_err(failed)?;
    move_queues(transaction, ws, append).map_err(failed)?;
    Ok(None)
}

/// Moves the head from where the append was decided; returns where it is when it is not there.
fn move_head(
    transaction: &Transaction<'_>,
    ws: [u8; 16],
    append: &Append,
) -> Result<Option<Cursor>, StoreError> {
    let sql = "UPDATE workspaces SET head = ?1, chain = ?2
               WHERE id = ?3 AND epoch = ?4 AND head = ?5 AND chain = ?6";
    let Append { expected, head, .. } = append;
    let values = params![
        row::to_sql(head.seq),
        head.chain.0,
        ws,
        expected.epoch.as_u128().to_be_bytes(),
        row::to_sql(expected.seq),
        expected.chain.0,
    ];
    let mut statement = transaction.prepare_cached(sql).map_err(failed)?;
    if statement.execute(values).map_err(failed)? == 1 {
        return Ok(None);
    }
    let sql = "SELECT id, epoch, head, chain, local_member, is_demo FROM workspaces WHERE id = ?1";
    let found = transaction.query_row(sql, [ws], row::log_head).optional().map_err(failed)?;
    found.map(|head| Some(head.cursor)).ok_or(StoreError::Corrupt { seq: 0 })
}

fn insert_events(transaction: &Transaction<'_>, ws: [u8; 16], events: &[NewEvent]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO events (ws, seq, chain, received, header, payload, payload_hash)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut statement = transaction.prepare_cached(sql)?;
    for NewEvent { seq, received, event } in events {
        let hash = event.payload_hash.map(|hash| hash.0);
        let values =
            params![ws, row::to_sql(*seq), event.chain.0, received.0, event.header, event.payload, hash];
        statement.execute(values)?;
    }
    Ok(())
}

fn insert_outcomes(transaction: &Transaction<'_>, ws: [u8; 16], append: &Append) -> rusqlite::Result<()> {
    let sql = "INSERT INTO outcomes (ws, client, seq, hash, status, rejection, first, last, decided)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let mut statement = transaction.prepare_cached(sql)?;
    for outcome in &append.outcomes {
        insert_outcome(&mut statement, ws, outcome, append.decided)?;
    }
    Ok(())
}

fn insert_outcome(
    statement: &mut Statement<'_>,
    ws: [u8; 16],
    NewOutcome { key, hash, outcome }: &NewOutcome,
    decided: Timestamp,
) -> rusqlite::Result<()> {
    let rejection = outcome.rejection.as_ref().map(serde_json::to_string).transpose();
    let rejection = rejection.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let values = params![
        ws,
        key.client.as_u128().to_be_bytes(),
        row::to_sql(key.seq),
        hash.map(|hash| hash.0),
        row::status_name(outcome.status),
        rejection,
        outcome.events.map(|(first, _)| row::to_sql(first)),
        outcome.events.map(|(_, last)| row::to_sql(last)),
        outcome.rejection.as_ref().map(|_| decided.0),
    ];
    statement.execute(values).map(drop)
}

fn move_queues(transaction: &Transaction<'_>, ws: [u8; 16], append: &Append) -> rusqlite::Result<()> {
    let sql = "INSERT INTO clients (ws, client, last_seq) VALUES (?1, ?2, ?3)
               ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq";
    let mut statement = transaction.prepare_cached(sql)?;
    for (client, last_seq) in &append.queues {
        statement.execute(params![ws, client.as_u128().to_be_bytes(), row::to_sql(*last_seq)])?;
    }
    Ok(())
}

pub(super) fn save_snapshot(
    connection: &mut Connection,
    workspace: WorkspaceId,
    snapshot: &SnapshotRow,
) -> Result<(), StoreError> {
    let transaction = begin(connection)?;
    let ws = workspace.as_u128().to_be_bytes();
    let sql = "INSERT OR REPLACE INTO snapshots (ws, seq, body) VALUES (?1, ?2, ?3)";
    transaction.execute(sql, params![ws, row::to_sql(snapshot.seq), snapshot.body]).map_err(failed)?;
    let sql = "DELETE FROM snapshots WHERE ws = ?1 AND seq NOT IN
               (SELECT seq FROM snapshots WHERE ws = ?1 ORDER BY seq DESC LIMIT ?2)";
    transaction.execute(sql, params![ws, SNAPSHOTS]).map_err(failed)?;
    commit(transaction)
}

pub(super) fn probe(connection: &Connection) -> Result<(), StoreError> {
    let insert = "INSERT OR REPLACE INTO probes (id, filler) VALUES (1, randomblob(?1))";
    connection.execute(insert, [PROBE_BYTES]).map_err(committing)?;
    connection.execute("DELETE FROM probes", []).map(drop).map_err(committing)
}

pub(super) fn begin(connection: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)
}

/// Dropping the transaction after an error rolls it back.
pub(super) fn commit(transaction: Transaction<'_>) -> Result<(), StoreError> {
    transaction.commit().map_err(committing)
}

/// A full disk is noticed before the commit record is whole, so that nothing is kept. After any other error
/// while committing, the record may be there: seen with EIO on the sync, see `docs/decisions`.
pub(super) fn committing(error: rusqlite::Error) -> StoreError {
    match failed(error) {
        StoreError::Failed(error) => StoreError::Indeterminate(error),
        known => known,
    }
}
