//! Accounts, sessions, invitations and tokens, in the file of the logs: one connection that writes and one that looks
//! up who asks.
//!
//! Nothing is remembered in between: what another process changes (`slipway user`) counts at the next request.

mod entry;
mod history;
mod people;
mod requests;
mod second_factor;
mod sessions;
mod tokens;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction};

use slipway_shared::audit::AccountAct;
use slipway_shared::time::Timestamp;

use super::write::{begin, commit};
use super::{FILE, StoreError, failed, open};
use crate::store::accounts::By;
pub(crate) use history::read_history;
use history::{Note, record};

/// The way to all of it. Calls block: use them away from the threads that serve requests.
pub(crate) struct Accounts {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    is_broken: Arc<AtomicBool>,
    /// Counts what was written here.
    writes: AtomicU64,
}

impl Accounts {
    /// Opens those of a data directory, beside whoever else has it open.
    ///
    /// # Errors
    ///
    /// As [`super::SqliteStore::open`].
    pub(crate) fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        let writer = open::small_writer(&path)?;
        let reader = open::reader(&path)?;
        let is_broken = Arc::default();
        Ok(Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            is_broken,
            writes: AtomicU64::new(0),
        })
    }

    /// Opens those of a data directory to look alone: nothing is written, not even what a newer version would change.
    ///
    /// # Errors
    ///
    /// As [`super::SqliteStore::read_only`]; also where an earlier version wrote it, which has to be started first.
    pub(crate) fn read_only(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        let connection = || open::current_reader(&path).map(Mutex::new);
        let writes = AtomicU64::new(0);
        Ok(Self { writer: connection()?, reader: connection()?, is_broken: Arc::default(), writes })
    }

    /// Returns what is true once it is not known whether something was kept. The log is in the same file: what is
    /// appended after that may be lost with it, so that nothing may be acknowledged any more.
    pub(crate) fn is_broken(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_broken)
    }

    /// Returns a number that changes with whatever this process writes here: what was read before may be so no more.
    pub(crate) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Acquire)
    }

    /// Says that something of it was written beside it, by the writer of the log.
    pub(crate) fn were_written(&self) {
        self.writes.fetch_add(1, Ordering::Release);
    }

    /// Returns a number that changes whenever somebody's access may have ended.
    pub(crate) fn changes(&self) -> Result<i64, StoreError> {
        let connection = self.read();
        let mut statement = connection.prepare_cached("SELECT count FROM access_changes").map_err(failed)?;
        statement.query_row([], |row| row.get(0)).map_err(failed)
    }

    /// Ends every session and every invitation, and forgets the token of the first visit: for data that comes from a
    /// backup.
    pub(crate) fn end_all(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| {
            let sql = "UPDATE invitations SET used_at = ?1 WHERE used_at IS NULL";
            transaction.execute(sql, [now.0]).map_err(failed)?;
            transaction.execute("DELETE FROM setup", []).map_err(failed)?;
            transaction.execute("DELETE FROM sessions", []).map_err(failed)?;
            record(transaction, By::Operator, now, &Note::of(AccountAct::Restored))
        })
    }

    fn read(&self) -> MutexGuard<'_, Connection> {
        // A reader that panicked has changed nothing: its connection is as good as before.
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one transaction; an error keeps nothing of it.
    fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // A transaction that panicked was rolled back when it was dropped.
        let mut connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = begin(&mut connection)?;
        let done = work(&transaction)?;
        let committed = commit(transaction);
        self.were_written();
        if matches!(committed, Err(StoreError::Indeterminate(_))) {
            self.is_broken.store(true, Ordering::Release);
        }
        committed?;
        Ok(done)
    }

    /// Runs one statement, and tells how many rows it changed.
    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize, StoreError> {
        self.write(|transaction| transaction.execute(sql, values).map_err(failed))
    }
}

/// Returns the bytes of an id.
const fn key(id: u128) -> [u8; 16] {
    id.to_be_bytes()
}
