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
    if backup != named {
        fs::copy(backup, named).unwrap();
    }
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

/// Returns what `slipway check` says about the backups.
fn checked(server: &TestServer, more: &[&str]) -> Value {
    let data = server.data().to_string_lossy().into_owned();
    let (code, told) = check(&[&["--data", &data], more].concat());
    assert_eq!(code, Some(0), "{told}");
    let findings = told["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["what"] == "backups").cloned().unwrap_or(Value::Null)
}

#[test]
fn stale_backups_are_told_of_in_the_log_once_and_by_a_check() {
    let without = TestServer::start();
    assert_eq!(checked(&without, &[]), Value::Null, "where there are to be none");
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("backups");
    fs::create_dir(&at).unwrap();
    let mut server = server(&at);
    wait::until("a backup", || standing(&server)["newest"].is_string().then_some(()));
    assert_eq!(checked(&server, &[])["grade"], "fine");
    assert!(!server.log().contains("backups_stale"), "{}", server.log());
    server.kill();

    // While no server runs the configuration says where they are; three days later they are stale.
    let [first] = &backups(&at)[..] else { panic!("{:?}", backups(&at)) };
    age(first, 3, first);
    let config = folder.path().join("slipway.toml");
    fs::write(&config, format!("backup-to = {at:?}\n")).unwrap();
    let config = config.to_string_lossy().into_owned();
    let found = checked(&server, &["--config", &config]);
    assert_eq!(found["grade"], "warning", "{found}");
    assert!(found["text"].as_str().unwrap().contains("stale"), "{found}");

    // No draft can be dropped that is a folder, so there is no backup either.
    fs::create_dir(first.with_added_extension("new")).unwrap();
    server.restart();
    wait::until("the log to say so", || server.log().contains("backups_stale").then_some(()));
    assert_eq!(server.log().matches("backups_stale").count(), 1);
    assert_eq!(
        (standing(&server)["is_stale"].clone(), checked(&server, &[])["grade"].clone()),
        (true.into(), "warning".into())
    );
    server.kill();

    fs::remove_dir_all(&at).unwrap();
    fs::write(&at, "no folder").unwrap();
    let found = checked(&server, &["--config", &config]);
    assert_eq!(found["grade"], "warning", "{found}");
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
