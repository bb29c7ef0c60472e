//! A whole workspace as lines of JSON: a header, every event as it is in the log, a footer that proves that
//! nothing is missing or altered.
//!
//! Reading verifies as it goes, so that the first line that is not right is named.

use serde::{Deserialize, Serialize};

use crate::canonical::Hash;
use crate::ids::{EpochId, MemberId, WorkspaceId};
use crate::json;
use crate::log::{Cursor, LogError, Payload, ReadEvent, StoredEvent};
use crate::member::Profile;
use crate::redaction::Vouchers;
use crate::workspace::{MODEL_VERSION, Workspace};

/// The version of the form of an export.
pub const EXPORT_FORMAT: u16 = 1;

/// What an export is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportHeader {
    /// The version of its form.
    pub format: u16,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The timeline it was taken from; what reads it begins a new one.
    pub epoch: EpochId,
    /// How many events there are.
    pub head: u64,
    /// The hash of the log up to there.
    pub chain: Hash,
    /// The digest of the state they lead to.
    pub digest: Hash,
    /// The version of the shape of entities that the digest is of.
    pub model: u16,
    /// Who acts where there are no accounts.
    pub member: MemberId,
    /// The people, as they are shown.
    pub people: Vec<Profile>,
}

/// One line of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportLine {
    /// Comes first.
    Header(ExportHeader),
    /// One event.
    Event(StoredEvent),
    /// Comes last. An export without it was cut off.
    Footer {
        /// How many events came.
        count: u64,
        /// The hash of the log up to the last of them.
        chain: Hash,
        /// The digest of the state they lead to.
        digest: Hash,
        /// The hash of the header's line: names are in no event.
        header: Hash,
    },
}

impl ExportLine {
    /// Returns the line, without a line end.
    #[must_use]
    pub fn to_text(&self) -> String {
        json::write(self)
    }
}

impl ExportHeader {
    /// Returns the last line of an export whose first line reads as `text`.
    #[must_use]
    pub fn footer(&self, text: &str) -> ExportLine {
        let Self { head: count, chain, digest, .. } = *self;
        ExportLine::Footer { count, chain, digest, header: Hash::of(&[text.as_bytes()]) }
    }
}

/// Why an export can't be taken in.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A line is not what belongs there.
    #[error("line {line} is not what belongs there")]
    Malformed {
        /// Which, from 1.
        line: usize,
    },
    /// It comes from a newer version.
    #[error(
        "it is of format {format} and model {model}; this version reads up to {EXPORT_FORMAT} and {MODEL_VERSION}"
    )]
    Newer {
        /// The version of its form.
        format: u16,
        /// The version of the shape of entities.
        model: u16,
    },
    /// An event does not follow the one before it, or was altered.
    #[error("line {line} was altered, or lines before it are missing")]
    Log {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: LogError,
    },
    /// What the footer says is not what came.
    #[error("line {line} says that something else came before it")]
    WrongFooter {
        /// Which, from 1.
        line: usize,
    },
    /// It was cut off.
    #[error("it ends after line {line}, before its footer")]
    Truncated {
        /// The last line, from 1; 0 for an empty file.
        line: usize,
    },
}

/// What a line of an export brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// What the export is of.
    Header(ExportHeader),
    /// The next event, verified, and as it is to be stored.
    Event(Box<ReadEvent>, StoredEvent),
    /// Everything came.
    End,
}

/// Takes an export in, line by line.
#[derive(Debug, Default)]
pub struct ExportReader {
    line: usize,
    header: Option<(ExportHeader, Hash)>,
    cursor: Option<Cursor>,
    workspace: Workspace,
    vouchers: Vouchers,
    is_complete: bool,
}

impl ExportReader {
    /// Takes in the next line, without its end.
    ///
    /// # Errors
    ///
    /// When it can't be read, does not belong there, or was altered.
    pub fn push(&mut self, text: &str) -> Result<Exported, ExportError> {
        self.line += 1;
        let line = self.line;
        let read = json::read(text).map_err(|_| ExportError::Malformed { line })?;
        match (read, self.cursor, self.is_complete) {
            (ExportLine::Header(header), None, false) => self.begin(header, Hash::of(&[text.as_bytes()])),
            (ExportLine::Event(event), Some(cursor), false) => self.take(event, cursor),
            (ExportLine::Footer { count, chain, digest, header }, Some(cursor), false) => {
                let known = self.header.as_ref().ok_or(ExportError::Malformed { line })?;
                let came = Cursor { seq: count, chain, ..cursor } == cursor && known.1 == header;
                let announced = known.0.head == count && known.0.chain == chain && known.0.digest == digest;
                // Digests say something about each other only under equal models.
                let is_same = known.0.model != MODEL_VERSION || self.workspace.digest() == digest;
                if !(came && announced && is_same) {
                    return Err(ExportError::WrongFooter { line });
                }
                if let Some(seq) = self.vouchers.missing() {
                    return Err(ExportError::Log { line, source: LogError::Unvouched { seq } });
                }
                self.is_complete = true;
                Ok(Exported::End)
            }
            _ => Err(ExportError::Malformed { line }),
        }
    }

    fn begin(&mut self, header: ExportHeader, hash: Hash) -> Result<Exported, ExportError> {
        let ExportHeader { format, model, epoch, .. } = header;
        if format > EXPORT_FORMAT || model > MODEL_VERSION {
            return Err(ExportError::Newer { format, model });
        }
        self.cursor = Some(Cursor { epoch, seq: 0, chain: Hash::ZERO });
        self.header = Some((header.clone(), hash));
        Ok(Exported::Header(header))
    }

    fn take(&mut self, event: StoredEvent, cursor: Cursor) -> Result<Exported, ExportError> {
        let line = self.line;
        let read = event.read_redacted_after(&cursor).map_err(|source| ExportError::Log { line, source })?;
        self.vouchers.take(&read, &event);
        if let Payload::Known(known) = &read.payload {
            self.workspace.apply(&read.header.origin(), known);
        }
        self.cursor = Some(Cursor { seq: read.header.seq, chain: read.chain, ..cursor });
        Ok(Exported::Event(Box::new(read), event))
    }

    /// Returns the workspace and its place in the log, once the footer has come.
    ///
    /// # Errors
    ///
    /// When it has not.
    pub fn finish(self) -> Result<(Workspace, Cursor), ExportError> {
        match (self.cursor, self.is_complete) {
            (Some(cursor), true) => Ok((self.workspace, cursor)),
            _ => Err(ExportError::Truncated { line: self.line }),
        }
    }
}
