//! Between rows and the types of the store.

use rusqlite::Row;
use rusqlite::types::Type;
use slipway_shared::account::Scope;
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{ClientId, CommandKey, EpochId, MemberId, WorkspaceId};
use slipway_shared::log::{Cursor, StoredEvent};
use slipway_shared::member::Role;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::protocol::{Outcome, OutcomeStatus};
use slipway_shared::time::Timestamp;

use crate::store::{Link, LogHead, NewOutcome};

/// `id, epoch, head, chain, local_member, is_demo`
pub(super) fn log_head(row: &Row<'_>) -> rusqlite::Result<LogHead> {
    let epoch = EpochId::from_u128(id(row, 1)?);
    let cursor = Cursor { epoch, seq: number(row, 2)?, chain: Hash(row.get(3)?) };
    Ok(LogHead {
        workspace: WorkspaceId::from_u128(id(row, 0)?),
        cursor,
        local_member: MemberId::from_u128(id(row, 4)?),
        is_demo: row.get(5)?,
    })
}

/// `chain, header, payload, payload_hash`
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    Ok(StoredEvent {
        chain: Hash(row.get(0)?),
        header: row.get(1)?,
        payload: row.get(2)?,
        payload_hash: row.get::<_, Option<[u8; 32]>>(3)?.map(Hash),
    })
}

/// `chain, received`
pub(super) fn link(row: &Row<'_>) -> rusqlite::Result<Link> {
    Ok(Link { chain: Hash(row.get(0)?), received: Timestamp(row.get(1)?) })
}

/// `hash, status, rejection, first, last`
pub(super) fn outcome(row: &Row<'_>, key: CommandKey) -> rusqlite::Result<NewOutcome> {
    let rejection: Option<String> = row.get(2)?;
    let rejection = rejection.map(|text| serde_json::from_str(&text)).transpose();
    let rejection =
        rejection.map_err(|error| rusqlite::Error::FromSqlConversionFailure(2, Type::Text, error.into()))?;
    let status = status_of(&row.get::<_, String>(1)?).ok_or(rusqlite::Error::InvalidQuery)?;
    // The reason is forgotten after a while, that it was refused is not.
    let is_forgotten = status == OutcomeStatus::Rejected && rejection.is_none();
    let rejection = rejection.or(is_forgotten.then_some(Rejection::Unexplained));
    let events =
        row.get::<_, Option<i64>>(3)?.map(|_| Ok::<_, rusqlite::Error>((number(row, 3)?, number(row, 4)?)));
    let outcome = Outcome { status, events: events.transpose()?, rejection };
    Ok(NewOutcome { key, hash: row.get::<_, Option<[u8; 32]>>(0)?.map(Hash), outcome })
}

/// `client, last_seq`
pub(super) fn queue(row: &Row<'_>) -> rusqlite::Result<(ClientId, u64)> {
    Ok((ClientId::from_u128(id(row, 0)?), number(row, 1)?))
}

pub(super) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<u128> {
    row.get(column).map(u128::from_be_bytes)
}

pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// SQLite has no unsigned numbers; what does not fit is beyond every head there can be.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) const fn status_name(status: OutcomeStatus) -> &'static str {
    match status {
        OutcomeStatus::Applied => "applied",
        OutcomeStatus::Merged => "merged",
        OutcomeStatus::Noop => "noop",
        OutcomeStatus::Rejected => "rejected",
    }
}

fn status_of(name: &str) -> Option<OutcomeStatus> {
    use OutcomeStatus::{Applied, Merged, Noop, Rejected};
    [Applied, Merged, Noop, Rejected].into_iter().find(|status| status_name(*status) == name)
}

pub(super) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Member => "member",
        Role::Approver => "approver",
        Role::Admin => "admin",
    }
}

pub(super) fn role_of(name: &str) -> Option<Role> {
    use Role::{Admin, Approver, Member, Viewer};
    [Viewer, Member, Approver, Admin].into_iter().find(|role| role_name(*role) == name)
}

pub(super) const fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read",
        Scope::Write => "write",
        Scope::Admin => "admin",
    }
}

pub(super) fn scope_of(name: &str) -> Option<Scope> {
    use Scope::{Admin, Read, Write};
    [Read, Write, Admin].into_iter().find(|scope| scope_name(*scope) == name)
}
