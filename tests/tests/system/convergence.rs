//! Several replicas that do anything, with a network that breaks and a server that dies, end in the same state.

use std::time::Duration;

use slipway_tests::api::Api;
use slipway_tests::commands;
use slipway_tests::random::Random;
use slipway_tests::replica::TestReplica;
use slipway_tests::server::TestServer;
use slipway_tests::verify::read_log;

const REPLICAS: usize = 4;
const COMMANDS: usize = 600;

#[test]
fn replicas_that_do_anything_end_in_the_same_state() {
    let mut random = Random::announced("convergence");
    let mut server = TestServer::start();
    let address = server.address();
    let mut replicas: Vec<_> =
        (0..REPLICAS).map(|_| TestReplica::connected(address, random.fork())).collect();
    let mut submitted = 0;
    // What is drawn is sometimes refused at once or without effect: rounds are played until there are enough.
    for round in 0.. {
        if submitted == COMMANDS {
            break;
        }
        let which = random.below(REPLICAS);
        let replica = replicas.get_mut(which).unwrap();
        match random.below(12) {
            0 => replica.disconnect(),
            1 => replica.pump(Duration::from_millis(5)),
            2 => replica.pump(Duration::ZERO),
            _ => {
                let command = commands::anything(replica.view(), &mut random);
                submitted += usize::from(matches!(replica.submit(command), Ok(Some(_))));
            }
        }
        if round % 200 == 199 {
            server.kill();
            server.restart();
        }
    }
    for replica in &mut replicas {
        replica.settle();
    }
    let mut api = Api::connect(address).unwrap();
    let (snapshot, cursor) = api.snapshot().unwrap();
    for replica in &mut replicas {
        replica.reach(cursor.seq);
        assert_eq!(replica.replica().cursor(), Some(cursor));
        assert_eq!(replica.view().digest(), snapshot.digest());
        assert_eq!(replica.forks, 0);
    }
    let log = read_log(cursor.epoch, &api.log().unwrap());
    assert_eq!(log.workspace.digest(), snapshot.digest());
    let refused: usize = replicas.iter().map(|replica| replica.refused.len()).sum();
    eprintln!(
        "{submitted} commands of {REPLICAS} replicas, {refused} refused at the server, {} events: one digest",
        cursor.seq
    );
    assert!(refused < submitted / 2, "{submitted} submitted, {refused} refused");
}

#[test]
fn a_thousand_offline_commands_drain() {
    let mut random = Random::announced("drain");
    let mut server = TestServer::start();
    let mut replica = TestReplica::connected(server.address(), random.fork());
    server.kill();
    while replica.replica().pending().len() < 1_000 {
        let command = commands::anything(replica.view(), &mut random);
        // Refused at once or without effect: the next one, then.
        drop(replica.submit(command));
    }
    server.restart();
    replica.settle();
    let (snapshot, cursor) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    replica.reach(cursor.seq);
    assert_eq!(replica.view().digest(), snapshot.digest());
    assert_eq!(
        replica.refused.len(),
        0,
        "alone, nothing that was predicted is refused: {:?}",
        replica.refused
    );
}
