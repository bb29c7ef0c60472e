//! What a crowd that guesses passwords from many addresses costs everybody else.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use slipway_tests::http::{self, Connection};
use slipway_tests::random::Random;
use slipway_tests::server::{ServerSetup, TestServer, first_visit};

use crate::idle_streams::resident_kib_now;
use crate::report::{Report, Target, ms, percentile};

/// The name that the server goes by behind its proxy.
const NAME: &str = "slipway.example";
/// How many guess at once, each over a connection of its own: more than may wait for their password to be compared.
const GUESSERS: usize = 128;
const ASKED: usize = 400;
/// Between two looks at the server, as whoever watches it would.
const PAUSE: Duration = Duration::from_millis(20);

/// Measures how the server answers, and what memory it takes, with and without them.
pub fn measure(report: &mut Report) {
    let server = start();
    let quiet = ask_health(&server);
    let guessed = Guessed::default();
    let under_attack = std::thread::scope(|scope| {
        for number in 0..GUESSERS {
            let (guessed, address) = (&guessed, server.address());
            scope.spawn(move || guess(address, number as u64, guessed));
        }
        let seen = ask_health(&server);
        guessed.is_over.store(true, Ordering::Relaxed);
        seen
    });
    let (compared, refused) = (guessed.compared.into_inner(), guessed.refused.into_inner());
    println!("{compared} passwords were compared meanwhile, {refused} guesses refused unseen");
    for percent in [50, 99] {
        let name = format!("/health/live while {GUESSERS} guess passwords, p{percent}");
        let baseline = ("the same at rest", percentile(quiet.times.clone(), percent));
        let value = percentile(under_attack.times.clone(), percent);
        report.add(&name, "ms", value, baseline, Target::None);
    }
    let at_rest = ("the same at rest", quiet.most_kib / 1024.0);
    let name = format!("most memory while {GUESSERS} guess passwords");
    report.add(&name, "MiB", under_attack.most_kib / 1024.0, at_rest, Target::None);
}

/// How the server was over a while.
struct Seen {
    times: Vec<f64>,
    most_kib: f64,
}

/// What became of the guesses.
#[derive(Default)]
struct Guessed {
    is_over: AtomicBool,
    compared: AtomicUsize,
    refused: AtomicUsize,
}

/// Starts a server as one that faces a network, and makes its owner.
fn start() -> TestServer {
    let setup = ServerSetup::default().unclaimed();
    let server = setup.flag("--behind-tls-proxy").flag(&format!("--public-url=https://{NAME}")).start();
    let visit = first_visit(&server.setup_token()).to_string();
    let origin = format!("https://{NAME}");
    let headers = [("origin", origin.as_str()), ("cookie", "")];
    let headers = [&proxied("203.0.113.1")[..], &headers].concat();
    let answer =
        http::send(server.address(), "POST", "/api/v1/setup", &headers, Some(visit.as_bytes())).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    server
}

/// Returns what a proxy says about a request from `address`.
fn proxied(address: &str) -> [(&str, &str); 3] {
    [("host", NAME), ("x-forwarded-for", address), ("x-forwarded-proto", "https")]
}

/// Asks again and again whether the server lives, each time over a connection of its own.
fn ask_health(server: &TestServer) -> Seen {
    let mut seen = Seen { times: Vec::new(), most_kib: 0.0 };
    for _ in 0..ASKED {
        let start = Instant::now();
        let answer = http::send(server.address(), "GET", "/health/live", &[("cookie", "")], None).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        seen.times.push(ms(start.elapsed()));
        seen.most_kib = seen.most_kib.max(resident_kib_now(server));
        std::thread::sleep(PAUSE);
    }
    seen
}

/// Guesses for names of nobody, each from an address of its own, so that no limit but the one on passwords being compared
/// stands in the way.
fn guess(server: SocketAddr, number: u64, guessed: &Guessed) {
    let mut random = Random::seeded(number);
    let mut connection = Connection::open(server).unwrap();
    let origin = format!("https://{NAME}");
    while !guessed.is_over.load(Ordering::Relaxed) {
        let login = format!("{}@example.org", random.next());
        let body =
            json!({ "login": login, "password": "seven dark harbours", "device": "x", "is_shared": false });
        let address = format!("10.{}.{}.{}", random.below(256), random.below(256), random.below(256));
        let headers = [&proxied(&address)[..], &[("origin", origin.as_str()), ("cookie", "")]].concat();
        let body = body.to_string();
        let answer = connection.send("POST", "/api/v1/session", &headers, Some(body.as_bytes())).unwrap();
        match answer.status {
            401 => guessed.compared.fetch_add(1, Ordering::Relaxed),
            429 | 503 => guessed.refused.fetch_add(1, Ordering::Relaxed),
            other => panic!("{other}: {}", answer.text()),
        };
    }
}
