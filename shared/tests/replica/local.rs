//! A device that is its own server gives commands their places as a server does: the same pushes come to the same
//! outcomes, and to the same bytes in the log.

use std::collections::BTreeMap;
use std::convert::Infallible;

use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{ClientId, ColumnId, CommandKey, EpochId, MemberId, ServiceId, WorkspaceId};
use slipway_shared::log::{Cursor, Link, StoredEvent};
use slipway_shared::member::Profile;
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::service::ServiceCommand;
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::sync::envelope::{WireCommand, mark_of};
use slipway_shared::sync::export::{ExportLine, ExportReader};
use slipway_shared::sync::greeting::{self, Greeted};
use slipway_shared::sync::group::{Arrived, Committed, Group, NewOutcome, Outcomes, PushRefusal};
use slipway_shared::sync::local::{Folding, Found, LocalError, LocalHead, LocalLog, OutcomeRow, begin};
use slipway_shared::sync::protocol::{CommandResult, HelloAction, HelloRequest, PROTOCOL, PushRequest};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::test;
use super::world::{ACTOR, CARD, PAGE, SIBLING, blind, finish, key, title};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// What a device keeps: rows, and nothing else.
#[derive(Clone)]
struct Device {
    head: LocalHead,
    log: Vec<StoredEvent>,
    outcomes: BTreeMap<CommandKey, OutcomeRow>,
    queues: BTreeMap<ClientId, u64>,
}

impl Device {
    fn new() -> Self {
        let mut next = 0;
        let begun = begin("Harbour", ACTOR, NOW, || {
            next += 1;
            next
        });
        let begun = begun.expect("a good name");
        let head = LocalHead::after(ACTOR, &begun);
        let mut device = Self { head, log: Vec::new(), outcomes: BTreeMap::new(), queues: BTreeMap::new() };
        device.keep(&begun);
        device
    }

    fn keep(&mut self, outcomes: &Outcomes) {
        self.log.extend(outcomes.events.iter().map(|new| new.event.clone()));
        for kept in &outcomes.outcomes {
            let hash = kept.hash.expect("it was decided here");
            self.outcomes.insert(kept.key, OutcomeRow { hash, outcome: kept.outcome.clone() });
        }
        self.queues.extend(outcomes.queues.iter().copied());
        self.head.cursor = outcomes.sequencer.cursor;
    }

    fn link(&self, seq: u64) -> Option<Link> {
        let place = usize::try_from(seq).ok()?.checked_sub(1)?;
        self.log.get(place).map(|event| event.link().expect("its own header"))
    }

    /// Starts anew from its rows, perhaps with a state that was kept beside them.
    fn start(&self, known: Option<(Workspace, Cursor)>) -> Result<LocalLog, LocalError> {
        let mut folding = Folding::begin(self.head, known);
        let read = usize::try_from(folding.cursor().seq).expect("a short log");
        self.log.iter().skip(read).try_for_each(|event| folding.take(event))?;
        folding.finish(self.queues.clone())
    }

    fn push(
        &mut self,
        log: &mut LocalLog,
        push: &PushRequest,
        now: Timestamp,
    ) -> Result<Vec<CommandResult>, PushRefusal> {
        let needed = log.needed(push);
        let links = needed.links.iter().filter_map(|seq| Some((*seq, self.link(*seq)?))).collect();
        let outcomes =
            needed.outcomes.iter().filter_map(|key| Some((*key, self.outcomes.get(key)?.clone()))).collect();
        let (results, outcomes) = log.decide(push, now, &mut Found { links, outcomes })?;
        self.keep(&outcomes);
        log.commit(&outcomes);
        assert_eq!(log.head(), self.head);
        Ok(results)
    }
}

/// A server's rules, with everything in memory.
struct Server {
    sequencer: Sequencer,
    log: Vec<StoredEvent>,
    outcomes: BTreeMap<CommandKey, NewOutcome>,
}

struct Kept<'a>(&'a [StoredEvent], &'a BTreeMap<CommandKey, NewOutcome>);

impl Committed for Kept<'_> {
    type Error = Infallible;

    fn link(&mut self, seq: u64) -> Result<Option<Link>, Infallible> {
        let place = usize::try_from(seq).unwrap_or(usize::MAX).checked_sub(1);
        let event = place.and_then(|place| self.0.get(place));
        Ok(event.map(|event| event.link().expect("its own header")))
    }

    fn outcome(&mut self, key: CommandKey) -> Result<Option<NewOutcome>, Infallible> {
        Ok(self.1.get(&key).cloned())
    }
}

impl Server {
    fn of(device: &Device) -> Self {
        let mut folded = Workspace::default();
        let mut cursor = Cursor { seq: 0, chain: Hash::ZERO, ..device.head.cursor };
        for event in &device.log {
            let read = event.read_after(&cursor).expect("a good log");
            let slipway_shared::log::Payload::Known(known) = &read.payload else { panic!("it is known") };
            folded.apply(&read.header.origin(), known);
            cursor = Cursor { seq: read.header.seq, chain: read.chain, ..cursor };
        }
        let queues = device.queues.clone().into_iter().collect();
        let outcomes = device.outcomes.iter().map(|(key, row)| {
            (*key, NewOutcome { key: *key, hash: Some(row.hash), outcome: row.outcome.clone() })
        });
        Self {
            sequencer: Sequencer { workspace: folded, cursor, queues, base: 0 },
            log: device.log.clone(),
            outcomes: outcomes.collect(),
        }
    }

    fn push(&mut self, push: &PushRequest, now: Timestamp) -> Result<Vec<CommandResult>, PushRefusal> {
        let mut group = Group::new(&self.sequencer);
        let arrived = Arrived {
            actor: ACTOR,
            device: None,
            epoch: push.epoch,
            sent_at: push.sent_at,
            now,
            commands: &push.commands,
        };
        let Ok(decided) = group.take(&arrived, &mut Kept(&self.log, &self.outcomes));
        let outcomes = group.finish();
        self.sequencer = outcomes.sequencer;
        self.log.extend(outcomes.events.into_iter().map(|new| new.event));
        self.outcomes.extend(outcomes.outcomes.into_iter().map(|new| (new.key, new)));
        decided
    }
}

/// Numbers that look random, the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) % limit
    }
}

fn open() -> Command {
    Command::Deployment(DeploymentCommand::Open {
        deployment: CARD,
        service: ServiceId::from_u128(0x51),
        version: "1.4.0".to_owned(),
        title: "Faster search".to_owned(),
        column: ColumnId::from_u128(6),
        rank: "8000000000".to_owned(),
        changes: Vec::new(),
        sections: Vec::new(),
    })
}

fn any_command(random: &mut Random) -> Command {
    let service = ServiceId::from_u128(0x51);
    match random.below(6) {
        0 => Command::Service(ServiceCommand::Add {
            service,
            name: "web".to_owned(),
            hue: 0,
            repository: None,
        }),
        1 => open(),
        2 => finish(),
        3 => Command::Deployment(DeploymentCommand::Reopen { deployment: CARD }),
        4 => title(["Faster", "Fastest", " "][usize::try_from(random.below(3)).unwrap_or_default()]),
        _ => Command::Nothing,
    }
}

/// A push of one to four commands of two queues: mostly the next ones, sometimes repeated, altered, or too early.
fn any_push(random: &mut Random, device: &Device, made: &mut Vec<WireCommand>) -> PushRequest {
    let mut next = device.queues.clone();
    let mut commands = Vec::new();
    for _ in 0..=random.below(4) {
        let page = [PAGE, SIBLING][usize::try_from(random.below(2)).unwrap_or_default()];
        let last = next.entry(ClientId::from_u128(page)).or_default();
        let again = made.get(usize::try_from(random.below(made.len() as u64 + 1)).unwrap_or_default());
        match (random.below(12), again) {
            (0, Some(again)) => commands.push(again.clone()),
            (1, Some(again)) => commands.push(WireCommand { at: NOW.plus(77), ..again.clone() }),
            (2, _) => commands.push(blind(key(page, *last + 2), Command::Nothing).to_wire()),
            _ => {
                *last += 1;
                let mut wire = blind(key(page, *last), any_command(random)).to_wire();
                wire.seen = random.below(device.head.cursor.seq + 2);
                wire.seen_chain = device.link(wire.seen).map(|link| mark_of(link.chain));
                made.push(wire.clone());
                commands.push(wire);
            }
        }
    }
    let is_of_another = random.below(15) == 0;
    let epoch = if is_of_another { EpochId::from_u128(0xbad) } else { device.head.cursor.epoch };
    let sent_at = NOW.plus(i64::try_from(random.below(100_000)).unwrap_or_default());
    PushRequest { protocol: PROTOCOL, epoch, sent_at, commands }
}

#[test]
fn a_device_decides_as_a_server_does_whenever_it_starts_anew() {
    let (mut pushes, mut refused, mut applied) = (0, 0, 0);
    for seed in 0..60 {
        let mut random = Random(seed);
        let mut device = Device::new();
        let mut server = Server::of(&device);
        let mut log = device.start(None).expect("a good log");
        let mut known = (log.workspace().clone(), device.head.cursor);
        let mut made = Vec::new();
        for step in 0..40 {
            let push = any_push(&mut random, &device, &mut made);
            let now = NOW.plus(step * 1_000);
            let (here, there) = (device.push(&mut log, &push, now), server.push(&push, now));
            assert_eq!(here, there, "seed {seed}, step {step}");
            pushes += 1;
            refused += usize::from(here.is_err());
            applied += here.iter().flatten().filter(|result| result.outcome.events.is_some()).count();
            match random.below(5) {
                0 => log = device.start(None).expect("a good log"),
                1 => log = device.start(Some(known.clone())).expect("a good log"),
                2 => known = (log.workspace().clone(), device.head.cursor),
                _ => {}
            }
        }
        assert_eq!((&device.log, device.head.cursor), (&server.log, server.sequencer.cursor), "seed {seed}");
        assert_eq!(log.workspace(), &server.sequencer.workspace, "seed {seed}");
        assert_greets_alike(&device, &log, &server);
    }
    assert!(refused > 100 && applied > 500, "{pushes} pushes, {refused} refused, {applied} with events");
}

#[track_caller]
fn assert_greets_alike(device: &Device, log: &LocalLog, server: &Server) {
    let head = device.head.cursor;
    let cursors = [
        None,
        Some(head),
        Some(Cursor { seq: 3, chain: device.link(3).expect("there are more").chain, ..head }),
        Some(Cursor { seq: 3, ..head }),
        Some(Cursor { seq: head.seq + 1, ..head }),
        Some(Cursor { epoch: EpochId::from_u128(0xbad), ..head }),
    ];
    for cursor in cursors {
        let hello = HelloRequest {
            protocol: PROTOCOL,
            client: ClientId::from_u128(PAGE),
            cursor,
            queues: vec![ClientId::from_u128(PAGE), ClientId::from_u128(0x99)],
            sent_at: NOW,
        };
        let chain = cursor.and_then(|cursor| device.link(cursor.seq)).map(|link| link.chain);
        let people = vec![Profile { member: ACTOR, name: "Ana".to_owned() }];
        let greeted = Greeted {
            now: NOW,
            chain,
            restored_to: None,
            is_redaction: false,
            redacted: Vec::new(),
            member: ACTOR,
            people: people.clone(),
        };
        let here = log.hello(&hello, chain, people, NOW);
        assert_eq!(here, greeting::answer(&hello, &server.sequencer, greeted));
    }
}

#[test]
fn a_new_workspace_is_that_of_its_one_member() {
    let device = Device::new();
    let log = device.start(None).expect("a good log");
    assert_eq!((log.workspace().name.as_str(), log.workspace().members.len()), ("Harbour", 1));
    assert_eq!((log.workspace().environments.len(), log.workspace().columns.len()), (3, 6));
    let first = HelloRequest {
        protocol: PROTOCOL,
        client: ClientId::from_u128(PAGE),
        cursor: None,
        queues: Vec::new(),
        sent_at: NOW,
    };
    let answer = log.hello(&first, None, Vec::new(), NOW);
    assert_eq!((answer.action, answer.member), (HelloAction::Snapshot, ACTOR));
    let unnamed = begin(" ", MemberId::from_u128(1), NOW, || 9);
    assert_eq!(unnamed.err(), Some(Rejection::TextMissing { field: TextField::Name }));
}

#[test]
fn a_log_that_is_damaged_or_newer_is_not_gone_on_with() {
    let device = Device::new();
    let head = device.head.cursor.seq;
    let mut cut = device.clone();
    cut.log.pop();
    assert_eq!(cut.start(None).err(), Some(LocalError::CutOff { seq: head - 1 }));
    let mut altered = device.clone();
    altered.log[2].payload = Some("{}".to_owned());
    assert!(matches!(altered.start(None), Err(LocalError::Damaged(_))));
    // A state of another timeline is not built on.
    let other = Cursor { epoch: EpochId::from_u128(0xbad), ..device.head.cursor };
    let log = device.start(Some((Workspace::default(), other))).expect("the log itself is good");
    assert_eq!(log.workspace().name, "Harbour");
}

#[test]
fn an_event_of_a_newer_build_keeps_an_older_one_from_deciding() {
    let mut device = Device::new();
    let last = device.log.last().expect("it has begun").clone();
    let header = last.header.replace("column.added", "column.painted").replace("\"v\":1", "\"v\":9");
    let payload = "{\"column\":{\"painted\":{}}}".to_owned();
    let before = device.link(device.head.cursor.seq - 1).expect("there are more").chain;
    let chain = slipway_shared::log::chain_hash(before, &header, Hash::of(&[payload.as_bytes()]));
    let newer = StoredEvent { header, payload: Some(payload), payload_hash: None, chain };
    device.log.pop();
    device.log.push(newer);
    device.head.cursor.chain = chain;
    assert_eq!(device.start(None).err(), Some(LocalError::Newer { seq: device.head.cursor.seq }));
}

#[test]
fn what_it_exports_reads_back_to_the_same_state() {
    let device = Device::new();
    let log = device.start(None).expect("a good log");
    let people = vec![Profile { member: ACTOR, name: "Ana".to_owned() }];
    let header = log.export_header(WorkspaceId::from_u128(5), people);
    let first = ExportLine::Header(header.clone()).to_text();
    let mut reader = ExportReader::default();
    reader.push(&first).expect("a header");
    for event in &device.log {
        reader.push(&ExportLine::Event(event.clone()).to_text()).expect("an event");
    }
    reader.push(&header.footer(&first).to_text()).expect("a footer");
    let (workspace, cursor) = reader.finish().expect("all of it");
    assert_eq!((&workspace, cursor), (log.workspace(), device.head.cursor));
    assert_eq!(workspace.digest(), header.digest);
}
