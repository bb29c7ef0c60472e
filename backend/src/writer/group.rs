//! A group of pushes, with what the store has and the rules don't know of: details of what is sealed, and commands that
//! make the rules panic. Touches nothing that is committed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use slipway_shared::ids::{CommandKey, WorkspaceId};
use slipway_shared::sync::admission::{Admission, Arrival, Sequencer};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::group::{self, Arrived, Committed, Outcomes, PushRefusal};
use slipway_shared::sync::protocol::CommandResult;
use slipway_shared::time::Timestamp;

use super::{Push, PushError};
use crate::details;
use crate::store::{Append, Detail, Link, NewOutcome, Store, StoreError};

/// What a push comes to, once its group is committed.
pub(super) type Decided = Result<Vec<CommandResult>, PushError>;

/// Where the links of the chain come from that authors had seen.
pub(super) trait Links {
    /// Returns a link; `None` beyond the head and before the first.
    fn link(&mut self, seq: u64) -> Result<Option<Link>, StoreError>;
}

pub(super) struct Group {
    group: group::Group,
    /// What deployments were that are sealed.
    details: Vec<Detail>,
}

impl Group {
    pub(super) fn new(committed: &Sequencer) -> Self {
        Self { group: group::Group::new(committed), details: Vec::new() }
    }

    /// Decides a push, whole or not at all.
    pub(super) fn take(
        &mut self,
        push: &Push,
        now: Timestamp,
        workspace: WorkspaceId,
        store: &mut dyn Store,
        links: &mut dyn Links,
    ) -> Result<Decided, StoreError> {
        let Push { actor, device, epoch, sent_at, commands } = push;
        let arrived =
            Arrived { actor: *actor, device: *device, epoch: *epoch, sent_at: *sent_at, now, commands };
        let mut kept = Kept { workspace, store, links, details: Vec::new() };
        let decided = self.group.take(&arrived, &mut kept)?;
        if decided.is_ok() {
            self.details.append(&mut kept.details);
        }
        Ok(decided.map_err(PushError::from))
    }

    /// Returns the state the group leads to and what has to be kept for it.
    pub(super) fn finish(self) -> (Sequencer, Append) {
        let Outcomes { expected, sequencer, events, outcomes, decided, queues } = self.group.finish();
        let head = sequencer.cursor;
        let append = Append { expected, head, events, outcomes, decided, details: self.details, queues };
        (sequencer, append)
    }
}

/// What the store has of a workspace.
struct Kept<'a> {
    workspace: WorkspaceId,
    store: &'a mut dyn Store,
    links: &'a mut dyn Links,
    /// What the commands of this push have sealed.
    details: Vec<Detail>,
}

impl Committed for Kept<'_> {
    type Error = StoreError;

    fn link(&mut self, seq: u64) -> Result<Option<Link>, StoreError> {
        self.links.link(seq)
    }

    fn outcome(&mut self, key: CommandKey) -> Result<Option<NewOutcome>, StoreError> {
        self.store.outcome(self.workspace, key)
    }

    fn admit(&mut self, sequencer: &mut Sequencer, wire: &WireCommand, arrival: &Arrival) -> Admission {
        let detail = details::about_to_be_sealed(&sequencer.workspace, wire);
        let admission = admit_or_set_aside(sequencer, wire, arrival);
        if let Admission::Sequenced(sequenced) = &admission {
            self.details.extend(detail.filter(|_| sequenced.outcome.events.is_some()));
        }
        admission
    }
}

fn admit_or_set_aside(sequencer: &mut Sequencer, wire: &WireCommand, arrival: &Arrival) -> Admission {
    let before = sequencer.clone();
    let admitted = catch_unwind(AssertUnwindSafe(|| sequencer.admit(wire, arrival)));
    admitted.unwrap_or_else(|_| {
        tracing::error!(client = %wire.client, seq = wire.seq, kind = wire.kind, "a command was set aside");
        *sequencer = before;
        Admission::Sequenced(sequencer.set_aside(wire))
    })
}

impl From<PushRefusal> for PushError {
    fn from(refusal: PushRefusal) -> Self {
        match refusal {
            PushRefusal::Gap { client, expected } => Self::Gap { client, expected },
            PushRefusal::Reused { client, seq } => Self::Reused { client, seq },
            PushRefusal::Fork { epoch, head } => Self::Fork { epoch, head },
        }
    }
}
