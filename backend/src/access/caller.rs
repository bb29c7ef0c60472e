//! The caller of a request: a session by its cookie, or an API token. Where a token is given, cookies count for nothing.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use slipway_shared::account::{IDLE_MS, Scope, WorkspaceSummary};
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{AccountId, DeviceId, MemberId, TokenId, WorkspaceId};
use slipway_shared::member::Role;
use slipway_shared::time::Timestamp;
use tokio::time::Instant;

use super::cookie::CookieName;
use super::recent::{AsOf, Known};
use super::{LetIn, Peer};
use crate::accounts::secret;
use crate::app::App;
use crate::error::Failure;
use crate::routes::blocking;
use crate::store::StoreError;
use crate::store::accounts::{Membership, SessionRow, TokenRow};
use crate::store::sqlite::Accounts;
use crate::writer::OpenWorkspace;

/// How exactly it is noted when something was used, in milliseconds.
const USED_MS: i64 = 60_000;

/// Whoever asks, signed in.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// A browser.
    Session(SessionRow),
    /// A program.
    Token(TokenRow),
}

impl Caller {
    /// Returns whose session or token it is.
    pub(crate) fn account(&self) -> AccountId {
        match self {
            Self::Session(session) => session.account,
            Self::Token(token) => token.account,
        }
    }

    /// Returns the device that the log names: the session, or the API token that stands in for one.
    pub(crate) fn device(&self) -> DeviceId {
        DeviceId::from_u128(self.id())
    }

    /// Returns what it is good for: a session for everything.
    pub(crate) fn scope(&self) -> Scope {
        match self {
            Self::Session(_) => Scope::Admin,
            Self::Token(token) => token.scope,
        }
    }

    /// Returns the id of the session or token.
    pub(crate) fn id(&self) -> u128 {
        match self {
            Self::Session(session) => session.id.as_u128(),
            Self::Token(token) => token.id.as_u128(),
        }
    }

    /// Returns when it ends, as far as is known now.
    pub(crate) fn ends(&self) -> Timestamp {
        match self {
            Self::Session(session) => session.ends(),
            Self::Token(token) => token.ends,
        }
    }

    /// Returns it as it is now; `None` where it lets nobody in any more.
    pub(crate) fn renewed(&self, accounts: &Accounts, now: Timestamp) -> Result<Option<Self>, StoreError> {
        match self {
            Self::Session(session) => Ok(accounts.session_by_id(session.id, now)?.map(Self::Session)),
            Self::Token(token) => Ok(accounts.token(token.id, now)?.map(|(_, token)| Self::Token(token))),
        }
    }

    /// As [`Caller::renewed`], where a session is let in by the secret that it was opened with: not with one from before the
    /// password was given again, whoever has that.
    pub(crate) fn renewed_as_given(
        &self,
        accounts: &Accounts,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        match self {
            Self::Session(session) => Ok(accounts.session(session.hash, now)?.map(Self::Session)),
            Self::Token(_) => self.renewed(accounts, now),
        }
    }

    /// Tells whether it is noted already that it is used now.
    pub(super) fn is_use_noted(&self, now: Timestamp) -> bool {
        let used = match self {
            Self::Session(session) => Some(session.used),
            Self::Token(token) => token.used,
        };
        used.is_some_and(|used| now.since(used) < USED_MS)
    }

    /// Notes that it was used, once a minute. That it can't be noted keeps nobody out.
    fn note_use(&self, accounts: &Accounts, now: Timestamp) {
        if self.is_use_noted(now) {
            return;
        }
        let noted = match self {
            Self::Session(session) => {
                let idle_end = now.plus(IDLE_MS).min(session.absolute_end);
                accounts.session_used(session.id, now, idle_end)
            }
            Self::Token(token) => accounts.token_used(token.id, now),
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "it could not be noted that a session or token was used");
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Ok(find(parts, app).await?.caller)
    }
}

/// Finds the caller, and where they belong.
async fn find(parts: &mut Parts, app: &App) -> Result<Known, Failure> {
    let given = Given::of(parts).ok_or_else(|| stranger(parts, app))?;
    let address = Peer::of(parts).address;
    let guess = app.guesses().begin(given.key(), address, app.rates()).map_err(Failure::too_many_tries)?;
    let (accounts, now) = (app.accounts(), app.clock().now());
    // Before the look, so that what ends during it is looked at again.
    let endings = app.endings().subscribe();
    let as_of = AsOf { writes: accounts.writes(), endings: *endings.borrow(), looked: Instant::now() };
    let key = given.key();
    let known = app.recent().get(&key, as_of, now).filter(|known| given.is_of(&known.caller));
    let found = match known {
        Some(known) => Some(known),
        None => {
            let found = blocking(move || {
                let Some(caller) = given.look_up(&accounts, now)? else { return Ok(None) };
                caller.note_use(&accounts, now);
                let memberships = accounts.memberships(caller.account())?.into();
                Ok(Some(Known { caller, memberships, as_of }))
            });
            found.await?.inspect(|known| app.recent().keep(key, known))
        }
    };
    guess.came_to(found.is_some());
    let mut found = found.ok_or_else(|| unknown_caller(parts))?;
    if let Caller::Session(session) = &mut found.caller
        && app.is_demo()
    {
        // Nobody has a password there that could be asked for.
        session.confirmed_at = now;
    }
    if parts.extensions.get::<Uncounted>().is_none() {
        app.rates().api(found.caller.id()).map_err(Failure::too_many_requests)?;
    }
    LetIn::keep(&mut parts.extensions, app, &found.caller, endings, found.as_of.looked);
    Ok(found)
}

/// Marks requests whose number nobody limits: those of the sync. A browser that is offline for long and then sends what
/// it has must not be held up; what comes faster than it can be saved is told to wait by the writer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Uncounted;

/// Answers somebody who is not signed in; whoever asks on and on is told to wait.
fn stranger(parts: &Parts, app: &App) -> Failure {
    match app.rates().unauthenticated(Peer::of(parts).address) {
        Ok(()) => unknown_caller(parts),
        Err(wait_s) => Failure::too_many_requests(wait_s),
    }
}

/// Answers whoever gives nothing that lets anybody in. Programs have nowhere to sign in.
fn unknown_caller(parts: &Parts) -> Failure {
    if parts.headers.contains_key(AUTHORIZATION) {
        Failure::token_unknown()
    } else {
        Failure::sign_in_needed()
    }
}

/// What a request gives to say who asks.
enum Given {
    /// The hash of a cookie's secret.
    Cookie(Hash),
    /// A token's id and the hash of its secret.
    Token(TokenId, Hash),
}

impl Given {
    /// Returns what is given; `None` for nothing, and for what is no token.
    fn of(parts: &Parts) -> Option<Self> {
        if let Some(given) = parts.headers.get(AUTHORIZATION) {
            let (kind, token) = given.to_str().ok()?.split_once(' ')?;
            let token = kind.eq_ignore_ascii_case("bearer").then(|| secret::read_token(token.trim()));
            return token.flatten().map(|(id, hash)| Self::Token(id, hash));
        }
        let name = CookieName::of(Peer::of(parts), &parts.headers);
        name.read(&parts.headers).map(|text| Self::Cookie(secret::hash(text)))
    }

    /// Returns what tells it from others, for counting those that nobody knows.
    fn key(&self) -> Hash {
        match self {
            Self::Cookie(hash) | Self::Token(_, hash) => *hash,
        }
    }

    /// Tells whether it is this caller's, whose secret it has.
    fn is_of(&self, caller: &Caller) -> bool {
        match (self, caller) {
            (Self::Cookie(_), Caller::Session(_)) => true,
            (Self::Token(id, _), Caller::Token(token)) => *id == token.id,
            (Self::Cookie(_), Caller::Token(_)) | (Self::Token(..), Caller::Session(_)) => false,
        }
    }

    fn look_up(&self, accounts: &Accounts, now: Timestamp) -> Result<Option<Caller>, StoreError> {
        match self {
            Self::Cookie(hash) => Ok(accounts.session(*hash, now)?.map(Caller::Session)),
            Self::Token(id, hash) => {
                let found = accounts.token(*id, now)?;
                // Both are hashes of 256 secret bits: how long the comparison takes tells nothing.
                Ok(found.filter(|(kept, _)| kept == hash).map(|(_, token)| Caller::Token(token)))
            }
        }
    }
}

/// A caller who is signed in with a password: accounts, sessions, invitations and tokens are no business of programs.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn(pub(crate) SessionRow);

impl SignedIn {
    /// Refuses a session whose password was not given lately.
    pub(crate) fn confirmed(&self, now: Timestamp) -> Result<(), Failure> {
        if self.0.is_confirmed(now) { Ok(()) } else { Err(Failure::confirmation_needed()) }
    }
}

impl TryFrom<Caller> for SignedIn {
    type Error = Failure;

    fn try_from(caller: Caller) -> Result<Self, Failure> {
        match caller {
            Caller::Session(session) => Ok(Self(session)),
            Caller::Token(_) => Err(Failure::forbidden(
                "an API token is not good for accounts, sessions, invitations and tokens; nothing was changed; sign \
                 in to the app for that",
            )),
        }
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Caller::from_request_parts(parts, app).await?.try_into()
    }
}

/// A caller as a member of the workspace in the address.
#[derive(Clone, Debug)]
pub(crate) struct InWorkspace {
    pub(crate) workspace: OpenWorkspace,
    pub(crate) caller: Caller,
    pub(crate) member: MemberId,
    pub(crate) role: Role,
}

impl InWorkspace {
    /// Returns the caller where they are signed in with a password.
    pub(crate) fn signed_in(&self) -> Result<SignedIn, Failure> {
        self.caller.clone().try_into()
    }

    /// Refuses everybody but admins, by the role of now: a body takes a while. The message says what was not done.
    pub(crate) fn admin(&self) -> Result<(), Failure> {
        match self.workspace.state().workspace.role(self.member) {
            Some(Role::Admin) => Ok(()),
            None | Some(Role::Viewer | Role::Member | Role::Approver) => Err(Failure::admins_only()),
        }
    }
}

impl FromRequestParts<App> for InWorkspace {
    type Rejection = Failure;

    /// Whoever is no member learns nothing, not even whether there is such a workspace; whoever was one is told, so
    /// that their browser sets aside what they did meanwhile.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Known { caller, memberships, .. } = find(parts, app).await?;
        let params = RawPathParams::from_request_parts(parts, app).await.map_err(|_| unknown())?;
        let named =
            params.iter().find(|(name, _)| *name == "ws").map(|(_, value)| value.parse::<WorkspaceId>());
        let Some(Ok(id)) = named else { return Err(unknown()) };
        let is_of_another = matches!(&caller, Caller::Token(token) if token.workspace != id);
        let membership = memberships.iter().find(|known| known.workspace == id && !is_of_another);
        let member = membership.ok_or_else(unknown)?.member;
        let workspace = app.workspace(id).ok_or_else(unknown)?;
        match workspace.state().workspace.role(member) {
            Some(role) => {
                LetIn::as_member(&mut parts.extensions, &workspace, member);
                Ok(Self { workspace, caller, member, role })
            }
            None => Err(Failure::no_member_any_more()),
        }
    }
}

/// Returns the workspaces where an account is a member now, each with its name and who they are.
pub(crate) fn present(app: &App, memberships: &[Membership]) -> Vec<WorkspaceSummary> {
    let summaries = memberships.iter().filter_map(|known| {
        let state = app.workspace(known.workspace)?.state();
        let role = state.workspace.role(known.member)?;
        Some(WorkspaceSummary {
            id: known.workspace,
            name: state.workspace.name.clone(),
            member: Some(known.member),
            role: Some(role),
        })
    });
    summaries.collect()
}

fn unknown() -> Failure {
    Failure::not_found("there is no such workspace here; GET /api/v1/workspaces lists those there are")
}
