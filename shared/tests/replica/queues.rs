//! The order of commands across the queues of one browser, and how damaged queues are mended.

use slipway_shared::command::Command;
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::sync::queues::in_causal_order;
use slipway_shared::sync::replica::Replica;
use slipway_shared::time::Timestamp;

use super::test;
use super::world::{
    PAGE, SIBLING, STRANGER, Server, assert_view_is_recomputable, blind, finish, key, knowing, pending,
    shown, submit, title,
};

/// A command with its time and its causes; what it asks for does not matter.
fn made(page: u128, seq: u64, at: i64, causes: &[(u128, u64)]) -> CommandEnvelope {
    let causes = causes.iter().map(|(page, seq)| key(*page, *seq)).collect();
    CommandEnvelope { at: Timestamp(at), causes, ..blind(key(page, seq), Command::Nothing) }
}

#[track_caller]
fn ordered(commands: Vec<CommandEnvelope>, expected: &[(u128, u64)]) {
    let expected: Vec<_> = expected.iter().map(|(page, seq)| key(*page, *seq)).collect();
    let mut reversed = commands.clone();
    reversed.reverse();
    for commands in [commands, reversed] {
        let found: Vec<_> = in_causal_order(commands).into_iter().map(|envelope| envelope.key).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_queue_keeps_its_order_whatever_its_clock_did() {
    ordered(
        vec![made(PAGE, 1, 500, &[]), made(PAGE, 2, 100, &[]), made(PAGE, 3, 300, &[])],
        &[(PAGE, 1), (PAGE, 2), (PAGE, 3)],
    );
}

#[test]
fn commands_of_several_queues_go_by_their_time() {
    ordered(
        vec![made(PAGE, 1, 100, &[]), made(PAGE, 2, 300, &[]), made(SIBLING, 1, 200, &[])],
        &[(PAGE, 1), (SIBLING, 1), (PAGE, 2)],
    );
}

#[test]
fn causes_go_first_whatever_the_clocks_say() {
    let commands = vec![
        made(PAGE, 1, 900, &[]),
        made(PAGE, 2, 901, &[]),
        made(SIBLING, 1, 100, &[(PAGE, 2)]),
        made(STRANGER, 1, 50, &[(SIBLING, 1)]),
    ];
    ordered(commands, &[(PAGE, 1), (PAGE, 2), (SIBLING, 1), (STRANGER, 1)]);
}

#[test]
fn a_cause_that_is_settled_already_holds_nothing_back() {
    ordered(
        vec![made(PAGE, 5, 900, &[]), made(SIBLING, 1, 100, &[(PAGE, 4), (STRANGER, 9)])],
        &[(SIBLING, 1), (PAGE, 5)],
    );
}

#[test]
fn a_command_that_is_stored_twice_comes_once() {
    ordered(vec![made(PAGE, 1, 100, &[]), made(PAGE, 1, 100, &[])], &[(PAGE, 1)]);
}

#[test]
fn causes_in_a_circle_come_to_an_end() {
    ordered(
        vec![made(PAGE, 1, 200, &[(SIBLING, 1)]), made(SIBLING, 1, 100, &[(PAGE, 1)])],
        &[(SIBLING, 1), (PAGE, 1)],
    );
}

#[test]
fn a_command_names_the_newest_of_every_sibling_queue_as_its_causes() {
    let mut replica = Server::new().replica();
    submit(&mut replica, key(PAGE, 1), title("one"));
    submit(&mut replica, key(PAGE, 2), title("two"));
    let wire = submit(&mut replica, key(SIBLING, 1), title("three"));
    assert_eq!(wire.causes, [key(PAGE, 2)]);
    let wire = submit(&mut replica, key(PAGE, 3), title("four"));
    assert_eq!(wire.causes, [key(SIBLING, 1)]);
}

#[test]
fn a_stored_outbox_comes_back_in_order() {
    let server = Server::new();
    let outbox = vec![knowing(key(PAGE, 2), finish()), knowing(key(PAGE, 1), title("mine"))];
    let replica = Replica::new(server.sequencer.workspace.clone(), Some(server.cursor()), outbox);
    assert_eq!(pending(&replica), [key(PAGE, 1), key(PAGE, 2)]);
    assert_eq!(shown(&replica), "mine");
}

#[test]
fn a_command_is_adopted_once() {
    let mut replica = Server::new().replica();
    let theirs = knowing(key(SIBLING, 1), title("theirs"));
    replica.adopt(theirs.clone());
    replica.adopt(theirs);
    assert_eq!((pending(&replica), shown(&replica)), (vec![key(SIBLING, 1)], "theirs"));
}

#[test]
fn a_command_is_adopted_before_those_that_follow_it_in_its_queue() {
    let mut replica = Server::new().replica();
    let other = knowing(key(PAGE, 1), finish());
    for envelope in
        [knowing(key(SIBLING, 2), title("second")), other, knowing(key(SIBLING, 1), title("first"))]
    {
        replica.adopt(envelope);
    }
    assert_eq!(pending(&replica), [key(SIBLING, 1), key(SIBLING, 2), key(PAGE, 1)]);
    assert_eq!(shown(&replica), "second");
    assert_view_is_recomputable(&replica);
}

/// A replica that holds these commands of one page.
fn holding(seqs: &[u64]) -> Replica {
    let mut replica = Server::new().replica();
    for seq in seqs {
        replica.adopt(knowing(key(PAGE, *seq), title(&seq.to_string())));
    }
    replica
}

#[track_caller]
fn filled(held: &[u64], expected: u64, fillers: &[u64], then: &[u64]) {
    let mut replica = holding(held);
    replica.adopt(knowing(key(SIBLING, 1), finish()));
    let found = replica.fill_gap(key(PAGE, 1).client, expected);
    let keys: Vec<_> = found.iter().map(|envelope| envelope.key).collect();
    assert!(found.iter().all(|envelope| envelope.command == Command::Nothing));
    let of_page = |seqs: &[u64]| seqs.iter().map(|seq| key(PAGE, *seq)).collect::<Vec<_>>();
    assert_eq!(keys, of_page(fillers));
    let mut after = of_page(then);
    after.push(key(SIBLING, 1));
    assert_eq!(pending(&replica), after);
    assert_view_is_recomputable(&replica);
}

#[test]
fn a_gap_before_a_queue_is_filled_with_commands_that_do_nothing() {
    filled(&[4, 5], 2, &[2, 3], &[2, 3, 4, 5]);
}

#[test]
fn a_gap_within_a_queue_is_filled() {
    filled(&[1, 3], 2, &[2], &[1, 2, 3]);
}

#[test]
fn where_there_is_no_gap_nothing_is_filled() {
    filled(&[1, 2], 1, &[], &[1, 2]);
    filled(&[1, 2], 9, &[], &[1, 2]);
    filled(&[], 1, &[], &[]);
}

#[test]
fn a_queue_whose_names_are_taken_goes_on_under_new_ones() {
    let mut replica = holding(&[1, 2]);
    let mut follower = knowing(key(SIBLING, 1), finish());
    follower.causes.push(key(PAGE, 2));
    replica.adopt(follower);
    let renamed = replica.reissue(&[key(PAGE, 1), key(PAGE, 2)], key(0xf0, 1).client);
    let names: Vec<_> = renamed.iter().map(|(old, new)| (*old, new.key)).collect();
    assert_eq!(names, [(key(PAGE, 1), key(0xf0, 1)), (key(PAGE, 2), key(0xf0, 2))]);
    assert_eq!(pending(&replica), [key(0xf0, 1), key(0xf0, 2), key(SIBLING, 1)]);
    assert_eq!(
        replica.pending()[2].envelope.causes,
        [key(PAGE, 2)],
        "it may have been sent, and keeps its bytes"
    );
    assert_eq!(shown(&replica), "2");
    assert_view_is_recomputable(&replica);
    // A tab that has not heard of it yet tells it under its old name.
    replica.adopt(knowing(key(PAGE, 2), title("2")));
    assert_eq!(replica.pending().len(), 3, "nothing is done twice");
}

/// A browser's profile was put back from a copy, in which a command waits that has become nothing since, and others
/// that were sent.
#[test]
fn what_the_server_has_under_the_same_names_keeps_them() {
    let mut leader_queue = holding(&[2, 3, 4]);
    let renamed = leader_queue.reissue(&[key(PAGE, 2), key(PAGE, 4)], key(0xf0, 1).client);
    let causes: Vec<_> = renamed.iter().map(|(_, new)| (new.key, new.causes.clone())).collect();
    assert_eq!(causes, [(key(0xf0, 1), vec![key(PAGE, 1)]), (key(0xf0, 2), vec![key(PAGE, 3)])]);
    assert_eq!(pending(&leader_queue), [key(0xf0, 1), key(PAGE, 3), key(0xf0, 2)]);
}

#[test]
fn what_is_named_anew_conflicts_with_nothing_its_author_had_seen() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let first = submit(&mut replica, key(PAGE, 1), title("one"));
    submit(&mut replica, key(PAGE, 2), title("two"));
    replica.settle(&[server.admits(&first)]);
    let renamed = replica.reissue(&[key(PAGE, 2)], key(0xf0, 1).client);
    assert_eq!(renamed.len(), 1);
    assert_eq!(pending(&replica), [key(PAGE, 1), key(0xf0, 1)]);
    assert!(replica.pending()[0].acknowledged.is_some(), "what has its outcome is not asked for again");
    let again = server.admits(&replica.pending()[1].envelope.to_wire());
    assert_eq!(again.outcome.status, slipway_shared::sync::protocol::OutcomeStatus::Applied);
}
