//! Labels: the seven that follow the facts by themselves, and the team's own.

use slipway_shared::label::BuiltInLabel::{
    self, DeployDev, DeployFailed, DeployProd, DeployRollback, DeployStaging, DeploySuccess, TypeDeployment,
};
use slipway_shared::rollout::Phase;

use super::given::{BO, Deed, after, check, happens, has_no_effect};
use super::test;
use super::then::{label_added, label_removed};
use super::when::{
    CARD, DEVELOPMENT, LABEL, LATER_ROLLOUT, PRODUCTION, ROLLOUT, STAGING, fact, finish, opened, opened_and,
    put_label, report, take_label,
};

#[track_caller]
fn labels(deeds: impl IntoIterator<Item = Deed>, expected: &[BuiltInLabel]) {
    assert_eq!(after(opened_and(deeds)).built_in_labels(CARD), expected);
}

#[test]
fn every_deployment_is_deployment_work() {
    labels([], &[TypeDeployment]);
}

#[test]
fn a_rollout_brings_the_label_of_its_tier() {
    labels([report(ROLLOUT, DEVELOPMENT, Phase::Started)], &[TypeDeployment, DeployDev]);
    labels([report(ROLLOUT, STAGING, Phase::Started)], &[TypeDeployment, DeployStaging]);
    labels([report(ROLLOUT, PRODUCTION, Phase::Started)], &[TypeDeployment, DeployProd]);
}

#[test]
fn labels_of_tiers_stay_when_the_card_goes_on() {
    let later = fact(LATER_ROLLOUT, STAGING, Phase::Started).ms_later(1).into();
    labels([report(ROLLOUT, DEVELOPMENT, Phase::Failed), later], &[TypeDeployment, DeployDev, DeployStaging]);
}

#[test]
fn only_production_has_success_failure_and_rollback() {
    labels([report(ROLLOUT, STAGING, Phase::Succeeded)], &[TypeDeployment, DeployStaging]);
    labels([report(ROLLOUT, STAGING, Phase::Failed)], &[TypeDeployment, DeployStaging]);
}

#[test]
fn success_failure_and_rollback_come_one_at_a_time() {
    let told = |phases: &[Phase]| {
        let reports: Vec<_> = phases.iter().map(|phase| report(ROLLOUT, PRODUCTION, *phase)).collect();
        reports
    };
    labels(told(&[Phase::Succeeded]), &[TypeDeployment, DeployProd, DeploySuccess]);
    labels(told(&[Phase::Failed]), &[TypeDeployment, DeployProd, DeployFailed]);
    labels(told(&[Phase::Succeeded, Phase::RolledBack]), &[TypeDeployment, DeployProd, DeployRollback]);
    labels(told(&[Phase::Failed, Phase::Succeeded]), &[TypeDeployment, DeployProd, DeploySuccess]);
}

#[test]
fn a_second_try_in_production_takes_the_failure_away_while_it_runs() {
    let second = fact(LATER_ROLLOUT, PRODUCTION, Phase::Started).ms_later(1).into();
    labels([report(ROLLOUT, PRODUCTION, Phase::Failed), second], &[TypeDeployment, DeployProd]);
}

#[test]
fn a_finished_deployment_keeps_its_labels() {
    labels(
        [report(ROLLOUT, PRODUCTION, Phase::Succeeded), finish()],
        &[TypeDeployment, DeployProd, DeploySuccess],
    );
}

#[test]
fn a_label_of_the_teams_own_is_put_on_and_taken_off_once() {
    check(opened(), put_label(LABEL), happens([label_added(LABEL)]));
    check(opened_and([put_label(LABEL)]), put_label(LABEL).by(BO).without_seeing(1), has_no_effect());
    check(opened_and([put_label(LABEL)]), take_label(LABEL), happens([label_removed(LABEL)]));
    check(opened(), take_label(LABEL), has_no_effect());
}
