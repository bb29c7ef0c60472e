//! Predictions by somebody whose role is less than it takes, who was taken out meanwhile, or who is not known yet.

use slipway_shared::command::Command;
use slipway_shared::ids::MemberId;
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::replica::{Refused, Replica, Settled, Submission};
use slipway_shared::time::Timestamp;

use super::test;
use super::world::{PAGE, Server, key, pending, shown, submit, title};

const BO: MemberId = MemberId::from_u128(0xb);

fn member(command: MemberCommand) -> Command {
    Command::Member(command)
}

/// What counts is who somebody is when it arrives. Until that is known here, all of it is shown.
#[test]
fn what_somebody_did_who_was_taken_out_meanwhile_comes_back_with_the_reason() {
    let mut server = Server::new();
    server.does(member(MemberCommand::Add { member: BO, role: Role::Member }));
    let mut replica = server.replica();
    replica.set_actor(BO);
    let first = submit(&mut replica, key(PAGE, 1), title("Bo's"));
    let second = submit(&mut replica, key(PAGE, 2), title("Bo's own"));
    server.does(member(MemberCommand::Remove { member: BO }));
    assert_eq!(shown(&replica), "Bo's own");
    replica.receive(&server.log_after(replica.cursor().expect("there is one").seq)).expect("it follows");
    assert_ne!(shown(&replica), "Bo's own");
    let predicted: Vec<_> = replica.pending().iter().map(|pending| pending.refusal.clone()).collect();
    assert_eq!(predicted, [Some(Rejection::NotMember), Some(Rejection::NotMember)]);
    let refused = replica.pending().iter().map(|pending| {
        let (envelope, rejection) = (pending.envelope.clone(), Rejection::NotMember);
        Settled::Refused(Refused { envelope, rejection })
    });
    let refused: Vec<_> = refused.collect();
    let outcomes = [&first, &second].map(|wire| server.admits_from(BO, wire));
    assert_eq!((replica.settle(&outcomes), pending(&replica)), (refused, vec![]));
}

#[test]
fn what_a_viewer_asks_for_is_refused_before_it_waits() {
    let mut server = Server::new();
    server.does(member(MemberCommand::Add { member: BO, role: Role::Viewer }));
    let mut replica = server.replica();
    replica.set_actor(BO);
    let submission = Submission { key: key(PAGE, 1), at: Timestamp(1), seen: None };
    assert_eq!(replica.submit(submission, title("Bo's")), Err(Rejection::ReadOnly));
    assert_eq!(pending(&replica), []);
}

/// A browser that starts offline shows what waits there before it has learned who it acts for.
#[test]
fn what_waits_is_shown_before_it_is_known_who_acts() {
    let server = Server::new();
    let mut before = server.replica();
    let waits = submit(&mut before, key(PAGE, 1), title("mine")).read().expect("it was just written");
    let mut replica = Replica::new(before.confirmed().clone(), before.cursor(), vec![waits]);
    assert_eq!((shown(&replica), replica.pending()[0].refusal.clone()), ("mine", None));
    replica.set_actor(BO);
    assert_eq!(
        replica.pending()[0].refusal,
        Some(Rejection::NotMember),
        "now it is, and it is not one of them"
    );
}
