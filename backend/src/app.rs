//! What every request needs, started and stopped together.

use std::sync::Arc;
use std::thread::JoinHandle;

use slipway_shared::ids::{MemberId, WorkspaceId};
use tokio::sync::watch;

use crate::backup::schedule::Standing;
use crate::clock::Clock;
use crate::data_dir::DataDir;
use crate::live::Hub;
use crate::open::Opened;
use crate::store::{Reader, StoreError};
use crate::writer::{Health, Parts, Writer};

/// What every request needs. Clones are the same app.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    /// Gives commands their place.
    writer: Writer,
    /// Reads what is committed.
    reader: Arc<dyn Reader>,
    /// Passes on what was committed.
    hub: Hub,
    /// Tells the time.
    clock: Clock,
    /// Whether the server shuts down.
    draining: watch::Sender<bool>,
    /// The one member that acts until there are accounts; its owner claims it later.
    local_member: MemberId,
    /// The writer's thread, until it is waited for.
    thread: std::sync::Mutex<Option<JoinHandle<()>>>,
    /// How the backups are that the server makes by itself; none where it makes none.
    backups: watch::Sender<Option<Standing>>,
    /// Held so that nobody else opens the directory.
    dir: DataDir,
}

impl App {
    /// Starts the writer on a data directory that is open.
    ///
    /// # Errors
    ///
    /// When the thread can't be started.
    pub fn start(opened: Opened, clock: Clock) -> Result<Self, StoreError> {
        let Opened { dir, store, reader, head, sequencer, snapshot_seq } = opened;
        let hub = Hub::new();
        let parts = Parts {
            store,
            reader: Arc::clone(&reader),
            head,
            sequencer,
            snapshot_seq,
            clock: clock.clone(),
            hub: hub.clone(),
        };
        let (writer, thread) = Writer::start(parts)?;
        Ok(Self(Arc::new(Inner {
            writer,
            reader,
            hub,
            clock,
            draining: watch::Sender::new(false),
            local_member: head.local_member,
            thread: std::sync::Mutex::new(Some(thread)),
            backups: watch::Sender::new(None),
            dir,
        })))
    }

    /// Returns the way to the writer.
    #[must_use]
    pub fn writer(&self) -> &Writer {
        &self.0.writer
    }

    /// Returns who acts.
    #[must_use]
    pub fn local_member(&self) -> MemberId {
        self.0.local_member
    }

    /// Returns the workspace.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.0.writer.workspace()
    }

    /// Returns the data directory.
    #[must_use]
    pub fn dir(&self) -> &DataDir {
        &self.0.dir
    }

    /// Returns the reader of the log.
    #[must_use]
    pub fn reader(&self) -> Arc<dyn Reader> {
        Arc::clone(&self.0.reader)
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.0.hub
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Returns how the backups are that the server makes by itself; none where it makes none.
    pub(crate) fn backups(&self) -> Option<Standing> {
        *self.0.backups.borrow()
    }

    pub(crate) fn set_backups(&self, standing: Standing) {
        self.0.backups.send_replace(Some(standing));
    }

    /// Returns whether the server shuts down; the receiver also tells when that begins.
    pub(crate) fn draining(&self) -> watch::Receiver<bool> {
        self.0.draining.subscribe()
    }

    /// Ends open streams and refuses new commands.
    pub fn drain(&self) {
        self.0.draining.send_replace(true);
    }

    /// Stops the writer once everything that waits is committed, and says how it was. Blocks until then.
    #[must_use]
    pub fn stop(&self) -> Health {
        self.drain();
        self.0.writer.stop();
        let thread = self.0.thread.lock().ok().and_then(|mut thread| thread.take());
        let panicked = thread.is_some_and(|thread| thread.join().is_err());
        if panicked { Health::Failed } else { *self.0.writer.health().borrow() }
    }
}
