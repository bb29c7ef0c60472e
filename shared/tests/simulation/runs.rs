//! Worlds from seeds; what fails is made small and printed, so that it can be kept.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::random::Random;
use super::{Sabotage, Tally, World};

/// A world: how many browsers, and what happens.
#[derive(Clone, Debug)]
pub struct Case {
    pub browsers: usize,
    pub words: Vec<u64>,
}

impl Case {
    pub fn of_seed(seed: u64, steps: usize) -> Self {
        let mut random = Random::new(seed);
        let browsers = 2 + random.below(3);
        Self { browsers, words: (0..steps).map(|_| random.next()).collect() }
    }

    /// Lives through the world. What is wrong with it is a panic.
    pub fn live(&self, sabotage: Sabotage) -> World {
        let mut world = World::new(self.browsers, sabotage);
        self.words.iter().for_each(|word| world.step(*word));
        world.rest();
        world
    }

    /// Lives through the world, and returns what happened or what was wrong.
    pub fn tried(&self, sabotage: Sabotage) -> Result<Tally, String> {
        let lived = catch_unwind(AssertUnwindSafe(|| self.live(sabotage).tally));
        lived.map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
        })
    }

    /// Leaves out what the failure does not need: halves first, then ever smaller parts. What it then fails with is
    /// the same invariant.
    pub fn shrunk(&self, sabotage: Sabotage, failure: &str) -> Self {
        let invariant = invariant(failure);
        let fails =
            |case: &Self| matches!(case.tried(sabotage), Err(other) if self::invariant(&other) == invariant);
        let mut small = self.clone();
        let mut part = small.words.len() / 2;
        let mut tries = 0;
        while part > 0 && tries < 3_000 {
            let mut place = 0;
            while place < small.words.len() {
                let mut words = small.words.clone();
                words.drain(place..(place + part).min(words.len()));
                let smaller = Self { words, ..small };
                tries += 1;
                if fails(&smaller) {
                    small = smaller;
                } else {
                    place += part;
                }
            }
            part /= 2;
        }
        small
    }

    /// As it stands in `cases.rs`.
    pub fn text(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|word| format!("0x{word:016x}")).collect();
        format!("({}, &[{}]),", self.browsers, words.join(", "))
    }
}

/// Returns the name of the invariant a failure begins with.
pub fn invariant(failure: &str) -> &str {
    failure.split_once(':').map_or(failure, |(invariant, _)| invariant)
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        let sums = [
            (&mut self.steps, other.steps),
            (&mut self.worlds, other.worlds),
            (&mut self.commands, other.commands),
            (&mut self.restores, other.restores),
            (&mut self.crashes, other.crashes),
            (&mut self.server_deaths, other.server_deaths),
            (&mut self.applied, other.applied),
            (&mut self.merged, other.merged),
            (&mut self.noop, other.noop),
            (&mut self.rejected, other.rejected),
            (&mut self.turned_away, other.turned_away),
            (&mut self.repeated, other.repeated),
        ];
        sums.into_iter().for_each(|(sum, more)| *sum += more);
    }

    /// Returns what happened, in one line. A world in which something was lost, doubled or stalled does not get here.
    pub fn line(&self) -> String {
        let Self { steps, worlds, commands, restores, crashes, server_deaths, .. } = self;
        format!(
            "simulation: {steps} steps, {worlds} worlds, {commands} commands, {restores} restores, \
             {crashes} crashes, {server_deaths} server deaths, lost 0, doubled 0, stalled 0"
        )
    }
}

/// Lives through a world for each seed.
#[track_caller]
pub fn live_through(seeds: impl Iterator<Item = u64>, steps: usize) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let case = Case::of_seed(seed, steps);
        match case.tried(Sabotage::None) {
            Ok(lived) => tally.add(&lived),
            Err(failure) => {
                let small = case.shrunk(Sabotage::None, &failure);
                let again = small.tried(Sabotage::None).err().unwrap_or_default();
                panic!(
                    "seed {seed}: {failure}\n{} steps suffice: {again}\n{}",
                    small.words.len(),
                    small.text()
                );
            }
        }
    }
    tally
}
