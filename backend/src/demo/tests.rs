//! The demo is the same each time, and is what the board shows.

use std::collections::BTreeSet;

use slipway_shared::canonical::Hash;
use slipway_shared::environment::Tier;
use slipway_shared::ids::EpochId;
use slipway_shared::log::Cursor;
use slipway_shared::rollout::Phase;
use slipway_shared::stage::StageState;
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::sync::protocol::OutcomeStatus;
use slipway_shared::workspace::Workspace;

use super::*;
use crate::open::sequence;

const NOW: Timestamp = Timestamp(1_795_000_000_000);

fn made() -> Workspace {
    let empty = Sequencer::new(Cursor { epoch: EpochId::from_u128(1), seq: 0, chain: Hash::ZERO });
    let (sequencer, append) = sequence(empty, &history(NOW));
    for outcome in &append.outcomes {
        assert_eq!(outcome.outcome.rejection, None, "{outcome:?}");
        assert_ne!(outcome.outcome.status, OutcomeStatus::Merged, "{outcome:?}");
    }
    sequencer.workspace
}

#[test]
fn the_demo_is_the_same_each_time_and_as_large_as_promised() {
    let demo = made();
    assert_eq!(demo.digest(), made().digest());
    assert_eq!((demo.services.len(), demo.environments.len(), demo.members.len()), (4, 3, 9));
    assert_eq!(demo.labels.len(), 3);
    let finished = demo.deployments.values().filter(|known| known.finished.is_some()).count();
    assert_eq!((finished, demo.open_deployments().count()), (400, 14));
    let names: BTreeSet<_> =
        demo.deployments.values().map(|known| (known.service, &known.version.value)).collect();
    assert_eq!(names.len(), 414, "a version twice");
    assert!(demo.deployments.values().all(|known| known.opened.at < NOW && !known.changes.is_empty()));
}

#[test]
fn some_deployments_failed_and_some_came_back() {
    let demo = made();
    let phases = demo.rollouts.values().filter(|rollout| {
        demo.environments.get(&rollout.environment).is_some_and(|known| known.tier == Tier::Production)
    });
    let (mut failed, mut back, mut all) = (0, 0, 0);
    for rollout in phases {
        all += 1;
        failed += u32::from(rollout.phase() == Phase::Failed);
        back += u32::from(rollout.phase() == Phase::RolledBack);
        assert!(rollout.started_at < NOW);
    }
    assert!(
        (380..460).contains(&all) && (8..40).contains(&failed) && (15..60).contains(&back),
        "{all} {failed} {back}"
    );
}

#[test]
fn nothing_went_past_the_gate() {
    let demo = made();
    let outside: Vec<_> = demo.rollouts.values().filter(|rollout| rollout.outside_gate).collect();
    assert_eq!(outside, Vec::<&std::sync::Arc<slipway_shared::rollout::Rollout>>::new());
}

#[test]
fn the_board_is_as_it_is_drawn() {
    let demo = made();
    let mut drawn = Vec::new();
    for column in demo.columns_in_order() {
        for id in demo.cards_in(column) {
            let Some(known) = demo.deployments.get(&id) else { continue };
            let track = demo.track(id, NOW).map(|state| match state {
                StageState::Passed => 'd',
                StageState::Running => 'c',
                StageState::Failed => 'f',
                StageState::Skipped => 's',
                StageState::NotStarted => '.',
            });
            let track: String = track.into_iter().collect();
            let name = demo.columns.get(&column).map(|column| column.name.clone()).unwrap_or_default();
            drawn.push(format!("{name} {} {track} {}", known.version.value, known.progress().done));
        }
    }
    let expected = [
        "Ready to Deploy 2.15.0 dd..... 4",
        "Ready to Deploy 7.3.1 dd..... 2",
        "Ready to Deploy 1.9.0 dc..... 1",
        "Development 7.4.0-rc.1 dd..... 3",
        "Development 0.12.4 dd..... 5",
        "Staging 2.14.3 dddc... 7",
        "Staging 1.8.6 ddf.... 4",
        "Staging 7.3.0 ddc.... 6",
        "Approval 7.2.9 ddddc.. 9",
        "Approval 0.12.3 ddddc.. 9",
        "Approval 2.14.2 ddddc.. 9",
        "Production 1.8.5 dddddc. 9",
        "Monitoring 2.14.1 ddddddc 12",
        "Monitoring 0.12.2 dddddf. 9",
    ];
    assert_eq!(drawn, expected);
}

/// What the sample leads to in a workspace of one.
fn sampled(seed: u64) -> Workspace {
    let owner = MemberId::from_u128(7);
    let empty = Sequencer::new(Cursor { epoch: EpochId::from_u128(1), seq: 0, chain: Hash::ZERO });
    let setup = crate::open::first_command("Mine", owner, NOW);
    let (begun, _) = sequence(empty, &[setup]);
    let client = slipway_shared::ids::ClientId::from_u128(8);
    let commands = sample(&begun.workspace, owner, client, NOW, seed);
    assert!(commands.iter().all(|planned| planned.actor == owner));
    let (filled, append) = sequence(begun, &commands);
    for outcome in &append.outcomes {
        assert_eq!(outcome.outcome.rejection, None, "{outcome:?}");
    }
    filled.workspace
}

#[test]
fn the_sample_is_small_and_its_owner_did_all_of_it() {
    let sample = sampled(1);
    assert_eq!((sample.services.len(), sample.labels.len(), sample.members.len()), (4, 3, 1));
    assert_eq!((sample.deployments.len(), sample.open_deployments().count()), (7, 7));
    let columns = sample.columns_in_order().into_iter();
    let cards: Vec<_> = columns.map(|column| sample.cards_in(column).len()).collect();
    assert_eq!(cards, [2, 1, 2, 1, 0, 1]);
    let changes: Vec<_> = sample.deployments.values().flat_map(|known| known.changes.iter()).collect();
    assert!(changes.len() > 10 && changes.iter().all(|change| change.author.is_none()), "nobody is made up");
    assert!(sample.services.values().all(|known| known.repository.is_none()));
    assert!(sample.rollouts.values().all(|rollout| !rollout.outside_gate));
    assert!(sample.deployments.values().all(|known| !known.sections.is_empty() && known.opened.at < NOW));
}

#[test]
fn two_samples_have_nothing_in_common_but_their_words() {
    let (first, second) = (sampled(1), sampled(2));
    assert!(first.deployments.keys().all(|id| !second.deployments.contains_key(id)));
    assert_eq!(first.deployments.len(), second.deployments.len());
}
