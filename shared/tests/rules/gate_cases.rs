//! The verdict of the gate, case by case: `docs/gate-cases.md` is the table, and what it says is what is found.
//!
//! Each phrase of the first column is a deed, done in its order, a second after the one before. Where a case fails, what
//! was found stands beside what the table says.

use std::fmt::Write as _;

use slipway_shared::canonical::Hash;
use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::deployment::testing::TestOutcome;
use slipway_shared::document::SectionKind;
use slipway_shared::environment::{EnvironmentCommand, Testing, Tier};
use slipway_shared::freeze::FreezeTerms;
use slipway_shared::ids::{CheckId, DeploymentId, EnvironmentId, RolloutId, ServiceId};
use slipway_shared::member::Role;
use slipway_shared::policy::{Risk, Rules};
use slipway_shared::rollout::Phase;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;
use slipway_shared::zone::{Side, moment_of};

use super::given::{ANA, BO, Deed, Given, START, after};
use super::test;
use super::when::{
    CARD, CHECK, DEVELOPMENT, ENVIRONMENTS_SECTION, FREEZE, Fact, Open, PRODUCTION, SECTION, SERVICE,
    STAGING, add_check, add_service, approve, arrive, artifact, attest, change_freeze, declare, decline,
    edit, fact, follow, join, leave_out, lift, open, opened_and, report, set_artifacts, set_policy, set_risk,
    set_role, start_anyway, start_for_incident, terms, test_of, unfollow, withdraw,
};

const CASES: &str = include_str!("../../../docs/gate-cases.md");

const CY: u128 = 0xc;
/// Another deployment, and the service it may be of.
const OTHER_CARD: DeploymentId = DeploymentId::from_u128(0xcb);
const OTHER_SERVICE: ServiceId = ServiceId::from_u128(0x52);

/// A second production environment, and the check that names it.
const CANARY: EnvironmentId = EnvironmentId::from_u128(0x98);
const CANARY_CHECK: CheckId = CheckId::from_u128(0xca);
/// What is started past the gate.
const PAST: RolloutId = RolloutId::from_u128(0xef);

/// One row of the table.
struct Case<'a> {
    given: &'a str,
    policy: &'a str,
    asked: &'a str,
    verdict: &'a str,
}

fn cases() -> Vec<Case<'static>> {
    let rows = CASES.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows.map(|row| row.split(" | ").map(str::trim).collect::<Vec<_>>());
    cells
        .filter(|cells| !matches!(cells.first(), Some(&("given" | "---"))))
        .map(|cells| {
            let &[given, policy, asked, verdict] = cells.as_slice() else {
                panic!("a case has four columns: {cells:?}")
            };
            Case { given, policy, asked, verdict }
        })
        .collect()
}

fn phrases(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|phrase| !phrase.is_empty() && *phrase != "–")
}

/// The offset of the zones in the table from UTC, in hours, and the moments it changes at: what browsers know.
fn offset_ms(zone: &str, at: Timestamp) -> i64 {
    let (standard, summers): (i64, [(i64, i64); 2]) = match zone {
        "Europe/Paris" => {
            (1, [(1_711_846_800_000, 1_729_990_800_000), (1_743_296_400_000, 1_761_440_400_000)])
        }
        "America/New_York" => {
            (-5, [(1_710_054_000_000, 1_730_613_600_000), (1_741_503_600_000, 1_762_063_200_000)])
        }
        "UTC" => (0, [(0, 0); 2]),
        other => panic!("the table says nothing about {other}"),
    };
    let is_summer = summers.iter().any(|(begins, ends)| (*begins..*ends).contains(&at.0));
    (standard + i64::from(is_summer)) * 3_600_000
}

/// Reads `2024-03-31 02:30` as if it was in UTC, by counting days.
fn wall(day: &str, time: &str) -> Timestamp {
    let numbers = |text: &str, by| {
        text.split(by).map(|part| part.parse::<i64>().expect("a number")).collect::<Vec<_>>()
    };
    let (date, clock) = (numbers(day, '-'), numbers(time, ':'));
    let (mut year, mut month) = (date[0], date[1]);
    if month <= 2 {
        (year, month) = (year - 1, month + 12);
    }
    let days =
        365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + date[2] - 719_469;
    Timestamp(((days * 24 + clock[0]) * 60 + clock[1]) * 60_000)
}

fn moment(words: &[&str], side: Side) -> Timestamp {
    let &[day, time, zone] = words else { panic!("a day, a time and a zone: {words:?}") };
    moment_of(wall(day, time), side, |at| offset_ms(zone, at))
}

fn person(name: &str) -> u128 {
    match name {
        "Ana" => ANA,
        "Bo" => BO,
        "Cy" => CY,
        other => panic!("nobody is called {other}"),
    }
}

fn role(name: &str) -> Role {
    match name {
        "viewer" => Role::Viewer,
        "member" => Role::Member,
        "approver" => Role::Approver,
        "admin" => Role::Admin,
        other => panic!("no role is called {other}"),
    }
}

fn environment(name: &str) -> EnvironmentId {
    match name.to_lowercase().as_str() {
        "development" => DEVELOPMENT,
        "staging" => STAGING,
        "production" => PRODUCTION,
        "canary" => CANARY,
        other => panic!("no environment is called {other}"),
    }
}

fn risk(name: &str) -> Risk {
    Risk::ALL
        .into_iter()
        .find(|risk| risk.name() == name)
        .unwrap_or_else(|| panic!("no risk is called {name}"))
}

fn phase(word: &str) -> Phase {
    match word {
        "started" => Phase::Started,
        "succeeded" => Phase::Succeeded,
        "failed" => Phase::Failed,
        "rolled-back" => Phase::RolledBack,
        other => panic!("no rollout is {other}"),
    }
}

/// Opens the other deployment, of a version and a service.
fn other(version: &str, service: ServiceId) -> Deed {
    let (deployment, version) = (OTHER_CARD, version.to_owned());
    Open { deployment, version, service, ..open() }.into()
}

fn other_in(environment: EnvironmentId, phase: Phase, version: &str) -> Deed {
    let (deployment, version) = (OTHER_CARD, version.to_owned());
    let rollout = RolloutId::from_u128(0xe9);
    Fact { deployment, version, ..fact(rollout, environment, phase) }.into()
}

/// The rules that phrases say, in place of those that hold where no policy was set.
fn rules(tier: Tier, phrases: &[&str]) -> Rules {
    let mut rules = Rules::of_tier(tier);
    for phrase in phrases {
        match phrase.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["no", "approval"] => rules.approvals = 0,
            [number, "approvals" | "approval"] => rules.approvals = number.parse().expect("a number"),
            ["no", "checks"] => rules.required.clear(),
            ["rollback", "checks", "too"] => rules.required.push(SectionKind::Environments),
            ["author", "may", "approve"] => rules.four_eyes = false,
            ["in", "order"] => rules.in_order = true,
            ["approvals", "last", minutes, "min"] => {
                rules.approvals_last_ms = Some(minutes.parse::<i64>().expect("a number") * 60_000);
            }
            ["incident", "approval", "within", minutes, "min"] => {
                rules.approval_due_ms = Some(minutes.parse::<i64>().expect("a number") * 60_000);
            }
            ["watched", minutes, "min"] => {
                rules.monitored_ms = Some(minutes.parse::<i64>().expect("a number") * 60_000);
            }
            _ => panic!("no policy says {phrase:?}"),
        }
    }
    rules
}

/// The policy of a case: for normal risk before production, unless it begins with something else.
fn policy(cell: &str) -> Option<Deed> {
    let mut said: Vec<_> = phrases(cell).collect();
    if said.is_empty() {
        return None;
    }
    let (where_to, with) = match said.first().and_then(|first| first.strip_suffix(" risk")) {
        Some(name) => (PRODUCTION, risk(name)),
        None if said.first() == Some(&"staging") => (STAGING, Risk::Normal),
        None => return Some(set_policy(PRODUCTION, Risk::Normal, rules(Tier::Production, &said))),
    };
    let tier = if where_to == STAGING { Tier::Staging } else { Tier::Production };
    Some(set_policy(where_to, with, rules(tier, &said.split_off(1))))
}

/// The digest of the deployment for production after these deeds.
fn digest(deeds: &Given) -> Hash {
    after(deeds.clone()).approval_digest(CARD, PRODUCTION).expect("it is there")
}

fn freeze(words: &[&str]) -> FreezeTerms {
    let &[place, from_day, from_time, "to", day, time, zone] = words else {
        panic!("a freeze has an environment, two times and a zone: {words:?}")
    };
    let from = moment(&[from_day, from_time, zone], Side::Earlier);
    let until = moment(&[day, time, zone], Side::Later);
    FreezeTerms { environments: vec![environment(place)], zone: zone.to_owned(), ..terms(from, until) }
}

fn first_rollout(place: &str) -> RolloutId {
    RolloutId::from_u128(environment(place).as_u128() + 0xe10)
}

/// The deeds that one phrase stands for.
fn deeds(phrase: &str, before: &Given) -> Vec<Deed> {
    let words: Vec<_> = phrase.split_whitespace().collect();
    match words.as_slice() {
        ["checks", "done"] => vec![attest(CHECK, CheckState::Done)],
        ["check", "failed"] => vec![attest(CHECK, CheckState::Failed)],
        ["check", "does", "not", "apply"] => vec![attest(CHECK, CheckState::NotApplicable)],
        ["check", "opened", "again"] => vec![attest(CHECK, CheckState::Open)],
        ["Bo", "and", "Cy", "disagree"] => {
            let apart = attest(CHECK, CheckState::Failed).by(CY).without_seeing(1);
            vec![attest(CHECK, CheckState::Done).by(BO), apart]
        }
        [name, "approves"] => vec![approve(digest(before)).by(person(name))],
        [name, "declines"] => vec![decline(digest(before), "Not yet").by(person(name))],
        [name, "withdraws"] => vec![withdraw().by(person(name))],
        ["version", "becomes", version] => vec![edit(DeploymentField::Version, version)],
        ["title", "becomes", title] => vec![edit(DeploymentField::Title, title)],
        [name, "becomes", new] => vec![set_role(person(name), role(new))],
        [name, "leaves"] => vec![leave_out(person(name))],
        [name, "comes", "back", "as", new] => vec![join(person(name), role(new))],
        ["a", "check", "is", "added"] => vec![add_check(SECTION, CheckId::from_u128(0xc9))],
        ["an", "environment", "check", "is", "added"] => {
            vec![add_check(ENVIRONMENTS_SECTION, CheckId::from_u128(0xc9))]
        }
        ["risk", name] => vec![set_risk(risk(name))],
        ["artifact", name] => vec![set_artifacts([artifact(name)])],
        ["follows", version] => vec![other(version, SERVICE), follow(OTHER_CARD)],
        ["no", "longer", "follows"] => vec![unfollow(OTHER_CARD)],
        ["the", "other", "finished"] => {
            vec![Command::Deployment(DeploymentCommand::Finish { deployment: OTHER_CARD }).into()]
        }
        ["the", "other", happened, "in", place] => {
            vec![other_in(environment(place), phase(happened), "1.3.0")]
        }
        [version, "is", "live"] => {
            vec![other(version, SERVICE), other_in(PRODUCTION, Phase::Succeeded, version)]
        }
        [version, happened, "there"] => {
            vec![other(version, SERVICE), other_in(PRODUCTION, phase(happened), version)]
        }
        [version, "of", "another", "service", "is", "live"] => vec![
            add_service(OTHER_SERVICE, "billing"),
            other(version, OTHER_SERVICE),
            other_in(PRODUCTION, Phase::Succeeded, version),
        ],
        ["the", "workspace", "moves"] => vec![arrive()],
        ["freeze", rest @ ..] => vec![declare(freeze(rest))],
        ["changed", "to", rest @ ..] => vec![change_freeze(freeze(rest))],
        ["renamed"] => {
            let terms = after(before.clone()).freezes[&FREEZE].terms.clone();
            vec![change_freeze(FreezeTerms { name: "Holidays".to_owned(), ..terms })]
        }
        ["lifted"] => vec![lift()],
        [name, "starts", "anyway"] => vec![start_anyway(PAST, PRODUCTION, "It burns").by(person(name))],
        [name, "starts", "for", incident] => vec![start_for_incident(PAST, incident).by(person(name))],
        ["what", "was", "started", happened] => vec![report(PAST, PRODUCTION, phase(happened))],
        ["Canary", "is", "added"] => vec![canary()],
        ["a", "check", "names", "Canary"] => vec![names_canary()],
        ["Canary", "does", "not", "apply"] => vec![attest(CANARY_CHECK, CheckState::NotApplicable)],
        [name, "approves", "for", "Canary"] => vec![approve_canary(before).by(person(name))],
        [place, "rolled", "out", "again"] => {
            let rollout = RolloutId::from_u128(environment(place).as_u128() + 0xe20);
            vec![fact(rollout, environment(place), Phase::Succeeded).ms_later(1).into()]
        }
        [place, kind, happened @ ("passed" | "failed" | "taken-back")] => {
            let testing = match *kind {
                "automated" => Testing::Automated,
                "manual" => Testing::Manual,
                other => panic!("no testing is {other}"),
            };
            let outcome = match *happened {
                "passed" => Some(TestOutcome::Passed),
                "failed" => Some(TestOutcome::Failed),
                _ => None,
            };
            vec![test_of(first_rollout(place), environment(place), testing, outcome)]
        }
        [place, happened] => {
            vec![fact(first_rollout(place), environment(place), phase(happened)).into()]
        }
        _ => panic!("no deed is called {phrase:?}"),
    }
}

fn canary() -> Deed {
    let (environment, name) = (CANARY, "Canary".to_owned());
    let (tier, testing) = (Tier::Production, Vec::new());
    Command::Environment(EnvironmentCommand::Add { environment, name, position: 3, tier, testing }).into()
}

fn names_canary() -> Deed {
    let (deployment, section, check) = (CARD, ENVIRONMENTS_SECTION, CANARY_CHECK);
    let text = "Canary".to_owned();
    let add = DeploymentCommand::AddCheck { deployment, section, check, text, verify: None };
    Command::Deployment(add).into()
}

fn approve_canary(before: &Given) -> Deed {
    let digest = after(before.clone()).approval_digest(CARD, CANARY).expect("it is there");
    let approve = DeploymentCommand::Approve { deployment: CARD, environment: CANARY, digest, note: None };
    Command::Deployment(approve).into()
}

/// What a row asks.
#[derive(Clone, Copy)]
enum Question {
    /// Whether the gate is open.
    Gate,
    /// Whether an approval is due.
    ApprovalDue,
    /// Whether it is over by itself.
    Over,
}

fn question(cell: &str) -> Question {
    match phrases(cell).next() {
        Some("approval due") => Question::ApprovalDue,
        Some("over") => Question::Over,
        _ => Question::Gate,
    }
}

fn due_words(workspace: &Workspace, environment: EnvironmentId, at: Timestamp) -> String {
    match workspace.approval_due(CARD, environment, at) {
        None => "nothing due".to_owned(),
        Some(due) if due.is_overdue(at) => "overdue".to_owned(),
        Some(due) => format!("due within {} min", due.until.since(due.since) / 60_000),
    }
}

/// Where to and when: production, and the second after the last deed, unless it is said.
fn asked(cell: &str, last: Timestamp) -> (EnvironmentId, Timestamp) {
    let mut asked = (PRODUCTION, last);
    for phrase in phrases(cell) {
        match phrase.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["after", minutes, "min"] => {
                asked.1 = last.plus(minutes.parse::<i64>().expect("a number") * 60_000);
            }
            ["to", place] => asked.0 = environment(place),
            ["before", "the", "last"] => asked.1 = last.plus(-1_001),
            ["approval", "due"] | ["over"] => {}
            time => asked.1 = moment(time, Side::Earlier),
        }
    }
    asked
}

fn missing_words(missing: &Missing, workspace: &Workspace) -> String {
    let version = |id: &DeploymentId| workspace.deployments[id].version.value.clone();
    match missing {
        Missing::Check { check, state, .. } => {
            let text = &workspace.deployments[&CARD].check(*check).expect("it is there").text;
            let state = if *state == CheckState::Failed { "failed" } else { "is open" };
            format!("“{text}” {state}")
        }
        Missing::Approval => "an approval".to_owned(),
        Missing::Approvals { have, need } => format!("{have} of {need} approvals"),
        Missing::Declined { by } => {
            let name = ["Ana", "Bo", "Cy"].into_iter().find(|name| person(name) == by.as_u128());
            format!("{} declined", name.expect("they have a name"))
        }
        Missing::Earlier { environment } => format!("{} first", workspace.environments[environment].name),
        Missing::Testing { environment, testing, is_failed } => {
            let kind = format!("{testing:?}").to_lowercase();
            let state = if *is_failed { "failed" } else { "is open" };
            format!("{kind} testing in {} {state}", workspace.environments[environment].name)
        }
        Missing::Predecessor { deployment } => format!("{} first", version(deployment)),
        Missing::Frozen { until, .. } => {
            let (day, minute) = (until.0.div_euclid(86_400_000), until.0.rem_euclid(86_400_000) / 60_000);
            let is_day = |year: i64, month: i64, date: i64| {
                wall(&format!("{year}-{month}-{date}"), "0:0").0 == day * 86_400_000
            };
            let dates = (2023..2027).flat_map(|year| {
                (1..=12).flat_map(move |month| (1..=31).map(move |date| (year, month, date)))
            });
            let (year, month, date) =
                dates.into_iter().find(|(y, m, d)| is_day(*y, *m, *d)).expect("a day of these years");
            format!("frozen until {year}-{month:02}-{date:02} {:02}:{:02} UTC", minute / 60, minute % 60)
        }
        Missing::Older { live } => format!("{live} is live"),
    }
}

/// What is found, in the words of the table.
fn found(case: &Case<'_>) -> String {
    let mut given = opened_and([join(BO, Role::Approver), join(CY, Role::Approver)]);
    given.extend(policy(case.policy));
    for phrase in phrases(case.given) {
        let deeds = deeds(phrase, &given);
        given.extend(deeds);
    }
    let last = Timestamp(START + 1_000 * i64::try_from(given.len()).expect("few deeds"));
    let workspace = after(given);
    let (environment, at) = asked(case.asked, last);
    match question(case.asked) {
        Question::ApprovalDue => return due_words(&workspace, environment, at),
        Question::Over if workspace.is_due_for_conclusion(CARD, at) => return "over".to_owned(),
        Question::Over => return "not over".to_owned(),
        Question::Gate => {}
    }
    let gate = workspace.gate(CARD, environment, at);
    match (gate.is_there(), gate.is_open()) {
        (false, _) => "no gate".to_owned(),
        (true, true) => "open".to_owned(),
        (true, false) => {
            let missing = gate.missing();
            missing.iter().map(|missing| missing_words(missing, &workspace)).collect::<Vec<_>>().join("; ")
        }
    }
}

#[test]
fn the_verdict_is_what_the_table_says() {
    let cases = cases();
    assert!(cases.len() >= 140, "{} cases are left", cases.len());
    let mut wrong = String::new();
    for case in &cases {
        let found = found(case);
        if found != case.verdict {
            let Case { given, policy, asked, verdict } = case;
            writeln!(wrong, "| {given} | {policy} | {asked} | {verdict} |\n  found: {found}")
                .expect("a string takes everything");
        }
    }
    assert!(wrong.is_empty(), "in docs/gate-cases.md:\n{wrong}");
}

#[test]
fn a_clock_on_a_wall_tells_one_moment_or_says_which() {
    let utc = |day: &str, time| wall(day, time);
    let paris = |day, time, side| moment(&[day, time, "Europe/Paris"], side);
    let new_york = |day, time, side| moment(&[day, time, "America/New_York"], side);
    for side in [Side::Earlier, Side::Later] {
        assert_eq!(paris("2024-01-15", "12:00", side), utc("2024-01-15", "11:00"));
        assert_eq!(paris("2024-07-15", "12:00", side), utc("2024-07-15", "10:00"));
        assert_eq!(new_york("2024-01-15", "12:00", side), utc("2024-01-15", "17:00"));
        // Left out when the clock is put forward: as much later as it lies after that.
        assert_eq!(paris("2024-03-31", "02:30", side), utc("2024-03-31", "01:30"));
        assert_eq!(new_york("2024-03-10", "02:30", side), utc("2024-03-10", "07:30"));
    }
    // Shown twice when it is put back.
    assert_eq!(paris("2024-10-27", "02:30", Side::Earlier), utc("2024-10-27", "00:30"));
    assert_eq!(paris("2024-10-27", "02:30", Side::Later), utc("2024-10-27", "01:30"));
    assert_eq!(new_york("2024-11-03", "01:30", Side::Earlier), utc("2024-11-03", "05:30"));
    assert_eq!(new_york("2024-11-03", "01:30", Side::Later), utc("2024-11-03", "06:30"));
}
