//! The second factor and its recovery codes: each code counts once, whoever is first.

use rusqlite::params;
use slipway_shared::audit::AccountAct;
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{AccountId, SessionId};
use slipway_shared::time::Timestamp;

use super::sessions::{end_sessions, is_let_in};
use super::{Accounts, Note, key, record};
use crate::store::accounts::{Acted, By, SessionRow};
use crate::store::sqlite::{StoreError, failed, row};

impl Accounts {
    /// Keeps a secret, which is locked, until a code has proved it; nothing is asked for yet.
    pub(crate) fn draft_second_factor(
        &self,
        secret: &[u8],
        session: &SessionRow,
        now: Timestamp,
    ) -> Result<Acted, StoreError> {
        self.write(|transaction| {
            if !is_let_in(transaction, session.by(), now)? {
                return Ok(Acted::Ended);
            }
            let sql = "UPDATE accounts SET totp_draft = ?2 WHERE id = ?1";
            transaction.execute(sql, params![key(session.account.as_u128()), secret]).map_err(failed)?;
            Ok(Acted::Done)
        })
    }

    /// Takes the drafted secret, which the code of `step` has proved, as it is `locked` for its place, and recovery codes
    /// in place of all there were; ends all sessions but one, which began without it. Done where the draft was still
    /// this one.
    #[expect(clippy::too_many_arguments, reason = "they are what one transaction writes")]
    pub(crate) fn take_second_factor(
        &self,
        account: AccountId,
        draft: &[u8],
        locked: &[u8],
        step: u64,
        codes: &[Hash],
        but: SessionId,
        now: Timestamp,
    ) -> Result<Acted, StoreError> {
        let by = By::Session { account, id: but };
        self.write(|transaction| {
            if !is_let_in(transaction, by, now)? {
                return Ok(Acted::Ended);
            }
            let sql = "UPDATE accounts SET totp_secret = ?4, totp_draft = NULL, totp_step = ?3
                       WHERE id = ?1 AND totp_draft = ?2";
            let values = params![key(account.as_u128()), draft, row::to_sql(step), locked];
            if transaction.execute(sql, values).map_err(failed)? == 0 {
                return Ok(Acted::Not);
            }
            let sql = "DELETE FROM recovery_codes WHERE account = ?1";
            transaction.execute(sql, [key(account.as_u128())]).map_err(failed)?;
            let sql = "INSERT INTO recovery_codes (account, hash) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            for code in codes {
                transaction.execute(sql, params![key(account.as_u128()), code.0]).map_err(failed)?;
            }
            end_sessions(transaction, account, Some(but), now).map_err(failed)?;
            let note = Note::about(AccountAct::SecondFactorSet, account);
            record(transaction, by, now, &note)?;
            Ok(Acted::Done)
        })
    }

    /// Puts a secret that is locked in the place of one that an earlier version kept as it is, where that is still there.
    pub(crate) fn lock_second_factor(
        &self,
        account: AccountId,
        plain: &[u8],
        locked: &[u8],
    ) -> Result<(), StoreError> {
        let sql =
            "UPDATE accounts SET totp_secret = ?3, totp_draft = NULL WHERE id = ?1 AND totp_secret = ?2";
        self.write(|transaction| {
            transaction.execute(sql, params![key(account.as_u128()), plain, locked]).map_err(failed)?;
            wipe_later(transaction)
        })
    }

    /// Forgets a draft that was kept as it is.
    pub(crate) fn forget_draft(&self, account: AccountId, plain: &[u8]) -> Result<(), StoreError> {
        let sql = "UPDATE accounts SET totp_draft = NULL WHERE id = ?1 AND totp_draft = ?2";
        self.write(|transaction| {
            transaction.execute(sql, params![key(account.as_u128()), plain]).map_err(failed)?;
            wipe_later(transaction)
        })
    }

    /// Uses the code of a step up. Returns whether neither it nor a later one was used before.
    pub(crate) fn use_step(&self, account: AccountId, step: u64) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET totp_step = ?2
                   WHERE id = ?1 AND totp_secret IS NOT NULL AND (totp_step IS NULL OR totp_step < ?2)";
        Ok(self.execute(sql, params![key(account.as_u128()), row::to_sql(step)])? > 0)
    }

    /// Uses a recovery code up. Returns whether there was such a one.
    pub(crate) fn use_recovery_code(
        &self,
        account: AccountId,
        code: Hash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let sql = "DELETE FROM recovery_codes WHERE account = ?1 AND hash = ?2";
            let values = params![key(account.as_u128()), code.0];
            if transaction.execute(sql, values).map_err(failed)? == 0 {
                return Ok(false);
            }
            let note = Note::about(AccountAct::RecoveryCodeUsed, account);
            record(transaction, By::Nobody, now, &note)?;
            Ok(true)
        })
    }

    /// Asks for no second factor any more, and ends all sessions but one. Done where there was one; where there
    /// was none no session ends.
    pub(crate) fn drop_second_factor(
        &self,
        account: AccountId,
        but: Option<SessionId>,
        now: Timestamp,
    ) -> Result<Acted, StoreError> {
        let by = By::who_spares(account, but);
        self.write(|transaction| {
            if !is_let_in(transaction, by, now)? {
                return Ok(Acted::Ended);
            }
            let id = [key(account.as_u128())];
            transaction.execute("DELETE FROM recovery_codes WHERE account = ?1", id).map_err(failed)?;
            let sql = "UPDATE accounts SET totp_draft = NULL WHERE id = ?1";
            transaction.execute(sql, id).map_err(failed)?;
            let sql = "UPDATE accounts SET totp_secret = NULL, totp_step = NULL
                       WHERE id = ?1 AND totp_secret IS NOT NULL";
            if transaction.execute(sql, id).map_err(failed)? == 0 {
                return Ok(Acted::Not);
            }
            end_sessions(transaction, account, but, now).map_err(failed)?;
            let note = Note::about(AccountAct::SecondFactorDropped, account);
            record(transaction, by, now, &note)?;
            Ok(Acted::Done)
        })
    }
}

/// Has what was just replaced overwritten on the disk.
fn wipe_later(transaction: &rusqlite::Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute("INSERT OR IGNORE INTO wipes (id) VALUES (1)", []).map(drop).map_err(failed)
}
