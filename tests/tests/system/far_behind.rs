//! A replica that comes back after more events than are worth sending: it gets the snapshot, and keeps its own work.

use slipway_shared::ids::{ClientId, DeploymentId, ServiceId};
use slipway_shared::sync::protocol::HelloAction;
use slipway_tests::api::Api;
use slipway_tests::commands::{self, wire};
use slipway_tests::random::Random;
use slipway_tests::replica::TestReplica;
use slipway_tests::server::TestServer;

#[test]
fn a_replica_far_behind_is_sent_to_the_snapshot_and_loses_nothing() {
    let mut random = Random::announced("far behind");
    let server = TestServer::start();
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(random.id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let (workspace, _) = api.snapshot().unwrap();
    let (service, deployment) = (ServiceId::from_u128(random.id()), DeploymentId::from_u128(random.id()));
    let queue = commands::first_queue(&workspace);
    let setup =
        [commands::add_service(service, "harbour"), commands::open_bare(deployment, service, queue, "1.0.0")];
    let edits = (0..10_050).map(|number| commands::retitle(deployment, &format!("title {number}")));
    let all = setup.into_iter().chain(edits).zip(1..);
    let all: Vec<_> = all.map(|(command, seq)| wire(client, seq, hello.head, command)).collect();

    let (before, after) = all.split_at(50);
    api.push(hello.epoch, before).unwrap();
    let mut replica = TestReplica::connected(server.address(), random.fork());
    replica.settle();
    replica.disconnect();
    let left_at = replica.replica().cursor().unwrap();
    replica.submit(commands::add_service(ServiceId::from_u128(random.id()), "made offline")).unwrap();
    for batch in after.chunks(500) {
        api.push(hello.epoch, batch).unwrap();
    }
    let answer = api.hello(client, Some(left_at), vec![]).unwrap();
    assert_eq!(answer.action, HelloAction::Snapshot, "{} events behind", answer.head - left_at.seq);
    assert_eq!(answer.oldest, answer.head - 9_999);

    replica.settle();
    let (workspace, _) = api.snapshot().unwrap();
    assert_eq!((replica.forks, replica.refused.len()), (0, 0));
    assert!(workspace.service_named("made offline").is_some());
    assert_eq!(replica.view().digest(), workspace.digest());
    assert_eq!(workspace.deployments.get(&deployment).unwrap().title.value, "title 10049");
}
