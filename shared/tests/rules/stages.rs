//! The seven stages: which can be marked, from where, and what the track shows.

use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::Phase;
use slipway_shared::stage::Stage as S;
use slipway_shared::stage::StageState::{self, Failed, NotStarted, Passed, Running, Skipped};

use slipway_shared::time::Timestamp;

use super::given::{BO, Deed, Given, START, after, check, happens, has_no_effect, refused};
use super::test;
use super::then::stage_marked;
use super::when::{
    CARD, LATER_ROLLOUT, NOBODY, PRODUCTION, ROLLOUT, STAGING, fact, finish, mark, opened, opened_and, report,
};

const STATES: [StageState; 5] = [NotStarted, Running, Passed, Failed, Skipped];
const BY_HAND: [S; 5] = [S::Build, S::Test, S::Verify, S::Approve, S::Monitor];

fn at(stage: S, state: StageState) -> Given {
    let marked = (state != NotStarted).then(|| mark(stage, NotStarted, state));
    opened_and(marked)
}

/// Every state a stage can be in, by every state its author may have seen, by every state it may get.
#[test]
fn a_stage_goes_from_the_state_its_author_saw_to_any_other() {
    for stage in BY_HAND {
        for (state, from) in STATES.into_iter().flat_map(|state| STATES.map(|from| (state, from))) {
            for to in STATES {
                let then = match () {
                    () if state == to => has_no_effect(),
                    () if state == from => happens([stage_marked(stage, to)]),
                    () => refused(Rejection::StageChanged { stage, state }),
                };
                check(at(stage, state), mark(stage, from, to), then);
            }
        }
    }
}

#[test]
fn stages_that_follow_rollouts_cannot_be_marked() {
    for stage in [S::Stage, S::Deploy] {
        for to in STATES {
            check(opened(), mark(stage, NotStarted, to), refused(Rejection::StageFollowsRollouts { stage }));
        }
    }
}

#[test]
fn of_two_people_who_mark_a_stage_the_first_one_does() {
    let given = at(S::Build, Failed);
    let when = mark(S::Build, NotStarted, Passed).by(BO).without_seeing(1);
    check(given, when, refused(Rejection::StageChanged { stage: S::Build, state: Failed }));
}

/// The track after some deeds, in the order Build, Test, Stage, Verify, Approve, Deploy, Monitor.
#[track_caller]
fn track(deeds: impl IntoIterator<Item = Deed>, expected: [StageState; 7]) {
    assert_eq!(after(opened_and(deeds)).track(CARD, Timestamp(START)), expected);
}

#[test]
fn a_new_deployment_has_begun_nothing() {
    track([], [NotStarted; 7]);
}

#[test]
fn a_deployment_that_is_not_there_has_begun_nothing() {
    let workspace = after(opened());
    assert_eq!(
        workspace.track(slipway_shared::ids::DeploymentId::from_u128(NOBODY), Timestamp(START)),
        [NotStarted; 7]
    );
}

#[test]
fn marks_show_where_no_rollout_decides() {
    let marks = BY_HAND.map(|stage| mark(stage, NotStarted, Skipped));
    track(marks, [Skipped, Skipped, NotStarted, Skipped, Skipped, NotStarted, Skipped]);
}

#[test]
fn stage_and_deploy_follow_their_rollouts() {
    let n = NotStarted;
    track([report(ROLLOUT, STAGING, Phase::Started)], [n, n, Running, n, n, n, n]);
    track([report(ROLLOUT, STAGING, Phase::Succeeded)], [n, n, Passed, n, n, n, n]);
    track([report(ROLLOUT, STAGING, Phase::Failed)], [n, n, Failed, n, n, n, n]);
    track([report(ROLLOUT, PRODUCTION, Phase::Started)], [n, n, n, n, n, Running, n]);
    track([report(ROLLOUT, PRODUCTION, Phase::Failed)], [n, n, n, n, n, Failed, n]);
    track([report(ROLLOUT, PRODUCTION, Phase::RolledBack)], [n, n, n, n, n, Failed, n]);
}

#[test]
fn the_latest_rollout_of_a_tier_decides() {
    let n = NotStarted;
    let second = fact(LATER_ROLLOUT, STAGING, Phase::Started).ms_later(1).into();
    track([report(ROLLOUT, STAGING, Phase::Failed), second], [n, n, Running, n, n, n, n]);
}

#[test]
fn monitor_runs_from_a_successful_production_rollout_until_the_deployment_is_finished() {
    let n = NotStarted;
    let live = || report(ROLLOUT, PRODUCTION, Phase::Succeeded);
    track([live()], [n, n, n, n, n, Passed, Running]);
    track([live(), finish()], [n, n, n, n, n, Passed, Passed]);
    track([live(), report(ROLLOUT, PRODUCTION, Phase::RolledBack)], [n, n, n, n, n, Failed, n]);
}

#[test]
fn monitor_can_be_marked_from_the_state_it_shows() {
    let live = || report(ROLLOUT, PRODUCTION, Phase::Succeeded);
    check(
        opened_and([live()]),
        mark(S::Monitor, Running, Failed),
        happens([stage_marked(S::Monitor, Failed)]),
    );
    let stale = mark(S::Monitor, NotStarted, Failed);
    check(
        opened_and([live()]),
        stale,
        refused(Rejection::StageChanged { stage: S::Monitor, state: Running }),
    );
}

#[test]
fn a_mark_on_monitor_stays_whatever_the_rollouts_do() {
    let n = NotStarted;
    let deeds = [mark(S::Monitor, n, Skipped), report(ROLLOUT, PRODUCTION, Phase::Succeeded), finish()];
    track(deeds, [n, n, n, n, n, Passed, Skipped]);
}
