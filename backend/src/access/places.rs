//! How many streams somebody may hold open.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::accounts::rates::network;

/// How many streams may be open at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamLimits {
    /// Of one session or token: a browser needs one, and has it for a moment twice when a page is loaded again.
    pub(crate) per_session: usize,
    /// Of one address.
    pub(crate) per_address: usize,
}

impl StreamLimits {
    /// Those of a server that nobody configured.
    pub(crate) const STANDARD: Self = Self { per_session: 8, per_address: 64 };
}

/// Counts the streams that are open.
pub(crate) struct Places {
    limits: StreamLimits,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    by_session: HashMap<u128, usize>,
    by_address: HashMap<IpAddr, usize>,
}

/// One stream's place; it is free again when this is dropped.
pub(crate) struct Place {
    places: Arc<Places>,
    session: u128,
    address: IpAddr,
}

impl Places {
    pub(crate) fn new(limits: StreamLimits) -> Arc<Self> {
        Arc::new(Self { limits, taken: Mutex::default() })
    }

    /// Takes a place for a session or token at an address; `None` when there is none left.
    pub(crate) fn take(self: &Arc<Self>, session: u128, address: IpAddr) -> Option<Place> {
        let address = network(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |known: Option<&usize>| known.copied().unwrap_or_default();
        if count(taken.by_session.get(&session)) >= self.limits.per_session
            || count(taken.by_address.get(&address)) >= self.limits.per_address
        {
            return None;
        }
        *taken.by_session.entry(session).or_default() += 1;
        *taken.by_address.entry(address).or_default() += 1;
        Some(Place { places: Arc::clone(self), session, address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        release(&mut taken.by_session, &self.session);
        release(&mut taken.by_address, &self.address);
    }
}

pub(super) fn release<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_session_and_address_and_given_back() {
        let places = Places::new(StreamLimits { per_session: 2, per_address: 3 });
        let (here, there) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let held = [places.take(1, here), places.take(1, here)];
        assert!(held.iter().all(Option::is_some));
        assert!(places.take(1, there).is_none(), "a third one of a session");
        let third = places.take(2, here);
        assert!(third.is_some() && places.take(3, here).is_none(), "a fourth one of an address");
        assert!(places.take(3, there).is_some());
        drop(held);
        assert!(places.take(1, here).is_some());
        drop(third);
        let taken = places.taken.lock().unwrap();
        assert!(taken.by_session.is_empty() && taken.by_address.is_empty());
    }
}
