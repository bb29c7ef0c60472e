//! The log of accounts: each event is appended by the transaction that does what it tells of, so that neither is there
//! without the other.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use slipway_shared::audit::{AccountAct, AccountEvent, AccountPlace, account_chain};
use slipway_shared::canonical::{Hash, to_canonical};
use slipway_shared::ids::{AccountId, MemberId, SessionId, WorkspaceId};
use slipway_shared::json;
use slipway_shared::time::Timestamp;
use uuid::Uuid;

use super::{Accounts, key};
use crate::store::accounts::{AccountEventRow, Belonging, By, FailedTries};
use crate::store::sqlite::{StoreError, failed, row};

const COLUMNS: &str = "seq, chain, account, ws, body";
/// The newest events about a workspace, and the newest of each of its people, each by an index: the log is everybody's, and
/// may be long.
const OF_WORKSPACE: &str = "
    WITH found (seq) AS (
        SELECT seq FROM (SELECT seq FROM account_events WHERE ws = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3)
        UNION
        SELECT own.seq FROM json_each(?4) whose JOIN account_events own ON own.seq IN (
            SELECT seq FROM account_events
            WHERE account = unhex(whose.value ->> 0) AND ws IS NULL AND seq < ?2
                AND body ->> '$.at' BETWEEN whose.value ->> 1 AND whose.value ->> 2
            ORDER BY seq DESC LIMIT ?3)
    )
    SELECT e.seq, e.chain, e.account, e.ws, e.body FROM found JOIN account_events e ON e.seq = found.seq
    ORDER BY found.seq DESC LIMIT ?3";

/// What is told of something that happened, besides when and by whom.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) act: AccountAct,
    pub(super) account: Option<AccountId>,
    pub(super) workspace: Option<WorkspaceId>,
    pub(super) subject: Option<u128>,
    pub(super) count: Option<u64>,
    pub(super) network: Option<String>,
}

impl Note {
    pub(super) const fn of(act: AccountAct) -> Self {
        Self { act, account: None, workspace: None, subject: None, count: None, network: None }
    }

    /// Tells of something that happened to an account.
    pub(super) fn about(act: AccountAct, account: AccountId) -> Self {
        Self { account: Some(account), ..Self::of(act) }
    }

    pub(super) fn with(self, subject: u128) -> Self {
        Self { subject: Some(subject), ..self }
    }

    pub(super) fn in_workspace(self, workspace: WorkspaceId) -> Self {
        Self { workspace: Some(workspace), ..self }
    }
}

/// Appends an event.
pub(super) fn record(
    transaction: &Transaction<'_>,
    by: By,
    at: Timestamp,
    note: &Note,
) -> Result<(), StoreError> {
    let head = head(transaction)?;
    let (by_account, session) = match by {
        By::Session { account, id } => (Some(account), Some(id)),
        By::Token { account, .. } => (Some(account), None),
        By::Operator | By::Nobody => (None, None),
    };
    let event = AccountEvent {
        seq: head.seq + 1,
        kind: note.act.kind().to_owned(),
        at,
        account: note.account,
        by: by_account,
        session,
        by_operator: by == By::Operator,
        workspace: note.workspace,
        token: if let By::Token { id, .. } = by { Some(id) } else { None },
        subject: note.subject.map(Uuid::from_u128),
        count: note.count,
        network: note.network.clone(),
    };
    let body = to_canonical(&event).map_err(|error| StoreError::Failed(error.into()))?;
    let chain = account_chain(head.chain, &body);
    let sql = "INSERT INTO account_events (seq, chain, account, ws, body) VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = params![
        row::to_sql(event.seq),
        chain.0,
        event.account.map(|account| key(account.as_u128())),
        event.workspace.map(|workspace| key(workspace.as_u128())),
        body,
    ];
    transaction.execute(sql, values).map_err(failed)?;
    let sql = "UPDATE account_events_head SET seq = ?1, chain = ?2";
    transaction.execute(sql, params![row::to_sql(event.seq), chain.0]).map(drop).map_err(failed)
}

fn head(connection: &Connection) -> Result<AccountPlace, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT seq, chain FROM account_events_head").map_err(failed)?;
    let found = statement
        .query_row([], |row| Ok(AccountPlace { seq: row::number(row, 0)?, chain: Hash(row.get(1)?) }));
    found.map_err(failed)
}

/// Returns at most `limit` events after a place, in order, and where the log is said to end.
pub(crate) fn read_history(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<(Vec<AccountEventRow>, AccountPlace), StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM account_events WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
    let found = statement.query_map(params![row::to_sql(after), row::to_sql(limit as u64)], event_row);
    let found = found.and_then(Iterator::collect).map_err(failed)?;
    Ok((found, head(connection)?))
}

impl Accounts {
    /// Appends what failed to get in, as one transaction.
    pub(crate) fn record_failures(&self, failures: &[FailedTries], now: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| {
            for FailedTries { account, network, count } in failures {
                let note = Note {
                    account: *account,
                    count: Some(*count),
                    network: network.clone(),
                    ..Note::of(AccountAct::SignInFailed)
                };
                record(transaction, By::Nobody, now, &note)?;
            }
            Ok(())
        })
    }

    /// Appends that something was written out: the audit of a workspace, or everything.
    pub(crate) fn record_export(
        &self,
        by: By,
        workspace: Option<WorkspaceId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            record(transaction, by, now, &Note { workspace, ..Note::of(AccountAct::Exported) })
        })
    }

    /// Returns the hash of the log of accounts up to a place; `None` beyond its end.
    pub(crate) fn history_link(&self, seq: u64) -> Result<Option<Hash>, StoreError> {
        let connection = self.read();
        let sql = "SELECT chain FROM account_events WHERE seq = ?1";
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let found = statement.query_row([row::to_sql(seq)], |row| Ok(Hash(row.get(0)?)));
        found.optional().map_err(failed)
    }

    /// Returns where the log of accounts ends.
    pub(crate) fn history_head(&self) -> Result<AccountPlace, StoreError> {
        head(&self.read())
    }

    /// Returns the newest events before a place that are of concern to a workspace, newest first: those about it, and
    /// those of its people while they were that. What these do in other workspaces is not among them.
    pub(crate) fn history_of(
        &self,
        workspace: WorkspaceId,
        people: &[Belonging],
        before: u64,
        limit: usize,
    ) -> Result<Vec<AccountEventRow>, StoreError> {
        let times = people
            .iter()
            .map(|known| (format!("{:032x}", known.account.as_u128()), known.from.0, known.to.0));
        let times: Vec<_> = times.collect();
        let connection = self.read();
        let mut statement = connection.prepare_cached(OF_WORKSPACE).map_err(failed)?;
        let values = params![
            key(workspace.as_u128()),
            row::to_sql(before),
            row::to_sql(limit as u64),
            json::write(&times)
        ];
        statement.query_map(values, event_row).and_then(Iterator::collect).map_err(failed)
    }

    /// Returns who the accounts of a workspace are or were there.
    pub(crate) fn members(&self, workspace: WorkspaceId) -> Result<Vec<(AccountId, MemberId)>, StoreError> {
        let connection = self.read();
        let sql = "SELECT account, member FROM memberships WHERE ws = ?1";
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let found = statement.query_map([key(workspace.as_u128())], |row| {
            Ok((AccountId::from_u128(row::id(row, 0)?), MemberId::from_u128(row::id(row, 1)?)))
        });
        found.and_then(Iterator::collect).map_err(failed)
    }

    /// Returns what the devices of a workspace's people are called, also of sessions that ended not long ago.
    pub(crate) fn devices(&self, workspace: WorkspaceId) -> Result<Vec<(SessionId, String)>, StoreError> {
        let connection = self.read();
        let sql = "SELECT s.id, s.device FROM sessions s JOIN memberships m ON m.account = s.account
                   WHERE m.ws = ?1";
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let found = statement.query_map([key(workspace.as_u128())], |row| {
            Ok((SessionId::from_u128(row::id(row, 0)?), row.get(1)?))
        });
        found.and_then(Iterator::collect).map_err(failed)
    }
}

fn event_row(row: &Row<'_>) -> rusqlite::Result<AccountEventRow> {
    let id = |column| {
        let bytes: Option<[u8; 16]> = row.get(column)?;
        Ok::<_, rusqlite::Error>(bytes.map(u128::from_be_bytes))
    };
    Ok(AccountEventRow {
        seq: row::number(row, 0)?,
        chain: Hash(row.get(1)?),
        account: id(2)?.map(AccountId::from_u128),
        workspace: id(3)?.map(WorkspaceId::from_u128),
        body: row.get(4)?,
    })
}

#[cfg(test)]
mod tests;
