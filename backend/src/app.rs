//! What every request needs, started and stopped together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use slipway_shared::ids::WorkspaceId;
use tokio::sync::{Semaphore, watch};

use crate::access::guesses::Guesses;
use crate::access::places::StreamLimits;
use crate::access::recent::Recent;
use crate::access::shares::Shares;
use crate::access::{Endings, Failures, Places, demo};
use crate::accounts::lockbox::Lockbox;
use crate::accounts::password::Hasher;
use crate::accounts::rates::Rates;
use crate::backup::schedule::Standing;
use crate::civil;
use crate::clock::Clock;
use crate::data_dir::DataDir;
use crate::open::Opened;
use crate::store::sqlite::Accounts;
use crate::store::{Reader, StoreError};
use crate::writer::{BeginError, Health, NewWorkspace, OpenWorkspace, Parts, Writer};

/// How many snapshots and audits may be made at once. Each has a thread of those that wait for the disk, which are 512.
const LONG_ANSWERS: usize = 64;

/// What every request needs. Clones are the same app.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    /// Gives commands their place, in all workspaces.
    writer: Writer,
    /// Reads what is committed.
    reader: Arc<dyn Reader>,
    /// Tells the time.
    clock: Clock,
    /// Whether the server shuts down.
    draining: watch::Sender<bool>,
    /// Whether it is demo data.
    is_demo: bool,
    /// Accounts, sessions, invitations and tokens.
    accounts: Arc<Accounts>,
    /// Whether there is any account; once there is one there always is.
    is_claimed: AtomicBool,
    /// Hashes passwords.
    hasher: Hasher,
    /// Counts tries.
    rates: Rates,
    /// Counts secrets that nobody knows.
    guesses: Guesses,
    recent: Recent,
    /// How many more snapshots and audits may be made at once.
    long_answers: Arc<Semaphore>,
    /// Counts those of each session, token and account.
    long_answers_of: Arc<Shares>,
    /// Locks what is kept and can't be hashed.
    lockbox: Lockbox,
    /// Counts open streams.
    places: Arc<Places>,
    /// Says when somebody's access may have ended.
    endings: Endings,
    /// Counts who did not get in.
    failures: Failures,
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
    /// When the thread can't be started, or the accounts can't be read.
    pub fn start(opened: Opened, clock: Clock) -> Result<Self, StoreError> {
        Self::start_with(opened, clock, StreamLimits::STANDARD, Rates::standard())
    }

    /// As [`App::start`], with limits of one's own.
    pub(crate) fn start_with(
        opened: Opened,
        clock: Clock,
        limits: StreamLimits,
        rates: Rates,
    ) -> Result<Self, StoreError> {
        let is_demo = opened.is_demo();
        let Opened { dir, store, reader, logs, accounts, lockbox } = opened;
        if is_demo {
            demo::make_people(&accounts)?;
        }
        lockbox.lock_what_is_plain(&accounts)?;
        let is_claimed = accounts.is_claimed()?;
        let parts = Parts {
            store,
            reader: Arc::clone(&reader),
            logs,
            clock: clock.clone(),
            is_broken: accounts.is_broken(),
        };
        let (writer, thread) = Writer::start(parts)?;
        Ok(Self(Arc::new(Inner {
            writer,
            reader,
            clock,
            draining: watch::Sender::new(false),
            is_demo,
            accounts: Arc::new(accounts),
            is_claimed: AtomicBool::new(is_claimed),
            hasher: Hasher::new(),
            rates,
            guesses: Guesses::default(),
            recent: Recent::default(),
            long_answers: Arc::new(Semaphore::new(LONG_ANSWERS)),
            long_answers_of: Arc::default(),
            lockbox,
            places: Places::new(limits),
            endings: Endings::new(),
            failures: Failures::new(),
            thread: std::sync::Mutex::new(Some(thread)),
            backups: watch::Sender::new(None),
            dir,
        })))
    }

    /// Returns a workspace; `None` where there is none of this id.
    #[must_use]
    pub fn workspace(&self, id: WorkspaceId) -> Option<OpenWorkspace> {
        self.0.writer.workspace(id)
    }

    /// Returns all workspaces, by id; there is at least one.
    #[must_use]
    pub fn workspaces(&self) -> Vec<OpenWorkspace> {
        self.0.writer.workspaces()
    }

    /// Begins a workspace while the server runs, and opens it: its log, names and those of the accounts who may open it, all
    /// in one transaction. What becomes of it does not depend on anybody waiting.
    ///
    /// # Errors
    ///
    /// See [`BeginError`].
    pub async fn begin_workspace(&self, new: NewWorkspace) -> Result<OpenWorkspace, BeginError> {
        let begun = self.0.writer.begin(new).await;
        // Who belongs to it is written with its log.
        self.0.accounts.were_written();
        begun
    }

    /// Has overwritten what redactions have left on the disk, where something is left.
    pub(crate) fn wipe(&self) {
        self.0.writer.wipe();
    }

    /// Returns how the writer is; the receiver also tells when that changes.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.0.writer.health()
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

    pub(crate) fn accounts(&self) -> Arc<Accounts> {
        Arc::clone(&self.0.accounts)
    }

    pub(crate) fn is_demo(&self) -> bool {
        self.0.is_demo
    }

    /// Tells whether there is an owner.
    pub(crate) fn is_claimed(&self) -> bool {
        self.0.is_claimed.load(Ordering::Acquire)
    }

    /// Notes that there is an owner.
    pub(crate) fn claimed(&self) {
        self.0.is_claimed.store(true, Ordering::Release);
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    pub(crate) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    /// Returns those who were let in a moment ago.
    pub(crate) fn recent(&self) -> &Recent {
        &self.0.recent
    }

    pub(crate) fn guesses(&self) -> &Guesses {
        &self.0.guesses
    }

    pub(crate) fn long_answers(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.long_answers)
    }

    pub(crate) fn long_answers_of(&self) -> &Arc<Shares> {
        &self.0.long_answers_of
    }

    pub(crate) fn lockbox(&self) -> &Lockbox {
        &self.0.lockbox
    }

    pub(crate) fn places(&self) -> &Arc<Places> {
        &self.0.places
    }

    pub(crate) fn endings(&self) -> &Endings {
        &self.0.endings
    }

    pub(crate) fn failures(&self) -> &Failures {
        &self.0.failures
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Returns how the backups are that the server makes by itself; none where it makes none.
    pub(crate) fn backups(&self) -> Option<Standing> {
        *self.0.backups.borrow()
    }

    /// Keeps how the backups are, and says so once where that has changed.
    pub(crate) fn set_backups(&self, standing: Standing) {
        let before = self.0.backups.send_replace(Some(standing));
        match standing.turned(before) {
            Some(true) => {
                let newest = standing.newest.map(civil::utc);
                tracing::warn!(
                    event = "backups_stale",
                    newest,
                    "the backups are stale: look at their folder and its disk"
                );
            }
            Some(false) => tracing::info!(event = "backups_fresh", "the backups are as they should be again"),
            None => {}
        }
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
        if let Err(error) = self.failures().write(&self.0.accounts, self.clock().now()) {
            tracing::warn!(%error, "the last tries that failed could not be noted");
        }
        self.0.writer.stop();
        let thread = self.0.thread.lock().ok().and_then(|mut thread| thread.take());
        let panicked = thread.is_some_and(|thread| thread.join().is_err());
        if panicked { Health::Failed } else { *self.0.writer.health().borrow() }
    }
}
