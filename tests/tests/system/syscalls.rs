//! The real server dies or is refused at single system calls of its store, while it saves, checkpoints and starts.
//!
//! `strace` does it: the k-th call of a kind is where the process is killed, or gets an error instead of its effect.
//! Each point is a server of its own, on a copy of one data directory whose write-ahead log is about to be full, so that
//! the few pushes of a point include a checkpoint, a log begun anew, and the last snapshot and checkpoint of an end.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus};

use rusqlite::config::DbConfig;
use slipway_shared::sync::protocol::ErrorCode;
use slipway_tests::api::RequestError;
use slipway_tests::credentials;
use slipway_tests::pusher::{self, Pusher, Work, verify_server};
use slipway_tests::random::Random;
use slipway_tests::server::{ServerSetup, TestServer};
use slipway_tests::verify::total;
use slipway_tests::wait;
use tempfile::TempDir;

const PUSHERS: usize = 2;
const PUSHES: usize = 6;
/// The server checkpoints when its log has 4,000 pages; this leaves room for about half of the pushes.
const LOG_PAGES: u64 = 3_850;

/// What happens at the k-th call.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Kill,
    Error(&'static str),
}

fn names(faults: &[Fault]) -> String {
    let name = |fault: &Fault| match fault {
        Fault::Kill => "SIGKILL",
        Fault::Error(name) => name,
    };
    faults.iter().map(name).collect::<Vec<_>>().join("/")
}

/// Runs the server under strace, traced as a child of the test itself, so that it can be told apart and ended.
pub(crate) fn strace(more: &[&str]) -> Vec<String> {
    let always = ["strace", "-D", "-f", "-qq", "-e", "signal=none"];
    always.iter().chain(more).map(ToString::to_string).collect()
}

fn under(setup: ServerSetup, words: &[String]) -> ServerSetup {
    setup.inside(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

pub(crate) fn assert_may_trace() {
    let probe = strace(&["-o", "/dev/null", "-e", "trace=fsync", "true"]);
    let (program, arguments) = probe.split_first().unwrap();
    let probe = Command::new(program).args(arguments).output().expect("strace is not installed");
    assert!(
        probe.status.success(),
        "this machine lets strace trace nothing, so that no point can be tried: {}",
        String::from_utf8_lossy(&probe.stderr)
    );
}

/// A data directory to begin from.
struct Primed {
    folder: TempDir,
    works: Vec<Work>,
    /// Where it was made: whoever was signed in there is in every copy.
    made_at: SocketAddr,
}

impl Primed {
    fn new(random: &mut Random) -> Self {
        assert_may_trace();
        let mut server = TestServer::start();
        let works = pusher::prepare(server.address(), random, PUSHERS);
        assert!(server.terminate().0.success());
        fill_log(&server.data().join("slipway.db"));
        let folder = tempfile::tempdir().unwrap();
        copy(&server.data(), folder.path());
        Self { folder, works, made_at: server.address() }
    }

    /// Runs a server on a copy through its pushes, to its end, wrapped as `words` say.
    fn run(&self, words: &[String], random: &mut Random) -> Run {
        let setup = under(ServerSetup::default(), words);
        copy(self.folder.path(), &setup.data());
        let mut server = setup.stopped();
        credentials::share(server.address(), self.made_at);
        let pushers = self.works.iter().map(|work| Pusher::new(server.address(), *work, random.fork()));
        let mut pushers: Vec<_> = pushers.collect();
        let mut is_unsure = false;
        let ended = server.try_restart().unwrap_or_else(|| {
            std::thread::scope(|scope| {
                let threads: Vec<_> = pushers.iter_mut().map(|pusher| scope.spawn(|| work(pusher))).collect();
                for thread in threads {
                    is_unsure |= thread.join().unwrap();
                }
            });
            server.terminate().0
        });
        assert!(!server.log().contains("panicked"), "{}", server.log());
        Run { server, pushers, ended, is_unsure }
    }

    /// Returns how many calls of each kind the busiest thread makes: strace counts each thread's by themselves.
    fn calls(&self, kinds: &str, random: &mut Random) -> BTreeMap<String, usize> {
        let trace = self.folder.path().with_extension("trace");
        let words = strace(&["-o", &trace.to_string_lossy(), "-e", &format!("trace={kinds}")]);
        let run = self.run(&words, random);
        assert!(run.ended.success(), "{:?}: {}", run.ended, run.server.log());
        let text = wait::until("the trace", || fs::read_to_string(&trace).ok());
        fs::remove_file(&trace).unwrap();
        let mut counts = BTreeMap::<(&str, &str), usize>::new();
        for line in text.lines() {
            let call = line
                .split_once(' ')
                .and_then(|(thread, rest)| rest.trim_start().split_once('(').map(|(name, _)| (name, thread)));
            *counts.entry(call.unwrap_or_default()).or_default() += 1;
        }
        let mut most = BTreeMap::<String, usize>::new();
        for ((name, _), count) in counts {
            let known = most.entry(name.to_owned()).or_default();
            *known = (*known).max(count);
        }
        most
    }
}

/// A run that ended.
struct Run {
    server: TestServer,
    pushers: Vec<Pusher>,
    ended: ExitStatus,
    /// Whether a push was answered with "not known".
    is_unsure: bool,
}

impl Run {
    /// Starts again without faults: what was acknowledged is there, what was not is sent again, and it goes on.
    fn verify(mut self) -> usize {
        self.server.unwrap_command();
        self.server.restart();
        for pusher in &mut self.pushers {
            pusher.turn_to(self.server.address());
            if pusher.waits() {
                pusher.push().unwrap();
            }
            pusher.push().unwrap();
        }
        verify_server(self.server.address(), self.pushers[0].epoch(), &mut self.pushers);
        self.pushers.iter().map(|pusher| pusher.acknowledged.len()).sum()
    }
}

/// Pushes until it is done or the server is no more, and returns whether it was told that an outcome is not known.
fn work(pusher: &mut Pusher) -> bool {
    for _ in 0..PUSHES {
        let stopped =
            wait::until("a push to be acknowledged, or the server to end", || match pusher.push() {
                Ok(()) => Some(None),
                Err(RequestError::Unreachable(_)) => Some(Some(false)),
                Err(RequestError::Refused(503, error)) => match error.code {
                    ErrorCode::StorageFull | ErrorCode::Busy => None,
                    ErrorCode::ShuttingDown => Some(Some(false)),
                    ErrorCode::Indeterminate => Some(Some(true)),
                    other => panic!("{other:?}: {}", error.message),
                },
                Err(other) => panic!("{other:?}"),
            });
        if let Some(is_unsure) = stopped {
            return is_unsure;
        }
    }
    false
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for name in ["slipway.db", "slipway.db-wal"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

/// Makes the log so long that the next few pushes make it full, without changing anything.
fn fill_log(database: &Path) {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0").unwrap();
    let log = database.with_extension("db-wal");
    while fs::metadata(&log).map_or(0, |log| log.len() / 4_120) < LOG_PAGES {
        connection.execute("UPDATE workspaces SET head = head + 1", []).unwrap();
        connection.execute("UPDATE workspaces SET head = head - 1", []).unwrap();
    }
}

/// Tries the fault at about `points` of the calls of `kind`, evenly over all of them, and tells the totals.
fn sweep(kind: &'static str, faults: &[Fault], points: usize) {
    let mut random = Random::announced(&format!("{kind} {faults:?}"));
    let primed = Primed::new(&mut random);
    let calls = primed.calls(kind, &mut random).get(kind).copied().unwrap_or_default();
    assert!(calls > 0, "the server makes no call of {kind}");
    let step = calls.div_ceil(points);
    let begin = 1 + random.below(step);
    let (mut tried, mut hit, mut checked) = (0, 0, 0);
    for (at, fault) in (begin..=calls).step_by(step).zip(faults.iter().cycle()) {
        let effect = match fault {
            Fault::Kill => "signal=KILL".to_owned(),
            Fault::Error(name) => format!("error={name}"),
        };
        let inject = format!("inject={kind}:{effect}:when={at}");
        let mut words = strace(&["-o", "/dev/null", "-e", &format!("trace={kind}"), "-e", &inject]);
        // Leaves all other calls alone, which is faster; but a signal at a call is lost by it.
        words.extend(matches!(fault, Fault::Error(_)).then(|| "--seccomp-bpf".to_owned()));
        let run = primed.run(&words, &mut random);
        hit += usize::from(!run.ended.success());
        let is_as_it_should_be = match fault {
            Fault::Kill => run.ended.signal() == Some(9) || run.ended.success(),
            // Refused to start, or stopped because it could not save; or the call was one that it can do without.
            Fault::Error(_) => match run.ended.code() {
                Some(70) => true,
                Some(0 | 73 | 74) => !run.is_unsure,
                _ => false,
            },
        };
        assert!(is_as_it_should_be, "{inject}: {:?}\n{}", run.ended, run.server.log());
        checked += run.verify();
        tried += 1;
    }
    let what = match faults {
        [Fault::Kill] => format!("{hit} kills at {kind}"),
        _ => format!("{tried} times {} of {kind} ({hit} ended the server)", names(faults)),
    };
    total("system calls", &format!("{what}, {checked} acknowledged commands checked: lost 0, doubled 0"));
    assert!(tried >= points.min(calls) / 3, "{tried} of {calls} points tried");
    // A disk without room ends nothing: it is told, and waited for.
    let ends = faults.iter().any(|fault| !matches!(fault, Fault::Error("ENOSPC")));
    assert!(!ends || hit > tried / 4, "of {tried} points only {hit} ended the server");
}

/// Kills a server at each `step`-th call of its very first start, and returns how often.
fn kill_first_starts(kind: &str, step: usize, random: &mut Random) -> usize {
    let mut kills = 0;
    for at in (1 + random.below(step)..).step_by(step) {
        let inject = format!("inject={kind}:signal=KILL:when={at}");
        let words = strace(&["-o", "/dev/null", "-e", &format!("trace={kind}"), "-e", &inject]);
        let mut server = under(ServerSetup::default(), &words).stopped();
        let Some(ended) = server.try_restart() else { return kills };
        assert_eq!(ended.signal(), Some(9), "{inject}: {}", server.log());
        server.unwrap_command();
        server.restart();
        let works = pusher::prepare(server.address(), random, 1);
        let mut pushers: Vec<_> =
            works.into_iter().map(|work| Pusher::new(server.address(), work, random.fork())).collect();
        pushers[0].push().unwrap();
        verify_server(server.address(), pushers[0].epoch(), &mut pushers);
        kills += 1;
    }
    kills
}

#[test]
fn a_server_killed_in_its_first_start_starts_again() {
    assert_may_trace();
    let mut random = Random::announced("first start");
    let kills = kill_first_starts("pwrite64", 2, &mut random) + kill_first_starts("fsync", 1, &mut random);
    total("system calls", &format!("{kills} kills in a first start: the next one is whole"));
    assert!(kills > 15, "{kills}");
}

#[test]
fn a_server_killed_at_a_write_loses_and_doubles_nothing() {
    sweep("pwrite64", &[Fault::Kill], 60);
}

#[test]
fn a_server_killed_at_a_sync_loses_and_doubles_nothing() {
    sweep("fsync", &[Fault::Kill], 30);
}

#[test]
fn a_server_killed_while_it_shortens_a_file_loses_and_doubles_nothing() {
    sweep("ftruncate", &[Fault::Kill], 5);
}

#[test]
fn a_write_that_fails_loses_and_doubles_nothing() {
    sweep("pwrite64", &[Fault::Error("EIO")], 40);
}

#[test]
fn a_write_without_room_loses_and_doubles_nothing() {
    sweep("pwrite64", &[Fault::Error("ENOSPC")], 40);
}

#[test]
fn a_sync_that_fails_loses_and_doubles_nothing() {
    sweep("fsync", &[Fault::Error("EIO"), Fault::Error("ENOSPC")], 30);
}

#[test]
fn a_read_that_fails_loses_and_doubles_nothing() {
    sweep("pread64", &[Fault::Error("EIO")], 20);
}

#[test]
fn long_a_server_killed_at_every_write_loses_and_doubles_nothing() {
    sweep("pwrite64", &[Fault::Kill], usize::MAX);
}

#[test]
fn long_every_write_that_fails_loses_and_doubles_nothing() {
    sweep("pwrite64", &[Fault::Error("EIO")], usize::MAX);
    sweep("pwrite64", &[Fault::Error("ENOSPC")], usize::MAX);
}

#[test]
fn long_every_read_that_fails_loses_and_doubles_nothing() {
    sweep("pread64", &[Fault::Error("EIO")], usize::MAX);
}
