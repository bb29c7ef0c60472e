//! Every form that a browser of an older build stored is still read: rows of snapshots, events, commands, refusals.

use serde::Deserialize;
use serde_json::{Map, Value};
use slipway_shared::command::Command;
use slipway_shared::ids::{CommandKey, MemberId, WorkspaceId};
use slipway_shared::json;
use slipway_shared::log::StoredEvent;
use slipway_shared::member::Profile;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::replica::Replica;
use slipway_shared::sync::snapshot::SnapshotReader;
use slipway_shared::time::Timestamp;
use slipway_tests::server::repository;

/// What the app keeps of a refused command: `frontend/src/replica/status.rs`.
#[derive(Debug, Deserialize)]
struct Refused {
    key: CommandKey,
    at: Timestamp,
    command: Command,
    rejection: Rejection,
}

/// Which workspace a browser opens: `frontend/src/replica/storage.rs`.
#[derive(Debug, Deserialize)]
struct BootRecord {
    workspace: WorkspaceId,
    member: MemberId,
    people: Vec<Profile>,
}

fn databases(version: &str) -> Map<String, Value> {
    let path = repository().join(format!("tests/fixtures/replicas/{version}/replica.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Returns the values of a store, in the order of their keys.
fn texts<'a>(database: &'a Value, store: &str) -> Vec<&'a str> {
    let rows = database["stores"][store].as_array().unwrap();
    rows.iter().map(|row| row[1].as_str().unwrap()).collect()
}

#[test]
fn every_stored_form_of_0_1_0_is_read() {
    let databases = databases("0.1.0");
    let boot: BootRecord = json::read(texts(&databases["slipway"], "meta").first().unwrap()).unwrap();
    assert_eq!(boot.people.first().map(|person| person.member), Some(boot.member));
    let database = &databases[&format!("slipway-{}", boot.workspace)];

    let mut reader = SnapshotReader::default();
    for line in texts(database, "snapshot").iter().flat_map(|row| row.lines()) {
        reader.push(line).unwrap();
    }
    let (workspace, cursor) = reader.finish().unwrap();
    let mut replica = Replica::new(workspace, Some(cursor), Vec::new());
    let tail: Vec<StoredEvent> =
        texts(database, "tail").into_iter().map(|text| json::read(text).unwrap()).collect();
    replica.receive(&tail).unwrap();
    assert_eq!(replica.cursor().map(|cursor| cursor.seq), Some(22));
    assert!(!replica.has_opaque(), "an event of 0.1.0 is not understood any more");

    let outbox = texts(database, "outbox");
    assert_eq!(outbox.len(), 2);
    for text in &outbox {
        let wire: WireCommand = json::read(text).unwrap();
        assert_eq!(json::write(&wire), *text, "it would have another hash, and count as another command");
        replica.adopt(wire.read().unwrap());
    }
    assert!(replica.pending().iter().all(|pending| pending.refusal.is_none()));
    let shown = replica.view().deployments.values().find(|known| known.version.value == "2.4.0");
    assert_eq!(shown.map(|known| known.progress().done), Some(2));

    let refused: Vec<Refused> =
        texts(database, "refused").into_iter().map(|text| json::read(text).unwrap()).collect();
    let refused = refused.first().unwrap();
    assert_eq!((refused.key.seq, refused.command.kind()), (1, "deployment.move"));
    assert!(matches!(refused.rejection, Rejection::ColumnChanged { .. }) && refused.at.0 > 0);
}
