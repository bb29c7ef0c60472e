//! How many connections there may be: in all, and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::accounts::client_ip::TrustedProxies;
use crate::accounts::rates::network;

type Counts = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// Places for connections.
pub(super) struct Places {
    all: Arc<Semaphore>,
    most_per_address: usize,
    taken: Counts,
    trusted: TrustedProxies,
}

/// A place that nobody has come for yet.
pub(super) struct Free(OwnedSemaphorePermit);

/// A place that is taken; it is free again once this is dropped.
pub(super) struct Place {
    _place: OwnedSemaphorePermit,
    counted: Option<(IpAddr, Counts)>,
}

impl Places {
    /// Has `most` places, `most_per_address` of them for one address; or any number for this computer and for
    /// trusted proxies, through whom everybody comes.
    pub(super) fn new(most: usize, most_per_address: usize, trusted: TrustedProxies) -> Self {
        Self { all: Arc::new(Semaphore::new(most)), most_per_address, taken: Counts::default(), trusted }
    }

    /// Waits for a place.
    pub(super) async fn free(&self) -> Option<Free> {
        Arc::clone(&self.all).acquire_owned().await.ok().map(Free)
    }

    /// Gives a place to an address; `None` where it has as many as it may.
    pub(super) fn take(&self, Free(place): Free, address: IpAddr) -> Option<Place> {
        if address.to_canonical().is_loopback() || self.trusted.contains(address) {
            return Some(Place { _place: place, counted: None });
        }
        let address = network(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(address).or_default();
        if *count >= self.most_per_address {
            return None;
        }
        *count += 1;
        Some(Place { _place: place, counted: Some((address, Arc::clone(&self.taken))) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((address, taken)) = &self.counted else { return };
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn take(places: &Places, address: &str) -> Option<Place> {
        let free = places.free().await.unwrap();
        places.take(free, address.parse().unwrap())
    }

    #[tokio::test]
    async fn an_address_has_only_so_many_and_gets_them_back() {
        let places = Places::new(100, 2, TrustedProxies::none());
        let first = take(&places, "203.0.113.7").await;
        let second = take(&places, "::ffff:203.0.113.7").await;
        assert!(first.is_some() && second.is_some());
        assert!(take(&places, "203.0.113.7").await.is_none());
        assert!(take(&places, "203.0.113.8").await.is_some());
        drop(first);
        let again = take(&places, "203.0.113.7").await;
        assert!(again.is_some());
        drop((second, again));
        assert!(places.taken.lock().unwrap().is_empty());
        assert_eq!(places.all.available_permits(), 100);
    }

    #[tokio::test]
    async fn half_an_ipv6_address_counts_as_one() {
        let places = Places::new(100, 1, TrustedProxies::none());
        let _first = take(&places, "2001:db8::1").await;
        assert!(take(&places, "2001:db8::2").await.is_none());
        assert!(take(&places, "2001:db8:0:1::1").await.is_some());
    }

    #[tokio::test]
    async fn this_computer_and_trusted_proxies_have_all() {
        let places = Places::new(100, 1, TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]));
        let mut taken = Vec::new();
        for address in ["127.0.0.1", "127.0.0.1", "::1", "::1", "10.0.0.1", "10.0.0.1"] {
            taken.extend(take(&places, address).await);
        }
        assert_eq!(taken.len(), 6);
    }
}
