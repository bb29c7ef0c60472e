//! Requests for rollouts: granted by the state and the time they meet, whenever they were made.

use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{DeploymentId, EnvironmentId};
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::Phase;
use slipway_shared::time::Timestamp;

use super::given::{BO, Deed, START, after, check, happens, refused};
use super::test;
use super::then::{granted, moved};
use super::when::{
    CARD, DEVELOPMENT, Fact, LATER_ROLLOUT, NOBODY, Open, READY_COLUMN, ROLLOUT, STAGING, STAGING_COLUMN,
    edit, elsewhere, fact, finish, open, opened, opened_and, report, request,
};

const OTHER_CARD: DeploymentId = DeploymentId::from_u128(0xcb);

/// The rollout as it starts with the deed after `before` others.
fn starts_after(before: i64) -> Fact {
    let happened_at = Timestamp(START + 1_000 * before);
    Fact { happened_at, ..fact(ROLLOUT, STAGING, Phase::Started) }
}

#[test]
fn what_is_granted_starts_and_takes_the_card_along() {
    let then = [granted(starts_after(4)), moved(READY_COLUMN, STAGING_COLUMN)];
    check(opened(), request(ROLLOUT, STAGING), happens(then));
    let rollout = &after(opened_and([request(ROLLOUT, STAGING)])).rollouts[&ROLLOUT];
    assert_eq!((rollout.phase(), rollout.requested, rollout.outside_gate), (Phase::Started, true, false));
}

#[test]
fn it_starts_when_it_is_granted_however_long_ago_it_was_asked_for() {
    let hour = 3_600_000;
    let then = [granted(starts_after(4)), moved(READY_COLUMN, STAGING_COLUMN)];
    check(opened(), request(ROLLOUT, STAGING).made_ms_before(hour).by_a_clock_behind_ms(hour), happens(then));
}

#[test]
fn of_two_who_ask_at_once_the_first_gets_it() {
    let given = opened_and([request(ROLLOUT, STAGING)]);
    let second = request(LATER_ROLLOUT, STAGING).by(BO).without_seeing(1);
    check(given, second, refused(Rejection::RolloutRunning { deployment: CARD, environment: STAGING }));
}

#[test]
fn one_rollout_at_a_time_runs_in_an_environment() {
    let others = |phase| Fact { deployment: OTHER_CARD, ..fact(LATER_ROLLOUT, STAGING, phase) }.into();
    let other = || Deed::from(Open { deployment: OTHER_CARD, ..open() });
    let given = |phase| opened_and([other(), others(phase)]);
    let running = Rejection::RolloutRunning { deployment: OTHER_CARD, environment: STAGING };
    check(given(Phase::Started), request(ROLLOUT, STAGING), refused(running));
    for phase in [Phase::Succeeded, Phase::Failed, Phase::RolledBack] {
        let given = given(phase).into_iter().chain([request(ROLLOUT, STAGING)]).collect();
        assert!(after(given).rollouts[&ROLLOUT].requested);
    }
}

#[test]
fn what_runs_elsewhere_or_is_off_the_board_holds_nobody_up() {
    let elsewhere = report(LATER_ROLLOUT, DEVELOPMENT, Phase::Started);
    assert!(after(opened_and([elsewhere, request(ROLLOUT, STAGING)])).rollouts[&ROLLOUT].requested);
    let other = Deed::from(Open { deployment: OTHER_CARD, ..open() });
    let forgotten = Fact { deployment: OTHER_CARD, ..fact(LATER_ROLLOUT, STAGING, Phase::Started) }.into();
    let off = Command::Deployment(DeploymentCommand::Finish { deployment: OTHER_CARD }).into();
    let given = opened_and([other, forgotten, off, request(ROLLOUT, STAGING)]);
    assert!(after(given).rollouts[&ROLLOUT].requested);
}

#[test]
fn only_what_is_there_as_it_was_seen_can_be_rolled_out() {
    let version = "1.4.1".to_owned();
    let edited = opened_and([edit(DeploymentField::Version, &version)]);
    check(edited, request(ROLLOUT, STAGING), refused(Rejection::VersionChanged { version }));
    check(opened_and([finish()]), request(ROLLOUT, STAGING), refused(Rejection::DeploymentFinished));
    let environment = EnvironmentId::from_u128(NOBODY);
    check(opened(), request(ROLLOUT, environment), refused(Rejection::UnknownEnvironment { environment }));
    let deployment = DeploymentId::from_u128(NOBODY);
    check(
        opened(),
        elsewhere(request(ROLLOUT, STAGING)),
        refused(Rejection::UnknownDeployment { deployment }),
    );
    let given = opened_and([report(ROLLOUT, STAGING, Phase::Failed)]);
    check(given, request(ROLLOUT, STAGING), refused(Rejection::IdTaken));
}
