//! Starting a rollout past a closed gate: by whom the policy lets, with a reason that stays.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::environment::Tier;
use slipway_shared::member::Role;
use slipway_shared::policy::{APPROVAL_DUE_MS, LeastRole, Risk, Rules};
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::rollout::Phase;

use super::given::{BO, Deed, Given, after, check, refused};
use super::test;
use super::when::{
    CARD, CHECK, LATER_ROLLOUT, PRODUCTION, ROLLOUT, STAGING, approve, as_opened, attest, edit, finish, join,
    opened_and, report, request, set_policy, start_anyway, start_for_incident,
};

/// A deployment that Ana opened, an admin, and Bo, with the policy that says who may.
fn with_bo(role: Role, may: Option<Role>) -> Given {
    let rules = Rules { override_by: may, ..Rules::of_tier(Tier::Production) };
    opened_and([join(BO, role), set_policy(PRODUCTION, Risk::Normal, rules)])
}

fn and(given: Given, deeds: impl IntoIterator<Item = Deed>) -> Given {
    given.into_iter().chain(deeds).collect()
}

#[test]
fn the_reason_and_what_was_missing_stay() {
    let deeds = [
        start_anyway(ROLLOUT, PRODUCTION, " The index is lost "),
        attest(CHECK, CheckState::Done),
        report(ROLLOUT, PRODUCTION, Phase::Succeeded),
    ];
    let workspace = after(opened_and(deeds));
    let rollout = &workspace.rollouts[&ROLLOUT];
    assert_eq!((rollout.requested, rollout.outside_gate, rollout.phase()), (true, true, Phase::Succeeded));
    let overridden = rollout.overridden.as_ref().expect("it says so");
    assert_eq!(overridden.reason, "The index is lost");
    let open = Missing::Check { deployment: CARD, check: CHECK, state: CheckState::Open };
    assert_eq!(overridden.missing, [open, Missing::Approval]);
}

#[test]
fn without_a_reason_nobody_does() {
    let missing = Rejection::TextMissing { field: TextField::Reason };
    check(opened_and([]), start_anyway(ROLLOUT, PRODUCTION, "  "), refused(missing));
}

#[test]
fn who_may_is_for_the_policy() {
    let rejections = [
        (Role::Viewer, Some(Role::Member), Some(Rejection::ReadOnly)),
        (Role::Member, Some(Role::Member), None),
        (Role::Member, Some(Role::Approver), Some(Rejection::NotApprover)),
        (Role::Approver, Some(Role::Approver), None),
        (Role::Approver, Some(Role::Admin), Some(Rejection::NotAdmin)),
        (Role::Member, None, Some(Rejection::NoOverride)),
    ];
    for (role, may, rejection) in rejections {
        let deed = start_anyway(ROLLOUT, PRODUCTION, "It burns").by(BO);
        // What holds without a policy lets admins: setting that says nothing new.
        match rejection {
            Some(rejection) => check(with_bo(role, may), deed, refused(rejection)),
            None => assert!(after(and(with_bo(role, may), [deed])).rollouts[&ROLLOUT].outside_gate),
        }
    }
    check(
        with_bo(Role::Admin, None),
        start_anyway(ROLLOUT, PRODUCTION, "It burns"),
        refused(Rejection::NoOverride),
    );
}

#[test]
fn who_may_for_an_incident_is_for_the_policy_too() {
    use LeastRole as L;
    let with_bo = |role, override_by, incident_by| {
        let rules = Rules { override_by, incident_by, ..Rules::of_tier(Tier::Production) };
        opened_and([join(BO, role), set_policy(PRODUCTION, Risk::Normal, rules)])
    };
    let admin = Some(Role::Admin);
    // Who, who may start anything, who incident work, whether they name an incident, and why not.
    let table = [
        (Role::Member, admin, None, true, None),
        (Role::Member, admin, None, false, Some(Rejection::NotAdmin)),
        (Role::Viewer, admin, None, true, Some(Rejection::ReadOnly)),
        (Role::Member, admin, Some(L::Approver), true, Some(Rejection::NotApprover)),
        (Role::Approver, admin, Some(L::Approver), true, None),
        (Role::Approver, admin, Some(L::Admin), true, Some(Rejection::NotAdmin)),
        (Role::Admin, admin, Some(L::Nobody), true, Some(Rejection::NoOverride)),
        (Role::Admin, admin, Some(L::Nobody), false, None),
        (Role::Member, Some(Role::Member), Some(L::Admin), false, None),
        (Role::Member, Some(Role::Member), Some(L::Admin), true, Some(Rejection::NotAdmin)),
        // Nobody may start anything: not for an incident either, unless that is said.
        (Role::Admin, None, None, true, Some(Rejection::NoOverride)),
        (Role::Member, None, Some(L::Member), true, None),
        (Role::Member, None, Some(L::Member), false, Some(Rejection::NoOverride)),
    ];
    for (role, override_by, incident_by, names_incident, rejection) in table {
        let given = with_bo(role, override_by, incident_by);
        let deed = match names_incident {
            true => start_for_incident(ROLLOUT, "INC-7"),
            false => start_anyway(ROLLOUT, PRODUCTION, "It burns"),
        };
        match rejection {
            Some(rejection) => check(given, deed.by(BO), refused(rejection)),
            None => assert!(after(and(given, [deed.by(BO)])).rollouts[&ROLLOUT].outside_gate),
        }
    }
}

#[test]
fn the_incident_stays_beside_the_reason_and_says_when_the_approval_is_due() {
    let workspace = after(opened_and([start_for_incident(ROLLOUT, " https://status.example/7 ")]));
    let rollout = &workspace.rollouts[&ROLLOUT];
    let overridden = rollout.overridden.as_ref().expect("it says so");
    assert_eq!(overridden.reason, "It burns");
    assert_eq!(overridden.incident.as_deref(), Some("https://status.example/7"));
    assert_eq!(overridden.approval_due, Some(rollout.started_at.plus(APPROVAL_DUE_MS)));
    // Nothing is due where it is for no incident, or where no approval was missing.
    let anyway = after(opened_and([start_anyway(ROLLOUT, PRODUCTION, "It burns")]));
    assert_eq!(anyway.rollouts[&ROLLOUT].overridden.as_ref().expect("it says so").approval_due, None);
    let approved =
        [join(BO, Role::Approver), approve(as_opened()).by(BO), start_for_incident(ROLLOUT, "INC-7")];
    let approved = after(opened_and(approved));
    let overridden = approved.rollouts[&ROLLOUT].overridden.as_ref().expect("it says so");
    assert_eq!((overridden.incident.as_deref(), overridden.approval_due), (Some("INC-7"), None));
}

#[test]
fn an_incident_that_is_named_has_a_name() {
    for blank in ["", "  ", "\t"] {
        let missing = Rejection::TextMissing { field: TextField::Incident };
        check(opened_and([]), start_for_incident(ROLLOUT, blank), refused(missing));
    }
}

#[test]
fn when_the_approval_is_due_stays_what_was_said() {
    let quick = Rules { approval_due_ms: Some(60_000), ..Rules::of_tier(Tier::Production) };
    let deeds =
        [start_for_incident(ROLLOUT, "INC-7"), set_policy(PRODUCTION, Risk::Normal, quick), edit_title()];
    let workspace = after(opened_and(deeds));
    let since = workspace.rollouts[&ROLLOUT].started_at;
    let due = workspace.approval_due(CARD, PRODUCTION, since).expect("it is due");
    assert_eq!((due.rollout, due.since, due.until), (ROLLOUT, since, since.plus(APPROVAL_DUE_MS)));
    assert_eq!((due.is_overdue(due.until.plus(-1)), due.is_overdue(due.until)), (false, true));
}

fn edit_title() -> Deed {
    edit(DeploymentField::Title, "Fastest search")
}

#[test]
fn a_second_rollout_and_another_version_are_not_got_past() {
    let running = Rejection::RolloutRunning { deployment: CARD, environment: PRODUCTION };
    let given = opened_and([report(LATER_ROLLOUT, PRODUCTION, Phase::Started)]);
    check(given, start_anyway(ROLLOUT, PRODUCTION, "It burns"), refused(running));
    let version = "1.4.1".to_owned();
    let given = opened_and([edit(DeploymentField::Version, &version)]);
    check(
        given,
        start_anyway(ROLLOUT, PRODUCTION, "It burns"),
        refused(Rejection::VersionChanged { version }),
    );
    check(
        opened_and([finish()]),
        start_anyway(ROLLOUT, PRODUCTION, "x"),
        refused(Rejection::DeploymentFinished),
    );
    let given = opened_and([report(ROLLOUT, STAGING, Phase::Failed)]);
    check(given, start_anyway(ROLLOUT, PRODUCTION, "It burns"), refused(Rejection::IdTaken));
}

#[test]
fn past_a_gate_that_is_open_meanwhile_it_is_a_rollout_like_any_other() {
    let opened = [join(BO, Role::Approver), attest(CHECK, CheckState::Done), approve(as_opened()).by(BO)];
    let rollout = after(and(opened_and(opened), [start_anyway(ROLLOUT, PRODUCTION, "It burns")]));
    let rollout = &rollout.rollouts[&ROLLOUT];
    assert_eq!((rollout.outside_gate, rollout.overridden.is_some()), (false, false));
    let note = rollout.prevailing().and_then(|report| report.note.as_deref());
    assert_eq!(note, Some("It burns"));
    let opened = [join(BO, Role::Approver), attest(CHECK, CheckState::Done), approve(as_opened()).by(BO)];
    let workspace = after(and(opened_and(opened), [start_for_incident(ROLLOUT, "INC-7")]));
    let rollout = &workspace.rollouts[&ROLLOUT];
    let note = rollout.prevailing().and_then(|report| report.note.as_deref());
    assert_eq!((rollout.outside_gate, note), (false, Some("It burns (INC-7)")));
}

#[test]
fn a_request_after_it_meets_the_rollout_that_runs() {
    let given = opened_and([start_anyway(ROLLOUT, PRODUCTION, "It burns")]);
    let running = Rejection::RolloutRunning { deployment: CARD, environment: PRODUCTION };
    check(given, request(LATER_ROLLOUT, PRODUCTION), refused(running));
}
