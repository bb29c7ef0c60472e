//! A crowd that guesses passwords from many addresses at a server that faces a network.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;

use crate::http::{self, Connection};
use crate::random::Random;
use crate::server::{ServerSetup, TestServer, first_visit};

/// The name that the server goes by behind its proxy.
pub const NAME: &str = "slipway.example";
/// What one password takes while it is hashed, in KiB: OWASP's first recommendation for argon2id, as the server has it.
pub const HASH_KIB: f64 = 19_456.0;

/// What became of the guesses.
#[derive(Debug, Default)]
pub struct Guessed {
    /// Set to end the guessing.
    pub is_over: AtomicBool,
    /// How many passwords were compared.
    pub compared: AtomicUsize,
    /// How many were refused unseen.
    pub refused: AtomicUsize,
}

/// Starts a server as one that faces a network, and makes its owner.
///
/// # Panics
///
/// When it has no owner after it.
#[must_use]
pub fn server() -> TestServer {
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
#[must_use]
pub const fn proxied(address: &str) -> [(&str, &str); 3] {
    [("host", NAME), ("x-forwarded-for", address), ("x-forwarded-proto", "https")]
}

/// Guesses until it is over for names of nobody, each from an address of its own, so that no limit but the one on
/// passwords being compared stands in the way.
///
/// # Panics
///
/// When a guess is neither compared nor refused.
pub fn guess(server: SocketAddr, number: u64, guessed: &Guessed) {
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

/// How many hashes the server computes at once: as many as this computer has cores.
#[must_use]
pub fn hashing_threads() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX))
}
