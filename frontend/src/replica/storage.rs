//! What the replica keeps in the browser: the snapshot and the events after it, the outbox, and what was refused.
//!
//! Nothing else in the app knows IndexedDB or localStorage. A command is "saved on this device" once the database
//! has committed it, and not before.

pub(crate) mod indexed_db;
mod mirror;

use indexed_db::{Batch, Database, StorageFailed, open_database};
use serde::{Deserialize, Serialize};
use slipway_shared::ids::{CommandKey, MemberId, WorkspaceId};
use slipway_shared::json;
use slipway_shared::log::{Cursor, StoredEvent};
use slipway_shared::member::Profile;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::time::Timestamp;

use super::RefusedCommand;

/// Which workspace this browser opens, and as whom: what a start without a network needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BootRecord {
    pub(super) workspace: WorkspaceId,
    pub(super) member: MemberId,
    pub(super) people: Vec<Profile>,
    /// When the server was last heard.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) last_in_step: Option<Timestamp>,
}

impl BootRecord {
    pub(super) const fn new(workspace: WorkspaceId, member: MemberId) -> Self {
        Self { workspace, member, people: Vec::new(), last_in_step: None }
    }
}

/// The storage of one workspace. Without a database everything goes to memory, and the screen says so.
#[derive(Clone)]
pub(super) struct Storage {
    workspace: WorkspaceId,
    database: Option<Database>,
}

/// Where a command was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// In the database, committed: on this device.
    Committed,
    /// In the mirror alone: it outlives the tab, if not a crash of the browser.
    Mirrored,
    /// Nowhere: it is gone with the tab.
    Nowhere,
}

/// What was found at the start.
#[derive(Default)]
pub(super) struct Stored {
    /// The lines of the snapshot; empty when there is none.
    pub(super) snapshot: Vec<String>,
    /// The events after it, in order.
    pub(super) tail: Vec<StoredEvent>,
    /// The commands without an outcome.
    pub(super) outbox: Vec<WireCommand>,
    /// Those of them that only the mirror has.
    pub(super) mirrored: Vec<WireCommand>,
    /// The database could not be read: what is stored there is not known, and nothing may be written over it.
    pub(super) is_unread: bool,
    /// The commands that were refused.
    pub(super) refused: Vec<RefusedCommand>,
    /// Entries that can't be read. They stay where they are and are counted, never dropped.
    pub(super) unreadable: usize,
}

/// How many lines of a snapshot share a row: fewer rows read quicker, smaller ones write in shorter slices.
const LINES_PER_ROW: usize = 500;

const BOOT_DATABASE: &str = "slipway";

/// Reads which workspace to open; `None` on the first visit.
pub(super) async fn boot_record() -> Option<BootRecord> {
    let database = open_database(BOOT_DATABASE).await.ok()?;
    let texts = database.texts("meta").await.ok()?;
    texts.first().and_then(|text| json::read(text).ok())
}

/// Remembers which workspace to open.
pub(super) async fn keep_boot_record(record: &BootRecord) {
    let text = json::write(record);
    if let Ok(database) = open_database(BOOT_DATABASE).await {
        // Without it the next start needs the server; the data itself is kept elsewhere.
        let _ = database.write(Batch::default().put("meta", "boot", &text), true).await;
    }
}

fn outbox_key(key: CommandKey) -> String {
    format!("{}/{:012}", key.client, key.seq)
}

#[expect(clippy::cast_precision_loss, reason = "IndexedDB numbers are doubles, exact up to 2^53")]
const fn number(seq: u64) -> f64 {
    seq as f64
}

impl Storage {
    pub(super) async fn open(workspace: WorkspaceId) -> Self {
        let database = open_database(&format!("slipway-{workspace}")).await.ok();
        Self { workspace, database }
    }

    pub(super) const fn is_durable(&self) -> bool {
        self.database.is_some()
    }

    pub(super) async fn load(&self) -> Stored {
        let mut stored = Stored::default();
        if let Some(database) = &self.database
            && stored.read_from(database).await.is_err()
        {
            stored = Stored { is_unread: true, ..Stored::default() };
        }
        let mirrored: Vec<WireCommand> = read_all(&mirror::kept(self.workspace), &mut stored.unreadable);
        let is_new = |wire: &WireCommand| !stored.outbox.iter().any(|known| known.key() == wire.key());
        stored.mirrored = mirrored.into_iter().filter(is_new).collect();
        stored.outbox.extend(stored.mirrored.iter().cloned());
        stored
    }

    /// Reads the outbox alone: what any tab of this browser has not got an answer for.
    pub(super) async fn outbox(&self) -> Result<Vec<WireCommand>, StorageFailed> {
        let mut texts = mirror::kept(self.workspace);
        if let Some(database) = &self.database {
            texts.extend(database.texts("outbox").await?);
        }
        Ok(read_all(&texts, &mut 0))
    }

    /// Keeps a command, beginning at once. What is returned answers once it is committed.
    pub(super) fn keep_command(&self, wire: &WireCommand) -> impl Future<Output = Kept> + use<> {
        let text = json::write(wire);
        let (workspace, key) = (self.workspace, wire.key());
        let is_mirrored = mirror::keep(workspace, key, &text);
        let batch = Batch::default().put("outbox", outbox_key(key), &text);
        let writing = self.database.as_ref().map(|database| database.write(batch, true));
        async move {
            let committed = match writing {
                Some(writing) => writing.await,
                None => Err(StorageFailed),
            };
            match committed {
                Ok(()) => {
                    mirror::release(workspace, key);
                    Kept::Committed
                }
                Err(StorageFailed) if is_mirrored => Kept::Mirrored,
                Err(StorageFailed) => Kept::Nowhere,
            }
        }
    }

    /// Gives commands their new names and forgets the old ones, in one transaction.
    pub(super) fn rename(
        &self,
        old: &[CommandKey],
        new: &[WireCommand],
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let mut batch = Batch::default();
        for wire in new {
            batch = batch.put("outbox", outbox_key(wire.key()), &json::write(wire));
        }
        self.write(batch, old, true)
    }

    /// Forgets commands that have their outcome.
    pub(super) fn forget(
        &self,
        keys: &[CommandKey],
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        self.write(Batch::default(), keys, false)
    }

    /// Keeps events of the log.
    pub(super) fn keep_events(
        &self,
        events: &[StoredEvent],
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let mut batch = Batch::default();
        for event in events {
            let seq = event.read_header().map(|header| header.seq).unwrap_or_default();
            let text = json::write(event);
            batch = batch.put("tail", number(seq), &text);
        }
        self.write(batch, &[], false)
    }

    /// Keeps a snapshot in place of the one before and of the events it contains.
    pub(super) fn keep_snapshot(
        &self,
        lines: &[String],
        cursor: &Cursor,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let mut batch = Batch::default().clear("snapshot").delete_range("tail", 0.0, number(cursor.seq));
        for (row, lines) in lines.chunks(LINES_PER_ROW).enumerate() {
            batch = batch.put("snapshot", number(row as u64), &lines.join("\n"));
        }
        self.write(batch, &[], false)
    }

    /// Empties the tail: its events belong to another history.
    pub(super) fn drop_tail(&self) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        self.write(Batch::default().clear("tail"), &[], false)
    }

    /// Moves refused commands from the outbox to where Needs you finds them.
    pub(super) fn keep_refused(
        &self,
        refused: &[RefusedCommand],
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let mut batch = Batch::default();
        for command in refused {
            let text = json::write(command);
            batch = batch.put("refused", outbox_key(command.key), &text);
        }
        let keys: Vec<_> = refused.iter().map(|command| command.key).collect();
        self.write(batch, &keys, true)
    }

    /// Drops a refused command that its author has dealt with.
    pub(super) fn drop_refused(
        &self,
        key: CommandKey,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        self.write(Batch::default().delete("refused", outbox_key(key)), &[], true)
    }

    /// Writes a batch and takes commands out of the outbox with it; out of the mirror only afterwards.
    fn write(
        &self,
        mut batch: Batch,
        settled: &[CommandKey],
        strict: bool,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        for key in settled {
            batch = batch.delete("outbox", outbox_key(*key));
        }
        let writing = self.database.as_ref().map(|database| database.write(batch, strict));
        let (workspace, settled) = (self.workspace, settled.to_vec());
        async move {
            let written = match writing {
                Some(writing) => writing.await,
                None => Err(StorageFailed),
            };
            // Where the database failed the mirror may be all there is.
            if written.is_ok() {
                settled.into_iter().for_each(|key| mirror::release(workspace, key));
            }
            written
        }
    }
}

impl Stored {
    async fn read_from(&mut self, database: &Database) -> Result<(), StorageFailed> {
        let outbox = database.texts("outbox").await?;
        self.outbox = read_all(&outbox, &mut self.unreadable);
        let tail = database.texts("tail").await?;
        self.tail = read_all(&tail, &mut self.unreadable);
        let refused = database.texts("refused").await?;
        self.refused = read_all(&refused, &mut self.unreadable);
        let rows = database.texts("snapshot").await?;
        self.snapshot = rows.iter().flat_map(|row| row.lines().map(str::to_owned)).collect();
        Ok(())
    }
}

fn read_all<T: serde::de::DeserializeOwned>(texts: &[String], unreadable: &mut usize) -> Vec<T> {
    let read = texts.iter().filter_map(|text| {
        let read = json::read(text).ok();
        *unreadable += usize::from(read.is_none());
        read
    });
    read.collect()
}
