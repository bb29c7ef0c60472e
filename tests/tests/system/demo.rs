//! The demo: everything this slice can show, the same every time, and only for this computer.

use std::collections::{BTreeMap, BTreeSet};

use slipway_shared::environment::Tier;
use slipway_shared::ids::ClientId;
use slipway_shared::rollout::Phase;
use slipway_shared::workspace::Workspace;
use slipway_tests::api::Api;
use slipway_tests::server::{ServerSetup, TestServer};

/// What makes a demo the same, apart from the moment it is relative to.
fn shape(workspace: &Workspace) -> BTreeMap<String, (String, String, usize, usize, bool)> {
    let cards = workspace.deployments.iter().map(|(id, known)| {
        let service =
            workspace.services.get(&known.service).map(|service| service.name.clone()).unwrap_or_default();
        let column =
            workspace.columns.get(&known.column).map(|column| column.name.clone()).unwrap_or_default();
        let name = format!("{service} {} {}", known.version.value, known.title.value);
        let rollouts = workspace.rollouts_of(*id).count();
        (id.to_string(), (name, column, rollouts, known.checks().count(), known.finished.is_some()))
    });
    cards.collect()
}

fn demo() -> (TestServer, Workspace) {
    let server = TestServer::demo();
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    (server, workspace)
}

#[test]
fn the_demo_has_everything_this_slice_can_show() {
    let (server, workspace) = demo();
    assert_eq!(workspace.services.len(), 4);
    assert_eq!(workspace.environments.len(), 3);
    assert_eq!(workspace.columns.len(), 6);
    let open: Vec<_> = workspace.open_deployments().collect();
    assert_eq!(open.len(), 14, "deployments in flight");
    let used: BTreeSet<_> =
        open.iter().filter_map(|id| workspace.deployments.get(id)).map(|known| known.column).collect();
    assert_eq!(used.len(), 6, "deployments in every column");
    let all = workspace.deployments.len();
    assert!((350..=450).contains(&all), "{all} deployments");
    let phases: BTreeSet<_> = workspace.rollouts.values().map(|rollout| rollout.phase()).collect();
    let expected = BTreeSet::from([Phase::Started, Phase::Succeeded, Phase::Failed, Phase::RolledBack]);
    assert_eq!(phases, expected);
    let first = workspace.rollouts.values().map(|rollout| rollout.started_at.0).min().unwrap();
    let months = (slipway_tests::random::now_ms() - first) / (30 * 86_400_000);
    assert!((11..=13).contains(&months), "{months} months of history");
    let in_production = open.iter().filter(|id| workspace.latest_rollout(**id, Tier::Production).is_some());
    assert!(in_production.count() > 0, "nothing in flight is live");

    let hello = Api::connect(server.address()).unwrap().hello(ClientId::from_u128(1), None, vec![]).unwrap();
    assert_eq!(hello.people.len(), 9, "people in all roles");
    let roles: BTreeSet<_> = workspace.members.values().map(|member| member.role).collect();
    assert_eq!(roles.len(), 4);
    eprintln!("demo: {all} deployments, {} rollouts", workspace.rollouts.len());
}

#[test]
fn the_demo_is_the_same_every_time() {
    let ((_one, first), (_other, second)) = (demo(), demo());
    assert_eq!(shape(&first), shape(&second));
}

#[test]
fn the_demo_is_kept_until_it_is_made_anew() {
    let setup = ServerSetup::default().flag("--demo");
    let mut server = setup.start();
    let before = Api::connect(server.address()).unwrap().snapshot().unwrap();
    server.restart();
    let after = Api::connect(server.address()).unwrap().snapshot().unwrap();
    assert_eq!(after.1, before.1);
}
