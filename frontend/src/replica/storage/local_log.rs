//! The log of a workspace that no server has, on this device: every event, every outcome, and how far each queue is.
//! What is told to be kept is committed, all of it together; whoever appends names the place the log was at.

use js_sys::Array;
use slipway_shared::ids::{ClientId, CommandKey};
use slipway_shared::json;
use slipway_shared::log::StoredEvent;
use slipway_shared::sync::group::Outcomes;
use slipway_shared::sync::local::{Found, LocalHead, Needed, OutcomeRow};
use wasm_bindgen::JsValue;

use super::indexed_db::{Batch, Database, StorageFailed};
use super::{SnapshotRows, Storage, number, outbox_key};

/// The row of `meta` that says where the log is.
const ROW: &str = "log";
/// What it says once a server has the log.
const MOVED: &str = "\"moved\"";

/// What is known of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::replica) enum LogRow {
    /// There is none.
    None,
    /// It is here. The text is what the row says, byte by byte.
    Here(LocalHead, String),
    /// A server has it.
    Moved,
    /// A newer build has written it.
    Newer,
}

impl Storage {
    fn opened(&self) -> Result<&Database, StorageFailed> {
        self.database.as_ref().ok_or(StorageFailed::BROKEN)
    }

    /// Returns where the log is.
    pub(in crate::replica) async fn log_row(&self) -> Result<LogRow, StorageFailed> {
        let text = self.opened()?.some("meta", Array::of1(&ROW.into())).await?.pop().unwrap_or_default();
        Ok(match json::read(&text) {
            _ if text.is_empty() => LogRow::None,
            _ if text == MOVED => LogRow::Moved,
            Ok(head) => LogRow::Here(head, text),
            Err(_) => LogRow::Newer,
        })
    }

    /// Reads at most `limit` events after a place; one that can't be read ends them.
    pub(in crate::replica) async fn log_after(
        &self,
        after: u64,
        limit: u64,
    ) -> Result<Vec<StoredEvent>, StorageFailed> {
        let texts = self.opened()?.page_from("log", number(after + 1), number(limit)).await?;
        Ok(texts.iter().map_while(|text| json::read(text).ok()).collect())
    }

    /// Reads the rows that a push is decided with.
    pub(in crate::replica) async fn log_found(&self, needed: &Needed) -> Result<Found, StorageFailed> {
        let database = self.opened()?;
        let mut found = Found::default();
        if !needed.links.is_empty() {
            let keys: Array = needed.links.iter().map(|seq| JsValue::from(number(*seq))).collect();
            let texts = database.some("log", keys).await?;
            let links =
                needed.links.iter().zip(&texts).filter_map(|(seq, text)| {
                    Some((*seq, json::read::<StoredEvent>(text).ok()?.link().ok()?))
                });
            found.links = links.collect();
        }
        if !needed.outcomes.is_empty() {
            let keys: Array = needed.outcomes.iter().map(|key| JsValue::from(outbox_key(*key))).collect();
            let texts = database.some("outcomes", keys).await?;
            let rows = needed.outcomes.iter().zip(&texts);
            found.outcomes = rows
                .filter_map(|(key, text): (&CommandKey, _)| {
                    Some((*key, json::read::<OutcomeRow>(text).ok()?))
                })
                .collect();
        }
        Ok(found)
    }

    /// Returns how far each queue is.
    pub(in crate::replica) async fn log_queues(&self) -> Result<Vec<(ClientId, u64)>, StorageFailed> {
        let rows = self.opened()?.rows("queues").await?;
        Ok(rows.iter().filter_map(|(client, seq)| Some((client.parse().ok()?, seq.parse().ok()?))).collect())
    }

    /// Appends what was decided, if the log still is where it was decided at. Returns what the row says then.
    pub(in crate::replica) async fn append_to_log(
        &self,
        outcomes: &Outcomes,
        head: &LocalHead,
        row: String,
    ) -> Result<String, StorageFailed> {
        let mut batch = Batch::default();
        for new in &outcomes.events {
            batch = batch.put("log", number(new.seq), &json::write(&new.event));
        }
        for kept in &outcomes.outcomes {
            // Everything that is decided here is decided with a hash.
            let Some(hash) = kept.hash else { continue };
            let row = OutcomeRow { hash, outcome: kept.outcome.clone() };
            batch = batch.put("outcomes", outbox_key(kept.key), &json::write(&row));
        }
        for (client, seq) in &outcomes.queues {
            batch = batch.put("queues", client.to_string(), &seq.to_string());
        }
        let next = json::write(head);
        self.guarded(batch.put("meta", ROW, &next), row).await?;
        Ok(next)
    }

    /// Says that the log is on its way to a server, or that it is not. Returns what the row says then.
    pub(in crate::replica) async fn set_moving(
        &self,
        head: LocalHead,
        row: String,
        is_moving: bool,
    ) -> Result<String, StorageFailed> {
        let next = json::write(&LocalHead { is_moving, ..head });
        self.guarded(Batch::default().put("meta", ROW, &next), row).await?;
        Ok(next)
    }

    /// Hands the log over to a server that has all of it: from now on the replica follows that server's timeline. What
    /// was not sent stays, and the log as well until the server was heard.
    pub(in crate::replica) async fn hand_over(
        &self,
        rows: SnapshotRows,
        row: String,
    ) -> Result<(), StorageFailed> {
        // Whoever led here writes nothing of the log any more.
        let mut batch = Batch::default().put("meta", ROW, MOVED).put("meta", "term", "moved");
        for store in ["snapshot", "tail", "acknowledged", "lost"] {
            batch = batch.clear(store);
        }
        for (place, row) in rows.finish().into_iter().enumerate() {
            batch = batch.put_value("snapshot", number(place as u64), row);
        }
        self.guarded(batch, row).await
    }

    /// Lets go of a log that a server has, once that server was heard.
    pub(in crate::replica) async fn forget_moved_log(&self) -> Result<(), StorageFailed> {
        if self.log_row().await? != LogRow::Moved {
            return Ok(());
        }
        let batch = ["log", "outcomes", "queues"].into_iter().fold(Batch::default(), Batch::clear);
        let writing = self.opened()?.begin(&batch.delete("meta", ROW), false, Some((ROW, MOVED.to_owned())));
        writing.await
    }

    /// Writes a batch durably, if the row still says this; in place of what can be read off the log again where there is
    /// no room.
    async fn guarded(&self, batch: Batch, row: String) -> Result<(), StorageFailed> {
        let database = self.opened()?;
        let written = database.begin(&batch, true, Some((ROW, row.clone()))).await;
        match written {
            Err(StorageFailed { is_full: true }) => {
                let room = Batch::default().clear("snapshot").clear("tail");
                database.write(&room, false).await?;
                database.begin(&batch, true, Some((ROW, row))).await
            }
            written => written,
        }
    }
}
