//! Events that come from the log: taken in once, in order, all of a batch or nothing.

use slipway_shared::canonical::{Hash, to_canonical};
use slipway_shared::event::Event;
use slipway_shared::log::{EventHeader, LogError, StoredEvent, chain_hash, store};
use slipway_shared::service::ServiceEvent;
use slipway_shared::sync::replica::Replica;

use super::test;
use super::world::{PAGE, Server, assert_view_is_recomputable, finish, key, pending, shown, submit, title};

#[test]
fn the_view_is_what_is_confirmed_and_what_is_pending_on_top() {
    let mut server = Server::new();
    let mut replica = server.replica();
    submit(&mut replica, key(PAGE, 1), title("mine"));
    submit(&mut replica, key(PAGE, 2), finish());
    server.does(title("theirs"));
    replica.receive(&server.log_after(replica.cursor().expect("in step").seq)).expect("the next events");
    assert_eq!(replica.confirmed(), &server.sequencer.workspace);
    assert_eq!(shown(&replica), "theirs", "of one moment, the later name counts");
    assert_eq!(replica.view().open_deployments().count(), 0);
    assert_view_is_recomputable(&replica);
}

#[test]
fn a_command_leaves_the_queue_when_the_log_shows_it() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let wire = submit(&mut replica, key(PAGE, 1), title("mine"));
    server.admits(&wire);
    // The answer to the push is not needed: the log tells the same.
    replica.receive(&server.log_after(0)).expect("known events and a new one");
    assert_eq!(pending(&replica), []);
    assert_eq!(replica.view(), &server.sequencer.workspace);
}

#[test]
fn a_batch_that_comes_twice_changes_nothing_the_second_time() {
    let mut server = Server::new();
    let mut replica = server.replica();
    server.does(title("theirs"));
    let batch = server.log_after(0);
    replica.receive(&batch).expect("the next events");
    let (cursor, digest) = (replica.cursor(), replica.view().digest());
    replica.receive(&batch).expect("known events");
    replica.receive(&[]).expect("nothing");
    assert_eq!((replica.cursor(), replica.view().digest()), (cursor, digest));
}

/// A replica in step, then four more events, of which `bend` makes a batch that must not be taken in.
#[track_caller]
fn refused(bend: impl FnOnce(&mut Vec<StoredEvent>), expected: impl FnOnce(u64) -> LogError) {
    let mut server = Server::new();
    let mut replica = server.replica();
    let head = server.cursor().seq;
    for text in ["a", "b", "c", "d"] {
        server.does(title(text));
    }
    let mut batch = server.log_after(head);
    bend(&mut batch);
    let (cursor, view) = (replica.cursor(), replica.view().clone());
    assert_eq!(replica.receive(&batch), Err(expected(head)));
    assert_eq!((replica.cursor(), replica.view()), (cursor, &view), "all of a batch or nothing");
}

#[test]
fn a_batch_with_a_hole_is_refused_whole() {
    let hole = |head| LogError::Hole { expected: head + 3, found: head + 4 };
    refused(|batch| drop(batch.remove(2)), hole);
}

#[test]
fn a_batch_that_begins_too_late_is_refused() {
    refused(|batch| drop(batch.remove(0)), |head| LogError::Hole { expected: head + 1, found: head + 2 });
}

#[test]
fn altered_bytes_break_the_chain() {
    let alter = |text: &str| text.replace("\"c\"", "\"x\"");
    let broken = |head| LogError::ChainBroken { seq: head + 3 };
    refused(|batch| batch[2].payload = batch[2].payload.as_deref().map(alter), broken);
    let alter = |header: &str| header.replace("\"v\":1", "\"v\":2");
    refused(|batch| batch[2].header = alter(&batch[2].header), broken);
}

#[test]
fn another_history_breaks_the_chain() {
    let broken = |head| LogError::ChainBroken { seq: head + 1 };
    refused(|batch| batch[0].chain = Hash::ZERO, broken);
}

#[test]
fn an_event_without_payload_and_hash_is_refused() {
    refused(|batch| batch[2].payload = None, |head| LogError::PayloadMissing { seq: head + 3 });
}

#[test]
fn a_header_that_is_none_is_refused() {
    refused(|batch| batch[2].header = "{}".to_owned(), |_| LogError::MalformedHeader);
}

#[test]
fn nothing_can_be_taken_in_before_a_snapshot() {
    let server = Server::new();
    let mut replica = Replica::default();
    assert_eq!(replica.receive(&server.log), Err(LogError::Hole { expected: 0, found: 0 }));
}

#[test]
fn a_redacted_event_changes_nothing_and_the_log_goes_on() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let head = server.cursor().seq;
    server.does(title("a secret"));
    server.does(title("in the open"));
    let mut batch = server.log_after(head);
    let payload = batch[0].payload.take().expect("not redacted yet");
    batch[0].payload_hash = Some(Hash::of(&[payload.as_bytes()]));
    replica.receive(&batch[..1]).expect("the chain holds without the payload");
    assert_eq!(
        (shown(&replica), replica.cursor().map(|cursor| cursor.seq)),
        ("Faster search", Some(head + 1))
    );
    replica.receive(&batch).expect("the chain goes on");
    assert_eq!((shown(&replica), replica.cursor()), ("in the open", Some(server.cursor())));
}

#[test]
fn a_wrong_hash_in_place_of_a_payload_breaks_the_chain() {
    let redact = |batch: &mut Vec<StoredEvent>| {
        batch[2].payload = None;
        batch[2].payload_hash = Some(Hash::of(&[b"something else"]));
    };
    refused(redact, |head| LogError::ChainBroken { seq: head + 3 });
}

/// An event after the head, with a header and payload as another build may write them.
fn foreign(server: &Server, bend: impl FnOnce(&mut EventHeader), payload: &str) -> StoredEvent {
    let template = server.log.last().and_then(|event| event.read_header().ok());
    let mut header = template.expect("the log has events");
    header.seq += 1;
    bend(&mut header);
    let header = to_canonical(&header).expect("headers are JSON");
    let payload_hash = Hash::of(&[payload.as_bytes()]);
    let chain = chain_hash(server.cursor().chain, &header, payload_hash);
    StoredEvent { header, payload: Some(payload.to_owned()), payload_hash: None, chain }
}

#[test]
fn an_event_of_a_kind_that_is_not_known_moves_the_cursor_alone() {
    let server = Server::new();
    let mut replica = server.replica();
    let view = replica.view().clone();
    let event =
        foreign(&server, |header| header.kind = "note.written".to_owned(), r#"{"note":{"written":{}}}"#);
    replica.receive(&[event]).expect("it belongs to the log");
    assert_eq!(replica.cursor().map(|cursor| cursor.seq), Some(server.cursor().seq + 1));
    assert_eq!(replica.view(), &view);
}

#[test]
fn an_event_of_a_newer_version_moves_the_cursor_alone() {
    let server = Server::new();
    let mut replica = server.replica();
    let event = foreign(&server, |header| header.v = 2, r#"{"deployment":{"finished":{"deployment":7}}}"#);
    replica.receive(&[event]).expect("it belongs to the log");
    assert_eq!(replica.cursor().map(|cursor| cursor.seq), Some(server.cursor().seq + 1));
}

#[test]
fn a_known_event_that_cannot_be_read_is_no_reason_to_go_on() {
    let server = Server::new();
    let event =
        foreign(&server, |header| header.kind = "deployment.finished".to_owned(), r#"{"deployment":7}"#);
    let seq = server.cursor().seq + 1;
    assert_eq!(server.replica().receive(&[event]), Err(LogError::MalformedPayload { seq }));
}

#[test]
fn an_event_about_something_unknown_changes_nothing() {
    let server = Server::new();
    let mut replica = server.replica();
    let gone = slipway_shared::ids::DeploymentId::from_u128(0xdead);
    let event =
        Event::Deployment(slipway_shared::deployment::event::DeploymentEvent::Finished { deployment: gone });
    let mut header =
        server.log.last().and_then(|event| event.read_header().ok()).expect("the log has events");
    header.seq += 1;
    header.kind = event.kind().to_owned();
    let stored = store(server.cursor().chain, &header, &event).expect("events are JSON");
    let view = replica.view().clone();
    replica.receive(&[stored]).expect("it belongs to the log");
    assert_eq!(replica.view(), &view);
}

#[test]
fn a_field_of_a_newer_build_does_not_stop_an_event() {
    let server = Server::new();
    let mut replica = server.replica();
    let added = ServiceEvent::Added {
        service: slipway_shared::ids::ServiceId::from_u128(0x52),
        name: "billing".to_owned(),
        hue: 1,
        repository: None,
    };
    let payload = to_canonical(&Event::Service(added)).expect("events are JSON");
    let payload = payload.replace("\"hue\":1", "\"hue\":1,\"owner\":\"payments\"");
    let event = foreign(&server, |header| header.kind = "service.added".to_owned(), &payload);
    replica.receive(&[event]).expect("it belongs to the log");
    assert!(replica.view().service_named("billing").is_some());
}
