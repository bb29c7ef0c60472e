//! What only the server can grant, asked for while it is away: granted or refused by what is there when it arrives.

use slipway_shared::canonical::Hash;
use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand as D;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::environment::Tier;
use slipway_shared::ids::{CheckId, DeploymentId, EnvironmentId, RolloutId, ServiceId};
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::{Phase, RolloutCommand, Source};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;
use slipway_tests::commands;
use slipway_tests::random::{Random, now_ms};
use slipway_tests::replica::TestReplica;
use slipway_tests::server::TestServer;

const CARD: DeploymentId = DeploymentId::from_u128(0xca);
const VERSION: &str = "2.4.0";

/// Two people in front of one deployment that could go to production, but for an approval.
fn ready() -> (TestServer, TestReplica, TestReplica) {
    let mut random = Random::announced("requests");
    let server = TestServer::start();
    let mut ana = TestReplica::connected(server.address(), random.fork());
    let service = ServiceId::from_u128(random.id());
    does(&mut ana, commands::add_service(service, "harbour"));
    let column = commands::first_queue(ana.view());
    does(&mut ana, commands::open(CARD, service, column, VERSION, || random.id()));
    let required = required_checks(&ana);
    for check in required {
        does(&mut ana, attest(check, CheckState::Done));
    }
    ana.settle();
    let mut bo = TestReplica::connected(server.address(), random.fork());
    bo.reach(ana.replica().cursor().unwrap().seq);
    (server, ana, bo)
}

fn required_checks(replica: &TestReplica) -> Vec<CheckId> {
    let rules = replica.view().rules_for(CARD, production(replica));
    replica.view().deployments[&CARD].required_checks(&rules).map(|check| check.id).collect()
}

fn does(replica: &mut TestReplica, command: Command) {
    replica.submit(command).unwrap().unwrap();
}

fn environment(workspace: &Workspace, tier: Tier) -> EnvironmentId {
    workspace.environments.iter().find(|(_, known)| known.tier == tier).map(|(id, _)| *id).unwrap()
}

fn production(replica: &TestReplica) -> EnvironmentId {
    environment(replica.view(), Tier::Production)
}

fn digest(replica: &TestReplica) -> Hash {
    replica.view().approval_digest(CARD, production(replica)).unwrap()
}

fn attest(check: CheckId, state: CheckState) -> Command {
    Command::Deployment(D::Attest { deployment: CARD, check, state, evidence: None })
}

fn approve(replica: &TestReplica) -> Command {
    let (environment, digest) = (production(replica), digest(replica));
    Command::Deployment(D::Approve { deployment: CARD, environment, digest, note: None })
}

fn request(replica: &mut TestReplica, environment: EnvironmentId) -> Command {
    let rollout = RolloutId::from_u128(replica.mint());
    let version = VERSION.to_owned();
    Command::Rollout(RolloutCommand::Request { rollout, deployment: CARD, environment, version })
}

/// Brings a replica up to everything that another has done.
fn catch_up(replica: &mut TestReplica, other: &mut TestReplica) {
    other.settle();
    replica.settle();
    replica.reach(other.replica().cursor().unwrap().seq);
}

fn refusals(replica: &TestReplica) -> Vec<Rejection> {
    replica.refused.iter().map(|refused| refused.rejection.clone()).collect()
}

#[test]
fn what_is_checked_and_approved_is_granted() {
    let (_server, mut ana, mut bo) = ready();
    let approval = approve(&ana);
    does(&mut ana, approval);
    ana.settle();
    let to = production(&ana);
    let asked = request(&mut ana, to);
    does(&mut ana, asked);
    catch_up(&mut bo, &mut ana);
    let (_, rollout) = bo.view().latest_rollout(CARD, Tier::Production).unwrap();
    assert_eq!((rollout.phase(), rollout.requested, rollout.outside_gate), (Phase::Started, true, false));
    assert_eq!(refusals(&ana), []);
}

#[test]
fn an_approval_given_offline_of_what_changed_meanwhile_comes_back() {
    let (_server, mut ana, mut bo) = ready();
    bo.disconnect();
    let approval = approve(&bo);
    does(&mut bo, approval);
    assert!(
        bo.view().approvals(CARD, production(&bo), Timestamp(now_ms())).is_empty(),
        "asked for is not given"
    );
    let (field, value) = (DeploymentField::Version, "2.4.1".to_owned());
    does(&mut ana, Command::Deployment(D::Edit { deployment: CARD, field, value }));
    ana.settle();
    catch_up(&mut bo, &mut ana);
    assert_eq!(refusals(&bo), [Rejection::StaleApproval { digest: digest(&ana) }]);
    assert!(bo.view().approvals(CARD, production(&bo), Timestamp(now_ms())).is_empty());
    // Reviewed again, it counts.
    let approval = approve(&bo);
    does(&mut bo, approval);
    catch_up(&mut ana, &mut bo);
    assert!(ana.view().missing_at_gate(CARD, production(&ana), Timestamp(now_ms())).is_empty());
}

#[test]
fn a_rollout_asked_for_offline_is_refused_when_a_check_was_reopened() {
    let (_server, mut ana, mut bo) = ready();
    let approval = approve(&ana);
    does(&mut ana, approval);
    catch_up(&mut bo, &mut ana);
    bo.disconnect();
    let to = production(&bo);
    let asked = request(&mut bo, to);
    does(&mut bo, asked);
    assert_eq!((bo.view().rollouts.len(), bo.replica().requested().count()), (0, 1));
    let check = required_checks(&ana)[0];
    does(&mut ana, attest(check, CheckState::Open));
    ana.settle();
    catch_up(&mut bo, &mut ana);
    let missing = vec![Missing::Check { deployment: CARD, check, state: CheckState::Open }];
    assert_eq!(refusals(&bo), [Rejection::GateClosed { environment: to, missing }]);
    assert_eq!((bo.view().rollouts.len(), bo.replica().requested().count()), (0, 0));
    // It happened all the same: that can always be recorded, and says so.
    does(&mut bo, report(to));
    catch_up(&mut ana, &mut bo);
    let (_, rollout) = ana.view().latest_rollout(CARD, Tier::Production).unwrap();
    assert!(rollout.outside_gate && !rollout.requested);
}

fn report(environment: EnvironmentId) -> Command {
    Command::Rollout(RolloutCommand::Report {
        rollout: RolloutId::from_u128(0xe1),
        deployment: CARD,
        environment,
        version: VERSION.to_owned(),
        phase: Phase::Succeeded,
        happened_at: Timestamp(now_ms()),
        source: Source::Person,
        note: None,
    })
}

#[test]
fn of_two_people_who_ask_at_once_the_first_gets_it() {
    let (_server, mut ana, mut bo) = ready();
    bo.disconnect();
    let to = environment(ana.view(), Tier::Staging);
    let asked = request(&mut ana, to);
    does(&mut ana, asked);
    let asked = request(&mut bo, to);
    does(&mut bo, asked);
    ana.settle();
    catch_up(&mut bo, &mut ana);
    assert_eq!(refusals(&ana), []);
    assert_eq!(refusals(&bo), [Rejection::RolloutRunning { deployment: CARD, environment: to }]);
    assert_eq!(bo.view().rollouts.len(), 1);
}
