//! A whole workspace out of a store and into another, verified on both ways.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use slipway_shared::canonical::Hash;
use slipway_shared::event::{Event, WorkspaceEvent};
use slipway_shared::ids::{ClientId, CommandKey, EpochId, MemberId};
use slipway_shared::log::{Cursor, Payload, ReadEvent, StoredEvent};
use slipway_shared::sync::admission::keeps_both;
use slipway_shared::sync::export::{
    EXPORT_FORMAT, ExportError, ExportHeader, ExportLine, ExportReader, Exported,
};
use slipway_shared::sync::protocol::{Outcome, OutcomeStatus};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::{MODEL_VERSION, Workspace};
use uuid::Uuid;

use crate::history::HistoryError;
use crate::store::{Append, Appended, LogHead, NewEvent, NewLog, NewOutcome, Reader, Store, StoreError};

/// How many events are read or written at once.
const PAGE: usize = 1000;
/// What the numbers of commands that come in are below: browsers count exactly up to there, and a queue can go on from it.
const NUMBERS_END: u64 = 1 << 53;

/// Why a workspace can't be written out or brought in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransferError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file's content.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The file itself.
    #[error("the file can't be read or written: {0}")]
    File(#[from] io::Error),
    /// The log of accounts.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// What was written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transferred {
    pub(crate) events: u64,
    pub(crate) digest: Hash,
}

/// Writes a workspace out up to its head. What it writes was verified on the way, link by link.
pub(crate) fn write(
    reader: &dyn Reader,
    head: &LogHead,
    mut to: impl Write,
) -> Result<Transferred, TransferError> {
    let Cursor { epoch, seq, chain } = head.cursor;
    // The digest goes into the first line, so the log is read twice.
    let mut state = Workspace::default();
    each_event(reader, head, |read, _| {
        if let Payload::Known(known) = &read.payload {
            state.apply(&read.header.origin(), known);
        }
        Ok(())
    })?;
    let digest = state.digest();
    let header = ExportHeader {
        format: EXPORT_FORMAT,
        workspace: head.workspace,
        epoch,
        head: seq,
        chain,
        digest,
        model: MODEL_VERSION,
        member: head.local_member,
        people: reader.people(head.workspace)?,
    };
    let first = ExportLine::Header(header.clone()).to_text();
    writeln!(to, "{first}")?;
    each_event(reader, head, |_, event| {
        writeln!(to, "{}", ExportLine::Event(event).to_text()).map_err(TransferError::File)
    })?;
    writeln!(to, "{}", header.footer(&first).to_text())?;
    to.flush()?;
    Ok(Transferred { events: seq, digest })
}

fn each_event(
    reader: &dyn Reader,
    head: &LogHead,
    mut act: impl FnMut(ReadEvent, StoredEvent) -> Result<(), TransferError>,
) -> Result<(), TransferError> {
    let mut cursor = Cursor { seq: 0, chain: Hash::ZERO, ..head.cursor };
    while cursor.seq < head.cursor.seq {
        let left = usize::try_from(head.cursor.seq - cursor.seq).unwrap_or(usize::MAX);
        let page = reader.events(head.workspace, cursor.seq, PAGE.min(left))?;
        let damaged = StoreError::Corrupt { seq: cursor.seq + 1 };
        if page.is_empty() {
            return Err(damaged.into());
        }
        for event in page {
            let read = event
                .read_redacted_after(&cursor)
                .map_err(|_| StoreError::Corrupt { seq: cursor.seq + 1 })?;
            cursor = Cursor { seq: read.header.seq, chain: read.chain, ..cursor };
            act(read, event)?;
        }
    }
    if cursor != head.cursor {
        return Err(StoreError::Corrupt { seq: cursor.seq }.into());
    }
    Ok(())
}

/// What a log comes in, piece by piece.
pub(crate) enum Piece<'a> {
    /// What it is of.
    Begin(&'a ExportHeader),
    /// What happened next.
    Append(Box<Append>),
    /// This event tells of a redaction.
    Redaction(u64),
    /// A newer version has written this event.
    Newer(u64),
}

/// Reads a workspace into a store that is empty, on a new timeline. When it fails the store is not to be used.
pub(crate) fn read(
    from: impl BufRead,
    store: &mut dyn Store,
    epoch: EpochId,
) -> Result<Transferred, TransferError> {
    let mut workspace = None;
    let (state, cursor) = pieces(from, epoch, &mut |piece| match (piece, workspace) {
        (Piece::Begin(header), _) => {
            let cursor = Cursor { epoch, seq: 0, chain: Hash::ZERO };
            // Nobody of the log: whoever comes here first is not taken for the one who wrote it elsewhere.
            let local_member = MemberId::from_u128(Uuid::now_v7().as_u128());
            let head = LogHead { workspace: header.workspace, cursor, local_member, is_demo: false };
            store.begin(&NewLog::empty(head, header.people.clone()))?;
            workspace = Some(header.workspace);
            Ok(())
        }
        (Piece::Append(append), Some(workspace)) => match store.append(workspace, &append)? {
            Appended::Appended => Ok(()),
            Appended::Moved(_) => Err(StoreError::Busy.into()),
        },
        (Piece::Redaction(seq), Some(workspace)) => Ok(store.remember_redaction(workspace, seq)?),
        (Piece::Append(_) | Piece::Redaction(_) | Piece::Newer(_), _) => Ok(()),
    })?;
    if let Some(workspace) = workspace {
        store.set_epoch(workspace, epoch)?;
    }
    Ok(Transferred { events: cursor.seq, digest: state.digest() })
}

/// Reads a workspace, verifying every line, and returns what it leads to.
pub(crate) fn pieces(
    from: impl BufRead,
    epoch: EpochId,
    take: &mut dyn FnMut(Piece<'_>) -> Result<(), TransferError>,
) -> Result<(Workspace, Cursor), TransferError> {
    let mut reader = ExportReader::default();
    let mut incoming = Incoming::begin(epoch);
    for (line, number) in from.split(b'\n').zip(1..) {
        // A line that is no text can't be an export's; the reader says which line it was.
        let line = String::from_utf8(line?).unwrap_or_default();
        match reader.push(&line)? {
            Exported::Header(header) => take(Piece::Begin(&header))?,
            Exported::Event(read, event) => {
                let seq = read.header.seq;
                let is_newer = read.payload == Payload::Opaque && event.payload.is_some();
                if is_newer {
                    take(Piece::Newer(seq))?;
                }
                if matches!(read.payload, Payload::Known(Event::Workspace(WorkspaceEvent::Redacted { .. }))) {
                    take(Piece::Redaction(seq))?;
                }
                if let Some(append) = incoming.take(&read, event, number)? {
                    take(Piece::Append(Box::new(append)))?;
                }
            }
            Exported::End => take(Piece::Append(Box::new(incoming.append())))?,
        }
    }
    Ok(reader.finish()?)
}

/// Events on their way.
struct Incoming {
    expected: Cursor,
    reached: Cursor,
    events: Vec<NewEvent>,
    /// The outcomes of the commands that had an effect; an export tells of no others.
    outcomes: Vec<NewOutcome>,
    /// The last command of each queue.
    queues: BTreeMap<ClientId, u64>,
}

impl Incoming {
    const fn begin(epoch: EpochId) -> Self {
        let cursor = Cursor { epoch, seq: 0, chain: Hash::ZERO };
        Self {
            expected: cursor,
            reached: cursor,
            events: Vec::new(),
            outcomes: Vec::new(),
            queues: BTreeMap::new(),
        }
    }

    /// Takes the next event, of a line; returns what is to be written now.
    ///
    /// # Errors
    ///
    /// When its command is none that could have been decided there.
    fn take(
        &mut self,
        read: &ReadEvent,
        event: StoredEvent,
        line: usize,
    ) -> Result<Option<Append>, ExportError> {
        let header = &read.header;
        self.reached = Cursor { seq: header.seq, chain: read.chain, ..self.reached };
        self.events.push(NewEvent { seq: header.seq, received: header.received, event });
        let keeps_both = matches!(&read.payload, Payload::Known(event) if keeps_both(event));
        let key = header.command;
        match self.outcomes.last_mut().filter(|outcome| outcome.key == key) {
            Some(outcome) => {
                outcome.outcome.events = outcome.outcome.events.map(|(first, _)| (first, header.seq));
                if keeps_both {
                    outcome.outcome.status = OutcomeStatus::Merged;
                }
            }
            None => {
                // The chain vouches for what is in a header, not that a server ever decided it.
                let last = self.queues.insert(key.client, key.seq).unwrap_or_default();
                if key.seq <= last || key.seq >= NUMBERS_END {
                    return Err(ExportError::Malformed { line });
                }
                self.outcomes.push(happened(key, header.seq, keeps_both));
            }
        }
        Ok((self.events.len() >= PAGE && header.more == 0).then(|| self.append()))
    }

    fn append(&mut self) -> Append {
        let queues: BTreeMap<_, _> =
            self.outcomes.iter().map(|outcome| (outcome.key.client, outcome.key.seq)).collect();
        let append = Append {
            expected: self.expected,
            head: self.reached,
            events: std::mem::take(&mut self.events),
            outcomes: std::mem::take(&mut self.outcomes),
            // An export tells of no refusals, and no other outcome is ever forgotten.
            decided: Timestamp(0),
            // They are read off the log once somebody asks.
            details: Vec::new(),
            queues: queues.into_iter().collect(),
        };
        self.expected = self.reached;
        append
    }
}

fn happened(key: CommandKey, seq: u64, keeps_both: bool) -> NewOutcome {
    let status = if keeps_both { OutcomeStatus::Merged } else { OutcomeStatus::Applied };
    NewOutcome { key, hash: None, outcome: Outcome { status, events: Some((seq, seq)), rejection: None } }
}

#[cfg(test)]
mod tests;
