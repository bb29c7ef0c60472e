//! What people say about testing: whose word counts, for how long, and what follows from it.

use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::deployment::testing::TestOutcome::{self, Failed, Passed};
use slipway_shared::deployment::testing::TestStanding;
use slipway_shared::environment::{EnvironmentChange, Testing};
use slipway_shared::event::Event;
use slipway_shared::ids::{CommandKey, EnvironmentId, RolloutId};
use slipway_shared::member::Role;
use slipway_shared::policy::{Risk, Rules};
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::Phase;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;

use super::given::{
    ANA, BO, Deed, Given, START, after, check, deed_of, happens, has_no_effect, judged, refused,
};
use super::test;
use super::when::{
    APPROVAL_COLUMN, CARD, CHECK, DEVELOPMENT, LATER_ROLLOUT, NOBODY, PRODUCTION, ROLLOUT, STAGING,
    STAGING_COLUMN, approve, as_opened, attest, change_environment, decline, edit, fact, finish, join,
    join_rollouts, mark, move_card, opened, opened_and, report, set_policy, test_of, withdraw,
};

const NOW: Timestamp = Timestamp(START);

/// A deployment whose latest rollout to staging succeeded, and some deeds.
fn staged(deeds: impl IntoIterator<Item = Deed>) -> Given {
    opened_and([report(ROLLOUT, STAGING, Phase::Succeeded)].into_iter().chain(deeds))
}

fn automated(outcome: TestOutcome) -> Deed {
    test_of(ROLLOUT, STAGING, Testing::Automated, Some(outcome))
}

fn manual(outcome: TestOutcome) -> Deed {
    test_of(ROLLOUT, STAGING, Testing::Manual, Some(outcome))
}

fn takes_back(testing: Testing) -> Deed {
    test_of(ROLLOUT, STAGING, testing, None)
}

fn tested(testing: Testing, outcome: Option<TestOutcome>, supersedes: &[CommandKey]) -> Event {
    Event::Deployment(DeploymentEvent::Tested {
        deployment: CARD,
        environment: STAGING,
        testing,
        rollout: ROLLOUT,
        outcome,
        note: None,
        supersedes: supersedes.to_vec(),
    })
}

/// How the kinds of testing of an environment stand: by machines first.
fn outcomes(given: Given, environment: EnvironmentId) -> Vec<Option<TestOutcome>> {
    let workspace = after(given);
    let mut standing = workspace.testing_in(CARD, environment);
    standing.sort_by_key(|standing| standing.testing);
    standing.iter().map(TestStanding::outcome).collect()
}

#[track_caller]
fn stage(given: Given, stage: Stage, expected: StageState) {
    let track = after(given).track(CARD, NOW);
    let found = Stage::ALL.into_iter().zip(track).find(|(known, _)| *known == stage);
    assert_eq!(found, Some((stage, expected)));
}

#[test]
fn somebody_says_how_a_kind_of_testing_went_and_takes_it_back() {
    check(staged([]), automated(Passed), happens([tested(Testing::Automated, Some(Passed), &[])]));
    check(staged([automated(Passed)]), automated(Passed), has_no_effect());
    let first = deed_of(ANA, 6);
    check(
        staged([automated(Passed)]),
        automated(Failed),
        happens([tested(Testing::Automated, Some(Failed), &[first])]),
    );
    check(
        staged([automated(Passed)]),
        takes_back(Testing::Automated),
        happens([tested(Testing::Automated, None, &[first])]),
    );
    check(staged([automated(Passed)]), takes_back(Testing::Manual), has_no_effect());
}

#[test]
fn what_was_not_rolled_out_is_not_tested() {
    let refusal = refused(Rejection::RolloutNeeded { environment: STAGING });
    check(opened(), automated(Passed), refusal);
    let nowhere = EnvironmentId::from_u128(NOBODY);
    let somewhere = test_of(ROLLOUT, nowhere, Testing::Manual, Some(Passed));
    check(staged([]), somewhere, refused(Rejection::UnknownEnvironment { environment: nowhere }));
}

#[test]
fn what_was_tested_has_to_be_what_is_there() {
    let again = || fact(LATER_ROLLOUT, STAGING, Phase::Started).ms_later(1).into();
    let late = || automated(Passed).by(BO).without_seeing(1);
    check(staged([again()]), late(), refused(Rejection::ChangedMeanwhile));
    let newer = || edit(DeploymentField::Version, "1.5.0");
    let version = "1.5.0".to_owned();
    check(staged([newer()]), late(), refused(Rejection::VersionChanged { version }));
    // What can't be said any more can still be taken back.
    let (_, found) = judged(staged([automated(Passed), again()]), takes_back(Testing::Automated));
    assert_eq!(found, happens([tested(Testing::Automated, None, &[deed_of(ANA, 6)])]));
}

#[test]
fn another_rollout_or_version_begins_anew() {
    assert_eq!(outcomes(staged([automated(Passed), manual(Failed)]), STAGING), [Some(Passed), Some(Failed)]);
    let again = fact(LATER_ROLLOUT, STAGING, Phase::Started).ms_later(1).into();
    assert_eq!(outcomes(staged([automated(Passed), again]), STAGING), [None, None]);
    let newer = || edit(DeploymentField::Version, "1.5.0");
    assert_eq!(outcomes(staged([automated(Passed), newer()]), STAGING), [None, None]);
    let back = edit(DeploymentField::Version, "1.4.0");
    assert_eq!(outcomes(staged([automated(Passed), newer(), back]), STAGING), [Some(Passed), None]);
    let elsewhere = report(LATER_ROLLOUT, DEVELOPMENT, Phase::Succeeded);
    assert_eq!(outcomes(staged([automated(Passed), elsewhere]), STAGING), [Some(Passed), None]);
}

#[test]
fn what_was_said_of_a_rollout_counts_for_the_one_it_turned_out_to_be() {
    // Staging was told of twice by one person, who then says that it was one rollout.
    let other = fact(LATER_ROLLOUT, STAGING, Phase::Succeeded).ms_later(-1).into();
    let said = || staged([other, automated(Passed), join_rollouts(ROLLOUT, LATER_ROLLOUT)]);
    assert_eq!(outcomes(said(), STAGING), [Some(Passed), None]);
}

#[test]
fn of_two_who_say_otherwise_apart_the_one_for_whom_it_failed_counts() {
    let apart =
        |first, second: TestOutcome| staged([automated(first), automated(second).by(BO).without_seeing(1)]);
    assert_eq!(outcomes(apart(Passed, Failed), STAGING), [Some(Failed), None]);
    assert_eq!(outcomes(apart(Failed, Passed), STAGING), [Some(Failed), None]);
    // What Bo had not seen, he does not take back.
    let back = takes_back(Testing::Automated).by(BO).without_seeing(1);
    assert_eq!(outcomes(staged([automated(Passed), back]), STAGING), [Some(Passed), None]);
}

#[test]
fn verify_follows_the_testing_on_staging() {
    use StageState as S;
    let again = || fact(LATER_ROLLOUT, STAGING, Phase::Started).ms_later(1).into();
    let cases: [(Vec<Deed>, S); 9] = [
        (vec![], S::NotStarted),
        (vec![automated(Passed)], S::Running),
        (vec![automated(Passed), manual(Passed)], S::Passed),
        (vec![automated(Passed), manual(Failed)], S::Failed),
        (vec![automated(Passed), manual(Failed), manual(Passed)], S::Passed),
        (vec![automated(Passed), takes_back(Testing::Automated)], S::NotStarted),
        (vec![automated(Passed), manual(Passed), again()], S::NotStarted),
        (vec![automated(Passed), manual(Passed), report(ROLLOUT, STAGING, Phase::RolledBack)], S::NotStarted),
        (vec![mark(Stage::Verify, S::NotStarted, S::Skipped)], S::Skipped),
    ];
    for (deeds, expected) in cases {
        stage(staged(deeds), Stage::Verify, expected);
    }
    let running = [report(ROLLOUT, STAGING, Phase::Started), automated(Passed), manual(Passed)];
    stage(opened_and(running), Stage::Verify, S::Running);
    // An environment without testing leaves it to be marked.
    let none = change_environment(STAGING, EnvironmentChange::Testing(Vec::new()));
    stage(staged([none, mark(Stage::Verify, S::NotStarted, S::Passed)]), Stage::Verify, S::Passed);
}

#[test]
fn the_facts_of_verify_and_approve_come_before_their_marks() {
    use StageState as S;
    let marked = || mark(Stage::Verify, S::NotStarted, S::Skipped);
    stage(staged([marked(), automated(Failed)]), Stage::Verify, S::Failed);
    let follows = |stage| refused(Rejection::StageFollowsRollouts { stage });
    check(staged([automated(Passed)]), mark(Stage::Verify, S::Running, S::Passed), follows(Stage::Verify));
    let asked = [attest(CHECK, slipway_shared::check::CheckState::Done)];
    check(opened_and(asked), mark(Stage::Approve, S::Running, S::Passed), follows(Stage::Approve));
}

#[test]
fn approve_follows_the_gate_of_production() {
    use StageState as S;
    let done = || attest(CHECK, slipway_shared::check::CheckState::Done);
    let joins = || join(BO, Role::Approver);
    let other = || join(0xc, Role::Approver);
    let yes = || approve(as_opened()).by(BO);
    let two = || set_policy(PRODUCTION, Risk::Normal, Rules { approvals: 2, ..production() });
    let none = || set_policy(PRODUCTION, Risk::Normal, Rules { approvals: 0, ..production() });
    let live = || report(ROLLOUT, PRODUCTION, Phase::Succeeded);
    let newer = || edit(DeploymentField::Version, "1.5.0");
    let cases: [(Vec<Deed>, S); 11] = [
        (vec![], S::NotStarted),
        (vec![done()], S::Running),
        (vec![move_card(super::when::READY_COLUMN, APPROVAL_COLUMN)], S::Running),
        (vec![joins(), yes()], S::Passed),
        (vec![joins(), yes(), withdraw().by(BO)], S::NotStarted),
        (vec![joins(), yes(), newer()], S::NotStarted),
        (vec![joins(), decline(as_opened(), "Not yet").by(BO)], S::Failed),
        (vec![joins(), other(), two(), approve(digest_of(vec![joins(), other(), two()])).by(BO)], S::Running),
        (vec![none(), done()], S::NotStarted),
        // Recorded though the gate was closed: the approval is still due.
        (vec![live()], S::NotStarted),
        // What went through the gate had its approvals.
        (vec![joins(), done(), yes(), live(), withdraw().by(BO)], S::Passed),
    ];
    for (deeds, expected) in cases {
        stage(opened_and(deeds), Stage::Approve, expected);
    }
}

fn production() -> Rules {
    Rules::of_tier(slipway_shared::environment::Tier::Production)
}

fn digest_of(deeds: Vec<Deed>) -> slipway_shared::canonical::Hash {
    after(opened_and(deeds)).approval_digest(CARD, PRODUCTION).expect("it is there")
}

#[test]
fn a_card_that_is_verified_waits_for_approval_and_comes_back_when_that_is_taken_back() {
    let column = |deeds: Vec<Deed>| after(staged(deeds)).deployments[&CARD].column;
    assert_eq!(column(vec![automated(Passed)]), STAGING_COLUMN);
    assert_eq!(column(vec![automated(Passed), manual(Passed)]), APPROVAL_COLUMN);
    assert_eq!(column(vec![automated(Passed), manual(Failed)]), STAGING_COLUMN);
    let back = || takes_back(Testing::Manual);
    assert_eq!(column(vec![automated(Passed), manual(Passed), back()]), STAGING_COLUMN);
    assert_eq!(column(vec![automated(Passed), manual(Passed), manual(Failed)]), STAGING_COLUMN);
    let other = || takes_back(Testing::Automated);
    assert_eq!(column(vec![automated(Passed), manual(Passed), other()]), STAGING_COLUMN);
    // Where somebody put it since, it stays.
    let (away, again) =
        (move_card(APPROVAL_COLUMN, STAGING_COLUMN), move_card(STAGING_COLUMN, APPROVAL_COLUMN));
    assert_eq!(column(vec![automated(Passed), manual(Passed), away, again, back()]), APPROVAL_COLUMN);
    // Nobody is asked where the gate of production asks for no approval.
    let none = set_policy(PRODUCTION, Risk::Normal, Rules { approvals: 0, ..production() });
    assert_eq!(column(vec![none, automated(Passed), manual(Passed)]), STAGING_COLUMN);
    let elsewhere = move_card(STAGING_COLUMN, super::when::READY_COLUMN);
    assert_eq!(column(vec![automated(Passed), elsewhere, manual(Passed)]), super::when::READY_COLUMN);
}

#[test]
fn testing_is_told_of_what_is_over_too_and_moves_nothing() {
    let workspace = after(staged([automated(Passed), finish(), manual(Passed)]));
    assert_eq!(workspace.deployments[&CARD].column, STAGING_COLUMN);
    assert_eq!(workspace.lacks(CARD, STAGING, NOW), []);
}

#[test]
fn what_an_environment_lacks_is_told_by_kind() {
    let lacks = |deeds: Vec<Deed>, environment| after(staged(deeds)).lacks(CARD, environment, NOW);
    let open = |testing| Missing::Testing { environment: STAGING, testing, is_failed: false };
    assert_eq!(lacks(vec![], STAGING), [open(Testing::Manual), open(Testing::Automated)]);
    assert_eq!(lacks(vec![automated(Passed)], STAGING), [open(Testing::Manual)]);
    let failed = Missing::Testing { environment: STAGING, testing: Testing::Manual, is_failed: true };
    assert_eq!(lacks(vec![automated(Passed), manual(Failed)], STAGING), [failed]);
    assert_eq!(lacks(vec![automated(Passed), manual(Passed)], STAGING), []);
    assert_eq!(lacks(vec![], DEVELOPMENT), [Missing::Earlier { environment: DEVELOPMENT }]);
    let other = RolloutId::from_u128(0xe3);
    let smoke = test_of(other, PRODUCTION, Testing::Smoke, Some(Passed));
    assert_eq!(lacks(vec![report(other, PRODUCTION, Phase::Succeeded), smoke], PRODUCTION), []);
}
