//! What is read back at a start, and what of it can't be.

use std::collections::BTreeSet;

use slipway_shared::ids::CommandKey;
use slipway_shared::json;
use slipway_shared::log::StoredEvent;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::repair::Recalled;
use slipway_shared::sync::snapshot::SnapshotLine;

use super::indexed_db::{Batch, Database, StorageFailed};
use super::{Acknowledged, Storage, mirror, number};
use crate::replica::{RefusedCommand, Restored};

/// What was found at the start.
#[derive(Default)]
pub(in crate::replica) struct Stored {
    /// The rows of the snapshot, some lines in each; empty when there is none.
    pub(in crate::replica) snapshot: Vec<String>,
    /// The events after it, in order.
    pub(in crate::replica) tail: Vec<StoredEvent>,
    /// The commands without an outcome.
    pub(in crate::replica) outbox: Vec<WireCommand>,
    /// Those of them that only the mirror has.
    pub(in crate::replica) mirrored: Vec<WireCommand>,
    /// The database could not be read: what is stored there is not known, and nothing may be written over it.
    pub(in crate::replica) is_unread: bool,
    /// The commands that were refused.
    pub(in crate::replica) refused: Vec<RefusedCommand>,
    /// Events that the server has forgotten.
    pub(in crate::replica) lost: Vec<StoredEvent>,
    /// What is to be told about a restore.
    pub(in crate::replica) restored: Option<Restored>,
    /// Rows that can't be read. They stay where they are until somebody has seen to them.
    pub(in crate::replica) unreadable: Vec<Unreadable>,
}

/// A row of a person's work that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    store: &'static str,
    key: String,
    /// What is there.
    pub text: String,
}

/// The mirror, beside the stores of the database.
const MIRROR: &str = "mirror";

impl Unreadable {
    /// Returns the command whose place in its queue this is; the queue must not go on without it by itself.
    pub(in crate::replica) fn command(&self) -> Option<CommandKey> {
        (self.store != "refused").then(|| command_key(&self.key)).flatten()
    }
}

/// Reads the name of a command off the key of its row.
pub(super) fn command_key(text: &str) -> Option<CommandKey> {
    let (client, seq) = text.split_once('/')?;
    Some(CommandKey { client: client.parse().ok()?, seq: seq.parse().ok()? })
}

impl Storage {
    pub(in crate::replica) async fn load(&self) -> Stored {
        let mut stored = Stored::default();
        if let Some(database) = &self.database
            && stored.read_from(database).await.is_err()
        {
            stored = Stored { is_unread: true, ..Stored::default() };
        }
        let mirrored: Vec<WireCommand> = read_rows(MIRROR, mirror::kept(self.home), &mut stored.unreadable);
        let is_new = |wire: &WireCommand| !stored.outbox.iter().any(|known| known.key() == wire.key());
        stored.mirrored = mirrored.into_iter().filter(is_new).collect();
        stored.outbox.extend(stored.mirrored.iter().cloned());
        let redone = stored.mirrored.iter().filter_map(|wire| mirror::in_place_of(self.home, wire.key()));
        let redone: Vec<_> = redone.collect();
        stored.refused.retain(|refused| !redone.contains(&refused.key));
        stored
    }

    /// Reads the outbox alone: what any tab of this browser has not got an answer for.
    pub(in crate::replica) async fn outbox(&self) -> Result<Vec<WireCommand>, StorageFailed> {
        let mut rows = mirror::kept(self.home);
        if let Some(database) = &self.database {
            rows.extend(database.rows("outbox").await?);
        }
        Ok(read_rows(MIRROR, rows, &mut Vec::new()))
    }

    /// Returns the names of the commands that the database has, once everything that was begun is written.
    pub(in crate::replica) async fn stored_commands(&self) -> Result<BTreeSet<CommandKey>, StorageFailed> {
        let Some(database) = &self.database else { return Err(StorageFailed::BROKEN) };
        let rows = database.rows("outbox").await?;
        Ok(rows.iter().filter_map(|(key, _)| command_key(key)).collect())
    }

    /// Tells whether all these commands and lost events are stored, once everything that was begun is written.
    pub(in crate::replica) async fn has_all(
        &self,
        commands: &[CommandKey],
        lost: &[CommandKey],
    ) -> Result<bool, StorageFailed> {
        let Some(database) = &self.database else { return Err(StorageFailed::BROKEN) };
        let outbox = database.rows("outbox").await?;
        let kept = database.rows("lost").await?;
        database.texts("refused").await?;
        let has = |rows: &[(String, String)], key: &CommandKey| {
            rows.iter().any(|(found, _)| *found == super::outbox_key(*key))
        };
        Ok(commands.iter().all(|key| has(&outbox, key)) && lost.iter().all(|key| has(&kept, key)))
    }

    /// Reads the acknowledged commands; those of another build are passed over.
    pub(in crate::replica) async fn acknowledged(&self) -> Result<Vec<Acknowledged>, StorageFailed> {
        let Some(database) = &self.database else { return Err(StorageFailed::BROKEN) };
        let texts = database.texts("acknowledged").await?;
        Ok(texts.iter().filter_map(|text| json::read(text).ok()).collect())
    }

    /// Reads everything that is known of the log and of this browser's part in it.
    pub(in crate::replica) async fn recall(&self) -> Result<Recalled, StorageFailed> {
        let acknowledged = self.acknowledged().await?;
        let acknowledged = acknowledged.iter().filter_map(|known| known.command.read().ok()).collect();
        let Some(database) = &self.database else { return Err(StorageFailed::BROKEN) };
        let tail = database.texts("tail").await?;
        Ok(Recalled { acknowledged, tail: tail.iter().filter_map(|text| json::read(text).ok()).collect() })
    }

    /// Reads the events of the log that are here, as they are stored, oldest first.
    pub(in crate::replica) async fn log_texts(&self, is_local: bool) -> Result<Vec<String>, StorageFailed> {
        let Some(database) = &self.database else { return Err(StorageFailed::BROKEN) };
        database.texts(if is_local { "log" } else { "tail" }).await
    }

    /// Drops rows that can't be read: their author has said so.
    pub(in crate::replica) fn drop_unreadable(
        &self,
        rows: &[Unreadable],
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let (mirrored, stored): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.store == MIRROR);
        let delete = |batch: Batch, row: &&Unreadable| batch.delete(row.store, row.key.as_str());
        let batch = stored.iter().fold(Batch::default(), delete);
        self.commit(batch, mirrored.iter().filter_map(|row| command_key(&row.key)).collect(), true)
    }
}

impl Stored {
    async fn read_from(&mut self, database: &Database) -> Result<(), StorageFailed> {
        self.outbox = read_rows("outbox", database.rows("outbox").await?, &mut self.unreadable);
        self.refused = read_rows("refused", database.rows("refused").await?, &mut self.unreadable);
        let lost = database.texts("lost").await?;
        self.lost = lost.iter().filter_map(|text| json::read::<Vec<_>>(text).ok()).flatten().collect();
        let meta = database.rows("meta").await?;
        let restored = meta.iter().find(|(key, _)| key == "restored");
        self.restored = restored.and_then(|(_, text)| json::read(text).ok());
        self.snapshot = database.texts("snapshot").await?;
        let Some(reached) = self.reached() else { return Ok(()) };
        let tail = database.texts_from("tail", number(reached + 1)).await?;
        self.tail = tail.iter().filter_map(|text| json::read(text).ok()).collect();
        Ok(())
    }

    /// Returns the place of the snapshot.
    fn reached(&self) -> Option<u64> {
        match json::read(self.snapshot.first()?.lines().next()?) {
            Ok(SnapshotLine::Header { cursor, .. }) => Some(cursor.seq),
            _ => None,
        }
    }
}

fn read_rows<T: serde::de::DeserializeOwned>(
    store: &'static str,
    rows: Vec<(String, String)>,
    unreadable: &mut Vec<Unreadable>,
) -> Vec<T> {
    let read = rows.into_iter().filter_map(|(key, text)| {
        let read = json::read(&text).ok();
        if read.is_none() {
            unreadable.push(Unreadable { store, key, text });
        }
        read
    });
    read.collect()
}
