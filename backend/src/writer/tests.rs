//! What the writer does when the disk says no, and what a start makes of what is there.

use std::sync::Mutex;

use serde_json::json;
use slipway_shared::sync::protocol::OutcomeStatus;

use super::*;
use crate::app::App;
use crate::open::{Beginning, Opened, open};
use crate::store::sqlite::SqliteStore;
use crate::store::{Append, Appended, NewOutcome};

/// What a store does at its next appends, first things first.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Full,
    Busy,
    /// Fails, though the append is kept.
    IndeterminateButKept,
    /// Somebody else appends first.
    Overtaken,
}

/// A store that fails when told to.
struct Faulty {
    inner: SqliteStore,
    faults: Arc<Mutex<Vec<Fault>>>,
}

impl Store for Faulty {
    fn heads(&mut self) -> Result<Vec<LogHead>, StoreError> {
        self.inner.heads()
    }
    fn create(
        &mut self,
        head: &LogHead,
        people: &[slipway_shared::member::Profile],
    ) -> Result<(), StoreError> {
        self.inner.create(head, people)
    }
    fn append(&mut self, workspace: WorkspaceId, append: &Append) -> Result<Appended, StoreError> {
        let fault = self.faults.lock().unwrap().pop();
        match fault {
            None => self.inner.append(workspace, append),
            Some(Fault::Full) => Err(StoreError::Full),
            Some(Fault::Busy) => Err(StoreError::Busy),
            Some(Fault::IndeterminateButKept) => {
                self.inner.append(workspace, append)?;
                Err(StoreError::Indeterminate("EIO".into()))
            }
            Some(Fault::Overtaken) => {
                let events = append.events.clone();
                let other = Append { outcomes: Vec::new(), queues: Vec::new(), events, ..append.clone() };
                self.inner.append(workspace, &other)?;
                self.inner.append(workspace, append)
            }
        }
    }
    fn outcome(
        &mut self,
        workspace: WorkspaceId,
        key: slipway_shared::ids::CommandKey,
    ) -> Result<Option<NewOutcome>, StoreError> {
        self.inner.outcome(workspace, key)
    }
    fn queues(&mut self, workspace: WorkspaceId) -> Result<Vec<(ClientId, u64)>, StoreError> {
        self.inner.queues(workspace)
    }
    fn save_snapshot(&mut self, workspace: WorkspaceId, snapshot: &SnapshotRow) -> Result<(), StoreError> {
        self.inner.save_snapshot(workspace, snapshot)
    }
    fn snapshots(&mut self, workspace: WorkspaceId) -> Result<Vec<SnapshotRow>, StoreError> {
        self.inner.snapshots(workspace)
    }
    fn keep_detail(&mut self, workspace: WorkspaceId, detail: &Detail) -> Result<(), StoreError> {
        self.inner.keep_detail(workspace, detail)
    }
    fn forget_rejections(&mut self, workspace: WorkspaceId, before: Timestamp) -> Result<usize, StoreError> {
        self.inner.forget_rejections(workspace, before)
    }
    fn set_epoch(&mut self, workspace: WorkspaceId, epoch: EpochId) -> Result<(), StoreError> {
        self.inner.set_epoch(workspace, epoch)
    }
    fn timelines(&mut self, workspace: WorkspaceId) -> Result<Vec<crate::store::Timeline>, StoreError> {
        self.inner.timelines(workspace)
    }
    fn remember_timeline(
        &mut self,
        workspace: WorkspaceId,
        timeline: crate::store::Timeline,
    ) -> Result<(), StoreError> {
        self.inner.remember_timeline(workspace, timeline)
    }
    fn redact(
        &mut self,
        workspace: WorkspaceId,
        redaction: &crate::store::Redaction,
    ) -> Result<Appended, StoreError> {
        self.inner.redact(workspace, redaction)
    }
    fn wipe(&mut self) -> Result<bool, StoreError> {
        self.inner.wipe()
    }
    fn remember_redaction(&mut self, workspace: WorkspaceId, seq: u64) -> Result<(), StoreError> {
        self.inner.remember_redaction(workspace, seq)
    }
    fn probe(&mut self) -> Result<(), StoreError> {
        if self.faults.lock().unwrap().contains(&Fault::Full) { Err(StoreError::Full) } else { Ok(()) }
    }
    fn reader(&mut self) -> Result<Arc<dyn Reader>, StoreError> {
        self.inner.reader()
    }
}

struct Test {
    app: App,
    faults: Arc<Mutex<Vec<Fault>>>,
    dir: tempfile::TempDir,
}

fn test() -> Test {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path(), Beginning::Workspace, &Clock::system()).unwrap();
    let faults = Arc::new(Mutex::new(Vec::new()));
    let inner = SqliteStore::open(dir.path()).unwrap();
    let store = Box::new(Faulty { inner, faults: Arc::clone(&faults) });
    let app = App::start(Opened { store, ..opened }, Clock::system()).unwrap();
    Test { app, faults, dir }
}

fn add_service(client: u128, seq: u64, name: &str) -> WireCommand {
    let service = uuid::Uuid::from_u128(client << 64 | u128::from(seq));
    let body = json!({ "service": { "add": { "service": service, "name": name, "hue": 140 } } });
    let client = uuid::Uuid::from_u128(client);
    let wire = json!({ "client": client, "seq": seq, "at": 5, "seen": 0, "kind": "service.add", "v": 1, "body": body });
    serde_json::from_value(wire).unwrap()
}

impl Test {
    /// Makes the next appends fail, in this order.
    fn fail(&self, faults: &[Fault]) {
        *self.faults.lock().unwrap() = faults.iter().rev().copied().collect();
    }

    fn push(&self, commands: Vec<WireCommand>) -> Result<Vec<CommandResult>, PushError> {
        let epoch = self.app.writer().state().cursor.epoch;
        let push =
            Push { actor: self.app.local_member(), device: None, epoch, sent_at: Timestamp(5), commands };
        self.app.writer().push_blocking(push).map(|pushed| pushed.results)
    }

    fn services(&self) -> usize {
        self.app.writer().state().workspace.services.len()
    }

    fn health(&self) -> Health {
        *self.app.writer().health().borrow()
    }

    /// Stops the writer and opens the directory anew.
    fn reopened(self) -> Opened {
        let _ = self.app.stop();
        drop(self.app);
        open(self.dir.path(), Beginning::Workspace, &Clock::system()).unwrap()
    }
}

#[test]
fn a_full_disk_takes_nothing_back_and_is_tried_again_by_itself() {
    let test = test();
    test.fail(&[Fault::Full, Fault::Full]);
    assert_eq!(test.push(vec![add_service(1, 1, "web")]), Err(PushError::Full));
    assert_eq!((test.services(), test.health()), (0, Health::Full));
    // As when room is made: the writer notices without being asked.
    test.fail(&[]);
    let mut health = test.app.writer().health();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(health.wait_for(|health| *health == Health::Ready)).unwrap();
    let done = test.push(vec![add_service(1, 1, "web")]).unwrap();
    assert_eq!((done[0].outcome.status, done[0].duplicate), (OutcomeStatus::Applied, false));
}

#[test]
fn a_store_held_by_somebody_else_takes_nothing_back() {
    let test = test();
    test.fail(&[Fault::Busy]);
    assert_eq!(test.push(vec![add_service(1, 1, "web")]), Err(PushError::Busy));
    assert_eq!((test.services(), test.health()), (0, Health::Ready));
    assert!(test.push(vec![add_service(1, 1, "web")]).is_ok());
}

#[test]
fn a_commit_nobody_knows_about_stops_the_writer_and_is_answered_right_after_a_restart() {
    let test = test();
    test.fail(&[Fault::IndeterminateButKept]);
    assert_eq!(test.push(vec![add_service(1, 1, "web")]), Err(PushError::Indeterminate));
    assert_eq!(test.health(), Health::Failed);
    assert_eq!(
        test.push(vec![add_service(1, 2, "api")]),
        Err(PushError::Indeterminate),
        "nothing more is tried"
    );
    assert_eq!(test.app.stop(), Health::Failed);
    let opened = test.reopened();
    let app = App::start(opened, Clock::system()).unwrap();
    let push = Push {
        actor: app.local_member(),
        device: None,
        epoch: app.writer().state().cursor.epoch,
        sent_at: Timestamp(5),
        commands: vec![add_service(1, 1, "web"), add_service(1, 2, "api")],
    };
    let done = app.writer().push_blocking(push).unwrap().results;
    assert_eq!((done[0].duplicate, done[0].outcome.status), (true, OutcomeStatus::Applied));
    assert_eq!((done[1].duplicate, done[1].outcome.status), (false, OutcomeStatus::Applied));
    let _ = app.stop();
}

#[test]
fn what_somebody_else_appended_is_read_and_the_group_decided_anew() {
    let test = test();
    test.fail(&[Fault::Overtaken]);
    let done = test.push(vec![add_service(1, 1, "web")]).unwrap();
    // The other one added the very same service.
    assert_eq!(done[0].outcome.status, OutcomeStatus::Rejected);
    assert_eq!((test.services(), test.app.writer().state().cursor.seq), (1, 12));
}

#[test]
fn pushes_of_many_at_once_are_each_whole() {
    let test = test();
    std::thread::scope(|scope| {
        for client in 1..=8 {
            let test = &test;
            scope.spawn(move || {
                for seq in (1..=20).step_by(2) {
                    let name = |seq| format!("{client}-{seq}");
                    let pair = vec![
                        add_service(client, seq, &name(seq)),
                        add_service(client, seq + 1, &name(seq + 1)),
                    ];
                    let done = test.push(pair).unwrap();
                    let events: Vec<_> = done.iter().filter_map(|done| done.outcome.events).collect();
                    assert_eq!(events[1].0, events[0].1 + 1, "nobody comes in between");
                }
            });
        }
    });
    assert_eq!(test.services(), 160);
}

#[test]
fn a_start_reads_the_snapshot_and_the_tail_and_is_the_same_without() {
    let test = test();
    for seq in 1..=30 {
        test.push(vec![add_service(1, seq, &format!("service {seq}"))]).unwrap();
    }
    let before = test.app.writer().state();
    let mut opened = test.reopened();
    assert_eq!(opened.snapshot_seq, 41, "a clean shutdown saves one");
    assert_eq!((&opened.sequencer.workspace, opened.sequencer.cursor), (&before.workspace, before.cursor));
    assert_eq!(opened.sequencer.queues, before.queues);
    // A damaged snapshot is passed over.
    let workspace = opened.head.workspace;
    for seq in [41, 40] {
        opened.store.save_snapshot(workspace, &SnapshotRow { seq, body: b"no snapshot".to_vec() }).unwrap();
    }
    let loaded = load(&mut *opened.store, &*opened.reader, workspace).unwrap();
    assert_eq!((loaded.snapshot_seq, loaded.sequencer.workspace.digest()), (0, before.workspace.digest()));
}

#[test]
fn an_altered_log_is_not_served() {
    let test = test();
    test.push(vec![add_service(1, 1, "web")]).unwrap();
    let path = test.dir.path().to_owned();
    let dir = {
        let Test { app, dir, .. } = test;
        let _ = app.stop();
        dir
    };
    let connection = rusqlite::Connection::open(path.join(crate::store::sqlite::FILE)).unwrap();
    connection.execute("DELETE FROM snapshots", []).unwrap();
    let sql = "UPDATE events SET payload = replace(payload, 'web', 'wet') WHERE seq = 12";
    assert_eq!(connection.execute(sql, []).unwrap(), 1);
    drop(connection);
    let refused = open(dir.path(), Beginning::Workspace, &Clock::system());
    assert!(matches!(refused, Err(crate::open::OpenError::Store(StoreError::Corrupt { seq: 12 }))));
}
