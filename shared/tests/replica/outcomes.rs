//! What becomes of commands: predicted at once, corrected by the server, and never flickering in between.

use slipway_shared::command::Command;
use slipway_shared::deployment::Change;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::sync::protocol::{COMMAND_BYTES, CommandResult, OutcomeStatus, PUSH_BYTES};
use slipway_shared::sync::replica::{Replica, Settled, Submission};
use slipway_shared::time::Timestamp;

use super::test;
use super::world::{
    ACTOR, CARD, PAGE, SIBLING, Server, assert_view_is_recomputable, finish, key, outcome, pending, shown,
    submit, title,
};

fn result(seq: u64, status: OutcomeStatus, events: Option<(u64, u64)>) -> CommandResult {
    CommandResult { client: key(PAGE, seq).client, seq, outcome: outcome(status, events), duplicate: false }
}

#[test]
fn what_is_submitted_is_shown_at_once() {
    let mut replica = Server::new().replica();
    submit(&mut replica, key(PAGE, 1), title("mine"));
    assert_eq!((shown(&replica), pending(&replica)), ("mine", vec![key(PAGE, 1)]));
}

#[test]
fn what_a_rule_forbids_is_not_kept() {
    let mut replica = Server::new().replica();
    submit(&mut replica, key(PAGE, 1), finish());
    let submission = Submission { key: key(PAGE, 2), at: Timestamp(0), seen: None };
    assert_eq!(replica.submit(submission, title("mine")), Err(Rejection::DeploymentFinished));
    assert_eq!(pending(&replica), [key(PAGE, 1)]);
}

/// What was refused is done again later: the edit that came meanwhile was not seen by its author, and is kept beside it.
#[test]
fn what_is_done_again_rests_on_what_its_author_had_seen() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let first = submit(&mut replica, key(PAGE, 1), title("mine"));
    let seen = first.read().expect("it is known").seen_log();
    replica.let_go(key(PAGE, 1));
    server.does(title("theirs"));
    let shown_to = replica.cursor().expect("in step").seq;
    replica.receive(&server.log_after(shown_to)).expect("the log goes on");
    let again = replica.submit_having_seen(key(SIBLING, 1), Timestamp(i64::MAX / 2), title("mine"), seen);
    server.admits(&again.expect("no rule forbids it").expect("it has an effect").to_wire());
    let card = &server.sequencer.workspace.deployments[&CARD];
    let kept: Vec<_> = card.conflicts.iter().map(|conflict| conflict.value.as_str()).collect();
    let mut both = [kept, vec![card.title.value.as_str()]].concat();
    both.sort_unstable();
    assert_eq!(both, ["mine", "theirs"]);
}

#[test]
fn what_has_no_effect_is_not_kept() {
    let mut replica = Server::new().replica();
    let submission = Submission { key: key(PAGE, 1), at: Timestamp(0), seen: None };
    assert_eq!(replica.submit(submission, title("Faster search")), Ok(None));
    assert_eq!(pending(&replica), []);
}

#[test]
fn a_cancelled_commands_place_can_be_taken_by_one_that_does_nothing() {
    let mut replica = Server::new().replica();
    submit(&mut replica, key(PAGE, 1), Command::Nothing);
    assert_eq!(pending(&replica), [key(PAGE, 1)]);
}

#[test]
fn a_command_that_no_push_can_carry_is_not_kept() {
    let mut replica = Server::new().replica();
    let text = "x".repeat(1_900);
    let change = |number: usize| Change {
        summary: number.to_string(),
        commit: None,
        author: None,
        authored_at: None,
        link: Some(text.clone()),
    };
    let large = Command::Deployment(DeploymentCommand::AttachChanges {
        deployment: CARD,
        changes: (0..140).map(change).collect(),
    });
    let refused = replica.submit(Submission { key: key(PAGE, 1), at: Timestamp(0), seen: None }, large);
    let Err(Rejection::TextTooLong { field: TextField::SectionText, length, limit }) = refused else {
        panic!("{refused:?}")
    };
    assert!(length > PUSH_BYTES as u64 && limit == COMMAND_BYTES as u64);
    assert_eq!(pending(&replica), []);
}

#[test]
fn a_command_that_is_acknowledged_stays_on_top_until_the_log_shows_it() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let head = server.cursor().seq;
    let wire = submit(&mut replica, key(PAGE, 1), title("mine"));
    assert_eq!(replica.settle(&[server.admits(&wire)]), [Settled::Waits]);
    assert_eq!((shown(&replica), replica.pending()[0].acknowledged), ("mine", Some(head + 1)));
    replica.receive(&server.log_after(head)).expect("the next event");
    assert_eq!((shown(&replica), pending(&replica)), ("mine", vec![]));
}

#[test]
fn an_answer_that_comes_after_the_log_settles_at_once() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let wire = submit(&mut replica, key(PAGE, 1), title("mine"));
    let answer = server.admits(&wire);
    replica.receive(&server.log_after(0)).expect("the next event");
    assert!(replica.settle(&[answer]) == [Settled::Waits], "the log has brought it already");
    assert_eq!(pending(&replica), []);
}

#[test]
fn an_outcome_at_a_place_the_log_has_passed_settles_at_once() {
    let mut replica = Server::new().replica();
    submit(&mut replica, key(PAGE, 1), title("mine"));
    let reached = replica.cursor().expect("in step").seq;
    let settled = replica.settle(&[result(1, OutcomeStatus::Merged, Some((reached, reached)))]);
    assert!(matches!(&settled[0], Settled::Left(envelope) if envelope.command == title("mine")));
    assert_eq!(pending(&replica), []);
}

#[test]
fn a_command_without_effect_leaves_the_queue() {
    let mut replica = Server::new().replica();
    submit(&mut replica, key(PAGE, 1), title("mine"));
    let settled = replica.settle(&[result(1, OutcomeStatus::Noop, None)]);
    assert!(matches!(&settled[0], Settled::Left(envelope) if envelope.command == Command::Nothing));
    assert_eq!((shown(&replica), pending(&replica)), ("Faster search", vec![]));
}

#[test]
fn an_outcome_of_a_command_that_is_not_here_changes_nothing() {
    let mut replica = Server::new().replica();
    submit(&mut replica, key(PAGE, 1), title("mine"));
    assert_eq!(replica.settle(&[result(2, OutcomeStatus::Rejected, None)]), [Settled::Waits]);
    assert_eq!(pending(&replica), [key(PAGE, 1)]);
}

#[test]
fn a_refused_command_comes_back_with_its_reason_and_what_followed_stays() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let first = submit(&mut replica, key(PAGE, 1), title("mine"));
    server.does(finish());
    let refused = replica.settle(&[server.admits(&first)]).remove(0).refused().expect("it was refused");
    assert_eq!((refused.envelope.key, refused.rejection), (key(PAGE, 1), Rejection::DeploymentFinished));
    assert_eq!((shown(&replica), pending(&replica)), ("Faster search", vec![]));
}

#[test]
fn a_refused_command_does_not_block_those_after_it() {
    let mut server = Server::new();
    let mut replica = server.replica();
    let head = server.cursor().seq;
    let edit = submit(&mut replica, key(PAGE, 1), title("mine"));
    let over = submit(&mut replica, key(PAGE, 2), finish());
    server.does(finish());
    let answers = server.answers(&[edit, over]);
    let settled = replica.settle(&answers.results);
    assert_eq!(settled.into_iter().filter_map(Settled::refused).count(), 1);
    replica.receive(&server.log_after(head)).expect("the next events");
    assert_eq!((pending(&replica), replica.view()), (vec![], &server.sequencer.workspace));
}

#[test]
fn a_pending_command_that_would_be_refused_now_says_so_and_shows_nothing() {
    let mut server = Server::new();
    let mut replica = server.replica();
    submit(&mut replica, key(PAGE, 1), title("mine"));
    assert_eq!(replica.pending()[0].refusal, None);
    server.does(finish());
    replica.receive(&server.log_after(0)).expect("the next event");
    assert_eq!(replica.pending()[0].refusal, Some(Rejection::DeploymentFinished));
    assert_eq!(shown(&replica), "Faster search");
    assert_view_is_recomputable(&replica);
    // The server alone decides: should it be reopened before the command arrives, it happens.
    server.does(Command::Deployment(DeploymentCommand::Reopen { deployment: CARD }));
    replica.receive(&server.log_after(0)).expect("the next event");
    assert_eq!((replica.pending()[0].refusal.clone(), shown(&replica)), (None, "mine"));
}

#[test]
fn predictions_are_made_by_who_acts() {
    let server = Server::new();
    let mut replica = Replica::new(server.sequencer.workspace.clone(), Some(server.cursor()), Vec::new());
    assert_eq!(replica.actor().as_u128(), 0, "a stranger, while it is not known");
    submit(&mut replica, key(PAGE, 1), title("mine"));
    replica.set_actor(ACTOR);
    let origin = replica.view().deployments[&CARD].title.origin;
    assert_eq!((origin.actor, origin.seq), (ACTOR, None));
}
