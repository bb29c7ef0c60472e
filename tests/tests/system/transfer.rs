//! A workspace written out and brought in elsewhere is the same; one that is cut off or altered is refused whole.

use std::fs;
use std::path::{Path, PathBuf};

use slipway_tests::api::Api;
use slipway_tests::commands;
use slipway_tests::random::Random;
use slipway_tests::replica::TestReplica;
use slipway_tests::server::{Finished, ServerSetup, TestServer, run};
use slipway_tests::verify::read_log;

/// A server where something happened.
fn filled(random: &mut Random) -> TestServer {
    let server = TestServer::start();
    let mut replica = TestReplica::connected(server.address(), random.fork());
    for _ in 0..200 {
        let command = commands::anything(replica.view(), random);
        // Refused at once or without effect: the next one, then.
        drop(replica.submit(command));
    }
    replica.settle();
    server
}

#[track_caller]
fn export(data: &Path, to: &Path) -> Finished {
    let finished = run(&["export", "--data", &data.to_string_lossy(), "--output", &to.to_string_lossy()]);
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    finished
}

fn import(file: &Path, data: &Path) -> Finished {
    run(&["import", "workspace", &file.to_string_lossy(), "--data", &data.to_string_lossy()])
}

#[test]
fn an_export_brought_in_elsewhere_has_the_same_digest() {
    let mut random = Random::announced("transfer");
    let server = filled(&mut random);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workspace.ndjson");
    // Beside the server that runs.
    export(&server.data(), &file);

    let setup = ServerSetup::default();
    let imported = import(&file, &setup.data());
    assert_eq!(imported.code, Some(0), "{}", imported.stderr);
    let listed = run(&["user", "list", "--data", &setup.data().to_string_lossy()]);
    assert!(listed.code == Some(0) && listed.stdout.contains("no accounts"), "{}", listed.stdout);
    let checked = run(&["check", &file.to_string_lossy()]);
    assert_eq!(checked.code, Some(74), "{}", checked.stderr);
    assert!(checked.stderr.contains("slipway import workspace"), "{}", checked.stderr);
    let other = setup.start();
    let (mut from, mut to) =
        (Api::connect(server.address()).unwrap(), Api::connect(other.address()).unwrap());
    let ((before, old), (after, new)) = (from.snapshot().unwrap(), to.snapshot().unwrap());
    assert_ne!(new.epoch, old.epoch, "both could be written to under one name");
    assert!(imported.stdout.contains(&before.digest().to_string()), "{}", imported.stdout);
    let mut events = to.log().unwrap();
    assert_eq!((new.seq, events.len()), (old.seq + 1, from.log().unwrap().len() + 1), "the owner joined");
    assert_eq!(after.name, before.name, "it was renamed by who came first");
    events.pop();
    let log = read_log(new.epoch, &events);
    assert_eq!(log.workspace.digest(), before.digest());
    assert_eq!((log.cursor.seq, log.cursor.chain), (old.seq, old.chain), "the log is another one");

    let again = folder.path().join("again.ndjson");
    export(&other.data(), &again);
    let lines = |path: &PathBuf| fs::read_to_string(path).unwrap().lines().count();
    assert_eq!(lines(&again), lines(&file) + 1);
}

#[test]
fn an_export_that_is_cut_off_or_altered_is_refused_whole() {
    let mut random = Random::announced("cut off");
    let server = filled(&mut random);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workspace.ndjson");
    export(&server.data(), &file);
    let whole = fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = whole.lines().collect();

    let without_end = format!("{}\n", lines.get(..lines.len() - 1).unwrap().join("\n"));
    let cut = whole.get(..whole.len() * 2 / 3).unwrap().to_owned();
    let mut missing_one = lines.clone();
    missing_one.remove(lines.len() / 2);
    let altered = whole.replacen("Release 1.", "Release 9.", 1);
    assert_ne!(altered, whole);
    let cases = [
        ("without its last line", without_end),
        ("cut in the midst", cut),
        ("without a line", format!("{}\n", missing_one.join("\n"))),
        ("altered", altered),
        ("empty", String::new()),
        ("something else", "Dear diary,\n".to_owned()),
    ];
    for (what, text) in cases {
        let data = folder.path().join("data");
        let broken = folder.path().join("broken.ndjson");
        fs::write(&broken, text).unwrap();
        let refused = import(&broken, &data);
        assert_eq!(refused.code, Some(65), "{what}: {} {}", refused.stdout, refused.stderr);
        assert!(refused.stderr.contains("Nothing of it was kept"), "{what}: {}", refused.stderr);
        assert!(!refused.stderr.contains("panicked"), "{what}: {}", refused.stderr);
        assert!(!data.join("slipway.db").exists(), "{what}: a refused import left a workspace");
        let right = import(&file, &data);
        assert_eq!(right.code, Some(0), "{what}: the right one is refused afterwards: {}", right.stderr);
        fs::remove_dir_all(&data).unwrap();
    }
}

#[test]
fn an_import_does_not_go_over_a_workspace() {
    let mut random = Random::announced("over");
    let server = filled(&mut random);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workspace.ndjson");
    export(&server.data(), &file);
    let refused = import(&file, &server.data());
    assert_eq!(refused.code, Some(77), "{}", refused.stderr);
    assert!(refused.stderr.contains("Nothing was changed"), "{}", refused.stderr);

    let missing = import(&folder.path().join("nowhere"), &folder.path().join("data"));
    assert_eq!(missing.code, Some(66), "{}", missing.stderr);
    let empty = run(&["export", "--data", &folder.path().join("data").to_string_lossy()]);
    assert_eq!(empty.code, Some(66), "{}", empty.stderr);
}
