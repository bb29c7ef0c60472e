//! Who did what: what happens to accounts, chained like a workspace's log, and a page of both for admins.
//!
//! What happens to accounts is no event of a workspace: it is kept by the server alone, goes to no replica, and names
//! people by ids only, so that whoever is erased is nobody in it. See `docs/decisions/0021-the-audit.md`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::Scope;
use crate::canonical::Hash;
use crate::event::Event;
use crate::ids::{AccountId, MemberId, SessionId, TokenId, WorkspaceId};
use crate::log::{Cursor, StoredEvent};
use crate::member::Role;
use crate::time::Timestamp;

/// The most entries of a page.
pub const PAGE_ENTRIES: usize = 50;

/// A page of what happened to one deployment, the newest first.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentHistory {
    /// What happened.
    pub entries: Vec<AuditEntry>,
    /// What to ask for as `before` to read on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<u64>,
}

/// What can happen to accounts. Only its name is stored, so that an older build reads what a newer one wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountAct {
    /// The server got its owner.
    SetUp,
    /// Somebody signed in.
    SignedIn,
    /// Somebody did not get in: a wrong name, password or code, so many times within about a minute.
    SignInFailed,
    /// Somebody signed out.
    SignedOut,
    /// A session was ended from another.
    SessionEnded,
    /// All sessions of an account but one, or all of them, were ended.
    SessionsEnded,
    /// The name that others see was changed.
    Renamed,
    /// A password was changed.
    PasswordChanged,
    /// A second factor is asked for from now on.
    SecondFactorSet,
    /// No second factor is asked for any more.
    SecondFactorDropped,
    /// A recovery code was used up.
    RecoveryCodeUsed,
    /// An account lets nobody in any more.
    Disabled,
    /// An account lets somebody in again.
    Enabled,
    /// Somebody was invited to a workspace.
    InvitationMade,
    /// An invitation was taken back.
    InvitationWithdrawn,
    /// Somebody joined a workspace by an invitation.
    InvitationAccepted,
    /// An API token was made.
    TokenMade,
    /// An API token was ended.
    TokenRevoked,
    /// A backup was put in place: every session and invitation ended.
    Restored,
    /// The audit of a workspace, or all of it, was written out.
    Exported,
}

impl AccountAct {
    /// Every act.
    pub const ALL: [Self; 20] = [
        Self::SetUp,
        Self::SignedIn,
        Self::SignInFailed,
        Self::SignedOut,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::Renamed,
        Self::PasswordChanged,
        Self::SecondFactorSet,
        Self::SecondFactorDropped,
        Self::RecoveryCodeUsed,
        Self::Disabled,
        Self::Enabled,
        Self::InvitationMade,
        Self::InvitationWithdrawn,
        Self::InvitationAccepted,
        Self::TokenMade,
        Self::TokenRevoked,
        Self::Restored,
        Self::Exported,
    ];

    /// Returns its name in the log of accounts, `group.participle`. It never changes.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::SetUp => "server.set_up",
            Self::SignedIn => "session.began",
            Self::SignInFailed => "session.failed",
            Self::SignedOut => "session.signed_out",
            Self::SessionEnded => "session.ended",
            Self::SessionsEnded => "session.all_ended",
            Self::Renamed => "account.renamed",
            Self::PasswordChanged => "account.password_changed",
            Self::SecondFactorSet => "account.second_factor_set",
            Self::SecondFactorDropped => "account.second_factor_dropped",
            Self::RecoveryCodeUsed => "account.recovery_code_used",
            Self::Disabled => "account.disabled",
            Self::Enabled => "account.enabled",
            Self::InvitationMade => "invitation.made",
            Self::InvitationWithdrawn => "invitation.withdrawn",
            Self::InvitationAccepted => "invitation.accepted",
            Self::TokenMade => "token.made",
            Self::TokenRevoked => "token.revoked",
            Self::Restored => "server.restored",
            Self::Exported => "server.exported",
        }
    }

    /// Returns the act of a name; `None` for one of a newer build.
    #[must_use]
    pub fn of(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.kind() == kind)
    }
}

/// Tells whether a text names a kind of entry that this build knows, or a group of kinds: all before the dot.
#[must_use]
pub fn is_known_kind(asked: &str) -> bool {
    let acts = AccountAct::ALL.into_iter().map(AccountAct::kind);
    let is_asked =
        |kind: &str| kind == asked || kind.split_once('.').is_some_and(|(group, _)| group == asked);
    Event::KINDS.into_iter().chain(acts).any(is_asked)
}

/// Something that happened to accounts. Its canonical JSON is what the chain hashes, for ever.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountEvent {
    /// Its place: 1, 2, 3 … without gaps, over all workspaces of the server.
    pub seq: u64,
    /// What happened, see [`AccountAct::kind`].
    pub kind: String,
    /// When, by the server's clock.
    pub at: Timestamp,
    /// Whose account it is about; absent where it is about none that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<AccountId>,
    /// Who did it, where that was somebody who is signed in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<AccountId>,
    /// In which session.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session: Option<SessionId>,
    /// With which API token.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token: Option<TokenId>,
    /// Whether it was done on the command line, by who has the data directory.
    #[serde(skip_serializing_if = "is_false", default)]
    pub by_operator: bool,
    /// Which workspace it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub workspace: Option<WorkspaceId>,
    /// The id of the session, invitation or token it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = "uuid"))]
    pub subject: Option<Uuid>,
    /// How many: sessions that were ended, tries that failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub count: Option<u64>,
    /// From which network tries came: the same text for the same network until the server starts anew, and no address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub network: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_false(is: &bool) -> bool {
    !*is
}

/// Returns the next hash of the chain of accounts: over the previous one and the canonical JSON of the event.
#[must_use]
pub fn account_chain(previous: Hash, body: &str) -> Hash {
    Hash::of(&[&previous.0, body.as_bytes()])
}

/// A place in the log of accounts.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPlace {
    /// The newest event up to there; 0 before the first.
    pub seq: u64,
    /// The hash of the log up to there.
    pub chain: Hash,
}

/// One entry of the audit: an event of the workspace's log, or one of accounts.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When it reached the server.
    pub at: Timestamp,
    /// What kind it is of.
    pub kind: String,
    /// Who did it, as a member; absent for the operator, for nobody, and for somebody who is of no concern here.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<MemberId>,
    /// On which device: the name of its session or API token, or the end of its id where that is gone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device: Option<String>,
    /// The event of the workspace's log, as it is hashed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub event: Option<StoredEvent>,
    /// The event of accounts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<AccountEvent>,
    /// Whom that is about, as a member, where it was somebody else who did it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub concerns: Option<MemberId>,
    /// What is known of the API token or the invitation that the event of accounts is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub details: Option<AuditDetails>,
}

/// An API token or an invitation as the audit tells of it: no secret, and not for whom an invitation was.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditDetails {
    /// What the token is for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// What the token is good for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scope: Option<Scope>,
    /// What whoever accepts the invitation may do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<Role>,
}

/// A page of the audit, newest first: the answer of `GET …/audit`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The entries that fit, at most [`PAGE_ENTRIES`]. Fewer don't mean that there are no more: `next` does.
    pub entries: Vec<AuditEntry>,
    /// What to ask for as `before` to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
    /// The head of the workspace's log.
    pub log: Cursor,
    /// The head of the log of accounts.
    pub accounts: AccountPlace,
    /// The hash of the log of accounts up to the place that was asked for as `witness`; absent beyond its head. Whoever
    /// knows another one has seen another history.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub witness: Option<Hash>,
}
