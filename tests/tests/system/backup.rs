//! A backup is whole also under load, is served after a restore, and nothing is ever written over by mistake.

use std::fs;
use std::path::Path;

use serde_json::Value;
use slipway_tests::api::Api;
use slipway_tests::random::Random;
use slipway_tests::server::{Finished, ServerSetup, TestServer, run, run_inside};
use slipway_tests::verify::{read_log, total};

use crate::killed::prepare;
use crate::pushers::Crew;
use crate::syscalls::{assert_may_trace, strace};

const BACKUPS: usize = 6;

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Makes a backup that has to succeed, and returns what it told.
#[track_caller]
pub(crate) fn back_up(data: &Path, to: &Path) -> Value {
    let finished = run(&["backup", "--data", &text(data), "--output", &text(to), "--force", "--json"]);
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    serde_json::from_str(&finished.stdout).unwrap()
}

pub(crate) fn restore(file: &Path, data: &Path, more: &[&str]) -> Finished {
    let (file, data) = (text(file), text(data));
    run(&[&["restore", &file, "--data", &data], more].concat())
}

/// Looks for damage, and returns the exit code with what was found.
#[track_caller]
pub(crate) fn check(arguments: &[&str]) -> (Option<i32>, Value) {
    let finished = run(&[&["check", "--json"], arguments].concat());
    let told = serde_json::from_str(&finished.stdout).unwrap_or(Value::Null);
    assert!(finished.code != Some(0) || told["ok"] == true, "{told}");
    (finished.code, told)
}

#[test]
fn backups_under_load_finish_are_whole_and_hold_everything_acknowledged_before() {
    let mut random = Random::announced("backup under load");
    let server = TestServer::start();
    let crew = Crew::start(&server, server.address(), &mut random, 4);
    let folder = tempfile::tempdir().unwrap();
    let mut last = None;
    for number in 0..BACKUPS {
        let file = folder.path().join(format!("{number}.db"));
        let before = crew.acknowledged();
        let told = back_up(&server.data(), &file);
        assert_eq!(check(&[&text(&file)]).0, Some(0));
        last = Some((file, before, told));
    }
    // Beside the server, too.
    assert_eq!(check(&["--data", &text(&server.data())]).0, Some(0));
    let epoch = crew.epoch;
    let acknowledged = crew.stop();
    let whole = Api::connect(server.address()).unwrap().log().unwrap();
    read_log(epoch, &whole).holds(&acknowledged);

    let (file, before, told) = last.unwrap();
    let setup = ServerSetup::default();
    let restored = restore(&file, &setup.data(), &[]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    let other = setup.start();
    let mut api = Api::connect(other.address()).unwrap();
    let (workspace, cursor) = api.snapshot().unwrap();
    let log = api.log().unwrap();
    let read = read_log(cursor.epoch, &log);
    read.holds(&before);
    assert_eq!(log[..], whole[..log.len()], "another history");
    assert_ne!(cursor.epoch, epoch, "both could be written to under one name");
    assert_eq!(told["head"], cursor.seq);
    assert_eq!(told["digest"], workspace.digest().to_string());
    assert!(!before.is_empty() && whole.len() > log.len(), "there was hardly any load");
    total(
        "backups",
        &format!(
            "{BACKUPS} backups under load: {} commands acknowledged before the last, all in it; {} events",
            before.len(),
            log.len()
        ),
    );
}

#[test]
fn a_backup_goes_over_nothing_and_a_failed_one_leaves_nothing() {
    let mut random = Random::announced("backup refused");
    let mut server = TestServer::start();
    prepare(&server, &mut random, 1);
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (server.data(), folder.path().join("backup.db"));
    let attempt = |data: &Path, to: &Path| run(&["backup", "--data", &text(data), "--output", &text(to)]);

    back_up(&data, &file);
    let before = fs::read(&file).unwrap();
    let again = attempt(&data, &file);
    assert_eq!(again.code, Some(77), "{}", again.stderr);
    assert!(again.stderr.contains("--force"), "{}", again.stderr);
    for inside in [data.join("slipway.db"), data.join("slipway.db-wal"), data.join("copy.db")] {
        let refused = run(&["backup", "--data", &text(&data), "--output", &text(&inside), "--force"]);
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    }
    let nowhere = attempt(&data, &folder.path().join("no/such/folder.db"));
    assert_eq!(nowhere.code, Some(73), "{}", nowhere.stderr);
    let empty = attempt(folder.path(), &folder.path().join("other.db"));
    assert_eq!(empty.code, Some(66), "{}", empty.stderr);

    // Data that is damaged makes no backup, and the one before stays.
    let _ended = server.terminate();
    let connection = rusqlite::Connection::open(data.join("slipway.db")).unwrap();
    let sql = "UPDATE events SET payload = replace(payload, 'harbour', 'harbeur')";
    assert!(connection.execute(sql, []).unwrap() > 0);
    drop(connection);
    let damaged = run(&["backup", "--data", &text(&data), "--output", &text(&file), "--force"]);
    assert_eq!(damaged.code, Some(74), "{}", damaged.stderr);
    assert!(damaged.stderr.contains("is not what was written"), "{}", damaged.stderr);
    assert_eq!(fs::read(&file).unwrap(), before);
    let (code, told) = check(&["--data", &text(&data)]);
    assert_eq!((code, &told["ok"]), (Some(74), &Value::Bool(false)));
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["backup.db", "backup.db.json"]);
}

#[test]
fn a_restore_deletes_nothing_and_refuses_what_is_no_backup() {
    let mut random = Random::announced("restore refused");
    let mut server = TestServer::start();
    prepare(&server, &mut random, 2);
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (server.data(), folder.path().join("backup.db"));
    back_up(&data, &file);
    let running = restore(&file, &data, &["--force"]);
    assert_eq!(running.code, Some(75), "{}", running.stderr);
    let before = Api::connect(server.address()).unwrap().log().unwrap();
    let _ended = server.terminate();
    let occupied = restore(&file, &data, &[]);
    assert_eq!(occupied.code, Some(77), "{}", occupied.stderr);

    let whole = fs::read(&file).unwrap();
    let altered = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        change(&mut bytes);
        bytes
    };
    let at = whole.windows(7).position(|word| word == b"harbour").unwrap();
    let cases = [
        ("altered, with its note", altered(&|bytes| bytes[at] ^= 1), true, 74),
        ("altered, without its note", altered(&|bytes| bytes[at] ^= 1), false, 74),
        ("cut off", altered(&|bytes| bytes.truncate(bytes.len() / 2)), false, 74),
        ("newer", altered(&|bytes| bytes[60..64].copy_from_slice(&99_u32.to_be_bytes())), false, 76),
        (
            "of another program",
            altered(&|bytes| bytes[68..72].copy_from_slice(&7_u32.to_be_bytes())),
            false,
            74,
        ),
        ("something else", b"Dear diary,\n".to_vec(), false, 74),
    ];
    for (what, bytes, with_note, code) in cases {
        let broken = folder.path().join("broken.db");
        fs::write(&broken, bytes).unwrap();
        if with_note {
            fs::copy(folder.path().join("backup.db.json"), folder.path().join("broken.db.json")).unwrap();
        }
        let refused = restore(&broken, &data, &["--force"]);
        assert_eq!(refused.code, Some(code), "{what}: {} {}", refused.stdout, refused.stderr);
        assert!(refused.stderr.contains("Nothing was"), "{what}: {}", refused.stderr);
        drop(fs::remove_file(folder.path().join("broken.db.json")));
    }
    let missing = restore(&folder.path().join("nowhere.db"), &data, &["--force"]);
    assert_eq!(missing.code, Some(66), "{}", missing.stderr);

    // After all of these the data is what it was; and a restore that goes through keeps it.
    server.restart();
    assert_eq!(Api::connect(server.address()).unwrap().log().unwrap(), before);
    server.kill();
    let restored = restore(&file, &data, &["--force", "--json"]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    let told: Value = serde_json::from_str(&restored.stdout).unwrap();
    let old = told["set_aside"].as_str().unwrap();
    // What was set aside is a data directory of its own.
    assert_eq!(check(&["--data", old]).0, Some(0));
    server.restart();
    assert_eq!(Api::connect(server.address()).unwrap().log().unwrap(), before);
}

/// What a backup's note says has to be what is in the backup, also where somebody alters the note alone.
#[test]
fn a_restore_refuses_a_backup_whose_note_was_altered() {
    let mut random = Random::announced("altered note");
    let server = TestServer::start();
    prepare(&server, &mut random, 1);
    let folder = tempfile::tempdir().unwrap();
    let (file, data) = (folder.path().join("backup.db"), folder.path().join("data"));
    back_up(&server.data(), &file);
    let note = file.with_added_extension("json");
    let whole: Value = serde_json::from_str(&fs::read_to_string(&note).unwrap()).unwrap();
    let other = Value::from("5".repeat(64));
    let id = Value::from("0192aabb-cc00-7000-8000-000000000000");
    for (field, value) in [
        ("sha256", &other),
        ("bytes", &Value::from(17)),
        ("workspace", &id),
        ("epoch", &id),
        ("head", &Value::from(1)),
        ("chain", &other),
        ("digest", &other),
        ("others", &Value::from(vec![whole.clone()])),
        ("format", &Value::from("one")),
        ("taken_at", &Value::Null),
    ] {
        let mut altered = whole.clone();
        altered[field] = value.clone();
        assert_ne!(altered, whole, "{field}");
        fs::write(&note, altered.to_string()).unwrap();
        let refused = restore(&file, &data, &[]);
        assert_eq!(refused.code, Some(74), "{field}: {} {}", refused.stdout, refused.stderr);
        assert!(refused.stderr.contains("Nothing was"), "{field}: {}", refused.stderr);
        assert!(!data.join("slipway.db").exists(), "{field}");
    }
    fs::write(&note, "Dear diary,").unwrap();
    assert_eq!(restore(&file, &data, &[]).code, Some(74));
    fs::write(&note, whole.to_string()).unwrap();
    let restored = restore(&file, &data, &[]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
}

/// Makes a backup over another and is killed at one call after the other: what is there then is a backup with the note
/// that fits it, and the next backup goes through.
#[test]
fn a_backup_that_is_killed_leaves_one_with_its_note() {
    assert_may_trace();
    let mut random = Random::announced("backup killed");
    let servers = [TestServer::start(), TestServer::start()];
    servers.iter().for_each(|server| drop(prepare(server, &mut random, 1)));
    let [before, now] = servers.each_ref().map(TestServer::data);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let arguments = ["backup", "--data", &text(&now), "--output", &text(&file), "--force"];
    let mut killed = 0;
    for kind in ["rename", "unlink", "fsync"] {
        for at in 1.. {
            back_up(&before, &file);
            let inject = format!("inject={kind}:signal=KILL:when={at}");
            let words = strace(&["-o", "/dev/null", "-e", &format!("trace={kind}"), "-e", &inject]);
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let ended = run_inside(&words, &arguments);
            let (code, told) = check(&[&text(&file)]);
            assert_eq!(code, Some(0), "{inject}: {told}");
            let findings = told["findings"].as_array().unwrap();
            let note = findings.iter().find(|finding| finding["what"] == "manifest").unwrap();
            assert_eq!(note["grade"], "fine", "{inject}: {note}");
            if ended.code == Some(0) {
                break;
            }
            killed += 1;
        }
    }
    assert!(killed > 5, "killed {killed} times");
}
