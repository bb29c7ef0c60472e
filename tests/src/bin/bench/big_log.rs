//! From the start of the process until it is ready, with a million events in the log.

use std::path::Path;
use std::time::Instant;

use slipway_backend::writer::{Health, OpenWorkspace, Push};
use slipway_backend::{App, Beginning, Clock, open};
use slipway_shared::ids::{ClientId, DeploymentId};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::time::Timestamp;
use slipway_tests::commands::{self, wire};
use slipway_tests::random::{Random, now_ms};
use slipway_tests::server::ServerSetup;

use crate::report::{Report, Target, median, ms};
use crate::world::{OPEN, filling};

const EVENTS: u64 = 1_000_000;
/// Commands in a commit, while the log is made.
const BATCH: usize = 2_000;
const ROUNDS: usize = 5;

/// Measures the start, beside reading the same file from its first byte to its last.
pub fn measure(report: &mut Report) {
    let setup = ServerSetup::default();
    let data = setup.data();
    fill_log(&data);
    let mut server = setup.stopped();
    let (mut starts, mut reads) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        std::hint::black_box(std::fs::read(data.join("slipway.db")).unwrap());
        reads.push(ms(begin.elapsed()));
        let begin = Instant::now();
        server.restart();
        starts.push(ms(begin.elapsed()));
        assert!(server.terminate().0.success());
    }
    let what = "start to ready with 1,000,000 events";
    let start = median(starts);
    report.add(what, "ms", start, ("budget", 1_000.0), Target::AtMost(1.0));
    report.add(what, "ms", start, ("reading the file raw", median(reads)), Target::None);
}

/// Makes the log with the server's own writer, in this process.
fn fill_log(data: &Path) {
    let opened = open(data, Beginning::Workspace, &Clock::system()).unwrap();
    let app = App::start(opened, Clock::system()).unwrap();
    let mut random = Random::seeded(8);
    let workspace = app.workspaces().remove(0);
    let state = workspace.state();
    let (all, ids) = filling(&state.workspace, &mut random, 1_000, OPEN);
    let client = ClientId::from_u128(random.id());
    let setup = all.into_iter().zip(1..).map(|(command, seq)| wire(client, seq, state.cursor.seq, command));
    push(&workspace, setup.collect());
    let open = ids.get(..OPEN).unwrap();
    let client = ClientId::from_u128(random.id());
    let mut next = 1;
    loop {
        let head = workspace.state().cursor.seq;
        if head >= EVENTS {
            break;
        }
        let batch = (next..).take(BATCH).map(|seq| edit(&mut random, open, client, seq, head));
        push(&workspace, batch.collect());
        next += BATCH as u64;
    }
    assert_eq!(app.stop(), Health::Stopped);
}

fn edit(random: &mut Random, open: &[DeploymentId], client: ClientId, seq: u64, head: u64) -> WireCommand {
    let title = format!("title {seq} {}", random.next());
    wire(client, seq, head, commands::retitle(*random.pick(open).unwrap(), &title))
}

fn push(workspace: &OpenWorkspace, commands: Vec<WireCommand>) {
    let (actor, epoch) = (workspace.local_member(), workspace.state().cursor.epoch);
    let push = Push { actor, device: None, epoch, sent_at: Timestamp(now_ms()), commands };
    workspace.push_blocking(push).unwrap();
}
