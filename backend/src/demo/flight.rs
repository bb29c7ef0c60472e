//! The fourteen deployments in flight, as they are drawn on the board.

use slipway_shared::check::CheckState;
use slipway_shared::environment::{Testing, Tier};
use slipway_shared::rank;
use slipway_shared::rollout::Phase;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;

use super::cast::{AINO, CHECKOUT, HOTFIX, JONAS, LEDGER, MARA, MIGRATION, NOTIFY, PAYMENTS, RIKU, WEB};
use super::past::{ROLLBACK, STEPS, changes, tick};
use super::planner::{Card, DAY, HOUR, MINUTE, NewCard, Planner};

/// A card of the drawing.
struct Flight {
    service: usize,
    version: &'static str,
    title: &'static str,
    person: usize,
    /// The place of its column.
    column: usize,
    /// How long it has been there.
    age: i64,
    /// How many of its checks are done.
    done: usize,
    /// Development, staging, production: `d` done, `c` under way, `f` failed, `r` rolled back, `-` not begun.
    environments: &'static str,
    /// Build and Test: `d` done, `c` under way. The other stages follow the facts.
    stages: &'static str,
    /// How many kinds of testing on staging are done, of two.
    tested: usize,
    labels: &'static [usize],
    commits: i64,
    /// A check that failed, and why.
    failed: Option<(usize, &'static str)>,
}

const READY: usize = 0;
const DEVELOPMENT: usize = 1;
const STAGING: usize = 2;
const APPROVAL: usize = 3;
const PRODUCTION: usize = 4;
const MONITORING: usize = 5;

const fn flight(service: usize, version: &'static str, title: &'static str) -> Flight {
    Flight {
        service,
        version,
        title,
        person: MARA,
        column: READY,
        age: HOUR,
        done: 9,
        environments: "---",
        stages: "dd",
        tested: 0,
        labels: &[],
        commits: 4,
        failed: None,
    }
}

/// From left to right, from top to bottom.
const FLIGHTS: [Flight; 14] = [
    Flight {
        person: AINO,
        age: 5 * HOUR,
        done: 4,
        labels: &[PAYMENTS],
        ..flight(CHECKOUT, "2.15.0", "Retry card captures on gateway timeouts")
    },
    Flight {
        person: JONAS,
        age: DAY,
        done: 2,
        labels: &[HOTFIX],
        commits: 2,
        ..flight(WEB, "7.3.1", "Fix address form losing the postcode on back")
    },
    Flight {
        person: RIKU,
        age: 2 * DAY,
        done: 1,
        stages: "dc",
        labels: &[MIGRATION, PAYMENTS],
        commits: 9,
        failed: Some((3, "Migration 0042 locks the bookings for four minutes")),
        ..flight(LEDGER, "1.9.0", "Nightly close in one transaction, with migration 0042")
    },
    Flight {
        person: JONAS,
        column: DEVELOPMENT,
        age: 4 * HOUR,
        done: 3,
        environments: "d--",
        commits: 12,
        ..flight(WEB, "7.4.0-rc.1", "Saved carts across devices")
    },
    Flight {
        person: AINO,
        column: DEVELOPMENT,
        age: 40 * MINUTE,
        done: 5,
        environments: "c--",
        commits: 3,
        ..flight(NOTIFY, "0.12.4", "Drop duplicate SMS when the provider retries")
    },
    Flight {
        column: STAGING,
        age: 2 * HOUR,
        done: 7,
        environments: "dd-",
        tested: 1,
        labels: &[PAYMENTS],
        ..flight(CHECKOUT, "2.14.3", "Idempotency keys kept for 30 days")
    },
    Flight {
        person: RIKU,
        column: STAGING,
        age: 9 * HOUR,
        done: 4,
        environments: "df-",
        commits: 5,
        failed: Some((5, "Smoke test failed: 0.005 dinar was rounded away")),
        ..flight(LEDGER, "1.8.6", "Rounding of three-decimal currencies")
    },
    Flight {
        person: JONAS,
        column: STAGING,
        age: DAY,
        done: 6,
        environments: "dc-",
        commits: 8,
        ..flight(WEB, "7.3.0", "New order history page")
    },
    Flight {
        person: JONAS,
        column: APPROVAL,
        age: 25 * MINUTE,
        environments: "dd-",
        tested: 2,
        commits: 3,
        ..flight(WEB, "7.2.9", "Cookie banner in three languages")
    },
    Flight {
        person: AINO,
        column: APPROVAL,
        age: 3 * HOUR,
        environments: "dd-",
        tested: 2,
        ..flight(NOTIFY, "0.12.3", "Quiet hours per time zone")
    },
    Flight {
        person: RIKU,
        column: APPROVAL,
        age: 6 * HOUR,
        environments: "dd-",
        tested: 2,
        labels: &[PAYMENTS],
        commits: 6,
        ..flight(CHECKOUT, "2.14.2", "3-D Secure fallback for older cards")
    },
    Flight {
        person: RIKU,
        column: PRODUCTION,
        age: 12 * MINUTE,
        environments: "ddc",
        tested: 2,
        ..flight(LEDGER, "1.8.5", "Close books at local midnight")
    },
    Flight {
        column: MONITORING,
        age: 10 * HOUR,
        done: 12,
        environments: "ddd",
        tested: 2,
        commits: 5,
        ..flight(CHECKOUT, "2.14.1", "Faster basket totals")
    },
    Flight {
        person: AINO,
        column: MONITORING,
        age: 2 * DAY,
        environments: "ddr",
        tested: 2,
        failed: Some((11, "Dark mail had black text in two clients")),
        ..flight(NOTIFY, "0.12.2", "Mail templates with dark mode")
    },
];

/// Those that a sample has: something in most columns, something that failed, and no name of a person.
const SAMPLE: [usize; 7] = [0, 1, 3, 5, 6, 9, 12];

pub(super) fn plan(planner: &mut Planner) {
    all(planner, FLIGHTS.iter());
}

pub(super) fn plan_sample(planner: &mut Planner) {
    all(planner, SAMPLE.iter().filter_map(|place| FLIGHTS.get(*place)));
}

fn all<'a>(planner: &mut Planner, flights: impl Iterator<Item = &'a Flight>) {
    let mut rank = rank::between(None, None);
    for flight in flights {
        one(planner, flight, &rank);
        rank = rank::between(Some(&rank), None);
    }
}

fn one(planner: &mut Planner, flight: &Flight, rank: &str) {
    let (person, entered) = (flight.person, planner.now.plus(-flight.age));
    // Each stretch before it came to its column took a working day or so.
    let stretch = 7 * HOUR + planner.random.between(0, 20) * 11 * MINUTE;
    let steps = i64::try_from(flight.column).unwrap_or_default();
    let opened = entered.plus(-stretch * steps);
    let changes = changes(planner, flight.service, opened, flight.commits);
    let Flight { service, version, title, .. } = *flight;
    let new = NewCard { service, version, title, changes, steps: STEPS, rollback: ROLLBACK };
    let Some(mut card) = planner.open(opened, person, new) else { return };
    for label in flight.labels {
        planner.label(opened.plus(MINUTE), person, &card, *label);
    }
    for (stage, state) in [Stage::Build, Stage::Test].into_iter().zip(flight.stages.chars()) {
        mark(planner, opened.plus(2 * MINUTE), person, &card, stage, state);
    }
    roll_out(planner, flight, &mut card, opened, stretch);
    // While it is still being rolled out, so that the card stays where it is until it is moved.
    let tested = opened.plus(stretch * 2).min(entered).plus(2 * MINUTE);
    for (testing, _) in [Testing::Automated, Testing::Manual].into_iter().zip(0..flight.tested) {
        planner.test(tested, person, &card, testing);
    }
    check(planner, flight, &card, opened, entered);
    // Its place among the cards of its column; the way in already brought most of them there.
    let placed =
        if [APPROVAL, MONITORING].contains(&flight.column) { entered } else { planner.now.plus(-MINUTE) };
    planner.move_to(placed, person, &mut card, flight.column, rank);
}

fn mark(planner: &mut Planner, at: Timestamp, person: usize, card: &Card, stage: Stage, state: char) {
    match state {
        'd' => planner.mark(at, person, card, stage, StageState::Passed),
        'c' => planner.mark(at, person, card, stage, StageState::Running),
        _ => {}
    }
}

fn roll_out(planner: &mut Planner, flight: &Flight, card: &mut Card, opened: Timestamp, stretch: i64) {
    let tiers = [(Tier::Development, 1), (Tier::Staging, 2), (Tier::Production, 4)];
    for ((tier, step), state) in tiers.into_iter().zip(flight.environments.chars()) {
        let begins = opened.plus(stretch * step);
        if tier == Tier::Production && state != '-' {
            planner.approve(begins.plus(-MINUTE), flight.person, card);
        }
        let mut report = |at, phase, note| planner.report(at, flight.person, card, tier, phase, note);
        match state {
            'd' => {
                report(begins, Phase::Started, None);
                report(begins.plus(6 * MINUTE), Phase::Succeeded, None);
            }
            'c' => report(begins, Phase::Started, None),
            'f' => {
                report(begins, Phase::Started, None);
                report(begins.plus(9 * MINUTE), Phase::Failed, Some("Smoke test failed"));
            }
            'r' => {
                report(begins, Phase::Started, None);
                report(begins.plus(5 * MINUTE), Phase::Failed, Some("Unreadable mails in two clients"));
                report(begins.plus(14 * MINUTE), Phase::RolledBack, Some("Back on 0.12.1"));
            }
            _ => {}
        }
    }
}

/// Checks are done in their order, by several people; the one that failed is passed over.
fn check(planner: &mut Planner, flight: &Flight, card: &Card, opened: Timestamp, entered: Timestamp) {
    let failed = flight.failed.map(|(check, _)| check);
    let chosen: Vec<_> = (0..13).filter(|check| Some(*check) != failed).take(flight.done).collect();
    let from = opened.plus(3 * MINUTE);
    // What comes after production is checked once it is there.
    for check in chosen {
        let (from, until) = if check >= 9 {
            (entered.plus(20 * MINUTE), planner.now.plus(-HOUR))
        } else {
            (from, entered.plus(4 * MINUTE))
        };
        let number = i64::try_from(check).unwrap_or_default();
        let at = from.plus(until.since(from) * number / 13);
        tick(planner, card, check..check + 1, at, at);
    }
    if let Some((check, why)) = flight.failed {
        planner.attest(entered.plus(10 * MINUTE), flight.person, card, check, CheckState::Failed, Some(why));
    }
}
