//! A server that is killed at any moment loses nothing it acknowledged and does nothing twice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, DeploymentId, EnvironmentId, EpochId, RolloutId, ServiceId};
use slipway_shared::rollout::{Phase, RolloutCommand, Source};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::Outcome;
use slipway_shared::time::Timestamp;
use slipway_tests::api::{Api, RequestError};
use slipway_tests::random::{Random, now_ms};
use slipway_tests::replica::TestReplica;
use slipway_tests::server::TestServer;
use slipway_tests::verify::{note, read_log};
use slipway_tests::{commands, wait};

const KILLS: usize = 100;
const PUSHERS: usize = 6;

/// What the pushers share.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    pushes: AtomicUsize,
    cut: AtomicUsize,
    acknowledged: Mutex<BTreeMap<CommandKey, Outcome>>,
}

/// Somebody who works on one deployment without pause, and sends again what was not acknowledged.
struct Pusher {
    shared: Arc<Shared>,
    random: Random,
    client: ClientId,
    deployment: DeploymentId,
    environment: EnvironmentId,
    epoch: EpochId,
    seen: u64,
    api: Api,
    next_seq: u64,
}

impl Pusher {
    fn work(mut self) {
        while !self.shared.stop.load(Ordering::Relaxed) {
            let batch = self.batch();
            self.deliver(&batch);
        }
    }

    fn batch(&mut self) -> Vec<WireCommand> {
        let count = 1 + self.random.below(8);
        let batch = (0..count).map(|_| {
            let command = self.command();
            let seq = self.next_seq;
            self.next_seq += 1;
            commands::wire(self.client, seq, self.seen, command)
        });
        batch.collect()
    }

    /// Mostly edits; now and then something that makes several events, or none, or is refused.
    fn command(&mut self) -> Command {
        match self.random.below(10) {
            0 => Command::Nothing,
            1 => commands::retitle(DeploymentId::from_u128(self.random.id()), "of nothing"),
            2 => Command::Rollout(RolloutCommand::Report {
                rollout: RolloutId::from_u128(self.random.id()),
                deployment: self.deployment,
                environment: self.environment,
                version: "1.0.0".to_owned(),
                phase: Phase::Started,
                happened_at: Timestamp(now_ms()),
                source: Source::Person,
                note: None,
            }),
            _ => commands::retitle(self.deployment, &format!("title {}", self.random.next())),
        }
    }

    /// Sends a batch again and again until it is acknowledged.
    fn deliver(&mut self, batch: &[WireCommand]) {
        let answer = wait::until("a push to be acknowledged", || match self.api.push(self.epoch, batch) {
            Ok(answer) => Some(answer),
            Err(RequestError::Unreachable(_)) => {
                self.shared.cut.fetch_add(1, Ordering::Relaxed);
                self.api.hang_up();
                None
            }
            Err(other) => panic!("{other:?}"),
        });
        self.shared.pushes.fetch_add(1, Ordering::Relaxed);
        note(&mut self.shared.acknowledged.lock().unwrap(), &answer.results);
        assert_eq!(answer.results.len(), batch.len());
    }
}

/// Makes a service and one deployment for each of `count` pushers, and returns them with an environment.
pub(crate) fn prepare(
    server: &TestServer,
    random: &mut Random,
    count: usize,
) -> (Vec<DeploymentId>, EnvironmentId) {
    let mut replica = TestReplica::connected(server.address(), random.fork());
    let service = ServiceId::from_u128(random.id());
    replica.submit(commands::add_service(service, "harbour")).unwrap();
    let column = commands::first_queue(replica.view());
    let mut deployments = Vec::new();
    for number in 0..count {
        let deployment = DeploymentId::from_u128(random.id());
        let version = format!("1.{number}.0");
        replica.submit(commands::open(deployment, service, column, &version, || random.id())).unwrap();
        deployments.push(deployment);
    }
    replica.settle();
    (deployments, *replica.view().environments_in_order().first().unwrap())
}

#[test]
fn a_server_killed_at_a_hundred_moments_loses_nothing_acknowledged_and_doubles_nothing() {
    let mut random = Random::announced("killed");
    let mut server = TestServer::start();
    let (deployments, environment) = prepare(&server, &mut random, PUSHERS);
    let shared = Arc::new(Shared::default());
    let mut api = Api::connect(server.address()).unwrap();
    let hello = api.hello(ClientId::from_u128(random.id()), None, vec![]).unwrap();
    let epoch = hello.epoch;

    let pushers = deployments.into_iter().map(|deployment| Pusher {
        shared: Arc::clone(&shared),
        client: ClientId::from_u128(random.id()),
        random: random.fork(),
        deployment,
        environment,
        epoch,
        seen: hello.head,
        api: Api::connect(server.address()).unwrap(),
        next_seq: 1,
    });
    let pushers: Vec<_> = pushers.map(|pusher| std::thread::spawn(|| pusher.work())).collect();
    for _ in 0..KILLS {
        // The moment is what is random here, not a hope that something is done by then.
        std::thread::sleep(Duration::from_micros(random.next() % 150_000));
        server.kill();
        server.restart();
    }
    shared.stop.store(true, Ordering::Relaxed);
    for pusher in pushers {
        pusher.join().unwrap();
    }

    api.hang_up();
    let log = read_log(epoch, &api.log().unwrap());
    let acknowledged = shared.acknowledged.lock().unwrap();
    log.holds(&acknowledged);
    let (snapshot, cursor) = api.snapshot().unwrap();
    assert_eq!(
        (snapshot.digest(), cursor),
        (log.workspace.digest(), log.cursor),
        "the state is not the log's"
    );
    eprintln!(
        "{KILLS} kills: {} commands acknowledged in {} pushes, all in the log once ({} events); {} tries met no server or half of one",
        acknowledged.len(),
        shared.pushes.load(Ordering::Relaxed),
        log.cursor.seq,
        shared.cut.load(Ordering::Relaxed),
    );
    assert!(acknowledged.len() > KILLS, "there was hardly any load: {}", acknowledged.len());
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
