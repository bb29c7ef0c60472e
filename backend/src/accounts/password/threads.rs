//! The threads that passwords are hashed on, each with its memory.
//!
//! Always the same few: an allocator keeps what it was given for each thread that asked, and does not reuse what is aligned
//! as blocks have to be. Among the hundreds of threads of a pool that came to 2.5 GiB while somebody guessed passwords.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use argon2::Block;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// How long a thread without work keeps its memory.
const KEPT: Duration = Duration::from_secs(10);

/// The memory of one thread.
pub(super) struct Memory {
    pub(super) blocks: Vec<Block>,
    /// How many hashes all of the threads have computed.
    computed: Arc<AtomicUsize>,
}

impl Memory {
    /// Counts a hash that was computed in it.
    pub(super) fn count(&self) {
        self.computed.fetch_add(1, Ordering::Relaxed);
    }
}

/// The turn of a piece of work: given back once its thread is free.
pub(super) type Turn = (OwnedSemaphorePermit, OwnedSemaphorePermit);

struct Job {
    work: Box<dyn FnOnce(&mut Memory) + Send>,
    turn: Turn,
    /// The way to the thread that does it.
    thread: Sender<Self>,
}

type Idle = Mutex<Vec<Sender<Job>>>;

/// A few threads. They end with the last handle to them.
#[derive(Clone, Debug)]
pub(super) struct Threads {
    idle: Arc<Idle>,
    #[cfg_attr(not(test), expect(dead_code, reason = "who tests asks how many hashes were computed"))]
    computed: Arc<AtomicUsize>,
}

impl Threads {
    /// Starts `count` of them, as far as the system has any to give.
    pub(super) fn start(count: usize) -> Self {
        let idle = Arc::new(Mutex::new(Vec::with_capacity(count)));
        let computed = Arc::default();
        for number in 0..count {
            let (thread, jobs) = mpsc::channel();
            let back = Arc::downgrade(&idle);
            let memory = Memory { blocks: Vec::new(), computed: Arc::clone(&computed) };
            let named = std::thread::Builder::new().name(format!("password {number}"));
            match named.spawn(move || work(&jobs, memory, &back)) {
                Ok(_) => lock(&idle).push(thread),
                Err(error) => tracing::warn!(%error, "a thread for passwords could not be started"),
            }
        }
        Self { idle, computed }
    }

    /// Returns how many hashes were computed so far.
    #[cfg(test)]
    pub(super) fn computed(&self) -> usize {
        self.computed.load(Ordering::Relaxed)
    }

    /// Runs `work` on one that is free; it goes on when nobody waits for it any more. `None` where none is free, or the
    /// work panicked.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        turn: Turn,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Option<T> {
        let (tell, told) = oneshot::channel();
        let thread = lock(&self.idle).pop()?;
        let work = Box::new(move |memory: &mut Memory| drop(tell.send(work(memory))));
        thread.send(Job { work, turn, thread: thread.clone() }).ok()?;
        told.await.ok()
    }
}

fn lock(idle: &Idle) -> MutexGuard<'_, Vec<Sender<Job>>> {
    // Whoever panicked has left a list that is right.
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work(jobs: &Receiver<Job>, mut memory: Memory, idle: &Weak<Idle>) {
    loop {
        let next = match jobs.recv_timeout(KEPT) {
            Err(RecvTimeoutError::Timeout) => {
                memory.blocks = Vec::new();
                jobs.recv().ok()
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Ok(job) => Some(job),
        };
        let Some(Job { work, turn, thread }) = next else { return };
        // Whoever waits is told by the channel that is dropped; the thread goes on with the next.
        drop(catch_unwind(AssertUnwindSafe(|| work(&mut memory))));
        // Free before its turn is somebody else's.
        if let Some(idle) = idle.upgrade() {
            lock(&idle).push(thread);
        }
        drop(turn);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tokio::sync::Semaphore;

    use super::*;

    /// Gives turns, as many at a time as asked for.
    #[derive(Clone)]
    struct Turns(Arc<Semaphore>, Arc<Semaphore>);

    impl Turns {
        fn of(count: usize) -> Self {
            Self(Arc::new(Semaphore::new(count)), Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)))
        }

        async fn next(&self) -> Turn {
            let permit = |of: &Arc<Semaphore>| Arc::clone(of).acquire_owned();
            (permit(&self.0).await.unwrap(), permit(&self.1).await.unwrap())
        }
    }

    #[tokio::test]
    async fn work_that_panics_is_told_and_the_thread_goes_on() {
        let (threads, turns) = (Threads::start(1), Turns::of(1));
        assert_eq!(threads.run(turns.next().await, |_| -> u8 { std::panic::panic_any(()) }).await, None);
        assert_eq!(threads.run(turns.next().await, |_| 7).await, Some(7));
    }

    #[tokio::test]
    async fn without_threads_nothing_is_run() {
        let turns = Turns::of(1);
        assert_eq!(Threads::start(0).run(turns.next().await, |_| 7).await, None);
    }

    #[tokio::test]
    async fn a_turn_always_finds_a_thread_and_its_memory() {
        let (threads, turns) = (Threads::start(2), Turns::of(2));
        // All of them are begun before the first is waited for.
        let mut all = Vec::with_capacity(200);
        for _ in 0..200 {
            let (threads, turns) = (threads.clone(), turns.clone());
            all.push(tokio::spawn(async move {
                let turn = turns.next().await;
                let seen = threads.run(turn, |memory| {
                    memory.blocks.resize(4, Block::default());
                    (std::thread::current().id(), memory.blocks.as_ptr().addr())
                });
                seen.await.unwrap()
            }));
        }
        let mut seen = BTreeSet::new();
        for one in all {
            seen.insert(format!("{:?}", one.await.unwrap()));
        }
        assert!(seen.len() <= 2, "{seen:?}");
    }
}
