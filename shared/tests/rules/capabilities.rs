//! Who may give which command: every kind of command, given by everybody who could, about what is their own and what
//! is not. What the table says is what becomes of it, and what `docs/roles.md` says.

use std::fmt::Write as _;

use slipway_shared::capability::{self, Capability};
use slipway_shared::check::CheckState;
use slipway_shared::column::{ColumnChange, ColumnCommand, ColumnKind};
use slipway_shared::command::{Command, WorkspaceCommand};
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::conclude::MONITORED_MS;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::deployment::sealed::SEALED_AFTER_MS;
use slipway_shared::deployment::testing::TestOutcome;
use slipway_shared::environment::{EnvironmentChange, EnvironmentCommand, Testing, Tier};
use slipway_shared::freeze::FreezeTerms;
use slipway_shared::ids::{
    CheckId, ColumnId, DeploymentId, EnvironmentId, LabelId, MemberId, RolloutId, ServiceId,
};
use slipway_shared::label::LabelChange;
use slipway_shared::member::Role;
use slipway_shared::policy::{Risk, Rules};
use slipway_shared::rejection::Rejection;
use slipway_shared::rollout::Phase;
use slipway_shared::service::ServiceChange;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;

use super::given::{BO, Deed, Given, START, Then, after, judged, refused};
use super::test;
use super::when::{
    APPROVAL_COLUMN, CARD, CHECK, LABEL, Open, PRODUCTION, READY_COLUMN, SECTION, SERVICE, STAGING,
    add_check, add_label, add_service, approve, archive, archive_template, arrive, artifact, as_opened,
    assign, assign_check, attach, attest, change_column, change_environment, change_freeze, change_label,
    change_service, comment, commit, conclude, create_workspace, declare, decline, edit, fact, finish,
    follow, join, join_rollouts, leave_out, lift, mark, move_card, nothing, open, outline, put_label,
    remove_view, reopen, report, request, restore, retract, save_template, save_view, set_artifacts,
    set_policy, set_risk, set_role, set_up, settle, split_rollout, start_anyway, take_label, terms, test_of,
    unassign, unfollow, withdraw,
};

const ROLES_PAGE: &str = include_str!("../../../docs/roles.md");

/// Another deployment.
const OTHER_CARD: DeploymentId = DeploymentId::from_u128(0xcb);
const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
/// Another member.
const CY: u128 = 0xc;
/// Everybody who may try: who is in the workspace no more, and every role.
const WHO: [Option<Role>; 5] =
    [None, Some(Role::Viewer), Some(Role::Member), Some(Role::Approver), Some(Role::Admin)];

/// What a command is about: something that who gives it has opened, or is; or something that they have not, or are not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Own,
    Others,
}

fn card(command: DeploymentCommand) -> Deed {
    Command::Deployment(command).into()
}

fn seal() -> Deed {
    card(DeploymentCommand::Seal { deployment: CARD })
}

/// A workspace of three with a deployment that Bo has opened, or Ana.
fn opened_by(whose: Whose) -> Given {
    let open = Deed::from(open());
    let open = if whose == Whose::Own { open.by(BO) } else { open };
    let joined = [join(BO, Role::Admin), join(CY, Role::Member)];
    set_up().into_iter().chain(joined).chain([open]).collect()
}

/// A command of a kind, that nothing but a role stands in the way of after what is given. It is about what is Bo's or
/// not; where that makes no difference, it is the same one.
#[expect(clippy::too_many_lines, reason = "a line or two for each kind")]
fn example(kind: &str, whose: Whose) -> (Given, Deed) {
    let opened = || opened_by(whose);
    let opened_and = |deeds: &[Deed]| opened().into_iter().chain(deeds.iter().cloned()).collect::<Given>();
    let long_finished = || opened_and(&[finish().made_ms_before(SEALED_AFTER_MS)]);
    let followed = || opened_and(&[Open { deployment: OTHER_CARD, ..open() }.into()]);
    let next_year = || terms(Timestamp(START + YEAR_MS), Timestamp(START + 2 * YEAR_MS));
    let whom = if whose == Whose::Own { BO } else { CY };
    match kind {
        "nothing" => (opened(), Command::Nothing.into()),
        "workspace.create" => (nothing(), Command::Workspace(create_workspace()).into()),
        "workspace.rename" => {
            let name = "Quay".to_owned();
            (opened(), Command::Workspace(WorkspaceCommand::Rename { name }).into())
        }
        "workspace.move" => (opened(), arrive()),
        "member.add" => (opened(), join(0xd, Role::Viewer)),
        "member.set_role" => (opened(), set_role(whom, Role::Viewer)),
        "member.remove" => (opened(), leave_out(whom)),
        "service.add" => (opened(), add_service(ServiceId::from_u128(0x52), "billing")),
        "label.add" => (opened(), add_label(LabelId::from_u128(0x1b), "risky")),
        "service.change" => (opened(), change_service(SERVICE, ServiceChange::Hue(12))),
        "environment.add" => {
            let (environment, name) = (EnvironmentId::from_u128(0x98), "Canary".to_owned());
            let (tier, testing) = (Tier::Production, Vec::new());
            let add = EnvironmentCommand::Add { environment, name, position: 3, tier, testing };
            (opened(), Command::Environment(add).into())
        }
        "environment.change" => (opened(), change_environment(STAGING, EnvironmentChange::Position(7))),
        "column.add" => {
            let (column, name) = (ColumnId::from_u128(0x99), "Hotfixes".to_owned());
            let add = ColumnCommand::Add { column, name, position: 6, kind: ColumnKind::Queue };
            (opened(), Command::Column(add).into())
        }
        "column.change" => (opened(), change_column(READY_COLUMN, ColumnChange::Position(7))),
        "label.change" => (opened(), change_label(LABEL, LabelChange::Archived(true))),
        "view.save" => (opened(), save_view(1, "Mine", "person=me")),
        "view.remove" => (opened_and(&[save_view(1, "Mine", "person=me")]), remove_view(1)),
        "template.save" => (opened(), save_template("Hotfix")),
        "template.archive" => (opened_and(&[save_template("Hotfix")]), archive_template(true)),
        "deployment.open" => {
            let before_it = opened().into_iter().filter(|deed| deed.command.deployment().is_none());
            (before_it.collect(), open().into())
        }
        "deployment.move" => (opened(), move_card(READY_COLUMN, APPROVAL_COLUMN)),
        "deployment.edit" => (opened(), edit(DeploymentField::Title, "Fastest search")),
        "deployment.add_check" => (opened(), add_check(SECTION, CheckId::from_u128(0xc9))),
        "deployment.attest" => (opened(), attest(CHECK, CheckState::Done)),
        "deployment.attach_changes" => (opened(), attach([commit("c0ffee")])),
        "deployment.mark_stage" => (opened(), mark(Stage::Build, StageState::NotStarted, StageState::Passed)),
        "deployment.add_label" => (opened(), put_label(LABEL)),
        "deployment.remove_label" => (opened_and(&[put_label(LABEL)]), take_label(LABEL)),
        "deployment.settle" => {
            let apart = edit(DeploymentField::Title, "Mine").by(CY).without_seeing(1).made_ms_before(1);
            let given = opened_and(&[edit(DeploymentField::Title, "Theirs"), apart]);
            let lost = after(given.clone()).deployments[&CARD].conflicts[0].origin.command;
            (given, settle(lost))
        }
        "deployment.finish" => (opened(), finish()),
        "deployment.reopen" => (opened_and(&[finish()]), reopen()),
        "deployment.seal" => (long_finished(), seal()),
        "deployment.unseal" => {
            let detail = after(long_finished()).deployments[&CARD].as_ref().clone();
            let unseal = DeploymentCommand::Unseal { deployment: CARD, detail: Box::new(detail) };
            (long_finished().into_iter().chain([seal()]).collect(), card(unseal))
        }
        "deployment.approve" => (opened(), approve(as_opened())),
        "deployment.decline" => (opened(), decline(as_opened(), "Not on Friday")),
        "deployment.withdraw" => (opened_and(&[decline(as_opened(), "Not on Friday").by(BO)]), withdraw()),
        "deployment.set_risk" => (opened(), set_risk(Risk::High)),
        "deployment.set_artifacts" => (opened(), set_artifacts([artifact("image")])),
        "deployment.follow" => (followed(), follow(OTHER_CARD)),
        "deployment.unfollow" => {
            (followed().into_iter().chain([follow(OTHER_CARD)]).collect(), unfollow(OTHER_CARD))
        }
        "rollout.override" => (opened(), start_anyway(RolloutId::from_u128(0xe1), PRODUCTION, "It burns")),
        "policy.set" => {
            let rules = Rules { four_eyes: false, ..Rules::of_tier(Tier::Production) };
            (opened(), set_policy(PRODUCTION, Risk::Low, rules))
        }
        "freeze.declare" => (opened(), declare(next_year())),
        "freeze.change" => {
            let terms = FreezeTerms { reason: "Nobody is there".to_owned(), ..next_year() };
            (opened_and(&[declare(next_year())]), change_freeze(terms))
        }
        "freeze.lift" => (opened_and(&[declare(next_year())]), lift()),
        "deployment.assign" => (opened(), assign(BO)),
        "deployment.unassign" => (opened_and(&[assign(BO)]), unassign(BO)),
        "deployment.assign_check" => (opened(), assign_check(CHECK, Some(CY))),
        "deployment.archive" => (opened(), archive()),
        "deployment.restore" => (opened_and(&[archive()]), restore()),
        "deployment.comment" => (opened(), comment("Ready when you are")),
        "deployment.edit_outline" => (opened(), outline(OutlineEdit::RemoveCheck { check: CHECK })),
        "deployment.conclude" => {
            let live = fact(RolloutId::from_u128(0xe1), PRODUCTION, Phase::Succeeded).ms_later(-MONITORED_MS);
            (opened_and(&[live.into()]), conclude())
        }
        "deployment.test" => {
            let rollout = RolloutId::from_u128(0xe1);
            let given = opened_and(&[report(rollout, STAGING, Phase::Started)]);
            (given, test_of(rollout, STAGING, Testing::Manual, Some(TestOutcome::Passed)))
        }
        "rollout.join" => {
            let (one, other) = (RolloutId::from_u128(0xe1), RolloutId::from_u128(0xe2));
            let told = [report(one, STAGING, Phase::Failed), report(other, STAGING, Phase::Started)];
            (opened_and(&told), join_rollouts(other, one))
        }
        "rollout.split" => {
            let (one, other) = (RolloutId::from_u128(0xe1), RolloutId::from_u128(0xe2));
            let told = [report(one, STAGING, Phase::Started), report(other, STAGING, Phase::Started).by(CY)];
            (opened_and(&told), split_rollout(other))
        }
        "rollout.retract" => {
            let told = RolloutId::from_u128(0xe1);
            (opened_and(&[report(told, STAGING, Phase::Started).by(BO)]), retract(told))
        }
        "rollout.report" => (opened(), report(RolloutId::from_u128(0xe1), STAGING, Phase::Started)),
        "rollout.request" => (opened(), request(RolloutId::from_u128(0xe1), STAGING)),
        other => panic!("no example of {other}"),
    }
}

/// Lets Bo be who tries it, after all that was given.
fn with_bo_as(given: Given, who: Option<Role>) -> Given {
    if given.is_empty() {
        return given;
    }
    let becomes = who.map_or_else(|| leave_out(BO), |role| set_role(BO, role));
    given.into_iter().chain([becomes]).collect()
}

/// Has Bo try it, and returns why he may not. What the table says has to become of it.
#[track_caller]
fn tried(kind: &str, whose: Whose, who: Option<Role>) -> Option<Rejection> {
    let (given, when) = example(kind, whose);
    assert_eq!(when.command.kind(), kind);
    let given = with_bo_as(given, who);
    let bo = MemberId::from_u128(BO);
    let workspace = if given.is_empty() { Default::default() } else { after(given.clone()) };
    let said = capability::refusal(&workspace, bo, &when.command);
    let (_, found) = judged(given, when.by(BO));
    match &said {
        Some(refusal) => assert_eq!(found, refused(refusal.clone()), "{kind} as {who:?}"),
        None => assert!(matches!(found, Then::Happens(_)), "{kind} as {who:?}: {found:?}"),
    }
    said
}

fn cell(refusal: Option<&Rejection>) -> String {
    let name = refusal.map(|refusal| serde_json::to_string(refusal).expect("a refusal is JSON"));
    name.map_or_else(|| "yes".to_owned(), |name| name.replace('"', "`"))
}

/// The page, as it has to be.
fn page() -> String {
    let mut page = "\
# Who may do what

Made from `shared/src/capability.rs` by a test, `shared/tests/rules/capabilities.rs`: when the table changes, it says what
has to be here. Each row is a kind of command, and each cell what becomes of it: `yes`, as far as roles are concerned, or
the refusal. There are two rows where it matters whether who gives it has opened the deployment, or is the member it is
about.

What counts is the role held when a command reaches the server. Whoever was taken out of the workspace is no member, and
what they did stays. The last admin stays one (`last_admin`). Who opened a deployment may approve it while nobody else is
in the workspace. A workspace is set up by anybody, once (`workspace_exists`).

| command | about | no member | viewer | member | approver | admin |
| --- | --- | --- | --- | --- | --- | --- |
"
    .to_owned();
    for (kind, _) in Command::KINDS {
        let row = |whose| WHO.map(|who| cell(tried(kind, whose, who).as_ref())).join(" | ");
        let (own, others) = (row(Whose::Own), row(Whose::Others));
        let rows = if own == others {
            vec![("any", own)]
        } else {
            vec![("one's own", own), ("somebody else's", others)]
        };
        for (whose, row) in rows {
            writeln!(page, "| `{kind}` | {whose} | {row} |").expect("a string takes everything");
        }
    }
    page
}

#[test]
fn the_page_about_roles_says_what_becomes_of_every_command() {
    let page = page();
    assert!(page == ROLES_PAGE, "docs/roles.md has to be:\n{page}");
}

#[test]
fn who_never_was_in_the_workspace_does_nothing_in_it() {
    for (kind, _) in Command::KINDS {
        let (given, when) = example(kind, Whose::Others);
        let takes = Capability::of(&when.command);
        let (_, found) = judged(given, when.by_stranger());
        match takes.least() {
            Some(_) => assert_eq!(found, refused(Rejection::NotMember), "{kind}"),
            None => assert!(matches!(found, Then::Happens(_)), "{kind}: {found:?}"),
        }
    }
}

/// What is asked for the password, and nothing else: the whole table of kinds, as their examples are.
#[test]
fn what_opens_a_gate_or_says_who_may_wants_the_password() {
    let wants = |command: &Command| capability::wants_confirmation(command);
    let wanting: Vec<_> = Command::KINDS
        .map(|(kind, _)| kind)
        .into_iter()
        .filter(|kind| wants(&example(kind, Whose::Others).1.command))
        .collect();
    assert_eq!(
        wanting,
        [
            "member.add",
            "member.set_role",
            "member.remove",
            "environment.change",
            "deployment.approve",
            "deployment.withdraw",
            "rollout.override",
            "policy.set",
            "freeze.change",
            "freeze.lift",
        ]
    );
    // Of an environment what it is for, its place and whether it is used; not what it is called or how it is tested.
    for (change, expected) in [
        (EnvironmentChange::Tier(Tier::Production), true),
        (EnvironmentChange::Position(1), true),
        (EnvironmentChange::Archived(true), true),
        (EnvironmentChange::Name("Canary".to_owned()), false),
        (EnvironmentChange::Testing(Vec::new()), false),
        (EnvironmentChange::Purpose("Tries".to_owned()), false),
        (EnvironmentChange::Address("https://canary.example".to_owned()), false),
        (EnvironmentChange::HealthAddress("https://canary.example/health".to_owned()), false),
    ] {
        let told = format!("{change:?}");
        assert_eq!(wants(&change_environment(STAGING, change).command), expected, "{told}");
    }
}

#[test]
fn nothing_but_setting_it_up_is_done_in_an_empty_workspace() {
    for (kind, _) in Command::KINDS {
        let (_, when) = example(kind, Whose::Others);
        let takes = Capability::of(&when.command);
        let (_, found) = judged(nothing(), when);
        assert_eq!(found == refused(Rejection::NotMember), takes != Capability::Begin, "{kind}");
    }
}
