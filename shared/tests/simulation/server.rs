//! The server of the simulation: the real sequencer over a log and outcomes that outlive it.

use std::collections::BTreeMap;

use slipway_shared::canonical::{Hash, to_canonical};
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{ClientId, CommandKey, EpochId, MemberId};
use slipway_shared::log::{Cursor, EventHeader, StoredEvent, chain_hash};
use slipway_shared::sync::admission::{Admission, Arrival, Sequenced, Sequencer};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{
    ApiError, CommandResult, ErrorCode, ErrorDetails, EventsPage, HelloAction, HelloRequest, HelloResponse,
    Outcome, PROTOCOL, PushRequest, PushResponse, QueuePosition,
};
use slipway_shared::time::Timestamp;

use super::Sabotage;
use super::witness::{Witness, violated};

/// What the commands that make the server panic begin with.
pub const POISON: &str = "poison";

/// What is committed.
#[derive(Clone)]
pub struct Store {
    pub epoch: EpochId,
    pub log: Vec<StoredEvent>,
    pub outcomes: BTreeMap<CommandKey, (Hash, Outcome)>,
    pub base: u64,
    has_forked: bool,
}

/// What goes wrong with the next push.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The process dies before it commits.
    DiesBefore,
    /// The process dies after the commit, before anybody hears of it.
    DiesAfter,
    /// The store does not know whether it committed, and it had not.
    Unsure,
    /// The same, and it had.
    UnsureAfter,
}

/// What has its place and is not committed yet.
type Admitted = Vec<(WireCommand, Sequenced)>;

pub struct Server {
    pub sequencer: Sequencer,
    pub store: Store,
    /// Commands that had no effect or were refused at any time: another may take their place after a restore.
    pub empty: std::collections::BTreeSet<(CommandKey, Hash)>,
    pub witness: Witness,
    pub is_full: bool,
    pub mishap: Option<Mishap>,
    /// Kinds of commands that it does not understand: it is of an older version for a while.
    pub unknown_kinds: Vec<&'static str>,
    pub repetitions: usize,
    pub sabotage: Sabotage,
}

impl Server {
    pub fn new(sabotage: Sabotage) -> Self {
        let epoch = EpochId::from_u128(7);
        let sequencer = Sequencer::new(Cursor { epoch, seq: 0, chain: Hash::ZERO });
        let store = Store { epoch, log: Vec::new(), outcomes: BTreeMap::new(), base: 0, has_forked: false };
        Self {
            sequencer,
            store,
            empty: std::collections::BTreeSet::new(),
            witness: Witness::default(),
            is_full: false,
            mishap: None,
            unknown_kinds: Vec::new(),
            repetitions: 0,
            sabotage,
        }
    }

    pub fn head(&self) -> Cursor {
        self.sequencer.cursor
    }

    pub fn hello(&self, request: &HelloRequest, actor: MemberId, now: Timestamp) -> HelloResponse {
        let head = self.head();
        let action = match request.cursor {
            None => HelloAction::Snapshot,
            Some(cursor) if !self.knows(&cursor) => HelloAction::Fork,
            // As if what is that old were archived.
            Some(cursor) if cursor.seq + 150 < head.seq => HelloAction::Snapshot,
            Some(_) => HelloAction::Tail,
        };
        let position = |client: &ClientId| QueuePosition {
            client: *client,
            last_seq: self.sequencer.queues.get(client).copied().unwrap_or_default(),
        };
        let understood = Command::KINDS.iter().filter(|(kind, _)| !self.unknown_kinds.contains(kind));
        HelloResponse {
            server_ms: now,
            epoch: head.epoch,
            head: head.seq,
            chain: head.chain,
            oldest: 1,
            protocol: (PROTOCOL, PROTOCOL),
            commands: understood.map(|(kind, version)| ((*kind).to_owned(), *version)).collect(),
            queues: request.queues.iter().map(position).collect(),
            action,
            restored_to: None,
            is_redaction: false,
            redacted: Vec::new(),
            member: actor,
            people: Vec::new(),
        }
    }

    pub fn knows(&self, cursor: &Cursor) -> bool {
        cursor.epoch == self.store.epoch
            && (cursor.seq == 0 || self.chain_at(cursor.seq) == Some(cursor.chain))
    }

    pub fn chain_at(&self, seq: u64) -> Option<Hash> {
        let place = usize::try_from(seq).unwrap_or(usize::MAX).checked_sub(1);
        place.and_then(|place| self.store.log.get(place)).map(|event| event.chain)
    }

    pub fn page(&self, after: u64) -> EventsPage {
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        EventsPage { events: self.store.log.iter().skip(after).cloned().collect(), head: self.head().seq }
    }

    /// Takes a push in. Returns whether the process died over it instead of an answer.
    pub fn push(
        &mut self,
        request: &PushRequest,
        actor: MemberId,
        now: Timestamp,
    ) -> Result<Result<PushResponse, ApiError>, ()> {
        if request.epoch != self.store.epoch {
            let details = ErrorDetails::Fork { epoch: self.store.epoch, head: self.head().seq };
            return Ok(Err(error(ErrorCode::Fork, Some(details))));
        }
        if self.is_full {
            return Ok(Err(error(ErrorCode::StorageFull, None)));
        }
        let before = self.sequencer.clone();
        let (admitted, results) = match self.admit_all(request, actor, now) {
            Ok(admitted) => admitted,
            Err(refusal) => {
                self.sequencer = before;
                return Ok(Err(refusal));
            }
        };
        let mishap = self.mishap.take();
        if matches!(mishap, Some(Mishap::DiesBefore | Mishap::Unsure)) {
            self.restart();
        } else {
            self.commit(admitted);
        }
        match mishap {
            Some(Mishap::DiesBefore | Mishap::DiesAfter) => Err(()),
            Some(Mishap::Unsure | Mishap::UnsureAfter) => Ok(Err(error(ErrorCode::Indeterminate, None))),
            None => {
                let Cursor { epoch, seq: head, .. } = self.head();
                Ok(Ok(PushResponse { server_ms: now, epoch, head, results }))
            }
        }
    }

    fn admit_all(
        &mut self,
        request: &PushRequest,
        actor: MemberId,
        now: Timestamp,
    ) -> Result<(Admitted, Vec<CommandResult>), ApiError> {
        let (mut admitted, mut results) = (Vec::new(), Vec::new());
        for wire in &request.commands {
            let mut seen = wire.seen_of(self.head().seq, self.chain_at(wire.seen), self.sequencer.base);
            let floor = self.received(seen);
            if self.sabotage == Sabotage::ConflictRecord {
                seen = u64::MAX;
            }
            let arrival = Arrival { actor, device: None, now, sent_at: request.sent_at, seen, floor };
            match self.admit(wire, &arrival) {
                Admission::Sequenced(sequenced) => {
                    results.push(result(wire, sequenced.outcome.clone(), false));
                    admitted.push((wire.clone(), sequenced));
                }
                Admission::Duplicate => {
                    self.repetitions += 1;
                    results.push(self.repeated(wire, &admitted)?);
                }
                Admission::Gap { expected } => {
                    let details = ErrorDetails::Gap { client: wire.client, expected };
                    return Err(error(ErrorCode::Gap, Some(details)));
                }
            }
        }
        Ok((admitted, results))
    }

    fn admit(&mut self, wire: &WireCommand, arrival: &Arrival) -> Admission {
        let last = self.sequencer.queues.get(&wire.client).copied().unwrap_or_default();
        if self.sabotage == Sabotage::Dedup && wire.seq <= last {
            self.sequencer.queues.insert(wire.client, wire.seq - 1);
            let admission = self.sequencer.admit(wire, arrival);
            self.sequencer.queues.insert(wire.client, last);
            return admission;
        }
        if wire.seq == last + 1 {
            if is_poison(wire) {
                return Admission::Sequenced(self.sequencer.set_aside(wire));
            }
            self.witness.clocks_change_no_admission(&self.sequencer, wire, arrival);
            if self.unknown_kinds.contains(&wire.kind.as_str()) {
                let newer = WireCommand { kind: "newer".to_owned(), ..wire.clone() };
                let Admission::Sequenced(refused) = self.sequencer.admit(&newer, arrival) else {
                    violated("I4", "the next command of a queue is not next");
                };
                return Admission::Sequenced(Sequenced { hash: wire.hash(), ..refused });
            }
        }
        self.sequencer.admit(wire, arrival)
    }

    fn repeated(
        &self,
        wire: &WireCommand,
        admitted: &[(WireCommand, Sequenced)],
    ) -> Result<CommandResult, ApiError> {
        let known = self.store.outcomes.get(&wire.key()).map(|(hash, outcome)| (*hash, outcome));
        let fresh = admitted.iter().find(|(known, _)| known.key() == wire.key());
        match known.or(fresh.map(|(_, sequenced)| (sequenced.hash, &sequenced.outcome))) {
            Some((hash, outcome)) if hash == wire.hash() => Ok(result(wire, outcome.clone(), true)),
            _ => {
                let details = ErrorDetails::Reused { client: wire.client, seq: wire.seq };
                Err(error(ErrorCode::Reused, Some(details)))
            }
        }
    }

    fn commit(&mut self, admitted: Admitted) {
        for (wire, sequenced) in admitted {
            self.witness.saw(&wire, &sequenced, &self.store);
            if sequenced.outcome.events.is_none() {
                self.empty.insert((sequenced.key, sequenced.hash));
            }
            self.store.outcomes.insert(sequenced.key, (sequenced.hash, sequenced.outcome));
            self.store.log.extend(sequenced.events);
        }
        if self.witness.cursor() != Some(self.head()) || self.witness.workspace() != &self.sequencer.workspace
        {
            violated("I2", "the state in memory is not what the log makes");
        }
    }

    fn received(&self, seq: u64) -> Timestamp {
        let place = usize::try_from(seq).unwrap_or(usize::MAX).checked_sub(1);
        let event = place.and_then(|place| self.store.log.get(place));
        event.and_then(|event| event.read_header().ok()).map_or(Timestamp(0), |header| header.received)
    }

    /// Starts anew from what is stored.
    pub fn restart(&mut self) {
        self.witness.replay(&self.store);
        let mut queues = imbl::OrdMap::new();
        for key in self.store.outcomes.keys() {
            queues.insert(key.client, key.seq);
        }
        let (workspace, cursor) = (self.witness.workspace().clone(), self.witness.cursor());
        let cursor = cursor.unwrap_or(Cursor { epoch: self.store.epoch, seq: 0, chain: Hash::ZERO });
        self.sequencer = Sequencer { workspace, cursor, queues, base: self.store.base };
    }

    /// Goes back to a backup, as `slipway restore` does, or by putting a file back behind everybody's back.
    pub fn restore(&mut self, backup: &Store, epoch: Option<EpochId>) {
        let (base, has_forked) = (self.store.base, self.store.has_forked);
        self.store = backup.clone();
        if let Some(epoch) = epoch {
            let head = backup.log.len() as u64;
            self.store.epoch = epoch;
            self.store.base = if has_forked { base.min(head) } else { head };
            self.store.has_forked = true;
        }
        self.restart();
    }

    /// A server of a newer version was here, and wrote what this one doesn't understand.
    pub fn append_unknown(&mut self, kind: &str, v: u16, client: ClientId, now: Timestamp) {
        let seq = self.head().seq + 1;
        let command = CommandKey { client, seq: 1 };
        let header = EventHeader {
            seq,
            kind: kind.to_owned(),
            v,
            command,
            actor: MemberId::from_u128(0xa1),
            device: None,
            carried_by: None,
            at: now,
            effective: now,
            received: now,
            more: 0,
        };
        let payload = "{\"gizmo\":{\"added\":{}}}".to_owned();
        let Ok(header) = to_canonical(&header) else { return };
        let chain = chain_hash(self.head().chain, &header, Hash::of(&[payload.as_bytes()]));
        self.store.log.push(StoredEvent { header, payload: Some(payload), payload_hash: None, chain });
        self.restart();
    }
}

fn is_poison(wire: &WireCommand) -> bool {
    let read = wire.read().map(|envelope| envelope.command);
    matches!(read, Ok(Command::Deployment(DeploymentCommand::Edit { value, .. })) if value.starts_with(POISON))
}

fn result(wire: &WireCommand, outcome: Outcome, duplicate: bool) -> CommandResult {
    CommandResult { client: wire.client, seq: wire.seq, outcome, duplicate }
}

fn error(code: ErrorCode, details: Option<ErrorDetails>) -> ApiError {
    ApiError { code, message: String::new(), details }
}
