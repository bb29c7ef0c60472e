//! The snapshot of the server, read while it comes: what is waited for is the link or the reading, not one after the
//! other.

use slipway_shared::ids::WorkspaceId;
use slipway_shared::log::Cursor;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::snapshot::SnapshotReader;
use slipway_shared::workspace::Workspace;

use super::engine::Engine;
use super::storage::SnapshotRows;
use super::transport::{self, Pieces};
use crate::browser::slices::Slices;

/// A snapshot that came whole.
pub(super) struct Fetched {
    pub(super) loaded: (Workspace, Cursor),
    /// As it came, to be stored: writing it anew would take as long as reading it.
    pub(super) rows: SnapshotRows,
}

/// Asks for the snapshot before it is known to be needed: on a first visit it will be, and until then the database is
/// opened and a leader found.
pub(super) fn ask_early(engine: &Engine, workspace: WorkspaceId) {
    let engine = engine.clone();
    leptos::task::spawn_local(async move {
        let asked = transport::snapshot(workspace).await.ok();
        // Who leads has asked by itself. Where nobody reads it, it ends with the patience of the link.
        engine.with(|state| state.asked_early = asked.filter(|_| !state.is_leader));
    });
}

/// Fetches the snapshot, or what is to come of one; nothing of it counts before its end is there and fits.
pub(super) async fn fetch(workspace: WorkspaceId, asked: Option<Pieces>) -> Result<Fetched, Failure> {
    let mut pieces = match asked {
        Some(pieces) => pieces,
        None => transport::snapshot(workspace).await?,
    };
    let mut taking = Taking::default();
    let mut slices = Slices::begin();
    // The end of a line comes with one of the pieces after its beginning.
    let mut begun: Vec<u8> = Vec::new();
    while let Some(piece) = pieces.next().await? {
        begun.extend_from_slice(&piece);
        let mut from = 0;
        while let Some(length) =
            begun.get(from..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n'))
        {
            taking.take(begun.get(from..from + length).unwrap_or_default())?;
            from += length + 1;
            slices.pause_if_due().await;
        }
        begun.drain(..from);
    }
    taking.take(&begun)?;
    let loaded = taking.reader.finish().map_err(|_| Failure::Unreadable)?;
    Ok(Fetched { loaded, rows: taking.rows })
}

#[derive(Default)]
struct Taking {
    reader: SnapshotReader,
    rows: SnapshotRows,
}

impl Taking {
    fn take(&mut self, line: &[u8]) -> Result<(), Failure> {
        let line = std::str::from_utf8(line).map_err(|_| Failure::Unreadable)?;
        self.reader.push(line).map_err(|_| Failure::Unreadable)?;
        self.rows.push(line);
        Ok(())
    }
}
