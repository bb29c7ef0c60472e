//! Bad networks: acknowledgements are lost, answers crawl, nobody speaks, messages come twice or out of order, a portal
//! answers. Once it is over everything is there, once, and nobody waits for long.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use slipway_shared::ids::{DeploymentId, ServiceId};
use slipway_tests::api::Api;
use slipway_tests::faults::{BadNetwork, Fault};
use slipway_tests::random::Random;
use slipway_tests::replica::TestReplica;
use slipway_tests::server::TestServer;
use slipway_tests::verify::{read_log, total};
use slipway_tests::{commands, wait};

use crate::killed::prepare;
use crate::pushers::Crew;

/// How long anybody may still wait once the fault is over.
const STALL: Duration = Duration::from_secs(10);

/// How long each fault lasts at least, while people work.
const FAULT: Duration = Duration::from_millis(400);

const FAULTS: [Fault; 8] = [
    Fault::CutAfter(0),
    Fault::CutAfter(40),
    Fault::CutAfter(300),
    Fault::Chopped,
    Fault::HalfOpen,
    Fault::Portal,
    Fault::Doubled,
    Fault::Reordered,
];

#[test]
fn pushers_on_a_bad_network_lose_nothing_and_double_nothing() {
    let mut random = Random::announced("bad network, pushers");
    let server = TestServer::start();
    let network = BadNetwork::start(server.address());
    let crew = Crew::start(&server, network.address(), &mut random, 4);
    let pushes = |crew: &Crew| crew.shared.pushes.load(Ordering::Relaxed);
    let mut longest = Duration::ZERO;
    for fault in FAULTS {
        network.set(fault);
        let (met, began) = (network.met(), Instant::now());
        // Connections are kept, so that only those that break meet the next fault.
        let_it_be_met(&network, met, began);
        network.set(Fault::None);
        let (over, before) = (Instant::now(), pushes(&crew));
        wait::until_within(STALL, &format!("pushes after {fault:?}"), || {
            (pushes(&crew) >= before + 8).then_some(())
        });
        longest = longest.max(over.elapsed());
    }
    let (epoch, cut) = (crew.epoch, crew.shared.cut.load(Ordering::Relaxed));
    let acknowledged = crew.stop();
    let log = read_log(epoch, &Api::connect(server.address()).unwrap().log().unwrap());
    log.holds(&acknowledged);
    total(
        "bad network",
        &format!(
            "{} commands through {} faults, {cut} tries without an answer, lost 0, doubled 0; longest wait \
         after a fault {} ms",
            acknowledged.len(),
            FAULTS.len(),
            longest.as_millis()
        ),
    );
    assert!(cut > 0, "no push met a fault");
}

/// Lets the fault be met for a while.
fn let_it_be_met(network: &BadNetwork, met: usize, began: Instant) {
    network.break_off();
    wait::until("the fault to be met", || (network.met() > met && began.elapsed() > FAULT).then_some(()));
    network.break_off();
}

#[test]
fn replicas_on_a_bad_network_converge_soon_after_it() {
    let mut random = Random::announced("bad network, replicas");
    let server = TestServer::start();
    prepare(&server, &mut random, 1);
    let network = BadNetwork::start(server.address());
    let mut near = TestReplica::connected(server.address(), random.fork());
    let mut far = TestReplica::connected(network.address(), random.fork());
    let service: ServiceId = *near.view().services.keys().next().unwrap();
    let column = commands::first_queue(near.view());
    let mut made = BTreeSet::new();
    let mut longest = Duration::ZERO;
    for fault in FAULTS {
        network.set(fault);
        network.break_off();
        let began = Instant::now();
        let mut number = 0;
        while began.elapsed() < FAULT || number < 5 {
            for replica in [&mut near, &mut far] {
                let deployment = DeploymentId::from_u128(random.id());
                made.insert(deployment);
                replica.submit(commands::open_bare(deployment, service, column, "1.0.0")).unwrap();
            }
            near.pump(Duration::from_millis(10));
            // Half-open connections hold whoever asks; that ends with the fault.
            if fault != Fault::HalfOpen {
                far.pump(Duration::from_millis(40));
            }
            number += 1;
        }
        if fault == Fault::HalfOpen {
            std::thread::scope(|scope| {
                let held = scope.spawn(|| far.pump(Duration::from_millis(100)));
                std::thread::sleep(FAULT);
                network.set(Fault::None);
                held.join().unwrap();
            });
        }
        network.set(Fault::None);
        network.break_off();
        let over = Instant::now();
        near.settle();
        far.settle();
        let head = Api::connect(server.address()).unwrap().snapshot().unwrap().1.seq;
        near.reach(head);
        far.reach(head);
        longest = longest.max(over.elapsed());
        assert!(over.elapsed() < STALL, "{fault:?}: in step only {} ms after it", over.elapsed().as_millis());
        assert_eq!(far.view().digest(), near.view().digest(), "{fault:?}");
        assert_eq!((far.forks, near.forks), (0, 0), "{fault:?} was taken for another history");
    }
    let mut api = Api::connect(server.address()).unwrap();
    let (workspace, cursor) = api.snapshot().unwrap();
    let log = read_log(cursor.epoch, &api.log().unwrap());
    assert!(
        made.iter().all(|deployment| log.workspace.deployments.contains_key(deployment)),
        "work was lost"
    );
    assert_eq!(workspace.digest(), far.view().digest());
    assert!(far.refused.is_empty() && near.refused.is_empty());
    total(
        "bad network",
        &format!(
            "{} deployments through {} faults, lost 0, doubled 0; in step again at most {} ms after a fault",
            made.len(),
            FAULTS.len(),
            longest.as_millis()
        ),
    );
}
