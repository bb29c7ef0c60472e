//! Beginning anew from a snapshot: what is pending stays, what the snapshot contains does not happen twice.

use slipway_shared::sync::replica::Replica;

use super::test;
use super::world::{
    ACTOR, OTHER_EPOCH, PAGE, Server, assert_view_is_recomputable, finish, key, pending, shown, submit, title,
};

#[test]
fn a_snapshot_replaces_what_is_confirmed_and_keeps_what_is_pending() {
    let mut server = Server::new();
    let mut replica = Replica::default();
    replica.set_actor(ACTOR);
    submit_blindly(&mut replica);
    server.does(title("theirs"));
    replica.reset(server.sequencer.workspace.clone(), server.cursor());
    assert_eq!((replica.cursor(), pending(&replica)), (Some(server.cursor()), vec![key(PAGE, 1)]));
    assert_view_is_recomputable(&replica);
}

/// Puts something into the queue of a replica that has no snapshot yet.
fn submit_blindly(replica: &mut Replica) {
    replica.adopt(super::world::blind(key(PAGE, 1), finish()));
}

#[test]
fn what_the_snapshot_contains_leaves_the_queue() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let first = submit(&mut replica, key(PAGE, 1), title("mine"));
    submit(&mut replica, key(PAGE, 2), finish());
    replica.settle(&[server.admits(&first)]);
    replica.reset(server.sequencer.workspace.clone(), server.cursor());
    assert_eq!((pending(&replica), shown(&replica)), (vec![key(PAGE, 2)], "mine"));
}

#[test]
fn what_was_acknowledged_beyond_the_snapshot_stays_on_top() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let before = (server.sequencer.workspace.clone(), server.cursor());
    let first = submit(&mut replica, key(PAGE, 1), title("mine"));
    replica.settle(&[server.admits(&first)]);
    replica.reset(before.0, before.1);
    assert_eq!((pending(&replica), shown(&replica)), (vec![key(PAGE, 1)], "mine"));
    assert!(replica.pending()[0].acknowledged.is_some());
}

#[test]
fn on_another_timeline_what_was_acknowledged_is_sent_again() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let first = submit(&mut replica, key(PAGE, 1), title("mine"));
    replica.settle(&[server.admits(&first)]);
    let mut restored = Server::in_epoch(OTHER_EPOCH);
    replica.reset(restored.sequencer.workspace.clone(), restored.cursor());
    assert_eq!((replica.pending()[0].acknowledged, shown(&replica)), (None, "mine"));
    let answer = restored.admits(&replica.pending()[0].envelope.to_wire());
    replica.settle(&[answer]);
    replica.receive(&restored.log_after(0)).expect("the log of the new timeline");
    assert_eq!((pending(&replica), replica.view()), (vec![], &restored.sequencer.workspace));
}
