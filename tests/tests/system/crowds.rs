//! Many at once, and slow ones: guesses, sockets that say nothing, and requests that come a byte at a time. Everybody
//! else is answered, and nobody holds anything for longer than the server's limits.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use slipway_tests::crowd::{self, Guessed, HASH_KIB};
use slipway_tests::http;
use slipway_tests::server::TestServer;
use slipway_tests::verify;

/// More than may wait for their password to be compared.
const GUESSERS: u64 = 200;
/// What they may cost beside the hashes: connections, and what an allocator keeps.
const SLACK_KIB: f64 = 48.0 * 1024.0;
/// How many passwords are compared before it is over: all memory is in use long before.
const COMPARED: usize = 24;
const IDLE: usize = 400;
/// The server's limits are 15 s for a head and 30 s for a body, with some more for a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(90);

/// As many hashes at once as there are cores, however many ask for one.
#[test]
fn who_guesses_costs_no_more_memory_than_a_hash_for_each_core() {
    let server = crowd::server();
    let alive =
        || http::send(server.address(), "GET", "/health/live", &[("cookie", "")], None).unwrap().status;
    assert_eq!(alive(), 200);
    let at_rest = server.resident_kib();
    let hashes = f64::from(crowd::hashing_threads()) * HASH_KIB;
    let guessed = Guessed::default();
    let (mut most, mut asked) = (at_rest, 0);
    std::thread::scope(|scope| {
        for number in 0..GUESSERS {
            let (guessed, address) = (&guessed, server.address());
            scope.spawn(move || crowd::guess(address, number, guessed));
        }
        let _over = Ends(&guessed.is_over);
        while guessed.compared.load(Ordering::Relaxed) < COMPARED
            || guessed.refused.load(Ordering::Relaxed) == 0
        {
            assert_eq!(alive(), 200);
            asked += 1;
            most = most.max(server.resident_kib());
        }
    });
    assert!(most < at_rest + hashes + SLACK_KIB, "{most} KiB, {at_rest} at rest, {hashes} of hashes");
    let mib = (most / 1024.0).round();
    verify::total(
        "guessing",
        &format!("{GUESSERS} at once, at most {mib} MiB, alive {asked} of {asked} times"),
    );
}

/// Ends the guessing also where the test fails: threads are waited for.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn sockets_that_say_nothing_keep_nobody_out() {
    let server = TestServer::start();
    let address = server.address();
    let silent: Vec<_> = (0..IDLE).map(|_| TcpStream::connect(address).unwrap()).collect();
    // Those that have asked once and are kept for more.
    let asked: Vec<_> = (0..IDLE)
        .map(|_| {
            let mut connection = http::Connection::open(address).unwrap();
            assert_eq!(connection.send("GET", "/health/live", &[], None).unwrap().status, 200);
            connection
        })
        .collect();
    for target in ["/health/live", "/health/ready", "/api/v1/session"] {
        assert_eq!(http::get(address, target).unwrap().status, 200, "{target}");
    }
    drop((silent, asked));
}

/// Sends `begin` at once and then a byte of `rest`, where there is one, again and again, half a second apart, until the
/// server hangs up. Returns what it answered, and after what time it hung up.
fn trickle(address: SocketAddr, begin: &str, rest: Option<u8>) -> (String, Duration) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let began = Instant::now();
    stream.write_all(begin.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut part = [0; 1024];
    loop {
        assert!(began.elapsed() < PATIENCE, "{begin:?} is still read");
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(part.get(..read).unwrap_or_default()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                // Once it has hung up, reading says so.
                drop(rest.map(|rest| stream.write_all(&[rest])));
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{begin:?}");
                break;
            }
        }
    }
    (String::from_utf8_lossy(&answer).into_owned(), began.elapsed())
}

/// What comes a byte at a time is never idle, so no limit on idleness would end it.
#[test]
fn what_comes_a_byte_at_a_time_is_ended() {
    let server = TestServer::start();
    let address = server.address();
    let body = format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: \
         8000\r\n\r\n{{"
    );
    let head = format!("GET /health/live HTTP/1.1\r\nhost: {address}\r\nx: ");
    let (head, body, preface) = std::thread::scope(|scope| {
        let slow = [
            scope.spawn(|| trickle(address, &head, Some(b'a'))),
            scope.spawn(|| trickle(address, &body, Some(b' '))),
            scope.spawn(|| trickle(address, "PRI * HT", None)),
        ];
        let [head, body, preface] = slow.map(|slow| slow.join().unwrap());
        (head, body, preface)
    });
    assert_eq!(head.0, "", "a head that is not there is not answered");
    assert!(body.0.starts_with("HTTP/1.1 408 "), "{}", body.0);
    assert_eq!(preface.0, "", "half of a preface is none");
    assert_eq!(http::get(address, "/health/ready").unwrap().status, 200);
    let seconds = [head.1, body.1, preface.1].map(|time| time.as_secs());
    verify::total("trickles", &format!("head, body and preface ended after {seconds:?} s"));
}
