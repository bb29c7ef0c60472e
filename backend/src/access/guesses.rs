//! Secrets of sessions and tokens that nobody has: how many of them an address may try before nobody looks them up.
//!
//! A guess can't be right, since secrets have 256 bits. But each would cost a read of the file, and everybody waits for
//! those. A secret that was right before is never held up by the guesses of others at the same address.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use slipway_shared::canonical::Hash;

use crate::accounts::rates::Rates;

/// How many secrets are remembered, as hashes. Above that they are forgotten, and counted once more.
const MOST_KNOWN: usize = 20_000;

/// Remembers the secrets that were right.
#[derive(Default)]
pub(crate) struct Guesses {
    known: Mutex<HashSet<[u8; 32]>>,
}

/// A secret that is looked up.
pub(crate) struct Guess<'a> {
    guesses: &'a Guesses,
    hash: Hash,
}

impl Guesses {
    /// Begins to look a secret up, by its hash. One that was not right before counts against `rates`.
    ///
    /// # Errors
    ///
    /// How many seconds to wait.
    pub(crate) fn begin(&self, hash: Hash, address: IpAddr, rates: &Rates) -> Result<Guess<'_>, u64> {
        let is_known = self.lock().contains(&hash.0);
        if !is_known {
            rates.unknown(address)?;
        }
        Ok(Guess { guesses: self, hash })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<[u8; 32]>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guess<'_> {
    /// Notes whether somebody has it.
    pub(crate) fn came_to(self, is_right: bool) {
        let hash = self.hash;
        let mut known = self.guesses.lock();
        if !is_right {
            known.remove(&hash.0);
            return;
        }
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(hash.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_is_held_up_and_who_was_right_before_is_not() {
        let (guesses, rates) = (Guesses::default(), Rates::standard());
        let here = IpAddr::from([192, 0, 2, 1]);
        let hash = |number: u64| Hash::of(&[&number.to_be_bytes()]);
        guesses.begin(hash(0), here, &rates).ok().unwrap().came_to(true);
        let tried = (1..2_000).filter(|number| {
            let guess = guesses.begin(hash(*number), here, &rates);
            guess.is_ok_and(|guess| {
                guess.came_to(false);
                true
            })
        });
        assert_eq!(tried.count(), 599);
        assert!(guesses.begin(hash(0), here, &rates).is_ok());
        assert!(guesses.begin(hash(5_000), IpAddr::from([192, 0, 2, 2]), &rates).is_ok(), "from elsewhere");
        guesses.begin(hash(0), here, &rates).ok().unwrap().came_to(false);
        assert!(guesses.begin(hash(0), here, &rates).is_err(), "it has ended");
    }
}
