//! A verified copy of all workspaces in one file, and a note beside it that says what it is.

pub(crate) mod schedule;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{EpochId, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::time::Timestamp;

use crate::audit::{AuditedLog, Finding, audit};
use crate::store::StoreError;
use crate::store::sqlite::copy_whole;

/// The form of the note.
const FORMAT: u32 = 1;
/// How much of a file is read at once.
const PIECE: usize = 256 * 1024;

/// What a backup is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    /// The program that wrote it.
    pub(crate) version: String,
    /// The first workspace.
    #[serde(flatten)]
    pub(crate) first: ManifestLog,
    /// The others.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) others: Vec<ManifestLog>,
    /// The hash of the file.
    pub(crate) sha256: Hash,
    pub(crate) bytes: u64,
    pub(crate) taken_at: Timestamp,
}

/// How far a workspace of a backup is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ManifestLog {
    pub(crate) workspace: WorkspaceId,
    pub(crate) epoch: EpochId,
    pub(crate) head: u64,
    pub(crate) chain: Hash,
    /// The hash of the state.
    pub(crate) digest: Hash,
}

impl Manifest {
    /// Returns all workspaces.
    pub(crate) fn logs(&self) -> impl Iterator<Item = &ManifestLog> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Returns how many events there are, in all workspaces.
    pub(crate) fn events(&self) -> u64 {
        self.logs().map(|log| log.head).sum()
    }
}

impl From<&AuditedLog> for ManifestLog {
    fn from(AuditedLog { head, digest, .. }: &AuditedLog) -> Self {
        let Cursor { epoch, seq, chain } = head.cursor;
        Self { workspace: head.workspace, epoch, head: seq, chain, digest: *digest }
    }
}

/// Why there is no backup. What was there before is untouched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was to be copied, or the copy, is damaged.
    #[error("the data is damaged")]
    Damaged(Vec<Finding>),
    /// The file.
    #[error("the backup can't be written: {0}")]
    File(#[from] io::Error),
}

impl BackupError {
    /// Tells whether the room ran out.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::File(error) => error.kind() == io::ErrorKind::StorageFull,
            Self::Store(error) => matches!(error, StoreError::Full),
            Self::Damaged(_) => false,
        }
    }
}

/// Returns where the note of a backup is.
pub(crate) fn manifest_path(file: &Path) -> PathBuf {
    file.with_added_extension("json")
}

/// Writes a backup of the store at `from` to `to`: as a draft first, which is read from its first event to its last
/// before it takes its place.
pub(crate) fn back_up(from: &Path, to: &Path, now: Timestamp) -> Result<Manifest, BackupError> {
    let draft = to.with_added_extension("new");
    let journal = to.with_added_extension("new-journal");
    let clean = || {
        // What is left of a draft is of no use; the next backup writes over it.
        drop(fs::remove_file(&draft));
        drop(fs::remove_file(&journal));
    };
    clean();
    let written = write(from, &draft, now).and_then(|manifest| {
        put_in_place(&draft, to, &manifest)?;
        Ok(manifest)
    });
    if written.is_err() {
        clean();
    }
    written
}

fn write(from: &Path, draft: &Path, now: Timestamp) -> Result<Manifest, BackupError> {
    OpenOptions::new().create_new(true).write(true).mode(0o600).open(draft)?;
    copy_whole(from, draft)?;
    let logs = audit(draft)?.whole().map_err(BackupError::Damaged)?;
    let file = File::open(draft)?;
    file.sync_all()?;
    let (sha256, bytes) = hash(&file, &mut io::sink())?;
    Ok(Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        first: (&logs.first).into(),
        others: logs.others.iter().map(ManifestLog::from).collect(),
        sha256,
        bytes,
        taken_at: now,
    })
}

/// Two names can't change in one moment. The new note is there before the file that it tells of, and the old one until
/// after it: whenever this ends early, one of the two fits the file.
fn put_in_place(draft: &Path, to: &Path, manifest: &Manifest) -> io::Result<()> {
    finish_note(to)?;
    let (folder, note_draft) = (File::open(folder_of(to))?, note_draft_path(to));
    let placed = write_note(&note_draft, manifest)
        .and_then(|()| folder.sync_all())
        .and_then(|()| fs::rename(draft, to));
    if placed.is_err() {
        // It tells of nothing.
        drop(fs::remove_file(&note_draft));
    }
    placed?;
    folder.sync_all()?;
    fs::rename(note_draft, manifest_path(to))?;
    folder.sync_all()
}

fn write_note(to: &Path, manifest: &Manifest) -> io::Result<()> {
    let text = serde_json::to_string_pretty(manifest)?;
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(to)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

/// Puts a note in place that an earlier backup came no further with: it may be the only one that fits the file.
fn finish_note(file: &Path) -> io::Result<()> {
    let draft = note_draft_path(file);
    match (File::open(file), read_note(&draft)) {
        (Ok(file_there), Ok(Some(note))) if hash(&file_there, &mut io::sink())?.0 == note.sha256 => {
            fs::rename(draft, manifest_path(file))?;
            File::open(folder_of(file))?.sync_all()
        }
        // One that was never finished is written anew.
        _ => Ok(()),
    }
}

fn note_draft_path(file: &Path) -> PathBuf {
    manifest_path(file).with_added_extension("new")
}

/// Returns the folder that a file is in.
pub(crate) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Reads the note of a backup whose hash is `sha256`; `None` when it has none.
pub(crate) fn manifest_of(file: &Path, sha256: Hash) -> io::Result<Option<Manifest>> {
    // A backup that was ended in the moment between its file and its note has left this one.
    let left = read_note(&note_draft_path(file)).ok().flatten();
    match left.filter(|left| left.sha256 == sha256) {
        Some(left) => Ok(Some(left)),
        None => read_note(&manifest_path(file)),
    }
}

fn read_note(path: &Path) -> io::Result<Option<Manifest>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Passes a file on, and returns its hash and length.
pub(crate) fn hash(mut from: &File, to: &mut impl Write) -> io::Result<(Hash, u64)> {
    let (mut hasher, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            return Ok((Hash(hasher.finalize().into()), bytes));
        }
        hasher.update(&piece[..read]);
        to.write_all(&piece[..read])?;
        bytes += read as u64;
    }
}
