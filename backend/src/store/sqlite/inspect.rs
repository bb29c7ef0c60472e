//! One unchanging view of a file, to look at all of it while others write; and a copy of such a view.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use slipway_shared::audit::AccountPlace;
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{ClientId, CommandKey, WorkspaceId};
use slipway_shared::log::StoredEvent;

use super::{StoreError, accounts::read_history, failed, open, read, row, timelines};
use crate::store::accounts::AccountEventRow;
use crate::store::{Detail, LogHead, SnapshotRow, Timeline};

/// The most lines about damage that are asked for.
const FOUND: i64 = 20;

/// Reads a file as it was when this was opened.
pub(crate) struct Inspector {
    connection: Connection,
}

/// The range of events that an outcome names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeptOutcome {
    pub(crate) events: Option<(u64, u64)>,
}

/// Writes a copy of what is committed to `to`, which is empty or not there. Whoever writes meanwhile is not
/// stopped, and does not make it begin again.
pub(crate) fn copy_whole(from: &Path, to: &Path) -> Result<(), StoreError> {
    let connection = open::copier(from)?;
    let to = to.to_str().ok_or_else(|| StoreError::Failed("the path is no Unicode".into()))?;
    connection.execute("VACUUM INTO ?1", [to]).map(drop).map_err(failed)
}

impl Inspector {
    /// Opens a file.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = open::reader(path)?;
        connection.execute_batch("BEGIN").map_err(failed)?;
        // Only a first read makes SQLite choose what it shows from now on.
        read::heads(&connection)?;
        Ok(Self { connection })
    }

    /// Returns what SQLite finds wrong with its file.
    pub(crate) fn damage(&self) -> Result<Vec<String>, StoreError> {
        let mut statement =
            self.connection.prepare(&format!("PRAGMA integrity_check({FOUND})")).map_err(failed)?;
        let found = statement.query_map([], |row| row.get::<_, String>(0));
        let mut found: Vec<_> = found.and_then(Iterator::collect).map_err(failed)?;
        found.retain(|line| line != "ok");
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check").map_err(failed)?;
        let orphans = statement.query_map([], |row| row.get::<_, String>(0));
        let orphans: Vec<_> = orphans.and_then(Iterator::collect).map_err(failed)?;
        found.extend(
            orphans.into_iter().map(|table| format!("a row of {table} belongs to nothing that is there")),
        );
        Ok(found)
    }

    pub(crate) fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        read::heads(&self.connection)
    }

    pub(crate) fn events(
        &self,
        workspace: WorkspaceId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        read::events(&self.connection, workspace, after, limit)
    }

    pub(crate) fn snapshots(&self, workspace: WorkspaceId) -> Result<Vec<SnapshotRow>, StoreError> {
        read::snapshots(&self.connection, workspace)
    }

    /// Returns where timelines began; a file of an older version knows none.
    pub(crate) fn timelines(&self, workspace: WorkspaceId) -> Result<Vec<Timeline>, StoreError> {
        if self.has_table("timelines")? {
            timelines::all(&self.connection, workspace)
        } else {
            Ok(Vec::new())
        }
    }

    /// Returns what sealed deployments were; a file of an older version keeps none.
    pub(crate) fn details(&self, workspace: WorkspaceId) -> Result<Vec<Detail>, StoreError> {
        if !self.has_table("details")? {
            return Ok(Vec::new());
        }
        let sql = "SELECT deployment, hash, body FROM details WHERE ws = ?1";
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let details = statement.query_map([workspace.as_u128().to_be_bytes()], |row| {
            let deployment = slipway_shared::ids::DeploymentId::from_u128(row::id(row, 0)?);
            Ok(Detail { deployment, hash: Hash(row.get(1)?), body: row.get(2)? })
        });
        details.and_then(Iterator::collect).map_err(failed)
    }

    /// Returns at most `limit` events of the log of accounts after a place, and where it is said to end; `None` for a
    /// file of an older version.
    pub(crate) fn history(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Option<(Vec<AccountEventRow>, AccountPlace)>, StoreError> {
        match self.has_table("account_events")? {
            true => read_history(&self.connection, after, limit).map(Some),
            false => Ok(None),
        }
    }

    fn has_table(&self, name: &str) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        let tables: i64 = self.connection.query_row(sql, [name], |row| row.get(0)).map_err(failed)?;
        Ok(tables > 0)
    }

    /// Returns the outcome of a command; `None` for one that has none.
    pub(crate) fn outcome(
        &self,
        workspace: WorkspaceId,
        key: CommandKey,
    ) -> Result<Option<KeptOutcome>, StoreError> {
        let found = read::outcome(&self.connection, workspace, key)?;
        Ok(found.map(|known| KeptOutcome { events: known.outcome.events }))
    }

    /// Returns how many commands have events, by their outcomes.
    pub(crate) fn commands_with_events(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM outcomes WHERE ws = ?1 AND first IS NOT NULL";
        let ws = workspace.as_u128().to_be_bytes();
        self.connection.query_row(sql, [ws], |row| row::number(row, 0)).map_err(failed)
    }

    /// Returns a queue whose place is not that of its newest outcome, or which has lost an outcome in between
    /// though it was made here.
    pub(crate) fn wrong_queue(&self, workspace: WorkspaceId) -> Result<Option<ClientId>, StoreError> {
        let sql = "SELECT client FROM
                   (SELECT client, last_seq AS last FROM clients WHERE ws = ?1
                    UNION ALL SELECT client, max(seq) FROM outcomes WHERE ws = ?1 GROUP BY client)
                   GROUP BY client HAVING count(*) <> 2 OR min(last) <> max(last) LIMIT 1";
        let found = self.connection.query_row(sql, params![workspace.as_u128().to_be_bytes()], |row| {
            Ok(ClientId::from_u128(row::id(row, 0)?))
        });
        found.optional().map_err(failed)
    }
}
