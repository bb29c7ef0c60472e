//! A server that is killed at any moment loses nothing it acknowledged and does nothing twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use slipway_shared::ids::{DeploymentId, EnvironmentId};
use slipway_tests::api::RequestError;
use slipway_tests::pusher::{self, Pusher, verify_server};
use slipway_tests::random::Random;
use slipway_tests::replica::TestReplica;
use slipway_tests::server::TestServer;
use slipway_tests::verify::total;
use slipway_tests::{commands, wait};

const KILLS: usize = 100;
const PUSHERS: usize = 6;

/// What the pushers share.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    cut: AtomicUsize,
}

/// Sends batch after batch, each again and again until it is acknowledged.
fn work(mut pusher: Pusher, shared: &Shared) -> Pusher {
    while !shared.stop.load(Ordering::Relaxed) {
        wait::until("a push to be acknowledged", || match pusher.push() {
            Ok(()) => Some(()),
            Err(RequestError::Unreachable(_)) => {
                shared.cut.fetch_add(1, Ordering::Relaxed);
                None
            }
            Err(other) => panic!("{other:?}"),
        });
    }
    pusher
}

/// Makes a service and `count` deployments, and returns them with an environment.
pub(crate) fn prepare(
    server: &TestServer,
    random: &mut Random,
    count: usize,
) -> (Vec<DeploymentId>, EnvironmentId) {
    let work = pusher::prepare(server.address(), random, count);
    let environment = work.first().unwrap().environment;
    (work.into_iter().map(|work| work.deployment).collect(), environment)
}

#[test]
fn a_server_killed_at_a_hundred_moments_loses_nothing_acknowledged_and_doubles_nothing() {
    let mut random = Random::announced("killed");
    let mut server = TestServer::start();
    let works = pusher::prepare(server.address(), &mut random, PUSHERS);
    let epoch = works.first().unwrap().epoch;
    let shared = Arc::new(Shared::default());
    let pushers = works.into_iter().map(|work| Pusher::new(server.address(), work, random.fork()));
    let threads = pushers.map(|pusher| {
        let shared = Arc::clone(&shared);
        std::thread::spawn(move || work(pusher, &shared))
    });
    let threads: Vec<_> = threads.collect();
    for _ in 0..KILLS {
        // The moment is what is random here, not a hope that something is done by then.
        std::thread::sleep(Duration::from_micros(random.next() % 150_000));
        server.kill();
        server.restart();
    }
    shared.stop.store(true, Ordering::Relaxed);
    let mut pushers: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();

    let log = verify_server(server.address(), epoch, &mut pushers);
    let acknowledged: usize = pushers.iter().map(|pusher| pusher.acknowledged.len()).sum();
    total(
        "kills at random moments",
        &format!(
            "{KILLS} kills, {acknowledged} acknowledged commands in {} pushes checked ({} events, {} tries met no \
             server or half of one): lost 0, doubled 0",
            pushers.iter().map(|pusher| pusher.pushes).sum::<usize>(),
            log.cursor.seq,
            shared.cut.load(Ordering::Relaxed),
        ),
    );
    assert!(acknowledged > KILLS, "there was hardly any load: {acknowledged}");
}

#[test]
fn replicas_catch_up_after_a_restart() {
    let mut random = Random::announced("restart");
    let mut server = TestServer::start();
    let (deployments, _) = prepare(&server, &mut random, 1);
    let mut first = TestReplica::connected(server.address(), random.fork());
    let mut second = TestReplica::connected(server.address(), random.fork());
    let deployment = *deployments.first().unwrap();

    server.kill();
    for number in 0..20 {
        first.submit(commands::retitle(deployment, &format!("while it was down {number}"))).unwrap();
    }
    assert_eq!(first.replica().pending().len(), 20);
    server.restart();
    first.settle();
    second.reach(first.replica().cursor().unwrap().seq);

    assert_eq!(second.view().deployments.get(&deployment).unwrap().title.value, "while it was down 19");
    assert_eq!(second.view().digest(), first.view().digest());
    assert_eq!((first.forks, second.forks), (0, 0));
}
