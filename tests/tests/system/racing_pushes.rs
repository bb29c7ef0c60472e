//! Two tabs push the same queue at once, as when one takes over from another that was only frozen.

use std::sync::Barrier;
use std::time::Instant;

use slipway_shared::ids::{ClientId, DeploymentId, ServiceId};
use slipway_shared::sync::protocol::{OutcomeStatus, PUSH_COMMANDS};
use slipway_tests::api::Api;
use slipway_tests::commands::{self, wire};
use slipway_tests::random::Random;
use slipway_tests::replica::TestReplica;
use slipway_tests::server::TestServer;

/// How often two pushes race, and how many commands each of them has.
const ROUNDS: u64 = 20;
const COMMANDS: u64 = 5;
/// What a person may do in two weeks.
const OFFLINE: usize = 5_000;

/// Adds a deployment, and returns it.
fn open_one(server: &TestServer, random: &mut Random) -> DeploymentId {
    let mut replica = TestReplica::connected(server.address(), random.fork());
    let service = ServiceId::from_u128(random.id());
    let deployment = DeploymentId::from_u128(random.id());
    replica.submit(commands::add_service(service, "harbour")).unwrap();
    let column = commands::first_queue(replica.view());
    replica.submit(commands::open_bare(deployment, service, column, "1.0.0")).unwrap();
    replica.settle();
    deployment
}

#[test]
fn of_two_pushes_of_one_queue_each_command_counts_once() {
    let mut random = Random::announced("racing pushes");
    let server = TestServer::start();
    let deployment = open_one(&server, &mut random);
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(random.id());
    let hello = api.hello(client, None, vec![]).unwrap();
    for round in 0..ROUNDS {
        let seqs = round * COMMANDS + 1..=(round + 1) * COMMANDS;
        let retitle =
            |seq| wire(client, seq, hello.head, commands::retitle(deployment, &format!("title {seq}")));
        let batch: Vec<_> = seqs.map(retitle).collect();
        let barrier = Barrier::new(2);
        let push = || {
            let mut api = Api::connect(server.address()).unwrap();
            barrier.wait();
            api.push(hello.epoch, &batch).unwrap().results
        };
        let (mine, theirs) = std::thread::scope(|scope| {
            let theirs = scope.spawn(push);
            (push(), theirs.join().unwrap())
        });
        for (mine, theirs) in mine.iter().zip(&theirs) {
            assert_eq!(mine.outcome, theirs.outcome, "both hear the same of {}", mine.seq);
            assert_eq!(mine.outcome.status, OutcomeStatus::Applied);
            assert_ne!(mine.duplicate, theirs.duplicate, "one of them was first with {}", mine.seq);
        }
    }
    assert_eq!(api.events(hello.head).unwrap().head - hello.head, ROUNDS * COMMANDS, "each once");
}

/// Two weeks of work without a server.
#[test]
fn two_weeks_of_offline_work_drain_in_batches() {
    let mut random = Random::announced("two weeks");
    let mut server = TestServer::start();
    let deployment = open_one(&server, &mut random);
    let mut replica = TestReplica::connected(server.address(), random.fork());
    let begin = replica.replica().cursor().unwrap().seq;
    server.kill();
    replica.disconnect();
    for number in 0..OFFLINE {
        let queued = replica.submit(commands::retitle(deployment, &format!("title {number}"))).unwrap();
        assert!(queued.is_some());
    }
    assert_eq!(replica.replica().pending().len(), OFFLINE);
    server.restart();
    // The server takes no push with more in it than a batch.
    const { assert!(OFFLINE >= 10 * PUSH_COMMANDS) };
    let start = Instant::now();
    replica.settle();
    eprintln!("{OFFLINE} commands drained in {} ms", start.elapsed().as_millis());
    let cursor = Api::connect(server.address()).unwrap().snapshot().unwrap().1;
    assert_eq!(cursor.seq - begin, OFFLINE as u64, "each once");
    assert!(replica.refused.is_empty(), "{:?}", replica.refused);
}
