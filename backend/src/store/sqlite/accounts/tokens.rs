//! API tokens.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, Transaction, params};
use slipway_shared::account::Scope;
use slipway_shared::audit::AccountAct;
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{AccountId, MemberId, TokenId, WorkspaceId};
use slipway_shared::time::Timestamp;

use super::sessions::is_let_in;
use super::{Accounts, Note, key, record};
use crate::store::accounts::{Acted, By, TOKENS_MOST, TokenRow};
use crate::store::sqlite::{StoreError, failed, row};

const COLUMNS: &str = "t.id, t.account, t.ws, t.member, t.name, t.scope, t.made, t.ends, t.used";
/// What is true of a token that lets somebody in, at the time `?2`.
const IS_OPEN: &str = "t.revoked_at IS NULL AND t.ends > ?2 AND a.disabled_at IS NULL";

impl Accounts {
    /// Keeps a token with the hash of its secret. Done unless its member has no room for one more.
    pub(crate) fn add_token(&self, hash: Hash, token: &TokenRow, by: By) -> Result<Acted, StoreError> {
        let sql = "INSERT INTO tokens (id, hash, account, ws, member, name, scope, made, ends)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let values = params![
            key(token.id.as_u128()),
            hash.0,
            key(token.account.as_u128()),
            key(token.workspace.as_u128()),
            key(token.member.as_u128()),
            token.name,
            row::scope_name(token.scope),
            token.made.0,
            token.ends.0,
        ];
        self.write(|transaction| {
            if !is_let_in(transaction, by, token.made)? {
                return Ok(Acted::Ended);
            }
            let count = "SELECT count(*) FROM tokens WHERE ws = ?1 AND member = ?3 AND revoked_at IS NULL AND ends > ?2";
            let whose = params![
                key(token.workspace.as_u128()),
                token.made.0,
                key(token.member.as_u128())
            ];
            let present = transaction.query_row(count, whose, |row| row.get::<_, u32>(0)).map_err(failed)?;
            if present >= TOKENS_MOST {
                return Ok(Acted::Not);
            }
            transaction.execute(sql, values).map_err(failed)?;
            let note = Note::about(AccountAct::TokenMade, token.account).with(token.id.as_u128());
            record(transaction, by, token.made, &note.in_workspace(token.workspace))?;
            Ok(Acted::Done)
        })
    }

    /// Returns the token of an id that lets somebody in now, with the hash of its secret.
    pub(crate) fn token(&self, id: TokenId, now: Timestamp) -> Result<Option<(Hash, TokenRow)>, StoreError> {
        let connection = self.read();
        let sql = format!(
            "SELECT {COLUMNS}, t.hash FROM tokens t JOIN accounts a ON a.id = t.account
             WHERE t.id = ?1 AND {IS_OPEN}"
        );
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        let found = statement
            .query_row(params![key(id.as_u128()), now.0], |row| Ok((Hash(row.get(9)?), token(row)?)));
        found.optional().map_err(failed)
    }

    /// Notes that a token was used.
    pub(crate) fn token_used(&self, id: TokenId, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE tokens SET used = ?2 WHERE id = ?1 AND (used IS NULL OR used < ?2)";
        self.execute(sql, params![key(id.as_u128()), now.0]).map(drop)
    }

    /// Returns the tokens of a workspace that are good now, the newest first.
    pub(crate) fn tokens(&self, workspace: WorkspaceId, now: Timestamp) -> Result<Vec<TokenRow>, StoreError> {
        let connection = self.read();
        let sql = format!(
            "SELECT {COLUMNS} FROM tokens t JOIN accounts a ON a.id = t.account
             WHERE t.ws = ?1 AND {IS_OPEN} ORDER BY t.made DESC, t.id DESC"
        );
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        let found = statement.query_map(params![key(workspace.as_u128()), now.0], token);
        found.and_then(Iterator::collect).map_err(failed)
    }

    /// Ends the tokens of everybody in a workspace but of those who are its members, and of these what is from before they
    /// were taken out and came back. `since` are its members, each with when that was. Returns how many were good.
    pub(crate) fn revoke_tokens_but_of(
        &self,
        workspace: WorkspaceId,
        since: &BTreeMap<MemberId, Option<Timestamp>>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write(|transaction| {
            let sql = "SELECT DISTINCT member FROM tokens WHERE ws = ?1 AND revoked_at IS NULL AND ends > ?2";
            let values = params![key(workspace.as_u128()), now.0];
            let mut owners = transaction.prepare_cached(sql).map_err(failed)?;
            let owners = owners.query_map(values, |row| Ok(MemberId::from_u128(row::id(row, 0)?)));
            let owners: Vec<_> = owners.and_then(Iterator::collect).map_err(failed)?;
            let mut ended = Vec::new();
            for member in owners {
                let made_before = match since.get(&member) {
                    None => i64::MAX,
                    Some(Some(back)) => back.0,
                    Some(None) => continue,
                };
                let sql = "UPDATE tokens SET revoked_at = ?2
                           WHERE ws = ?1 AND member = ?3 AND made < ?4 AND revoked_at IS NULL AND ends > ?2
                           RETURNING id, account";
                let values = params![key(workspace.as_u128()), now.0, key(member.as_u128()), made_before];
                let mut revoked = transaction.prepare_cached(sql).map_err(failed)?;
                let revoked = revoked.query_map(values, |row| Ok((row::id(row, 0)?, row::id(row, 1)?)));
                let revoked: Vec<_> = revoked.and_then(Iterator::collect).map_err(failed)?;
                ended.extend(revoked);
            }
            for (token, owner) in &ended {
                let note = Note::about(AccountAct::TokenRevoked, AccountId::from_u128(*owner)).with(*token);
                record(transaction, By::Nobody, now, &note.in_workspace(workspace))?;
            }
            Ok(ended.len())
        })
    }

    /// Forgets the secrets of tokens that ended before a time. Their names stay: the audit is kept for ever, and what a
    /// token did is told by what it was called.
    pub(crate) fn forget_tokens(&self, before: Timestamp) -> Result<usize, StoreError> {
        let sql = "UPDATE tokens SET hash = zeroblob(32)
                   WHERE min(ends, coalesce(revoked_at, ends)) < ?1 AND hash != zeroblob(32)";
        self.execute(sql, [before.0])
    }

    /// Returns what the tokens of a workspace are called and good for, also of those that ended.
    pub(crate) fn token_names(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Vec<(TokenId, String, Scope)>, StoreError> {
        let connection = self.read();
        let sql = format!("SELECT {COLUMNS} FROM tokens t WHERE t.ws = ?1");
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        let found = statement.query_map([key(workspace.as_u128())], token).map_err(failed)?;
        found.map(|row| row.map(|row| (row.id, row.name, row.scope)).map_err(failed)).collect()
    }

    /// Ends a token of a workspace, one of `account` where that is named. Returns whether there was such a one.
    pub(crate) fn revoke_token(
        &self,
        workspace: WorkspaceId,
        id: TokenId,
        account: Option<AccountId>,
        by: By,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE tokens SET revoked_at = ?2
                   WHERE id = ?1 AND ws = ?3 AND (?4 IS NULL OR account = ?4) AND revoked_at IS NULL AND ends > ?2
                   RETURNING account";
        let account = account.map(|account| key(account.as_u128()));
        let values = params![key(id.as_u128()), now.0, key(workspace.as_u128()), account];
        self.write(|transaction| {
            let ended =
                transaction.query_row(sql, values, |row| row::id(row, 0)).optional().map_err(failed)?;
            let Some(owner) = ended.map(AccountId::from_u128) else { return Ok(false) };
            let note = Note::about(AccountAct::TokenRevoked, owner).with(id.as_u128());
            record(transaction, by, now, &note.in_workspace(workspace))?;
            Ok(true)
        })
    }
}

/// Ends every token of an account, in all of its workspaces.
pub(super) fn end_tokens(
    transaction: &Transaction<'_>,
    account: AccountId,
    by: By,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE tokens SET revoked_at = ?2 WHERE account = ?1 AND revoked_at IS NULL AND ends > ?2
               RETURNING id, ws";
    let mut ended = transaction.prepare_cached(sql).map_err(failed)?;
    let ended = ended.query_map(params![key(account.as_u128()), now.0], |row| {
        Ok((row::id(row, 0)?, WorkspaceId::from_u128(row::id(row, 1)?)))
    });
    let ended: Vec<_> = ended.and_then(Iterator::collect).map_err(failed)?;
    for (token, workspace) in ended {
        let note = Note::about(AccountAct::TokenRevoked, account).with(token).in_workspace(workspace);
        record(transaction, by, now, &note)?;
    }
    Ok(())
}

fn token(row: &Row<'_>) -> rusqlite::Result<TokenRow> {
    let scope: String = row.get(5)?;
    let scope: Scope = row::scope_of(&scope).ok_or(rusqlite::Error::InvalidQuery)?;
    Ok(TokenRow {
        id: TokenId::from_u128(row::id(row, 0)?),
        account: AccountId::from_u128(row::id(row, 1)?),
        workspace: WorkspaceId::from_u128(row::id(row, 2)?),
        member: MemberId::from_u128(row::id(row, 3)?),
        name: row.get(4)?,
        scope,
        made: Timestamp(row.get(6)?),
        ends: Timestamp(row.get(7)?),
        used: row.get::<_, Option<i64>>(8)?.map(Timestamp),
    })
}
