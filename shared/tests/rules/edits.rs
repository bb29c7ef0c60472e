//! Edits of whole fields: what was seen counts first, then the time, and nothing is overwritten silently.

use slipway_shared::deployment::DeploymentField::{self, SectionText, Title, Version};
use slipway_shared::deployment::EditConflict;

use super::given::{ANA, ANAS_OTHER_TAB, BO, Given, after, check, deed_of, happens, has_no_effect};
use super::test;
use super::then::{edit_lost, edited, settled};
use super::when::{CARD, SECTION, edit, opened, opened_and, settle};

/// Ana edited the title, ten minutes before it reached the server.
fn ana_edited() -> Given {
    opened_and([edit(Title, "Ana's").made_ms_before(600_000)])
}

/// What is kept of Ana's edit when another one takes its place.
fn anas_edit_as_conflict() -> EditConflict {
    let workspace = after(ana_edited());
    let title = &workspace.deployments[&CARD].title;
    EditConflict { field: Title, value: title.value.clone(), origin: title.origin }
}

#[test]
fn every_field_can_be_edited() {
    for field in [Title, Version, SectionText(SECTION)] {
        check(opened(), edit(field, "new"), happens([edited(field, "new", None)]));
    }
}

#[test]
fn an_edit_that_changes_nothing_has_no_effect() {
    check(opened(), edit(Title, " Faster search "), has_no_effect());
    check(ana_edited(), edit(Title, "Ana's").by(BO).without_seeing(1), has_no_effect());
}

#[test]
fn an_edit_of_what_was_seen_counts_whatever_its_clock_says() {
    // Made a year before the version it replaces, by a clock that says so.
    let when = edit(Title, "Bo's").by(BO).made_ms_before(31_536_000_000);
    check(ana_edited(), when, happens([edited(Title, "Bo's", None)]));
}

#[test]
fn ones_own_earlier_edit_is_seen_before_the_log_brings_it() {
    let when = edit(Title, "Ana's second").without_seeing(1).made_ms_before(700_000);
    check(ana_edited(), when, happens([edited(Title, "Ana's second", None)]));
}

#[test]
fn an_edit_of_another_tab_is_seen_when_it_is_a_cause() {
    let when =
        edit(Title, "other tab").by(ANAS_OTHER_TAB).of_member(ANA).without_seeing(1).made_ms_before(700_000);
    check(ana_edited(), when.clone(), happens([edit_lost(Title, "other tab")]));
    check(ana_edited(), when.knowing_tab(ANA), happens([edited(Title, "other tab", None)]));
}

#[test]
fn of_concurrent_edits_the_later_one_counts_and_the_earlier_is_kept() {
    let when = edit(Title, "Bo's").by(BO).without_seeing(1).made_ms_before(599_000);
    check(ana_edited(), when, happens([edited(Title, "Bo's", Some(anas_edit_as_conflict()))]));
}

#[test]
fn a_concurrent_edit_that_was_earlier_loses_and_is_kept() {
    let when = edit(Title, "Bo's").by(BO).without_seeing(1).made_ms_before(700_000);
    check(ana_edited(), when, happens([edit_lost(Title, "Bo's")]));
}

#[test]
fn of_edits_at_the_same_moment_the_name_of_the_command_decides() {
    // Bo's deed is a second after Ana's, so made a second earlier than it arrived it is of the same moment.
    let at_once = |page: u128| edit(Title, "other").by(page).without_seeing(1).made_ms_before(601_000);
    assert!(deed_of(BO, 1) > deed_of(ANA, 5));
    check(ana_edited(), at_once(BO), happens([edited(Title, "other", Some(anas_edit_as_conflict()))]));
    let page_before_ana = 0x1;
    assert!(deed_of(page_before_ana, 1) < deed_of(ANA, 5));
    check(ana_edited(), at_once(page_before_ana), happens([edit_lost(Title, "other")]));
}

/// The value that counts and those that are kept beside it.
#[track_caller]
fn kept(given: Given, field: DeploymentField, value: &str, beside: &[&str]) {
    let workspace = after(given);
    let known = &workspace.deployments[&CARD];
    assert_eq!(known.field(field).map(|field| field.value), Ok(value));
    let conflicts: Vec<_> = known.conflicts.iter().map(|conflict| &*conflict.value).collect();
    assert_eq!(conflicts, beside);
}

#[test]
fn both_values_are_kept_whichever_counts() {
    let bos = |late_ms| edit(Title, "Bo's").by(BO).without_seeing(1).made_ms_before(late_ms);
    let with = |late_ms| ana_edited().into_iter().chain([bos(late_ms)]).collect();
    kept(with(599_000), Title, "Bo's", &["Ana's"]);
    kept(with(700_000), Title, "Ana's", &["Bo's"]);
}

#[test]
fn an_edit_of_one_field_does_not_touch_another() {
    let bos = edit(Version, "1.5.0").by(BO).without_seeing(1).made_ms_before(700_000);
    let given: Given = ana_edited().into_iter().chain([bos]).collect();
    kept(given.clone(), Version, "1.5.0", &[]);
    kept(given, Title, "Ana's", &[]);
}

#[test]
fn a_third_edit_by_one_who_saw_both_settles_them_and_the_lost_value_stays_readable() {
    let bos = edit(Title, "Bo's").by(BO).without_seeing(1).made_ms_before(700_000);
    let given = ana_edited().into_iter().chain([bos, edit(Title, "both")]).collect();
    kept(given, Title, "both", &["Bo's"]);
}

#[test]
fn what_lost_is_let_go_of_by_whoever_has_read_it() {
    let bos = edit(Title, "Bo's").by(BO).without_seeing(1).made_ms_before(700_000);
    let given: Given = ana_edited().into_iter().chain([bos]).collect();
    let lost = after(given.clone()).deployments[&CARD].conflicts[0].origin.command;
    check(given.clone(), settle(lost), happens([settled(lost)]));
    let done: Given = given.into_iter().chain([settle(lost)]).collect();
    kept(done.clone(), Title, "Ana's", &[]);
    check(done, settle(lost), has_no_effect());
    check(ana_edited(), settle(lost), has_no_effect());
}
