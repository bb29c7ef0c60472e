//! The writer: one thread that owns the store, gives commands their place, and answers once they are committed.
//!
//! What waits in the queue is committed together. A command is answered strictly after its commit, and what was
//! committed is published in the order of the log before anybody is answered.

mod group;
mod redact;
mod run;
mod snapshots;
mod start;

use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use slipway_shared::ids::{ClientId, DeviceId, EpochId, MemberId, WorkspaceId};
use slipway_shared::redaction::Redacted;
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::CommandResult;
use slipway_shared::time::Timestamp;
use tokio::sync::{oneshot, watch};

use crate::clock::Clock;
use crate::live::Hub;
use crate::redaction::RedactError;
use crate::store::{Detail, LogHead, Reader, SnapshotRow, Store, StoreError};

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

enum Job {
    Push(Push, oneshot::Sender<Result<Pushed, PushError>>),
    Snapshot(Option<SnapshotRow>, u64),
    Redact(Redacting, oneshot::Sender<Result<Redacted, RedactError>>),
    Wipe,
    KeepDetail(Detail),
    ForgetRejections(Timestamp),
    Stop,
}

/// What the thread needs.
pub(crate) struct Parts {
    pub(crate) store: Box<dyn Store>,
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) head: LogHead,
    pub(crate) sequencer: Sequencer,
    pub(crate) snapshot_seq: u64,
    pub(crate) clock: Clock,
    pub(crate) hub: Hub,
    /// Whether somebody else failed to save into the same file: nothing may be acknowledged any more.
    pub(crate) is_broken: Arc<AtomicBool>,
}

/// The way to the writer's thread. Clones lead to the same one.
#[derive(Clone)]
pub struct Writer {
    jobs: SyncSender<Job>,
    state: Arc<RwLock<Arc<Sequencer>>>,
    health: watch::Receiver<Health>,
    workspace: WorkspaceId,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(parts: Parts) -> Result<(Self, JoinHandle<()>), StoreError> {
        let (jobs, queue) = sync_channel(QUEUE);
        let (set_health, health) = watch::channel(Health::Ready);
        let state = Arc::new(RwLock::new(Arc::new(parts.sequencer.clone())));
        let writer = Self { jobs, state, health, workspace: parts.head.workspace };
        let thread = run::Thread::new(parts, &writer, set_health);
        let builder = std::thread::Builder::new().name("writer".to_owned());
        let handle = builder.spawn(move || thread.run(&queue));
        Ok((writer, handle.map_err(|error| StoreError::Failed(error.into()))?))
    }

    /// Hands commands over. What becomes of them does not depend on anybody waiting for the answer.
    ///
    /// # Errors
    ///
    /// [`PushError::Busy`] when too many wait, [`PushError::Stopped`] when the writer is gone.
    pub fn submit(&self, push: Push) -> Result<oneshot::Receiver<Result<Pushed, PushError>>, PushError> {
        let (answer, receiver) = oneshot::channel();
        match self.jobs.try_send(Job::Push(push, answer)) {
            Ok(()) => Ok(receiver),
            Err(TrySendError::Full(_)) => Err(PushError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(PushError::Stopped),
        }
    }

    /// Hands commands over and waits for the answer.
    ///
    /// # Errors
    ///
    /// As [`Writer::submit`], and whatever became of the push.
    pub async fn push(&self, push: Push) -> Result<Pushed, PushError> {
        // A writer that is gone without an answer died: whether it saved is not known.
        self.submit(push)?.await.unwrap_or(Err(PushError::Indeterminate))
    }

    /// As [`Writer::push`], outside of an async runtime.
    ///
    /// # Errors
    ///
    /// As [`Writer::push`].
    pub fn push_blocking(&self, push: Push) -> Result<Pushed, PushError> {
        self.submit(push)?.blocking_recv().unwrap_or(Err(PushError::Indeterminate))
    }

    /// Takes a text out of the log, and waits for that.
    ///
    /// # Errors
    ///
    /// Why it can't be taken out.
    pub(crate) async fn redact(&self, asked: Redacting) -> Result<Redacted, RedactError> {
        let (answer, receiver) = oneshot::channel();
        match self.jobs.try_send(Job::Redact(asked, answer)) {
            Ok(()) => receiver.await.unwrap_or(Err(PushError::Indeterminate.into())),
            Err(TrySendError::Full(_)) => Err(PushError::Busy.into()),
            Err(TrySendError::Disconnected(_)) => Err(PushError::Stopped.into()),
        }
    }

    /// Has overwritten what redactions have left on the disk, where something is left. Nobody waits for it.
    pub(crate) fn wipe(&self) {
        drop(self.jobs.try_send(Job::Wipe));
    }

    /// Has a detail kept that was missing. Nobody waits for it: it can be read off the log again.
    pub(crate) fn keep_detail(&self, detail: Detail) {
        drop(self.jobs.try_send(Job::KeepDetail(detail)));
    }

    /// Has the reasons of refusals forgotten that were decided before a time. Nobody waits for it: it is tried again.
    pub(crate) fn forget_rejections(&self, before: Timestamp) {
        drop(self.jobs.try_send(Job::ForgetRejections(before)));
    }

    /// Returns the newest committed state.
    #[must_use]
    pub fn state(&self) -> Arc<Sequencer> {
        // The lock is held only to copy a pointer: nothing can panic there.
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the workspace it writes.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// Returns how it is; the receiver also tells when that changes.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    /// Tells the thread to finish what waits, save a snapshot and end. Join its handle to wait for that.
    pub fn stop(&self) {
        // A thread that is gone needs no telling.
        drop(self.jobs.send(Job::Stop));
    }
}
