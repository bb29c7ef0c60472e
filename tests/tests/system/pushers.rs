//! Some people who work without pause while something else happens to the server or the network.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use slipway_shared::ids::{CommandKey, EpochId};
use slipway_shared::sync::protocol::Outcome;
use slipway_tests::api::RequestError;
use slipway_tests::pusher::{self, Pusher};
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

/// What the pushers share.
#[derive(Default)]
pub(crate) struct Shared {
    stop: AtomicBool,
    /// Pushes that were acknowledged.
    pub(crate) pushes: AtomicUsize,
    /// Tries that brought no answer to work with.
    pub(crate) cut: AtomicUsize,
    acknowledged: Mutex<BTreeMap<CommandKey, Outcome>>,
}

/// Some pushers at work.
pub(crate) struct Crew {
    pub(crate) shared: Arc<Shared>,
    pub(crate) epoch: EpochId,
    threads: Vec<JoinHandle<()>>,
}

impl Crew {
    /// Prepares a server and sets `count` pushers to work, that reach it at `address`.
    pub(crate) fn start(server: &TestServer, address: SocketAddr, random: &mut Random, count: usize) -> Self {
        let works = pusher::prepare(server.address(), random, count);
        let (epoch, shared) = (works.first().unwrap().epoch, Arc::new(Shared::default()));
        let threads = works.into_iter().map(|work| {
            let (pusher, shared) = (Pusher::new(address, work, random.fork()), Arc::clone(&shared));
            std::thread::spawn(move || shared.work(pusher))
        });
        let threads = threads.collect();
        Self { shared, epoch, threads }
    }

    /// Returns what was acknowledged so far.
    pub(crate) fn acknowledged(&self) -> BTreeMap<CommandKey, Outcome> {
        self.shared.acknowledged.lock().unwrap().clone()
    }

    /// Lets everybody finish what they have in hand, and returns what was acknowledged.
    pub(crate) fn stop(self) -> BTreeMap<CommandKey, Outcome> {
        self.shared.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().unwrap();
        }
        self.shared.acknowledged.lock().unwrap().clone()
    }
}

impl Shared {
    fn work(&self, mut pusher: Pusher) {
        while !self.stop.load(Ordering::Relaxed) {
            wait::until("a push to be acknowledged", || match pusher.push() {
                Ok(()) => Some(()),
                // No answer, or one of somebody else.
                Err(RequestError::Unreachable(_) | RequestError::Unreadable(_)) => {
                    self.cut.fetch_add(1, Ordering::Relaxed);
                    None
                }
                Err(other) => panic!("{other:?}"),
            });
            self.pushes.fetch_add(1, Ordering::Relaxed);
            self.acknowledged.lock().unwrap().append(&mut pusher.acknowledged);
        }
    }
}
