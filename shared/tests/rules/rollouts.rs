//! Facts about rollouts: never refused for the state they meet, corrected by what is known of the clock.

use slipway_shared::check::CheckState;
use slipway_shared::ids::{DeploymentId, EnvironmentId, RolloutId};
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::rollout::{Phase, Source};
use slipway_shared::time::Timestamp;

use super::given::{ANA, BO, Deed, START, after, check, deed_of, happens, refused};
use super::test;
use super::then::{attested, corrected, moved, outside_gate, reported};
use super::when::{
    CARD, Fact, LATER_ROLLOUT, NOBODY, PRODUCTION, PRODUCTION_COLUMN, READY_COLUMN, ROLLOUT, STAGING,
    STAGING_CHECK, STAGING_COLUMN, fact, finish, move_card, opened, opened_and, report, set_up,
};

const STARTED: Phase = Phase::Started;
const SUCCEEDED: Phase = Phase::Succeeded;
const FAILED: Phase = Phase::Failed;
const ROLLED_BACK: Phase = Phase::RolledBack;

/// In [`opened_and`], Ana's first deed after the four that everything begins with.
const FIRST: u64 = 5;

#[test]
fn a_new_rollout_takes_the_card_to_the_column_of_its_environment() {
    let then = [reported(fact(ROLLOUT, STAGING, STARTED), &[]), moved(READY_COLUMN, STAGING_COLUMN)];
    check(opened(), report(ROLLOUT, STAGING, STARTED), happens(then));
}

#[test]
fn a_further_report_of_a_rollout_leaves_the_card_where_it_was_put() {
    let given = opened_and([report(ROLLOUT, STAGING, STARTED), move_card(STAGING_COLUMN, READY_COLUMN)]);
    let then = [
        reported(fact(ROLLOUT, STAGING, SUCCEEDED), &[deed_of(ANA, FIRST)]),
        attested(STAGING_CHECK, CheckState::Done, &[]),
    ];
    check(given, report(ROLLOUT, STAGING, SUCCEEDED), happens(then));
}

#[test]
fn a_late_fact_from_the_past_moves_no_card() {
    let given = opened_and([report(ROLLOUT, PRODUCTION, STARTED)]);
    let late = || fact(LATER_ROLLOUT, STAGING, STARTED).ms_later(-1);
    check(given, late(), happens([reported(late(), &[])]));
}

#[test]
fn what_is_past_is_judged_by_the_corrected_time() {
    // Bo's clock is an hour behind: what his device calls the past is the newest rollout of all.
    let given = opened_and([report(ROLLOUT, STAGING, STARTED)]);
    let hour = 3_600_000;
    let newest = || fact(LATER_ROLLOUT, PRODUCTION, STARTED).ms_later(1 - hour);
    let when = Deed::from(newest()).by(BO).by_a_clock_behind_ms(hour);
    let then = [outside_gate(corrected(newest(), hour, &[])), moved(STAGING_COLUMN, PRODUCTION_COLUMN)];
    check(given, when, happens(then));
}

#[test]
fn a_clock_that_is_wrong_is_corrected_and_the_correction_recorded() {
    let when = Deed::from(fact(ROLLOUT, STAGING, STARTED)).by_a_clock_behind_ms(5_000);
    let then = [corrected(fact(ROLLOUT, STAGING, STARTED), 5_000, &[]), moved(READY_COLUMN, STAGING_COLUMN)];
    check(opened(), when, happens(then));
}

#[test]
fn nothing_happened_in_the_future() {
    let tomorrow = Fact { happened_at: Timestamp(START + 86_400_000), ..fact(ROLLOUT, STAGING, STARTED) };
    let workspace = after(opened_and([tomorrow.into()]));
    // The fact is the fifth deed, four seconds after the start.
    assert_eq!(workspace.rollouts[&ROLLOUT].started_at, Timestamp(START + 4_000));
}

#[test]
fn the_time_of_a_tag_is_not_the_reporters_and_stays() {
    let source = Source::GitTag { tag: "v1.4.0".to_owned() };
    let tagged = || Fact { source: source.clone(), ..fact(ROLLOUT, STAGING, SUCCEEDED) };
    let when = Deed::from(tagged()).by_a_clock_behind_ms(5_000);
    let then = [
        corrected(tagged(), 0, &[]),
        moved(READY_COLUMN, STAGING_COLUMN),
        attested(STAGING_CHECK, CheckState::Done, &[]),
    ];
    check(opened(), when, happens(then));
}

#[test]
fn a_fact_about_a_deployment_that_is_not_known_is_recorded() {
    let deployment = DeploymentId::from_u128(NOBODY);
    let lone = || Fact { deployment, ..fact(ROLLOUT, STAGING, FAILED) };
    check(set_up(), lone(), happens([reported(lone(), &[])]));
}

#[test]
fn a_fact_about_an_environment_that_is_not_known_is_recorded() {
    let nowhere = EnvironmentId::from_u128(NOBODY);
    check(
        opened(),
        report(ROLLOUT, nowhere, FAILED),
        happens([reported(fact(ROLLOUT, nowhere, FAILED), &[])]),
    );
}

#[test]
fn a_fact_about_a_finished_deployment_is_recorded_and_moves_no_card() {
    let then =
        [reported(fact(ROLLOUT, STAGING, SUCCEEDED), &[]), attested(STAGING_CHECK, CheckState::Done, &[])];
    check(opened_and([finish()]), report(ROLLOUT, STAGING, SUCCEEDED), happens(then));
}

#[test]
fn an_end_without_a_beginning_makes_the_rollout() {
    let workspace = after(opened_and([report(ROLLOUT, PRODUCTION, ROLLED_BACK)]));
    let rollout = &workspace.rollouts[&ROLLOUT];
    assert_eq!((rollout.phase(), rollout.started_at), (ROLLED_BACK, Timestamp(START - 60_000)));
}

#[test]
fn a_beginning_told_after_the_end_moves_the_start_back() {
    let began = fact(ROLLOUT, STAGING, STARTED).ms_later(-600_000).into();
    let given = opened_and([report(ROLLOUT, STAGING, SUCCEEDED), Deed::by(began, BO).without_seeing(1)]);
    let rollout = &after(given).rollouts[&ROLLOUT];
    assert_eq!(rollout.started_at, Timestamp(START - 660_000));
    assert_eq!((rollout.phase(), rollout.finished_at()), (SUCCEEDED, Some(Timestamp(START - 60_000))));
}

#[test]
fn a_report_supersedes_those_its_author_had_seen() {
    let given = opened_and([report(ROLLOUT, STAGING, FAILED), report(ROLLOUT, STAGING, SUCCEEDED)]);
    let rollout = &after(given).rollouts[&ROLLOUT];
    assert_eq!((rollout.phase(), rollout.reports.iter().count()), (SUCCEEDED, 1));
}

/// Reports by two people who did not know of each other, and what counts.
#[track_caller]
fn concurrent(one: Phase, other: Phase, counts: Phase) {
    for (first, second) in [(one, other), (other, one)] {
        let second = report(ROLLOUT, STAGING, second).by(BO).without_seeing(1);
        let workspace = after(opened_and([report(ROLLOUT, STAGING, first), second]));
        let rollout = &workspace.rollouts[&ROLLOUT];
        assert_eq!((rollout.phase(), rollout.reports.iter().count()), (counts, 2));
    }
}

#[test]
fn of_concurrent_reports_the_worst_counts() {
    concurrent(STARTED, SUCCEEDED, SUCCEEDED);
    concurrent(FAILED, SUCCEEDED, FAILED);
    concurrent(FAILED, STARTED, FAILED);
    concurrent(ROLLED_BACK, SUCCEEDED, ROLLED_BACK);
    concurrent(ROLLED_BACK, FAILED, ROLLED_BACK);
}

#[test]
fn a_report_that_saw_both_sides_settles_them() {
    let given = opened_and([
        report(ROLLOUT, STAGING, FAILED),
        report(ROLLOUT, STAGING, SUCCEEDED).by(BO).without_seeing(1),
        report(ROLLOUT, STAGING, SUCCEEDED),
    ]);
    let rollout = &after(given).rollouts[&ROLLOUT];
    assert_eq!((rollout.phase(), rollout.reports.iter().count()), (SUCCEEDED, 1));
}

#[test]
fn a_card_follows_its_rollouts_from_column_to_column() {
    let given = opened_and([
        report(ROLLOUT, STAGING, SUCCEEDED),
        fact(LATER_ROLLOUT, PRODUCTION, STARTED).ms_later(1).into(),
    ]);
    assert_eq!(after(given).cards_in(PRODUCTION_COLUMN), [CARD]);
}

#[test]
fn the_latest_rollout_is_the_one_that_began_last() {
    let given = opened_and([
        fact(LATER_ROLLOUT, STAGING, STARTED).ms_later(5).into(),
        report(ROLLOUT, STAGING, SUCCEEDED),
    ]);
    let workspace = after(given);
    assert_eq!(workspace.latest_rollout_in(CARD, STAGING).map(|(id, _)| id), Some(LATER_ROLLOUT));
    let both: Vec<RolloutId> = workspace.rollouts_of(CARD).map(|(id, _)| id).collect();
    assert_eq!(both, [ROLLOUT, LATER_ROLLOUT]);
}

#[test]
fn only_what_cannot_be_a_fact_is_refused() {
    for at in [-1, 253_402_300_800_000] {
        let odd = Fact { happened_at: Timestamp(at), ..fact(ROLLOUT, STAGING, STARTED) };
        check(opened(), odd, refused(Rejection::OutOfRange));
    }
    let versionless = Fact { version: " ".to_owned(), ..fact(ROLLOUT, STAGING, STARTED) };
    check(opened(), versionless, refused(Rejection::TextMissing { field: TextField::Version }));
}
