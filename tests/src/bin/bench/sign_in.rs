//! What a crowd that guesses passwords from many addresses costs everybody else.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use slipway_tests::crowd::{self, Guessed, HASH_KIB};
use slipway_tests::http;
use slipway_tests::server::TestServer;

use crate::report::{Report, Target, ms, percentile};

/// How many guess at once, each over a connection of its own: more than may wait for their password to be compared.
const GUESSERS: usize = 128;
const ASKED: usize = 400;
/// Between two looks at the server, as whoever watches it would.
const PAUSE: Duration = Duration::from_millis(20);
/// The longest that 99 of 100 answers of `/health/live` may take meanwhile, in milliseconds.
const HEALTH_MS: f64 = 100.0;
/// What the crowd may cost in memory beside the hashes: its connections, and what an allocator keeps.
const SLACK_MIB: f64 = 16.0;

/// Measures how the server answers, and what memory it takes, with and without them.
pub fn measure(report: &mut Report) {
    let server = crowd::server();
    let quiet = ask_health(&server);
    let guessed = Guessed::default();
    let under_attack = std::thread::scope(|scope| {
        for number in 0..GUESSERS {
            let (guessed, address) = (&guessed, server.address());
            scope.spawn(move || crowd::guess(address, number as u64, guessed));
        }
        let seen = ask_health(&server);
        guessed.is_over.store(true, Ordering::Relaxed);
        seen
    });
    let (compared, refused) = (guessed.compared.into_inner(), guessed.refused.into_inner());
    println!("{compared} passwords were compared meanwhile, {refused} guesses refused unseen");
    let name = format!("/health/live while {GUESSERS} guess passwords, p50");
    let at_rest = ("the same at rest", percentile(quiet.times, 50));
    report.add(&name, "ms", percentile(under_attack.times.clone(), 50), at_rest, Target::None);
    let name = format!("/health/live while {GUESSERS} guess passwords, p99");
    let value = percentile(under_attack.times, 99);
    report.add(&name, "ms", value, ("budget", HEALTH_MS), Target::AtMost(1.0));
    let hashes = f64::from(crowd::hashing_threads()) * HASH_KIB / 1024.0;
    let budget = ("at rest, with a hash for each core", quiet.most_kib / 1024.0 + hashes + SLACK_MIB);
    let name = format!("most memory while {GUESSERS} guess passwords");
    report.add(&name, "MiB", under_attack.most_kib / 1024.0, budget, Target::AtMost(1.0));
}

/// How the server was over a while.
struct Seen {
    times: Vec<f64>,
    most_kib: f64,
}

/// Asks again and again whether the server lives, each time over a connection of its own.
fn ask_health(server: &TestServer) -> Seen {
    let mut seen = Seen { times: Vec::new(), most_kib: 0.0 };
    for _ in 0..ASKED {
        let start = Instant::now();
        let answer = http::send(server.address(), "GET", "/health/live", &[("cookie", "")], None).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        seen.times.push(ms(start.elapsed()));
        seen.most_kib = seen.most_kib.max(server.resident_kib());
        std::thread::sleep(PAUSE);
    }
    seen
}
