//! The live hub: what was committed goes out to every open stream, in the order of the log.
//!
//! It keeps a bounded number of batches. Who falls further behind is told so, and catches up from the log.

use std::sync::Arc;

use slipway_shared::log::StoredEvent;
use tokio::sync::broadcast;

/// How many batches a reader may be behind.
const BACKLOG: usize = 256;

/// What was committed together, already in its form on the wire.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Its newest event.
    pub(crate) last: u64,
    /// Its events as a JSON array; `None` where the log goes on on another timeline, and every stream ends.
    pub(crate) json: Option<String>,
}

/// Passes committed events on.
#[derive(Clone, Debug)]
pub(crate) struct Hub(broadcast::Sender<Arc<Batch>>);

impl Hub {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }

    /// Passes on what was just committed. Costs next to nothing while nobody listens.
    pub(crate) fn publish<'a>(&self, last: u64, events: impl Iterator<Item = &'a StoredEvent>) {
        if self.0.receiver_count() == 0 {
            return;
        }
        let events: Vec<_> = events.collect();
        // Events are texts and hashes: none can fail to be JSON.
        let json = serde_json::to_string(&events).unwrap_or_default();
        // Nobody listening any more is no error.
        drop(self.0.send(Arc::new(Batch { last, json: Some(json) })));
    }

    /// Ends every stream: whoever follows has to say hello.
    pub(crate) fn cut(&self) {
        drop(self.0.send(Arc::new(Batch { last: u64::MAX, json: None })));
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Batch>> {
        self.0.subscribe()
    }
}
