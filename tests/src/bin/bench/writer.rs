//! Durable commands per second at 256 in flight: over HTTP, through the writer, and what SQLite itself can do.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use slipway_backend::writer::{Health, Push};
use slipway_backend::{App, Beginning, Clock, open};
use slipway_shared::ids::{ClientId, DeploymentId, EpochId, MemberId};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::time::Timestamp;
use slipway_tests::api::Api;
use slipway_tests::commands::{self, wire};
use slipway_tests::random::{Random, now_ms};
use slipway_tests::server::TestServer;

use crate::report::{Report, Target, median};
use crate::world::fill;

const IN_FLIGHT: usize = 256;
const COMMANDS: usize = 20_480;
const HTTP_TIME: Duration = Duration::from_secs(3);
const ROUNDS: usize = 5;

/// Measures the server's writing.
pub fn measure(report: &mut Report) {
    let rounds = |measure: &dyn Fn() -> f64| median((0..ROUNDS).map(|_| measure()).collect());
    let raw = rounds(&raw_inserts);
    let single = ("raw SQLite, 256 in a transaction", raw);
    let through_writer = rounds(&through_writer);
    report.add("durable commands, 256 in flight, writer", "/s", through_writer, single, Target::AtLeast(0.5));
    let mut random = Random::seeded(3);
    let server = TestServer::start();
    let deployments = fill(&server, &mut random, IN_FLIGHT, IN_FLIGHT);
    let over_http = rounds(&|| over_http(server.address(), &deployments));
    report.add(
        "durable commands, 256 connections, one each in a push",
        "/s",
        over_http,
        single,
        Target::None,
    );
    let pushes = rounds(&|| in_large_pushes(server.address(), deployments[0]));
    report.add("durable commands, pushes of 256 over HTTP", "/s", pushes, single, Target::AtLeast(0.5));
}

fn per_second(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / took.as_secs_f64()
}

/// Returns a queue's commands, each an edit that happens.
fn edits(random: &mut Random, deployment: DeploymentId, seen: u64, count: usize) -> Vec<WireCommand> {
    let client = ClientId::from_u128(random.id());
    let edit = |seq| {
        wire(client, seq, seen, commands::retitle(deployment, &format!("title {seq} {}", random.next())))
    };
    (1..=count as u64).map(edit).collect()
}

/// The server's own writer, in this process: no HTTP, the same commits.
fn through_writer() -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let app =
        App::start(open(folder.path(), Beginning::Workspace, &Clock::system()).unwrap(), Clock::system())
            .unwrap();
    let mut random = Random::seeded(1);
    let workspace = app.workspaces().remove(0);
    let state = workspace.state();
    let push = |commands| Push {
        actor: workspace.local_member(),
        device: None,
        epoch: state.cursor.epoch,
        sent_at: Timestamp(now_ms()),
        commands,
    };
    let (all, ids) = crate::world::filling(&state.workspace, &mut random, 1, 1);
    let client = ClientId::from_u128(random.id());
    let setup = all.into_iter().zip(1..).map(|(command, seq)| wire(client, seq, state.cursor.seq, command));
    workspace.push_blocking(push(setup.collect())).unwrap();

    let all = edits(&mut random, *ids.first().unwrap(), workspace.state().cursor.seq, COMMANDS);
    let start = Instant::now();
    let mut waiting = VecDeque::with_capacity(IN_FLIGHT);
    for command in all {
        if waiting.len() == IN_FLIGHT {
            settle(waiting.pop_front());
        }
        waiting.push_back(workspace.submit(push(vec![command])).unwrap());
    }
    while !waiting.is_empty() {
        settle(waiting.pop_front());
    }
    let took = start.elapsed();
    assert_eq!(app.stop(), Health::Stopped);
    per_second(COMMANDS, took)
}

type Waiting = tokio::sync::oneshot::Receiver<
    Result<slipway_backend::writer::Pushed, slipway_backend::writer::PushError>,
>;

fn settle(waiting: Option<Waiting>) {
    if let Some(waiting) = waiting {
        waiting.blocking_recv().unwrap().unwrap();
    }
}

/// As many connections as commands in flight, each waiting for its answer before it sends the next.
fn over_http(address: SocketAddr, deployments: &[DeploymentId]) -> f64 {
    let (epoch, seen) = head(address);
    let start = Instant::now();
    let work = |deployment| {
        std::thread::spawn(move || {
            let mut api = Api::connect(address).unwrap();
            let mut random = Random::fresh();
            let client = ClientId::from_u128(random.id());
            let mut done = 0;
            while start.elapsed() < HTTP_TIME {
                let title = format!("title {}", random.next());
                let command = wire(client, done + 1, seen, commands::retitle(deployment, &title));
                api.push(epoch, &[command]).unwrap();
                done += 1;
            }
            usize::try_from(done).unwrap()
        })
    };
    // All of them run before the first is waited for.
    let mut threads = Vec::with_capacity(deployments.len());
    threads.extend(deployments.iter().copied().map(work));
    let done = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    per_second(done, start.elapsed())
}

/// One browser that was offline for long, sending what it has.
fn in_large_pushes(address: SocketAddr, deployment: DeploymentId) -> f64 {
    let (epoch, seen) = head(address);
    let all = edits(&mut Random::fresh(), deployment, seen, COMMANDS);
    let mut api = Api::connect(address).unwrap();
    let start = Instant::now();
    for batch in all.chunks(IN_FLIGHT) {
        api.push(epoch, batch).unwrap();
    }
    per_second(COMMANDS, start.elapsed())
}

/// Returns the timeline and its newest event, which everything that is sent then has seen.
fn head(address: SocketAddr) -> (EpochId, u64) {
    let hello = Api::connect(address).unwrap().hello(ClientId::from_u128(9), None, vec![]).unwrap();
    (hello.epoch, hello.head)
}

/// The same rows in the same tables with the same pragmas, and nothing else.
fn raw_inserts() -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = raw_store(folder.path());
    let (workspace, client, chain) = (vec![1_u8; 16], vec![2_u8; 16], vec![3_u8; 32]);
    // As long as those of an edit.
    let (header, payload) = ("h".repeat(330), "p".repeat(190));
    let member = MemberId::from_u128(1).as_u128().to_be_bytes().to_vec();
    let setup = "INSERT INTO workspaces VALUES (?1, ?1, 0, ?2, ?3, 0)";
    connection.execute(setup, (&workspace, &chain, &member)).unwrap();
    let start = Instant::now();
    let all: Vec<i64> = (1..=i64::try_from(COMMANDS).unwrap()).collect();
    for batch in all.chunks(IN_FLIGHT) {
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
        {
            let mut event = transaction
                .prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)")
                .unwrap();
            let mut outcome = transaction
                .prepare_cached("INSERT INTO outcomes VALUES (?1, ?2, ?3, ?4, 'applied', NULL, ?3, ?3)")
                .unwrap();
            for seq in batch {
                event.execute((&workspace, seq, &chain, seq, &header, &payload)).unwrap();
                outcome.execute((&workspace, &client, seq, &chain)).unwrap();
            }
            let last = batch.last();
            let queue = "INSERT INTO clients VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET last_seq = ?3";
            transaction.prepare_cached(queue).unwrap().execute((&workspace, &client, last)).unwrap();
            let head = "UPDATE workspaces SET head = ?2, chain = ?3 WHERE id = ?1";
            transaction.prepare_cached(head).unwrap().execute((&workspace, last, &chain)).unwrap();
        }
        transaction.commit().unwrap();
    }
    per_second(COMMANDS, start.elapsed())
}

fn raw_store(folder: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(folder.join("raw.db")).unwrap();
    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
    connection.execute_batch(pragmas).unwrap();
    let schema = include_str!("../../../../backend/src/store/sqlite/migrations/0001-log.sql");
    connection.execute_batch(schema).unwrap();
    connection
}
