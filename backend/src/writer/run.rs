//! The writer's thread: collect, decide, commit, publish, answer; and what to do when the disk says no.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use slipway_shared::ids::WorkspaceId;
use slipway_shared::sync::admission::Sequencer;
use tokio::sync::{oneshot, watch};

use super::group::{Decided, Group, Links};
use super::snapshots::Snapshots;
use super::{Health, Job, Parts, Push, PushError, Pushed, Writer, start};
use crate::clock::Clock;
use crate::live::Hub;
use crate::store::{Append, Appended, Link, Reader, Store, StoreError};

/// The most commands that are committed together.
const GROUP_COMMANDS: usize = 256;
/// The longest a group is collected.
const GROUP_TIME: Duration = Duration::from_millis(2);
/// How often a full disk is tried again.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// How often a group is decided anew because somebody else moved the head.
const TRIES: usize = 3;
/// The events whose links are kept in memory.
const RECENT: usize = 16 * 1024;

type Waiting = (Push, oneshot::Sender<Result<Pushed, PushError>>);

pub(super) struct Thread {
    pub(super) store: Box<dyn Store>,
    pub(super) links: RecentLinks,
    pub(super) workspace: WorkspaceId,
    pub(super) committed: Sequencer,
    pub(super) published: Arc<RwLock<Arc<Sequencer>>>,
    pub(super) health: watch::Sender<Health>,
    pub(super) snapshots: Snapshots,
    pub(super) clock: Clock,
    pub(super) hub: Hub,
    is_broken: Arc<AtomicBool>,
    /// How many commands the last group had: about as many are on their way again.
    last_group: usize,
}

impl Thread {
    pub(super) fn new(parts: Parts, writer: &Writer, health: watch::Sender<Health>) -> Self {
        let Parts { store, reader, head, sequencer, snapshot_seq, clock, hub, is_broken } = parts;
        Self {
            store,
            links: RecentLinks { reader, workspace: head.workspace, newest: 0, links: VecDeque::new() },
            workspace: head.workspace,
            committed: sequencer,
            published: Arc::clone(&writer.state),
            health,
            snapshots: Snapshots::new(snapshot_seq, writer.jobs.clone()),
            clock,
            hub,
            is_broken,
            last_group: 0,
        }
    }

    pub(super) fn run(mut self, queue: &Receiver<Job>) {
        loop {
            let first = match queue.recv_timeout(PROBE_EVERY) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => {
                    self.probe();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let (group, rest) = self.collect(first, queue);
            if !group.is_empty() {
                self.commit(group);
            }
            match rest {
                Some(Job::Snapshot(snapshot, generation)) => {
                    self.snapshots.made(self.workspace, (snapshot, generation), &mut *self.store);
                }
                Some(Job::Redact(asked, answer)) => {
                    // Whoever asked may have gone; what was taken out stays out.
                    drop(answer.send(self.redact(&asked)));
                }
                Some(Job::Wipe) => drop(self.wipe()),
                Some(Job::KeepDetail(detail)) => self.keep_house(|store, ws| store.keep_detail(ws, &detail)),
                Some(Job::ForgetRejections(before)) => {
                    self.keep_house(|store, ws| store.forget_rejections(ws, before).map(drop));
                }
                Some(Job::Stop) => break,
                Some(Job::Push(..)) | None => {}
            }
        }
        self.end();
    }

    /// Takes pushes off the queue, up to the first job that is none.
    fn collect(&self, first: Job, queue: &Receiver<Job>) -> (Vec<Waiting>, Option<Job>) {
        let began = Instant::now();
        let mut group = Vec::new();
        let mut commands = 0;
        let mut next = Some(first);
        while let Some(job) = next.take() {
            let Job::Push(push, answer) = job else { return (group, Some(job)) };
            commands += push.commands.len();
            group.push((push, answer));
            let left = GROUP_TIME.saturating_sub(began.elapsed());
            if commands >= GROUP_COMMANDS || left.is_zero() {
                break;
            }
            next = match queue.try_recv() {
                Ok(job) => Some(job),
                // Those who were just answered are about to come again: one sync for all of them.
                Err(TryRecvError::Empty) if commands < self.last_group => queue.recv_timeout(left).ok(),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => None,
            };
        }
        (group, None)
    }

    fn commit(&mut self, group: Vec<Waiting>) {
        let (pushes, answers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        self.last_group = pushes.iter().map(|push| push.commands.len()).sum();
        if *self.health.borrow() == Health::Failed {
            return answer_all(answers, &PushError::Indeterminate);
        }
        match self.try_commit(&pushes) {
            Ok(decided) => {
                let head = self.committed.cursor.seq;
                for (decided, answer) in decided.into_iter().zip(answers) {
                    // Nobody may be waiting any more; what was committed stays committed.
                    drop(answer.send(decided.map(|results| Pushed { results, head })));
                }
                self.snapshots.begin_if_due(&self.committed);
            }
            Err(error) => self.fail(&error, answers),
        }
    }

    fn try_commit(&mut self, pushes: &[Push]) -> Result<Vec<Decided>, StoreError> {
        for _ in 0..TRIES {
            let began = Instant::now();
            let (decided, state, append) = self.decide(pushes)?;
            let decided_in = began.elapsed();
            if append.outcomes.is_empty() {
                return Ok(decided);
            }
            match self.store.append(self.workspace, &append)? {
                Appended::Appended => {
                    self.refuse_broken()?;
                    let commands = append.outcomes.len();
                    let committed_in = began.elapsed() - decided_in;
                    tracing::debug!(commands, ?decided_in, ?committed_in, "committed");
                    self.publish(state, &append);
                    return Ok(decided);
                }
                Appended::Moved(_) => {
                    let moved = start::load(&mut *self.store, &*self.links.reader, self.workspace)?;
                    self.committed = moved.sequencer;
                }
            }
        }
        Err(StoreError::Busy)
    }

    fn decide(&mut self, pushes: &[Push]) -> Result<(Vec<Decided>, Sequencer, Append), StoreError> {
        let now = self.clock.now();
        let mut group = Group::new(&self.committed);
        let mut decided = Vec::with_capacity(pushes.len());
        for push in pushes {
            decided.push(group.take(push, now, self.workspace, &mut *self.store, &mut self.links)?);
        }
        let (state, append) = group.finish();
        Ok((decided, state, append))
    }

    fn publish(&mut self, state: Sequencer, append: &Append) {
        self.committed = state.clone();
        for event in &append.events {
            let link = Link { chain: event.event.chain, received: event.received };
            self.links.remember(event.seq, link);
        }
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
        if !append.events.is_empty() {
            self.hub.publish(append.head.seq, append.events.iter().map(|new| &new.event));
        }
        self.set_health(Health::Ready);
    }

    /// Nothing of the group is kept in memory: the state is what it was before.
    pub(super) fn fail(&self, error: &StoreError, answers: Vec<oneshot::Sender<Result<Pushed, PushError>>>) {
        match error {
            StoreError::Full => {
                self.set_health(Health::Full);
                answer_all(answers, &PushError::Full);
            }
            StoreError::Busy => answer_all(answers, &PushError::Busy),
            StoreError::Indeterminate(_)
            | StoreError::Failed(_)
            | StoreError::Corrupt { .. }
            | StoreError::Foreign
            | StoreError::Newer { .. } => {
                let source = std::error::Error::source(error).map(ToString::to_string);
                tracing::error!(%error, source, "saving failed, the server stops");
                self.set_health(Health::Failed);
                answer_all(answers, &PushError::Indeterminate);
            }
        }
    }

    fn set_health(&self, health: Health) {
        let changed = self.health.send_if_modified(|known| std::mem::replace(known, health) != health);
        if changed && health == Health::Full {
            tracing::error!("the disk is full: nothing can be saved until there is room");
        } else if changed && health == Health::Ready {
            tracing::info!("saving works again");
        }
    }

    /// Refuses to go on where what was appended may be lost with what somebody else failed to save before it.
    pub(super) fn refuse_broken(&self) -> Result<(), StoreError> {
        match self.is_broken.load(Ordering::Acquire) {
            true => Err(StoreError::Indeterminate("an account or session could not be saved".into())),
            false => Ok(()),
        }
    }

    fn probe(&mut self) {
        if let Err(error) = self.refuse_broken() {
            if *self.health.borrow() != Health::Failed {
                self.fail(&error, Vec::new());
            }
            return;
        }
        if *self.health.borrow() != Health::Full {
            return;
        }
        match self.store.probe() {
            Ok(()) => self.set_health(Health::Ready),
            Err(StoreError::Full | StoreError::Busy) => {}
            Err(error) => self.fail(&error, Vec::new()),
        }
    }

    /// Does what may as well be done later: a disk that is full or held puts it off.
    fn keep_house(&mut self, work: impl FnOnce(&mut dyn Store, WorkspaceId) -> Result<(), StoreError>) {
        if *self.health.borrow() == Health::Failed {
            return;
        }
        match work(&mut *self.store, self.workspace) {
            Ok(()) | Err(StoreError::Full | StoreError::Busy) => {}
            Err(error) => self.fail(&error, Vec::new()),
        }
    }

    fn end(mut self) {
        if *self.health.borrow() != Health::Failed {
            self.snapshots.save_last(self.workspace, &self.committed, &mut *self.store);
            self.set_health(Health::Stopped);
        }
    }
}

fn answer_all(answers: Vec<oneshot::Sender<Result<Pushed, PushError>>>, error: &PushError) {
    for answer in answers {
        drop(answer.send(Err(error.clone())));
    }
}

/// The links of the newest events in memory, the others in the store: nearly every author has seen nearly all.
pub(super) struct RecentLinks {
    pub(super) reader: Arc<dyn Reader>,
    workspace: WorkspaceId,
    newest: u64,
    links: VecDeque<Link>,
}

impl RecentLinks {
    fn remember(&mut self, seq: u64, link: Link) {
        if seq != self.newest + 1 {
            self.links.clear();
        }
        if self.links.len() == RECENT {
            self.links.pop_front();
        }
        self.links.push_back(link);
        self.newest = seq;
    }
}

impl Links for RecentLinks {
    fn link(&mut self, seq: u64) -> Result<Option<Link>, StoreError> {
        if seq == 0 {
            return Ok(None);
        }
        let back = self.newest.checked_sub(seq).and_then(|back| usize::try_from(back).ok());
        let place = back.and_then(|back| self.links.len().checked_sub(back + 1));
        if let Some(link) = place.and_then(|place| self.links.get(place)) {
            return Ok(Some(*link));
        }
        let link = self.reader.link(self.workspace, seq)?;
        if let Some(link) = link.filter(|_| self.links.is_empty()) {
            self.remember(seq, link);
        }
        Ok(link)
    }
}
