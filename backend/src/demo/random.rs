//! A generator that gives the same numbers everywhere, for ever: `SplitMix64`.

pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from `low` on, below `high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = (high - low).max(1).unsigned_abs();
        low.saturating_add_unsigned(self.next() % width)
    }

    /// Comes true in `percent` of a hundred cases.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.between(0, 100) < percent
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let index = usize::try_from(self.next() % (from.len() as u64).max(1)).ok()?;
        from.get(index).copied()
    }

    /// Returns an id of version 4, as far as its bits say.
    pub(super) fn id(&mut self) -> u128 {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        (bits & !(0xf << 76) & !(0b11 << 62)) | (4 << 76) | (0b10 << 62)
    }

    /// Returns the hash of a commit nobody made.
    pub(super) fn commit(&mut self) -> String {
        let (high, low) = (u128::from(self.next()) << 64 | u128::from(self.next()), self.next() >> 32);
        format!("{high:032x}{low:08x}")
    }
}
