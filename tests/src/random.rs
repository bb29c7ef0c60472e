//! Random numbers that can be had again: every test prints its seed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A generator (`SplitMix64`). The same seed gives the same numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Begins with the seed in `SLIPWAY_SEED`, or a new one, and prints it under `name`.
    #[must_use]
    #[expect(clippy::print_stderr, reason = "the seed has to be in the report of a failed test")]
    pub fn announced(name: &str) -> Self {
        let given = std::env::var("SLIPWAY_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(fresh_seed);
        eprintln!("{name}: seed {seed} (again with SLIPWAY_SEED={seed})");
        Self::seeded(seed)
    }

    /// Begins with a seed that nobody needs to know.
    #[must_use]
    pub fn fresh() -> Self {
        Self(fresh_seed())
    }

    /// Begins with `seed`.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        usize::try_from(self.next() % limit).unwrap_or_default()
    }

    /// Returns one of `items`; `None` when there is none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() {
            return None;
        }
        items.get(self.below(items.len()))
    }

    /// Returns a number for a new id, in the form of a `UUIDv7` so that it looks like what the app mints.
    pub fn id(&mut self) -> u128 {
        let random = (u128::from(self.next()) << 64) | u128::from(self.next());
        let stamp = u128::from(now_ms().unsigned_abs()) << 80;
        let rest = random & 0x0000_0000_0000_0fff_3fff_ffff_ffff_ffff;
        stamp | 0x7000_8000_0000_0000_0000 | rest
    }

    /// Branches off a generator with numbers of its own.
    pub const fn fork(&mut self) -> Self {
        Self(self.next())
    }
}

/// Returns the time in milliseconds since 1970.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Differs between processes, moments and calls.
fn fresh_seed() -> u64 {
    static CALLS: AtomicU64 = AtomicU64::new(1);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let call = CALLS.fetch_add(1, Ordering::Relaxed) << 48;
    u64::from(since.subsec_nanos()) ^ (u64::from(std::process::id()) << 30) ^ call
}
