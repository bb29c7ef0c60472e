//! The state of a workspace as lines of JSON: a header, the entities, a footer that proves completeness.

use serde::{Deserialize, Serialize};

use crate::canonical::Hash;
use crate::json;
use crate::log::Cursor;
use crate::workspace::{Entity, EntityError, MODEL_VERSION, Workspace, push_digest_row};

/// One line of a snapshot or of an export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotLine {
    /// Comes first.
    Header {
        /// Where in the log the snapshot is.
        cursor: Cursor,
        /// The version of the shape of entities.
        model: u16,
        /// How many entities follow.
        count: u64,
    },
    /// One entity.
    Entity(Entity),
    /// Comes last. A snapshot without it was cut off.
    Footer {
        /// How many entities came.
        count: u64,
        /// The digest over them.
        digest: Hash,
    },
}

/// Why a snapshot can't be taken in. Nothing of it is kept then.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// A line is not what belongs there.
    #[error("line {line} of the snapshot can't be read")]
    Malformed {
        /// Which, from 1.
        line: usize,
    },
    /// The snapshot comes from a newer version of the app.
    #[error("the snapshot is of model {model}, this build reads up to {MODEL_VERSION}")]
    NewerModel {
        /// Its version.
        model: u16,
    },
    /// It was cut off.
    #[error("the snapshot ends after {entities} entities, before its footer")]
    Truncated {
        /// How many entities came.
        entities: usize,
    },
    /// The entities are not those that were sent.
    #[error("the snapshot does not match its digest")]
    WrongDigest,
    /// An entity can't be read.
    #[error(transparent)]
    Entity(#[from] EntityError),
}

/// Returns the lines of a snapshot of `workspace` at `cursor`, without line ends.
#[must_use]
pub fn lines(workspace: &Workspace, cursor: &Cursor) -> Vec<String> {
    SnapshotWriter::new(workspace, cursor).collect()
}

/// Makes the lines of a snapshot one at a time, so that a browser can do it in slices.
pub struct SnapshotWriter<'a> {
    header: Option<SnapshotLine>,
    entities: Option<Box<dyn Iterator<Item = Entity> + 'a>>,
    rows: String,
    count: u64,
}

impl<'a> SnapshotWriter<'a> {
    /// Begins a snapshot of `workspace` at `cursor`.
    #[must_use]
    pub fn new(workspace: &'a Workspace, cursor: &Cursor) -> Self {
        let count = workspace.entity_count() as u64;
        let header = SnapshotLine::Header { cursor: *cursor, model: MODEL_VERSION, count };
        Self { header: Some(header), entities: Some(workspace.entities()), rows: String::new(), count }
    }

    fn next_line(&mut self) -> Option<String> {
        if let Some(header) = self.header.take() {
            return Some(json::write(&header));
        }
        if let Some(entity) = self.entities.as_mut()?.next() {
            push_digest_row(&mut self.rows, &entity);
            return Some(entity_line(&entity));
        }
        self.entities = None;
        let digest = Hash::of(&[self.rows.as_bytes()]);
        Some(json::write(&SnapshotLine::Footer { count: self.count, digest }))
    }
}

/// Writes the line of an entity around its text, which is the largest part and JSON already.
fn entity_line(Entity { kind, id, entity }: &Entity) -> String {
    let parts = [
        "{\"entity\":{\"entity\":",
        entity.text(),
        ",\"id\":",
        &json::write(id),
        ",\"kind\":",
        &json::write(kind),
        "}}",
    ];
    parts.concat()
}

impl Iterator for SnapshotWriter<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.next_line()
    }
}

/// Takes a snapshot in, line by line, so that a browser can do it in slices.
#[derive(Debug, Default)]
pub struct SnapshotReader {
    line: usize,
    cursor: Option<Cursor>,
    rows: String,
    workspace: Workspace,
    count: usize,
    is_trusting: bool,
    is_complete: bool,
}

impl SnapshotReader {
    /// Makes a reader that does not compute the digest: for what this device wrote itself, where reading has to
    /// be quick and a torn write can't happen.
    #[must_use]
    pub fn trusting() -> Self {
        Self { is_trusting: true, ..Self::default() }
    }

    /// Takes in the next line; empty ones are passed over.
    ///
    /// # Errors
    ///
    /// When it can't be read or does not belong there.
    pub fn push(&mut self, line: &str) -> Result<(), SnapshotError> {
        self.line += 1;
        if line.is_empty() {
            return Ok(());
        }
        let malformed = SnapshotError::Malformed { line: self.line };
        let Ok(read) = json::read::<SnapshotLine>(line) else {
            return Err(malformed);
        };
        match (read, self.cursor, self.is_complete) {
            (SnapshotLine::Header { model, .. }, None, false) if model > MODEL_VERSION => {
                return Err(SnapshotError::NewerModel { model });
            }
            (SnapshotLine::Header { cursor, .. }, None, false) => self.cursor = Some(cursor),
            (SnapshotLine::Entity(entity), Some(_), false) => self.take_in(entity)?,
            (SnapshotLine::Footer { digest, count }, Some(_), false) => {
                if count != self.count as u64 || !self.is_trusting && self.digest() != digest {
                    return Err(SnapshotError::WrongDigest);
                }
                self.is_complete = true;
            }
            _ => return Err(malformed),
        }
        Ok(())
    }

    /// Returns the workspace and its place in the log.
    ///
    /// # Errors
    ///
    /// When the footer has not come, or an entity can't be read.
    pub fn finish(self) -> Result<(Workspace, Cursor), SnapshotError> {
        let (Some(cursor), true) = (self.cursor, self.is_complete) else {
            return Err(SnapshotError::Truncated { entities: self.count });
        };
        Ok((self.workspace, cursor))
    }

    fn take_in(&mut self, entity: Entity) -> Result<(), SnapshotError> {
        self.count += 1;
        if !self.is_trusting {
            push_digest_row(&mut self.rows, &entity);
        }
        Ok(self.workspace.insert_entity(entity)?)
    }

    fn digest(&self) -> Hash {
        Hash::of(&[self.rows.as_bytes()])
    }
}

/// Reads a whole snapshot.
///
/// # Errors
///
/// As [`SnapshotReader`].
pub fn read(text: &str) -> Result<(Workspace, Cursor), SnapshotError> {
    let mut reader = SnapshotReader::default();
    for line in text.lines() {
        reader.push(line)?;
    }
    reader.finish()
}
