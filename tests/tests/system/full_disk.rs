//! A full disk: writes are refused truthfully, nothing acknowledged is lost, and it goes on when there is room.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use slipway_shared::ids::ClientId;
use slipway_shared::sync::protocol::ErrorCode;
use slipway_tests::api::{Api, RequestError};
use slipway_tests::commands::{self, wire};
use slipway_tests::http;
use slipway_tests::random::Random;
use slipway_tests::server::{ServerSetup, TestServer};
use slipway_tests::verify::{note, read_log};
use slipway_tests::wait;

use crate::killed::prepare;

/// The data directory's disk: small, and only the server sees it, in a mount namespace that goes with the process.
const DISK: &str = "mkdir -p \"$0\" && mount -t tmpfs -o size=8m tmpfs \"$0\" && exec \"$@\"";

fn on_a_small_disk() -> TestServer {
    let setup = ServerSetup::default();
    let data = setup.data().to_string_lossy().into_owned();
    let probe = std::process::Command::new("unshare").args(["-rm", "sh", "-c", DISK, &data, "true"]).output();
    let probe = probe.expect("unshare is not installed (package util-linux)");
    assert!(
        probe.status.success(),
        "this machine lets nobody mount a small disk, so that a full one can't be tried: {}",
        String::from_utf8_lossy(&probe.stderr)
    );
    setup.inside(&["unshare", "-rm", "sh", "-c", DISK, &data]).start()
}

/// Returns the path of a file on the server's disk, seen through its process.
fn on_disk(server: &TestServer, name: &str) -> PathBuf {
    let data = server.data();
    let below = data.strip_prefix("/").unwrap();
    PathBuf::from(format!("/proc/{}/root", server.process_id().unwrap())).join(below).join(name)
}

#[test]
fn a_full_disk_refuses_writes_and_recovers() {
    let mut random = Random::announced("full disk");
    let server = on_a_small_disk();
    let (deployments, _) = prepare(&server, &mut random, 1);
    let deployment = *deployments.first().unwrap();
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(random.id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let (epoch, seen) = (hello.epoch, hello.head);
    let mut acknowledged = BTreeMap::new();

    let mut next = |seq| {
        wire(client, seq, seen, commands::retitle(deployment, &format!("t{}", random.next()).repeat(9)))
    };
    let mut seq = 1;
    for _ in 0..200 {
        note(&mut acknowledged, &api.push(epoch, &[next(seq)]).unwrap().results);
        seq += 1;
    }

    let filler = on_disk(&server, "filler");
    let mut file = fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    drop(file);

    // What is allocated already may take a few; then it says that the disk is full, and goes on saying so.
    let refused = wait::until("the disk to be full", || {
        let command = next(seq);
        match api.push(epoch, std::slice::from_ref(&command)) {
            Ok(answer) => {
                note(&mut acknowledged, &answer.results);
                seq += 1;
                None
            }
            Err(RequestError::Refused(503, error)) => {
                assert_eq!(error.code, ErrorCode::StorageFull, "{}", error.message);
                Some(command)
            }
            Err(other) => panic!("{other:?}\n{}", server.log()),
        }
    });
    let again = api.push(epoch, std::slice::from_ref(&refused));
    assert!(matches!(again, Err(RequestError::Refused(503, _))), "{again:?}");
    assert_eq!(http::get(server.address(), "/health/live").unwrap().status, 200);
    assert_eq!(http::get(server.address(), "/health/ready").unwrap().status, 503, "ready with a full disk");
    read_log(epoch, &api.log().unwrap()).holds(&acknowledged);

    fs::remove_file(&filler).unwrap();
    let answer = wait::until("writes to go on", || api.push(epoch, std::slice::from_ref(&refused)).ok());
    assert!(answer.results.iter().all(|result| !result.duplicate), "a refused command was kept: {answer:?}");
    note(&mut acknowledged, &answer.results);
    wait::until("the server to be ready again", || {
        http::get(server.address(), "/health/ready").ok().filter(|answer| answer.status == 200)
    });
    let log = read_log(epoch, &api.log().unwrap());
    log.holds(&acknowledged);
    eprintln!("full disk: {} commands acknowledged around it, all in the log", acknowledged.len());
}
