//! Starting: the newest snapshot and the tail of the log after it, verified against the chain.

use slipway_shared::canonical::Hash;
use slipway_shared::ids::WorkspaceId;
use slipway_shared::log::{Cursor, LogError, NEWEST_EVENT_VERSION, Payload};
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::workspace::Workspace;

use super::snapshots;
use crate::store::{LogHead, Reader, Store, StoreError};

/// How many events are read at once.
const PAGE: usize = 1000;

/// A log, ready to be continued.
pub(crate) struct Loaded {
    pub(crate) head: LogHead,
    pub(crate) sequencer: Sequencer,
    /// The place of the snapshot it was made from; 0 for none.
    pub(crate) snapshot_seq: u64,
}

/// Reads a log's state. A snapshot that can't be used is passed over; a log that contradicts itself is an error.
pub(crate) fn load(
    store: &mut dyn Store,
    reader: &dyn Reader,
    workspace: WorkspaceId,
) -> Result<Loaded, StoreError> {
    let heads = store.heads()?;
    let found = heads.into_iter().find(|head| head.workspace == workspace);
    let head = found.ok_or(StoreError::Corrupt { seq: 0 })?;
    let epoch = head.cursor.epoch;
    let beginning = (Workspace::default(), Cursor { epoch, seq: 0, chain: Hash::ZERO });
    let (state, cursor) = newest_snapshot(store, reader, &head)?.unwrap_or(beginning);
    let snapshot_seq = cursor.seq;
    let (state, cursor) = replay(reader, workspace, state, Cursor { epoch, ..cursor })?;
    if cursor != head.cursor {
        return Err(StoreError::Corrupt { seq: cursor.seq + 1 });
    }
    let queues = store.queues(workspace)?.into_iter().collect();
    // What all timelines have in common ends where the first of them left another.
    let began = store.timelines(workspace)?.into_iter().map(|timeline| timeline.began);
    let base = began.min().unwrap_or_default();
    let sequencer = Sequencer { workspace: state, cursor, queues, base };
    Ok(Loaded { head, sequencer, snapshot_seq })
}

fn newest_snapshot(
    store: &mut dyn Store,
    reader: &dyn Reader,
    head: &LogHead,
) -> Result<Option<(Workspace, Cursor)>, StoreError> {
    for row in store.snapshots(head.workspace)? {
        let unpacked = snapshots::unpack(&row);
        let link = reader.link(head.workspace, row.seq)?;
        match (unpacked, link) {
            (Some((state, cursor)), Some(link)) if cursor.chain == link.chain && cursor.seq == row.seq => {
                return Ok(Some((state, cursor)));
            }
            _ => tracing::warn!(seq = row.seq, "a snapshot can't be used, the log is read instead"),
        }
    }
    Ok(None)
}

fn replay(
    reader: &dyn Reader,
    workspace: WorkspaceId,
    mut state: Workspace,
    mut cursor: Cursor,
) -> Result<(Workspace, Cursor), StoreError> {
    loop {
        let page = reader.events(workspace, cursor.seq, PAGE)?;
        if page.is_empty() {
            return Ok((state, cursor));
        }
        for event in page {
            let read = event.read_redacted_after(&cursor).map_err(|error: LogError| {
                tracing::error!(%error, "the log is damaged");
                StoreError::Corrupt { seq: cursor.seq + 1 }
            })?;
            match &read.payload {
                Payload::Known(known) => state.apply(&read.header.origin(), known),
                // A redacted event changes nothing; one of a newer version would, and deciding without it would
                // write a history that is wrong for ever.
                Payload::Opaque if event.payload.is_none() => {}
                Payload::Opaque => {
                    let (found, known) = (i64::from(read.header.v), i64::from(NEWEST_EVENT_VERSION));
                    tracing::error!(
                        kind = read.header.kind,
                        seq = read.header.seq,
                        "an event is not known here"
                    );
                    return Err(StoreError::Newer { found, known });
                }
            }
            cursor = Cursor { seq: read.header.seq, chain: read.chain, ..cursor };
        }
    }
}
