//! Reading, on the writer's connection and on a few connections of its own.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};
use slipway_shared::ids::{ClientId, CommandKey, DeploymentId, MemberId, WorkspaceId};
use slipway_shared::log::StoredEvent;
use slipway_shared::member::Profile;

use super::{StoreError, details, failed, open, redaction, row, timelines};
use crate::store::{Detail, Link, LogHead, NewOutcome, Reader, SnapshotRow, Timeline};

/// How many reads may run at once.
const READERS: usize = 3;

/// A few connections that only read.
pub(super) struct SqliteReader {
    connections: Vec<Mutex<Connection>>,
}

impl SqliteReader {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let connections = (0..READERS).map(|_| open::reader(path).map(Mutex::new));
        Ok(Self { connections: connections.collect::<Result<_, _>>()? })
    }

    /// Returns a connection that is free, or waits for the first one.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        let free = self.connections.iter().find_map(|connection| connection.try_lock().ok());
        // A reader that panicked has changed nothing: its connection is as good as before.
        free.unwrap_or_else(|| self.connections[0].lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Reader for SqliteReader {
    fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        heads(&self.connection())
    }

    fn events(
        &self,
        workspace: WorkspaceId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        events(&self.connection(), workspace, after, limit)
    }

    fn events_before(
        &self,
        workspace: WorkspaceId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let connection = self.connection();
        let sql = "SELECT chain, header, payload, payload_hash FROM events
                   WHERE ws = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let values = params![key(workspace), row::to_sql(before), row::to_sql(limit as u64)];
        statement.query_map(values, row::event).and_then(Iterator::collect).map_err(failed)
    }

    fn member_events(&self, workspace: WorkspaceId) -> Result<Vec<StoredEvent>, StoreError> {
        let connection = self.connection();
        let sql = "SELECT chain, header, payload, payload_hash FROM events
                   WHERE ws = ?1 AND instr(header, '\"kind\":\"member.') > 0 ORDER BY seq";
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        statement.query_map([key(workspace)], row::event).and_then(Iterator::collect).map_err(failed)
    }

    fn events_of(
        &self,
        workspace: WorkspaceId,
        deployment: DeploymentId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let connection = self.connection();
        // In the words of the index, see `migrations/0008-history.sql`.
        let sql = "SELECT chain, header, payload, payload_hash FROM events
                   WHERE ws = ?1 AND substr(payload, instr(payload, '\"deployment\":\"') + 14, 36) = ?2
                     AND instr(payload, '\"deployment\":\"') > 0 AND seq < ?3
                   ORDER BY seq DESC LIMIT ?4";
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let (before, limit) = (row::to_sql(before), row::to_sql(limit as u64));
        let values = params![key(workspace), deployment.to_string(), before, limit];
        statement.query_map(values, row::event).and_then(Iterator::collect).map_err(failed)
    }

    fn link(&self, workspace: WorkspaceId, seq: u64) -> Result<Option<Link>, StoreError> {
        let connection = self.connection();
        let sql = "SELECT chain, received FROM events WHERE ws = ?1 AND seq = ?2";
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        statement.query_row(params![key(workspace), row::to_sql(seq)], row::link).optional().map_err(failed)
    }

    fn timelines(&self, workspace: WorkspaceId) -> Result<Vec<Timeline>, StoreError> {
        timelines::all(&self.connection(), workspace)
    }

    fn redactions(&self, workspace: WorkspaceId) -> Result<Vec<u64>, StoreError> {
        redaction::all(&self.connection(), workspace)
    }

    fn people(&self, workspace: WorkspaceId) -> Result<Vec<Profile>, StoreError> {
        let connection = self.connection();
        let sql = "SELECT member, name FROM profiles WHERE ws = ?1 ORDER BY member";
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let people = statement.query_map([key(workspace)], |row| {
            Ok(Profile { member: MemberId::from_u128(row::id(row, 0)?), name: row.get(1)? })
        });
        people.and_then(Iterator::collect).map_err(failed)
    }

    fn detail(&self, workspace: WorkspaceId, deployment: DeploymentId) -> Result<Option<Detail>, StoreError> {
        details::find(&self.connection(), workspace, deployment)
    }

    fn check(&self) -> Result<Option<String>, StoreError> {
        let connection = self.connection();
        let found: String =
            connection.query_row("PRAGMA quick_check(5)", [], |row| row.get(0)).map_err(failed)?;
        Ok((found != "ok").then_some(found))
    }
}

fn key(workspace: WorkspaceId) -> [u8; 16] {
    workspace.as_u128().to_be_bytes()
}

pub(super) fn events(
    connection: &Connection,
    workspace: WorkspaceId,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let sql = "SELECT chain, header, payload, payload_hash FROM events
               WHERE ws = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let limit = row::to_sql(limit as u64);
    let events = statement.query_map(params![key(workspace), row::to_sql(after), limit], row::event);
    events.and_then(Iterator::collect).map_err(failed)
}

pub(super) fn heads(connection: &Connection) -> Result<Vec<LogHead>, StoreError> {
    let sql = "SELECT id, epoch, head, chain, local_member, is_demo FROM workspaces ORDER BY id";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let heads = statement.query_map([], row::log_head);
    heads.and_then(Iterator::collect).map_err(failed)
}

pub(super) fn outcome(
    connection: &Connection,
    workspace: WorkspaceId,
    command: CommandKey,
) -> Result<Option<NewOutcome>, StoreError> {
    let sql = "SELECT hash, status, rejection, first, last FROM outcomes
               WHERE ws = ?1 AND client = ?2 AND seq = ?3";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let client = command.client.as_u128().to_be_bytes();
    let found = statement.query_row(params![key(workspace), client, row::to_sql(command.seq)], |row| {
        row::outcome(row, command)
    });
    found.optional().map_err(failed)
}

pub(super) fn queues(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<(ClientId, u64)>, StoreError> {
    let sql = "SELECT client, last_seq FROM clients WHERE ws = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let queues = statement.query_map([key(workspace)], row::queue);
    queues.and_then(Iterator::collect).map_err(failed)
}

pub(super) fn snapshots(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<SnapshotRow>, StoreError> {
    let sql = "SELECT seq, body FROM snapshots WHERE ws = ?1 ORDER BY seq DESC";
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let snapshots = statement
        .query_map([key(workspace)], |row| Ok(SnapshotRow { seq: row::number(row, 0)?, body: row.get(1)? }));
    snapshots.and_then(Iterator::collect).map_err(failed)
}
