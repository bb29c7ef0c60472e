//! Comments: whoever works here says something, and only who said it says it otherwise.

use slipway_shared::deployment::comment::{
    COMMENTS_PER_DEPLOYMENT, Comment, CommentChange, CommentText, MENTIONS_PER_COMMENT,
};
use slipway_shared::deployment::sealed::SEALED_AFTER_MS;
use slipway_shared::ids::{CommentId, MemberId};
use slipway_shared::member::Role;
use slipway_shared::rejection::{Rejection, TextField};

use super::given::{ANA, ANAS_OTHER_TAB, BO, Deed, Given, after, check, happens, has_no_effect, refused};
use super::test;
use super::then::commented;
use super::when::{
    CARD, COMMENT, NOBODY, change_comment, comment, elsewhere, finish, join, leave_out, opened, opened_and,
    said,
};

/// Somebody who only works here.
const CY: u128 = 0xc;

fn edit(text: &str) -> Deed {
    change_comment(CommentChange::Edit(said(text)))
}

fn delete() -> Deed {
    change_comment(CommentChange::Delete)
}

fn restore() -> Deed {
    change_comment(CommentChange::Restore)
}

fn mentioning(members: &[u128]) -> CommentText {
    let mentions = members.iter().map(|member| MemberId::from_u128(*member)).collect();
    CommentText { text: "Look".to_owned(), mentions }
}

/// Bo has said something.
fn bo_said() -> Given {
    opened_and([comment("Ready?").by(BO)])
}

fn bo_said_and(deed: Deed) -> Given {
    bo_said().into_iter().chain([deed]).collect()
}

#[track_caller]
fn standing(given: Given) -> Comment {
    after(given).deployments[&CARD].comment(COMMENT).cloned().expect("it is there")
}

#[test]
fn something_is_said_and_stands_with_who_and_when() {
    check(
        opened(),
        comment("Ready? \r\nYes.\n").by(BO),
        happens([commented(CommentChange::Write(said("Ready? \nYes.")))]),
    );
    let comment = standing(bo_said());
    assert_eq!(
        (comment.written.actor, comment.edited, comment.deleted),
        (MemberId::from_u128(BO), None, None)
    );
}

#[test]
fn a_comment_says_something_that_can_be_read() {
    let field = TextField::Comment;
    for blank in ["", " \n\t\n"] {
        check(opened(), comment(blank), refused(Rejection::TextMissing { field }));
    }
    check(opened(), comment("bell \u{7}"), refused(Rejection::TextHasControls { field }));
    // Markdown that tries to be HTML is a text like any other: what shows it shows no HTML.
    after(opened_and([comment("<img src=x onerror=alert(1)> [x](javascript:alert(1))")]));
}

#[test]
fn who_wrote_it_edits_it_and_nobody_else() {
    check(bo_said(), edit("Ready!").by(BO), happens([commented(CommentChange::Edit(said("Ready!")))]));
    // Ana is an admin, and puts no words into Bo's mouth.
    check(bo_said(), edit("Ready!"), refused(Rejection::NotYours));
    check(bo_said(), edit("Ready!").by(CY), refused(Rejection::NotYours));
    check(bo_said(), edit("Ready?").by(BO), has_no_effect());
    assert!(
        standing(bo_said_and(edit("Ready!").by(BO))).edited.is_some(),
        "that it was edited is on the record"
    );
}

#[test]
fn of_two_edits_made_apart_the_second_goes_back_to_its_author() {
    let first = bo_said_and(edit("Phone").by(BO));
    let elsewhere = edit("Laptop").by(ANAS_OTHER_TAB).of_member(BO).without_seeing(1);
    check(first.clone(), elsewhere.clone(), refused(Rejection::ChangedMeanwhile));
    check(first, elsewhere.knowing_tab(BO), happens([commented(CommentChange::Edit(said("Laptop")))]));
}

#[test]
fn who_wrote_it_deletes_it_or_an_admin() {
    let deleted = || happens([commented(CommentChange::Delete)]);
    check(bo_said(), delete().by(BO), deleted());
    check(bo_said(), delete(), deleted());
    check(bo_said(), delete().by(CY), refused(Rejection::NotYours));
    check(bo_said_and(delete()), delete().by(BO), has_no_effect());
    let comment = standing(bo_said_and(delete()));
    assert_eq!(
        comment.deleted.map(|by| by.actor),
        Some(MemberId::from_u128(ANA)),
        "who deleted it is on the record"
    );
}

#[test]
fn what_was_deleted_comes_back_by_who_deleted_it_or_an_admin() {
    let restored = || happens([commented(CommentChange::Restore)]);
    check(bo_said_and(delete().by(BO)), restore().by(BO), restored());
    check(bo_said_and(delete().by(BO)), restore(), restored());
    // What an admin took away its author does not bring back.
    check(bo_said_and(delete()), restore().by(BO), refused(Rejection::NotYours));
    check(bo_said(), restore().by(CY), has_no_effect());
    assert_eq!(standing(bo_said_and(delete()).into_iter().chain([restore()]).collect()), standing(bo_said()));
}

#[test]
fn a_deleted_comment_is_not_edited() {
    check(bo_said_and(delete()), edit("Still").by(BO), refused(Rejection::ChangedMeanwhile));
}

#[test]
fn a_comment_is_said_once() {
    check(bo_said(), comment("Again").by(BO), refused(Rejection::IdTaken));
    for deed in [edit("x"), delete(), restore()] {
        check(opened(), deed, refused(Rejection::UnknownComment { comment: COMMENT }));
    }
    let deployment = slipway_shared::ids::DeploymentId::from_u128(NOBODY);
    check(opened(), elsewhere(comment("x")), refused(Rejection::UnknownDeployment { deployment }));
}

#[test]
fn members_are_mentioned_once_each_and_nobody_else() {
    let given = || opened_and([join(BO, Role::Member), join(CY, Role::Member), leave_out(CY)]);
    let when = change_comment(CommentChange::Write(mentioning(&[BO, NOBODY, BO, CY, ANA])));
    check(given(), when, happens([commented(CommentChange::Write(mentioning(&[BO, ANA])))]));
    let many = vec![BO; MENTIONS_PER_COMMENT + 1];
    let (count, limit) = (many.len() as u64, MENTIONS_PER_COMMENT as u64);
    let when = change_comment(CommentChange::Write(mentioning(&many)));
    check(opened(), when, refused(Rejection::TooMany { count, limit }));
}

#[test]
fn the_talk_goes_on_when_the_work_is_over_until_it_is_sealed() {
    let finished = || opened_and([finish().made_ms_before(SEALED_AFTER_MS)]);
    check(finished(), comment("Well done"), happens([commented(CommentChange::Write(said("Well done")))]));
    let seal = slipway_shared::deployment::command::DeploymentCommand::Seal { deployment: CARD };
    let seal: Deed = slipway_shared::command::Command::Deployment(seal).into();
    let sealed = opened_and([comment("Ready?"), finish().made_ms_before(SEALED_AFTER_MS), seal]);
    assert_eq!(after(sealed.clone()).deployments[&CARD].comments, [], "comments are detail");
    check(sealed, delete(), refused(Rejection::DeploymentSealed));
}

#[test]
fn there_are_so_many_comments_and_no_more() {
    let write = |number: usize| {
        let comment = CommentId::from_u128(0x1000 + number as u128);
        let change = CommentChange::Write(said("x"));
        let write = slipway_shared::deployment::command::DeploymentCommand::Comment {
            deployment: CARD,
            comment,
            change,
        };
        Deed::from(slipway_shared::command::Command::Deployment(write))
    };
    let given = opened_and((0..COMMENTS_PER_DEPLOYMENT).map(write));
    let (limit, count) = (COMMENTS_PER_DEPLOYMENT as u64, COMMENTS_PER_DEPLOYMENT as u64 + 1);
    check(given, write(COMMENTS_PER_DEPLOYMENT), refused(Rejection::TooMany { count, limit }));
}
