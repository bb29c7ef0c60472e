//! A backup in the place of the data: verified before anything is touched, on a timeline of its own, and the old
//! data set aside.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use slipway_shared::canonical::Hash;
use slipway_shared::ids::{EpochId, WorkspaceId};
use slipway_shared::time::Timestamp;
use uuid::Uuid;

use crate::audit::{AuditedLog, Finding, audit};
use crate::backup::{self, Manifest, ManifestLog};
use crate::civil;
use crate::data_dir::{DataDir, DataDirError};
use crate::store::sqlite::{Accounts, FILE, Inspector, SqliteStore};
use crate::store::{Store, StoreError, Timeline};
use crate::swap;

/// What was restored.
#[derive(Clone, Debug)]
pub(crate) struct Restored {
    pub(crate) logs: Vec<RestoredLog>,
    /// Where the old data is, if there was any.
    pub(crate) set_aside: Option<PathBuf>,
    /// The note of the backup, where it had one.
    pub(crate) manifest: Option<Manifest>,
}

/// A workspace that was restored.
#[derive(Clone, Debug)]
pub(crate) struct RestoredLog {
    pub(crate) log: AuditedLog,
    /// The timeline that begins with it.
    pub(crate) epoch: EpochId,
}

/// Why nothing was restored. The data directory holds what it held before.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestoreError {
    /// The data directory.
    #[error(transparent)]
    Dir(#[from] DataDirError),
    /// The backup, as a store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// There is data already.
    #[error("the data directory holds a workspace already")]
    Occupied,
    /// It is a file of a running or killed server, and a part of it lies beside it.
    #[error("it is no backup but a database with a log beside it")]
    NotABackup,
    /// It is not what was written.
    #[error("the backup is damaged")]
    Damaged(Vec<Finding>),
    /// It is not what its note says.
    #[error("the backup is not the one that {} tells of", path.display())]
    Tampered {
        /// The note.
        path: PathBuf,
    },
    /// The backup's file or its note.
    #[error("the backup can't be read: {0}")]
    Unreadable(io::Error),
    /// The data directory can't be written.
    #[error("the data can't be written: {0}")]
    Unwritable(io::Error),
}

/// Restores `file` into `data`; with `force` also where data is.
pub(crate) fn restore(
    file: &Path,
    data: &Path,
    force: bool,
    now: Timestamp,
) -> Result<Restored, RestoreError> {
    let from = File::open(file).map_err(RestoreError::Unreadable)?;
    let occupied = || data.join(FILE).exists() && !force;
    if occupied() {
        return Err(RestoreError::Occupied);
    }
    let log_beside = PathBuf::from(format!("{}-wal", file.display()));
    if fs::metadata(log_beside).is_ok_and(|log| log.len() > 0) {
        return Err(RestoreError::NotABackup);
    }
    let dir = DataDir::lock(data)?;
    if occupied() {
        return Err(RestoreError::Occupied);
    }
    let draft = swap::draft(dir.path());
    let prepared = prepare(&from, file, &dir, &draft, now);
    if prepared.is_err() {
        // A draft that stays is overwritten by the next restore.
        drop(fs::remove_dir_all(&draft));
    }
    let (logs, manifest) = prepared?;
    let name = free_name(dir.path(), now);
    let set_aside = swap::swap(dir.path(), &name).map_err(RestoreError::Unwritable)?;
    Ok(Restored { logs, set_aside, manifest })
}

/// Makes a draft that only has to be put in place.
fn prepare(
    from: &File,
    file: &Path,
    dir: &DataDir,
    draft: &Path,
    now: Timestamp,
) -> Result<(Vec<RestoredLog>, Option<Manifest>), RestoreError> {
    let (sha256, bytes) = copy(from, draft).map_err(RestoreError::Unwritable)?;
    let manifest = backup::manifest_of(file, sha256).map_err(RestoreError::Unreadable)?;
    let tampered = || RestoreError::Tampered { path: backup::manifest_path(file) };
    if manifest.as_ref().is_some_and(|manifest| (manifest.sha256, manifest.bytes) != (sha256, bytes)) {
        return Err(tampered());
    }
    // The copy is verified, not the file: nobody can change it in between.
    let logs = audit(&draft.join(FILE))?.whole().map_err(RestoreError::Damaged)?;
    let is_told = |manifest: &Manifest| manifest.logs().cloned().eq(logs.iter().map(ManifestLog::from));
    if !manifest.as_ref().is_none_or(is_told) {
        return Err(tampered());
    }
    let new = || EpochId::from_u128(Uuid::now_v7().as_u128());
    let restored: Vec<_> = logs.iter().map(|log| RestoredLog { log: log.clone(), epoch: new() }).collect();
    begin_timelines(draft, &restored, dir.path(), now)?;
    let synced = File::open(draft.join(FILE)).and_then(|file| file.sync_all());
    synced.and_then(|()| File::open(draft)?.sync_all()).map_err(RestoreError::Unwritable)?;
    Ok((restored, manifest))
}

fn copy(from: &File, draft: &Path) -> io::Result<(Hash, u64)> {
    drop(fs::remove_dir_all(draft));
    DirBuilder::new().mode(0o700).create(draft)?;
    let mut to = OpenOptions::new().create_new(true).write(true).mode(0o600).open(draft.join(FILE))?;
    let copied = backup::hash(from, &mut to)?;
    to.sync_all()?;
    Ok(copied)
}

/// Returns the timelines that the old data knows: the new one has less in common with those than with the backup.
fn known_timelines(dir: &Path, workspace: WorkspaceId) -> Vec<Timeline> {
    let path = dir.join(FILE);
    // Old data that is damaged is a reason to restore, none to stop. Where it tells nothing, nobody knows which
    // timelines there were: nothing counts as common with them.
    let unknown = || vec![Timeline { epoch: EpochId::from_u128(0), began: 0 }];
    if !path.exists() {
        return unknown();
    }
    let known = Inspector::open(&path).and_then(|old| {
        let is_there = old.heads()?.iter().any(|head| head.workspace == workspace);
        if is_there { old.timelines(workspace) } else { Ok(unknown()) }
    });
    known.unwrap_or_else(|_| unknown())
}

/// Begins a timeline of each workspace: what any of them lost is noticed by its own browsers alone.
fn begin_timelines(
    draft: &Path,
    restored: &[RestoredLog],
    data: &Path,
    now: Timestamp,
) -> Result<(), RestoreError> {
    let mut store = SqliteStore::open(draft)?;
    for RestoredLog { log, epoch } in restored {
        let workspace = log.head.workspace;
        for timeline in known_timelines(data, workspace) {
            store.remember_timeline(workspace, timeline)?;
        }
        store.set_epoch(workspace, *epoch)?;
    }
    // What let somebody in when the backup was taken ends: they need not be who has the browser now, the cookies of
    // since then are unknown to it, and an invitation of it may have been used or withdrawn since. Accounts, passwords
    // and API tokens stay.
    Accounts::open(draft)?.end_all(now)?;
    // Closing the store, as the last one, leaves it in one file, and only that file goes into place.
    drop(store);
    match fs::metadata(draft.join(format!("{FILE}-wal"))) {
        Ok(left) if left.len() > 0 => Err(StoreError::Full.into()),
        _ => Ok(()),
    }
}

fn free_name(dir: &Path, now: Timestamp) -> String {
    let name = format!("before-restore-{}", civil::utc(now).replace([':', '-'], ""));
    let names = std::iter::once(name.clone()).chain((2..100).map(|number| format!("{name}-{number}")));
    names.into_iter().find(|name| !dir.join(name).exists()).unwrap_or(name)
}
