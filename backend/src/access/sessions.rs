//! Beginning a session, and telling a browser about it.

use axum::Json;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use slipway_shared::account::{ABSOLUTE_MS, Account, IDLE_MS, SHARED_MS, Session, SessionInfo};
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{AccountId, MemberId, SessionId};
use slipway_shared::time::Timestamp;
use uuid::Uuid;

use super::Caller;
use super::caller::present;
use super::cookie::CookieName;
use crate::accounts::secret::{NoRandomness, Secret};
use crate::app::App;
use crate::error::Failure;
use crate::routes::blocking;
use crate::store::StoreError;
use crate::store::accounts::{AccountRow, SessionRow};

/// A session that begins: what is kept, and what only its browser gets.
pub(crate) struct Begun {
    pub(crate) secret: Secret,
    pub(crate) row: SessionRow,
}

impl Begun {
    /// Makes a session; giving the password was part of it.
    pub(crate) fn new(
        account: AccountId,
        device: String,
        is_shared: bool,
        now: Timestamp,
    ) -> Result<Self, NoRandomness> {
        let absolute_end = now.plus(if is_shared { SHARED_MS } else { ABSOLUTE_MS });
        let secret = Secret::new()?;
        let row = SessionRow {
            hash: secret.hash(),
            id: SessionId::from_u128(Uuid::now_v7().as_u128()),
            account,
            device,
            began: now,
            used: now,
            idle_end: now.plus(IDLE_MS).min(absolute_end),
            absolute_end,
            is_shared,
            confirmed_at: now,
        };
        Ok(Self { secret, row })
    }

    /// Keeps it, unless something has ended the sessions of its owner since they were `known`: proving to be somebody
    /// takes a while. The one that this browser had, whoever's it was, ends.
    pub(crate) async fn keep(
        self,
        app: &App,
        known: Option<&AccountRow>,
        replaced: Option<Hash>,
    ) -> Result<Self, Failure> {
        let (accounts, row) = (app.accounts(), self.row.clone());
        let known = known.map(|known| known.sign_outs);
        let has_begun = blocking(move || accounts.begin_session(&row, known, replaced)).await?;
        if has_begun { Ok(self) } else { Err(Failure::wrong_password()) }
    }

    /// Answers with the session, which is kept, and its cookie.
    pub(crate) async fn answer(self, app: &App, cookie: &CookieName) -> Result<Response, Failure> {
        let set = cookie.set(self.secret.text(), self.row.is_shared).ok_or_else(Failure::internal)?;
        let session = tell(app, Caller::Session(self.row)).await?;
        Ok(([(SET_COOKIE, set)], Json(session)).into_response())
    }
}

/// Tells a caller who they are.
pub(crate) async fn tell(app: &App, caller: Caller) -> Result<Session, Failure> {
    let (accounts, account) = (app.accounts(), caller.account());
    let found = blocking(move || {
        let known = accounts.account(account)?.ok_or(StoreError::Corrupt { seq: 0 })?;
        Ok((known, accounts.memberships(account)?))
    });
    let (account, mut memberships) = found.await?;
    if let Caller::Token(token) = &caller {
        memberships.retain(|known| known.workspace == token.workspace);
    }
    let workspaces = present(app, &memberships);
    let first = workspaces.first().and_then(|first| first.member);
    let former = memberships.first().map(|known| known.member);
    let member = first.or(former).unwrap_or(MemberId::from_u128(0));
    let (account, session) = match &caller {
        Caller::Session(session) => (Some(account_of(&account)), Some(info(session, Some(session.id)))),
        Caller::Token(_) => (None, None),
    };
    Ok(Session { member, workspaces, account, session })
}

/// Returns an account as its owner sees it.
pub(crate) fn account_of(row: &AccountRow) -> Account {
    Account {
        id: row.id,
        name: row.name.clone(),
        login: row.login.clone(),
        has_second_factor: row.second_factor.is_some(),
        recovery_codes: row.recovery_codes,
    }
}

/// Returns a session as its owner sees it, in the session `this`.
pub(crate) fn info(row: &SessionRow, this: Option<SessionId>) -> SessionInfo {
    SessionInfo {
        id: row.id,
        device: row.device.clone(),
        began: row.began,
        used: row.used,
        ends: row.ends(),
        is_shared: row.is_shared,
        is_this: this == Some(row.id),
    }
}
