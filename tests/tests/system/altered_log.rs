//! Whatever is done to the log of a workspace behind the server's back is found by `slipway check`.

use std::fs;

use slipway_tests::random::Random;
use slipway_tests::server::TestServer;
use slipway_tests::verify::total;

use crate::backup::check;
use crate::killed::prepare;

/// Events that every log here has: from the first on, and all within.
const LEAST: i64 = 12;

/// What is done to a log of `HEAD` events. Each keeps what SQLite itself looks at.
const DEEDS: [(&str, &str); 17] = [
    ("the first is deleted", "DELETE FROM events WHERE seq = 1"),
    ("one within is deleted", "DELETE FROM events WHERE seq = 5"),
    ("the last is deleted", "DELETE FROM events WHERE seq = HEAD"),
    ("all are deleted", "DELETE FROM events"),
    ("it is truncated, and its head with it", "DELETE FROM events WHERE seq > 8; UPDATE workspaces SET head = 8"),
    (
        "it is truncated, with its head and chain",
        "DELETE FROM events WHERE seq > 8; UPDATE workspaces SET head = 8, chain = (SELECT chain FROM events WHERE seq = 8)",
    ),
    (
        "one is put in at the end",
        "INSERT INTO events SELECT ws, HEAD + 1, chain, received, header, payload, payload_hash FROM events
         WHERE seq = HEAD; UPDATE workspaces SET head = HEAD + 1",
    ),
    (
        "one is put in within",
        "UPDATE events SET seq = -seq WHERE seq > 5; UPDATE events SET seq = 1 - seq WHERE seq < 0;
         INSERT INTO events SELECT ws, 6, chain, received, header, payload, payload_hash FROM events WHERE seq = 5;
         UPDATE workspaces SET head = HEAD + 1",
    ),
    (
        "two change places",
        "UPDATE events SET seq = HEAD + 9 WHERE seq = 5; UPDATE events SET seq = 5 WHERE seq = 6;
         UPDATE events SET seq = 6 WHERE seq = HEAD + 9",
    ),
    ("one moves past the end", "UPDATE events SET seq = HEAD + 1 WHERE seq = HEAD"),
    ("what happened is changed", "UPDATE events SET payload = replace(payload, 'name', 'nama') WHERE instr(payload, 'name') > 0"),
    ("who did it is changed", "UPDATE events SET header = replace(header, 'actor', 'other') WHERE instr(header, 'actor') > 0"),
    ("what happened is taken out, unsaid", "UPDATE events SET payload = NULL, payload_hash = zeroblob(32) WHERE seq = 5"),
    ("a link is changed", "UPDATE events SET chain = zeroblob(32) WHERE seq = 5"),
    ("the last link is changed", "UPDATE events SET chain = zeroblob(32) WHERE seq = HEAD"),
    ("the head is put back", "UPDATE workspaces SET head = HEAD - 1"),
    ("the head's link is changed", "UPDATE workspaces SET chain = zeroblob(32)"),
];

#[test]
fn every_change_of_a_log_is_found() {
    let mut server = TestServer::start();
    prepare(&server, &mut Random::announced("altered log"), 2);
    let _ended = server.terminate();
    let whole = fs::read(server.data().join("slipway.db")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_string_lossy().into_owned();
    let altered = |sql: &str| {
        fs::write(folder.path().join("slipway.db"), &whole).unwrap();
        let connection = rusqlite::Connection::open(folder.path().join("slipway.db")).unwrap();
        let head: i64 = connection.query_row("SELECT max(seq) FROM events", [], |row| row.get(0)).unwrap();
        assert!(head >= LEAST, "{head} events");
        let before = connection.total_changes();
        connection.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
        connection.execute_batch(&sql.replace("HEAD", &head.to_string())).unwrap();
        (connection.total_changes() - before, check_closed(connection, &data))
    };
    assert_eq!(altered("").1, Some(0));
    for (what, sql) in DEEDS {
        let (changes, code) = altered(sql);
        assert!(changes > 0, "{what}: nothing was done");
        assert_eq!(code, Some(74), "{what} and nothing finds it");
    }
    total("altered logs", &format!("{} ways to change a log, all found", DEEDS.len()));
}

fn check_closed(connection: rusqlite::Connection, data: &str) -> Option<i32> {
    connection.close().unwrap();
    check(&["--data", data]).0
}
