//! The writer's thread: collect, decide, commit, publish, answer; and what to do when the disk says no.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use slipway_shared::account::WORKSPACES_MOST;
use slipway_shared::ids::WorkspaceId;
use slipway_shared::sync::admission::Sequencer;
use tokio::sync::{oneshot, watch};

use super::group::{Decided, Group};
use super::lane::Lane;
use super::{
    BeginError, Health, Job, Loaded, NewWorkspace, OpenWorkspace, Parts, Push, PushError, Pushed, Registry,
    Writer,
};
use crate::clock::Clock;
use crate::store::{Append, Appended, Reader, Store, StoreError};

/// The most commands that are committed together.
const GROUP_COMMANDS: usize = 256;
/// The longest a group is collected.
const GROUP_TIME: Duration = Duration::from_millis(2);
/// How often a full disk is tried again.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// How often a group is decided anew because somebody else moved the head.
const TRIES: usize = 3;

type Answer = oneshot::Sender<Result<Pushed, PushError>>;

/// A push, and the workspace it is for.
type Waiting = ((WorkspaceId, Push), Answer);

pub(super) struct Thread {
    pub(super) store: Box<dyn Store>,
    pub(super) reader: Arc<dyn Reader>,
    pub(super) lanes: BTreeMap<WorkspaceId, Lane>,
    open: Registry,
    jobs: SyncSender<Job>,
    health: watch::Sender<Health>,
    pub(super) clock: Clock,
    is_broken: Arc<AtomicBool>,
    /// How many commands the last group had: about as many are on their way again.
    last_group: usize,
}

impl Thread {
    pub(super) fn new(parts: Parts, writer: &Writer, health: watch::Sender<Health>) -> Self {
        let Parts { store, reader, logs, clock, is_broken } = parts;
        let (open, jobs) = (Arc::clone(&writer.open), writer.jobs.clone());
        let lanes = BTreeMap::new();
        let mut thread = Self { store, reader, lanes, open, jobs, health, clock, is_broken, last_group: 0 };
        for log in logs {
            thread.open(log);
        }
        thread
    }

    /// Opens a lane, and lets everybody find the workspace.
    fn open(&mut self, Loaded { head, sequencer, snapshot_seq }: Loaded) -> OpenWorkspace {
        let lane = Lane::new(&head, sequencer, snapshot_seq, Arc::clone(&self.reader), &self.jobs);
        let open = lane.open.clone();
        self.lanes.insert(head.workspace, lane);
        self.open.write().unwrap_or_else(PoisonError::into_inner).insert(head.workspace, open.clone());
        open
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
                Some(Job::Stop) => break,
                Some(job) => self.do_one(job),
                None => {}
            }
        }
        self.end();
    }

    /// Does what is no push and needs no answer from a group.
    fn do_one(&mut self, job: Job) {
        match job {
            Job::Begin(new, answer) => {
                let begun = self.begin(*new);
                // Nobody may be waiting any more; what was begun stays.
                drop(answer.send(begun));
            }
            Job::Snapshot(workspace, snapshot, generation) => {
                if let Some(lane) = self.lanes.get_mut(&workspace) {
                    lane.save_snapshot(snapshot, generation, &mut *self.store);
                }
            }
            Job::Redact(workspace, asked, answer) => {
                // Whoever asked may have gone; what was taken out stays out.
                drop(answer.send(self.redact(workspace, &asked)));
            }
            Job::Wipe => drop(self.wipe()),
            Job::KeepDetail(workspace, detail) => {
                // A redaction may have come before it: what was read before that has the text in it.
                if self.lanes.get(&workspace).is_some_and(|lane| lane.is_of_now(&detail)) {
                    self.keep_house(|store| store.keep_detail(workspace, &detail));
                }
            }
            Job::ForgetRejections(workspace, before) => {
                self.keep_house(|store| store.forget_rejections(workspace, before).map(drop));
            }
            Job::Push(..) | Job::Stop => {}
        }
    }

    /// Takes pushes off the queue, up to the first job that is none.
    fn collect(&self, first: Job, queue: &Receiver<Job>) -> (Vec<Waiting>, Option<Job>) {
        let began = Instant::now();
        let mut group = Vec::new();
        let mut commands = 0;
        let mut next = Some(first);
        while let Some(job) = next.take() {
            let Job::Push(workspace, push, answer) = job else { return (group, Some(job)) };
            commands += push.commands.len();
            group.push(((workspace, push), answer));
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
        self.last_group = pushes.iter().map(|(_, push)| push.commands.len()).sum();
        if self.has_failed() {
            return answer_all(answers, &PushError::Indeterminate);
        }
        match self.try_commit(&pushes) {
            Ok(decided) => {
                for ((decided, answer), (workspace, _)) in decided.into_iter().zip(answers).zip(&pushes) {
                    let head = self.lanes.get(workspace).map_or(0, |lane| lane.committed.cursor.seq);
                    // Nobody may be waiting any more; what was committed stays committed.
                    drop(answer.send(decided.map(|results| Pushed { results, head })));
                }
                self.lanes.values_mut().for_each(Lane::begin_snapshot_if_due);
            }
            Err(error) => answer_all(answers, &self.failed(&error)),
        }
    }

    fn try_commit(&mut self, pushes: &[(WorkspaceId, Push)]) -> Result<Vec<Decided>, StoreError> {
        for _ in 0..TRIES {
            let began = Instant::now();
            let (decided, steps) = self.decide(pushes)?;
            let decided_in = began.elapsed();
            if steps.is_empty() {
                return Ok(decided);
            }
            let appends: Vec<_> = steps.iter().map(|step| (step.workspace, &step.append)).collect();
            match self.store.append_all(&appends)? {
                Appended::Appended => {
                    self.refuse_broken()?;
                    let commands: usize = appends.iter().map(|(_, append)| append.outcomes.len()).sum();
                    let (workspaces, committed_in) = (appends.len(), began.elapsed() - decided_in);
                    tracing::debug!(commands, workspaces, ?decided_in, ?committed_in, "committed");
                    self.publish(steps);
                    return Ok(decided);
                }
                Appended::Moved(_) => {
                    for Step { workspace, .. } in steps {
                        if let Some(lane) = self.lanes.get_mut(&workspace) {
                            lane.read_again(&mut *self.store)?;
                        }
                    }
                }
            }
        }
        Err(StoreError::Busy)
    }

    /// Decides what waits, each push in its own workspace. Returns what that comes to, and what has to be kept for it.
    fn decide(&mut self, pushes: &[(WorkspaceId, Push)]) -> Result<(Vec<Decided>, Vec<Step>), StoreError> {
        let now = self.clock.now();
        let mut groups = BTreeMap::new();
        let mut decided = Vec::with_capacity(pushes.len());
        for (workspace, push) in pushes {
            let Some(lane) = self.lanes.get_mut(workspace) else {
                decided.push(Err(PushError::Stopped));
                continue;
            };
            let group = groups.entry(*workspace).or_insert_with(|| Group::new(&lane.committed));
            decided.push(group.take(push, now, *workspace, &mut *self.store, &mut lane.links)?);
        }
        let steps = groups.into_iter().map(|(workspace, group)| {
            let (state, append) = group.finish();
            Step { workspace, state, append }
        });
        Ok((decided, steps.filter(|step| !step.append.outcomes.is_empty()).collect()))
    }

    fn publish(&mut self, steps: Vec<Step>) {
        for Step { workspace, state, append } in steps {
            if let Some(lane) = self.lanes.get_mut(&workspace) {
                lane.publish(state, &append);
            }
        }
        self.set_health(Health::Ready);
    }

    fn begin(&mut self, NewWorkspace { log, sequencer }: NewWorkspace) -> Result<OpenWorkspace, BeginError> {
        if self.has_failed() {
            return Err(PushError::Indeterminate.into());
        }
        if self.lanes.contains_key(&log.head.workspace) {
            return Err(BeginError::Exists);
        }
        if self.lanes.len() >= WORKSPACES_MOST {
            return Err(BeginError::TooMany);
        }
        let begun = self.store.begin(&log).and_then(|()| self.refuse_broken());
        begun.map_err(|error| match error {
            // It came before the commit: nothing is kept, and the others are as they were.
            StoreError::Failed(_) | StoreError::Corrupt { .. } => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(%error, source, workspace = %log.head.workspace, "a workspace was not begun");
                BeginError::Damaged
            }
            error => self.failed(&error).into(),
        })?;
        self.set_health(Health::Ready);
        Ok(self.open(Loaded { head: log.head, sequencer, snapshot_seq: 0 }))
    }

    pub(super) fn has_failed(&self) -> bool {
        *self.health.borrow() == Health::Failed
    }

    /// Notes that something could not be saved, and returns what those are told who wait for it. Nothing of it is kept in
    /// memory: the state is what it was before.
    pub(super) fn failed(&self, error: &StoreError) -> PushError {
        match error {
            StoreError::Full => {
                self.set_health(Health::Full);
                PushError::Full
            }
            StoreError::Busy => PushError::Busy,
            StoreError::Indeterminate(_)
            | StoreError::Failed(_)
            | StoreError::Corrupt { .. }
            | StoreError::Foreign
            | StoreError::Newer { .. } => {
                let source = std::error::Error::source(error).map(ToString::to_string);
                tracing::error!(%error, source, "saving failed, the server stops");
                self.set_health(Health::Failed);
                PushError::Indeterminate
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
            if !self.has_failed() {
                self.failed(&error);
            }
            return;
        }
        if *self.health.borrow() != Health::Full {
            return;
        }
        match self.store.probe() {
            Ok(()) => self.set_health(Health::Ready),
            Err(StoreError::Full | StoreError::Busy) => {}
            Err(error) => drop(self.failed(&error)),
        }
    }

    /// Does what may as well be done later: a disk that is full or held puts it off.
    fn keep_house(&mut self, work: impl FnOnce(&mut dyn Store) -> Result<(), StoreError>) {
        if self.has_failed() {
            return;
        }
        match work(&mut *self.store) {
            Ok(()) | Err(StoreError::Full | StoreError::Busy) => {}
            Err(error) => drop(self.failed(&error)),
        }
    }

    fn end(mut self) {
        if !self.has_failed() {
            for lane in self.lanes.values_mut() {
                lane.save_last_snapshot(&mut *self.store);
            }
            self.set_health(Health::Stopped);
        }
    }
}

/// Where one workspace goes with a group.
struct Step {
    workspace: WorkspaceId,
    state: Sequencer,
    append: Append,
}

fn answer_all(answers: Vec<Answer>, error: &PushError) {
    for answer in answers {
        drop(answer.send(Err(error.clone())));
    }
}
