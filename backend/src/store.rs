//! Where logs are kept: what a store promises, in words that a second implementation can be written from.
//!
//! A store knows nothing of rules. It keeps bytes, in order, and says truthfully whether it kept them.

pub(crate) mod accounts;
#[cfg(test)]
mod conformance;
pub mod sqlite;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use slipway_shared::canonical::Hash;
use slipway_shared::ids::{ClientId, CommandKey, DeploymentId, EpochId, MemberId, WorkspaceId};
pub use slipway_shared::log::Link;
use slipway_shared::log::{Cursor, StoredEvent};
use slipway_shared::member::Profile;
pub use slipway_shared::sync::group::{NewEvent, NewOutcome};
use slipway_shared::time::Timestamp;

use accounts::Membership;

/// A workspace's log as the store knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// Whose log it is.
    pub workspace: WorkspaceId,
    /// Its newest place.
    pub cursor: Cursor,
    /// The one member that acts until there are accounts.
    pub local_member: MemberId,
    /// Whether it is demo data, that may be thrown away.
    pub is_demo: bool,
}

/// What a deployment was before it was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Which.
    pub deployment: DeploymentId,
    /// The hash of the body, as the log has it.
    pub hash: Hash,
    /// The canonical JSON of the deployment.
    pub body: String,
}

/// What is committed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// The head it was decided at.
    pub expected: Cursor,
    /// The head it leads to; equal to `expected` when no command had an effect.
    pub head: Cursor,
    /// The events in between, in order.
    pub events: Vec<NewEvent>,
    /// What became of the commands.
    pub outcomes: Vec<NewOutcome>,
    /// When that was decided: commands without events have no other time.
    pub decided: Timestamp,
    /// What the deployments were that the events seal.
    pub details: Vec<Detail>,
    /// The newest command with an outcome of each queue that moved.
    pub queues: Vec<(ClientId, u64)>,
}

/// A text that is taken out of a log for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// The event that tells of it, and what sealed deployments are without the text: decided at the head of the log, on
    /// the timeline that begins there.
    pub append: Append,
    /// What stands in for payloads: the place, the payload, and the hash of the one that was there.
    pub payloads: Vec<(u64, String, Hash)>,
    /// The text as it stands in JSON, to find what else has it.
    pub needle: String,
    /// The timeline that begins with it.
    pub epoch: EpochId,
}

/// A log to begin, with what happened in it so far.
#[derive(Clone, Debug)]
pub struct NewLog {
    /// Where it begins: at place 0 of the timeline that it follows from now on.
    pub head: LogHead,
    /// The people in it, as they are shown.
    pub people: Vec<Profile>,
    /// What happened so far, in order, the first of it at `head`.
    pub appends: Vec<Append>,
    /// Where timelines began, other than the first; one that came from elsewhere has at least the present one.
    pub timelines: Vec<Timeline>,
    /// The events that tell of redactions.
    pub redactions: Vec<u64>,
    /// Who of the accounts is whom.
    pub memberships: Vec<Membership>,
}

impl NewLog {
    /// Returns one in which nothing happened yet.
    #[must_use]
    pub const fn empty(head: LogHead, people: Vec<Profile>) -> Self {
        Self {
            head,
            people,
            appends: Vec::new(),
            timelines: Vec::new(),
            redactions: Vec::new(),
            memberships: Vec::new(),
        }
    }
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// All of it is kept, and survives the loss of power from now on.
    Appended,
    /// A head is not where it was decided, but here: nothing is kept. Read what is new, decide again.
    Moved(Cursor),
}

/// A snapshot as it is kept: compressed lines, whose footer proves that they are complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    /// The place in the log it is of.
    pub seq: u64,
    /// The lines, compressed.
    pub body: Vec<u8>,
}

/// Where a timeline left the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Its name.
    pub epoch: EpochId,
    /// The newest event that it has in common with the one before.
    pub began: u64,
}

/// Why the store can't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room. Nothing of the append is kept; the same append may succeed later.
    #[error("there is no room left on the disk")]
    Full,
    /// Somebody else holds the store for too long. Nothing of the append is kept.
    #[error("the store is held by somebody else")]
    Busy,
    /// The store failed while committing: what was to be kept may be kept or not. Only opening the store anew
    /// tells, so whoever sees this has to stop using it.
    #[error("the store failed while saving: whether it was saved is not known")]
    Indeterminate(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It was written by a newer version of the program; nothing was touched.
    #[error("the data is of version {found}, this program reads up to {known}")]
    Newer {
        /// The version of the data.
        found: i64,
        /// The newest version this program reads.
        known: i64,
    },
    /// It is something else than a store; nothing was touched.
    #[error("this is not a Slipway database")]
    Foreign,
    /// What is kept contradicts itself.
    #[error("the log is damaged at event {seq}")]
    Corrupt {
        /// Where.
        seq: u64,
    },
    /// Reading or opening failed.
    #[error("the store can't be read")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The writing half of a store. It has one owner; each method is one transaction.
///
/// Guarantees:
/// - **Durable**: when `append` returns `Appended`, everything in it survives a crash and the loss of power.
/// - **Atomic**: what is appended together is kept whole or not at all, also when the process is killed in its midst. So
///   is a log that is begun, with those who may open it: there is never one that belongs to nobody.
/// - **Compare and append**: an append names the head it was decided at. Of several that name the same head one
///   wins; the others get `Moved` and nothing of theirs is kept.
/// - **Gapless**: readers see sequence numbers 1, 2, 3 … and never one without those before it.
/// - **Exact**: an event is given back as the bytes it came as.
/// - Outcomes are never forgotten, and a command has at most one. The reason of a refusal is given back until it is
///   forgotten on purpose; then the outcome says that it was refused and no more.
pub trait Store: Send {
    /// Returns the heads of all logs.
    fn heads(&mut self) -> Result<Vec<LogHead>, StoreError>;

    /// Begins a log with all that it comes with, or returns an error when it exists.
    fn begin(&mut self, log: &NewLog) -> Result<(), StoreError>;

    /// Appends to several logs, each named once, with one sync for all of them. Where one of them moved nothing is
    /// kept, in none of them.
    fn append_all(&mut self, appends: &[(WorkspaceId, &Append)]) -> Result<Appended, StoreError>;

    /// Appends to a log.
    fn append(&mut self, workspace: WorkspaceId, append: &Append) -> Result<Appended, StoreError> {
        self.append_all(&[(workspace, append)])
    }

    /// Returns the outcome of a command; `None` for one that has none.
    fn outcome(&mut self, workspace: WorkspaceId, key: CommandKey) -> Result<Option<NewOutcome>, StoreError>;

    /// Returns how far every queue is.
    fn queues(&mut self, workspace: WorkspaceId) -> Result<Vec<(ClientId, u64)>, StoreError>;

    /// Keeps a snapshot beside the one before it; older ones are thrown away.
    fn save_snapshot(&mut self, workspace: WorkspaceId, snapshot: &SnapshotRow) -> Result<(), StoreError>;

    /// Returns the snapshots that are kept, newest first.
    fn snapshots(&mut self, workspace: WorkspaceId) -> Result<Vec<SnapshotRow>, StoreError>;

    /// Keeps what a deployment was before it was sealed, in place of what was kept for it.
    fn keep_detail(&mut self, workspace: WorkspaceId, detail: &Detail) -> Result<(), StoreError>;

    /// Forgets the reasons of refusals that were decided before a time; the outcomes stay. Returns how many.
    fn forget_rejections(&mut self, workspace: WorkspaceId, before: Timestamp) -> Result<usize, StoreError>;

    /// Begins a new timeline of a log at its head, for one that was brought here from elsewhere or from a backup.
    fn set_epoch(&mut self, workspace: WorkspaceId, epoch: EpochId) -> Result<(), StoreError>;

    /// Returns where timelines began, other than the first.
    fn timelines(&mut self, workspace: WorkspaceId) -> Result<Vec<Timeline>, StoreError>;

    /// Remembers a timeline that began elsewhere; one that is known stays as it is.
    fn remember_timeline(&mut self, workspace: WorkspaceId, timeline: Timeline) -> Result<(), StoreError>;

    /// Takes a text out of a log, all of it or nothing: replaces payloads, drops snapshots and whatever else has it,
    /// begins a new timeline at the head, and appends the event that tells of it there.
    fn redact(&mut self, workspace: WorkspaceId, redaction: &Redaction) -> Result<Appended, StoreError>;

    /// Overwrites what redactions have left on the disk. Returns whether nothing is left; else it is to be tried again.
    fn wipe(&mut self) -> Result<bool, StoreError>;

    /// Remembers an event that tells of a redaction and came from elsewhere.
    fn remember_redaction(&mut self, workspace: WorkspaceId, seq: u64) -> Result<(), StoreError>;

    /// Tells whether there is room to write again, by writing.
    fn probe(&mut self) -> Result<(), StoreError>;

    /// Returns a reader that may be used while the writer writes.
    fn reader(&mut self) -> Result<Arc<dyn Reader>, StoreError>;
}

/// The reading half of a store; any number of threads may use it. Reads see what is committed.
pub trait Reader: Send + Sync {
    /// Returns the heads of all logs.
    fn heads(&self) -> Result<Vec<LogHead>, StoreError>;

    /// Returns at most `limit` events after `after`, in order, without gaps. A command's events may be cut.
    fn events(
        &self,
        workspace: WorkspaceId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// Returns at most `limit` events before `before`, the newest first.
    fn events_before(
        &self,
        workspace: WorkspaceId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// Returns at most `limit` events about a deployment before `before`, the newest first. One whose payload was
    /// removed tells nothing, and is left out.
    fn events_of(
        &self,
        workspace: WorkspaceId,
        deployment: DeploymentId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// Returns all events about members, the oldest first.
    fn member_events(&self, workspace: WorkspaceId) -> Result<Vec<StoredEvent>, StoreError>;

    /// Returns one link of the chain; `None` beyond the head.
    fn link(&self, workspace: WorkspaceId, seq: u64) -> Result<Option<Link>, StoreError>;

    /// Returns where timelines began, other than the first.
    fn timelines(&self, workspace: WorkspaceId) -> Result<Vec<Timeline>, StoreError>;

    /// Returns the events that tell of redactions, in order.
    fn redactions(&self, workspace: WorkspaceId) -> Result<Vec<u64>, StoreError>;

    /// Returns the people of a workspace, as they are shown.
    fn people(&self, workspace: WorkspaceId) -> Result<Vec<Profile>, StoreError>;

    /// Returns what a deployment was before it was sealed last; `None` where that was not kept.
    fn detail(&self, workspace: WorkspaceId, deployment: DeploymentId) -> Result<Option<Detail>, StoreError>;

    /// Looks for damage in what is kept; the text says what was found.
    fn check(&self) -> Result<Option<String>, StoreError>;
}
