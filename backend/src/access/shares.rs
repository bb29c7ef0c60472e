//! How much somebody may have of what there is only so much of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::places::release;

/// Counts what is taken, by who has it.
#[derive(Default)]
pub(crate) struct Shares(Mutex<HashMap<u128, usize>>);

/// One that is taken; it is free again when this is dropped.
pub(crate) struct Share {
    shares: Arc<Shares>,
    whose: u128,
}

impl Shares {
    /// Takes one for somebody who may have `most`; `None` where they have as many.
    pub(crate) fn take(self: &Arc<Self>, whose: u128, most: usize) -> Option<Share> {
        let mut taken = self.lock();
        let count = taken.entry(whose).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Share { shares: Arc::clone(self), whose })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u128, usize>> {
        // Whoever panicked has left numbers behind, each as good as before.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        release(&mut self.shares.lock(), &self.whose);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_their_own_and_gives_it_back() {
        let shares = Arc::new(Shares::default());
        let held = [shares.take(1, 2), shares.take(1, 2)];
        assert!(held.iter().all(Option::is_some));
        assert!(shares.take(1, 2).is_none() && shares.take(2, 2).is_some());
        drop(held);
        assert!(shares.lock().is_empty());
    }
}
