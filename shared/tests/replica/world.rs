//! A server with one deployment, and pages that hold replicas of it.

use std::collections::BTreeMap;

use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{ClientId, ColumnId, CommandKey, DeploymentId, EpochId, MemberId, ServiceId};
use slipway_shared::log::{Cursor, StoredEvent};
use slipway_shared::service::ServiceCommand;
use slipway_shared::sync::admission::{Admission, Arrival, Sequencer};
use slipway_shared::sync::envelope::{CommandEnvelope, WireCommand};
use slipway_shared::sync::protocol::{CommandResult, Outcome, OutcomeStatus, PushResponse};
use slipway_shared::sync::replica::{Replica, Submission};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::default_setup;

pub const EPOCH: EpochId = EpochId::from_u128(7);
pub const OTHER_EPOCH: EpochId = EpochId::from_u128(8);
pub const CARD: DeploymentId = DeploymentId::from_u128(0xca);
pub const ACTOR: MemberId = MemberId::from_u128(0xa);
/// Two pages of one browser, and one of another.
pub const PAGE: u128 = 0xa1;
pub const SIBLING: u128 = 0xa2;
pub const STRANGER: u128 = 0xb1;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

pub fn key(page: u128, seq: u64) -> CommandKey {
    CommandKey { client: ClientId::from_u128(page), seq }
}

pub fn title(value: &str) -> Command {
    let (field, value) = (DeploymentField::Title, value.to_owned());
    Command::Deployment(DeploymentCommand::Edit { deployment: CARD, field, value })
}

pub fn finish() -> Command {
    Command::Deployment(DeploymentCommand::Finish { deployment: CARD })
}

/// A command as if a page had made it without having seen anything.
pub fn blind(key: CommandKey, command: Command) -> CommandEnvelope {
    CommandEnvelope { key, at: NOW, seen: 0, seen_chain: None, causes: Vec::new(), command }
}

/// A command as if a page had made it having seen all of the log.
pub fn knowing(key: CommandKey, command: Command) -> CommandEnvelope {
    CommandEnvelope { seen: 1_000, ..blind(key, command) }
}

/// The real sequencer, with a log and outcomes in memory.
#[derive(Clone)]
pub struct Server {
    pub sequencer: Sequencer,
    pub log: Vec<StoredEvent>,
    outcomes: BTreeMap<CommandKey, Outcome>,
}

impl Server {
    /// A server whose workspace has one deployment.
    pub fn new() -> Self {
        Self::in_epoch(EPOCH)
    }

    pub fn in_epoch(epoch: EpochId) -> Self {
        let sequencer = Sequencer::new(Cursor { epoch, seq: 0, chain: Hash::ZERO });
        let mut server = Self { sequencer, log: Vec::new(), outcomes: BTreeMap::new() };
        let mut next = 0;
        let setup = default_setup("Harbour", ACTOR, || {
            next += 1;
            next
        });
        let (service, column) = (ServiceId::from_u128(0x51), ColumnId::from_u128(4));
        let name = "website".to_owned();
        let open = DeploymentCommand::Open {
            deployment: CARD,
            service,
            version: "1.4.0".to_owned(),
            title: "Faster search".to_owned(),
            column,
            rank: "8000000000".to_owned(),
            changes: Vec::new(),
            sections: Vec::new(),
        };
        server.does(Command::Workspace(setup));
        server.does(Command::Service(ServiceCommand::Add { service, name, hue: 0, repository: None }));
        server.does(Command::Deployment(open));
        server
    }

    /// Somebody else does something, seeing everything there is.
    pub fn does(&mut self, command: Command) {
        let client = ClientId::from_u128(STRANGER);
        let seq = self.sequencer.queues.get(&client).copied().unwrap_or_default() + 1;
        let seen = self.sequencer.cursor.seq;
        let envelope = CommandEnvelope { seen, ..blind(CommandKey { client, seq }, command) };
        let result = self.admits(&envelope.to_wire());
        assert_eq!(result.outcome.rejection, None);
    }

    /// Takes a command in, as a push does. A gap is a failed test.
    pub fn admits(&mut self, wire: &WireCommand) -> CommandResult {
        self.admits_from(ACTOR, wire)
    }

    /// As [`Self::admits`], from somebody.
    pub fn admits_from(&mut self, actor: MemberId, wire: &WireCommand) -> CommandResult {
        let place = usize::try_from(wire.seen).unwrap_or(usize::MAX).checked_sub(1);
        let chain = place.and_then(|place| self.log.get(place)).map(|event| event.chain);
        let seen = wire.seen_of(self.sequencer.cursor.seq, chain, self.sequencer.base);
        let arrival = Arrival { actor, device: None, now: NOW, sent_at: NOW, seen, floor: Timestamp(0) };
        let (outcome, duplicate) = match self.sequencer.admit(wire, &arrival) {
            Admission::Sequenced(sequenced) => {
                self.outcomes.insert(sequenced.key, sequenced.outcome.clone());
                self.log.extend(sequenced.events);
                (sequenced.outcome, false)
            }
            Admission::Duplicate => (self.outcomes[&wire.key()].clone(), true),
            Admission::Gap { expected } => panic!("{} came, {expected} is missing", wire.seq),
        };
        CommandResult { client: wire.client, seq: wire.seq, outcome, duplicate }
    }

    pub fn answers(&mut self, commands: &[WireCommand]) -> PushResponse {
        let results = commands.iter().map(|wire| self.admits(wire)).collect();
        let Cursor { epoch, seq, .. } = self.sequencer.cursor;
        PushResponse { server_ms: NOW, epoch, head: seq, results }
    }

    pub fn log_after(&self, seq: u64) -> Vec<StoredEvent> {
        self.log.iter().skip(usize::try_from(seq).expect("a short log")).cloned().collect()
    }

    pub fn cursor(&self) -> Cursor {
        self.sequencer.cursor
    }

    /// A replica in step with the server.
    pub fn replica(&self) -> Replica {
        let mut replica = Replica::new(self.sequencer.workspace.clone(), Some(self.cursor()), Vec::new());
        replica.set_actor(ACTOR);
        replica
    }
}

/// Does something on a replica, as the command of that name.
#[track_caller]
pub fn submit(replica: &mut Replica, key: CommandKey, command: Command) -> WireCommand {
    let submitted = replica.submit(Submission { key, at: NOW, seen: None }, command);
    submitted.expect("no rule forbids it").expect("it has an effect").to_wire()
}

/// The title that a replica shows.
pub fn shown(replica: &Replica) -> &str {
    &replica.view().deployments[&CARD].title.value
}

/// The names of the pending commands, in order.
pub fn pending(replica: &Replica) -> Vec<CommandKey> {
    replica.pending().iter().map(|pending| pending.envelope.key).collect()
}

/// Checks the replica invariant against a replica that is made anew.
#[track_caller]
pub fn assert_view_is_recomputable(replica: &Replica) {
    let mut fresh = Replica::new(replica.confirmed().clone(), replica.cursor(), Vec::new());
    fresh.set_actor(replica.actor());
    replica.pending().iter().for_each(|pending| fresh.adopt(pending.envelope.clone()));
    assert_eq!(fresh.view(), replica.view());
}

/// An outcome without the command that it is of.
pub fn outcome(status: OutcomeStatus, events: Option<(u64, u64)>) -> Outcome {
    Outcome { status, events, rejection: None }
}
