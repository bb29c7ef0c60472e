//! The board empties itself: what is live for a day, with its checks done, is over.

use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::conclude::MONITORED_MS;
use slipway_shared::deployment::sealed::SEALED_AFTER_MS;
use slipway_shared::document::SectionKind;
use slipway_shared::environment::{EnvironmentChange, EnvironmentCommand, Tier};
use slipway_shared::ids::{CheckId, EnvironmentId, SectionId};
use slipway_shared::member::Role;
use slipway_shared::policy::{Risk, Rules};
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::Phase;

use super::given::{BO, Deed, Given, after, check, happens, has_no_effect, refused};
use super::test;
use super::then::concluded;
use super::when::{
    CARD, ENVIRONMENTS_SECTION, Fact, LATER_ROLLOUT, Open, PRODUCTION, ROLLOUT, STAGING, attest,
    change_environment, conclude, elsewhere, fact, finish, join, new_check, new_section, open, opened_and,
    reopen, set_policy, set_risk, set_up,
};

const SMOKE: CheckId = CheckId::from_u128(0xc7);
const FEEDBACK: CheckId = CheckId::from_u128(0xc8);

/// A fact so many milliseconds before the tests begin.
fn ago(fact: Fact, ms: i64) -> Deed {
    fact.ms_later(60_000 - ms).into()
}

fn live_since(ms: i64) -> Deed {
    ago(fact(ROLLOUT, PRODUCTION, Phase::Succeeded), ms)
}

/// A deployment with two checks after it.
fn with_checks_after(deeds: impl IntoIterator<Item = Deed>) -> Given {
    let checks = vec![new_check(SMOKE, "Smoke tests pass"), new_check(FEEDBACK, "Users are content")];
    let after = new_section(SectionId::from_u128(0x5e3), SectionKind::PostDeployment, checks);
    let mut opened = open();
    opened.sections.push(after);
    set_up().into_iter().chain([Open { ..opened }.into()]).chain(deeds).collect()
}

#[test]
fn what_is_watched_long_enough_with_its_checks_done_is_over() {
    let done = || [live_since(MONITORED_MS), attest(SMOKE, CheckState::Done)];
    let all = |last| with_checks_after(done().into_iter().chain([attest(FEEDBACK, last)]));
    check(all(CheckState::Done), conclude(), happens([concluded()]));
    check(all(CheckState::NotApplicable), conclude(), happens([concluded()]));
    check(opened_and([live_since(MONITORED_MS)]), conclude(), happens([concluded()]));
}

#[test]
fn what_still_waits_for_something_is_not() {
    let day = MONITORED_MS;
    let failed = |rollout, environment, phase| ago(fact(rollout, environment, phase), day);
    let table: Vec<(&str, Given)> = vec![
        ("nothing is live", opened_and([])),
        ("staging is not production", opened_and([failed(ROLLOUT, STAGING, Phase::Succeeded)])),
        ("the day is not over", opened_and([live_since(day - 60_000)])),
        ("it failed", opened_and([failed(ROLLOUT, PRODUCTION, Phase::Failed)])),
        ("it was taken back", opened_and([failed(ROLLOUT, PRODUCTION, Phase::RolledBack)])),
        ("it runs", opened_and([failed(ROLLOUT, PRODUCTION, Phase::Started)])),
        (
            "it is on its way elsewhere",
            opened_and([live_since(day), failed(LATER_ROLLOUT, STAGING, Phase::Started)]),
        ),
        ("checks are open", with_checks_after([live_since(day), attest(SMOKE, CheckState::Done)])),
        (
            "a check failed",
            with_checks_after([
                live_since(day),
                attest(SMOKE, CheckState::Done),
                attest(FEEDBACK, CheckState::Failed),
            ]),
        ),
        ("it is over already", opened_and([live_since(day), finish()])),
        ("it was concluded already", opened_and([live_since(day), conclude()])),
        ("somebody took it up again", opened_and([live_since(day), conclude(), reopen()])),
    ];
    for (why, given) in table {
        let due: Vec<_> = {
            let workspace = after(given.clone());
            let now = slipway_shared::time::Timestamp(super::given::START + 20_000);
            workspace.due_for_conclusion(now).collect()
        };
        assert_eq!(due, [], "{why}");
        check(given, conclude(), has_no_effect());
    }
}

#[test]
fn how_long_it_is_watched_is_for_the_policy_of_where_and_how_risky() {
    let hour = 3_600_000;
    let watched = |risk, ms| {
        let rules = Rules { monitored_ms: Some(ms), ..Rules::of_tier(Tier::Production) };
        set_policy(PRODUCTION, risk, rules)
    };
    let table: [(&str, Vec<Deed>, i64, bool); 6] = [
        ("shorter", vec![watched(Risk::Normal, hour)], hour, true),
        ("shorter, and not over", vec![watched(Risk::Normal, hour)], hour - 60_000, false),
        ("longer", vec![watched(Risk::Normal, 2 * MONITORED_MS)], MONITORED_MS, false),
        ("longer, and over", vec![watched(Risk::Normal, 2 * MONITORED_MS)], 2 * MONITORED_MS, true),
        ("of another risk", vec![watched(Risk::High, hour)], hour, false),
        ("of its risk", vec![watched(Risk::High, hour), set_risk(Risk::High)], hour, true),
    ];
    for (why, deeds, live, is_over) in table {
        let given = opened_and(deeds.into_iter().chain([live_since(live)]));
        let then = if is_over { happens([concluded()]) } else { has_no_effect() };
        let now = slipway_shared::time::Timestamp(super::given::START + 20_000);
        let due = after(given.clone()).due_for_conclusion(now).count();
        assert_eq!(due, usize::from(is_over), "{why}");
        check(given, conclude(), then);
    }
}

/// A second production environment, and what its gate asks for: nothing.
const CANARY: EnvironmentId = EnvironmentId::from_u128(0x98);
const CANARY_CHECK: CheckId = CheckId::from_u128(0xc9);

fn canary() -> Deed {
    let (environment, name) = (CANARY, "Canary".to_owned());
    let (tier, testing) = (Tier::Production, Vec::new());
    Command::Environment(EnvironmentCommand::Add { environment, name, position: 3, tier, testing }).into()
}

/// Makes the check that names it.
fn names_canary() -> Deed {
    let (deployment, section, text) = (CARD, ENVIRONMENTS_SECTION, "canary".to_owned());
    let add = DeploymentCommand::AddCheck { deployment, section, check: CANARY_CHECK, text, verify: None };
    Command::Deployment(add).into()
}

fn approve_canary() -> Deed {
    let digest = after(opened_and([canary()])).approval_digest(CARD, CANARY).expect("it is there");
    let approve = DeploymentCommand::Approve { deployment: CARD, environment: CANARY, digest, note: None };
    Deed::from(Command::Deployment(approve)).by(BO)
}

/// It is over once it is live wherever it was rolled out to in production, or is still to go to.
#[test]
fn it_is_over_once_it_is_over_in_each_production_environment() {
    let there = |phase, ms| ago(fact(LATER_ROLLOUT, CANARY, phase), ms);
    let archive = || change_environment(CANARY, EnvironmentChange::Archived(true));
    let day = MONITORED_MS;
    let hour = 3_600_000;
    let longer = Rules { monitored_ms: Some(2 * day), ..Rules::of_tier(Tier::Production) };
    let longer = || set_policy(CANARY, Risk::Normal, longer.clone());
    let answered = |state| vec![names_canary(), attest(CANARY_CHECK, state)];
    let table: Vec<(&str, Vec<Deed>, bool)> = vec![
        ("nobody thinks of the other one", vec![], true),
        ("it is live there for as long", vec![there(Phase::Succeeded, day)], true),
        ("it is live there since an hour", vec![there(Phase::Succeeded, hour)], false),
        ("it runs there", vec![there(Phase::Started, day)], false),
        ("it failed there", vec![there(Phase::Failed, day)], false),
        ("it was taken back there", vec![there(Phase::RolledBack, day)], false),
        ("it is watched longer there", vec![longer(), there(Phase::Succeeded, day)], false),
        ("it was watched longer there", vec![longer(), there(Phase::Succeeded, 2 * day)], true),
        ("it is approved for there", vec![join(BO, Role::Approver), approve_canary()], false),
        (
            "it is approved for there, and live",
            vec![join(BO, Role::Approver), approve_canary(), there(Phase::Succeeded, day)],
            true,
        ),
        ("its check is open", vec![names_canary()], false),
        ("its check failed", answered(CheckState::Failed), false),
        ("its check is done", answered(CheckState::Done), true),
        ("its check does not apply", answered(CheckState::NotApplicable), true),
        ("its check is open, and it is archived", vec![names_canary(), archive()], true),
        ("it failed there, and it is archived", vec![there(Phase::Failed, day), archive()], true),
        ("it went there, and it is archived", vec![there(Phase::Succeeded, hour), archive()], false),
    ];
    for (why, deeds, is_over) in table {
        let given = opened_and([canary()].into_iter().chain(deeds).chain([live_since(day)]));
        let then = if is_over { happens([concluded()]) } else { has_no_effect() };
        let now = slipway_shared::time::Timestamp(super::given::START + 20_000);
        let due = after(given.clone()).due_for_conclusion(now).count();
        assert_eq!(due, usize::from(is_over), "{why}");
        check(given, conclude(), then);
    }
}

#[test]
fn what_is_over_by_itself_is_off_the_board_and_sealed_in_time() {
    let workspace = after(opened_and([live_since(MONITORED_MS), conclude()]));
    let known = &workspace.deployments[&CARD];
    assert_eq!(known.finished, known.concluded);
    assert!(known.finished.is_some() && workspace.open_deployments().next().is_none());
    let later = known.finished.expect("it is over").at.plus(SEALED_AFTER_MS);
    assert!(known.is_due_for_sealing(later));
}

#[test]
fn what_is_not_there_cannot_be_concluded() {
    let deployment = slipway_shared::ids::DeploymentId::from_u128(super::when::NOBODY);
    check(opened_and([]), elsewhere(conclude()), refused(Rejection::UnknownDeployment { deployment }));
}
