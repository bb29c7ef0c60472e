//! The messages between a replica and the server, each one once. See `docs/sync-protocol.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::envelope::WireCommand;
use super::presence::Onlookers;
use crate::canonical::Hash;
use crate::ids::{ClientId, CommandKey, EpochId, MemberId};
use crate::log::{Cursor, StoredEvent};
use crate::member::Profile;
use crate::rejection::{Rejection, lenient};
use crate::time::Timestamp;

/// The version of this protocol.
pub const PROTOCOL: u16 = 1;
/// The oldest version of the protocol that is still answered.
pub const OLDEST_PROTOCOL: u16 = 1;
/// The most commands in one push.
pub const PUSH_COMMANDS: usize = 500;
/// The most bytes in the body of one push.
pub const PUSH_BYTES: usize = 256 * 1024;
/// The most bytes of one command, so that it fits in a push by itself.
pub const COMMAND_BYTES: usize = PUSH_BYTES - 1024;
/// The most events in one page; a page never ends in the midst of a command's events.
pub const PAGE_EVENTS: usize = 500;
/// How often an open stream says that it is alive, in milliseconds.
pub const HEARTBEAT_MS: i64 = 15_000;

/// `POST hello`: where a replica stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HelloRequest {
    /// The version of the protocol the replica speaks.
    pub protocol: u16,
    /// The page that asks.
    pub client: ClientId,
    /// How far its replica is; absent for an empty one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cursor: Option<Cursor>,
    /// The queues it holds.
    pub queues: Vec<ClientId>,
    /// When it was sent, by the device's clock.
    pub sent_at: Timestamp,
}

/// What a replica has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HelloAction {
    /// Follow the stream from its cursor.
    Tail,
    /// Fetch the snapshot: it has none, or its cursor is too old.
    Snapshot,
    /// Fetch the snapshot and say so: its history is not the server's.
    Fork,
    /// Reload the app: it speaks no version this server does.
    Upgrade,
}

/// The newest command of a queue that has an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueuePosition {
    /// The queue.
    pub client: ClientId,
    /// Its newest command with an outcome; 0 for none.
    pub last_seq: u64,
}

/// The answer to `hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HelloResponse {
    /// The server's time.
    pub server_ms: Timestamp,
    /// The timeline.
    pub epoch: EpochId,
    /// The newest event.
    pub head: u64,
    /// The hash of the log up to there.
    pub chain: Hash,
    /// The oldest event that can still be asked for.
    pub oldest: u64,
    /// The versions of the protocol the server speaks.
    pub protocol: (u16, u16),
    /// The kinds of commands it understands, with the newest version of each.
    pub commands: BTreeMap<String, u16>,
    /// How far each queue is.
    pub queues: Vec<QueuePosition>,
    /// What to do next.
    pub action: HelloAction,
    /// After a restore: when the newest event that was restored had reached the server.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub restored_to: Option<Timestamp>,
    /// Whether the timeline began because something was taken out of the log, and not by a restore.
    #[serde(skip_serializing_if = "is_false", default)]
    pub is_redaction: bool,
    /// Commands of the queues that were named from which something was taken out: whoever keeps them lets go of what
    /// they said.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub redacted: Vec<CommandKey>,
    /// Who acts.
    pub member: MemberId,
    /// The people of the workspace, as they are shown.
    pub people: Vec<Profile>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_false(is: &bool) -> bool {
    !*is
}

/// `POST push`: commands in the order they were made; several queues may share one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PushRequest {
    /// The version of the protocol the replica speaks.
    pub protocol: u16,
    /// The timeline the replica follows.
    pub epoch: EpochId,
    /// When it was sent, by the device's clock.
    pub sent_at: Timestamp,
    /// The commands.
    pub commands: Vec<WireCommand>,
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutcomeStatus {
    /// It happened.
    Applied,
    /// It happened or not, and an edit by somebody else at the same time was kept beside it.
    Merged,
    /// It had no effect any more.
    Noop,
    /// A rule forbade it.
    Rejected,
}

/// What became of a command, for ever: a command pushed again gets the same outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outcome {
    /// What became of it.
    pub status: OutcomeStatus,
    /// Its first and last event.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub events: Option<(u64, u64)>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "lenient")]
    pub rejection: Option<Rejection>,
}

/// The outcome of one command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommandResult {
    /// The page that made it.
    pub client: ClientId,
    /// Its number there.
    pub seq: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// Set when the command had been pushed before.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub duplicate: bool,
}

/// The answer to `push`: an outcome for each command, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushResponse {
    /// The server's time.
    pub server_ms: Timestamp,
    /// The timeline.
    pub epoch: EpochId,
    /// The newest event.
    pub head: u64,
    /// The outcomes.
    pub results: Vec<CommandResult>,
}

/// `GET events?after=`: a page of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventsPage {
    /// The events, in order.
    pub events: Vec<StoredEvent>,
    /// The newest event there is.
    pub head: u64,
}

/// `GET stream?after=`: one server-sent event. Its event name is the tag, its data the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StreamMessage {
    /// What was committed together; to be applied together.
    Events(Vec<StoredEvent>),
    /// Still alive.
    Heartbeat {
        /// The server's time.
        server_ms: Timestamp,
        /// The newest event.
        head: u64,
    },
    /// Who looks at which deployment, where that changed; at the beginning of a stream where anybody does.
    Presence(Vec<Onlookers>),
    /// The stream ends; `hello` tells what is next.
    End {
        /// Why.
        reason: StreamEnd,
    },
}

/// Why the server ends a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StreamEnd {
    /// The server shuts down.
    Shutdown,
    /// The reader was too slow and has to catch up from the log.
    Behind,
}

/// The body of every answer that is an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// The error.
    pub error: ApiError,
}

/// An error over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiError {
    /// What kind it is.
    pub code: ErrorCode,
    /// What happened, what was kept and what to do, in plain English.
    pub message: String,
    /// What programs need to go on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub details: Option<ErrorDetails>,
}

/// What programs need to go on after an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorDetails {
    /// A queue has a gap.
    Gap {
        /// The queue.
        client: ClientId,
        /// The number that comes next.
        expected: u64,
    },
    /// A command's name was used for another command before.
    Reused {
        /// The queue.
        client: ClientId,
        /// The number.
        seq: u64,
    },
    /// The server follows another timeline.
    Fork {
        /// Which.
        epoch: EpochId,
        /// Its newest event.
        head: u64,
    },
    /// A rule forbade it.
    Rejected(Rejection),
}

/// Every kind of error over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The body or the query can't be read.
    Malformed,
    /// The body is too large.
    TooLarge,
    /// There is nothing at this address.
    NotFound,
    /// The address knows no such method.
    MethodNotAllowed,
    /// The body is of a type that is not accepted.
    UnsupportedMediaType,
    /// The request comes from another site.
    CrossOrigin,
    /// A queue has a gap: nothing was applied.
    Gap,
    /// A command's name was used before, for another command: nothing was applied.
    Reused,
    /// The replica follows another timeline: nothing was applied.
    Fork,
    /// The replica speaks a version that is not spoken here any more.
    Upgrade,
    /// The server has more to do than it can; try again.
    Busy,
    /// The disk is full: nothing was saved.
    StorageFull,
    /// Whether it was saved is not known; the same commands can be sent again.
    Indeterminate,
    /// The server shuts down.
    ShuttingDown,
    /// Nobody is signed in, or the session ended: sign in, what was not sent is kept.
    SignInNeeded,
    /// The name or the password is not right; which of the two is not said.
    WrongPassword,
    /// The password is right, and a code of the second factor is needed as well.
    SecondFactorNeeded,
    /// The code of the second factor is not right, or was used before.
    WrongCode,
    /// The password has to be given again first: `POST /api/v1/session/confirm`.
    ConfirmationNeeded,
    /// The caller may not do this.
    Forbidden,
    /// The server has no owner yet.
    SetupNeeded,
    /// A token of a link is not known, was used, or is too old.
    TokenGone,
    /// The name to sign in with is taken.
    LoginTaken,
    /// Somebody is a member already, and may do all that an invitation is to.
    AlreadyMember,
    /// A text is too short, too long, or a password that many use; or it names something that is not there.
    Unacceptable,
    /// A rule of the workspace forbids it: `details` says which.
    Rejected,
    /// Too many tries; the header `Retry-After` says how long to wait.
    TooManyTries,
    /// A failure inside the server.
    Internal,
}
