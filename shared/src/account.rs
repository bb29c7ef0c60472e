//! Accounts, sessions, invitations and tokens: the messages about them, each one once. See `docs/api.md`.
//!
//! Nothing of this is in a workspace's log: passwords, sessions and addresses can be erased. Who is a member of a
//! workspace, and in which role, is in the log; see [`crate::member`].

pub mod import;
mod workspaces;

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, InvitationId, MemberId, SessionId, TokenId, WorkspaceId};
use crate::member::Role;
use crate::text::has_hidden;
use crate::time::Timestamp;

pub use workspaces::{
    Beginning, MakeWorkspace, WORKSPACES_MOST, Workspaces, may_make_workspace, requested_workspace,
};

/// The fewest characters of a password.
pub const PASSWORD_LEAST: usize = 12;
/// The most characters of a password.
pub const PASSWORD_MOST: usize = 128;
/// The most characters of any other text here.
pub const TEXT_MOST: usize = 200;
/// Returns a text of people about themselves without white space around it; `None` for one that is no such text.
///
/// Such is their name, what a device is called, for whom an invitation is. It is not empty, not too long, and has no
/// characters that nobody sees or that turn the reading direction: it is read among others, and may not pretend to be
/// another one.
#[must_use]
pub fn tidy(text: &str) -> Option<String> {
    let text = text.trim();
    let is_fine = (1..=TEXT_MOST).contains(&text.chars().count())
        && !text.contains(char::is_control)
        && !has_hidden(text);
    is_fine.then(|| text.to_owned())
}

/// Returns the name that somebody signs in with as it is looked up: upper and lower case are the same.
#[must_use]
pub fn fold_login(text: &str) -> String {
    text.trim().to_lowercase()
}

/// How long an invitation can be accepted, in milliseconds.
pub const INVITATION_MS: i64 = 72 * 3_600_000;
/// How long the token of the first visit is good for, in milliseconds.
pub const SETUP_MS: i64 = 3_600_000;
/// How long a session lives without being used, in milliseconds.
pub const IDLE_MS: i64 = 14 * 86_400_000;
/// How long a session lives at most, in milliseconds.
pub const ABSOLUTE_MS: i64 = 90 * 86_400_000;
/// How long a session on a shared computer lives at most, in milliseconds.
pub const SHARED_MS: i64 = 12 * 3_600_000;
/// For how long after a password was given what matters can be done without giving it again, in milliseconds.
pub const CONFIRMED_MS: i64 = 15 * 60_000;
/// How long an API token lives where nothing else is asked for, in milliseconds.
pub const TOKEN_MS: i64 = 90 * 86_400_000;
/// How long an API token may live, in milliseconds.
pub const TOKEN_MOST_MS: i64 = 366 * 86_400_000;

/// Whether the server waits for its first visit: the answer of `GET /api/v1/setup`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupState {
    /// Whether there is no owner yet.
    pub is_needed: bool,
    /// The workspace that was brought here or worked in before there was an owner: it stays as it is. Absent where the
    /// first visit names an empty one, and once there is an owner.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub workspace: Option<WorkspaceHere>,
}

/// A workspace that was there before the first visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceHere {
    /// Its name.
    pub name: String,
    /// How many events its log has.
    pub events: u64,
}

/// `POST /api/v1/setup`: makes the owner. Answered with a [`Session`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetupRequest {
    /// What the server printed when it started.
    pub token: String,
    /// The name of the workspace; absent, and only then, where [`SetupState::workspace`] says that one is there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub workspace: Option<String>,
    /// What it begins with; absent for nothing.
    #[serde(skip_serializing_if = "Beginning::is_empty", default)]
    pub beginning: Beginning,
    /// Who the owner is.
    pub person: NewPerson,
}

/// What someone says of themselves when they come here first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// The name to show.
    pub name: String,
    /// The name to sign in with: an address, or any other text without spaces. Upper and lower case are the same.
    pub login: String,
    /// The password: [`PASSWORD_LEAST`] to [`PASSWORD_MOST`] characters, none of the common ones.
    pub password: String,
    /// What this device is called in the list of devices.
    pub device: String,
}

/// `POST /api/v1/session`: signs in. Answered with a [`Session`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The name to sign in with.
    pub login: String,
    /// The password.
    pub password: String,
    /// Six digits of the second factor, or a recovery code; asked for by the error `second_factor_needed`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// What this device is called in the list of devices.
    pub device: String,
    /// Whether others use this computer: the session ends after [`SHARED_MS`].
    pub is_shared: bool,
}

/// `POST /api/v1/session/confirm`: gives the password again, before something that matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// The password.
    pub password: String,
    /// Six digits of the second factor, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
}

/// Who is asking: the answer of `GET /api/v1/session`, and of all that signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Who acts in the first of the workspaces.
    pub member: MemberId,
    /// The workspaces they may open, each with who they are there.
    pub workspaces: Vec<WorkspaceSummary>,
    /// Whose session it is; absent for an API token.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<Account>,
    /// The session; absent for an API token.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session: Option<SessionInfo>,
}

/// A workspace in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceSummary {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Who the caller is there; absent from servers without accounts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<MemberId>,
    /// What they may do there; absent from servers without accounts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<Role>,
}

/// An account, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The name to show.
    pub name: String,
    /// The name to sign in with.
    pub login: String,
    /// Whether signing in asks for a second factor.
    pub has_second_factor: bool,
    /// How many recovery codes were not used yet.
    pub recovery_codes: u32,
}

/// A session: one browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInfo {
    /// Its id, which is no secret.
    pub id: SessionId,
    /// What the device is called.
    pub device: String,
    /// When it began.
    pub began: Timestamp,
    /// When it was used last, to the minute.
    pub used: Timestamp,
    /// When it ends if it is not used any more.
    pub ends: Timestamp,
    /// Whether others use the computer.
    pub is_shared: bool,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// The answer of `GET /api/v1/account/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sessions {
    /// The newest first.
    pub sessions: Vec<SessionInfo>,
}

/// `PATCH /api/v1/account/sessions/{id}`: names a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RenameSession {
    /// What it is called from now on.
    pub device: String,
}

/// `PATCH /api/v1/account`: changes the name to show. Answered with the [`Account`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeProfile {
    /// The name to show from now on.
    pub name: String,
}

/// `PUT /api/v1/account/password`: ends every other session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present one.
    pub old: String,
    /// The next one.
    pub new: String,
}

/// The answer of `POST /api/v1/account/second-factor`: what an authenticator app is told.
///
/// Nothing is asked for at sign-in until `PUT` to the same address has shown that the app knows it. Both want a session
/// that was confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactorDraft {
    /// The secret in base 32, to type.
    pub secret: String,
    /// The same as `otpauth://` address, to scan.
    pub uri: String,
    /// That address as a QR code; absent where it is too long for one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub picture: Option<Picture>,
}

/// A picture in one colour, on a light square.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Picture {
    /// How many units each side has, with the light border around it.
    pub size: u16,
    /// What is dark, as the path of an SVG that is drawn with a pen of one unit.
    pub path: String,
}

/// `PUT /api/v1/account/second-factor`: shows that the app knows the secret. Answered with [`RecoveryCodes`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmSecondFactor {
    /// Six digits.
    pub code: String,
}

/// Codes that stand in for the second factor, each once. They are shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
}

/// The answer of `GET /api/v1/workspaces/{ws}/people`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct People {
    /// The members, by name.
    pub people: Vec<Person>,
    /// The invitations that nobody has accepted; for admins.
    pub invitations: Vec<Invitation>,
}

/// A member of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Who they are in the workspace.
    pub member: MemberId,
    /// The name to show.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What they sign in with; for admins and themselves, and absent where nobody has claimed this member.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub login: Option<String>,
}

/// An invitation that nobody has accepted yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    /// Its id, which is no secret.
    pub id: InvitationId,
    /// What whoever accepts it may do.
    pub role: Role,
    /// For whom it is, in the words of who invited.
    pub note: String,
    /// Who invited; absent for the operator, on the command line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<MemberId>,
    /// Until when it can be accepted.
    pub ends: Timestamp,
}

/// `POST /api/v1/workspaces/{ws}/invitations`: invites somebody. Answered with [`Invited`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// What they may do.
    pub role: Role,
    /// For whom it is, so that it can be told from others.
    pub note: String,
}

/// An invitation as who invites gets to see it, once: the link is `/invitation#TOKEN`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// The secret of the link.
    pub token: String,
}

/// `POST /api/v1/invitations/look`: what an invitation is to. Answered with [`InvitationOffer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LookAtInvitation {
    /// The secret of the link.
    pub token: String,
}

/// What an invitation is to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationOffer {
    /// The name of the workspace.
    pub workspace: String,
    /// What whoever accepts it may do.
    pub role: Role,
    /// The name of who invited; absent for the operator, on the command line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
    /// Until when it can be accepted.
    pub ends: Timestamp,
}

/// `POST /api/v1/invitations/accept`: joins, with a new account or the one that is signed in. Answered with a
/// [`Session`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// The secret of the link.
    pub token: String,
    /// Who joins; absent where the session that asks does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub person: Option<NewPerson>,
}

/// What an API token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Reads the workspace.
    Read,
    /// Works on deployments, as the one who made the token may.
    Write,
    /// Everything the one who made it may, but for accounts, sessions, invitations and tokens.
    Admin,
}

/// An API token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    /// Its id, which is no secret and part of the token.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// What it is good for.
    pub scope: Scope,
    /// Whose it is: it may never do more than they.
    pub member: MemberId,
    /// When it was made.
    pub made: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// When it was used last, to the minute.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub used: Option<Timestamp>,
}

/// The answer of `GET /api/v1/workspaces/{ws}/tokens`: the caller's own, for admins everybody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tokens {
    /// The newest first.
    pub tokens: Vec<Token>,
}

/// `POST /api/v1/workspaces/{ws}/tokens`: makes a token. Wants a session that was confirmed. Answered with
/// [`NewToken`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MakeToken {
    /// What it is for.
    pub name: String,
    /// What it is good for.
    pub scope: Scope,
    /// For how long, in milliseconds: at most [`TOKEN_MOST_MS`]; absent for [`TOKEN_MS`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lasts_ms: Option<i64>,
}

/// A token with its secret, which is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewToken {
    /// The token.
    pub token: Token,
    /// What goes behind `Authorization: Bearer`.
    pub secret: String,
}
