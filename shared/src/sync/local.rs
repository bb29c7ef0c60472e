//! A workspace without a server: the device itself gives commands their place, by the same rules, in a log of its own.
//! No I/O: rows that are needed come in, rows that are to be kept together go out.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use serde::{Deserialize, Serialize};

use super::admission::Sequencer;
use super::envelope::{CommandEnvelope, WireCommand};
use super::export::{EXPORT_FORMAT, ExportHeader};
use super::greeting::{self, Greeted};
use super::group::{Arrived, Committed, Group, NewOutcome, Outcomes, PushRefusal};
use super::protocol::{CommandResult, HelloRequest, HelloResponse, Outcome, PushRequest};
use crate::canonical::Hash;
use crate::command::Command;
use crate::ids::{ClientId, CommandKey, EpochId, MemberId, WorkspaceId};
use crate::log::{Cursor, Link, LogError, Payload, StoredEvent};
use crate::member::Profile;
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::workspace::{MODEL_VERSION, Workspace, default_setup};

/// The row that says where a log is. Whoever appends names it as it was, or nothing happens: so two tabs that both
/// think they lead can't both append.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalHead {
    /// The newest place.
    pub cursor: Cursor,
    /// Who acts: the one member there is.
    pub member: MemberId,
    /// The log is on its way to a server: nothing is appended until it is there, or is not to go.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub is_moving: bool,
}

/// The row of one outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeRow {
    /// The hash of what was asked.
    pub hash: Hash,
    /// What became of it.
    pub outcome: Outcome,
}

/// Why a log can't be gone on with. Nothing of it was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalError {
    /// Its rows don't fit together.
    #[error(transparent)]
    Damaged(#[from] LogError),
    /// It ends before the place that its head names.
    #[error("the log ends at event {seq}, before its head")]
    CutOff {
        /// Where it ends.
        seq: u64,
    },
    /// It holds something that a newer build wrote: deciding without knowing that would be wrong for ever.
    #[error("event {seq} is of a newer version")]
    Newer {
        /// Which.
        seq: u64,
    },
}

/// A log, ready to be gone on with.
#[derive(Clone, Debug)]
pub struct LocalLog {
    head: LocalHead,
    sequencer: Sequencer,
}

/// A log that is being read.
#[derive(Clone, Debug)]
pub struct Folding {
    head: LocalHead,
    workspace: Workspace,
    cursor: Cursor,
}

/// The rows that a push is decided with.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The links at the places that its authors had seen.
    pub links: BTreeMap<u64, Link>,
    /// The outcomes of commands that came before.
    pub outcomes: BTreeMap<CommandKey, OutcomeRow>,
}

/// The rows that have to be read before a push can be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// Places of the log.
    pub links: BTreeSet<u64>,
    /// Commands that have an outcome.
    pub outcomes: BTreeSet<CommandKey>,
}

/// Begins a workspace of one member, with the environments and columns that any begins with. Returns what is to be kept.
///
/// # Errors
///
/// When it can't have that name.
pub fn begin(
    name: &str,
    member: MemberId,
    now: Timestamp,
    mut mint: impl FnMut() -> u128,
) -> Result<Outcomes, Rejection> {
    let epoch = EpochId::from_u128(mint());
    let key = CommandKey { client: ClientId::from_u128(mint()), seq: 1 };
    let command = Command::Workspace(default_setup(name, member, mint));
    let envelope = CommandEnvelope { key, at: now, seen: 0, seen_chain: None, causes: Vec::new(), command };
    let commands = [envelope.to_wire()];
    let arrived = Arrived { actor: member, device: None, epoch, sent_at: now, now, commands: &commands };
    let mut group = Group::new(&Sequencer::new(Cursor { epoch, seq: 0, chain: Hash::ZERO }));
    let Ok(decided) = group.take(&arrived, &mut Found::default());
    let refused =
        decided.ok().and_then(|results| results.into_iter().find_map(|result| result.outcome.rejection));
    match refused {
        Some(rejection) => Err(rejection),
        None => Ok(group.finish()),
    }
}

impl LocalHead {
    /// Returns the head of a log that `outcomes` lead to.
    #[must_use]
    pub const fn after(member: MemberId, outcomes: &Outcomes) -> Self {
        Self { cursor: outcomes.sequencer.cursor, member, is_moving: false }
    }
}

impl Folding {
    /// Begins to read a log, from a state of it that is known or from the start.
    #[must_use]
    pub fn begin(head: LocalHead, known: Option<(Workspace, Cursor)>) -> Self {
        let start = Cursor { seq: 0, chain: Hash::ZERO, ..head.cursor };
        let known =
            known.filter(|(_, cursor)| cursor.epoch == head.cursor.epoch && cursor.seq <= head.cursor.seq);
        let (workspace, cursor) = known.unwrap_or_else(|| (Workspace::default(), start));
        Self { head, workspace, cursor }
    }

    /// Returns the place up to which it is read.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Takes the next event in.
    ///
    /// # Errors
    ///
    /// When it does not fit, or is of a newer version.
    pub fn take(&mut self, event: &StoredEvent) -> Result<(), LocalError> {
        let read = event.read_after(&self.cursor)?;
        match &read.payload {
            Payload::Known(known) => self.workspace.apply(&read.header.origin(), known),
            Payload::Opaque if event.payload.is_none() => {}
            Payload::Opaque => return Err(LocalError::Newer { seq: read.header.seq }),
        }
        self.cursor = Cursor { seq: read.header.seq, chain: read.chain, ..self.cursor };
        Ok(())
    }

    /// Ends reading, with how far each queue is.
    ///
    /// # Errors
    ///
    /// When the log does not reach its head.
    pub fn finish(self, queues: impl IntoIterator<Item = (ClientId, u64)>) -> Result<LocalLog, LocalError> {
        let Self { head, workspace, cursor } = self;
        if cursor != head.cursor {
            return Err(LocalError::CutOff { seq: cursor.seq });
        }
        let sequencer = Sequencer { workspace, cursor, queues: queues.into_iter().collect(), base: 0 };
        Ok(LocalLog { head, sequencer })
    }
}

impl LocalLog {
    /// Returns the row that says where it is.
    #[must_use]
    pub const fn head(&self) -> LocalHead {
        self.head
    }

    /// Returns the state at its head.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.sequencer.workspace
    }

    /// Answers a `hello`. `chain` is the log's hash at the replica's cursor.
    #[must_use]
    pub fn hello(
        &self,
        hello: &HelloRequest,
        chain: Option<Hash>,
        people: Vec<Profile>,
        now: Timestamp,
    ) -> HelloResponse {
        let member = self.head.member;
        let greeted = Greeted {
            now,
            chain,
            restored_to: None,
            is_redaction: false,
            redacted: Vec::new(),
            member,
            people,
        };
        greeting::answer(hello, &self.sequencer, greeted)
    }

    /// Returns which rows a push is decided with.
    #[must_use]
    pub fn needed(&self, push: &PushRequest) -> Needed {
        let is_known =
            |key: &CommandKey| self.sequencer.queues.get(&key.client).is_some_and(|last| key.seq <= *last);
        let seen = push.commands.iter().map(|wire| wire.seen);
        Needed {
            links: seen.filter(|seq| (1..=self.head.cursor.seq).contains(seq)).collect(),
            outcomes: push.commands.iter().map(WireCommand::key).filter(is_known).collect(),
        }
    }

    /// Decides a push. What it leads to is to be kept, and then told by [`LocalLog::commit`].
    ///
    /// # Errors
    ///
    /// Why it has no outcomes. There is nothing to keep then.
    pub fn decide(
        &self,
        push: &PushRequest,
        now: Timestamp,
        found: &mut Found,
    ) -> Result<(Vec<CommandResult>, Outcomes), PushRefusal> {
        let mut group = Group::new(&self.sequencer);
        let arrived = Arrived {
            actor: self.head.member,
            device: None,
            epoch: push.epoch,
            sent_at: push.sent_at,
            now,
            commands: &push.commands,
        };
        let Ok(decided) = group.take(&arrived, found);
        decided.map(|results| (results, group.finish()))
    }

    /// Goes on from what was kept.
    pub fn commit(&mut self, outcomes: &Outcomes) {
        self.sequencer.clone_from(&outcomes.sequencer);
        self.head.cursor = self.sequencer.cursor;
    }

    /// Returns the first line of an export of it.
    #[must_use]
    pub fn export_header(&self, workspace: WorkspaceId, people: Vec<Profile>) -> ExportHeader {
        let Cursor { epoch, seq, chain } = self.head.cursor;
        let (member, digest) = (self.head.member, self.sequencer.workspace.digest());
        ExportHeader {
            format: EXPORT_FORMAT,
            workspace,
            epoch,
            head: seq,
            chain,
            digest,
            model: MODEL_VERSION,
            member,
            people,
        }
    }
}

impl Committed for Found {
    type Error = Infallible;

    fn link(&mut self, seq: u64) -> Result<Option<Link>, Infallible> {
        Ok(self.links.get(&seq).copied())
    }

    fn outcome(&mut self, key: CommandKey) -> Result<Option<NewOutcome>, Infallible> {
        let row = self.outcomes.get(&key).cloned();
        Ok(row.map(|OutcomeRow { hash, outcome }| NewOutcome { key, hash: Some(hash), outcome }))
    }
}
