//! Starts that can't be: each ends with its exit code and a message that says what was kept and what to do.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use slipway_tests::server::{Finished, TestServer, free_address, run};

#[track_caller]
fn is_refused(finished: &Finished, code: i32, words: &[&str]) {
    assert_eq!(finished.code, Some(code), "{}", finished.stderr);
    for word in words {
        assert!(finished.stderr.contains(word), "{word:?} is not in: {}", finished.stderr);
    }
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
    assert_eq!(finished.stdout, "", "errors are no result");
}

fn serve(listen: &str, data: &Path) -> Finished {
    run(&["serve", "--listen", listen, "--data", &data.to_string_lossy()])
}

#[test]
fn an_address_of_other_computers_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for listen in ["0.0.0.0:8080", "192.168.1.7:8080", "[::]:8080"] {
        is_refused(&serve(listen, &data), 64, &["Nothing was started", "127.0.0.1"]);
    }
    assert!(!data.exists(), "a refused start left something");
}

#[test]
fn a_port_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    is_refused(&serve(&listen, &data), 69, &[&listen, "Nothing was touched", "--listen"]);
    assert!(!data.exists(), "a refused start left something");
}

#[test]
fn a_data_directory_in_use_is_refused() {
    let server = TestServer::start();
    let finished = serve(&free_address().to_string(), &server.data());
    is_refused(&finished, 75, &["Nothing was touched", &server.url()]);
    assert_eq!(slipway_tests::http::get(server.address(), "/health/ready").unwrap().status, 200);
}

#[test]
fn a_killed_server_leaves_no_lock_behind() {
    let mut server = TestServer::start();
    server.kill();
    server.restart();
    let (status, _) = server.terminate();
    assert!(status.success());
}

#[test]
fn a_data_directory_of_a_newer_version_is_refused_and_left_alone() {
    let mut server = TestServer::start();
    assert!(server.terminate().0.success());
    let database = server.data().join("slipway.db");
    let connection = rusqlite::Connection::open(&database).unwrap();
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    connection.pragma_update(None, "user_version", version + 1).unwrap();
    connection.close().unwrap();

    let before = fs::read(&database).unwrap();
    is_refused(&serve(&free_address().to_string(), &server.data()), 76, &["Nothing was touched", "newer"]);
    assert_eq!(fs::read(&database).unwrap(), before, "the database was touched");
}

#[test]
fn a_foreign_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("slipway.db");
    fs::write(&database, "Dear diary, today I began something new.\n".repeat(100)).unwrap();
    let before = fs::read(&database).unwrap();
    is_refused(&serve(&free_address().to_string(), folder.path()), 74, &["Nothing was"]);
    assert_eq!(fs::read(&database).unwrap(), before, "the file was touched");

    fs::remove_file(&database).unwrap();
    let other = rusqlite::Connection::open(&database).unwrap();
    other.execute_batch("CREATE TABLE diary (day TEXT); INSERT INTO diary VALUES ('Monday');").unwrap();
    other.close().unwrap();
    is_refused(&serve(&free_address().to_string(), folder.path()), 74, &["Nothing was"]);
}

#[test]
fn a_data_directory_that_can_not_be_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "no directory").unwrap();
    is_refused(&serve(&free_address().to_string(), &file), 73, &["Nothing was touched", "--data"]);
    is_refused(&serve(&free_address().to_string(), &file.join("below")), 73, &["Nothing was touched"]);
}

#[test]
fn a_configuration_with_an_unknown_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("slipway.toml");
    fs::write(&config, "listen = \"127.0.0.1:8080\"\ncolour = \"blue\"\n").unwrap();
    let finished = run(&["serve", "--config", &config.to_string_lossy()]);
    is_refused(&finished, 78, &["colour"]);
}

#[test]
fn what_is_no_command_is_refused() {
    is_refused(&run(&["launch"]), 2, &["launch"]);
    is_refused(&run(&["serve", "--listen", "here"]), 2, &["--listen"]);
}
