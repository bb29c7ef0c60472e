//! Deciding, applying and rebasing, natively: at 10,000 deployments beside a hundred, and against the budget.

use std::time::Instant;

use slipway_shared::canonical::Hash;
use slipway_shared::ids::{ClientId, CommandKey, EpochId};
use slipway_shared::log::{Cursor, EventHeader, store};
use slipway_shared::sync::replica::{Replica, Submission};
use slipway_shared::time::Timestamp;
use slipway_tests::commands::{open_bare, retitle};
use slipway_tests::random::{Random, now_ms};

use crate::report::{Report, Target, median, ms};
use crate::world::{act, context, in_memory};

const ROUNDS: usize = 7;
const COMMANDS: usize = 1_000;

/// Measures the domain.
pub fn measure(report: &mut Report) {
    let few = decide_and_apply(100);
    let many = decide_and_apply(10_000);
    report.add("decide and apply at 10,000 deployments", "µs", many, ("budget", 200.0), Target::AtMost(1.0));
    report.add("decide and apply at 10,000 deployments", "µs", many, ("the same at 100", few), Target::None);
    let few = rebase(100);
    let many = rebase(10_000);
    let frames = ("two frames", 33.3);
    report.add("rebase of 1,000 pending on 10,000 deployments", "ms", many, frames, Target::AtMost(1.0));
    report.add(
        "rebase of 1,000 pending on 10,000 deployments",
        "ms",
        many,
        ("the same on 100", few),
        Target::None,
    );
}

/// Returns the time of one command, retitling and opening in turn.
fn decide_and_apply(count: usize) -> f64 {
    let mut random = Random::seeded(7);
    let (workspace, ids) = in_memory(&mut random, count);
    let rounds = (0..ROUNDS).map(|round| {
        let mut workspace = workspace.clone();
        let open = ids.get(..count.min(crate::world::OPEN)).unwrap();
        let all: Vec<_> = (0..COMMANDS)
            .map(|number| match number % 4 {
                0 => open_anything(&workspace, &mut random, number),
                _ => retitle(*random.pick(open).unwrap(), &format!("title {round} {number}")),
            })
            .collect();
        let start = Instant::now();
        for (command, seq) in all.iter().zip(1_000_000..) {
            act(&mut workspace, seq, command);
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(COMMANDS).unwrap())
    });
    median(rounds.collect())
}

fn open_anything(
    workspace: &slipway_shared::workspace::Workspace,
    random: &mut Random,
    number: usize,
) -> slipway_shared::command::Command {
    let service = *workspace.services.keys().next().unwrap();
    let column = slipway_tests::commands::first_queue(workspace);
    open_bare(
        slipway_shared::ids::DeploymentId::from_u128(random.id()),
        service,
        column,
        &format!("9.{number}.0"),
    )
}

/// Returns how long a replica with 1,000 pending commands takes for one event from elsewhere.
fn rebase(count: usize) -> f64 {
    let mut random = Random::seeded(8);
    let (workspace, ids) = in_memory(&mut random, count);
    let cursor = Cursor { epoch: EpochId::from_u128(1), seq: 1_000_000, chain: Hash::ZERO };
    let mut replica = Replica::new(workspace, Some(cursor), Vec::new());
    let client = ClientId::from_u128(2);
    let open = ids.get(..count.min(crate::world::OPEN)).unwrap();
    for seq in 1..=COMMANDS as u64 {
        let key = CommandKey { client, seq };
        let command = retitle(*random.pick(open).unwrap(), &format!("pending {seq}"));
        replica.submit(Submission { key, at: Timestamp(now_ms()), seen: None }, command).unwrap();
    }
    let mut cursor = cursor;
    let rounds = (0..ROUNDS as u64).map(|round| {
        let context = context(2_000_000 + round);
        let command = retitle(*random.pick(open).unwrap(), &format!("from elsewhere {round}"));
        let event =
            slipway_shared::decide::decide(replica.confirmed(), &context, &command).unwrap().remove(0);
        let header = EventHeader {
            seq: cursor.seq + 1,
            kind: event.kind().to_owned(),
            v: event.version(),
            command: context.command,
            actor: context.actor,
            device: None,
            carried_by: None,
            at: context.now,
            effective: context.now,
            received: context.now,
            more: 0,
        };
        let stored = store(cursor.chain, &header, &event).unwrap();
        cursor = Cursor { seq: header.seq, chain: stored.chain, ..cursor };
        let start = Instant::now();
        replica.receive(&[stored]).unwrap();
        ms(start.elapsed())
    });
    let rounds = rounds.collect();
    assert_eq!(replica.pending().len(), COMMANDS);
    median(rounds)
}
