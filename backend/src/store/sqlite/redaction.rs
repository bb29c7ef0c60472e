//! Taking a text out of the file for good: what stands in for it, and the bytes themselves.

use rusqlite::{Connection, params};
use slipway_shared::ids::WorkspaceId;

use super::write::{begin as begin_transaction, commit, committing};
use super::{StoreError, failed, row, timelines, write};
use crate::store::{Appended, Redaction};

/// Keeps what stands in, the event that tells of it, and a new timeline; and that the bytes are to be wiped.
pub(super) fn redact(
    connection: &mut Connection,
    workspace: WorkspaceId,
    redaction: &Redaction,
) -> Result<Appended, StoreError> {
    connection.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(())).map_err(failed)?;
    let Redaction { append, payloads, needle, epoch } = redaction;
    let transaction = begin_transaction(connection)?;
    let ws = workspace.as_u128().to_be_bytes();
    timelines::begin_at_head(&transaction, workspace, *epoch)?;
    let update = "UPDATE events SET payload = ?3, payload_hash = coalesce(payload_hash, ?4)
                  WHERE ws = ?1 AND seq = ?2";
    for (seq, payload, hash) in payloads {
        let values = params![ws, row::to_sql(*seq), payload, hash.0];
        if transaction.execute(update, values).map_err(failed)? != 1 {
            return Err(StoreError::Corrupt { seq: *seq });
        }
    }
    // Whatever has the text in it and can be made again, or be done without.
    for sql in [
        "DELETE FROM details WHERE ws = ?1 AND instr(body, ?2)",
        "UPDATE outcomes SET rejection = NULL, decided = NULL WHERE ws = ?1 AND instr(rejection, ?2)",
        // Sent again, such a request is a new one.
        "DELETE FROM requests WHERE ws = ?1 AND instr(commands, ?2)",
    ] {
        transaction.execute(sql, params![ws, needle]).map_err(failed)?;
    }
    transaction.execute("DELETE FROM snapshots WHERE ws = ?1", [ws]).map_err(failed)?;
    let sql = "INSERT INTO redactions (ws, seq) VALUES (?1, ?2)";
    transaction.execute(sql, params![ws, row::to_sql(append.head.seq)]).map_err(failed)?;
    transaction.execute("INSERT OR IGNORE INTO wipes (id) VALUES (1)", []).map_err(failed)?;
    if let Some(moved) = write::insert(&transaction, workspace, append)? {
        return Ok(Appended::Moved(moved));
    }
    commit(transaction)?;
    Ok(Appended::Appended)
}

/// Writes the file anew without what was deleted, where that is still to be done. Returns whether nothing of it is
/// left; somebody who reads for long, or a full disk, keeps it from that.
pub(super) fn wipe(connection: &Connection) -> Result<bool, StoreError> {
    let waits: bool =
        connection.query_row("SELECT EXISTS (SELECT 1 FROM wipes)", [], |row| row.get(0)).map_err(failed)?;
    if !waits {
        return Ok(true);
    }
    // In a file, not in memory: the whole database is copied.
    connection.pragma_update(None, "temp_store", "FILE").map_err(failed)?;
    let vacuumed = connection.execute_batch("VACUUM").map_err(failed);
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(failed)?;
    match vacuumed {
        Ok(()) => {}
        Err(StoreError::Full | StoreError::Busy) => return Ok(false),
        Err(error) => return Err(error),
    }
    let is_busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(failed)?;
    if is_busy != 0 {
        return Ok(false);
    }
    connection.execute("DELETE FROM wipes", []).map_err(committing)?;
    Ok(true)
}

/// Remembers an event that tells of a redaction, which came with an import.
pub(super) fn remember(connection: &Connection, workspace: WorkspaceId, seq: u64) -> Result<(), StoreError> {
    let sql = "INSERT INTO redactions (ws, seq) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    let values = params![workspace.as_u128().to_be_bytes(), row::to_sql(seq)];
    connection.execute(sql, values).map(drop).map_err(committing)
}

/// Returns the events that tell of redactions, in order.
pub(super) fn all(connection: &Connection, workspace: WorkspaceId) -> Result<Vec<u64>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT seq FROM redactions WHERE ws = ?1 ORDER BY seq").map_err(failed)?;
    let found = statement.query_map([workspace.as_u128().to_be_bytes()], |row| row::number(row, 0));
    found.and_then(Iterator::collect).map_err(failed)
}
