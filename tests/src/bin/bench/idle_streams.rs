//! What five thousand open streams cost the server in memory that say nothing, beside what it takes without them.

use std::time::Duration;

use slipway_tests::api::Api;
use slipway_tests::random::Random;
use slipway_tests::server::{ServerSetup, TestServer};

use crate::report::{Report, Target};
use crate::world::{OPEN, fill};

const STREAMS: u32 = 5_000;
/// How long the memory has to stay as it is to be read.
const STILL: Duration = Duration::from_secs(1);

/// Measures the memory of the server's process.
pub fn measure(report: &mut Report) {
    let setup = ServerSetup::default();
    let setup = setup.flag("--streams-per-session=6000").flag("--streams-per-address=6000");
    let server = setup.start();
    fill(&server, &mut Random::seeded(6), OPEN, OPEN);
    let api = Api::connect(server.address()).unwrap();
    let head = Api::connect(server.address()).unwrap().events(0).unwrap().head;
    // What the first stream costs is of the server, not of each stream.
    drop(api.stream(head).unwrap());
    let without = resident_kib(&server);
    let streams: Vec<_> = (0..STREAMS).map(|_| api.stream(head).unwrap()).collect();
    let with = resident_kib(&server);
    drop(streams);
    let each = (with - without) / f64::from(STREAMS);
    let budget = ("budget", 20.0);
    report.add("memory of an idle stream, of 5,000", "KiB", each, budget, Target::AtMost(1.0));
    let alone = ("the same server without", without / 1024.0);
    report.add("memory of a server with 5,000 idle streams", "MiB", with / 1024.0, alone, Target::None);
}

/// Returns the resident memory of the server once it stays the same.
fn resident_kib(server: &TestServer) -> f64 {
    let mut before = server.resident_kib();
    loop {
        std::thread::sleep(STILL);
        let now = server.resident_kib();
        if now.total_cmp(&before).is_eq() {
            return now;
        }
        before = now;
    }
}
