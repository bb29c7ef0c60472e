//! The writer: one thread that owns the store, gives commands their place, and answers once they are committed.
//!
//! What waits in the queue is committed together, of whichever workspaces it is. A command is answered strictly after its
//! commit, and what was committed is published in the order of the log before anybody is answered.

mod group;
mod handle;
mod lane;
mod redact;
mod run;
mod snapshots;
mod start;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use slipway_shared::account::WORKSPACES_MOST;
use slipway_shared::ids::{ClientId, DeviceId, EpochId, MemberId, WorkspaceId};
use slipway_shared::redaction::Redacted;
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::CommandResult;
use slipway_shared::time::Timestamp;
use tokio::sync::{oneshot, watch};

use crate::clock::Clock;
use crate::redaction::RedactError;
use crate::store::{Detail, NewLog, Reader, SnapshotRow, Store, StoreError};

pub use handle::OpenWorkspace;
pub(crate) use redact::Redacting;
pub(crate) use snapshots::{SnapshotState, snapshot_state};
pub(crate) use start::{Loaded, load};

#[cfg(test)]
mod tests;

/// How many pushes may wait.
const QUEUE: usize = 4096;

/// Commands that arrived together.
#[derive(Debug)]
pub struct Push {
    /// Who acts.
    pub actor: MemberId,
    /// On which device, where it is known.
    pub device: Option<DeviceId>,
    /// The timeline they are meant for.
    pub epoch: EpochId,
    /// When they were sent, by the clock of the sender.
    pub sent_at: Timestamp,
    /// The commands, in order.
    pub commands: Vec<WireCommand>,
}

/// The answer to a push: an outcome for each command, and the newest event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The outcomes, in the order of the commands.
    pub results: Vec<CommandResult>,
    /// The newest event.
    pub head: u64,
}

/// Why a push has no outcomes. Nothing of it was applied, unless the variant says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// Commands of a queue are missing.
    #[error("queue {client} has a gap: command {expected} comes next")]
    Gap {
        /// The queue.
        client: ClientId,
        /// The number that comes next.
        expected: u64,
    },
    /// A name was used for another command before.
    #[error("command {seq} of queue {client} was another one before")]
    Reused {
        /// The queue.
        client: ClientId,
        /// The number.
        seq: u64,
    },
    /// The workspace follows another timeline.
    #[error("the workspace follows timeline {epoch}")]
    Fork {
        /// Which.
        epoch: EpochId,
        /// Its newest event.
        head: u64,
    },
    /// No room on the disk.
    #[error("the disk is full")]
    Full,
    /// More waits than can be kept waiting, or somebody else holds the store.
    #[error("the server has more to do than it can")]
    Busy,
    /// Whether it was applied is not known.
    #[error("whether it was saved is not known")]
    Indeterminate,
    /// The writer is gone.
    #[error("the server shuts down")]
    Stopped,
}

/// How the writer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It writes.
    Ready,
    /// The disk is full; it tries again by itself.
    Full,
    /// The store failed while committing: the process has to end, and opening the store anew tells what was kept.
    Failed,
    /// It was told to stop.
    Stopped,
}

/// A workspace to begin while the server runs.
#[derive(Clone, Debug)]
pub struct NewWorkspace {
    /// Its log.
    pub log: NewLog,
    /// What the log leads to, at its head, on its present timeline.
    pub sequencer: Sequencer,
}

/// Why a workspace was not begun. Nothing of it is there, unless the variant says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BeginError {
    /// There is one of this id.
    #[error("there is such a workspace already")]
    Exists,
    /// There are as many as there may be.
    #[error("there are {WORKSPACES_MOST} workspaces already, and there can't be more")]
    TooMany,
    /// What it comes with contradicts itself; the store is as it was.
    #[error("what the workspace comes with contradicts itself")]
    Damaged,
    /// It could not be saved; [`PushError::Indeterminate`] means that it may be there.
    #[error(transparent)]
    NotSaved(#[from] PushError),
}

enum Job {
    Push(WorkspaceId, Push, oneshot::Sender<Result<Pushed, PushError>>),
    Begin(Box<NewWorkspace>, oneshot::Sender<Result<OpenWorkspace, BeginError>>),
    Snapshot(WorkspaceId, Option<SnapshotRow>, u64),
    Redact(WorkspaceId, Redacting, oneshot::Sender<Result<Redacted, RedactError>>),
    Wipe,
    KeepDetail(WorkspaceId, Detail),
    ForgetRejections(WorkspaceId, Timestamp),
    Stop,
}

/// What the thread needs.
pub(crate) struct Parts {
    pub(crate) store: Box<dyn Store>,
    pub(crate) reader: Arc<dyn Reader>,
    /// The logs that are there.
    pub(crate) logs: Vec<Loaded>,
    pub(crate) clock: Clock,
    /// Whether somebody else failed to save into the same file: nothing may be acknowledged any more.
    pub(crate) is_broken: Arc<AtomicBool>,
}

/// The workspaces that are open, by id.
type Registry = Arc<RwLock<BTreeMap<WorkspaceId, OpenWorkspace>>>;

/// The way to the writer's thread. Clones lead to the same one.
#[derive(Clone)]
pub struct Writer {
    jobs: SyncSender<Job>,
    open: Registry,
    health: watch::Receiver<Health>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(parts: Parts) -> Result<(Self, JoinHandle<()>), StoreError> {
        let (jobs, queue) = sync_channel(QUEUE);
        let (set_health, health) = watch::channel(Health::Ready);
        let writer = Self { jobs, open: Registry::default(), health };
        let thread = run::Thread::new(parts, &writer, set_health);
        let builder = std::thread::Builder::new().name("writer".to_owned());
        let handle = builder.spawn(move || thread.run(&queue));
        Ok((writer, handle.map_err(|error| StoreError::Failed(error.into()))?))
    }

    /// Returns a workspace; `None` where there is none of this id.
    #[must_use]
    pub fn workspace(&self, id: WorkspaceId) -> Option<OpenWorkspace> {
        // The lock is held only to copy pointers: nothing can panic there.
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Returns all workspaces, by id.
    #[must_use]
    pub fn workspaces(&self) -> Vec<OpenWorkspace> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Begins a workspace and opens it, all of it or nothing. What becomes of it does not depend on anybody waiting.
    ///
    /// # Errors
    ///
    /// See [`BeginError`].
    pub async fn begin(&self, new: NewWorkspace) -> Result<OpenWorkspace, BeginError> {
        let (answer, receiver) = oneshot::channel();
        self.jobs.try_send(Job::Begin(Box::new(new), answer)).map_err(|refused| match refused {
            TrySendError::Full(_) => PushError::Busy,
            TrySendError::Disconnected(_) => PushError::Stopped,
        })?;
        // A writer that is gone without an answer died: whether it saved is not known.
        receiver.await.unwrap_or(Err(BeginError::NotSaved(PushError::Indeterminate)))
    }

    /// Has overwritten what redactions have left on the disk, where something is left. Nobody waits for it.
    pub(crate) fn wipe(&self) {
        drop(self.jobs.try_send(Job::Wipe));
    }

    /// Returns how it is; the receiver also tells when that changes.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    /// Tells the thread to finish what waits, save snapshots and end. Join its handle to wait for that.
    pub fn stop(&self) {
        // A thread that is gone needs no telling.
        drop(self.jobs.send(Job::Stop));
    }
}
