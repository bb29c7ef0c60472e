//! Policies, risks, freezes and what follows what: who changes them, what merges, and what is refused.

use slipway_shared::deployment::conclude::MONITORED_MS;
use slipway_shared::document::SectionKind;
use slipway_shared::environment::Tier;
use slipway_shared::event::Event;
use slipway_shared::freeze::{Freeze, FreezeEvent, FreezeTerms};
use slipway_shared::ids::{DeploymentId, EnvironmentId};
use slipway_shared::member::Role;
use slipway_shared::policy::{
    APPROVAL_DUE_MS, LONGEST_WINDOW_MS, LeastRole, PolicyEvent, PolicyId, Risk, Rules,
};
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::rollout::Phase;
use slipway_shared::time::Timestamp;

use super::given::{ANAS_OTHER_TAB, BO, Deed, Given, START, after, check, happens, has_no_effect, refused};
use super::test;
use super::when::{
    CARD, FREEZE, NOBODY, Open, PRODUCTION, ROLLOUT, STAGING, artifact, change_freeze, declare, fact, finish,
    follow, join, lift, open, opened, opened_and, set_artifacts, set_policy, set_risk, terms, unfollow,
};

const SECOND: DeploymentId = DeploymentId::from_u128(0xcb);
const THIRD: DeploymentId = DeploymentId::from_u128(0xcc);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn default() -> Rules {
    Rules::of_tier(Tier::Production)
}

fn set(rules: Rules) -> Deed {
    set_policy(PRODUCTION, Risk::Normal, rules)
}

fn was_set(rules: Rules) -> Event {
    Event::Policy(PolicyEvent::Set { environment: PRODUCTION, risk: Risk::Normal, rules })
}

#[test]
fn a_policy_holds_for_its_environment_and_risk_alone() {
    let strict = Rules { in_order: true, ..default() };
    let workspace = after(opened_and([set(strict.clone())]));
    let at = |risk| workspace.rules_at(PolicyId { environment: PRODUCTION, risk });
    assert_eq!((at(Risk::Low), at(Risk::Normal), at(Risk::High)), (default(), strict, default()));
}

#[test]
fn the_sections_of_a_policy_are_in_order_and_there_once() {
    use SectionKind::{Approval, PreDeployment, Rollback};
    let said = Rules { required: vec![Rollback, PreDeployment, Rollback, Approval], ..default() };
    let kept = Rules { required: vec![PreDeployment, Approval, Rollback], ..default() };
    check(opened(), set(said), happens([was_set(kept)]));
}

#[test]
fn saying_what_holds_already_changes_nothing() {
    check(opened(), set(default()), has_no_effect());
}

#[test]
fn a_policy_that_locks_everybody_out_is_refused_and_says_how_many_there_are() {
    let locks_out = |approvals, approvers| refused(Rejection::PolicyLocksOut { approvals, approvers });
    let two = || set(Rules { approvals: 2, ..default() });
    let with = |roles: &[Role]| -> Given {
        let joined = roles.iter().zip(1..).map(|(role, page)| join(BO + page, *role));
        opened_and(joined)
    };
    // Ana is an admin: she approves what she has not opened.
    check(with(&[Role::Viewer]), two(), locks_out(2, 0));
    check(with(&[Role::Approver]), two(), locks_out(2, 1));
    check(with(&[Role::Member]), two(), locks_out(2, 1));
    assert_eq!(after(with(&[Role::Approver, Role::Member])).most_approvals(&default()), 2);
    let both = Rules { approvals: 2, four_eyes: false, ..default() };
    check(with(&[Role::Approver]), set(both.clone()), happens([was_set(both)]));
    check(
        opened(),
        set(Rules { approvals: 1, four_eyes: false, ..default() }),
        happens([was_set(Rules { four_eyes: false, ..default() })]),
    );
}

#[test]
fn what_went_live_is_watched_for_a_minute_to_a_year() {
    let watched = |ms| Rules { monitored_ms: Some(ms), ..default() };
    let too_long = LONGEST_WINDOW_MS + 1;
    for wrong in [0, -1, 59_999, too_long, i64::MAX] {
        check(opened(), set(watched(wrong)), refused(Rejection::OutOfRange));
    }
    check(opened(), set(watched(60_000)), happens([was_set(watched(60_000))]));
    // A day is what holds anyway.
    check(opened(), set(watched(MONITORED_MS)), has_no_effect());
    check(opened_and([set(watched(60_000))]), set(watched(MONITORED_MS)), happens([was_set(default())]));
}

#[test]
fn the_approval_of_incident_work_is_due_within_a_minute_to_a_year() {
    let due = |ms| Rules { approval_due_ms: Some(ms), ..default() };
    for wrong in [0, -1, 59_999, LONGEST_WINDOW_MS + 1, i64::MAX] {
        check(opened(), set(due(wrong)), refused(Rejection::OutOfRange));
    }
    check(opened(), set(due(60_000)), happens([was_set(due(60_000))]));
    check(opened(), set(due(APPROVAL_DUE_MS)), has_no_effect());
}

#[test]
fn who_may_start_incident_work_is_said_only_where_it_is_not_what_holds_anyway() {
    let says = |override_by, incident_by| Rules { override_by, incident_by, ..default() };
    let admin = Some(Role::Admin);
    let table = [
        (admin, LeastRole::Member, None),
        (admin, LeastRole::Nobody, Some(LeastRole::Nobody)),
        (admin, LeastRole::Approver, Some(LeastRole::Approver)),
        (None, LeastRole::Nobody, None),
        (None, LeastRole::Member, Some(LeastRole::Member)),
    ];
    for (override_by, said, kept) in table {
        let then = match says(override_by, kept) {
            same if same == default() => has_no_effect(),
            other => happens([was_set(other)]),
        };
        check(opened(), set(says(override_by, Some(said))), then);
        assert_eq!(says(override_by, kept).incident_role(), said.role());
    }
}

#[test]
fn what_happens_after_a_rollout_is_nothing_that_approvers_rely_on() {
    let digest = |given| after(given).approval_digest(CARD, PRODUCTION);
    let before = digest(opened());
    for rules in [
        Rules { monitored_ms: Some(60_000), ..default() },
        Rules { approval_due_ms: Some(60_000), ..default() },
        Rules { incident_by: Some(LeastRole::Nobody), ..default() },
    ] {
        assert_eq!(digest(opened_and([set(rules)])), before);
    }
    assert_ne!(digest(opened_and([set(Rules { in_order: true, ..default() })])), before);
}

#[test]
fn an_approval_lasts_long_enough_to_be_used_and_viewers_start_nothing() {
    let lasts = |ms| Rules { approvals_last_ms: Some(ms), ..default() };
    check(opened(), set(lasts(59_999)), refused(Rejection::OutOfRange));
    check(opened(), set(lasts(-1)), refused(Rejection::OutOfRange));
    check(opened(), set(lasts(60_000)), happens([was_set(lasts(60_000))]));
    check(
        opened(),
        set(Rules { override_by: Some(Role::Viewer), ..default() }),
        refused(Rejection::OutOfRange),
    );
    let environment = EnvironmentId::from_u128(NOBODY);
    let nowhere = set_policy(environment, Risk::Normal, default());
    check(opened(), nowhere, refused(Rejection::UnknownEnvironment { environment }));
}

#[test]
fn of_two_who_set_a_policy_apart_the_second_looks_again() {
    let first = set(Rules { in_order: true, ..default() });
    let second = || set(Rules { four_eyes: false, ..default() });
    check(
        opened_and([first.clone()]),
        second().by(ANAS_OTHER_TAB).of_member(0xa).without_seeing(1),
        refused(Rejection::ChangedMeanwhile),
    );
    check(opened_and([first]), second(), happens([was_set(Rules { four_eyes: false, ..default() })]));
}

#[test]
fn of_two_risks_said_apart_the_higher_counts() {
    let apart = |risk| set_risk(risk).by(BO).without_seeing(1);
    let risk = |deeds: [Deed; 2]| after(opened_and(deeds)).deployments[&CARD].risk();
    assert_eq!(risk([set_risk(Risk::High), apart(Risk::Low)]), Risk::High);
    assert_eq!(risk([set_risk(Risk::Low), apart(Risk::High)]), Risk::High);
    assert_eq!(risk([set_risk(Risk::High), set_risk(Risk::Low).by(BO)]), Risk::Low);
    check(opened(), set_risk(Risk::Normal), has_no_effect());
    check(opened_and([finish()]), set_risk(Risk::High), refused(Rejection::DeploymentFinished));
}

#[test]
fn artifacts_named_apart_are_all_kept() {
    let names = |deeds: [Deed; 2]| {
        let artifacts = after(opened_and(deeds)).deployments[&CARD].artifacts().to_vec();
        artifacts.into_iter().map(|known| known.name).collect::<Vec<_>>()
    };
    let (image, chart) = (|| set_artifacts([artifact("image")]), || set_artifacts([artifact("chart")]));
    assert_eq!(names([image(), chart().by(BO).without_seeing(1)]), ["chart", "image"]);
    assert_eq!(names([image(), chart().by(BO)]), ["chart"]);
    check(opened_and([image()]), image(), has_no_effect());
    let many = (0..51).map(|number| artifact(&number.to_string()));
    check(opened(), set_artifacts(many), refused(Rejection::TooMany { count: 51, limit: 50 }));
    let unnamed = Rejection::TextMissing { field: TextField::Name };
    check(opened(), set_artifacts([artifact(" ")]), refused(unnamed));
}

#[test]
fn nothing_waits_for_itself() {
    let other = |deployment| Deed::from(Open { deployment, ..open() });
    let follows = |deployment, predecessor| {
        use slipway_shared::command::Command;
        use slipway_shared::deployment::command::DeploymentCommand::Follow;
        Deed::from(Command::Deployment(Follow { deployment, predecessor }))
    };
    let itself = |deployment| refused(Rejection::WouldWaitForItself { deployment });
    let given = || opened_and([other(SECOND), other(THIRD), follow(SECOND), follows(SECOND, THIRD)]);
    check(given(), follow(CARD), itself(CARD));
    check(given(), follows(SECOND, CARD), itself(CARD));
    check(given(), follows(THIRD, CARD), itself(CARD));
    check(given(), follow(SECOND), has_no_effect());
    assert_eq!(after(given()).deployments[&CARD].predecessors.len(), 1);
    let open = [CARD, SECOND, THIRD].map(|id| after(given()).may_follow(id));
    assert_eq!(open, [vec![THIRD], vec![], vec![]]);
    let freed = given().into_iter().chain([unfollow(SECOND), follows(THIRD, CARD)]).collect();
    assert!(after(freed).comes_after(SECOND, CARD));
    check(given(), unfollow(THIRD), has_no_effect());
    let deployment = DeploymentId::from_u128(NOBODY);
    check(given(), follow(deployment), refused(Rejection::UnknownDeployment { deployment }));
}

fn next_week() -> FreezeTerms {
    terms(Timestamp(START + 7 * DAY_MS), Timestamp(START + 9 * DAY_MS))
}

#[test]
fn a_freeze_has_a_name_a_reason_a_window_and_places() {
    let missing = |field| refused(Rejection::TextMissing { field });
    check(opened(), declare(FreezeTerms { name: " ".to_owned(), ..next_week() }), missing(TextField::Name));
    check(
        opened(),
        declare(FreezeTerms { reason: " ".to_owned(), ..next_week() }),
        missing(TextField::Reason),
    );
    let FreezeTerms { from, until, .. } = next_week();
    for wrong in [
        FreezeTerms { environments: Vec::new(), ..next_week() },
        terms(until, from),
        terms(from, from),
        terms(Timestamp(-1), until),
        FreezeTerms { zone: "Europe/Paris; drop".to_owned(), ..next_week() },
        FreezeTerms { zone: String::new(), ..next_week() },
    ] {
        check(opened(), declare(wrong), refused(Rejection::OutOfRange));
    }
    let environment = EnvironmentId::from_u128(NOBODY);
    let nowhere = FreezeTerms { environments: vec![environment], ..next_week() };
    check(opened(), declare(nowhere), refused(Rejection::UnknownEnvironment { environment }));
    check(opened_and([declare(next_week())]), declare(next_week()), refused(Rejection::IdTaken));
    check(opened(), lift(), refused(Rejection::UnknownFreeze { freeze: FREEZE }));
}

#[test]
fn a_freeze_is_changed_by_who_has_seen_it_and_lifted_once() {
    let longer = || FreezeTerms { until: next_week().until.plus(DAY_MS), ..next_week() };
    let shorter = || FreezeTerms { until: next_week().until.plus(-DAY_MS), ..next_week() };
    let given = || opened_and([declare(next_week()), change_freeze(longer())]);
    let apart = |deed: Deed| deed.by(ANAS_OTHER_TAB).of_member(0xa).without_seeing(1);
    check(given(), apart(change_freeze(shorter())), refused(Rejection::ChangedMeanwhile));
    check(given(), apart(change_freeze(longer())), has_no_effect());
    assert_eq!(after(given()).freezes[&FREEZE].until(), longer().until);
    let lifted = || given().into_iter().chain([lift()]).collect::<Given>();
    check(lifted(), lift(), has_no_effect());
    check(lifted(), change_freeze(shorter()), refused(Rejection::ChangedMeanwhile));
    let over = || terms(Timestamp(START - 2 * DAY_MS), Timestamp(START - DAY_MS));
    check(opened_and([declare(over())]), lift(), has_no_effect());
}

#[test]
fn a_fact_is_marked_by_what_a_freeze_said_when_it_happened() {
    let of = |place| FreezeTerms {
        environments: vec![place],
        ..terms(Timestamp(START - DAY_MS), Timestamp(START + DAY_MS))
    };
    // Declared with the fifth deed, moved elsewhere with the sixth.
    let given = || opened_and([declare(of(STAGING)), change_freeze(of(PRODUCTION))]);
    for (ms, is_outside) in [(3_999, false), (4_000, true), (4_999, true), (5_000, false)] {
        let started = fact(ROLLOUT, STAGING, Phase::Started).ms_later(60_000 + ms);
        let workspace = after(given().into_iter().chain([started.into()]).collect());
        assert_eq!(workspace.rollouts[&ROLLOUT].outside_gate, is_outside, "{ms}");
    }
}

#[test]
fn a_freeze_keeps_the_windows_it_had_and_no_more_than_fifty() {
    let until = |days: i64| FreezeTerms { until: next_week().until.plus(days * DAY_MS), ..next_week() };
    let changes = (1..=50).map(|days| change_freeze(until(days)));
    let given = || opened_and([declare(next_week())].into_iter().chain(changes.clone()));
    let former: Vec<_> = after(given()).freezes[&FREEZE].former.iter().map(|former| former.until).collect();
    assert_eq!(former, (0..50).map(|days| until(days).until).collect::<Vec<_>>());
    check(given(), change_freeze(until(51)), refused(Rejection::TooMany { count: 51, limit: 50 }));
    // What moves nothing keeps nothing.
    let renamed = change_freeze(FreezeTerms { name: "Holidays".to_owned(), ..until(50) });
    let renamed = after(given().into_iter().chain([renamed]).collect());
    assert_eq!(renamed.freezes[&FREEZE].former.len(), 50);
}

/// Older builds told nothing of since when: what they said counts as if it had been said from the beginning.
#[test]
fn what_older_builds_changed_reads_as_it_did() {
    let mut workspace = after(opened_and([declare(next_week())]));
    let known = Freeze::clone(&workspace.freezes[&FREEZE]);
    let terms = FreezeTerms { until: next_week().until.plus(DAY_MS), ..next_week() };
    let changed = FreezeEvent::Changed { freeze: FREEZE, terms: terms.clone(), since: None };
    workspace.apply(&known.declared, &Event::Freeze(changed));
    let mut expected = known;
    expected.terms = terms;
    assert_eq!(*workspace.freezes[&FREEZE], expected);
}

#[test]
fn what_happened_before_a_freeze_was_lifted_happened_in_it() {
    let now = terms(Timestamp(START - DAY_MS), Timestamp(START + DAY_MS));
    // Declared with the fifth deed, lifted with the sixth.
    let workspace = after(opened_and([declare(now), lift()]));
    let gates = |seconds: i64| {
        let at = Timestamp(START + 1_000 * seconds);
        workspace.freezes_in(PRODUCTION, at).count()
    };
    assert_eq!((gates(3), gates(4), gates(5), gates(6)), (0, 1, 0, 0));
}
