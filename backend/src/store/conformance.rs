//! What every store has to keep to, in words in [`crate::store`], in tests here.

use std::sync::Barrier;

use slipway_shared::log::chain_hash;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::protocol::{Outcome, OutcomeStatus};

use super::sqlite::{FILE, SqliteStore};
use super::*;

const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(7);
const EPOCH: EpochId = EpochId::from_u128(8);

fn start() -> Cursor {
    Cursor { epoch: EPOCH, seq: 0, chain: Hash::ZERO }
}

fn head(workspace: WorkspaceId) -> LogHead {
    LogHead { workspace, cursor: start(), local_member: MemberId::from_u128(9), is_demo: false }
}

fn people() -> Vec<Profile> {
    vec![Profile { member: MemberId::from_u128(9), name: "Mara Lind".to_owned() }]
}

/// Returns an append of `count` events after `expected`, by the next command of `client`.
fn append(expected: Cursor, count: u64, client: u128, command: u64) -> Append {
    let mut cursor = expected;
    let events = (0..count).map(|_| {
        let (header, payload) = (format!(r#"{{"seq":{}}}"#, cursor.seq + 1), "{\"é\":\"\u{0}\u{1f6a2}\"}");
        let chain = chain_hash(cursor.chain, &header, Hash::of(&[payload.as_bytes()]));
        cursor = Cursor { seq: cursor.seq + 1, chain, ..cursor };
        let event = StoredEvent { header, payload: Some(payload.to_owned()), payload_hash: None, chain };
        NewEvent {
            seq: cursor.seq,
            received: Timestamp(1000 + 7 * i64::try_from(cursor.seq).unwrap()),
            event,
        }
    });
    let events: Vec<_> = events.collect();
    let client = ClientId::from_u128(client);
    let decided = Timestamp(1000);
    let range = (count > 0).then_some((expected.seq + 1, cursor.seq));
    let outcome = Outcome { status: OutcomeStatus::Applied, events: range, rejection: None };
    let key = CommandKey { client, seq: command };
    let outcomes = vec![NewOutcome { key, hash: Some(Hash([5; 32])), outcome }];
    let queues = vec![(client, command)];
    Append { expected, head: cursor, events, outcomes, decided, details: Vec::new(), queues }
}

fn made(dir: &tempfile::TempDir) -> SqliteStore {
    let mut store = SqliteStore::open(dir.path()).unwrap();
    store.begin(&NewLog::empty(head(WORKSPACE), people())).unwrap();
    store
}

#[test]
fn what_was_appended_is_read_as_it_came_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let first = append(start(), 3, 1, 1);
    let second = append(first.head, 2, 1, 2);
    {
        let mut store = made(&dir);
        assert_eq!(store.append(WORKSPACE, &first).unwrap(), Appended::Appended);
        assert_eq!(store.append(WORKSPACE, &second).unwrap(), Appended::Appended);
    }
    let mut store = SqliteStore::open(dir.path()).unwrap();
    let reader = store.reader().unwrap();
    let all: Vec<_> = first.events.iter().chain(&second.events).map(|new| new.event.clone()).collect();
    assert_eq!(reader.events(WORKSPACE, 0, 100).unwrap(), all);
    assert_eq!(reader.events(WORKSPACE, 2, 2).unwrap(), all[2..4]);
    assert!(reader.events(WORKSPACE, u64::MAX, 2).unwrap().is_empty());
    let link = Link { chain: all[3].chain, received: Timestamp(1028) };
    assert_eq!(reader.link(WORKSPACE, 4).unwrap(), Some(link));
    assert_eq!(reader.link(WORKSPACE, 6).unwrap(), None);
    assert_eq!(reader.people(WORKSPACE).unwrap(), people());
    assert_eq!(store.heads().unwrap()[0].cursor, second.head);
    assert_eq!(store.queues(WORKSPACE).unwrap(), [(ClientId::from_u128(1), 2)]);
    let key = CommandKey { client: ClientId::from_u128(1), seq: 1 };
    assert_eq!(store.outcome(WORKSPACE, key).unwrap(), Some(first.outcomes[0].clone()));
    assert_eq!(store.outcome(WORKSPACE, CommandKey { seq: 3, ..key }).unwrap(), None);
    assert_eq!(reader.check().unwrap(), None);
}

#[test]
fn an_append_decided_elsewhere_keeps_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let first = append(start(), 1, 1, 1);
    store.append(WORKSPACE, &first).unwrap();
    let stale = append(start(), 1, 2, 1);
    assert_eq!(store.append(WORKSPACE, &stale).unwrap(), Appended::Moved(first.head));
    let other_chain =
        Append { expected: Cursor { chain: Hash([1; 32]), ..first.head }, ..append(first.head, 1, 2, 1) };
    assert_eq!(store.append(WORKSPACE, &other_chain).unwrap(), Appended::Moved(first.head));
    store.set_epoch(WORKSPACE, EpochId::from_u128(99)).unwrap();
    let began = Timeline { epoch: EpochId::from_u128(99), began: 1 };
    assert_eq!(store.timelines(WORKSPACE).unwrap(), [began]);
    let elsewhere = Timeline { epoch: EpochId::from_u128(50), began: 0 };
    store.remember_timeline(WORKSPACE, elsewhere).unwrap();
    store.remember_timeline(WORKSPACE, Timeline { began: 7, ..began }).unwrap();
    assert_eq!(store.timelines(WORKSPACE).unwrap(), [elsewhere, began]);
    let moved = store.append(WORKSPACE, &append(first.head, 1, 2, 1)).unwrap();
    assert_eq!(moved, Appended::Moved(Cursor { epoch: EpochId::from_u128(99), ..first.head }));
    assert_eq!(store.reader().unwrap().events(WORKSPACE, 0, 9).unwrap().len(), 1);
    assert_eq!(store.queues(WORKSPACE).unwrap(), [(ClientId::from_u128(1), 1)]);
}

#[test]
fn of_racers_at_one_head_one_wins() {
    let dir = tempfile::tempdir().unwrap();
    drop(made(&dir));
    let barrier = Arc::new(Barrier::new(4));
    let race = |client: u128| {
        let (barrier, path) = (Arc::clone(&barrier), dir.path().to_owned());
        std::thread::spawn(move || {
            let mut store = SqliteStore::open(&path).unwrap();
            barrier.wait();
            store.append(WORKSPACE, &append(start(), 2, client, 1)).unwrap()
        })
    };
    let racers = [1, 2, 3, 4].map(race);
    let ended = racers.map(|racer| racer.join().unwrap());
    assert_eq!(ended.iter().filter(|appended| **appended == Appended::Appended).count(), 1);
    let mut store = SqliteStore::open(dir.path()).unwrap();
    assert_eq!(store.heads().unwrap()[0].cursor.seq, 2);
}

#[test]
fn readers_see_no_gaps_while_somebody_writes() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let reader = store.reader().unwrap();
    let writer = std::thread::spawn(move || {
        let mut cursor = start();
        for command in 1..=60 {
            let next = append(cursor, 3, 1, command);
            assert_eq!(store.append(WORKSPACE, &next).unwrap(), Appended::Appended);
            cursor = next.head;
        }
    });
    let mut seen = 0;
    while seen < 180 {
        let events = reader.events(WORKSPACE, seen, 50).unwrap();
        for event in events {
            assert_eq!(event.header, format!(r#"{{"seq":{}}}"#, seen + 1));
            seen += 1;
        }
    }
    writer.join().unwrap();
}

#[test]
fn a_command_has_at_most_one_outcome() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let first = append(start(), 1, 1, 1);
    store.append(WORKSPACE, &first).unwrap();
    assert!(store.append(WORKSPACE, &append(first.head, 1, 1, 1)).is_err());
    assert_eq!(store.heads().unwrap()[0].cursor, first.head, "nothing of it is kept");
}

#[test]
fn outcomes_without_events_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let mut nothing = append(start(), 0, 1, 1);
    let rejection = Some(Rejection::NameTaken { name: "web".to_owned() });
    nothing.outcomes[0].outcome = Outcome { status: OutcomeStatus::Rejected, events: None, rejection };
    nothing.outcomes[0].hash = None;
    assert_eq!(store.append(WORKSPACE, &nothing).unwrap(), Appended::Appended);
    let known = store.outcome(WORKSPACE, nothing.outcomes[0].key).unwrap();
    assert_eq!(known.as_ref(), nothing.outcomes.first());
    assert_eq!(store.heads().unwrap()[0].cursor, start());
}

#[test]
fn reasons_of_refusals_are_forgotten_by_their_age() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let rejection = Some(Rejection::NameTaken { name: "web".to_owned() });
    let refused = Outcome { status: OutcomeStatus::Rejected, events: None, rejection };
    for (command, decided) in [(1, 1000), (2, 2000)] {
        let mut nothing = append(start(), 0, 1, command);
        nothing.decided = Timestamp(decided);
        nothing.outcomes[0].outcome = refused.clone();
        store.append(WORKSPACE, &nothing).unwrap();
    }
    assert_eq!(store.forget_rejections(WorkspaceId::from_u128(70), Timestamp(9999)).unwrap(), 0);
    assert_eq!(store.forget_rejections(WORKSPACE, Timestamp(2000)).unwrap(), 1);
    let outcome = |store: &mut SqliteStore, seq| {
        let key = CommandKey { client: ClientId::from_u128(1), seq };
        store.outcome(WORKSPACE, key).unwrap().unwrap().outcome
    };
    let unexplained =
        Outcome { status: OutcomeStatus::Rejected, events: None, rejection: Some(Rejection::Unexplained) };
    assert_eq!((outcome(&mut store, 1), outcome(&mut store, 2)), (unexplained, refused));
}

#[test]
fn the_last_detail_of_a_deployment_is_kept_with_the_append_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let deployment = DeploymentId::from_u128(0xca);
    let detail =
        |body: &str| Detail { deployment, hash: Hash::of(&[body.as_bytes()]), body: body.to_owned() };
    let first = Append { details: vec![detail("{}")], ..append(start(), 1, 1, 1) };
    store.append(WORKSPACE, &first).unwrap();
    let reader = store.reader().unwrap();
    assert_eq!(reader.detail(WORKSPACE, deployment).unwrap(), Some(detail("{}")));
    assert_eq!(reader.detail(WorkspaceId::from_u128(70), deployment).unwrap(), None);
    let stale = Append { details: vec![detail("[]")], ..append(start(), 1, 2, 1) };
    store.append(WORKSPACE, &stale).unwrap();
    assert_eq!(reader.detail(WORKSPACE, deployment).unwrap(), Some(detail("{}")));
    store.keep_detail(WORKSPACE, &detail("[1]")).unwrap();
    assert_eq!(reader.detail(WORKSPACE, deployment).unwrap(), Some(detail("[1]")));
}

/// Everything that is kept under a name of its own in each log, under the same name in two of them.
#[test]
fn logs_do_not_mix() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let other = WorkspaceId::from_u128(70);
    store.begin(&NewLog::empty(head(other), Vec::new())).unwrap();
    let deployment = DeploymentId::from_u128(0xca);
    let detail = Detail { deployment, hash: Hash([1; 32]), body: "{}".to_owned() };
    let first = Append { details: vec![detail.clone()], ..append(start(), 2, 1, 1) };
    let second = append(start(), 1, 1, 1);
    assert_eq!(store.append(WORKSPACE, &first).unwrap(), Appended::Appended);
    assert_eq!(store.append(other, &second).unwrap(), Appended::Appended);
    store.save_snapshot(WORKSPACE, &SnapshotRow { seq: 2, body: vec![1] }).unwrap();
    store.set_epoch(WORKSPACE, EpochId::from_u128(99)).unwrap();
    let reader = store.reader().unwrap();
    assert_eq!(reader.events(WORKSPACE, 0, 9).unwrap().len(), 2);
    assert_eq!(reader.events(other, 0, 9).unwrap().len(), 1);
    assert_eq!(reader.link(other, 2).unwrap(), None);
    assert!(reader.people(other).unwrap().is_empty());
    assert_eq!(reader.detail(WORKSPACE, deployment).unwrap(), Some(detail));
    assert_eq!(reader.detail(other, deployment).unwrap(), None);
    assert!(reader.timelines(other).unwrap().is_empty() && store.snapshots(other).unwrap().is_empty());
    let key = CommandKey { client: ClientId::from_u128(1), seq: 1 };
    let events = |known: Option<NewOutcome>| known.and_then(|known| known.outcome.events);
    assert_eq!(events(store.outcome(WORKSPACE, key).unwrap()), Some((1, 2)));
    assert_eq!(events(store.outcome(other, key).unwrap()), Some((1, 1)));
    let heads = store.heads().unwrap();
    assert_eq!(heads.iter().map(|head| head.cursor.seq).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(heads[1].cursor.epoch, EPOCH, "a timeline is of one log");
    assert!(store.begin(&NewLog::empty(head(other), Vec::new())).is_err(), "a log is begun once");
}

#[test]
fn what_is_appended_to_several_logs_is_kept_in_all_or_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let other = WorkspaceId::from_u128(70);
    store.begin(&NewLog::empty(head(other), Vec::new())).unwrap();
    let (first, second) = (append(start(), 2, 1, 1), append(start(), 1, 2, 1));
    let both = [(WORKSPACE, &first), (other, &second)];
    assert_eq!(store.append_all(&both).unwrap(), Appended::Appended);
    // The second one of these was decided too early.
    let next = append(first.head, 1, 1, 2);
    let both = [(WORKSPACE, &next), (other, &second)];
    assert_eq!(store.append_all(&both).unwrap(), Appended::Moved(second.head));
    let heads: Vec<_> = store.heads().unwrap().into_iter().map(|head| head.cursor).collect();
    assert_eq!(heads, [first.head, second.head]);
    assert_eq!(store.append_all(&[]).unwrap(), Appended::Appended, "nothing is kept easily");
}

#[test]
fn a_log_is_begun_with_all_it_comes_with_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let other = WorkspaceId::from_u128(70);
    let first = append(start(), 2, 1, 1);
    let second = append(first.head, 1, 1, 2);
    let began = Timeline { epoch: EPOCH, began: 3 };
    let whole = NewLog {
        appends: vec![first, second.clone()],
        timelines: vec![began],
        redactions: Vec::new(),
        ..NewLog::empty(head(other), people())
    };
    // Nobody has this account, and a part of the log is missing.
    let account = slipway_shared::ids::AccountId::from_u128(5);
    let stranger = Membership { account, workspace: other, member: MemberId::from_u128(9) };
    let orphan = NewLog { memberships: vec![stranger], ..whole.clone() };
    let with_a_hole = NewLog { appends: vec![second.clone()], ..whole.clone() };
    for broken in [&orphan, &with_a_hole] {
        assert!(store.begin(broken).is_err());
        assert_eq!(store.heads().unwrap().len(), 1, "nothing of it is kept");
    }
    store.begin(&whole).unwrap();
    let reader = store.reader().unwrap();
    assert_eq!(store.heads().unwrap()[1].cursor, second.head);
    assert_eq!((reader.events(other, 0, 9).unwrap().len(), reader.people(other).unwrap()), (3, people()));
    assert_eq!(reader.timelines(other).unwrap(), [began]);
    assert_eq!(store.queues(other).unwrap(), [(ClientId::from_u128(1), 2)]);
}

#[test]
fn a_full_disk_keeps_what_was_there_and_goes_on_once_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let first = append(start(), 1, 1, 1);
    store.append(WORKSPACE, &first).unwrap();
    store.limit_pages(store.pages().unwrap()).unwrap();
    let large = append(first.head, 400, 1, 2);
    assert!(matches!(store.append(WORKSPACE, &large), Err(StoreError::Full)));
    assert!(matches!(store.probe(), Err(StoreError::Full)));
    assert_eq!(store.heads().unwrap()[0].cursor, first.head);
    assert_eq!(store.reader().unwrap().events(WORKSPACE, 0, 9).unwrap().len(), 1);
    store.limit_pages(u32::MAX / 2).unwrap();
    store.probe().unwrap();
    assert_eq!(store.append(WORKSPACE, &large).unwrap(), Appended::Appended);
}

#[test]
fn two_snapshots_are_kept_newest_first() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    for seq in [10, 30, 20, 30] {
        store.save_snapshot(WORKSPACE, &SnapshotRow { seq, body: vec![1, 2, 3] }).unwrap();
    }
    let kept: Vec<_> = store.snapshots(WORKSPACE).unwrap().into_iter().map(|row| row.seq).collect();
    assert_eq!(kept, [30, 20]);
}

#[test]
fn what_is_about_one_deployment_is_found_the_newest_first() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let [one, other] = [1, 2].map(DeploymentId::from_u128);
    let payloads = [
        format!(r#"{{"deployment":{{"finished":{{"deployment":"{one}"}}}}}}"#),
        format!(r#"{{"deployment":{{"finished":{{"deployment":"{other}"}}}}}}"#),
        // It links to the first, and its text quotes it.
        format!(
            r#"{{"deployment":{{"x":{{"text":"\"deployment\":\"{one}\"","deployment":"{other}","to":{{"deployment":"{one}"}}}}}}}}"#
        ),
        format!(r#"{{"rollout":{{"reported":{{"deployment":"{one}"}}}}}}"#),
        r#"{"label":{"added":{"name":"deployment"}}}"#.to_owned(),
    ];
    let mut all = append(start(), payloads.len() as u64, 1, 1);
    let mut chain = Hash::ZERO;
    for (new, payload) in all.events.iter_mut().zip(&payloads) {
        chain = chain_hash(chain, &new.event.header, Hash::of(&[payload.as_bytes()]));
        (new.event.chain, new.event.payload) = (chain, Some(payload.clone()));
    }
    all.head.chain = chain;
    store.append(WORKSPACE, &all).unwrap();
    let reader = store.reader().unwrap();
    let found = |deployment, before, limit| {
        let found = reader.events_of(WORKSPACE, deployment, before, limit).unwrap();
        let place =
            |event: &StoredEvent| payloads.iter().position(|known| event.payload.as_ref() == Some(known));
        found.iter().filter_map(place).collect::<Vec<_>>()
    };
    assert_eq!(found(one, u64::MAX, 10), [3, 0]);
    assert_eq!(found(other, u64::MAX, 10), [2, 1]);
    assert_eq!((found(one, 4, 10), found(one, u64::MAX, 1)), (vec![0], vec![3]));
    assert_eq!(found(DeploymentId::from_u128(3), u64::MAX, 10), [0; 0]);
}

#[test]
fn what_is_not_ours_is_not_touched() {
    let text = tempfile::tempdir().unwrap();
    let bytes = b"my shopping list, which is quite long and no database at all".repeat(20);
    std::fs::write(text.path().join(FILE), &bytes).unwrap();
    assert!(matches!(SqliteStore::open(text.path()), Err(StoreError::Foreign)));
    assert_eq!(std::fs::read(text.path().join(FILE)).unwrap(), bytes);

    let other = tempfile::tempdir().unwrap();
    let connection = rusqlite::Connection::open(other.path().join(FILE)).unwrap();
    connection.execute_batch("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)").unwrap();
    assert!(matches!(SqliteStore::open(other.path()), Err(StoreError::Foreign)));
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn what_a_newer_version_wrote_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    drop(made(&dir));
    let connection = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let before = std::fs::read(dir.path().join(FILE)).unwrap();
    assert!(matches!(SqliteStore::open(dir.path()), Err(StoreError::Newer { found: 99, known: 10 })));
    assert!(matches!(SqliteStore::read_only(dir.path()), Err(StoreError::Newer { .. })));
    assert_eq!(std::fs::read(dir.path().join(FILE)).unwrap(), before);
}

#[test]
fn a_damaged_file_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    {
        let mut store = made(&dir);
        let many = append(start(), 500, 1, 1);
        store.append(WORKSPACE, &many).unwrap();
    }
    let path = dir.path().join(FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    // Behind the schema, without which nothing can be opened.
    let place = bytes.len() * 3 / 4 / 4096 * 4096;
    bytes[place..place + 200].fill(0xee);
    std::fs::write(&path, bytes).unwrap();
    let store = SqliteStore::read_only(dir.path()).unwrap();
    let found = store.check();
    assert!(!matches!(found, Ok(None)), "{found:?}");
}

#[test]
fn the_sqlite_inside_has_no_known_way_to_damage_a_log() {
    // Versions before 3.51.3 could lose a reset of the write-ahead log.
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[test]
fn what_was_taken_out_is_overwritten_once_nobody_reads_it_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = made(&dir);
    let before = append(start(), 1, 1, 1);
    store.append(WORKSPACE, &before).unwrap();
    let mut first = append(before.head, 1, 1, 2);
    let there = "\"a text that is nowhere else\"".to_owned();
    let event = &mut first.events[0].event;
    event.chain = chain_hash(before.head.chain, &event.header, Hash::of(&[there.as_bytes()]));
    event.payload = Some(there.clone());
    first.head.chain = event.chain;
    store.append(WORKSPACE, &first).unwrap();
    let bytes = |dir: &tempfile::TempDir| {
        let files =
            std::fs::read_dir(dir.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        files.filter(|file| file.windows(there.len()).any(|part| part == there.as_bytes())).count()
    };
    let epoch = EpochId::from_u128(99);
    let told = append(Cursor { epoch, ..first.head }, 1, 2, 1);
    let hash = Hash::of(&[there.as_bytes()]);
    let payloads = vec![(2, "\"nothing of it\"".to_owned(), hash)];
    let redaction = Redaction { append: told.clone(), payloads, needle: "nowhere".to_owned(), epoch };
    let reading = sqlite::Inspector::open(&dir.path().join(FILE)).unwrap();
    assert_eq!(store.redact(WORKSPACE, &redaction).unwrap(), Appended::Appended);
    assert!(!store.wipe().unwrap() && bytes(&dir) > 0, "somebody reads what was there before");
    drop(reading);
    assert!(store.wipe().unwrap() && store.wipe().unwrap());
    assert_eq!(bytes(&dir), 0);
    let reader = store.reader().unwrap();
    let changed = reader.events(WORKSPACE, 1, 1).unwrap().remove(0);
    assert_eq!((changed.payload.as_deref(), changed.payload_hash), (Some("\"nothing of it\""), Some(hash)));
    assert_eq!((&changed.header, changed.chain), (&first.events[0].event.header, first.head.chain));
    assert_eq!(reader.redactions(WORKSPACE).unwrap(), [told.head.seq]);
    assert_eq!(store.heads().unwrap()[0].cursor, told.head);
    // Decided elsewhere, it changes nothing.
    let elsewhere = Redaction { append: append(start(), 1, 3, 1), ..redaction };
    assert!(matches!(store.redact(WORKSPACE, &elsewhere), Ok(Appended::Moved(_)) | Err(_)));
    assert_eq!(store.heads().unwrap()[0].cursor, told.head);
}
