//! Accounts and who they are in workspaces.

use rusqlite::{OptionalExtension, Row, params};
use slipway_shared::audit::AccountAct;
use slipway_shared::ids::{AccountId, MemberId, SessionId, WorkspaceId};
use slipway_shared::time::Timestamp;

use super::entry::end_invitations;
use super::sessions::{end_sessions, end_sessions_and_tell, is_let_in};
use super::tokens::end_tokens;
use super::{Accounts, Note, key, record};
use crate::store::accounts::{AccountRow, Acted, By, Membership, SecondFactor};
use crate::store::sqlite::{StoreError, failed, row};

const COLUMNS: &str = "id, name, login, password, totp_secret, totp_step, totp_draft, made, disabled_at,
    (SELECT count(*) FROM recovery_codes WHERE account = accounts.id), sign_outs";

impl Accounts {
    /// Tells whether there is any account.
    pub(crate) fn is_claimed(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM accounts)";
        self.read().query_row(sql, [], |row| row.get(0)).map_err(failed)
    }

    /// Returns all accounts, by the name to sign in with.
    pub(crate) fn all(&self) -> Result<Vec<AccountRow>, StoreError> {
        let connection = self.read();
        let sql = format!("SELECT {COLUMNS} FROM accounts ORDER BY login");
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        statement.query_map([], account).and_then(Iterator::collect).map_err(failed)
    }

    /// Returns an account.
    pub(crate) fn account(&self, id: AccountId) -> Result<Option<AccountRow>, StoreError> {
        let connection = self.read();
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE id = ?1");
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        statement.query_row([key(id.as_u128())], account).optional().map_err(failed)
    }

    /// Returns the account that is signed in to by a name, which is folded.
    pub(crate) fn account_by_login(&self, login: &str) -> Result<Option<AccountRow>, StoreError> {
        let connection = self.read();
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE login = ?1");
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        statement.query_row([login], account).optional().map_err(failed)
    }

    /// Returns who an account is or was, workspace by workspace.
    pub(crate) fn memberships(&self, account: AccountId) -> Result<Vec<Membership>, StoreError> {
        let connection = self.read();
        let sql = "SELECT account, ws, member FROM memberships WHERE account = ?1 ORDER BY ws";
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let found = statement.query_map([key(account.as_u128())], membership);
        found.and_then(Iterator::collect).map_err(failed)
    }

    /// Returns what those who are or were members of a workspace sign in with.
    pub(crate) fn logins(&self, workspace: WorkspaceId) -> Result<Vec<(MemberId, String)>, StoreError> {
        let connection = self.read();
        let sql = "SELECT m.member, a.login FROM memberships m JOIN accounts a ON a.id = m.account
                   WHERE m.ws = ?1 ORDER BY m.member";
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let found = statement.query_map([key(workspace.as_u128())], |row| {
            Ok((MemberId::from_u128(row::id(row, 0)?), row.get(1)?))
        });
        found.and_then(Iterator::collect).map_err(failed)
    }

    /// Changes the name that an account is shown under, here and in its workspaces.
    pub(crate) fn rename(
        &self,
        account: AccountId,
        name: &str,
        by: By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let values = params![key(account.as_u128()), name];
        self.write(|transaction| {
            transaction.execute("UPDATE accounts SET name = ?2 WHERE id = ?1", values).map_err(failed)?;
            let sql = "UPDATE profiles SET name = ?2 WHERE (ws, member) IN
                       (SELECT ws, member FROM memberships WHERE account = ?1)";
            transaction.execute(sql, values).map_err(failed)?;
            record(transaction, by, now, &Note::about(AccountAct::Renamed, account))
        })
    }

    /// Changes a password, which is given as PHC text, and ends all sessions but one. The operator, who spares none, ends
    /// the account's tokens and invitations as well: whoever needs that does not know who has what.
    ///
    /// A person who does it in `own` names their session and the sign-outs there had been when they gave the password
    /// before. Done where both still hold: else somebody else was quicker.
    pub(crate) fn change_password(
        &self,
        account: AccountId,
        password: &str,
        own: Option<(SessionId, u64)>,
        now: Timestamp,
    ) -> Result<Acted, StoreError> {
        let (but, known) = (own.map(|(session, _)| session), own.map(|(_, known)| row::to_sql(known)));
        let by = By::who_spares(account, but);
        self.write(|transaction| {
            if !is_let_in(transaction, by, now)? {
                return Ok(Acted::Ended);
            }
            let sql = "UPDATE accounts SET password = ?2 WHERE id = ?1 AND (?3 IS NULL OR sign_outs = ?3)";
            let values = params![key(account.as_u128()), password, known];
            if transaction.execute(sql, values).map_err(failed)? == 0 {
                return Ok(Acted::Not);
            }
            end_sessions(transaction, account, but, now).map_err(failed)?;
            record(transaction, by, now, &Note::about(AccountAct::PasswordChanged, account))?;
            if by == By::Operator {
                end_tokens(transaction, account, by, now)?;
                end_invitations(transaction, account, now)?;
            }
            Ok(Acted::Done)
        })
    }

    /// Keeps the same password by the present rules, as PHC text, where it is still the one that was `known`.
    pub(crate) fn keep_password_anew(
        &self,
        account: AccountId,
        known: &str,
        password: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE accounts SET password = ?3 WHERE id = ?1 AND password = ?2";
        self.execute(sql, params![key(account.as_u128()), known, password]).map(drop)
    }

    /// Gives an account a password, as PHC text.
    #[cfg(test)]
    pub(crate) fn set_password(&self, account: AccountId, password: &str) -> Result<(), StoreError> {
        let sql = "UPDATE accounts SET password = ?2 WHERE id = ?1";
        self.execute(sql, params![key(account.as_u128()), password]).map(drop)
    }

    /// Lets nobody in by an account from now on and ends its sessions and tokens, or lets somebody in again, without them.
    /// What it has invited to is good for nothing either. Only the operator does that.
    pub(crate) fn set_disabled(
        &self,
        account: AccountId,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            let sql = "UPDATE accounts SET disabled_at = ?2 WHERE id = ?1";
            let values = params![key(account.as_u128()), at.map(|at| at.0)];
            transaction.execute(sql, values).map_err(failed)?;
            let act = if at.is_some() { AccountAct::Disabled } else { AccountAct::Enabled };
            record(transaction, By::Operator, now, &Note::about(act, account))?;
            if at.is_some() {
                end_sessions_and_tell(transaction, account, None, now)?;
                end_tokens(transaction, account, By::Operator, now)?;
                end_invitations(transaction, account, now)?;
            }
            Ok(())
        })
    }

    /// Makes an account that is a member of nothing.
    #[cfg(test)]
    pub(crate) fn make_account_alone(&self, person: &AccountRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO accounts (id, name, login, password, made) VALUES (?1, ?2, ?3, '', ?4)";
        let values = params![key(person.id.as_u128()), person.name, person.login, person.made.0];
        self.execute(sql, values).map(drop)
    }

    /// Makes accounts that nobody can sign in to with a password, with who they are; those there are stay.
    pub(crate) fn make_without_password(
        &self,
        people: &[(AccountRow, Membership)],
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            for (person, membership) in people {
                let sql = "INSERT INTO accounts (id, name, login, password, made) VALUES (?1, ?2, ?3, '', ?4)
                           ON CONFLICT DO NOTHING";
                let values = params![key(person.id.as_u128()), person.name, person.login, person.made.0];
                transaction.execute(sql, values).map_err(failed)?;
                let sql = "INSERT INTO memberships (account, ws, member) VALUES (?1, ?2, ?3)
                           ON CONFLICT DO NOTHING";
                let Membership { account, workspace, member } = membership;
                let values = params![key(account.as_u128()), key(workspace.as_u128()), key(member.as_u128())];
                transaction.execute(sql, values).map_err(failed)?;
            }
            Ok(())
        })
    }
}

fn account(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    let step = row.get::<_, Option<i64>>(5)?.map(|_| row::number(row, 5)).transpose()?;
    Ok(AccountRow {
        id: AccountId::from_u128(row::id(row, 0)?),
        name: row.get(1)?,
        login: row.get(2)?,
        password: row.get(3)?,
        second_factor: row.get::<_, Option<Vec<u8>>>(4)?.map(|locked| SecondFactor { locked, step }),
        draft: row.get(6)?,
        made: Timestamp(row.get(7)?),
        disabled_at: row.get::<_, Option<i64>>(8)?.map(Timestamp),
        recovery_codes: row.get(9)?,
        sign_outs: row::number(row, 10)?,
    })
}

fn membership(row: &Row<'_>) -> rusqlite::Result<Membership> {
    Ok(Membership {
        account: AccountId::from_u128(row::id(row, 0)?),
        workspace: WorkspaceId::from_u128(row::id(row, 1)?),
        member: MemberId::from_u128(row::id(row, 2)?),
    })
}
