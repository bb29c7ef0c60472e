//! A clock that a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use slipway_shared::time::Timestamp;

use crate::clock::Clock;

pub(super) const START: i64 = 1_790_000_000_000;

/// How long after its start a test is.
#[derive(Clone, Default)]
pub(super) struct Time(Arc<AtomicI64>);

impl Time {
    pub(super) fn clock(&self) -> Clock {
        let later = Arc::clone(&self.0);
        Clock::from_fn(move || Timestamp(START + later.load(Ordering::Relaxed)))
    }

    pub(super) fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock().now()
    }
}
