//! Bytes that must never change by accident: the log, commands on the wire, and snapshots.

use serde_json::{Value, json};
use slipway_shared::canonical::Hash;
use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::CheckStatement;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::event::Event;
use slipway_shared::ids::{CheckId, ClientId, CommandKey, DeploymentId, EpochId, MemberId};
use slipway_shared::json::Json;
use slipway_shared::log::{Cursor, EventHeader, Payload, StoredEvent, store};
use slipway_shared::origin::Origin;
use slipway_shared::rejection::Rejection;
use slipway_shared::service::{Service, ServiceEvent};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::snapshot::{self, SnapshotError, SnapshotReader};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::{Entity, MODEL_VERSION, Workspace};

#[cfg(not(target_arch = "wasm32"))]
use core::prelude::v1::test;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const KEY: CommandKey =
    CommandKey { client: ClientId::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001), seq: 7 };
const START: Cursor = Cursor { epoch: EpochId::from_u128(7), seq: 0, chain: Hash::ZERO };

fn header(seq: u64, event: &Event) -> EventHeader {
    EventHeader {
        seq,
        kind: event.kind().to_owned(),
        v: event.version(),
        command: KEY,
        actor: MemberId::from_u128(0xa),
        device: None,
        carried_by: None,
        at: Timestamp(1_700_000_000_000),
        effective: Timestamp(1_700_000_000_250),
        received: Timestamp(1_700_000_060_000),
        more: 0,
    }
}

fn attested() -> Event {
    let statement =
        CheckStatement { state: CheckState::NotApplicable, evidence: Some("n/a: \"é\"".to_owned()) };
    Event::Deployment(DeploymentEvent::Attested {
        deployment: DeploymentId::from_u128(0xca),
        check: CheckId::from_u128(0xc4),
        statement,
        supersedes: vec![KEY],
    })
}

// One event, written out. If this test fails, logs that are written from now on differ from those that exist: that
// is a decision, not a repair (docs/decisions/0001).
const HEADER: &str = concat!(
    r#"{"actor":"00000000-0000-0000-0000-00000000000a","at":1700000000000,"#,
    r#""command":{"client":"01920000-0000-7000-8000-000000000001","seq":7},"effective":1700000000250,"#,
    r#""kind":"deployment.attested","received":1700000060000,"seq":1,"v":1}"#
);
const PAYLOAD: &str = concat!(
    r#"{"deployment":{"attested":{"check":"00000000-0000-0000-0000-0000000000c4","#,
    r#""deployment":"00000000-0000-0000-0000-0000000000ca","#,
    r#""statement":{"evidence":"n/a: \"é\"","state":"not_applicable"},"#,
    r#""supersedes":[{"client":"01920000-0000-7000-8000-000000000001","seq":7}]}}}"#
);

#[test]
fn an_event_has_these_bytes_for_ever() {
    let event = attested();
    let stored = store(Hash::ZERO, &header(1, &event), &event).expect("events are JSON");
    assert_eq!(stored.header, HEADER);
    assert_eq!(stored.payload.as_deref(), Some(PAYLOAD));
    assert_eq!(stored.chain.to_string(), "1ef95b10d5dbf6161c2f8ed678719607eb721d5438188b3959972ba1f5d5c2d6");
    // By hand: SHA-256 over the previous hash, the header, and the SHA-256 of the payload.
    let by_hand = Hash::of(&[&[0; 32], HEADER.as_bytes(), &Hash::of(&[PAYLOAD.as_bytes()]).0]);
    assert_eq!(stored.chain, by_hand);
}

#[test]
fn what_is_there_is_written_and_what_is_not_is_absent() {
    let event = attested();
    let mut full = header(1, &event);
    full.device = Some(slipway_shared::ids::DeviceId::from_u128(0xd));
    full.carried_by = Some(MemberId::from_u128(0xb));
    full.more = 2;
    let stored = store(Hash::ZERO, &full, &event).expect("events are JSON");
    let written: Value = serde_json::from_str(&stored.header).expect("JSON");
    let keys: Vec<_> = written.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected = [
        "actor",
        "at",
        "carried_by",
        "command",
        "device",
        "effective",
        "kind",
        "more",
        "received",
        "seq",
        "v",
    ];
    assert_eq!(keys, expected);
    assert_eq!(stored.read_header(), Ok(full));
}

#[test]
fn each_event_carries_the_hash_of_everything_before_it() {
    let event = attested();
    let first = store(START.chain, &header(1, &event), &event).expect("events are JSON");
    let second = store(first.chain, &header(2, &event), &event).expect("events are JSON");
    assert_ne!(first.chain, second.chain);
    let read = first.read_after(&START).expect("the first");
    assert_eq!(read.payload, Payload::Known(event));
    let after_first = Cursor { seq: 1, chain: read.chain, ..START };
    assert!(second.read_after(&after_first).is_ok());
    let after_another_first = Cursor { chain: Hash::of(&[b"another"]), ..after_first };
    assert!(second.read_after(&after_another_first).is_err());
}

#[test]
fn the_epoch_is_not_hashed_so_that_a_log_can_move() {
    let event = attested();
    let stored = store(Hash::ZERO, &header(1, &event), &event).expect("events are JSON");
    assert!(stored.read_after(&Cursor { epoch: EpochId::from_u128(8), ..START }).is_ok());
}

#[test]
fn a_stored_event_is_sent_as_its_very_bytes() {
    let event = attested();
    let stored = store(Hash::ZERO, &header(1, &event), &event).expect("events are JSON");
    let sent = serde_json::to_string(&stored).expect("JSON");
    let received: StoredEvent = serde_json::from_str(&sent).expect("the same type");
    assert_eq!(received, stored);
}

#[test]
fn an_event_of_a_newer_build_is_read_without_the_fields_that_are_not_known() {
    let newer = PAYLOAD
        .replacen(r#""check":"#, r#""asked_by":"bo","check":"#, 1)
        .replace(r#""state":"not_applicable""#, r#""severity":3,"state":"not_applicable""#)
        .replace(r#""seq":7}"#, r#""seq":7,"shard":1}"#);
    assert_eq!(serde_json::from_str::<Event>(&newer).ok(), Some(attested()));
}

fn wire(body: Value) -> WireCommand {
    let (kind, v, at) = ("service.add".to_owned(), 1, Timestamp(0));
    WireCommand {
        client: KEY.client,
        seq: 7,
        at,
        seen: 0,
        seen_chain: None,
        causes: Vec::new(),
        kind,
        v,
        body,
        signature: None,
    }
}

fn service_added(fields: Value) -> Value {
    let mut added = json!({"service": "00000000-0000-0000-0000-000000000051", "name": "website", "hue": 230});
    added.as_object_mut().expect("an object").extend(fields.as_object().cloned().unwrap_or_default());
    json!({"service": {"add": added}})
}

#[test]
fn a_command_says_nothing_that_is_not_understood() {
    assert!(wire(service_added(json!({}))).read().is_ok());
    assert!(wire(service_added(json!({"repository": null}))).read().is_ok(), "null is absent");
    let malformed = Err(Rejection::MalformedCommand { kind: "service.add".to_owned() });
    assert_eq!(wire(service_added(json!({"owner": "payments"}))).read(), malformed);
    let mut beside = service_added(json!({}));
    beside["label"] = json!({});
    assert_eq!(wire(beside).read(), malformed);
}

#[test]
fn a_command_says_nothing_more_in_its_nested_parts_either() {
    let change = json!({"summary": "Index titles", "risk": "high"});
    let body = |change| {
        json!({"deployment": {"attach_changes": {
            "deployment": "00000000-0000-0000-0000-0000000000ca", "changes": [change],
        }}})
    };
    let kind = "deployment.attach_changes".to_owned();
    let command = WireCommand { kind: kind.clone(), ..wire(body(change)) };
    assert_eq!(command.read(), Err(Rejection::MalformedCommand { kind: kind.clone() }));
    assert!(WireCommand { kind, ..wire(body(json!({"summary": "Index titles"}))) }.read().is_ok());
}

#[test]
fn an_envelope_has_no_fields_that_are_not_understood() {
    let mut sent = serde_json::to_value(wire(service_added(json!({})))).expect("JSON");
    assert!(serde_json::from_value::<WireCommand>(sent.clone()).is_ok());
    sent["urgent"] = json!(true);
    assert!(serde_json::from_value::<WireCommand>(sent).is_err());
}

#[test]
fn every_kind_of_command_is_listed_once() {
    let mut kinds: Vec<_> = Command::KINDS.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), Command::KINDS.len());
    assert_eq!(Command::newest_version("nothing"), Some(1));
    assert_eq!(Command::newest_version("note.write"), None);
}

/// A workspace with a service, and two entities of kinds this build doesn't know.
fn workspace() -> Workspace {
    let mut workspace = Workspace::default();
    let (name, service) = ("website".to_owned(), slipway_shared::ids::ServiceId::from_u128(0x51));
    let origin = Origin { seq: Some(1), command: KEY, actor: MemberId::from_u128(0xa), at: Timestamp(0) };
    let added = ServiceEvent::Added { service, name, hue: 230, repository: None };
    workspace.apply(&origin, &Event::Service(added));
    for (kind, id) in [("note", "n1"), ("aardvark", "a1")] {
        let entity = json!({"text": "kept as it came", "lines": [1, 2]});
        let entity = Entity { kind: kind.to_owned(), id: id.to_owned(), entity: Json::of(&entity) };
        workspace.insert_entity(entity).expect("an unknown kind is taken as it is");
    }
    workspace
}

const CURSOR: Cursor = Cursor { seq: 41, ..START };

fn text() -> String {
    snapshot::lines(&workspace(), &CURSOR).join("\n")
}

#[test]
fn a_snapshot_comes_back_as_it_was_with_what_is_not_known() {
    let (read, cursor) = snapshot::read(&text()).expect("a whole snapshot");
    assert_eq!((&read, cursor), (&workspace(), CURSOR));
    assert_eq!(read.digest(), workspace().digest());
    assert_eq!(read.unknown.len(), 2);
}

#[test]
fn entities_go_by_kind_and_id_whatever_is_known_of_them() {
    let kinds: Vec<_> = workspace().entities().map(|entity| entity.kind).collect();
    assert_eq!(kinds, ["aardvark", "note", "service"]);
}

#[test]
fn digests_are_equal_when_the_states_are() {
    let mut other = workspace();
    assert_eq!(other.digest(), workspace().digest());
    let id = slipway_shared::ids::ServiceId::from_u128(0x51);
    let (name, hue, repository, cadence) = ("website".to_owned(), 231, None, None);
    let service = Service { name, hue, repository, cadence, archived: false };
    other.services.insert(id, service.into());
    assert_ne!(other.digest(), workspace().digest());
}

#[test]
fn what_is_derived_from_the_entities_is_not_in_the_digest() {
    let read = snapshot::read(&text()).expect("a whole snapshot").0;
    assert_eq!((read.digest(), read), (workspace().digest(), workspace()));
}

#[track_caller]
fn read_of(lines: impl FnOnce(&mut Vec<String>)) -> Result<(), SnapshotError> {
    let mut bent = snapshot::lines(&workspace(), &CURSOR);
    lines(&mut bent);
    snapshot::read(&bent.join("\n")).map(drop)
}

#[test]
fn a_snapshot_that_was_cut_off_is_refused() {
    let cut = read_of(|lines| drop(lines.pop()));
    assert!(matches!(cut, Err(SnapshotError::Truncated { entities: 3 })), "{cut:?}");
    let empty = read_of(Vec::clear);
    assert!(matches!(empty, Err(SnapshotError::Truncated { entities: 0 })), "{empty:?}");
    let torn = read_of(|lines| lines[2].truncate(20));
    assert!(matches!(torn, Err(SnapshotError::Malformed { line: 3 })), "{torn:?}");
}

#[test]
fn a_snapshot_that_was_altered_is_refused() {
    let altered = read_of(|lines| lines[3] = lines[3].replace("website", "webside"));
    assert!(matches!(altered, Err(SnapshotError::WrongDigest)), "{altered:?}");
    let reordered = read_of(|lines| lines.swap(1, 2));
    assert!(matches!(reordered, Err(SnapshotError::WrongDigest)), "{reordered:?}");
    let shortened = read_of(|lines| drop(lines.remove(1)));
    assert!(matches!(shortened, Err(SnapshotError::WrongDigest)), "{shortened:?}");
}

#[test]
fn lines_that_do_not_belong_are_refused() {
    let twice = read_of(|lines| lines.insert(1, lines[0].clone()));
    assert!(matches!(twice, Err(SnapshotError::Malformed { line: 2 })), "{twice:?}");
    let headless = read_of(|lines| drop(lines.remove(0)));
    assert!(matches!(headless, Err(SnapshotError::Malformed { line: 1 })), "{headless:?}");
    let more = read_of(|lines| lines.push(lines[1].clone()));
    assert!(matches!(more, Err(SnapshotError::Malformed { line: 6 })), "{more:?}");
}

#[test]
fn a_snapshot_of_a_newer_model_is_refused_by_name() {
    let newer = format!("\"model\":{}", MODEL_VERSION + 1);
    let refused = read_of(|lines| lines[0] = lines[0].replace(&format!("\"model\":{MODEL_VERSION}"), &newer));
    assert!(matches!(refused, Err(SnapshotError::NewerModel { .. })), "{refused:?}");
}

#[test]
fn an_entity_of_a_known_kind_has_to_be_readable() {
    let odd = read_of(|lines| lines[3] = lines[3].replace("\"hue\":230", "\"hue\":\"blue\""));
    assert!(matches!(odd, Err(SnapshotError::Entity(_))), "{odd:?}");
}

#[test]
fn empty_lines_are_passed_over() {
    assert!(read_of(|lines| lines.insert(1, String::new())).is_ok());
}

#[test]
fn what_this_device_wrote_is_read_without_hashing_but_not_without_its_end() {
    let read = |lines: &[String]| {
        let mut reader = SnapshotReader::trusting();
        lines.iter().try_for_each(|line| reader.push(line)).expect("its own lines");
        reader.finish()
    };
    let lines = snapshot::lines(&workspace(), &CURSOR);
    assert_eq!(read(&lines).expect("whole").0, workspace());
    assert!(read(&lines[..lines.len() - 1]).is_err());
}
