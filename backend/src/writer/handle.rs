//! A workspace that is open: the way to its lane of the writer, its newest state, and who follows it live.

use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, PoisonError, RwLock};

use slipway_shared::ids::{MemberId, WorkspaceId};
use slipway_shared::redaction::Redacted;
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::time::Timestamp;
use tokio::sync::oneshot;

use super::{Job, Push, PushError, Pushed, Redacting};
use crate::live::Hub;
use crate::presence::Presence;
use crate::redaction::RedactError;
use crate::store::{Detail, LogHead};

/// A workspace that is open. Clones are the same one.
#[derive(Clone)]
pub struct OpenWorkspace(Arc<Inner>);

struct Inner {
    id: WorkspaceId,
    local_member: MemberId,
    jobs: SyncSender<Job>,
    state: RwLock<Arc<Sequencer>>,
    hub: Hub,
    presence: Arc<Presence>,
}

impl std::fmt::Debug for OpenWorkspace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("OpenWorkspace").field(&self.0.id).finish()
    }
}

impl OpenWorkspace {
    pub(super) fn new(head: &LogHead, sequencer: &Sequencer, jobs: SyncSender<Job>) -> Self {
        Self(Arc::new(Inner {
            id: head.workspace,
            local_member: head.local_member,
            jobs,
            state: RwLock::new(Arc::new(sequencer.clone())),
            hub: Hub::new(),
            presence: Presence::new(),
        }))
    }

    /// Returns which one it is.
    #[must_use]
    pub fn id(&self) -> WorkspaceId {
        self.0.id
    }

    /// Returns its first member, whom the first account of the server claims.
    #[must_use]
    pub fn local_member(&self) -> MemberId {
        self.0.local_member
    }

    /// Returns the newest committed state.
    #[must_use]
    pub fn state(&self) -> Arc<Sequencer> {
        // The lock is held only to copy a pointer: nothing can panic there.
        Arc::clone(&self.0.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set_state(&self, state: Sequencer) {
        *self.0.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// Returns who looks at what in it.
    pub(crate) fn presence(&self) -> &Arc<Presence> {
        &self.0.presence
    }

    /// Hands commands over. What becomes of them does not depend on anybody waiting for the answer.
    ///
    /// # Errors
    ///
    /// [`PushError::Busy`] when too many wait, [`PushError::Stopped`] when the writer is gone.
    pub fn submit(&self, push: Push) -> Result<oneshot::Receiver<Result<Pushed, PushError>>, PushError> {
        let (answer, receiver) = oneshot::channel();
        match self.0.jobs.try_send(Job::Push(self.0.id, push, answer)) {
            Ok(()) => Ok(receiver),
            Err(TrySendError::Full(_)) => Err(PushError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(PushError::Stopped),
        }
    }

    /// Hands commands over and waits for the answer.
    ///
    /// # Errors
    ///
    /// As [`OpenWorkspace::submit`], and whatever became of the push.
    pub async fn push(&self, push: Push) -> Result<Pushed, PushError> {
        // A writer that is gone without an answer died: whether it saved is not known.
        self.submit(push)?.await.unwrap_or(Err(PushError::Indeterminate))
    }

    /// As [`OpenWorkspace::push`], outside of an async runtime.
    ///
    /// # Errors
    ///
    /// As [`OpenWorkspace::push`].
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
        match self.0.jobs.try_send(Job::Redact(self.0.id, asked, answer)) {
            Ok(()) => receiver.await.unwrap_or(Err(PushError::Indeterminate.into())),
            Err(TrySendError::Full(_)) => Err(PushError::Busy.into()),
            Err(TrySendError::Disconnected(_)) => Err(PushError::Stopped.into()),
        }
    }

    /// Has a detail kept that was missing. Nobody waits for it: it can be read off the log again.
    pub(crate) fn keep_detail(&self, detail: Detail) {
        drop(self.0.jobs.try_send(Job::KeepDetail(self.0.id, detail)));
    }

    /// Has the reasons of refusals forgotten that were decided before a time. Nobody waits for it: it is tried again.
    pub(crate) fn forget_rejections(&self, before: Timestamp) {
        drop(self.0.jobs.try_send(Job::ForgetRejections(self.0.id, before)));
    }
}
