//! What was ever written or sent can still be read, and is written the same way: golden files, which are never
//! changed or deleted once released. A difference here is a decision about the protocol.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use slipway_shared::account::Session;
use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::event::Event;
use slipway_shared::ids::EpochId;
use slipway_shared::log::{Cursor, Payload, StoredEvent, store};
use slipway_shared::stage::Stage;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{
    ErrorBody, EventsPage, HelloRequest, HelloResponse, PushRequest, PushResponse, StreamMessage,
};
use slipway_tests::server::repository;

fn folder(name: &str) -> PathBuf {
    repository().join("tests/fixtures/wire/v1").join(name)
}

/// Returns the examples of every file of a folder, under the file's name without its ending.
fn examples(name: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder(name)).unwrap() {
        let path = entry.unwrap().path();
        let kind = path.file_stem().unwrap().to_string_lossy().into_owned();
        let examples: Vec<Value> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert!(!examples.is_empty(), "{kind} has no example");
        found.extend(examples.into_iter().map(|example| (kind.clone(), example)));
    }
    found
}

#[track_caller]
fn round_trip<T: DeserializeOwned + Serialize>(kind: &str, golden: &Value) -> T {
    let read: T = T::deserialize(golden).unwrap_or_else(|error| panic!("{kind}: {error}: {golden}"));
    assert_eq!(serde_json::to_value(&read).unwrap(), *golden, "{kind} is written otherwise now");
    read
}

#[test]
fn commands_are_read_and_written_as_ever() {
    let mut kinds = BTreeSet::new();
    for (kind, example) in examples("commands") {
        let wire: WireCommand = round_trip(&kind, &example["command"]);
        let expected: Hash = serde_json::from_value(example["hash"].clone()).unwrap();
        assert_eq!(wire.hash(), expected, "{kind} has another hash now: repetitions would not be recognised");
        let envelope = wire.read().unwrap();
        let mut again = envelope.to_wire();
        again.signature.clone_from(&wire.signature);
        assert_eq!(again, wire);
        assert_eq!(envelope.command.kind(), kind);
        kinds.insert(kind);
    }
    let known: BTreeSet<_> = Command::KINDS.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    assert_eq!(kinds, known, "every kind of command has a golden file");
}

#[test]
fn commands_refuse_fields_they_do_not_have() {
    for (kind, example) in examples("commands") {
        let mut wire: WireCommand = round_trip(&kind, &example["command"]);
        let Some(inner) = innermost(&mut wire.body) else { continue };
        inner.insert("surprise".to_owned(), Value::Bool(true));
        assert!(wire.read().is_err(), "{kind} took in a field of a later version");
    }
}

/// Returns the fields of a command: what is in the tags of its entity and its verb.
fn innermost(body: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    body.as_object_mut()?.values_mut().next()?.as_object_mut()?.values_mut().next()?.as_object_mut()
}

#[test]
fn events_are_read_and_written_as_ever() {
    let mut kinds = BTreeSet::new();
    let before = Cursor { epoch: EpochId::from_u128(1), seq: 0, chain: Hash::ZERO };
    for (kind, example) in examples("events") {
        let stored: StoredEvent = round_trip(&kind, &example);
        let read = stored.read_after(&before).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let Payload::Known(event) = &read.payload else { panic!("{kind} is not understood any more") };
        assert_eq!(
            store(Hash::ZERO, &read.header, event).unwrap(),
            stored,
            "{kind} is written otherwise now"
        );
        assert_eq!((event.kind(), read.header.kind.as_str()), (kind.as_str(), kind.as_str()));
        kinds.insert(kind);
    }
    let known: BTreeSet<_> = Event::KINDS.iter().map(|kind| (*kind).to_owned()).collect();
    assert_eq!(kinds, known, "every kind of event has a golden file");
}

#[test]
fn events_keep_what_a_newer_build_added() {
    let before = Cursor { epoch: EpochId::from_u128(1), seq: 0, chain: Hash::ZERO };
    for (kind, example) in examples("events") {
        let old: StoredEvent = round_trip(&kind, &example);
        let mut payload: Value = serde_json::from_str(old.payload.as_deref().unwrap()).unwrap();
        add_surprises(&mut payload);
        let payload = payload.to_string();
        let chain = slipway_shared::log::chain_hash(Hash::ZERO, &old.header, Hash::of(&[payload.as_bytes()]));
        let newer = StoredEvent { payload: Some(payload), chain, ..old };
        match newer.read_after(&before) {
            Ok(read) => {
                assert!(matches!(read.payload, Payload::Known(_)), "{kind} with a new field is opaque");
            }
            Err(error) => panic!("{kind} with a new field: {error}"),
        }
    }
}

/// Adds a field to everything that has fields. What has a single one may be the tag of a kind, which has none.
fn add_surprises(tree: &mut Value) {
    match tree {
        Value::Array(items) => items.iter_mut().for_each(add_surprises),
        Value::Object(fields) => {
            fields.values_mut().for_each(add_surprises);
            // What is kept by stage is no structure: a newer build adds nothing to it, as there are seven.
            let is_stage = |key: &String| serde_json::from_value::<Stage>(Value::String(key.clone())).is_ok();
            let is_by_stage = fields.keys().all(is_stage);
            if fields.len() > 1 && !is_by_stage {
                fields.insert("surprise".to_owned(), Value::Bool(true));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn messages_are_read_and_written_as_ever() {
    let mut names = BTreeSet::new();
    for (name, example) in examples("messages") {
        match name.as_str() {
            "session" => drop(round_trip::<Session>(&name, &example)),
            "hello_request" => drop(round_trip::<HelloRequest>(&name, &example)),
            "hello_response" => drop(round_trip::<HelloResponse>(&name, &example)),
            "push_request" => drop(round_trip::<PushRequest>(&name, &example)),
            "push_response" => drop(round_trip::<PushResponse>(&name, &example)),
            "events_page" => drop(round_trip::<EventsPage>(&name, &example)),
            "stream_message" => drop(round_trip::<StreamMessage>(&name, &example)),
            "error_body" => drop(round_trip::<ErrorBody>(&name, &example)),
            other => panic!("{other}.json is no message of the protocol"),
        }
        names.insert(name);
    }
    assert_eq!(names.len(), 8, "every message has a golden file, {names:?} are there");
}
