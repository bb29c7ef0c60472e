//! Snapshots: so that a start reads little. Made on a thread of their own, since a large one takes a while.

use std::io::{BufRead, BufReader, Write};
use std::sync::mpsc::SyncSender;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use slipway_shared::ids::WorkspaceId;
use slipway_shared::log::Cursor;
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::sync::snapshot::{SnapshotReader, SnapshotWriter};
use slipway_shared::workspace::Workspace;

use super::Job;
use crate::store::{SnapshotRow, Store, StoreError};

/// How many events at least lie between two snapshots.
const EVERY: u64 = 1000;

pub(super) struct Snapshots {
    workspace: WorkspaceId,
    newest: u64,
    is_under_way: bool,
    jobs: SyncSender<Job>,
}

impl Snapshots {
    pub(super) const fn new(workspace: WorkspaceId, newest: u64, jobs: SyncSender<Job>) -> Self {
        Self { workspace, newest, is_under_way: false, jobs }
    }

    /// Begins a snapshot when the last one is far enough behind. In a large workspace that is further, so that
    /// snapshots don't become most of the work.
    pub(super) fn begin_if_due(&mut self, committed: &Sequencer) {
        let every = EVERY.max(committed.workspace.deployments.len() as u64);
        if self.is_under_way || committed.cursor.seq - self.newest < every {
            return;
        }
        let (committed, jobs, workspace) = (committed.clone(), self.jobs.clone(), self.workspace);
        let builder = std::thread::Builder::new().name("snapshot".to_owned());
        let begun = builder.spawn(move || {
            let row = pack(&committed);
            // The writer may have stopped meanwhile; then it saves one itself.
            drop(jobs.send(Job::Snapshot(workspace, row)));
        });
        self.is_under_way = begun.is_ok();
    }

    /// Keeps a snapshot. Failing to is no harm: the next start only reads more of the log.
    pub(super) fn save(&mut self, row: Option<SnapshotRow>, store: &mut dyn Store) {
        self.is_under_way = false;
        let Some(row) = row else { return };
        match store.save_snapshot(self.workspace, &row) {
            Ok(()) => self.newest = row.seq,
            Err(StoreError::Full) => {}
            Err(error) => tracing::warn!(%error, "a snapshot was not saved"),
        }
    }

    pub(super) fn save_last(&mut self, committed: &Sequencer, store: &mut dyn Store) {
        if committed.cursor.seq > self.newest {
            self.save(pack(committed), store);
        }
    }
}

fn pack(committed: &Sequencer) -> Option<SnapshotRow> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for line in SnapshotWriter::new(&committed.workspace, &committed.cursor) {
        encoder.write_all(line.as_bytes()).ok()?;
        encoder.write_all(b"\n").ok()?;
    }
    let body = encoder.finish().ok()?;
    Some(SnapshotRow { seq: committed.cursor.seq, body })
}

/// Returns what a snapshot holds; `None` when it is damaged or of a model this build can't read.
///
/// Its digest is not computed again, for a quick start: the compressed form has a checksum of its own.
pub(super) fn unpack(row: &SnapshotRow) -> Option<(Workspace, Cursor)> {
    let mut reader = SnapshotReader::trusting();
    for line in BufReader::new(GzDecoder::new(row.body.as_slice())).lines() {
        reader.push(&line.ok()?).ok()?;
    }
    reader.finish().ok()
}

/// What a snapshot turns out to be.
pub(crate) enum SnapshotState {
    /// This state.
    Of(Box<Workspace>, Cursor),
    /// Whole, but of a version that this build doesn't read.
    OtherModel,
    /// Not what was written.
    Damaged,
}

/// Reads a snapshot as somebody who mistrusts it.
pub(crate) fn snapshot_state(row: &SnapshotRow) -> SnapshotState {
    let whole = std::io::copy(&mut GzDecoder::new(row.body.as_slice()), &mut std::io::sink());
    match (unpack(row), whole) {
        (Some((state, cursor)), Ok(_)) if cursor.seq == row.seq => SnapshotState::Of(Box::new(state), cursor),
        (None, Ok(_)) => SnapshotState::OtherModel,
        _ => SnapshotState::Damaged,
    }
}
