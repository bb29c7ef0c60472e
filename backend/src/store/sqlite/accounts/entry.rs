//! Coming in: the first visit, and invitations. Each token of a link lets somebody in once.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use slipway_shared::audit::AccountAct;
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{AccountId, InvitationId, MemberId, WorkspaceId};
use slipway_shared::member::Role;
use slipway_shared::time::Timestamp;

use super::{Accounts, Note, key, record, sessions};
use crate::store::accounts::{
    Acted, By, Entry, EntryError, INVITATIONS_MOST, InvitationRow, Joining, NewAccount, Withdrawal,
};
use crate::store::sqlite::{StoreError, failed, row};

const COLUMNS: &str = "id, ws, member, role, note, by, ends, is_operators";
/// What is true of an invitation that nobody is accepting at the time `?2`. A reservation counts for a minute, so that one
/// whose holder is gone keeps nobody out; one from later than now is of a clock that was set back.
const IS_FREE: &str = "(reserved_at IS NULL OR reserved_at NOT BETWEEN ?2 - 60000 AND ?2)";

impl Accounts {
    /// Keeps the hash of a new token of the first visit, in place of the one before.
    pub(crate) fn set_setup_token(&self, hash: Hash, ends: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO setup (id, hash, ends) VALUES (1, ?1, ?2)";
        self.execute(sql, params![hash.0, ends.0]).map(drop)
    }

    /// Tells whether a token of the first visit is good now.
    pub(crate) fn is_setup_token(&self, hash: Hash, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM setup WHERE hash = ?1 AND ends > ?2 AND used_at IS NULL)
                   AND NOT EXISTS (SELECT 1 FROM accounts)";
        self.read().query_row(sql, params![hash.0, now.0], |row| row.get(0)).map_err(failed)
    }

    /// Makes the first account, once.
    pub(crate) fn claim(&self, token: Hash, entry: &Entry, now: Timestamp) -> Result<(), EntryError> {
        self.write(|transaction| {
            let sql = "UPDATE setup SET used_at = ?2
                       WHERE hash = ?1 AND ends > ?2 AND used_at IS NULL
                         AND NOT EXISTS (SELECT 1 FROM accounts)";
            if transaction.execute(sql, params![token.0, now.0]).map_err(failed)? == 0 {
                return Err(EntryError::TokenGone);
            }
            let account = enter(transaction, entry)?;
            let note = Note::about(AccountAct::SetUp, account).in_workspace(entry.workspace);
            Ok(record(transaction, entry.by(account), now, &note)?)
        })
    }

    /// Keeps an invitation with the hash of its token. Done unless its workspace has no room for one more.
    pub(crate) fn invite(
        &self,
        hash: Hash,
        invitation: &InvitationRow,
        by: By,
        now: Timestamp,
    ) -> Result<Acted, StoreError> {
        let sql = "INSERT INTO invitations (id, hash, ws, member, role, note, by, ends, is_operators)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let values = params![
            key(invitation.id.as_u128()),
            hash.0,
            key(invitation.workspace.as_u128()),
            key(invitation.member.as_u128()),
            row::role_name(invitation.role),
            invitation.note,
            key(invitation.by.as_u128()),
            invitation.ends.0,
            invitation.is_operators,
        ];
        self.write(|transaction| {
            if !sessions::is_let_in(transaction, by, now)? {
                return Ok(Acted::Ended);
            }
            let count = "SELECT count(*) FROM invitations WHERE ws = ?1 AND ends > ?2 AND used_at IS NULL";
            let of = params![key(invitation.workspace.as_u128()), now.0];
            let present = transaction.query_row(count, of, |row| row.get::<_, u32>(0)).map_err(failed)?;
            if present >= INVITATIONS_MOST {
                return Ok(Acted::Not);
            }
            transaction.execute(sql, values).map_err(failed)?;
            let note = Note::of(AccountAct::InvitationMade).with(invitation.id.as_u128());
            record(transaction, by, now, &note.in_workspace(invitation.workspace))?;
            Ok(Acted::Done)
        })
    }

    /// Returns the invitation of a token, if it can be accepted now.
    pub(crate) fn invitation(&self, hash: Hash, now: Timestamp) -> Result<Option<InvitationRow>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM invitations WHERE hash = ?1 AND ends > ?2 AND used_at IS NULL");
        self.read().query_row(&sql, params![hash.0, now.0], invitation).optional().map_err(failed)
    }

    /// Returns the invitations to a workspace that can be accepted now, the newest first.
    pub(crate) fn invitations(
        &self,
        workspace: WorkspaceId,
        now: Timestamp,
    ) -> Result<Vec<InvitationRow>, StoreError> {
        let connection = self.read();
        let sql = format!(
            "SELECT {COLUMNS} FROM invitations WHERE ws = ?1 AND ends > ?2 AND used_at IS NULL
             ORDER BY ends DESC, id DESC"
        );
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        let found = statement.query_map(params![key(workspace.as_u128()), now.0], invitation);
        found.and_then(Iterator::collect).map_err(failed)
    }

    /// Withdraws an invitation to a workspace.
    pub(crate) fn withdraw(
        &self,
        workspace: WorkspaceId,
        invitation: InvitationId,
        by: By,
        now: Timestamp,
    ) -> Result<Withdrawal, StoreError> {
        self.write(|transaction| {
            let (id, ws) = (key(invitation.as_u128()), key(workspace.as_u128()));
            let sql = format!(
                "UPDATE invitations SET used_at = ?2
                 WHERE id = ?1 AND ws = ?3 AND used_at IS NULL AND ends > ?2 AND {IS_FREE}"
            );
            if transaction.execute(&sql, params![id, now.0, ws]).map_err(failed)? > 0 {
                let note = Note::of(AccountAct::InvitationWithdrawn).with(invitation.as_u128());
                record(transaction, by, now, &note.in_workspace(workspace))?;
                return Ok(Withdrawal::Done);
            }
            let sql = "SELECT EXISTS (SELECT 1 FROM invitations
                                      WHERE id = ?1 AND ws = ?3 AND used_at IS NULL AND ends > ?2)";
            let is_open = transaction.query_row(sql, params![id, now.0, ws], |row| row.get(0));
            Ok(if is_open.map_err(failed)? { Withdrawal::BeingAccepted } else { Withdrawal::Unknown })
        })
    }

    /// Forgets for whom invitations were that were used or withdrawn, or were good for the last time, before a time. What
    /// they were to stays: the audit tells of it.
    pub(crate) fn forget_invitations(&self, before: Timestamp) -> Result<usize, StoreError> {
        let sql =
            "UPDATE invitations SET note = '' WHERE min(ends, coalesce(used_at, ends)) < ?1 AND note != ''";
        self.execute(sql, [before.0])
    }

    /// Returns what the invitations to a workspace are or were to.
    pub(crate) fn invited_roles(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Vec<(InvitationId, Role)>, StoreError> {
        let connection = self.read();
        let sql = format!("SELECT {COLUMNS} FROM invitations WHERE ws = ?1");
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        let found = statement.query_map([key(workspace.as_u128())], invitation).map_err(failed)?;
        found.map(|row| row.map(|row| (row.id, row.role)).map_err(failed)).collect()
    }

    /// Keeps an invitation for one who begins to accept it, for a minute. Returns what [`Accounts::accept`] knows them by.
    pub(crate) fn reserve(&self, invitation: InvitationId, now: Timestamp) -> Result<Timestamp, EntryError> {
        self.write(|transaction| {
            let values = params![key(invitation.as_u128()), now.0];
            let sql = format!(
                "UPDATE invitations SET reserved_at = ?2
                 WHERE id = ?1 AND used_at IS NULL AND ends > ?2 AND {IS_FREE}"
            );
            if transaction.execute(&sql, values).map_err(failed)? > 0 {
                return Ok(now);
            }
            let sql =
                "SELECT EXISTS (SELECT 1 FROM invitations WHERE id = ?1 AND used_at IS NULL AND ends > ?2)";
            let is_open = transaction.query_row(sql, values, |row| row.get(0)).map_err(failed)?;
            Err(if is_open { EntryError::BeingAccepted } else { EntryError::TokenGone })
        })
    }

    /// Lets a reservation go: nobody came in by it.
    pub(crate) fn let_go(&self, invitation: InvitationId, reserved: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE invitations SET reserved_at = NULL WHERE id = ?1 AND reserved_at = ?2 AND used_at IS NULL";
        self.execute(sql, params![key(invitation.as_u128()), reserved.0]).map(drop)
    }

    /// Uses an invitation up that was reserved. That its time is over meanwhile is no reason to stop halfway.
    pub(crate) fn accept(
        &self,
        invitation: InvitationId,
        reserved: Timestamp,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<(), EntryError> {
        self.write(|transaction| {
            let sql =
                "UPDATE invitations SET used_at = ?3 WHERE id = ?1 AND reserved_at = ?2 AND used_at IS NULL";
            let values = params![key(invitation.as_u128()), reserved.0, now.0];
            if transaction.execute(sql, values).map_err(failed)? == 0 {
                return Err(EntryError::TokenGone);
            }
            let account = enter(transaction, entry)?;
            let note = Note::about(AccountAct::InvitationAccepted, account).with(invitation.as_u128());
            Ok(record(transaction, entry.by(account), now, &note.in_workspace(entry.workspace))?)
        })
    }
}

impl Entry {
    /// Returns whoever comes in.
    fn by(&self, account: AccountId) -> By {
        match (&self.session, self.who_signed_in) {
            (Some(session), _) => session.by(),
            (None, Some(id)) => By::Session { account, id },
            (None, None) => By::Nobody,
        }
    }
}

/// Ends what an account has invited to and nobody has accepted: who needs the operator does not know who has the links.
pub(super) fn end_invitations(
    transaction: &Transaction<'_>,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE invitations SET used_at = ?2
               WHERE used_at IS NULL AND ends > ?2 AND NOT is_operators AND EXISTS
                     (SELECT 1 FROM memberships m WHERE m.account = ?1 AND m.ws = invitations.ws AND m.member = invitations.by)
               RETURNING id, ws";
    let mut ended = transaction.prepare_cached(sql).map_err(failed)?;
    let ended = ended.query_map(params![key(account.as_u128()), now.0], |row| {
        Ok((row::id(row, 0)?, WorkspaceId::from_u128(row::id(row, 1)?)))
    });
    let ended: Vec<_> = ended.and_then(Iterator::collect).map_err(failed)?;
    for (invitation, workspace) in ended {
        let note = Note::of(AccountAct::InvitationWithdrawn).with(invitation).in_workspace(workspace);
        record(transaction, By::Operator, now, &note)?;
    }
    Ok(())
}

/// Makes the account where there is none, who it is, what it is called, and its session. Returns the account.
fn enter(transaction: &Transaction<'_>, entry: &Entry) -> Result<AccountId, EntryError> {
    let (account, name) = match &entry.who {
        Joining::New(account) => {
            insert_account(transaction, account)?;
            (account.id, &account.name)
        }
        Joining::Known { account, name } => (*account, name),
    };
    let (ws, member) = (key(entry.workspace.as_u128()), key(entry.member.as_u128()));
    let sql = "INSERT INTO memberships (account, ws, member) VALUES (?1, ?2, ?3)
               ON CONFLICT (account, ws) DO UPDATE SET member = excluded.member
               WHERE memberships.member = excluded.member";
    if transaction.execute(sql, params![key(account.as_u128()), ws, member]).map_err(failed)? == 0 {
        return Err(EntryError::AlreadyMember);
    }
    let sql = "INSERT INTO profiles (ws, member, name) VALUES (?1, ?2, ?3)
               ON CONFLICT DO UPDATE SET name = excluded.name";
    transaction.execute(sql, params![ws, member, name]).map_err(failed)?;
    if let Some(session) = &entry.session {
        sessions::insert(transaction, session).map_err(failed)?;
    }
    Ok(account)
}

fn insert_account(transaction: &Transaction<'_>, account: &NewAccount) -> Result<(), EntryError> {
    let sql = "INSERT INTO accounts (id, name, login, password, made) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (login) DO NOTHING";
    let NewAccount { id, name, login, password, made } = account;
    let values = params![key(id.as_u128()), name, login, password, made.0];
    match transaction.execute(sql, values).map_err(failed)? {
        0 => Err(EntryError::LoginTaken),
        _ => Ok(()),
    }
}

fn invitation(row: &Row<'_>) -> rusqlite::Result<InvitationRow> {
    let role: String = row.get(3)?;
    let role: Role = row::role_of(&role).ok_or(rusqlite::Error::InvalidQuery)?;
    Ok(InvitationRow {
        id: InvitationId::from_u128(row::id(row, 0)?),
        workspace: WorkspaceId::from_u128(row::id(row, 1)?),
        member: MemberId::from_u128(row::id(row, 2)?),
        role,
        note: row.get(4)?,
        by: MemberId::from_u128(row::id(row, 5)?),
        ends: Timestamp(row.get(6)?),
        is_operators: row.get(7)?,
    })
}
