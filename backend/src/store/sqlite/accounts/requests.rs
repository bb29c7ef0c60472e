//! Requests with a key of the caller's own.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use slipway_shared::canonical::Hash;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::time::Timestamp;

use super::{Accounts, key};
use crate::store::accounts::{RequestName, RequestRow};
use crate::store::sqlite::{StoreError, failed};

const FIND: &str = "SELECT hash, made, commands FROM requests WHERE ws = ?1 AND caller = ?2 AND key = ?3";

impl Accounts {
    /// Returns a request that came before.
    pub(crate) fn request(&self, name: &RequestName) -> Result<Option<RequestRow>, StoreError> {
        let connection = self.read();
        let mut statement = connection.prepare_cached(FIND).map_err(failed)?;
        let found = statement.query_row(values(name), request).optional();
        found.map_err(failed)
    }

    /// Keeps a request, unless one of this name came before; returns the one that is kept.
    pub(crate) fn keep_request(
        &self,
        name: &RequestName,
        request: RequestRow,
        now: Timestamp,
    ) -> Result<RequestRow, StoreError> {
        let commands =
            serde_json::to_string(&request.commands).map_err(|error| StoreError::Failed(error.into()))?;
        self.write(|transaction| {
            let sql = "INSERT INTO requests (ws, caller, key, hash, made, commands, at)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
            let RequestName { workspace, caller, key: named } = name;
            let made = request.made.map(key);
            let values =
                params![key(workspace.as_u128()), key(*caller), named, request.hash.0, made, commands, now.0];
            match transaction.execute(sql, values).map_err(failed)? {
                0 => Ok(found(transaction, name)?.unwrap_or(request)),
                _ => Ok(request),
            }
        })
    }

    /// Forgets requests that came before a time. Returns how many.
    pub(crate) fn forget_requests(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.execute("DELETE FROM requests WHERE at < ?1", [before.0])
    }
}

fn found(transaction: &Transaction<'_>, name: &RequestName) -> Result<Option<RequestRow>, StoreError> {
    transaction.query_row(FIND, values(name), request).optional().map_err(failed)
}

fn values(name: &RequestName) -> impl rusqlite::Params + '_ {
    (key(name.workspace.as_u128()), key(name.caller), &name.key)
}

fn request(row: &Row<'_>) -> rusqlite::Result<RequestRow> {
    let made = row.get::<_, Option<[u8; 16]>>(1)?.map(u128::from_be_bytes);
    let commands: String = row.get(2)?;
    let commands: Vec<WireCommand> =
        serde_json::from_str(&commands).map_err(|_| rusqlite::Error::InvalidQuery)?;
    Ok(RequestRow { hash: Hash(row.get(0)?), made, commands })
}
