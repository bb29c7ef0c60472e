//! The drill: a backup, work that goes on, a restore. What browsers know comes back, each thing once.

use std::collections::BTreeSet;

use slipway_shared::ids::{CommandKey, DeploymentId, ServiceId};
use slipway_tests::api::Api;
use slipway_tests::commands;
use slipway_tests::random::Random;
use slipway_tests::replica::TestReplica;
use slipway_tests::server::TestServer;
use slipway_tests::verify::{VerifiedLog, read_log, total};

use crate::backup::{back_up, restore};
use crate::killed::prepare;

/// How much each browser does between the backup and the restore.
const DEEDS: usize = 40;

fn log_of(server: &TestServer) -> VerifiedLog {
    let mut api = Api::connect(server.address()).unwrap();
    let (workspace, cursor) = api.snapshot().unwrap();
    let log = read_log(cursor.epoch, &api.log().unwrap());
    assert_eq!((log.workspace.digest(), log.cursor), (workspace.digest(), cursor));
    log
}

/// Opens deployments and gives each a title of its own; everything is confirmed in the end.
fn work(replica: &mut TestReplica, random: &mut Random, service: ServiceId) -> Vec<(DeploymentId, String)> {
    let column = commands::first_queue(replica.view());
    let mut made = Vec::new();
    for _ in 0..DEEDS / 2 {
        let (deployment, title) = (DeploymentId::from_u128(random.id()), format!("title {}", random.next()));
        replica.submit(commands::open_bare(deployment, service, column, "2.0.0")).unwrap();
        replica.submit(commands::retitle(deployment, &title)).unwrap();
        made.push((deployment, title));
    }
    replica.settle();
    made
}

fn titles_are(log: &VerifiedLog, made: &[(DeploymentId, String)]) {
    for (deployment, title) in made {
        let found = log.workspace.deployments.get(deployment).map(|known| &known.title.value);
        assert_eq!(found, Some(title), "deployment {deployment}");
    }
}

#[test]
fn what_a_restored_server_forgot_comes_back_from_browsers_each_thing_once() {
    let mut random = Random::announced("restore drill");
    let mut server = TestServer::start();
    prepare(&server, &mut random, 1);
    let mut replicas: Vec<_> =
        (0..3).map(|_| TestReplica::connected(server.address(), random.fork())).collect();
    let service = *replicas[0].view().services.keys().next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yesterday.db");
    let mut made = Vec::new();
    for replica in &mut replicas {
        made.extend(work(replica, &mut random, service));
    }
    let told = back_up(&server.data(), &file);
    for replica in &mut replicas {
        made.extend(work(replica, &mut random, service));
    }
    let before = log_of(&server);
    titles_are(&before, &made);

    server.kill();
    // One of them goes on working while there is no server.
    let offline = (DeploymentId::from_u128(random.id()), "while it was away".to_owned());
    let column = commands::first_queue(replicas[2].view());
    replicas[2].submit(commands::open_bare(offline.0, service, column, "3.0.0")).unwrap();
    replicas[2].submit(commands::retitle(offline.0, &offline.1)).unwrap();
    made.push(offline);

    let restored = restore(&file, &server.data(), &["--force"]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    server.restart();
    let yesterday = log_of(&server);
    assert_eq!(told["head"], yesterday.cursor.seq);
    assert!(yesterday.cursor.seq < before.cursor.seq);

    // Whoever comes back first may wait for others: each goes on until nothing of anybody is missing.
    for _ in 0..2 {
        for replica in &mut replicas {
            replica.pump_until("the fork to be noticed", |replica| {
                replica.cursor().is_some_and(|cursor| cursor.epoch == yesterday.cursor.epoch)
                    && replica.pending().is_empty()
            });
        }
    }
    let after = log_of(&server);
    titles_are(&after, &made);
    let had: BTreeSet<CommandKey> = before.commands.keys().copied().collect();
    let has: BTreeSet<CommandKey> = after.commands.keys().copied().collect();
    let lost: Vec<_> = had.difference(&has).collect();
    assert!(lost.is_empty(), "confirmed once and gone: {lost:?}");
    assert_eq!(has.len(), had.len() + 2, "something was done twice under another name");
    let again: usize = replicas.iter().map(|replica| replica.offered_again).sum();
    assert_eq!(again, had.len() - yesterday.commands.len());
    for replica in &mut replicas {
        replica.reach(after.cursor.seq);
        assert_eq!(replica.forks, 1);
        assert!(replica.refused.is_empty(), "{:?}", replica.refused);
        assert_eq!(replica.view().digest(), after.workspace.digest());
    }
    total(
        "restore drill",
        &format!(
            "{} commands known, {} forgotten by the server, {again} offered again, lost 0, doubled 0",
            had.len(),
            had.len() - yesterday.commands.len()
        ),
    );
}

#[test]
fn a_command_of_a_lost_timeline_overwrites_nothing_that_came_since() {
    let mut random = Random::announced("lost timeline");
    let mut server = TestServer::start();
    let (deployments, _) = prepare(&server, &mut random, 1);
    let deployment = deployments[0];
    let mut knowing = TestReplica::connected(server.address(), random.fork());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yesterday.db");
    back_up(&server.data(), &file);
    for number in 0..5 {
        knowing.submit(commands::retitle(deployment, &format!("on the lost timeline {number}"))).unwrap();
        knowing.settle();
    }
    server.kill();
    assert_eq!(restore(&file, &server.data(), &["--force"]).code, Some(0));
    server.restart();
    // Somebody new edits the same title before the one who knows more is back.
    let mut fresh = TestReplica::connected(server.address(), random.fork());
    for number in 0..5 {
        fresh.submit(commands::retitle(deployment, &format!("since the restore {number}"))).unwrap();
        fresh.settle();
    }
    knowing.pump_until("its queue to be empty on the new timeline", |replica| {
        replica.pending().is_empty()
            && replica
                .cursor()
                .is_some_and(|cursor| Some(cursor.epoch) == fresh.replica().cursor().map(|it| it.epoch))
    });
    let log = log_of(&server);
    let known = log.workspace.deployments.get(&deployment).unwrap();
    let (shown, kept) = ("since the restore 4", "on the lost timeline 4");
    assert_eq!(known.title.value, shown, "the older edit went over the newer one");
    assert!(format!("{known:?}").contains(kept), "the value that lost was not kept");
}
