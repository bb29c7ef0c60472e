//! The server of the simulation: the real sequencer over a log and outcomes in memory.

use std::collections::BTreeMap;

use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, EpochId, MemberId};
use slipway_shared::log::{Cursor, Payload, StoredEvent};
use slipway_shared::sync::admission::{Admission, Arrival, Sequencer};
use slipway_shared::sync::envelope::{CommandEnvelope, WireCommand};
use slipway_shared::sync::protocol::{
    ApiError, CommandResult, ErrorCode, ErrorDetails, EventsPage, HelloAction, HelloRequest, HelloResponse,
    Outcome, PROTOCOL, PushRequest, PushResponse, QueuePosition,
};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::{Workspace, default_setup};

pub const OWNER: MemberId = MemberId::from_u128(0xa1);

pub struct Server {
    pub sequencer: Sequencer,
    pub log: Vec<StoredEvent>,
    pub outcomes: BTreeMap<CommandKey, (Hash, Outcome)>,
    pub repetitions: usize,
}

impl Server {
    pub fn new() -> Self {
        let epoch = EpochId::from_u128(7);
        let sequencer = Sequencer::new(Cursor { epoch, seq: 0, chain: Hash::ZERO });
        let mut server = Self { sequencer, log: Vec::new(), outcomes: BTreeMap::new(), repetitions: 0 };
        let mut next = 0x1000;
        let setup = default_setup("Harbour", OWNER, || {
            next += 1;
            next
        });
        let setup = CommandEnvelope {
            key: CommandKey { client: ClientId::from_u128(1), seq: 1 },
            at: Timestamp(0),
            seen: 0,
            seen_chain: None,
            causes: Vec::new(),
            command: Command::Workspace(setup),
        };
        let request =
            PushRequest { protocol: PROTOCOL, epoch, sent_at: Timestamp(0), commands: vec![setup.to_wire()] };
        let answer = server.push(&request, OWNER, Timestamp(0));
        assert!(
            answer.is_ok_and(|answer| {
                answer.results.iter().all(|result| result.outcome.rejection.is_none())
            })
        );
        server
    }

    pub fn hello(&self, request: &HelloRequest, actor: MemberId, now: Timestamp) -> HelloResponse {
        let head = self.sequencer.cursor;
        let action = match request.cursor {
            None => HelloAction::Snapshot,
            Some(cursor) if self.knows(&cursor) => HelloAction::Tail,
            Some(_) => HelloAction::Fork,
        };
        let position = |client: &ClientId| QueuePosition {
            client: *client,
            last_seq: self.sequencer.queues.get(client).copied().unwrap_or_default(),
        };
        HelloResponse {
            server_ms: now,
            epoch: head.epoch,
            head: head.seq,
            chain: head.chain,
            oldest: 1,
            protocol: (PROTOCOL, PROTOCOL),
            commands: BTreeMap::new(),
            queues: request.queues.iter().map(position).collect(),
            action,
            member: actor,
            people: Vec::new(),
        }
    }

    fn knows(&self, cursor: &Cursor) -> bool {
        let place = usize::try_from(cursor.seq).unwrap_or(usize::MAX);
        let chain = match place.checked_sub(1) {
            None => Some(Hash::ZERO),
            Some(place) => self.log.get(place).map(|event| event.chain),
        };
        cursor.epoch == self.sequencer.cursor.epoch && chain == Some(cursor.chain)
    }

    pub fn push(
        &mut self,
        request: &PushRequest,
        actor: MemberId,
        now: Timestamp,
    ) -> Result<PushResponse, ApiError> {
        let before = self.sequencer.clone();
        let mut admitted = Vec::new();
        let mut results = Vec::new();
        for wire in &request.commands {
            let seen = wire.seen_of(self.sequencer.cursor.seq, self.chain_at(wire.seen), self.sequencer.base);
            let floor = self.received(seen);
            let arrival = Arrival { actor, device: None, now, sent_at: request.sent_at, seen, floor };
            match self.sequencer.admit(wire, &arrival) {
                Admission::Sequenced(sequenced) => {
                    results.push(result(wire, sequenced.outcome.clone(), false));
                    admitted.push(sequenced);
                }
                Admission::Duplicate => {
                    self.repetitions += 1;
                    results.push(self.repeated(wire)?);
                }
                Admission::Gap { expected } => {
                    self.sequencer = before;
                    let details = ErrorDetails::Gap { client: wire.client, expected };
                    return Err(error(ErrorCode::Gap, details));
                }
            }
        }
        for sequenced in admitted {
            let known = self.outcomes.insert(sequenced.key, (sequenced.hash, sequenced.outcome));
            assert!(known.is_none(), "{} has a second outcome", sequenced.key);
            self.log.extend(sequenced.events);
        }
        let cursor = self.sequencer.cursor;
        Ok(PushResponse { server_ms: now, epoch: cursor.epoch, head: cursor.seq, results })
    }

    fn repeated(&self, wire: &WireCommand) -> Result<CommandResult, ApiError> {
        match self.outcomes.get(&wire.key()) {
            Some((hash, outcome)) if *hash == wire.hash() => Ok(result(wire, outcome.clone(), true)),
            _ => {
                let details = ErrorDetails::Reused { client: wire.client, seq: wire.seq };
                Err(error(ErrorCode::Reused, details))
            }
        }
    }

    pub fn page(&self, after: u64) -> EventsPage {
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        EventsPage { events: self.log.iter().skip(after).cloned().collect(), head: self.log.len() as u64 }
    }

    fn chain_at(&self, seq: u64) -> Option<Hash> {
        let place = usize::try_from(seq).unwrap_or(usize::MAX).checked_sub(1);
        place.and_then(|place| self.log.get(place)).map(|event| event.chain)
    }

    fn received(&self, seq: u64) -> Timestamp {
        let place = usize::try_from(seq).unwrap_or(usize::MAX).checked_sub(1);
        let event = place.and_then(|place| self.log.get(place));
        event.and_then(|event| event.read_header().ok()).map_or(Timestamp(0), |header| header.received)
    }

    /// Starts anew from what is stored, and checks that it is the same.
    pub fn restart(&mut self) {
        let (workspace, cursor) = self.replayed();
        assert_eq!(cursor, self.sequencer.cursor);
        assert_eq!(workspace, self.sequencer.workspace);
        let mut queues = imbl::OrdMap::new();
        for key in self.outcomes.keys() {
            queues.insert(key.client, key.seq);
        }
        assert_eq!(queues, self.sequencer.queues);
        self.sequencer = Sequencer { workspace, cursor, queues, base: self.sequencer.base };
    }

    /// Folds the log from nothing, verifying the chain.
    pub fn replayed(&self) -> (Workspace, Cursor) {
        let mut workspace = Workspace::default();
        let mut cursor = Cursor { seq: 0, chain: Hash::ZERO, ..self.sequencer.cursor };
        for event in &self.log {
            let event = event.read_after(&cursor).expect("the log is dense and its chain holds");
            let Payload::Known(known) = &event.payload else { panic!("an event is not known") };
            workspace.apply(&event.header.origin(), known);
            cursor = Cursor { seq: event.header.seq, chain: event.chain, ..cursor };
        }
        (workspace, cursor)
    }
}

fn result(wire: &WireCommand, outcome: Outcome, duplicate: bool) -> CommandResult {
    CommandResult { client: wire.client, seq: wire.seq, outcome, duplicate }
}

fn error(code: ErrorCode, details: ErrorDetails) -> ApiError {
    ApiError { code, message: String::new(), details: Some(details) }
}
