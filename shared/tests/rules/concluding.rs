//! The board empties itself: what is live for a day, with its checks done, is over.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::conclude::MONITORED_MS;
use slipway_shared::deployment::sealed::SEALED_AFTER_MS;
use slipway_shared::document::SectionKind;
use slipway_shared::ids::{CheckId, SectionId};
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::Phase;

use super::given::{Deed, Given, after, check, happens, has_no_effect, refused};
use super::test;
use super::then::concluded;
use super::when::{
    CARD, Fact, LATER_ROLLOUT, Open, PRODUCTION, ROLLOUT, STAGING, attest, conclude, elsewhere, fact, finish,
    new_check, new_section, open, opened_and, reopen, set_up,
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
