//! The checks of the section Environments follow how the rollouts there end.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::Check;
use slipway_shared::ids::CheckId;
use slipway_shared::rollout::Phase;

use super::given::{BO, Deed, after};
use super::test;
use super::when::{
    CARD, CHECK, LATER_ROLLOUT, PRODUCTION, PRODUCTION_CHECK, ROLLOUT, STAGING, STAGING_CHECK, attest, fact,
    opened_and, report,
};

/// How a check stands after some deeds.
#[track_caller]
fn stands(deeds: impl IntoIterator<Item = Deed>, check: CheckId, expected: CheckState) {
    let workspace = after(opened_and(deeds));
    assert_eq!(workspace.deployments[&CARD].check(check).map(Check::state), Some(expected));
}

#[test]
fn a_rollout_that_ended_ticks_the_check_of_its_environment() {
    stands([report(ROLLOUT, PRODUCTION, Phase::Succeeded)], PRODUCTION_CHECK, CheckState::Done);
    stands([report(ROLLOUT, PRODUCTION, Phase::Failed)], PRODUCTION_CHECK, CheckState::Failed);
    stands([report(ROLLOUT, PRODUCTION, Phase::RolledBack)], PRODUCTION_CHECK, CheckState::Failed);
}

#[test]
fn a_rollout_that_runs_leaves_the_check_as_it_is() {
    stands([report(ROLLOUT, PRODUCTION, Phase::Started)], PRODUCTION_CHECK, CheckState::Open);
    let again = fact(LATER_ROLLOUT, PRODUCTION, Phase::Started).ms_later(1).into();
    stands([report(ROLLOUT, PRODUCTION, Phase::Failed), again], PRODUCTION_CHECK, CheckState::Failed);
}

#[test]
fn the_check_is_found_by_the_environments_name_whatever_its_case() {
    stands([report(ROLLOUT, STAGING, Phase::Succeeded)], STAGING_CHECK, CheckState::Done);
}

#[test]
fn other_checks_are_left_alone() {
    let deeds = || [report(ROLLOUT, STAGING, Phase::Succeeded)];
    stands(deeds(), PRODUCTION_CHECK, CheckState::Open);
    stands(deeds(), CHECK, CheckState::Open);
}

#[test]
fn a_rollout_that_was_taken_back_later_unticks_the_check() {
    let deeds = [report(ROLLOUT, STAGING, Phase::Succeeded), report(ROLLOUT, STAGING, Phase::RolledBack)];
    stands(deeds, STAGING_CHECK, CheckState::Failed);
}

#[test]
fn a_second_rollout_that_works_ticks_the_check_again() {
    let second = fact(LATER_ROLLOUT, STAGING, Phase::Succeeded).ms_later(1).into();
    stands([report(ROLLOUT, STAGING, Phase::Failed), second], STAGING_CHECK, CheckState::Done);
}

#[test]
fn a_late_fact_about_an_earlier_rollout_does_not_change_the_check() {
    let earlier = fact(LATER_ROLLOUT, STAGING, Phase::Succeeded).ms_later(-1).into();
    stands([report(ROLLOUT, STAGING, Phase::Failed), earlier], STAGING_CHECK, CheckState::Failed);
}

#[test]
fn a_fact_about_another_environment_does_not_hold_the_check_back() {
    let earlier = fact(LATER_ROLLOUT, STAGING, Phase::Succeeded).ms_later(-1).into();
    stands([report(ROLLOUT, PRODUCTION, Phase::Failed), earlier], STAGING_CHECK, CheckState::Done);
}

#[test]
fn what_a_person_says_about_the_check_counts_beside_the_rollout() {
    let deeds = [report(ROLLOUT, STAGING, Phase::Succeeded), attest(STAGING_CHECK, CheckState::Failed)];
    stands(deeds, STAGING_CHECK, CheckState::Failed);
    let unaware = attest(STAGING_CHECK, CheckState::Open).by(BO).without_seeing(1);
    stands([report(ROLLOUT, STAGING, Phase::Failed), unaware], STAGING_CHECK, CheckState::Failed);
}
