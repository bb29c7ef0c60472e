//! A server that was rolled back to an older build: what it does not know waits for it.

use std::collections::BTreeMap;

use slipway_shared::log::Cursor;
use slipway_shared::sync::client::{Effect, Input, Moment, SyncClient};
use slipway_shared::sync::protocol::{HelloAction, HelloResponse};
use slipway_shared::sync::replica::Replica;
use slipway_shared::time::Timestamp;

use super::test;
use super::world::{ACTOR, PAGE, Server, finish, key, pending, submit, title};

const NOW: Moment = Moment { now: Timestamp(0), jitter: 0 };

/// What the server says when it understands these kinds.
fn greeting(server: &Server, kinds: &[&str]) -> Input {
    let Cursor { epoch, seq, chain } = server.cursor();
    let commands: BTreeMap<_, _> = kinds.iter().map(|kind| ((*kind).to_owned(), 1)).collect();
    Input::Greeted(Box::new(HelloResponse {
        server_ms: Timestamp(0),
        epoch,
        head: seq,
        chain,
        oldest: 1,
        protocol: (1, 1),
        commands,
        queues: Vec::new(),
        action: HelloAction::Tail,
        restored_to: None,
        is_redaction: false,
        redacted: Vec::new(),
        member: ACTOR,
        people: Vec::new(),
    }))
}

/// Says hello, and returns the numbers of the commands that are pushed then.
fn pushed_after(sync: &mut SyncClient, replica: &mut Replica, greeting: Input) -> Vec<u64> {
    sync.step(replica, Input::Connect, NOW);
    let effects = sync.step(replica, greeting, NOW);
    let numbers = effects.into_iter().filter_map(|effect| match effect {
        Effect::Push { commands, .. } => Some(commands.into_iter().map(|command| command.seq)),
        _ => None,
    });
    numbers.flatten().collect()
}

#[test]
fn what_a_server_does_not_know_yet_waits_and_goes_once_it_does() {
    let server = Server::new();
    let mut replica = server.replica();
    submit(&mut replica, key(PAGE, 1), title("one"));
    submit(&mut replica, key(PAGE, 2), finish());
    let mut older = SyncClient::default();
    let sent = pushed_after(&mut older, &mut replica, greeting(&server, &["deployment.edit"]));
    assert_eq!(sent, [1], "what it knows goes");
    assert_eq!(pending(&replica), [key(PAGE, 1), key(PAGE, 2)], "the rest waits, and is not lost");

    let mut newer = SyncClient::default();
    let kinds = ["deployment.edit", "deployment.finish"];
    assert_eq!(pushed_after(&mut newer, &mut replica, greeting(&server, &kinds)), [1, 2]);
}
