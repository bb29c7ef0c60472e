//! Who was let in a moment ago. Looking a caller up costs a fifth of a small write, and a browser that is at work asks
//! many times a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use slipway_shared::canonical::Hash;
use slipway_shared::time::Timestamp;
use tokio::time::Instant;

use super::Caller;
use super::let_in::GOOD_FOR;
use crate::store::accounts::Membership;

/// How many are known at most; where there are more it begins anew.
const MOST: usize = 4096;

/// What was true when somebody was looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsOf {
    /// How much this process had written about accounts.
    pub(crate) writes: u64,
    /// How much had ended, also by other processes.
    pub(crate) endings: i64,
    pub(crate) looked: Instant,
}

/// A caller, as they were looked up.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) caller: Caller,
    pub(crate) memberships: Arc<[Membership]>,
    pub(crate) as_of: AsOf,
}

/// Those who were let in a moment ago, by the hash of their secret.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<HashMap<[u8; 32], Known>>);

impl Recent {
    /// Returns a caller who is known to be let in still: nothing was written or ended since, their time is not over, and
    /// there is nothing to be noted of their coming.
    pub(crate) fn get(&self, key: &Hash, present: AsOf, now: Timestamp) -> Option<Known> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(&key.0)?;
        let AsOf { writes, endings, looked } = known.as_of;
        let is_same = writes == present.writes && endings == present.endings;
        let is_new = present.looked.saturating_duration_since(looked) < GOOD_FOR;
        let is_good = is_same && is_new && now < known.caller.ends() && known.caller.is_use_noted(now);
        is_good.then(|| known.clone())
    }

    pub(crate) fn keep(&self, key: Hash, known: &Known) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(key.0, known.clone());
    }
}
