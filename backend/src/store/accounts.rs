//! What is kept about accounts, sessions, invitations and tokens. Of every secret only its hash gets here.

use slipway_shared::account::{CONFIRMED_MS, Scope};
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{AccountId, InvitationId, MemberId, SessionId, TokenId, WorkspaceId};
use slipway_shared::member::Role;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::time::Timestamp;

use super::StoreError;

/// Who does something to accounts, as the log of accounts names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// Somebody who is signed in.
    Session { account: AccountId, id: SessionId },
    /// A program, with an API token.
    Token { account: AccountId, id: TokenId },
    /// Who has the data directory.
    Operator,
    /// Nobody who is known: tries that failed.
    Nobody,
}

impl By {
    /// Returns who ends every session but one; the operator spares none.
    pub(crate) fn who_spares(account: AccountId, but: Option<SessionId>) -> Self {
        but.map_or(Self::Operator, |id| Self::Session { account, id })
    }
}

/// Tries to sign in that failed, of one account from one network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FailedTries {
    /// Whose name was given; `None` for names that are nobody's, and for what is counted together.
    pub(crate) account: Option<AccountId>,
    /// From which network, by a text that tells no address; `None` for what is counted together.
    pub(crate) network: Option<String>,
    pub(crate) count: u64,
}

/// A time in which somebody belonged to a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Belonging {
    pub(crate) account: AccountId,
    pub(crate) from: Timestamp,
    /// Until when, with that moment itself.
    pub(crate) to: Timestamp,
}

/// An event of the log of accounts as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccountEventRow {
    pub(crate) seq: u64,
    pub(crate) chain: Hash,
    /// The account and workspace that are kept beside the body.
    pub(crate) account: Option<AccountId>,
    pub(crate) workspace: Option<WorkspaceId>,
    /// The canonical JSON of the event.
    pub(crate) body: String,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccountRow {
    pub(crate) id: AccountId,
    /// The name to show.
    pub(crate) name: String,
    /// The name to sign in with, folded.
    pub(crate) login: String,
    /// The password as PHC text.
    pub(crate) password: String,
    /// The second factor, where there is one.
    pub(crate) second_factor: Option<SecondFactor>,
    /// A secret that no code has proved yet, locked.
    pub(crate) draft: Option<Vec<u8>>,
    /// How many recovery codes are left.
    pub(crate) recovery_codes: u32,
    pub(crate) made: Timestamp,
    pub(crate) disabled_at: Option<Timestamp>,
    /// How often all of its sessions, or all but one, were ended.
    pub(crate) sign_outs: u64,
}

/// What codes are checked by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecondFactor {
    /// The secret, locked.
    pub(crate) locked: Vec<u8>,
    /// The newest step whose code was used.
    pub(crate) step: Option<u64>,
}

/// An account to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewAccount {
    pub(crate) id: AccountId,
    pub(crate) name: String,
    pub(crate) login: String,
    pub(crate) password: String,
    pub(crate) made: Timestamp,
}

/// Who an account is in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which account.
    pub account: AccountId,
    /// Where.
    pub workspace: WorkspaceId,
    /// Who they are there.
    pub member: MemberId,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    /// The hash of the secret that opened it. Another one does once the password was given again.
    pub(crate) hash: Hash,
    pub(crate) account: AccountId,
    pub(crate) device: String,
    pub(crate) began: Timestamp,
    pub(crate) used: Timestamp,
    pub(crate) idle_end: Timestamp,
    pub(crate) absolute_end: Timestamp,
    pub(crate) is_shared: bool,
    /// When the password was given last.
    pub(crate) confirmed_at: Timestamp,
}

impl SessionRow {
    /// Returns whoever acts in it.
    pub(crate) fn by(&self) -> By {
        By::Session { account: self.account, id: self.id }
    }

    /// Tells whether the password was given not long ago.
    pub(crate) fn is_confirmed(&self, now: Timestamp) -> bool {
        now.since(self.confirmed_at) <= CONFIRMED_MS
    }

    /// Returns when it ends if it is not used any more.
    pub(crate) fn ends(&self) -> Timestamp {
        self.idle_end.min(self.absolute_end)
    }
}

/// How many tokens a member may have that are good.
pub(crate) const TOKENS_MOST: u32 = 50;
/// How many invitations to a workspace may be open.
pub(crate) const INVITATIONS_MOST: u32 = 100;

/// An invitation that can still be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvitationRow {
    pub(crate) id: InvitationId,
    pub(crate) workspace: WorkspaceId,
    /// Who the one who accepts will be.
    pub(crate) member: MemberId,
    pub(crate) role: Role,
    pub(crate) note: String,
    pub(crate) by: MemberId,
    /// Whether it is of who has the data directory, who need be no admin of the workspace.
    pub(crate) is_operators: bool,
    pub(crate) ends: Timestamp,
}

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenRow {
    pub(crate) id: TokenId,
    pub(crate) account: AccountId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) member: MemberId,
    pub(crate) name: String,
    pub(crate) scope: Scope,
    pub(crate) made: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) used: Option<Timestamp>,
}

/// What a caller calls a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestName {
    pub(crate) workspace: WorkspaceId,
    /// The id of the session or token.
    pub(crate) caller: u128,
    /// What the caller chose.
    pub(crate) key: String,
}

/// What a request asked for, and the commands it became.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RequestRow {
    /// The hash of what was asked for.
    pub(crate) hash: Hash,
    /// The id of what it makes.
    pub(crate) made: Option<u128>,
    pub(crate) commands: Vec<WireCommand>,
}

/// Who joins a workspace by an invitation.
#[derive(Clone, Debug)]
pub(crate) enum Joining {
    /// Somebody new.
    New(NewAccount),
    /// Somebody who has an account, by the name they are shown under.
    Known { account: AccountId, name: String },
}

/// What came of something that a session asked for. Whether it is still open is looked at where the thing is done: the
/// look that let the request in was some time before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acted {
    /// It is done.
    Done,
    /// It can't be done now: there is no room for more, or what it was about is not there. Nothing was changed.
    Not,
    /// The session has ended. Nothing was changed.
    Ended,
}

/// What came of withdrawing an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Withdrawal {
    /// It is good for nothing any more.
    Done,
    /// Somebody is accepting it right now. Nothing was changed.
    BeingAccepted,
    /// There is none that is open.
    Unknown,
}

/// What accepting an invitation or setting the server up makes, all of it or nothing.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) who: Joining,
    pub(crate) workspace: WorkspaceId,
    pub(crate) member: MemberId,
    /// The session that begins with it; nobody who is signed in needs another.
    pub(crate) session: Option<SessionRow>,
    /// The session of who is signed in already.
    pub(crate) who_signed_in: Option<SessionId>,
}

/// Why somebody can't come in. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EntryError {
    /// The token of the link is not known, was used, or is too old.
    #[error("the token is not good any more")]
    TokenGone,
    /// Somebody is accepting the invitation right now.
    #[error("the invitation is being accepted")]
    BeingAccepted,
    /// The name to sign in with is taken.
    #[error("the name to sign in with is taken")]
    LoginTaken,
    /// The account is somebody else in the workspace already: it joined by another invitation at the same time.
    #[error("the account is a member already")]
    AlreadyMember,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
