//! A server that makes backups by itself makes one a round, keeps the newest, and touches nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use slipway_tests::http;
use slipway_tests::server::{ServerSetup, TestServer, run};
use slipway_tests::wait;

use crate::backup::check;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn server(folder: &Path) -> TestServer {
    let folder = folder.to_string_lossy();
    ["--backup-to", &*folder, "--keep", "2"]
        .iter()
        .fold(ServerSetup::default(), |setup, flag| setup.flag(flag))
        .start()
}

fn backups(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut backups: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "db")).collect();
    backups.sort();
    backups
}

fn note(backup: &Path) -> PathBuf {
    backup.with_added_extension("json")
}

fn standing(server: &TestServer) -> Value {
    let answer = http::get(server.address(), "/health/ready").unwrap();
    serde_json::from_slice::<Value>(&answer.body).unwrap()["backups"].clone()
}

/// Makes a backup look as if it had been taken earlier, under a name of its own.
fn age(backup: &Path, days: i64, named: &Path) {
    let mut told: Value = serde_json::from_str(&fs::read_to_string(note(backup)).unwrap()).unwrap();
    told["taken_at"] = (told["taken_at"].as_i64().unwrap() - days * DAY_MS).into();
    fs::copy(backup, named).unwrap();
    fs::write(note(named), told.to_string()).unwrap();
}

#[test]
fn a_round_brings_one_backup_and_the_newest_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let mut server = server(at);
    wait::until("a backup", || standing(&server)["newest"].is_string().then_some(()));
    assert_eq!(standing(&server)["is_stale"], false);
    let [first] = &backups(at)[..] else { panic!("{:?}", backups(at)) };
    assert_eq!(check(&[&first.to_string_lossy()]).0, Some(0));

    // A start within the round brings none.
    server.kill();
    server.restart();
    wait::until("the backups to be looked at", || standing(&server)["newest"].is_string().then_some(()));
    assert_eq!(backups(at).len(), 1);
    server.kill();

    // A server that was away for days brings one at once, and what there are too many of goes.
    let [old, older, oldest] = ["0002", "0001", "0000"].map(|end| {
        let name = first.file_stem().unwrap().to_string_lossy().into_owned();
        at.join(format!("{}-{end}.db", &name[..name.len() - 6]))
    });
    for (named, days) in [(&old, 2), (&older, 3), (&oldest, 4)] {
        age(first, days, named);
    }
    fs::remove_file(first).unwrap();
    fs::remove_file(note(first)).unwrap();
    fs::write(at.join("holiday.db"), "mine").unwrap();
    server.restart();
    wait::until("two backups", || (!older.exists() && !oldest.exists()).then_some(()));
    let left = backups(at);
    assert!(left.contains(&old) && left.contains(&at.join("holiday.db")) && left.len() == 3, "{left:?}");
    assert!(!note(&older).exists() && !note(&oldest).exists());
}

#[test]
fn backups_that_would_be_lost_with_the_data_are_refused() {
    let setup = ServerSetup::default();
    let inside = setup.data().join("backups");
    let (data, inside) = (setup.data().to_string_lossy().into_owned(), inside.to_string_lossy().into_owned());
    fs::create_dir(&data).unwrap();
    let finished = run(&["serve", "--listen", "127.0.0.1:0", "--data", &data, "--backup-to", &inside]);
    assert_ne!(finished.code, Some(0));
    assert!(finished.stderr.contains("inside of the data directory"), "{}", finished.stderr);
}
