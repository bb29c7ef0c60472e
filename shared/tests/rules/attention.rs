//! What waits for whom, told as lines: what it is, and which deployment it is about.

use slipway_shared::attention::{WaitsFor, waits_for};
use slipway_shared::check::CheckState::{Done, Failed, NotApplicable};
use slipway_shared::deployment::DeploymentField::Version;
use slipway_shared::deployment::comment::{CommentChange, CommentText};
use slipway_shared::ids::MemberId;
use slipway_shared::member::Role;
use slipway_shared::rollout::Phase;
use slipway_shared::time::Timestamp;

use super::given::{ANA, BO, Deed, Given, START, after};
use super::test;
use super::when::{
    APPROVAL_COLUMN, CHECK, PRODUCTION, READY_COLUMN, ROLLOUT, approve, as_opened, attest, change_comment,
    comment, decline, edit, finish, join, leave_out, move_card, open, report, set_role, set_up,
    start_for_incident,
};

/// Another approver.
const CY: u128 = 0xc;

/// A deployment that Ana has opened, in a workspace with two approvers.
fn with_approvers(deeds: impl IntoIterator<Item = Deed>) -> Given {
    let joined = [join(BO, Role::Approver), join(CY, Role::Approver)];
    set_up().into_iter().chain(joined).chain([open().into()]).chain(deeds).collect()
}

#[track_caller]
fn waits(given: Given, member: u128, expected: &[&str]) {
    let found = waits_for(&after(given), MemberId::from_u128(member), Timestamp(START));
    let words = found.iter().map(|waiting| match waiting.what {
        WaitsFor::ApprovalDue { environment, .. } if environment == PRODUCTION => "approval due",
        WaitsFor::ApprovalDue { .. } => "approval due elsewhere",
        WaitsFor::Approval { environment } if environment == PRODUCTION => "approval",
        WaitsFor::Approval { .. } => "approval elsewhere",
        WaitsFor::Check { .. } => "check",
        WaitsFor::Mention { .. } => "mention",
    });
    assert_eq!(words.collect::<Vec<_>>(), expected);
}

fn done() -> Deed {
    attest(CHECK, Done)
}

fn to_approval() -> Deed {
    move_card(READY_COLUMN, APPROVAL_COLUMN)
}

#[test]
fn an_approval_is_waited_for_once_nothing_else_is_missing_or_the_card_waits_for_it() {
    waits(with_approvers([]), BO, &[]);
    waits(with_approvers([done()]), BO, &["approval"]);
    waits(with_approvers([attest(CHECK, NotApplicable)]), BO, &["approval"]);
    waits(with_approvers([attest(CHECK, Failed)]), BO, &[]);
    waits(with_approvers([to_approval()]), BO, &["approval"]);
}

#[test]
fn it_waits_for_whoever_could_give_it() {
    // Ana opened it: another pair of eyes is needed.
    waits(with_approvers([done()]), ANA, &[]);
    waits(with_approvers([done(), set_role(BO, Role::Member)]), BO, &[]);
    waits(with_approvers([done(), leave_out(BO)]), BO, &[]);
    waits(with_approvers([done(), leave_out(BO), leave_out(CY)]), ANA, &["approval"]);
}

#[test]
fn it_waits_no_more_once_somebody_has_decided() {
    let approved = || approve(as_opened()).by(CY);
    waits(with_approvers([done(), approved()]), BO, &[]);
    waits(with_approvers([done(), approved()]), CY, &[]);
    waits(with_approvers([done(), decline(as_opened(), "Not on Friday").by(CY)]), BO, &[]);
    // What was approved is another one now.
    waits(with_approvers([done(), approved(), edit(Version, "1.4.1")]), CY, &["approval"]);
}

#[test]
fn it_waits_no_more_once_it_is_out_there_or_over() {
    waits(with_approvers([done(), report(ROLLOUT, PRODUCTION, Phase::Started)]), BO, &[]);
    waits(with_approvers([done(), report(ROLLOUT, PRODUCTION, Phase::Failed)]), BO, &["approval"]);
    waits(with_approvers([done(), finish()]), BO, &[]);
}

#[test]
fn what_was_started_for_an_incident_waits_until_somebody_has_approved_it() {
    let started = || start_for_incident(ROLLOUT, "INC-7");
    let approved = || approve(as_opened());
    let declined = || decline(as_opened(), "Not like this");
    // Whatever else is missing, and though it is out there; not for who opened it.
    for phase in [Phase::Succeeded, Phase::Failed, Phase::RolledBack] {
        let given = || with_approvers([started(), report(ROLLOUT, PRODUCTION, phase)]);
        waits(given(), BO, &["approval due"]);
        waits(given(), ANA, &[]);
    }
    let table = [
        (vec![], &["approval due"][..], &["approval due"][..]),
        (vec![approved().by(BO)], &[], &[]),
        (vec![declined().by(BO)], &[], &["approval due"]),
        (vec![approved().by(BO), edit(Version, "1.4.1")], &[], &[]),
        (vec![edit(Version, "1.4.1")], &["approval due"], &["approval due"]),
        (vec![set_role(BO, Role::Member)], &[], &["approval due"]),
        (vec![finish()], &[], &[]),
    ];
    for (deeds, bo, cy) in table {
        let given = || with_approvers([started()].into_iter().chain(deeds.clone()));
        waits(given(), BO, bo);
        waits(given(), CY, cy);
    }
}

fn mention(member: u128) -> Deed {
    let mentions = vec![MemberId::from_u128(member)];
    change_comment(CommentChange::Write(CommentText { text: "Look".to_owned(), mentions }))
}

#[test]
fn a_mention_waits_until_it_is_answered_or_deleted() {
    waits(with_approvers([mention(BO)]), BO, &["mention"]);
    waits(with_approvers([mention(BO)]), CY, &[]);
    waits(with_approvers([mention(BO), finish()]), BO, &["mention"]);
    waits(with_approvers([mention(BO), change_comment(CommentChange::Delete)]), BO, &[]);
    let said = CommentChange::Edit(CommentText { text: "Look".to_owned(), mentions: Vec::new() });
    waits(with_approvers([mention(BO), change_comment(said)]), BO, &[]);
    waits(with_approvers([mention(BO), leave_out(BO)]), BO, &[]);
    waits(with_approvers([mention(BO), done()]), BO, &["approval", "mention"]);
    // Who only says something to others has nothing waiting.
    waits(with_approvers([comment("Ready?")]), ANA, &[]);
}

#[test]
fn a_later_comment_answers_it() {
    let answer = |deed: Deed| {
        let text = serde_json::to_string(&deed.command).expect("commands are JSON");
        let text = text.replace("0000000000c0", "0000000000c1");
        Deed::from(serde_json::from_str::<slipway_shared::command::Command>(&text).expect("an id is an id"))
    };
    waits(with_approvers([mention(BO), answer(comment("Seen")).by(BO)]), BO, &[]);
    waits(with_approvers([mention(BO), answer(comment("Bump"))]), BO, &["mention"]);
    waits(with_approvers([answer(comment("Ready?")).by(BO), mention(BO)]), BO, &["mention"]);
}
