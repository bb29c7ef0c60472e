//! The replica of this browser: the only door pages use. They read through selectors and write through
//! [`ReplicaHandle::submit`]; all I/O is behind it.

pub mod beside;
mod boot;
mod clock;
mod concluding;
mod effects;
mod engine;
mod fetching;
mod hearing;
pub mod history;
mod identity;
mod leadership;
mod leaving;
mod local;
mod log_store;
mod moving;
mod names;
mod presence;
mod rereading;
mod saving;
mod status;
mod storage;
mod tabs;
pub(crate) mod transport;
mod workspaces;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::account::Session;
use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::deployment::sealed::read_detail;
use slipway_shared::ids::{CommandKey, DeploymentId, MemberId, WorkspaceId};
use slipway_shared::json;
use slipway_shared::log::Cursor;
use slipway_shared::member::Profile;
use slipway_shared::origin::Origin;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::client::Failure;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use crate::browser::kept;
use crate::browser::page;
use engine::Engine;

pub use moving::{Copy, LocalWorkspace, MoveProblem};
pub use status::{
    Boot, LostCommand, QueueState, QueuedCommand, RefusedCommand, Restored, StorageKind, StoragePromise,
    Submitted, SyncStatus, SyncWord,
};
pub use storage::Unreadable;
pub use workspaces::{KnownWorkspace, Switched};

/// The replica of this browser.
#[derive(Clone, Copy)]
pub struct ReplicaHandle {
    engine: StoredValue<Engine, LocalStorage>,
    signals: Signals,
}

/// What changes on the screen when the replica does.
#[derive(Clone, Copy)]
struct Signals {
    boot: RwSignal<Boot>,
    view: RwSignal<Arc<Workspace>>,
    /// What was to be seen before access was removed; in no storage, and gone with the page.
    last_view: RwSignal<Arc<Workspace>>,
    me: RwSignal<MemberId>,
    people: RwSignal<Arc<BTreeMap<MemberId, Profile>>>,
    status: RwSignal<SyncStatus>,
    workspaces: RwSignal<Arc<Vec<KnownWorkspace>>>,
    refused: RwSignal<Arc<Vec<RefusedCommand>>>,
    lost: RwSignal<Arc<Vec<LostCommand>>>,
    unreadable: RwSignal<Arc<Vec<Unreadable>>>,
    /// Who looks at what now, as far as the server tells.
    looking: RwSignal<presence::Looking>,
    /// Counts changes of the queue; what is read off the queue is computed only where it is looked at.
    queue: RwSignal<u64>,
}

/// Makes the replica and begins to start it. To be called once, by the app.
pub fn provide_replica() {
    let signals = Signals {
        boot: RwSignal::new(Boot::Loading),
        view: RwSignal::new(Arc::default()),
        last_view: RwSignal::new(Arc::default()),
        me: RwSignal::new(MemberId::from_u128(0)),
        people: RwSignal::new(Arc::default()),
        status: RwSignal::new(SyncStatus::default()),
        workspaces: RwSignal::new(Arc::default()),
        refused: RwSignal::new(Arc::default()),
        lost: RwSignal::new(Arc::default()),
        unreadable: RwSignal::new(Arc::default()),
        looking: RwSignal::new(Arc::default()),
        queue: RwSignal::new(0),
    };
    let engine = Engine::new(signals);
    provide_context(ReplicaHandle { engine: StoredValue::new_local(engine.clone()), signals });
    boot::start(engine);
}

/// Returns the replica that [`provide_replica`] made.
///
/// # Panics
///
/// When the app has not made one: a bug.
#[must_use]
pub fn use_replica() -> ReplicaHandle {
    expect_context()
}

impl ReplicaHandle {
    /// Tells whether there is something to show yet.
    #[must_use]
    pub fn boot(self) -> Signal<Boot> {
        self.signals.boot.into()
    }

    /// Returns the whole view; for memos that narrow it down.
    #[must_use]
    pub fn view(self) -> Signal<Arc<Workspace>> {
        self.signals.view.into()
    }

    /// Selects one deployment.
    #[must_use]
    pub fn deployment(self, id: DeploymentId) -> Memo<Option<Arc<Deployment>>> {
        let view = self.signals.view;
        Memo::new(move |_| view.with(|view| view.deployments.get(&id).cloned()))
    }

    /// Fetches the details of a sealed deployment, and verifies that they are those that were sealed.
    ///
    /// # Errors
    ///
    /// When the server doesn't answer, or with something else.
    pub async fn detail(self, id: DeploymentId, hash: Hash) -> Result<Deployment, Failure> {
        let workspace = self.engine.get_value().with(|state| state.workspace).ok_or(Failure::Unreachable)?;
        let text = transport::detail(workspace, id).await?;
        read_detail(&text, hash).ok_or(Failure::Unreadable)
    }

    /// Does what a person asks for, at once and on this device; the server is told when it can be.
    ///
    /// # Errors
    ///
    /// The rule that forbids it. Nothing is kept then.
    pub fn submit(self, command: Command) -> Result<Submitted, Rejection> {
        self.engine.get_value().submit(command, None)
    }

    /// As [`Self::submit`], for what was begun when less was to be seen: an editor that was opened before other
    /// people's changes came. `seen` is what [`Self::reached`] returned then; `None` is what is shown now.
    ///
    /// # Errors
    ///
    /// The rule that forbids it. Nothing is kept then.
    pub fn submit_having_seen(self, command: Command, seen: Option<Cursor>) -> Result<Submitted, Rejection> {
        self.engine.get_value().submit(command, seen)
    }

    /// Returns the newest change of what a command would change that somebody made, here or elsewhere, after the
    /// log was at `since`; what this browser's tabs did does not count.
    #[must_use]
    pub fn changed_since(self, command: &Command, since: Option<Cursor>) -> Option<Origin> {
        self.engine.get_value().changed_since(command, since)
    }

    /// Returns the newest place of the log that is shown.
    #[must_use]
    pub fn reached(self) -> Option<Cursor> {
        self.engine.get_value().with(|state| state.replica.cursor())
    }

    /// Returns the number of a new id.
    #[must_use]
    pub fn mint(self) -> u128 {
        self.engine.get_value().clock().mint()
    }

    /// Returns the time by the device's clock.
    #[must_use]
    pub fn now(self) -> Timestamp {
        self.engine.get_value().clock().now()
    }

    /// Returns who acts here.
    #[must_use]
    pub fn me(self) -> Signal<MemberId> {
        self.signals.me.into()
    }

    /// Returns the people of the workspace, as they are shown.
    #[must_use]
    pub fn people(self) -> Signal<Arc<BTreeMap<MemberId, Profile>>> {
        self.signals.people.into()
    }

    /// Selects the deployments with changes that the server has not confirmed.
    #[must_use]
    pub fn unsent(self) -> Signal<Arc<BTreeSet<DeploymentId>>> {
        let (engine, queue) = (self.engine, self.signals.queue);
        Memo::new(move |_| {
            queue.track();
            Arc::new(engine.get_value().unsent())
        })
        .into()
    }

    /// Selects the requests that the server has not answered: to be drawn as requested, never as done.
    #[must_use]
    pub fn requested(self) -> Memo<Vec<Command>> {
        let (engine, queue) = (self.engine, self.signals.queue);
        Memo::new(move |_| {
            queue.track();
            engine.get_value().requested()
        })
    }

    /// Returns how things stand with the server and with this device's storage.
    #[must_use]
    pub fn status(self) -> Signal<SyncStatus> {
        self.signals.status.into()
    }

    /// Selects the commands that wait, in their order.
    #[must_use]
    pub fn queue(self) -> Signal<Arc<Vec<QueuedCommand>>> {
        let (engine, queue) = (self.engine, self.signals.queue);
        Memo::new(move |_| {
            queue.track();
            Arc::new(engine.get_value().queue())
        })
        .into()
    }

    /// Returns the commands that the server refused and nobody has dealt with, oldest first.
    #[must_use]
    pub fn refused(self) -> Signal<Arc<Vec<RefusedCommand>>> {
        self.signals.refused.into()
    }

    /// Returns what this browser knows and the server has forgotten, oldest first.
    #[must_use]
    pub fn lost(self) -> Signal<Arc<Vec<LostCommand>>> {
        self.signals.lost.into()
    }

    /// Lets go of what the server has forgotten: somebody has seen to it.
    pub fn dismiss_lost(self, keys: &[CommandKey]) {
        self.engine.get_value().forget_lost(keys);
    }

    /// Returns rows of this device that can't be read.
    #[must_use]
    pub fn unreadable(self) -> Signal<Arc<Vec<Unreadable>>> {
        self.signals.unreadable.into()
    }

    /// Drops what can't be read. Its queues go on without it.
    pub fn discard_unreadable(self) {
        self.engine.get_value().discard_unreadable();
    }

    /// Puts the word about a restored server away.
    pub fn dismiss_restored(self) {
        self.engine.get_value().tell_restored(None);
    }

    /// Tries once more to open the storage of this device; tells whether it is open now.
    pub async fn reopen_storage(self) -> bool {
        boot::reopen_storage(&self.engine.get_value()).await
    }

    /// Tries a refused command again, as a new one in the present state.
    ///
    /// # Errors
    ///
    /// The rule that still forbids it; it stays in Needs you then.
    pub fn retry(self, key: CommandKey) -> Result<Submitted, Rejection> {
        self.engine.get_value().retry(key, None)
    }

    /// As [`Self::retry`], with another command in its place.
    ///
    /// # Errors
    ///
    /// The rule that forbids it; what was refused stays in Needs you then.
    pub fn retry_as(self, key: CommandKey, command: Command) -> Result<Submitted, Rejection> {
        self.engine.get_value().retry(key, Some(command))
    }

    /// Drops refused commands.
    pub fn discard(self, keys: &[CommandKey]) {
        self.engine.get_value().discard(keys);
    }

    /// Puts refused commands back that were dropped by mistake.
    pub fn put_back(self, refused: Vec<RefusedCommand>) {
        self.engine.get_value().keep_refused(refused);
    }

    /// Sends what waits for the password: it was given again.
    pub fn confirmed(self) {
        self.engine.get_value().confirmed();
    }

    /// Asks the server what everybody is called: somebody has changed their name here.
    pub fn refresh_names(self) {
        self.engine.get_value().refresh_names();
    }

    /// Tells whether something of somebody who has left could not be deleted from this device yet.
    #[must_use]
    pub fn has_left_something(self) -> bool {
        leaving::has_left_something()
    }

    /// Returns the workspace as it was before access to it was removed: to name what was not submitted.
    #[must_use]
    pub fn last_view(self) -> Signal<Arc<Workspace>> {
        self.signals.last_view.into()
    }

    /// Tries to reach the server now.
    pub fn connect_now(self) {
        self.engine.get_value().connect();
    }

    /// Returns everything that the server has not confirmed or has refused, as JSON, to be kept as a file.
    #[must_use]
    pub fn export_pending(self) -> String {
        self.engine.get_value().export_pending()
    }

    /// Returns what waits of other workspaces, as JSON, to be kept as a file.
    pub async fn export_elsewhere(self) -> String {
        let record = self.engine.get_value().with(|state| state.record.clone());
        let mut waiting = storage::elsewhere(record.as_ref()).await;
        waiting.retain(|waiting| !waiting.is_of_others);
        json::write(&waiting)
    }

    /// Returns what waits of other workspaces of this person, or was not submitted to them.
    pub async fn unsent_elsewhere(self) -> Vec<Command> {
        let record = self.engine.get_value().with(|state| state.record.clone());
        let mut waiting = storage::elsewhere(record.as_ref()).await;
        waiting.retain(|waiting| !waiting.is_of_others);
        waiting.iter().flat_map(storage::Elsewhere::changes).collect()
    }

    /// Counts anew what waits of other workspaces of this person.
    pub async fn count_elsewhere(self) -> usize {
        let engine = self.engine.get_value();
        workspaces::read(&engine).await;
        engine.with(|state| state.elsewhere)
    }

    /// Counts what waits in this browser, whoever did it: for a page that nobody is signed in to.
    pub async fn unsent_here(self) -> usize {
        storage::unsent_here().await
    }

    /// Returns which workspace is open, for what is asked of the server about it.
    #[must_use]
    pub fn workspace(self) -> Option<WorkspaceId> {
        self.engine.get_value().with(|state| state.workspace)
    }

    /// Returns the workspaces that this person may open, by name, as far as this browser knows.
    #[must_use]
    pub fn workspaces(self) -> Signal<Arc<Vec<KnownWorkspace>>> {
        self.signals.workspaces.into()
    }

    /// Looks again for the workspaces that are here, and what waits in them.
    pub fn look_for_workspaces(self) {
        workspaces::look(&self.engine.get_value());
    }

    /// Goes to another workspace. Nothing that was done here is lost by it.
    pub async fn switch_workspace(self, to: WorkspaceId) -> Switched {
        workspaces::switch(&self.engine.get_value(), to).await
    }

    /// Goes to a workspace that the server has just made for this person.
    pub async fn enter_workspace(self, session: &Session, to: WorkspaceId) -> Switched {
        workspaces::enter(&self.engine.get_value(), session, to).await
    }

    /// Loads another page of the app anew, once nothing is in this tab alone.
    pub async fn load_page(self, to: &str) -> Switched {
        workspaces::load_page(&self.engine.get_value(), to).await
    }

    /// Tells whether others use this computer, as its person said when they signed in.
    #[must_use]
    pub fn is_shared(self) -> bool {
        self.engine.get_value().with(|state| state.is_shared())
    }

    /// Asks for a session: signs in, sets up, or joins. Until that is answered no tab of this browser sends anything,
    /// since it could be sent as somebody else's.
    ///
    /// # Errors
    ///
    /// Why there is none. Who was signed in before still is, where the server refused; where its answer was lost it may
    /// be either, which the next greeting settles.
    pub async fn begin_session(self, url: &str, body: &str) -> Result<Session, Failure> {
        let before = leaving::unsettle_person();
        let answered = transport::call("POST", url, Some(body)).await;
        let session = answered.and_then(|text| json::read::<Session>(&text).map_err(|_| Failure::Unreadable));
        match &session {
            Ok(session) => leaving::note_person(session.account.as_ref().map(|account| account.id)),
            Err(Failure::Refused(_)) => leaving::settle_as_before(before),
            // The cookie may have come and the answer not.
            Err(Failure::Unreachable | Failure::Unreadable) => {}
        }
        session
    }

    /// Opens what somebody who has just signed in may open, and goes to an address of the app.
    pub async fn enter(self, session: Session, to: &str) {
        let engine = self.engine.get_value();
        let account = session.account.as_ref().map(|account| account.id);
        let is_back =
            engine.with(|state| state.record.as_ref().is_some_and(|known| known.account == account));
        leaving::enter(&session).await;
        if is_back {
            // What is in this tab alone is theirs, and is sent before the page goes.
            self.connect_now();
            leaving::load_soon(&engine, to.to_owned());
        } else {
            page::load(to);
        }
    }

    /// Returns what the person here has drafted in this browser, by name, in every workspace of theirs.
    pub async fn own_drafts(self) -> Vec<(String, String)> {
        let record = self.engine.get_value().with(|state| state.record.clone());
        let records = storage::boot_records().await.all;
        let own =
            records.iter().filter(|known| record.as_ref().is_some_and(|own| known.is_of_same_person(own)));
        let drafts =
            |known: &identity::BootRecord| kept::texts(&kept::of(&known.member.to_string(), kept::DRAFT));
        own.flat_map(drafts).collect()
    }

    /// Forgets what is here of the workspace, once the server has ended the session; on a shared computer what is not
    /// sent as well, which is to be asked about before.
    pub async fn leave(self) {
        leaving::leave(&self.engine.get_value()).await;
    }

    /// Asks the browser to promise to keep the data. To be called from a click: some browsers ask the person.
    pub fn keep_storage(self) {
        status::ask_to_keep_storage(self.signals.status);
    }
}

/// A cell that everything in this tab shares.
type Shared<T> = Rc<RefCell<T>>;
