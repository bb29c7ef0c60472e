//! A year of finished deployments: most go well, some come back.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::Change;
use slipway_shared::environment::Tier;
use slipway_shared::rank;
use slipway_shared::rollout::Phase;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;

use super::cast::{DOERS, HOTFIX, MIGRATION, PAYMENTS, PEOPLE, SERVICES, ServicePlan};
use super::planner::{Card, DAY, HOUR, MINUTE, MONITORING, NewCard, Planner, YEAR};
use super::words::{EVIDENCE, SUBJECTS, TITLES, TROUBLE, VERBS};

pub(super) const STEPS: &str = "1. Announce it in #releases\n2. Roll out to one instance and watch it for five \
    minutes\n3. Roll out to all instances\n4. Remove the old release after a day";
pub(super) const ROLLBACK: &str = "Roll out the version before this one; its image is kept for 30 days. \
    Nothing in the database has to be taken back.";

/// How a deployment ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Succeeded,
    /// In production, taken back, and followed by a hotfix.
    RolledBack,
    /// Failed in production at first.
    SecondTry,
    /// Never left staging.
    GivenUp,
}

pub(super) fn plan(planner: &mut Planner) {
    for (index, service) in SERVICES.iter().enumerate() {
        let count = i64::try_from(service.finished).unwrap_or(i64::MAX);
        let mut hotfix = false;
        // A version goes live after the one before, second try included: no gate lets an older one past a newer one.
        let mut before = Timestamp(i64::MIN);
        for (number, version) in (0..).zip(versions(planner, service)) {
            let last = planner.now.plus(-4 * DAY);
            let even = last.plus(-(YEAR - 4 * DAY) * (count - number) / count);
            let goes_live = in_working_hours(planner, even).max(before.plus(3 * HOUR));
            before = goes_live;
            let ending = ending(planner, hotfix);
            one(planner, index, &version, goes_live, ending, hotfix);
            hotfix = ending == Ending::RolledBack;
        }
    }
}

/// Returns the versions up to the newest, oldest first.
fn versions(planner: &mut Planner, service: &ServicePlan) -> Vec<String> {
    let (mut major, mut minor, mut patch) = service.newest;
    let mut versions = Vec::with_capacity(service.finished);
    for _ in 0..service.finished {
        versions.push(format!("{major}.{minor}.{patch}"));
        let mut number = |low, high| u32::try_from(planner.random.between(low, high)).unwrap_or_default();
        (major, minor, patch) = match (major, minor, patch) {
            (_, _, 1..) => (major, minor, patch - 1),
            (_, 1.., 0) => (major, minor - 1, number(4, 13)),
            (1.., 0, 0) => (major - 1, number(6, 15), number(3, 10)),
            (0, 0, 0) => (0, 0, 0),
        };
    }
    versions.reverse();
    versions
}

fn ending(planner: &mut Planner, is_hotfix: bool) -> Ending {
    match planner.random.between(0, 100) {
        _ if is_hotfix => Ending::Succeeded,
        0..8 => Ending::RolledBack,
        8..13 => Ending::SecondTry,
        13..16 => Ending::GivenUp,
        _ => Ending::Succeeded,
    }
}

/// Moves a moment to between nine and five of a working day.
fn in_working_hours(planner: &mut Planner, at: Timestamp) -> Timestamp {
    let days = at.0.div_euclid(DAY);
    // The first day of 1970 was a Thursday: 0 is Monday here.
    let weekday = (days + 3).rem_euclid(7);
    let back = (weekday - 4).max(0);
    Timestamp((days - back) * DAY + 9 * HOUR + planner.random.between(0, 8 * 60) * MINUTE)
}

fn one(
    planner: &mut Planner,
    service: usize,
    version: &str,
    goes_live: Timestamp,
    ending: Ending,
    is_hotfix: bool,
) {
    let Some(plan) = SERVICES.get(service) else { return };
    let random = &mut planner.random;
    let author = random.pick(&plan.team).unwrap_or_default();
    let hours = if is_hotfix { random.between(2, 6) } else { random.between(20, 130) };
    let opened = goes_live.plus(-hours * HOUR);
    let title = TITLES.get(service).and_then(|titles| random.pick(titles)).unwrap_or_default();
    let title = if is_hotfix { format!("Hotfix: {}", lower_first(title)) } else { title.to_owned() };
    let count = if is_hotfix { 1 } else { random.between(1, 7) };
    let changes = changes(planner, service, opened, count);
    let new = NewCard { service, version, title: &title, changes, steps: STEPS, rollback: ROLLBACK };
    let Some(mut card) = planner.open(opened, author, new) else { return };
    labels(planner, plan, &card, opened, author, is_hotfix);
    before_production(planner, &mut card, author, opened, goes_live, ending);
    if ending == Ending::GivenUp {
        return planner.finish_card(goes_live, author, &card);
    }
    in_production(planner, &mut card, author, goes_live, ending);
}

/// Returns commits that were written before `until`, oldest first.
pub(super) fn changes(planner: &mut Planner, service: usize, until: Timestamp, count: i64) -> Vec<Change> {
    let (random, is_alone) = (&mut planner.random, planner.is_alone);
    let team = SERVICES.get(service).map_or(&DOERS[..4], |plan| &plan.team[..]);
    let mut ages: Vec<_> = (0..count).map(|_| random.between(20, 60 * 70)).collect();
    ages.sort_unstable_by_key(|age| -age);
    let commits = ages.into_iter().map(|age| {
        let subject = SUBJECTS.get(service).and_then(|subjects| random.pick(subjects)).unwrap_or_default();
        let author = random.pick(team).and_then(|index| PEOPLE.get(index)).filter(|_| !is_alone);
        Change {
            summary: format!("{} {subject}", random.pick(&VERBS).unwrap_or_default()),
            commit: Some(random.commit()),
            author: author.map(|person| person.name.to_owned()),
            authored_at: Some(until.plus(-age * MINUTE)),
            link: None,
        }
    });
    commits.collect()
}

fn labels(planner: &mut Planner, plan: &ServicePlan, card: &Card, at: Timestamp, by: usize, is_hotfix: bool) {
    let chosen = [
        (PAYMENTS, planner.random.chance(plan.payments)),
        (MIGRATION, planner.random.chance(plan.migrations)),
        (HOTFIX, is_hotfix),
    ];
    for (label, _) in chosen.into_iter().filter(|(_, is_chosen)| *is_chosen) {
        planner.label(at.plus(MINUTE), by, card, label);
    }
}

fn before_production(
    planner: &mut Planner,
    card: &mut Card,
    author: usize,
    opened: Timestamp,
    goes_live: Timestamp,
    ending: Ending,
) {
    // Everything happens at some hundredths of the way.
    let at = |percent: i64| opened.plus(goes_live.since(opened) * percent / 100);
    planner.mark(at(4), author, card, Stage::Build, StageState::Passed);
    planner.mark(at(9), author, card, Stage::Test, StageState::Passed);
    tick(planner, card, 0..4, at(10), at(40));
    planner.report(at(12), author, card, Tier::Development, Phase::Succeeded, None);
    let stumbles = ending == Ending::GivenUp || planner.random.chance(9);
    if stumbles {
        let trouble = planner.random.pick(&TROUBLE);
        planner.report(at(45), author, card, Tier::Staging, Phase::Failed, trouble);
        Planner::again(card, Tier::Staging);
    }
    if ending == Ending::GivenUp {
        return;
    }
    planner.report(at(55), author, card, Tier::Staging, Phase::Succeeded, None);
    tick(planner, card, 4..9, at(60), at(95));
    planner.verify(at(88), author, card);
    let approver = planner.random.pick(&[0, 1, 3, 4, 6]).unwrap_or_default();
    planner.approve(at(98), approver, card);
}

fn in_production(planner: &mut Planner, card: &mut Card, author: usize, begins: Timestamp, ending: Ending) {
    let tier = Tier::Production;
    let ends = begins.plus(planner.random.between(3, 28) * MINUTE);
    planner.report(begins, author, card, tier, Phase::Started, None);
    let trouble = planner.random.pick(&TROUBLE);
    match ending {
        Ending::Succeeded | Ending::GivenUp => {
            planner.report(ends, author, card, tier, Phase::Succeeded, None);
        }
        Ending::SecondTry => {
            planner.report(ends, author, card, tier, Phase::Failed, trouble);
            Planner::again(card, tier);
            let again = ends.plus(planner.random.between(20, 90) * MINUTE);
            planner.report(again, author, card, tier, Phase::Succeeded, None);
        }
        Ending::RolledBack => {
            planner.report(ends, author, card, tier, Phase::Failed, trouble);
            let back = ends.plus(planner.random.between(6, 45) * MINUTE);
            let note = Some("Back on the version before");
            planner.report(back, author, card, tier, Phase::RolledBack, note);
            planner.attest(back, author, card, 9, CheckState::Failed, trouble);
            return planner.finish_card(back.plus(2 * HOUR), author, card);
        }
    }
    let calm = ends.plus(3 * HOUR);
    tick(planner, card, 9..13, ends.plus(5 * MINUTE), calm);
    planner.move_to(calm, author, card, MONITORING, &rank::between(None, None));
    let over = calm.plus(planner.random.between(18, 48) * HOUR);
    planner.finish_card(over, author, card);
}

/// Several people tick checks, now and then with something to show for it.
pub(super) fn tick(
    planner: &mut Planner,
    card: &Card,
    checks: std::ops::Range<usize>,
    from: Timestamp,
    until: Timestamp,
) {
    let count = i64::try_from(checks.len()).unwrap_or(1).max(1);
    for (number, check) in (0..).zip(checks) {
        let at = from.plus(until.since(from) * number / count);
        let person = planner.random.pick(&DOERS).unwrap_or_default();
        let evidence = if planner.random.chance(22) { planner.random.pick(&EVIDENCE) } else { None };
        let evidence = evidence.filter(|_| !planner.is_alone);
        planner.attest(at, person, card, check, CheckState::Done, evidence);
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}
