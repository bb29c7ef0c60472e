//! What the writer does when the disk says no, and what a start makes of what is there.

use std::sync::Mutex;

use serde_json::json;
use slipway_shared::sync::protocol::OutcomeStatus;

use super::*;
use crate::app::App;
use crate::open::{Beginning, Opened, open};
use crate::store::sqlite::SqliteStore;
use crate::store::{Append, Appended, LogHead, NewOutcome};

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
    fn begin(&mut self, log: &NewLog) -> Result<(), StoreError> {
        match self.faults.lock().unwrap().pop() {
            None => self.inner.begin(log),
            Some(Fault::Full) => Err(StoreError::Full),
            Some(Fault::Busy) => Err(StoreError::Busy),
            Some(Fault::IndeterminateButKept) => {
                self.inner.begin(log)?;
                Err(StoreError::Indeterminate("EIO".into()))
            }
            Some(Fault::Overtaken) => unreachable!("nobody else begins it"),
        }
    }
    fn append_all(&mut self, appends: &[(WorkspaceId, &Append)]) -> Result<Appended, StoreError> {
        let fault = self.faults.lock().unwrap().pop();
        match fault {
            None => self.inner.append_all(appends),
            Some(Fault::Full) => Err(StoreError::Full),
            Some(Fault::Busy) => Err(StoreError::Busy),
            Some(Fault::IndeterminateButKept) => {
                self.inner.append_all(appends)?;
                Err(StoreError::Indeterminate("EIO".into()))
            }
            Some(Fault::Overtaken) => {
                let (workspace, append) = appends.last().unwrap();
                let events = append.events.clone();
                let other =
                    Append { outcomes: Vec::new(), queues: Vec::new(), events, ..Append::clone(append) };
                self.inner.append(*workspace, &other)?;
                self.inner.append_all(appends)
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
        let epoch = self.workspace().state().cursor.epoch;
        let push = Push {
            actor: self.workspace().local_member(),
            device: None,
            epoch,
            sent_at: Timestamp(5),
            commands,
        };
        self.workspace().push_blocking(push).map(|pushed| pushed.results)
    }

    fn workspace(&self) -> OpenWorkspace {
        self.app.workspaces().remove(0)
    }

    fn services(&self) -> usize {
        self.workspace().state().workspace.services.len()
    }

    fn health(&self) -> Health {
        *self.app.health().borrow()
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
    let mut health = test.app.health();
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
    let workspace = app.workspaces().remove(0);
    let push = Push {
        actor: workspace.local_member(),
        device: None,
        epoch: workspace.state().cursor.epoch,
        sent_at: Timestamp(5),
        commands: vec![add_service(1, 1, "web"), add_service(1, 2, "api")],
    };
    let done = workspace.push_blocking(push).unwrap().results;
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
    assert_eq!((test.services(), test.workspace().state().cursor.seq), (1, 12));
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
    let before = test.workspace().state();
    let mut opened = test.reopened();
    let log = opened.logs.remove(0);
    assert_eq!(log.snapshot_seq, 41, "a clean shutdown saves one");
    assert_eq!((&log.sequencer.workspace, log.sequencer.cursor), (&before.workspace, before.cursor));
    assert_eq!(log.sequencer.queues, before.queues);
    // A damaged snapshot is passed over.
    let workspace = log.head.workspace;
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

/// Begins a second workspace while the writer runs.
fn second(test: &Test) -> Result<OpenWorkspace, BeginError> {
    runtime().block_on(test.app.begin_workspace(new_one(test)))
}

fn new_one(test: &Test) -> NewWorkspace {
    let (founder, id) = (founder(test), WorkspaceId::from_u128(!0));
    crate::new_workspace::new_workspace(
        id,
        "Second",
        Default::default(),
        founder,
        false,
        Clock::system().now(),
    )
}

/// Makes an account where there is none.
fn founder(test: &Test) -> crate::new_workspace::Founder {
    let account = slipway_shared::ids::AccountId::from_u128(5);
    let row = crate::store::accounts::AccountRow {
        id: account,
        name: "Ana".to_owned(),
        login: "ana".to_owned(),
        password: String::new(),
        second_factor: None,
        draft: None,
        recovery_codes: 0,
        made: Timestamp(0),
        disabled_at: None,
        sign_outs: 0,
    };
    if test.app.accounts().account(account).unwrap().is_none() {
        test.app.accounts().make_account_alone(&row).unwrap();
    }
    crate::new_workspace::Founder { account, name: row.name }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn push_of(workspace: &OpenWorkspace, commands: Vec<WireCommand>) -> Push {
    let epoch = workspace.state().cursor.epoch;
    Push { actor: workspace.local_member(), device: None, epoch, sent_at: Timestamp(5), commands }
}

#[test]
fn two_workspaces_go_on_side_by_side_each_with_its_own_log() {
    let test = test();
    let (first, second) = (test.workspace(), second(&test).unwrap());
    assert_eq!(second.state().workspace.name, "Second");
    let mut live = second.hub().subscribe();
    // The same queues, names and ids in both: nothing of one may be taken for the other's.
    let mut waiting = Vec::new();
    for seq in 1..=40 {
        for workspace in [&first, &second] {
            let push = push_of(workspace, vec![add_service(1, seq, &format!("service {seq}"))]);
            waiting.push(workspace.submit(push).unwrap());
        }
        // Refused in the second alone, where its name is taken.
        let twice = vec![add_service(2, seq, &format!("service {seq}"))];
        waiting.push(second.submit(push_of(&second, twice)).unwrap());
        let other = vec![add_service(2, seq, &format!("other {seq}"))];
        waiting.push(first.submit(push_of(&first, other)).unwrap());
    }
    let mut statuses = Vec::new();
    for answer in waiting {
        statuses.push(answer.blocking_recv().unwrap().unwrap().results[0].outcome.status);
    }
    use OutcomeStatus::{Applied, Rejected};
    for round in statuses.chunks(4) {
        assert_eq!(round, [Applied, Applied, Rejected, Applied]);
    }
    assert_eq!((first.state().workspace.services.len(), second.state().workspace.services.len()), (80, 40));
    assert_eq!((first.state().cursor.seq, second.state().cursor.seq), (91, 51));
    let mut last = 11;
    while let Ok(batch) = live.try_recv() {
        let events: Vec<serde_json::Value> = serde_json::from_str(batch.json.as_deref().unwrap()).unwrap();
        last += events.len() as u64;
        assert_eq!(batch.last, last, "a stream of one brings nothing of the other");
    }
    assert_eq!(last, 51);
    let digests = [&first, &second].map(|workspace| workspace.state().workspace.digest());
    let opened = test.reopened();
    let kept: Vec<_> = opened.logs.iter().map(|log| log.sequencer.workspace.digest()).collect();
    assert!(digests.iter().all(|digest| kept.contains(digest)), "both are as they were");
    assert!(opened.logs.iter().all(|log| log.snapshot_seq == log.sequencer.cursor.seq));
}

#[test]
fn what_one_workspace_is_refused_the_other_is_given() {
    let test = test();
    let (first, second) = (test.workspace(), second(&test).unwrap());
    // A gap, another timeline, and a name that was taken, all while the other one works.
    let gap = push_of(&second, vec![add_service(1, 5, "web")]);
    let fork = Push { epoch: EpochId::from_u128(1), ..push_of(&second, vec![add_service(1, 1, "web")]) };
    let fine = push_of(&first, vec![add_service(1, 1, "web")]);
    let waiting =
        [(&second, gap), (&first, fine), (&second, fork)].map(|(to, push)| to.submit(push).unwrap());
    let answers = waiting.map(|answer| answer.blocking_recv().unwrap());
    assert!(matches!(answers[0], Err(PushError::Gap { expected: 1, .. })), "{answers:?}");
    assert_eq!(answers[1].as_ref().unwrap().results[0].outcome.status, OutcomeStatus::Applied);
    assert!(matches!(answers[2], Err(PushError::Fork { .. })), "{answers:?}");
    assert_eq!((test.services(), second.state().cursor.seq), (1, 11));
}

#[test]
fn a_full_disk_refuses_all_workspaces_and_keeps_nothing_of_a_new_one() {
    let test = test();
    test.fail(&[Fault::Full]);
    assert_eq!(second(&test).err(), Some(BeginError::NotSaved(PushError::Full)));
    assert_eq!((test.health(), test.app.workspaces().len()), (Health::Full, 1));
    let second = second(&test).unwrap();
    assert_eq!(test.health(), Health::Ready);
    test.fail(&[Fault::Full]);
    let full = second.push_blocking(push_of(&second, vec![add_service(1, 1, "web")]));
    assert_eq!((full.err(), test.health()), (Some(PushError::Full), Health::Full));
    assert!(test.push(vec![add_service(1, 1, "web")]).is_ok());
    assert_eq!(second.state().cursor.seq, 11);
}

#[test]
fn what_somebody_else_appended_to_one_workspace_keeps_nothing_back_in_the_other() {
    let test = test();
    let (first, second) = (test.workspace(), second(&test).unwrap());
    test.fail(&[Fault::Overtaken]);
    let done = second.push_blocking(push_of(&second, vec![add_service(1, 1, "web")])).unwrap();
    assert_eq!(done.results[0].outcome.status, OutcomeStatus::Rejected);
    assert_eq!((first.state().cursor.seq, second.state().cursor.seq), (11, 12));
    assert!(test.push(vec![add_service(1, 1, "web")]).is_ok());
}

#[test]
fn a_workspace_begins_once_and_is_there_after_a_crash_with_who_may_open_it() {
    let test = test();
    // As when the power goes in the moment after: kept, and nobody was told.
    test.fail(&[Fault::IndeterminateButKept]);
    assert_eq!(second(&test).err(), Some(BeginError::NotSaved(PushError::Indeterminate)));
    assert_eq!(
        second(&test).err(),
        Some(BeginError::NotSaved(PushError::Indeterminate)),
        "nothing more is tried"
    );
    assert_eq!(test.app.stop(), Health::Failed);
    let dir = test.dir;
    drop(test.app);
    let opened = open(dir.path(), Beginning::Workspace, &Clock::system()).unwrap();
    let app = App::start(opened, Clock::system()).unwrap();
    let known = app.workspace(WorkspaceId::from_u128(!0)).unwrap();
    assert_eq!(known.state().workspace.name, "Second");
    let account = slipway_shared::ids::AccountId::from_u128(5);
    let memberships = app.accounts().memberships(account).unwrap();
    let member = memberships.iter().find(|membership| membership.workspace == known.id()).unwrap().member;
    assert_eq!(member, known.local_member());
    let test = Test { app, faults: Arc::default(), dir };
    assert_eq!(second(&test).err(), Some(BeginError::Exists));
}

#[test]
fn a_workspace_that_contradicts_itself_is_refused_and_stops_nobody() {
    let test = test();
    let mut twice = new_one(&test);
    let outcome = twice.log.appends[0].outcomes[0].clone();
    twice.log.appends[0].outcomes.push(outcome);
    let mut without_a_step = new_one(&test);
    without_a_step.log.appends[0].expected.seq += 1;
    for damaged in [twice, without_a_step] {
        let refused = runtime().block_on(test.app.begin_workspace(damaged));
        assert_eq!(refused.err(), Some(BeginError::Damaged));
        assert_eq!((test.health(), test.app.workspaces().len()), (Health::Ready, 1));
    }
    assert!(test.push(vec![add_service(1, 1, "web")]).is_ok());
    assert!(second(&test).is_ok(), "nothing of it was kept");
}
