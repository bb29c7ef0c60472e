//! A store that an older version made is opened, brought up to date, and has lost nothing.

use std::path::Path;

use slipway_shared::rejection::Rejection;
use slipway_shared::sync::protocol::OutcomeStatus;

use super::sqlite::{FILE, SqliteStore};
use super::*;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/replicas/0.1.0/slipway.db");

fn of_0_1_0(dir: &Path) -> (SqliteStore, LogHead) {
    std::fs::copy(FIXTURE, dir.join(FILE)).unwrap();
    let mut store = SqliteStore::open(dir).unwrap();
    let head = store.heads().unwrap()[0];
    (store, head)
}

/// Returns the outcomes that were refusals.
fn refused(store: &mut SqliteStore, workspace: WorkspaceId) -> Vec<NewOutcome> {
    let mut found = Vec::new();
    for (client, last) in store.queues(workspace).unwrap() {
        for seq in 1..=last {
            let known = store.outcome(workspace, CommandKey { client, seq }).unwrap().unwrap();
            found.extend(Some(known).filter(|known| known.outcome.status == OutcomeStatus::Rejected));
        }
    }
    found
}

#[test]
fn data_of_0_1_0_is_brought_up_to_date_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, head) = of_0_1_0(dir.path());
    let reader = store.reader().unwrap();
    assert_eq!(head.cursor.seq, 22);
    assert_eq!(reader.events(head.workspace, 0, 99).unwrap().len(), 22);
    assert_eq!(refused(&mut store, head.workspace).len(), 2);
    assert_eq!(reader.check().unwrap(), None);
    let version = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
    let version: i64 = version.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert!(version >= 2, "still of version {version}");
}

/// It has hashes of passwords now.
#[test]
fn nobody_but_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |dir: &Path| std::fs::metadata(dir.join(FILE)).unwrap().permissions().mode() & 0o777;
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::copy(FIXTURE, old.path().join(FILE)).unwrap();
    std::fs::set_permissions(old.path().join(FILE), std::fs::Permissions::from_mode(0o644)).unwrap();
    for dir in [old.path(), new.path()] {
        let _store = SqliteStore::open(dir).unwrap();
        assert_eq!(mode(dir), 0o600, "{}", dir.display());
    }
}

#[test]
fn what_0_1_0_refused_is_forgotten_only_some_time_after_the_update() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, head) = of_0_1_0(dir.path());
    let before = refused(&mut store, head.workspace);
    let long_ago = Timestamp(1_700_000_000_000);
    assert_eq!(store.forget_rejections(head.workspace, long_ago).unwrap(), 0);
    assert_eq!(refused(&mut store, head.workspace), before);
    assert_eq!(store.forget_rejections(head.workspace, Timestamp(i64::MAX)).unwrap(), 2);
    let after = refused(&mut store, head.workspace);
    assert_eq!(after.len(), 2, "that they were refused is never forgotten");
    assert!(after.iter().all(|known| known.outcome.rejection == Some(Rejection::Unexplained)));
    let hashes = |outcomes: &[NewOutcome]| outcomes.iter().map(|known| known.hash).collect::<Vec<_>>();
    assert_eq!(hashes(&after), hashes(&before));
}
