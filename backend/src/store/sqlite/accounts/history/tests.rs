//! Whatever is done to the log of accounts behind its back is found.

use tempfile::TempDir;

use super::*;
use crate::history::{HistoryError, each_verified};
use crate::store::accounts::Acted;
use crate::store::sqlite::{FILE, Inspector, SqliteStore};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn by() -> By {
    By::Session { account: AccountId::from_u128(1), id: SessionId::from_u128(2) }
}

/// A directory with a log of five events.
fn made() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(dir.path()).unwrap());
    let accounts = Accounts::open(dir.path()).unwrap();
    let failed =
        |count| FailedTries { account: Some(AccountId::from_u128(1)), network: Some("a".to_owned()), count };
    accounts.record_failures(&[failed(3), failed(2)], NOW).unwrap();
    accounts.record_export(by(), Some(WorkspaceId::from_u128(9)), NOW).unwrap();
    accounts.record_export(By::Operator, None, NOW).unwrap();
    accounts.end_sessions(AccountId::from_u128(1), None, NOW).unwrap();
    dir
}

fn verified(dir: &TempDir) -> Result<Vec<AccountEvent>, HistoryError> {
    let inspector = Inspector::open(&dir.path().join(FILE))?;
    let mut events = Vec::new();
    each_verified(&inspector, |row| {
        events.extend(serde_json::from_str(&row.body).ok());
        Ok::<_, HistoryError>(())
    })?;
    Ok(events)
}

fn tampered(sql: &str) -> Result<Vec<AccountEvent>, HistoryError> {
    let dir = made();
    let connection = Connection::open(dir.path().join(FILE)).unwrap();
    connection.execute_batch(sql).unwrap();
    drop(connection);
    verified(&dir)
}

#[test]
fn what_was_appended_is_read_and_holds() {
    let events = verified(&made()).unwrap();
    let told: Vec<_> =
        events.iter().map(|event| (event.seq, event.kind.as_str(), event.by_operator)).collect();
    assert_eq!(
        told,
        [
            (1, "session.failed", false),
            (2, "session.failed", false),
            (3, "server.exported", false),
            (4, "server.exported", true),
            (5, "session.all_ended", true),
        ]
    );
    assert_eq!((events[0].count, events[4].count), (Some(3), Some(0)));
    assert_eq!(
        (events[2].by, events[2].session),
        (Some(AccountId::from_u128(1)), Some(SessionId::from_u128(2)))
    );
    assert_eq!(tampered("").unwrap().len(), 5);
}

#[test]
fn every_change_is_found() {
    let table = [
        "UPDATE account_events SET body = replace(body, '\"count\":3', '\"count\":2') WHERE seq = 1",
        "UPDATE account_events SET chain = zeroblob(32) WHERE seq = 5",
        "UPDATE account_events SET account = zeroblob(16) WHERE seq = 1",
        "UPDATE account_events SET account = NULL WHERE seq = 1",
        "UPDATE account_events SET ws = NULL WHERE seq = 3",
        "DELETE FROM account_events WHERE seq = 1",
        "DELETE FROM account_events WHERE seq = 3",
        "DELETE FROM account_events WHERE seq = 5",
        "DELETE FROM account_events",
        "UPDATE account_events SET seq = 9 WHERE seq = 5",
        "UPDATE account_events SET seq = 6 WHERE seq = 1; UPDATE account_events SET seq = 1 WHERE seq = 2;
         UPDATE account_events SET seq = 2 WHERE seq = 6",
        "INSERT INTO account_events SELECT 6, chain, account, ws, body FROM account_events WHERE seq = 5",
        "UPDATE account_events_head SET seq = 4",
        "UPDATE account_events_head SET chain = zeroblob(32)",
    ];
    for sql in table {
        assert!(tampered(sql).is_err(), "{sql}");
    }
}

#[test]
fn what_is_refused_is_not_told_of() {
    let dir = made();
    let accounts = Accounts::open(dir.path()).unwrap();
    let before = accounts.history_head().unwrap();
    let (account, session) = (AccountId::from_u128(1), SessionId::from_u128(7));
    assert!(!accounts.end_session(account, session, session, NOW).unwrap());
    assert!(!accounts.use_recovery_code(account, Hash::ZERO, NOW).unwrap());
    assert_eq!(accounts.drop_second_factor(account, None, NOW).unwrap(), Acted::Not);
    let token = slipway_shared::ids::TokenId::from_u128(1);
    assert!(!accounts.revoke_token(WorkspaceId::from_u128(9), token, None, by(), NOW).unwrap());
    assert_eq!(accounts.history_head().unwrap(), before);
    assert_eq!(accounts.history_link(before.seq).unwrap(), Some(before.chain));
    assert_eq!(accounts.history_link(before.seq + 1).unwrap(), None);
}

#[test]
fn what_cannot_be_told_of_does_not_happen() {
    let dir = made();
    let connection = Connection::open(dir.path().join(FILE)).unwrap();
    connection
        .execute_batch(
            "INSERT INTO account_events SELECT 6, chain, account, ws, body FROM account_events WHERE seq = 5",
        )
        .unwrap();
    let accounts = Accounts::open(dir.path()).unwrap();
    let account = crate::store::accounts::AccountRow {
        id: AccountId::from_u128(3),
        name: "Ada".to_owned(),
        login: "ada".to_owned(),
        password: String::new(),
        second_factor: None,
        draft: None,
        recovery_codes: 0,
        made: NOW,
        disabled_at: None,
        sign_outs: 0,
    };
    accounts.make_account_alone(&account).unwrap();
    // The place that comes next is taken: the event can't be kept, so the password is not changed either.
    assert!(accounts.change_password(account.id, "new", None, NOW).is_err());
    assert_eq!(accounts.account(account.id).unwrap().unwrap().password, "");
}

#[test]
fn what_concerns_a_workspace_is_found_by_indexes() {
    let dir = made();
    let accounts = Accounts::open(dir.path()).unwrap();
    let connection = accounts.read();
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {OF_WORKSPACE}")).unwrap();
    let steps = statement.query_map(params![key(9), 99, 10, "[]"], |row| row.get::<_, String>(3)).unwrap();
    let steps: Vec<_> = steps.collect::<Result<_, _>>().unwrap();
    for index in ["account_events_of_workspace", "account_events_of_account_alone"] {
        assert!(steps.iter().any(|step| step.contains(index)), "{index}: {steps:#?}");
    }
    let scans = |step: &&String| step.starts_with("SCAN") && step.contains("account_events");
    assert_eq!(steps.iter().find(scans), None, "{steps:#?}");
}

#[test]
fn what_concerns_a_workspace_is_told_newest_first_and_only_once() {
    let dir = made();
    let accounts = Accounts::open(dir.path()).unwrap();
    let of = |people: &[u128], before, limit| {
        let always = |account| Belonging { account, from: Timestamp(0), to: Timestamp(i64::MAX) };
        let people: Vec<_> = people.iter().copied().map(AccountId::from_u128).map(always).collect();
        let found = accounts.history_of(WorkspaceId::from_u128(9), &people, before, limit).unwrap();
        found.into_iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    assert_eq!(of(&[1, 2], 99, 10), [5, 3, 2, 1]);
    assert_eq!(of(&[1, 2], 5, 2), [3, 2]);
    assert_eq!(of(&[], 99, 10), [3]);
}
