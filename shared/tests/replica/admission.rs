//! The server's half: each command gets its place once, and an outcome whatever happens.

use serde_json::json;
use slipway_shared::command::Command;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::admission::{Admission, Arrival};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::OutcomeStatus;
use slipway_shared::time::Timestamp;

use super::test;
use super::world::{ACTOR, PAGE, STRANGER, Server, blind, finish, key, title};

const ARRIVAL: Arrival = Arrival {
    actor: ACTOR,
    device: None,
    now: Timestamp(1_700_000_900_000),
    sent_at: Timestamp(1_700_000_900_000),
    seen: 0,
    floor: Timestamp(0),
};

fn wire(seq: u64, command: Command) -> WireCommand {
    blind(key(PAGE, seq), command).to_wire()
}

#[test]
fn a_command_gets_the_next_places_in_the_log() {
    let mut server = Server::new();
    let head = server.cursor().seq;
    let result = server.admits(&wire(1, finish()));
    assert_eq!(
        (result.outcome.status, result.outcome.events),
        (OutcomeStatus::Applied, Some((head + 1, head + 1)))
    );
    assert_eq!(server.cursor().seq, head + 1);
}

#[test]
fn the_log_holds_whose_command_it_was_and_when() {
    let mut server = Server::new();
    let arrival = Arrival { sent_at: Timestamp(1_700_000_000_000), ..ARRIVAL };
    let Admission::Sequenced(sequenced) = server.sequencer.admit(&wire(1, finish()), &arrival) else {
        panic!("nothing is in its way")
    };
    let header = sequenced.events[0].read_header().expect("its own header");
    assert_eq!((header.command, header.actor, header.more), (key(PAGE, 1), ACTOR, 0));
    assert_eq!((header.at, header.received), (Timestamp(1_700_000_000_000), ARRIVAL.now));
    assert_eq!(header.effective, ARRIVAL.now, "the clock was a quarter of an hour behind");
}

#[test]
fn events_of_one_command_say_how_many_follow() {
    let server = Server::new();
    let more: Vec<_> =
        server.log.iter().filter_map(|event| event.read_header().ok()).map(|header| header.more).collect();
    assert_eq!(more, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]);
}

#[test]
fn a_command_that_came_before_is_a_duplicate() {
    let mut server = Server::new();
    let first = server.admits(&wire(1, finish()));
    let again = server.admits(&wire(1, finish()));
    assert_eq!((again.outcome, again.duplicate), (first.outcome, true));
}

#[test]
fn a_command_that_comes_too_early_waits_for_those_before_it() {
    let mut server = Server::new();
    assert_eq!(server.sequencer.admit(&wire(2, finish()), &ARRIVAL), Admission::Gap { expected: 1 });
    server.admits(&wire(1, finish()));
    assert_eq!(server.sequencer.admit(&wire(3, finish()), &ARRIVAL), Admission::Gap { expected: 2 });
}

#[test]
fn a_number_that_no_command_has_gets_no_place() {
    let zero = WireCommand { seq: 0, ..wire(1, finish()) };
    assert_eq!(Server::new().sequencer.admit(&zero, &ARRIVAL), Admission::Duplicate);
}

#[track_caller]
fn ends(command: Command, status: OutcomeStatus) {
    let mut server = Server::new();
    server.does(title("theirs"));
    let result = server.admits(&wire(1, command));
    assert_eq!(result.outcome.status, status);
    assert_eq!(
        result.outcome.events.is_some(),
        matches!(status, OutcomeStatus::Applied | OutcomeStatus::Merged)
    );
}

#[test]
fn a_command_is_applied_merged_without_effect_or_rejected() {
    ends(finish(), OutcomeStatus::Applied);
    ends(title("mine"), OutcomeStatus::Merged);
    ends(title("theirs"), OutcomeStatus::Noop);
    ends(Command::Nothing, OutcomeStatus::Noop);
    ends(title(&"x".repeat(999)), OutcomeStatus::Rejected);
}

#[track_caller]
fn rejected(bend: impl FnOnce(&mut WireCommand), expected: Rejection) {
    let mut server = Server::new();
    let mut bent = wire(1, finish());
    bend(&mut bent);
    assert_eq!(server.admits(&bent).outcome.rejection, Some(expected));
    // It has its outcome, so the queue goes on.
    assert_eq!(server.admits(&wire(2, finish())).outcome.status, OutcomeStatus::Applied);
}

#[test]
fn a_command_that_is_not_known_here_is_rejected_and_blocks_nothing() {
    let unknown = |kind: &str, version| Rejection::UnknownCommand { kind: kind.to_owned(), version };
    rejected(|wire| wire.kind = "note.write".to_owned(), unknown("note.write", 1));
    rejected(|wire| wire.v = 2, unknown("deployment.finish", 2));
    rejected(|wire| wire.v = 0, unknown("deployment.finish", 0));
}

#[test]
fn a_command_that_cannot_be_read_is_rejected_and_blocks_nothing() {
    let malformed = |kind: &str| Rejection::MalformedCommand { kind: kind.to_owned() };
    rejected(|wire| wire.body = json!(null), malformed("deployment.finish"));
    rejected(|wire| wire.body = json!({"deployment": {"finish": {}}}), malformed("deployment.finish"));
    rejected(|wire| wire.kind = "deployment.reopen".to_owned(), malformed("deployment.reopen"));
    rejected(|wire| wire.body["deployment"]["finish"]["why"] = json!("done"), malformed("deployment.finish"));
}

#[test]
fn a_command_that_made_the_server_panic_is_set_aside() {
    let mut server = Server::new();
    let head = server.cursor();
    let aside = server.sequencer.set_aside(&wire(1, finish()));
    assert_eq!((aside.outcome.rejection, aside.events), (Some(Rejection::Internal), vec![]));
    assert_eq!(server.cursor(), head);
    assert_eq!(server.admits(&wire(2, finish())).outcome.status, OutcomeStatus::Applied);
}

#[test]
fn two_commands_of_one_name_are_told_apart_by_their_hash() {
    assert_eq!(wire(1, finish()).hash(), wire(1, finish()).hash());
    assert_ne!(wire(1, finish()).hash(), wire(1, title("mine")).hash());
    assert_ne!(wire(1, finish()).hash(), blind(key(STRANGER, 1), finish()).to_wire().hash());
}
