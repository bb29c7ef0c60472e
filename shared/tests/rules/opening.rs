//! Opening a deployment, adding checks to it, finishing and reopening it.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::NewCheck;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::event::Event;
use slipway_shared::ids::{CheckId, ColumnId, DeploymentId, LabelId, SectionId, ServiceId};
use slipway_shared::rejection::Rejection;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;

use super::given::{Deed, after, check, happens, has_no_effect, refused};
use super::test;
use super::then::{finished, reopened};
use super::when::{
    APPROVAL_COLUMN, CARD, CHECK, LABEL, NOBODY, Open, READY_COLUMN, SECTION, STAGING, STAGING_COLUMN,
    add_check, attach, attest, commit, edit, elsewhere, finish, mark, move_card, new_check, open, opened,
    opened_and, put_label, reopen, set_up, take_label,
};

fn bent(bend: impl FnOnce(&mut Open)) -> Open {
    let mut open = open();
    bend(&mut open);
    open
}

#[test]
fn a_deployment_is_opened_as_it_was_asked_for() {
    let Open { deployment, service, version, title, column, rank, changes, sections } = open();
    let opened =
        DeploymentEvent::Opened { deployment, service, version, title, column, rank, changes, sections };
    check(set_up(), open(), happens([Event::Deployment(opened)]));
}

#[test]
fn a_deployment_can_begin_in_a_column_for_approval() {
    let workspace =
        after(set_up().into_iter().chain([bent(|open| open.column = APPROVAL_COLUMN).into()]).collect());
    assert_eq!(workspace.cards_in(APPROVAL_COLUMN), [CARD]);
}

#[test]
fn a_deployment_cannot_begin_in_the_column_of_an_environment() {
    let crooked = bent(|open| open.column = STAGING_COLUMN);
    check(set_up(), crooked, refused(Rejection::RolloutNeeded { environment: STAGING }));
}

#[test]
fn a_deployment_needs_an_id_of_its_own() {
    check(opened(), open(), refused(Rejection::IdTaken));
}

#[test]
fn a_deployment_needs_a_service_and_a_column_that_are_there() {
    let service = ServiceId::from_u128(NOBODY);
    check(set_up(), bent(|open| open.service = service), refused(Rejection::UnknownService { service }));
    let column = ColumnId::from_u128(NOBODY);
    check(set_up(), bent(|open| open.column = column), refused(Rejection::UnknownColumn { column }));
}

#[test]
fn a_deployment_needs_a_place_that_is_one() {
    for rank in ["", "80", "800000000g", "80000000000", "8000000000 "] {
        check(set_up(), bent(|open| open.rank = rank.to_owned()), refused(Rejection::OutOfRange));
    }
}

#[test]
fn sections_and_checks_of_one_deployment_need_ids_of_their_own() {
    let twins = bent(|open| open.sections.iter_mut().for_each(|section| section.id = SECTION));
    check(set_up(), twins, refused(Rejection::IdTaken));
    let twins = bent(|open| {
        open.sections.iter_mut().for_each(|section| section.checks = vec![new_check(CHECK, "A")]);
    });
    check(set_up(), twins, refused(Rejection::IdTaken));
}

#[test]
fn a_check_can_come_with_a_tick_and_what_shows_it() {
    let evidence = Some("https://ci.example/7".to_owned());
    let ticked = NewCheck { state: CheckState::Done, evidence, ..new_check(CHECK, "Tests passing") };
    let ticked =
        bent(|open| open.sections.iter_mut().for_each(|section| section.checks = vec![ticked.clone()]));
    let ticked = Open { sections: ticked.sections.into_iter().skip(1).collect(), ..ticked };
    let workspace = after(set_up().into_iter().chain([ticked.into()]).collect());
    let progress = workspace.deployments[&CARD].progress();
    assert_eq!((progress.done, progress.all), (1, 1));
}

#[test]
fn a_check_is_added_at_the_end_of_its_section() {
    let workspace = after(opened_and([add_check(SECTION, CheckId::from_u128(0xcc))]));
    let texts: Vec<_> =
        workspace.deployments[&CARD].sections[1].checks.iter().map(|check| &*check.text).collect();
    assert_eq!(texts, ["Tests passing", "Cache is warm"]);
}

#[test]
fn a_check_needs_a_section_that_is_there_and_an_id_of_its_own() {
    let section = SectionId::from_u128(NOBODY);
    let new = CheckId::from_u128(0xcc);
    check(opened(), add_check(section, new), refused(Rejection::UnknownSection { section }));
    check(opened(), add_check(SECTION, CHECK), refused(Rejection::IdTaken));
}

#[test]
fn a_deployment_is_finished_and_reopened_once() {
    check(opened(), finish(), happens([finished()]));
    check(opened_and([finish()]), finish(), has_no_effect());
    check(opened_and([finish()]), reopen(), happens([reopened()]));
    check(opened(), reopen(), has_no_effect());
}

#[test]
fn a_finished_deployment_is_off_the_board_until_it_is_reopened() {
    assert_eq!(after(opened_and([finish()])).cards_in(READY_COLUMN), [] as [DeploymentId; 0]);
    assert_eq!(after(opened_and([finish(), reopen()])).cards_in(READY_COLUMN), [CARD]);
}

/// Deeds that change the plan, and so are refused once the deployment is over.
fn changes_of_plan() -> [Deed; 6] {
    [
        move_card(READY_COLUMN, APPROVAL_COLUMN),
        edit(DeploymentField::Title, "Slower search"),
        add_check(SECTION, CheckId::from_u128(0xcc)),
        mark(Stage::Build, StageState::NotStarted, StageState::Passed),
        put_label(LABEL),
        take_label(LABEL),
    ]
}

#[test]
fn the_plan_of_a_finished_deployment_stays() {
    for deed in changes_of_plan() {
        check(opened_and([finish()]), deed, refused(Rejection::DeploymentFinished));
    }
}

#[test]
fn checks_and_changes_of_a_finished_deployment_can_still_be_told() {
    let told = after(opened_and([finish(), attest(CHECK, CheckState::Done), attach([commit("c0ffee")])]));
    let known = &told.deployments[&CARD];
    assert_eq!((known.progress().done, known.changes.len()), (1, 1));
}

#[test]
fn what_is_asked_of_a_deployment_that_is_not_there_is_refused() {
    let deployment = DeploymentId::from_u128(NOBODY);
    let told = [attest(CHECK, CheckState::Done), attach([commit("c0ffee")]), finish(), reopen()];
    for deed in changes_of_plan().into_iter().chain(told) {
        check(opened(), elsewhere(deed), refused(Rejection::UnknownDeployment { deployment }));
    }
}

#[test]
fn parts_that_are_not_there_are_named() {
    let label = LabelId::from_u128(NOBODY);
    check(opened(), put_label(label), refused(Rejection::UnknownLabel { label }));
    check(opened(), take_label(label), has_no_effect());
    let missing = CheckId::from_u128(NOBODY);
    check(opened(), attest(missing, CheckState::Done), refused(Rejection::UnknownCheck { check: missing }));
    let section = SectionId::from_u128(NOBODY);
    let edited = edit(DeploymentField::SectionText(section), "x");
    check(opened(), edited, refused(Rejection::UnknownSection { section }));
}

#[test]
fn a_change_is_written_in_the_years_1970_to_9999() {
    for at in [-1, 253_402_300_800_000] {
        let authored_at = Some(Timestamp(at));
        let odd = slipway_shared::deployment::Change { authored_at, ..commit("c0ffee") };
        check(opened(), attach([odd.clone()]), refused(Rejection::OutOfRange));
        check(set_up(), bent(|open| open.changes = vec![odd]), refused(Rejection::OutOfRange));
    }
}
