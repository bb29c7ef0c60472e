//! Requests: never shown as done, granted or refused by the server alone, and never lost.

use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand as D;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::ids::{EnvironmentId, MemberId, RolloutId};
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::RolloutCommand;
use slipway_shared::sync::protocol::OutcomeStatus;
use slipway_shared::sync::replica::{Refused, Replica, Settled};

use super::test;
use super::world::{
    ACTOR, CARD, PAGE, STRANGER, Server, assert_view_is_recomputable, key, pending, shown, submit, title,
};

const STAGING: EnvironmentId = EnvironmentId::from_u128(2);
const PRODUCTION: EnvironmentId = EnvironmentId::from_u128(3);
const ROLLOUT: RolloutId = RolloutId::from_u128(0xe1);
const BO: MemberId = MemberId::from_u128(0xb);

fn request(environment: EnvironmentId) -> Command {
    let version = "1.4.0".to_owned();
    Command::Rollout(RolloutCommand::Request { rollout: ROLLOUT, deployment: CARD, environment, version })
}

fn digest(server: &Server) -> Hash {
    server.sequencer.workspace.approval_digest(CARD, PRODUCTION).expect("it is there")
}

fn approve(digest: Hash) -> Command {
    let (deployment, environment) = (CARD, PRODUCTION);
    Command::Deployment(D::Approve { deployment, environment, digest, note: None })
}

fn decline(digest: Hash) -> Command {
    let (deployment, environment, reason) = (CARD, PRODUCTION, "Not yet".to_owned());
    Command::Deployment(D::Decline { deployment, environment, digest, reason })
}

fn member(command: MemberCommand) -> Command {
    Command::Member(command)
}

fn requested(replica: &Replica) -> Vec<u64> {
    replica.requested().map(|pending| pending.envelope.key.seq).collect()
}

#[test]
fn a_request_changes_nothing_that_is_shown() {
    let mut server = Server::new();
    let mut replica = server.replica();
    for command in [request(STAGING), approve(digest(&server)), decline(digest(&server))] {
        let seq = replica.pending().len() as u64 + 1;
        submit(&mut replica, key(PAGE, seq), command);
        assert_eq!(replica.view(), replica.confirmed());
    }
    assert_eq!(requested(&replica), [1, 2, 3]);
    // Nor when more is done on top, or the log goes on.
    submit(&mut replica, key(PAGE, 4), title("mine"));
    assert_eq!(shown(&replica), "mine");
    server.does(title("another's"));
    replica.receive(&server.log_after(replica.cursor().expect("there is one").seq)).expect("it follows");
    assert_eq!((replica.view().rollouts.len(), requested(&replica)), (0, vec![1, 2, 3]));
    assert!(replica.view().deployments[&CARD].approvals.is_empty());
    assert_view_is_recomputable(&replica);
}

#[test]
fn a_request_that_is_granted_is_shown_once_the_log_has_it() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let wire = submit(&mut replica, key(PAGE, 1), request(STAGING));
    let result = server.admits(&wire);
    assert_eq!(result.outcome.status, OutcomeStatus::Applied);
    assert_eq!(replica.settle(&[result]), [Settled::Waits]);
    assert!(replica.view().rollouts.is_empty(), "the answer alone is not the log");
    replica.receive(&server.log_after(replica.cursor().expect("there is one").seq)).expect("it follows");
    assert!(replica.view().rollouts[&ROLLOUT].requested);
    assert_eq!((requested(&replica), pending(&replica)), (vec![], vec![]));
}

#[test]
fn a_gate_that_closes_meanwhile_refuses_on_arrival_and_says_what_is_missing() {
    let mut server = Server::new();
    server.does(approve(digest(&server)));
    let mut replica = server.replica();
    let wire = submit(&mut replica, key(PAGE, 1), request(PRODUCTION));
    server.does(decline(digest(&server)));
    let missing = vec![Missing::Declined { by: ACTOR }, Missing::Approval];
    let closed = Rejection::GateClosed { environment: PRODUCTION, missing };
    replica.receive(&server.log_after(replica.cursor().expect("there is one").seq)).expect("it follows");
    let predicted = replica.pending().first().and_then(|pending| pending.refusal.clone());
    assert_eq!((predicted, requested(&replica)), (Some(closed.clone()), vec![1]));
    let asked = replica.pending()[0].envelope.clone();
    let settled = replica.settle(&[server.admits(&wire)]);
    assert_eq!(settled, [Settled::Refused(Refused { envelope: asked, rejection: closed })]);
    assert_eq!((replica.view().rollouts.len(), requested(&replica)), (0, vec![]));
}

#[test]
fn an_approval_of_what_has_changed_meanwhile_never_counts() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let wire = submit(&mut replica, key(PAGE, 1), approve(digest(&server)));
    let field = slipway_shared::deployment::DeploymentField::Version;
    server.does(Command::Deployment(D::Edit { deployment: CARD, field, value: "1.4.1".to_owned() }));
    let outcome = server.admits(&wire).outcome;
    assert_eq!(outcome.rejection, Some(Rejection::StaleApproval { digest: digest(&server) }));
    assert!(server.sequencer.workspace.deployments[&CARD].approvals.is_empty());
}

#[test]
fn who_lost_the_role_meanwhile_does_not_approve_and_the_rest_of_their_work_stays() {
    let mut server = Server::new();
    server.does(member(MemberCommand::Add { member: BO, role: Role::Approver }));
    let mut replica = server.replica();
    replica.set_actor(BO);
    let approval = submit(&mut replica, key(PAGE, 1), approve(digest(&server)));
    let edit = submit(&mut replica, key(PAGE, 2), title("Bo's"));
    server.does(member(MemberCommand::SetRole { member: BO, role: Role::Member }));
    let outcomes = [&approval, &edit].map(|wire| server.admits_from(BO, wire));
    let refused =
        Refused { envelope: replica.pending()[0].envelope.clone(), rejection: Rejection::NotApprover };
    assert_eq!(replica.settle(&outcomes), [Settled::Refused(refused), Settled::Waits]);
    replica.receive(&server.log_after(replica.cursor().expect("there is one").seq)).expect("it follows");
    assert_eq!((shown(&replica), pending(&replica)), ("Bo's", vec![]));
    assert!(replica.view().deployments[&CARD].approvals.is_empty());
}

#[test]
fn of_two_who_ask_at_once_the_first_gets_it() {
    let mut server = Server::new();
    let mut replicas = [server.replica(), server.replica()];
    let pages = [PAGE, STRANGER + 1];
    let asked: Vec<_> = replicas
        .iter_mut()
        .zip(pages)
        .map(|(replica, page)| {
            let (deployment, environment, version) = (CARD, STAGING, "1.4.0".to_owned());
            let rollout = RolloutId::from_u128(page);
            let request = RolloutCommand::Request { rollout, deployment, environment, version };
            submit(replica, key(page, 1), Command::Rollout(request))
        })
        .collect();
    let outcomes: Vec<_> = asked.iter().map(|wire| server.admits(wire).outcome).collect();
    assert_eq!(outcomes[0].status, OutcomeStatus::Applied);
    let running = Rejection::RolloutRunning { deployment: CARD, environment: STAGING };
    assert_eq!(outcomes[1].rejection, Some(running));
    assert_eq!(server.sequencer.workspace.rollouts.len(), 1);
}
