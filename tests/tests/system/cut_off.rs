//! Backups and restores that are killed, or run out of room, at chosen system calls: the backup before stays, and the
//! data is the old or the new.

use std::path::Path;
use std::process::Command;

use slipway_shared::ids::ServiceId;
use slipway_tests::api::Api;
use slipway_tests::commands;
use slipway_tests::random::Random;
use slipway_tests::replica::TestReplica;
use slipway_tests::server::{TestServer, binary};
use slipway_tests::verify::total;

use crate::backup::{back_up, check};
use crate::killed::prepare;

/// Fails where nothing can be traced: a test that tries nothing must not pass.
#[track_caller]
fn strace_works() {
    let traced =
        Command::new("strace").args(["-qq", "-o", "/dev/null", "-e", "trace=write", "true"]).output();
    let traced = traced.expect("strace is not installed (script/setup installs it)");
    let said = String::from_utf8_lossy(&traced.stderr);
    assert!(
        traced.status.success(),
        "this machine lets nobody trace, so that nothing can be injected: {said}"
    );
}

/// Runs a command under an injection; whether it goes through is not what matters.
fn under(injection: &str, arguments: &[&str]) {
    let inject = format!("inject={injection}");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", &inject]).arg(binary()).args(arguments);
    drop(command.output());
}

#[test]
fn a_restore_killed_anywhere_leaves_the_old_or_the_new_data() {
    strace_works();
    let mut random = Random::announced("killed restore");
    let mut server = TestServer::start();
    prepare(&server, &mut random, 1);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let data = server.data();
    back_up(&data, &file);
    let mut replica = TestReplica::connected(server.address(), random.fork());
    replica.submit(commands::add_service(ServiceId::from_u128(random.id()), "lighthouse")).unwrap();
    replica.settle();
    let read = |server: &TestServer| Api::connect(server.address()).unwrap().snapshot().unwrap();
    let (newest, _) = read(&server);
    let saved = folder.path().join("saved.db");
    back_up(&data, &saved);
    server.kill();
    let (mut old, mut new) = (0, 0);
    let renames = (1..=6).map(|when| format!("rename,renameat,renameat2:signal=SIGKILL:when={when}"));
    let syncs = (1..=14).step_by(2).map(|when| format!("fsync,fdatasync:signal=SIGKILL:when={when}"));
    let writes = (1..=12).step_by(3).map(|when| format!("pwrite64:signal=SIGKILL:when={when}"));
    for injection in renames.chain(syncs).chain(writes) {
        let words = [file.to_string_lossy(), data.to_string_lossy()];
        under(&injection, &["restore", &words[0], "--data", &words[1], "--force"]);
        server.restart();
        let (workspace, _) = read(&server);
        let is_old = workspace.digest() == newest.digest();
        (old, new) = (old + usize::from(is_old), new + usize::from(!is_old));
        assert!(is_old || workspace.services.len() == 1, "{injection}: neither the old data nor the backup");
        server.kill();
        // The next one begins with the newer data again.
        let back = crate::backup::restore(&saved, &data, &["--force"]);
        assert_eq!(back.code, Some(0), "{injection}: {}", back.stderr);
    }
    let points = old + new;
    let what = format!("{points} points: {old} times the old data, {new} times the new");
    total("restore killed", &what);
    assert!(old > 0 && new > 0);
}

#[test]
fn a_backup_killed_or_out_of_room_anywhere_leaves_the_one_before() {
    strace_works();
    let mut random = Random::announced("killed backup");
    let server = TestServer::start();
    prepare(&server, &mut random, 1);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    back_up(&server.data(), &file);
    let named = |path: &Path| path.to_string_lossy().into_owned();
    let arguments = ["backup", "--data", &named(&server.data()), "--output", &named(&file), "--force"];
    for injection in [
        "pwrite64:signal=SIGKILL:when=3",
        "fsync,fdatasync:signal=SIGKILL:when=1",
        "rename,renameat,renameat2:signal=SIGKILL:when=1",
        "rename,renameat,renameat2:signal=SIGKILL:when=2",
        "pwrite64:error=ENOSPC:when=3+",
        "fsync,fdatasync:error=EIO:when=1+",
    ] {
        under(injection, &arguments);
        let (code, told) = check(&[&named(&file)]);
        assert_eq!(code, Some(0), "{injection}: {told}");
    }
    back_up(&server.data(), &file);
}
