//! Sessions.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use slipway_shared::audit::AccountAct;
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{AccountId, SessionId};
use slipway_shared::time::Timestamp;

use super::{Accounts, Note, key, record};
use crate::store::accounts::{By, SessionRow};
use crate::store::sqlite::{StoreError, failed, row};

const COLUMNS: &str = "s.id, s.account, s.device, s.began, s.used, s.idle_end, s.absolute_end, s.is_shared, \
    s.confirmed_at, s.hash";
/// What is true of a session that lets somebody in, at the time `?2`.
const IS_OPEN: &str = "s.revoked_at IS NULL AND s.idle_end > ?2 AND s.absolute_end > ?2";

impl Accounts {
    /// Begins a session. `known` is how many sign-outs there had been when its owner was looked up: what has ended their
    /// sessions since then, such as another password, ends this one too. The session of the cookie that is `replaced` ends:
    /// no browser has it any more. Returns whether it began.
    pub(crate) fn begin_session(
        &self,
        session: &SessionRow,
        known: Option<u64>,
        replaced: Option<Hash>,
    ) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let sql = "SELECT EXISTS (SELECT 1 FROM accounts
                                      WHERE id = ?1 AND disabled_at IS NULL AND (?2 IS NULL OR sign_outs = ?2))";
            let values = params![key(session.account.as_u128()), known.map(row::to_sql)];
            if !transaction.query_row(sql, values, |row| row.get::<_, bool>(0)).map_err(failed)? {
                return Ok(false);
            }
            if let Some(replaced) = replaced {
                end_replaced(transaction, replaced, session.began)?;
            }
            insert(transaction, session).map_err(failed)?;
            let note = Note::about(AccountAct::SignedIn, session.account).with(session.id.as_u128());
            record(transaction, session.by(), session.began, &note)?;
            Ok(true)
        })
    }

    /// Returns the session that a secret of this hash opens now.
    pub(crate) fn session(&self, hash: Hash, now: Timestamp) -> Result<Option<SessionRow>, StoreError> {
        let connection = self.read();
        let sql = format!(
            "SELECT {COLUMNS} FROM sessions s JOIN accounts a ON a.id = s.account
             WHERE s.hash = ?1 AND {IS_OPEN} AND a.disabled_at IS NULL"
        );
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        statement.query_row(params![hash.0, now.0], session).optional().map_err(failed)
    }

    /// Returns a session by its id, if it is open now.
    pub(crate) fn session_by_id(
        &self,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Option<SessionRow>, StoreError> {
        let connection = self.read();
        let sql = format!(
            "SELECT {COLUMNS} FROM sessions s JOIN accounts a ON a.id = s.account
             WHERE s.id = ?1 AND {IS_OPEN} AND a.disabled_at IS NULL"
        );
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        statement.query_row(params![key(id.as_u128()), now.0], session).optional().map_err(failed)
    }

    /// Notes that a session was used.
    pub(crate) fn session_used(
        &self,
        id: SessionId,
        now: Timestamp,
        idle_end: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE sessions SET used = ?2, idle_end = ?3 WHERE id = ?1 AND used < ?2";
        self.execute(sql, params![key(id.as_u128()), now.0, idle_end.0]).map(drop)
    }

    /// Notes that the password was given again, and lets another secret open the session from now on. Returns whether the
    /// one `before` opened it until now: of two who confirm at once, one gets it.
    pub(crate) fn confirm_session(
        &self,
        id: SessionId,
        before: Hash,
        next: Hash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE sessions SET confirmed_at = ?4, hash = ?3 WHERE id = ?1 AND hash = ?2 AND revoked_at IS NULL";
        Ok(self.execute(sql, params![key(id.as_u128()), before.0, next.0, now.0])? > 0)
    }

    /// Returns the open sessions of an account, the newest first.
    pub(crate) fn sessions(&self, account: AccountId, now: Timestamp) -> Result<Vec<SessionRow>, StoreError> {
        let connection = self.read();
        let sql = format!(
            "SELECT {COLUMNS} FROM sessions s WHERE s.account = ?1 AND {IS_OPEN}
             ORDER BY s.began DESC, s.id DESC"
        );
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        let found = statement.query_map(params![key(account.as_u128()), now.0], session);
        found.and_then(Iterator::collect).map_err(failed)
    }

    /// Names the device of an account's session. Returns whether it has this one.
    pub(crate) fn rename_session(
        &self,
        account: AccountId,
        id: SessionId,
        device: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE sessions SET device = ?4
                   WHERE id = ?3 AND account = ?1 AND revoked_at IS NULL AND idle_end > ?2 AND absolute_end > ?2";
        let values = params![key(account.as_u128()), now.0, key(id.as_u128()), device];
        Ok(self.execute(sql, values)? > 0)
    }

    /// Ends one session of an account, in another one or itself. Returns whether it has this one.
    pub(crate) fn end_session(
        &self,
        account: AccountId,
        id: SessionId,
        by: SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE sessions SET revoked_at = ?2
                   WHERE id = ?3 AND account = ?1 AND revoked_at IS NULL AND idle_end > ?2 AND absolute_end > ?2";
        self.write(|transaction| {
            let values = params![key(account.as_u128()), now.0, key(id.as_u128())];
            if transaction.execute(sql, values).map_err(failed)? == 0 {
                return Ok(false);
            }
            let act = if by == id { AccountAct::SignedOut } else { AccountAct::SessionEnded };
            let note = Note::about(act, account).with(id.as_u128());
            record(transaction, By::Session { account, id: by }, now, &note)?;
            Ok(true)
        })
    }

    /// Ends all sessions of an account but one. Returns how many were open.
    pub(crate) fn end_sessions(
        &self,
        account: AccountId,
        but: Option<SessionId>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write(|transaction| end_sessions_and_tell(transaction, account, but, now))
    }

    /// Forgets sessions that ended before a time.
    pub(crate) fn forget_sessions(&self, before: Timestamp) -> Result<usize, StoreError> {
        let sql = "DELETE FROM sessions WHERE coalesce(revoked_at, min(idle_end, absolute_end)) < ?1";
        self.execute(sql, [before.0])
    }
}

/// As [`end_sessions`], where that is all that is done: the log of accounts tells of it.
pub(super) fn end_sessions_and_tell(
    transaction: &Transaction<'_>,
    account: AccountId,
    but: Option<SessionId>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let ended = end_sessions(transaction, account, but, now).map_err(failed)?;
    let count = Some(ended as u64);
    let note = Note { count, ..Note::about(AccountAct::SessionsEnded, account) };
    record(transaction, By::who_spares(account, but), now, &note)?;
    Ok(ended)
}

/// Ends all sessions of an account but one, also those that are about to begin. Returns how many were open.
pub(super) fn end_sessions(
    transaction: &Transaction<'_>,
    account: AccountId,
    but: Option<SessionId>,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    let sql = "UPDATE accounts SET sign_outs = sign_outs + 1 WHERE id = ?1";
    transaction.execute(sql, [key(account.as_u128())])?;
    let sql = "UPDATE sessions SET revoked_at = ?2
               WHERE account = ?1 AND id IS NOT ?3 AND revoked_at IS NULL AND idle_end > ?2 AND absolute_end > ?2";
    transaction.execute(sql, params![key(account.as_u128()), now.0, but.map(|but| key(but.as_u128()))])
}

/// Ends the session that a secret of this hash opens, if it is open, as signing out does.
fn end_replaced(transaction: &Transaction<'_>, hash: Hash, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE sessions SET revoked_at = ?2
               WHERE hash = ?1 AND revoked_at IS NULL AND idle_end > ?2 AND absolute_end > ?2
               RETURNING account, id";
    let ended = transaction.query_row(sql, params![hash.0, now.0], |row| {
        Ok((AccountId::from_u128(row::id(row, 0)?), SessionId::from_u128(row::id(row, 1)?)))
    });
    let Some((account, id)) = ended.optional().map_err(failed)? else { return Ok(()) };
    let note = Note::about(AccountAct::SignedOut, account).with(id.as_u128());
    record(transaction, By::Session { account, id }, now, &note)
}

/// Tells whether who acts is still let in.
pub(super) fn is_let_in(transaction: &Transaction<'_>, by: By, now: Timestamp) -> Result<bool, StoreError> {
    let By::Session { id, .. } = by else { return Ok(true) };
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM sessions s JOIN accounts a ON a.id = s.account
                        WHERE s.id = ?1 AND {IS_OPEN} AND a.disabled_at IS NULL)"
    );
    transaction.query_row(&sql, params![key(id.as_u128()), now.0], |row| row.get(0)).map_err(failed)
}

pub(super) fn insert(transaction: &Transaction<'_>, session: &SessionRow) -> rusqlite::Result<()> {
    let sql = "INSERT INTO sessions
               (hash, id, account, device, began, used, idle_end, absolute_end, is_shared, confirmed_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let values = params![
        session.hash.0,
        key(session.id.as_u128()),
        key(session.account.as_u128()),
        session.device,
        session.began.0,
        session.used.0,
        session.idle_end.0,
        session.absolute_end.0,
        session.is_shared,
        session.confirmed_at.0,
    ];
    transaction.execute(sql, values).map(drop)
}

fn session(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        id: SessionId::from_u128(row::id(row, 0)?),
        account: AccountId::from_u128(row::id(row, 1)?),
        device: row.get(2)?,
        began: Timestamp(row.get(3)?),
        used: Timestamp(row.get(4)?),
        idle_end: Timestamp(row.get(5)?),
        absolute_end: Timestamp(row.get(6)?),
        is_shared: row.get(7)?,
        confirmed_at: Timestamp(row.get(8)?),
        hash: Hash(row.get(9)?),
    })
}
