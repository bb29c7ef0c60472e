//! Tries to get in that failed, for the log of accounts: counted in memory and written once a minute, so that whoever
//! tries a thousand times makes no thousand rows, and whoever tries from a thousand networks no thousand either.
//!
//! A server that is killed loses the count of the last minute; one that stops writes it.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use slipway_shared::ids::AccountId;
use slipway_shared::time::Timestamp;

use super::Peer;
use crate::accounts::rates::network;
use crate::app::App;
use crate::error::Failure;
use crate::routes::blocking;
use crate::store::StoreError;
use crate::store::accounts::FailedTries;
use crate::store::sqlite::Accounts;

const EVERY: Duration = Duration::from_secs(60);
/// How many accounts and networks are told apart within a minute.
const MOST_KEYS: usize = 1_000;
/// How many rows a minute may make; the rest is counted in one more.
const MOST_ROWS: usize = 10;

/// An account and a network, by a number that tells no address.
type Key = (Option<AccountId>, Option<u64>);

/// Counts tries that failed.
pub(crate) struct Failures {
    /// Keyed at random when the server starts: nobody can find out which network a number is, and one network has one
    /// number for as long as the server runs.
    hasher: RandomState,
    counts: Mutex<HashMap<Key, u64>>,
}

impl Failures {
    pub(crate) fn new() -> Self {
        Self { hasher: RandomState::new(), counts: Mutex::default() }
    }

    /// Counts a try. `account` is whose name was given, where there is such a one.
    pub(crate) fn count(&self, account: Option<AccountId>, address: IpAddr) {
        let key = (account, Some(self.hasher.hash_one(network(address))));
        let mut counts = self.counts();
        let has_room = counts.len() < MOST_KEYS || counts.contains_key(&key);
        *counts.entry(if has_room { key } else { (None, None) }).or_default() += 1;
    }

    /// Writes what was counted into the log of accounts. What can't be written is counted on.
    pub(crate) fn write(&self, accounts: &Accounts, now: Timestamp) -> Result<(), StoreError> {
        let taken = std::mem::take(&mut *self.counts());
        if taken.is_empty() {
            return Ok(());
        }
        let written = accounts.record_failures(&rows(&taken), now);
        if written.is_err() {
            let mut counts = self.counts();
            for (key, count) in taken {
                *counts.entry(key).or_default() += count;
            }
        }
        written
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Key, u64>> {
        // Whoever panicked has left numbers behind, each as good as before.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the rows of a minute, the most tries first.
fn rows(counts: &HashMap<Key, u64>) -> Vec<FailedTries> {
    let mut rows: Vec<_> = counts.iter().map(|(key, count)| (*count, *key)).collect();
    rows.sort_by(|(one, one_key), (other, other_key)| other.cmp(one).then(one_key.cmp(other_key)));
    let rest: u64 = rows.iter().skip(MOST_ROWS).map(|(count, _)| count).sum();
    let told = rows.iter().take(MOST_ROWS).map(|(count, (account, network))| FailedTries {
        account: *account,
        network: network.map(|number| format!("{number:016x}")),
        count: *count,
    });
    let together = FailedTries { account: None, network: None, count: rest };
    told.chain((rest > 0).then_some(together)).collect()
}

/// Notes why somebody did not get in, where it was a wrong name, password or code.
pub(crate) fn note(app: &App, account: Option<AccountId>, peer: Peer, failure: &Failure) {
    if failure.is_wrong_proof() {
        app.failures().count(account, peer.address);
    }
}

/// Writes what was counted once a minute, for as long as it is polled.
pub(crate) async fn keep(app: App) {
    loop {
        tokio::time::sleep(EVERY).await;
        let writing = app.clone();
        let written = blocking(move || writing.failures().write(&writing.accounts(), writing.clock().now()));
        if written.await.is_err() {
            tracing::warn!("noting tries that failed waits for the next minute");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(number).into()
    }

    fn told(failures: &Failures) -> Vec<FailedTries> {
        rows(&failures.counts())
    }

    #[test]
    fn tries_of_one_account_from_one_network_are_one_row() {
        let (failures, ada) = (Failures::new(), Some(AccountId::from_u128(1)));
        (0..7).for_each(|_| failures.count(ada, ip(1)));
        failures.count(ada, ip(2));
        failures.count(None, ip(1));
        let rows = told(&failures);
        let seen: Vec<_> = rows.iter().map(|row| (row.account, row.count)).collect();
        assert_eq!(seen[0], (ada, 7));
        assert_eq!(seen.len(), 3);
        let network = |account, count| {
            rows.iter().find(|row| (row.account, row.count) == (account, count)).unwrap().network.clone()
        };
        assert_eq!(network(ada, 7), network(None, 1), "the same network by the same text");
        assert_ne!(network(ada, 7), network(ada, 1));
    }

    #[test]
    fn no_address_can_be_found_out_with_another_server() {
        let (one, other) = (Failures::new(), Failures::new());
        one.count(None, ip(1));
        other.count(None, ip(1));
        assert_ne!(told(&one)[0].network, told(&other)[0].network);
    }

    #[test]
    fn a_flood_makes_few_rows_and_loses_no_count() {
        let failures = Failures::new();
        let tries = 5_000_u32;
        (0..tries).for_each(|number| failures.count(Some(AccountId::from_u128(number.into())), ip(number)));
        assert!(failures.counts().len() <= MOST_KEYS + 1);
        let rows = told(&failures);
        assert_eq!(rows.len(), MOST_ROWS + 1);
        assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), u64::from(tries));
    }
}
