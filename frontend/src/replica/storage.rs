//! What the replica keeps in the browser: the snapshot and the events after it, the outbox, and what was refused.
//!
//! Nothing else in the app knows IndexedDB or localStorage. A command is "saved on this device" once the database
//! has committed it, and not before.

mod elsewhere;
pub(crate) mod indexed_db;
mod local_log;
mod mirror;
mod reading;
mod rows;

use std::cell::RefCell;
use std::rc::Rc;

pub(super) use elsewhere::{Elsewhere, elsewhere, unsent_here};
pub(super) use indexed_db::StorageFailed;
use indexed_db::{Batch, Database, open_database};
pub(super) use local_log::LogRow;
pub(super) use reading::Stored;
pub use reading::Unreadable;
pub(super) use rows::SnapshotRows;
use serde::{Deserialize, Serialize};
use slipway_shared::account::{WorkspaceSummary, Workspaces};
use slipway_shared::ids::{AccountId, CommandKey};
use slipway_shared::json;
use slipway_shared::log::{Cursor, StoredEvent};
use slipway_shared::sync::envelope::{CommandEnvelope, WireCommand};
use slipway_shared::sync::repair::{self, SetAside};
use slipway_shared::time::Timestamp;

use super::effects::refused_command;
use super::identity::{BootRecord, Home};
use super::tabs::has_locks;
use super::{RefusedCommand, Restored};

/// The storage of one person in one workspace. Without a database everything goes to memory, and the screen says so.
#[derive(Clone)]
pub(super) struct Storage {
    home: Home,
    database: Option<Database>,
    /// The time in which this tab leads; none before it led.
    term: Rc<RefCell<Option<String>>>,
}

/// A command that left the queue. How long it is kept counts from then: it may have been made weeks before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Acknowledged {
    left_at: Timestamp,
    command: WireCommand,
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

/// How many events stay stored though the snapshot contains them: a server that forgot them is reminded of them.
const KEPT_EVENTS: u64 = 1_000;

const BOOT_DATABASE: &str = "slipway";
/// Under which key the present record is kept. Those of others who were here are behind [`WAS`] and their place.
const BOOT: &str = "boot";
const WAS: &str = "was/";

/// What this browser knows of who was here.
#[derive(Default)]
pub(super) struct Records {
    /// Whose replica is opened; absent on a first visit, and after somebody signed out.
    pub(super) present: Option<BootRecord>,
    /// Everybody's, the present one's too.
    pub(super) all: Vec<BootRecord>,
}

/// Reads which workspace to open, and who else was here.
pub(super) async fn boot_records() -> Records {
    let Ok(database) = open_database(BOOT_DATABASE).await else { return Records::default() };
    let rows = database.rows("meta").await;
    database.close();
    let rows = rows.unwrap_or_default().into_iter();
    let read = rows.filter_map(|(key, text)| json::read(&text).ok().map(|record: BootRecord| (key, record)));
    let mut records = Records::default();
    for (key, record) in read {
        if key == BOOT {
            records.present = Some(record.clone());
        } else {
            records.all.push(record);
        }
    }
    if let Some(present) = records.present.as_mut() {
        // Only a build that knew no accounts kept it nowhere else; a tab in the background keeps it there alone.
        match records.all.iter().find(|record| record.home() == present.home()) {
            Some(newest) => present.clone_from(newest),
            None => records.all.push(present.clone()),
        }
    }
    records
}

/// Remembers what is known of a replica, whichever is opened next.
pub(super) async fn keep_record(record: &BootRecord) {
    let batch = Batch::default().put("meta", format!("{WAS}{}", record.home()), &json::write(record));
    change_records(batch).await;
}

/// Remembers which workspace to open.
pub(super) async fn keep_boot_record(record: &BootRecord) {
    let text = json::write(record);
    let batch = Batch::default().put("meta", BOOT, &text);
    // Whoever comes next must not take the place for free.
    change_records(batch.put("meta", format!("{WAS}{}", record.home()), &text)).await;
}

/// Opens nothing at the next start. Who was here is remembered, so that what they did stays theirs, without the names of
/// others.
pub(super) async fn leave_boot_record(record: &BootRecord) {
    let (batch, was) = (Batch::default().delete("meta", BOOT), format!("{WAS}{}", record.home()));
    change_records(batch.put("meta", was, &json::write(&record.clone().without_others()))).await;
}

/// Opens nothing at the next start, and changes nothing of what is known of who was here.
pub(super) async fn open_nothing() {
    change_records(Batch::default().delete("meta", BOOT)).await;
}

/// Forgets whose a place was: nothing of theirs is left in it.
pub(super) async fn drop_record(home: Home) {
    change_records(Batch::default().delete("meta", format!("{WAS}{home}"))).await;
}

/// Under which key it is kept what the server said last of the workspaces of an account.
fn workspaces_key(account: AccountId) -> String {
    format!("workspaces/{account}")
}

/// Remembers which workspaces somebody may open.
pub(super) async fn keep_workspaces(account: AccountId, told: &Workspaces) {
    change_records(Batch::default().put("meta", workspaces_key(account), &json::write(told))).await;
}

/// Returns which workspaces somebody may open, as the server said last.
pub(super) async fn kept_workspaces(account: AccountId) -> Vec<WorkspaceSummary> {
    let Ok(database) = open_database(BOOT_DATABASE).await else { return Vec::new() };
    let rows = database.rows("meta").await.unwrap_or_default();
    database.close();
    let key = workspaces_key(account);
    let kept = rows.into_iter().find(|(known, _)| *known == key);
    kept.and_then(|(_, text)| json::read::<Workspaces>(&text).ok()).map_or(Vec::new(), |told| told.workspaces)
}

/// Forgets which workspaces somebody may open.
pub(super) async fn forget_workspaces(account: AccountId) {
    change_records(Batch::default().delete("meta", workspaces_key(account))).await;
}

/// As [`Storage::forget`], of a place that no page has open.
pub(super) async fn forget(home: Home, keeps_work: bool) -> Result<(), StorageFailed> {
    let storage = Storage::open(home).await;
    let forgotten = storage.forget(keeps_work).await;
    if let Some(database) = &storage.database {
        database.close();
    }
    forgotten
}

async fn change_records(batch: Batch) {
    if let Ok(database) = open_database(BOOT_DATABASE).await {
        // Without it the next start needs the server; the data itself is kept elsewhere.
        let _ = database.write(&batch, true).await;
        database.close();
    }
}

fn database_name(home: Home) -> String {
    format!("{BOOT_DATABASE}-{home}")
}

/// Returns the place whose database has this name.
fn home_of(database: &str) -> Option<Home> {
    database.strip_prefix(BOOT_DATABASE)?.strip_prefix('-')?.parse().ok()
}

fn outbox_key(key: CommandKey) -> String {
    format!("{}/{:012}", key.client, key.seq)
}

#[expect(clippy::cast_precision_loss, reason = "IndexedDB numbers are doubles, exact up to 2^53")]
const fn number(seq: u64) -> f64 {
    seq as f64
}

impl Storage {
    pub(super) async fn open(home: Home) -> Self {
        let database = open_database(&database_name(home)).await.ok();
        Self { home, database, term: Rc::default() }
    }

    /// Lets go of the database: whoever deletes it waits for that.
    pub(super) fn close(&self) {
        self.database.iter().for_each(Database::close);
    }

    /// Goes on without the database, which does not answer.
    pub(super) fn without_database(self) -> Self {
        self.close();
        Self { database: None, ..self }
    }

    pub(super) const fn is_durable(&self) -> bool {
        self.database.is_some()
    }

    /// Begins a term: from now on no other tab of this browser writes what the server says.
    ///
    /// A leader that was frozen, and does not know yet that it was replaced, would else put an older state in place
    /// of the present one.
    ///
    /// Without Web Locks every tab leads, and none may keep another from writing.
    pub(super) async fn begin_term(&self, term: &str) -> Result<(), StorageFailed> {
        if has_locks() {
            self.commit(Batch::default().put("meta", "term", term), Vec::new(), false).await?;
            self.term.replace(Some(term.to_owned()));
        }
        Ok(())
    }

    /// As [`Storage::begin_term`], if no other tab has begun one since that was the present one.
    pub(super) async fn begin_term_after(&self, before: &str, term: &str) -> Result<(), StorageFailed> {
        let Some(database) = &self.database else { return Err(StorageFailed::BROKEN) };
        let batch = Batch::default().put("meta", "term", term);
        database.write_in_term(&batch, before.to_owned()).await?;
        self.term.replace(Some(term.to_owned()));
        Ok(())
    }

    /// Returns the present term; an empty text when there was none yet.
    pub(super) async fn present_term(&self) -> Result<String, StorageFailed> {
        let Some(database) = &self.database else { return Err(StorageFailed::BROKEN) };
        let meta = database.rows("meta").await?;
        Ok(meta.into_iter().find(|(key, _)| key == "term").map(|(_, term)| term).unwrap_or_default())
    }

    /// Keeps a command in place of one that was refused, if any, beginning at once. What is returned answers once both
    /// are committed, or neither.
    pub(super) fn keep_command(
        &self,
        wire: &WireCommand,
        in_place_of: Option<CommandKey>,
    ) -> impl Future<Output = Kept> + use<> {
        let text = json::write(wire);
        let (home, key) = (self.home, wire.key());
        // A tab that died before the commit has noted it in the mirror.
        let in_place_of = in_place_of.or_else(|| mirror::in_place_of(home, key));
        let is_mirrored = mirror::keep(home, key, &text, in_place_of);
        let batch = Batch::default().put("outbox", outbox_key(key), &text);
        let batch = match in_place_of {
            Some(refused) => batch.delete("refused", outbox_key(refused)),
            None => batch,
        };
        let committing = self.commit(batch, vec![key], true);
        async move {
            match committing.await {
                Ok(()) => Kept::Committed,
                Err(_) if is_mirrored => Kept::Mirrored,
                Err(_) => Kept::Nowhere,
            }
        }
    }

    /// Keeps commands together: those that a repair puts back into the queue.
    pub(super) fn keep_commands(
        &self,
        wires: &[WireCommand],
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let put = |batch: Batch, wire: &WireCommand| {
            batch.put("outbox", outbox_key(wire.key()), &json::write(wire))
        };
        self.commit(wires.iter().fold(Batch::default(), put), Vec::new(), true)
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

    /// Moves commands that have their outcome to the acknowledged ones.
    pub(super) fn retire(
        &self,
        left: &[CommandEnvelope],
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let mut batch = Batch::default();
        for envelope in left {
            let acknowledged = Acknowledged { left_at: now, command: envelope.to_wire() };
            batch = batch.put("acknowledged", outbox_key(envelope.key), &json::write(&acknowledged));
        }
        let keys: Vec<_> = left.iter().map(|envelope| envelope.key).collect();
        self.write(batch, &keys, false)
    }

    /// Forgets acknowledged commands that need not be kept any longer.
    pub(super) async fn prune_acknowledged(&self, now: Timestamp) -> Result<(), StorageFailed> {
        let acknowledged = self.acknowledged().await?;
        let times: Vec<_> = acknowledged.iter().map(|known| (known.command.key(), known.left_at)).collect();
        let expired = repair::expired(&times, now);
        let delete = |batch: Batch, key: &CommandKey| Batch::delete(batch, "acknowledged", outbox_key(*key));
        let batch = expired.iter().fold(Batch::default(), delete);
        if expired.is_empty() { Ok(()) } else { self.commit(batch, Vec::new(), false).await }
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
        self.write_in_term(&batch)
    }

    /// Keeps a snapshot in place of the one before and of the events it contains.
    pub(super) fn keep_snapshot(
        &self,
        rows: SnapshotRows,
        cursor: &Cursor,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let mut batch = Batch::default().clear("snapshot");
        if cursor.seq > KEPT_EVENTS {
            batch = batch.delete_range("tail", 0.0, number(cursor.seq - KEPT_EVENTS));
        }
        for (number_of_row, row) in rows.finish().into_iter().enumerate() {
            batch = batch.put_value("snapshot", number(number_of_row as u64), row);
        }
        self.write_in_term(&batch)
    }

    /// Empties the tail: its events belong to another history.
    pub(super) fn drop_tail(&self) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        self.write_in_term(&Batch::default().clear("tail"))
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

    /// Puts requests where Needs you finds them, and commands that do nothing into their places.
    pub(super) fn set_aside(
        &self,
        aside: &SetAside,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let mut batch = Batch::default();
        for refused in &aside.refused {
            let text = json::write(&refused_command(refused.clone()));
            batch = batch.put("refused", outbox_key(refused.envelope.key), &text);
        }
        for filler in &aside.fillers {
            batch = batch.put("outbox", outbox_key(filler.key), &json::write(&filler.to_wire()));
        }
        self.commit(batch, aside.fillers.iter().map(|filler| filler.key).collect(), true)
    }

    /// Forgets the log and everything it led to, and keeps what its person did. From here on no tab of this browser
    /// stores what the server says.
    pub(super) async fn forget(&self, keeps_work: bool) -> Result<(), StorageFailed> {
        self.term.replace(None);
        let batch = Batch::default().put("meta", "term", "left");
        let of_the_log = ["snapshot", "tail", "lost", "acknowledged"];
        let of_the_person = ["outbox", "refused"].into_iter().filter(|_| !keeps_work);
        let batch = of_the_log.into_iter().chain(of_the_person).fold(batch, Batch::clear);
        let batch = batch.delete("meta", "restored");
        self.commit(batch, Vec::new(), true).await?;
        if !keeps_work {
            let mirrored = mirror::kept(self.home);
            let keys = mirrored.iter().filter_map(|(name, _)| reading::command_key(name));
            keys.for_each(|key| mirror::release(self.home, key));
        }
        Ok(())
    }

    /// Keeps events that the server has forgotten, by their commands.
    pub(super) fn keep_lost(
        &self,
        lost: &[(CommandKey, Vec<StoredEvent>)],
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let mut batch = Batch::default();
        for (key, events) in lost {
            batch = batch.put("lost", outbox_key(*key), &json::write(events));
        }
        self.commit(batch, Vec::new(), true)
    }

    /// Drops events that came back, or that somebody has seen to.
    pub(super) fn drop_lost(
        &self,
        keys: &[CommandKey],
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let delete = |batch: Batch, key: &CommandKey| batch.delete("lost", outbox_key(*key));
        self.commit(keys.iter().fold(Batch::default(), delete), Vec::new(), true)
    }

    /// Keeps what is to be told about a restore until somebody has read it.
    pub(super) fn keep_restored(
        &self,
        restored: Option<&Restored>,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let batch = match restored {
            Some(restored) => Batch::default().put("meta", "restored", &json::write(restored)),
            None => Batch::default().delete("meta", "restored"),
        };
        self.commit(batch, Vec::new(), true)
    }

    /// Drops refused commands that their author has dealt with.
    pub(super) fn drop_refused(
        &self,
        keys: &[CommandKey],
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let delete = |batch: Batch, key: &CommandKey| batch.delete("refused", outbox_key(*key));
        self.commit(keys.iter().fold(Batch::default(), delete), Vec::new(), true)
    }

    /// Writes what the server said, as long as this tab leads.
    fn write_in_term(&self, batch: &Batch) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let term = self.term.borrow().clone().filter(|_| has_locks());
        let writing = self.database.as_ref().filter(|_| term.is_some() || !has_locks());
        let writing = writing.map(|database| database.begin(batch, false, term.map(|term| ("term", term))));
        async move {
            match writing {
                Some(writing) => writing.await,
                None => Err(StorageFailed::BROKEN),
            }
        }
    }

    /// Writes a batch and takes commands out of the outbox with it; out of the mirror only afterwards.
    fn write(
        &self,
        batch: Batch,
        settled: &[CommandKey],
        strict: bool,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let delete = |batch: Batch, key: &CommandKey| batch.delete("outbox", outbox_key(*key));
        self.commit(settled.iter().fold(batch, delete), settled.to_vec(), strict)
    }

    /// Writes a batch; what must not be lost is written in place of what can be fetched again where there is no room.
    /// The mirror lets go of `mirrored` once that is committed: where the database failed it may be all there is.
    fn commit(
        &self,
        batch: Batch,
        mirrored: Vec<CommandKey>,
        strict: bool,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let (home, database) = (self.home, self.database.clone());
        let writing = database.as_ref().map(|database| database.write(&batch, strict));
        async move {
            let (Some(database), Some(writing)) = (database, writing) else {
                return Err(StorageFailed::BROKEN);
            };
            let written = match writing.await {
                Err(StorageFailed { is_full: true }) if strict => {
                    let room = Batch::default().clear("snapshot").clear("tail");
                    database.write(&room, false).await?;
                    database.write(&batch, strict).await
                }
                written => written,
            };
            written.inspect(|()| mirrored.into_iter().for_each(|key| mirror::release(home, key)))
        }
    }
}
