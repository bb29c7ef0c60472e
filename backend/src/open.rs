//! Opening a data directory: the store in it, its workspaces, and a first workspace where there is none.

use std::path::Path;
use std::sync::Arc;

use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, EpochId, MemberId, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::member::Profile;
use slipway_shared::sync::admission::{Admission, Arrival, Sequenced, Sequencer};
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::default_setup;
use uuid::Uuid;

use crate::accounts::lockbox::{KeyError, Lockbox};
use crate::clock::Clock;
use crate::data_dir::{DataDir, DataDirError};
use crate::store::sqlite::{self, Accounts, SqliteStore};
use crate::store::{Append, Appended, LogHead, NewEvent, NewLog, NewOutcome, Reader, Store, StoreError};
use crate::writer::{self, Loaded};
use crate::{demo, details, housekeeping};

/// The name of the workspace that a first start makes.
const FIRST_NAME: &str = "My workspace";

/// What to make in a directory that is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// A workspace to work in.
    Workspace,
    /// The demo.
    Demo,
}

/// A data directory that is open: locked, read and verified.
pub struct Opened {
    /// The directory; its lock is held as long as this value lives.
    pub dir: DataDir,
    pub(crate) store: Box<dyn Store>,
    pub(crate) reader: Arc<dyn Reader>,
    /// The logs, by id; at least one.
    pub(crate) logs: Vec<Loaded>,
    pub(crate) accounts: Accounts,
    pub(crate) lockbox: Lockbox,
}

impl Opened {
    /// Returns how many events there are, in all workspaces.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.logs.iter().map(|log| log.sequencer.cursor.seq).sum()
    }

    /// Tells whether it is a demo, all of which may be thrown away.
    pub(crate) fn is_demo(&self) -> bool {
        self.logs.iter().all(|log| log.head.is_demo)
    }
}

/// A command that the server itself makes, with who is to act.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) actor: MemberId,
    pub(crate) envelope: CommandEnvelope,
}

/// Why a data directory can't be opened. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory itself.
    #[error(transparent)]
    Dir(#[from] DataDirError),
    /// What is in it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key for what is kept locked.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The demo was asked for where real work is.
    #[error("the directory holds a workspace that is no demo")]
    NotADemo,
}

/// Opens a data directory, and makes a first workspace where there is none.
///
/// # Errors
///
/// When it is in use, can't be written, is not ours, is newer, or is damaged.
pub fn open(path: &Path, beginning: Beginning, clock: &Clock) -> Result<Opened, OpenError> {
    open_with_key(path, None, beginning, clock)
}

/// As [`open`], with the key for what is kept locked from a file of its own.
///
/// # Errors
///
/// As [`open`], and where the key can't be used.
pub fn open_with_key(
    path: &Path,
    key: Option<&Path>,
    beginning: Beginning,
    clock: &Clock,
) -> Result<Opened, OpenError> {
    let dir = DataDir::lock(path)?;
    let mut store = SqliteStore::open(path)?;
    if store.heads()?.is_empty() {
        let head = first_head(beginning);
        store.begin(&NewLog::empty(head, first_people(&head)))?;
    }
    let opened = load(dir, Box::new(store), key)?;
    if beginning == Beginning::Demo && !opened.is_demo() {
        return Err(OpenError::NotADemo);
    }
    begin(opened, clock)
}

/// Throws a demo away, so that the next start makes it anew. Refuses to throw anything else away.
///
/// # Errors
///
/// As [`open`].
pub fn forget_demo(path: &Path) -> Result<(), OpenError> {
    let file = path.join(sqlite::FILE);
    if !file.exists() {
        return Ok(());
    }
    let dir = DataDir::lock(path)?;
    let heads = SqliteStore::read_only(path)?.heads()?;
    if heads.iter().any(|head| !head.is_demo) {
        return Err(OpenError::NotADemo);
    }
    for name in [sqlite::FILE.to_owned(), format!("{}-wal", sqlite::FILE), format!("{}-shm", sqlite::FILE)] {
        match std::fs::remove_file(path.join(name)) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(DataDirError::NotWritable { path: path.to_owned(), source }.into());
            }
            _ => {}
        }
    }
    drop(dir);
    Ok(())
}

fn load(dir: DataDir, mut store: Box<dyn Store>, key: Option<&Path>) -> Result<Opened, OpenError> {
    let reader = store.reader()?;
    let mut logs = Vec::new();
    for head in store.heads()? {
        let loaded = writer::load(&mut *store, &*reader, head.workspace);
        logs.push(loaded.inspect_err(|_| {
            tracing::error!(workspace = %head.workspace, "this workspace can't be read, and none is served without it");
        })?);
    }
    let accounts = Accounts::open(dir.path())?;
    let lockbox = match key {
        Some(path) => Lockbox::named(path)?,
        None => Lockbox::of(dir.path())?,
    };
    Ok(Opened { dir, store, reader, logs, accounts, lockbox })
}

/// Fills the workspace of a directory that is new, or whose first start was cut off. One transaction, and a second one
/// that seals what is old already: a demo begins as it would be. Every other workspace is begun with what is in it.
fn begin(mut opened: Opened, clock: &Clock) -> Result<Opened, OpenError> {
    let Opened { store, logs, .. } = &mut opened;
    for log in logs.iter_mut().filter(|log| log.sequencer.cursor.seq == 0) {
        let now = clock.now();
        let commands = match log.head.is_demo {
            false => vec![first_command(FIRST_NAME, log.head.local_member, now)],
            true => demo::history(now),
        };
        append(&mut **store, log, &commands)?;
        let old = housekeeping::planned(&log.sequencer, log.head.workspace, now, usize::MAX);
        if !old.is_empty() {
            append(&mut **store, log, &old)?;
        }
    }
    Ok(opened)
}

fn append(store: &mut dyn Store, log: &mut Loaded, commands: &[Planned]) -> Result<(), OpenError> {
    let (sequencer, append) = sequence(log.sequencer.clone(), commands);
    match store.append(log.head.workspace, &append)? {
        Appended::Appended => {
            log.head.cursor = sequencer.cursor;
            log.sequencer = sequencer;
            Ok(())
        }
        Appended::Moved(_) => Err(StoreError::Busy.into()),
    }
}

/// Gives commands that nobody pushed their place, each at its own time, by the same rules as pushed ones.
pub(crate) fn sequence(mut sequencer: Sequencer, commands: &[Planned]) -> (Sequencer, Append) {
    let expected = sequencer.cursor;
    let (mut events, mut outcomes, mut details) = (Vec::new(), Vec::new(), Vec::new());
    let mut decided = Timestamp(0);
    for planned in commands {
        let now = planned.envelope.at;
        let arrival = Arrival {
            actor: planned.actor,
            device: None,
            now,
            sent_at: now,
            seen: sequencer.cursor.seq,
            floor: Timestamp(0),
        };
        let envelope = CommandEnvelope { seen: sequencer.cursor.seq, ..planned.envelope.clone() };
        // Plans have no gaps and no repetitions.
        let wire = envelope.to_wire();
        let detail = details::about_to_be_sealed(&sequencer.workspace, &wire);
        let Admission::Sequenced(done) = sequencer.admit(&wire, &arrival) else { continue };
        let Sequenced { key, hash, outcome, events: stored } = done;
        let first = outcome.events.map_or(0, |(first, _)| first);
        let stored = stored.into_iter().zip(first..);
        events.extend(stored.map(|(event, seq)| NewEvent { seq, received: now, event }));
        details.extend(detail.filter(|_| outcome.events.is_some()));
        outcomes.push(NewOutcome { key, hash: Some(hash), outcome });
        decided = now;
    }
    let queues = sequencer.queues.iter().map(|(client, last)| (*client, *last)).collect();
    let append = Append { expected, head: sequencer.cursor, events, outcomes, decided, details, queues };
    (sequencer, append)
}

/// Returns the command that sets a workspace up.
pub(crate) fn first_command(name: &str, owner: MemberId, now: Timestamp) -> Planned {
    let setup = default_setup(name, owner, || Uuid::now_v7().as_u128());
    let key = CommandKey { client: ClientId::from_u128(Uuid::now_v7().as_u128()), seq: 1 };
    let command = Command::Workspace(setup);
    Planned {
        actor: owner,
        envelope: CommandEnvelope { key, at: now, seen: 0, seen_chain: None, causes: Vec::new(), command },
    }
}

fn first_head(beginning: Beginning) -> LogHead {
    let minted = || Uuid::now_v7().as_u128();
    let (workspace, local_member) = match beginning {
        Beginning::Workspace => (WorkspaceId::from_u128(minted()), MemberId::from_u128(minted())),
        Beginning::Demo => (demo::WORKSPACE, demo::owner()),
    };
    LogHead {
        workspace,
        cursor: Cursor { epoch: EpochId::from_u128(minted()), seq: 0, chain: Hash::ZERO },
        local_member,
        is_demo: beginning == Beginning::Demo,
    }
}

fn first_people(head: &LogHead) -> Vec<Profile> {
    if head.is_demo {
        return demo::people();
    }
    let user = std::env::var("USER").unwrap_or_default();
    let name = if user.trim().is_empty() { "Owner".to_owned() } else { user.trim().to_owned() };
    vec![Profile { member: head.local_member, name }]
}
