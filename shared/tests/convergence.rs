//! Random deeds in several browsers while everything goes wrong that can: all end in the same state, nothing is lost,
//! nothing happens twice, nothing is overwritten in silence. The same worlds end in the same digests natively and in
//! WebAssembly.

mod simulation;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

use simulation::cases::KEPT;
use simulation::runs::Case;
use simulation::{Sabotage, Tally};

/// How many steps a world has.
const STEPS: usize = 500;

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn worlds_that_once_failed_end_well() {
    for (browsers, words) in KEPT {
        Case { browsers: *browsers, words: words.to_vec() }.live(Sabotage::None);
    }
}

/// A world in which nothing is ever refused, merged or repeated would show little.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_worlds_are_not_too_kind() {
    let mut tally = Tally::default();
    for seed in 100..120 {
        tally.add(&Case::of_seed(seed, STEPS).live(Sabotage::None).tally);
    }
    assert!(tally.applied > 200 && tally.merged > 0 && tally.noop > 0 && tally.rejected > 20, "{tally:?}");
    assert!(tally.repeated > 5 && tally.restores > 0 && tally.crashes > 5, "{tally:?}");
}

/// The fixture was written by a native run; WebAssembly has to reproduce it byte for byte. A difference is a change
/// of the model or of a rule, and then `MODEL_VERSION` and the changelog have to say so.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_same_worlds_end_in_the_same_digests_everywhere() {
    let expected: Vec<String> = serde_json::from_str(include_str!("fixtures/digests.json")).unwrap();
    let lived = (0..8).map(|seed| Case::of_seed(seed, STEPS).live(Sabotage::None));
    let found: Vec<_> = lived.map(|world| world.digest().to_string()).collect();
    assert_eq!(found, expected, "{}", serde_json::to_string_pretty(&found).unwrap());
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::fs::OpenOptions;
    use std::io::Write as _;
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::simulation::Sabotage;
    use super::simulation::runs::{Case, invariant, live_through};
    use super::{STEPS, Tally};

    /// How many worlds are lived through on every run. They are the same ones each time, so that a change is judged by
    /// what it changes; new ones are for `script/test long`.
    const WORLDS: u64 = 620;

    #[test]
    fn whatever_goes_wrong_nothing_is_lost_doubled_or_overwritten() {
        let tally = live_through(0..WORLDS, STEPS);
        assert!(tally.steps >= 300_000 && tally.turned_away > 50, "{tally:?}");
        tell(&tally, &format!("seeds 0 to {}", WORLDS - 1));
    }

    #[test]
    fn long_ten_million_steps_lose_and_double_nothing() {
        let mut tally = Tally::default();
        let fresh = seed_of_this_run();
        for part in 0..20 {
            let seeds = fresh + part * 1_000..fresh + (part + 1) * 1_000;
            tally.add(&live_through(seeds, STEPS));
        }
        assert!(tally.steps >= 10_000_000, "{tally:?}");
        tell(&tally, &format!("seeds {fresh} to {}", fresh + 19_999));
    }

    /// A simulation that finds nothing may look at nothing: each of these has to be noticed, and before long.
    #[test]
    fn what_is_switched_off_is_noticed() {
        let all = [
            Sabotage::Dedup,
            Sabotage::Fence,
            Sabotage::AtomicCursor,
            Sabotage::ConflictRecord,
            Sabotage::StaleRequests,
            Sabotage::Reoffering,
        ];
        let mut told = Vec::new();
        for sabotage in all {
            let tried = (0..60).find_map(|seed| {
                let failure = Case::of_seed(seed, STEPS).tried(sabotage).err()?;
                Some((seed + 1, failure))
            });
            let Some((worlds, failure)) = tried else { panic!("{sabotage:?} goes unnoticed") };
            told.push(format!("{sabotage:?} by \"{}\" in world {worlds}", invariant(&failure)));
        }
        total(&format!("simulation, switched off and noticed: {}", told.join(", ")));
    }

    #[expect(clippy::disallowed_methods, reason = "fresh worlds need a number that is new each time")]
    fn seed_of_this_run() -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
        // Far from the fixed ones, and short enough to be typed.
        1_000_000 + u64::try_from(now.as_millis()).expect("a few more millennia") % 1_000_000_000
    }

    fn tell(tally: &Tally, seeds: &str) {
        total(&format!("{}, {seeds}", tally.line()));
    }

    /// Says what was counted: in the file that `script/test` prints in the end.
    fn total(line: &str) {
        if let Some(path) = std::env::var_os("SLIPWAY_TOTALS") {
            let mut file = OpenOptions::new().append(true).create(true).open(path).expect("the file opens");
            file.write_all(format!("{line}\n").as_bytes()).expect("the file takes it");
        }
    }
}
