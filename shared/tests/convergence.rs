//! Random deeds on several devices over a bad network: all end in the same state, nothing is lost, nothing happens
//! twice. The same worlds end in the same digests natively and in WebAssembly.

mod simulation;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

use simulation::{Tally, Weather, World};

const CALM: Weather = Weather { lost: 0, repeated: 0, longest_delay_ms: 20 };
const BAD: Weather = Weather { lost: 12, repeated: 15, longest_delay_ms: 400 };
const TERRIBLE: Weather = Weather { lost: 45, repeated: 30, longest_delay_ms: 4_000 };

/// Runs a world to its end and returns the digest all devices agree on.
#[track_caller]
fn check(seed: u64, devices: u64, weather: Weather, steps: usize) -> String {
    let mut world = World::new(seed, devices, weather);
    world.run(steps);
    world.settle();
    assert!(world.commands() > 0, "a world without deeds shows nothing");
    world.verify().to_string()
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn devices_converge_in_calm_weather() {
    for seed in 0..20 {
        check(seed, 3, CALM, 300);
    }
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn devices_converge_in_bad_weather() {
    for seed in 100..140 {
        check(seed, 4, BAD, 400);
    }
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn devices_converge_in_terrible_weather() {
    for seed in 200..220 {
        check(seed, 5, TERRIBLE, 600);
    }
}

/// A world in which nothing is ever refused, merged or repeated would show little.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_worlds_are_not_too_kind() {
    let mut tally = Tally::default();
    for seed in 100..110 {
        let mut world = World::new(seed, 4, BAD);
        world.run(400);
        tally.add(&world);
    }
    assert!(tally.applied > 200 && tally.merged > 0 && tally.noop > 0 && tally.rejected > 20, "{tally:?}");
    assert!(tally.repeated > 20, "{tally:?}");
}

/// The fixture was written by a native run; WebAssembly has to reproduce it byte for byte. A difference is a change
/// of the model or of a rule, and then `MODEL_VERSION` and the changelog have to say so.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_same_worlds_end_in_the_same_digests_everywhere() {
    let expected: Vec<String> = serde_json::from_str(include_str!("fixtures/digests.json")).unwrap();
    let found: Vec<_> = (0..8).map(|seed| check(seed, 3, BAD, 400)).collect();
    assert_eq!(found, expected);
}
