//! The store in one SQLite file: write-ahead log, every commit synced.

mod accounts;
mod begin;
mod details;
mod inspect;
mod open;
mod read;
mod row;
mod timelines;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use slipway_shared::ids::{ClientId, CommandKey, EpochId, WorkspaceId};
use slipway_shared::time::Timestamp;

use super::{
    Append, Appended, Detail, LogHead, NewLog, NewOutcome, Reader, SnapshotRow, Store, StoreError, Timeline,
};
pub(crate) use accounts::Accounts;
pub(crate) use inspect::{Inspector, copy_whole};
use read::SqliteReader;

/// The name of the file in the data directory.
pub const FILE: &str = "slipway.db";

/// Returns the version of SQLite that is built in.
#[must_use]
pub fn version() -> &'static str {
    rusqlite::version()
}

/// The writing half: one connection, owned by the writer's thread.
pub struct SqliteStore {
    connection: Connection,
    path: PathBuf,
}

impl SqliteStore {
    /// Opens the store in `dir`, or makes a new one there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Foreign`] and [`StoreError::Newer`] when what is there is not to be touched; nothing is
    /// changed then.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        let connection = open::writer(&path)?;
        Ok(Self { connection, path })
    }

    /// Opens the store in `dir` to read only, beside whoever writes it.
    ///
    /// # Errors
    ///
    /// As [`SqliteStore::open`].
    pub fn read_only(dir: &Path) -> Result<Arc<dyn Reader>, StoreError> {
        Ok(Arc::new(SqliteReader::open(&dir.join(FILE))?))
    }

    /// Takes the log beside the file into it. Not being able to is no harm.
    fn checkpoint(&self) {
        let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }

    /// Limits the size of the file, so that a test can fill it.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        let limit = self.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()));
        limit.map_err(failed)
    }

    #[cfg(test)]
    pub(crate) fn pages(&self) -> Result<u32, StoreError> {
        self.connection.pragma_query_value(None, "page_count", |row| row.get(0)).map_err(failed)
    }
}

impl Store for SqliteStore {
    fn heads(&mut self) -> Result<Vec<LogHead>, StoreError> {
        read::heads(&self.connection)
    }

    fn begin(&mut self, log: &NewLog) -> Result<(), StoreError> {
        begin::begin(&mut self.connection, log)?;
        self.checkpoint();
        Ok(())
    }

    fn append_all(&mut self, appends: &[(WorkspaceId, &Append)]) -> Result<Appended, StoreError> {
        let appended = write::append_all(&mut self.connection, appends)?;
        if appends.iter().any(|(_, append)| append.expected.seq == 0) {
            // The beginning of a log goes into the file itself: should the log beside it rot, never all is lost, and
            // nobody takes the rest for a new directory.
            self.checkpoint();
        }
        Ok(appended)
    }

    fn outcome(&mut self, workspace: WorkspaceId, key: CommandKey) -> Result<Option<NewOutcome>, StoreError> {
        read::outcome(&self.connection, workspace, key)
    }

    fn queues(&mut self, workspace: WorkspaceId) -> Result<Vec<(ClientId, u64)>, StoreError> {
        read::queues(&self.connection, workspace)
    }

    fn save_snapshot(&mut self, workspace: WorkspaceId, snapshot: &SnapshotRow) -> Result<(), StoreError> {
        write::save_snapshot(&mut self.connection, workspace, snapshot)
    }

    fn snapshots(&mut self, workspace: WorkspaceId) -> Result<Vec<SnapshotRow>, StoreError> {
        read::snapshots(&self.connection, workspace)
    }

    fn keep_detail(&mut self, workspace: WorkspaceId, detail: &Detail) -> Result<(), StoreError> {
        details::keep(&self.connection, workspace, detail)
    }

    fn forget_rejections(&mut self, workspace: WorkspaceId, before: Timestamp) -> Result<usize, StoreError> {
        details::forget_rejections(&self.connection, workspace, before)
    }

    fn set_epoch(&mut self, workspace: WorkspaceId, epoch: EpochId) -> Result<(), StoreError> {
        timelines::begin(&mut self.connection, workspace, epoch)
    }

    fn timelines(&mut self, workspace: WorkspaceId) -> Result<Vec<Timeline>, StoreError> {
        timelines::all(&self.connection, workspace)
    }

    fn remember_timeline(&mut self, workspace: WorkspaceId, timeline: Timeline) -> Result<(), StoreError> {
        timelines::remember(&self.connection, workspace, timeline)
    }

    fn probe(&mut self) -> Result<(), StoreError> {
        write::probe(&self.connection)
    }

    fn reader(&mut self) -> Result<Arc<dyn Reader>, StoreError> {
        Ok(Arc::new(SqliteReader::open(&self.path)?))
    }
}

impl Drop for SqliteStore {
    /// Leaves one whole file behind where nobody else reads it; a log beside it is no harm.
    fn drop(&mut self) {
        self.checkpoint();
    }
}

fn failed(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::NotADatabase) => StoreError::Foreign,
        _ => StoreError::Failed(Box::new(error)),
    }
}
