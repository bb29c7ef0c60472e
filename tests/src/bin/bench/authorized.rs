//! What it costs a push that it is found out who sends it and whether they may.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use slipway_backend::writer::{OpenWorkspace, Push};
use slipway_backend::{App, Beginning, Clock, open};
use slipway_shared::ids::ClientId;
use slipway_shared::sync::protocol::{PROTOCOL, PushRequest, PushResponse};
use slipway_shared::time::Timestamp;
use slipway_tests::api::Api;
use slipway_tests::commands::{self, wire};
use slipway_tests::http::Connection;
use slipway_tests::random::{Random, now_ms};
use slipway_tests::server::TestServer;

use crate::report::{Report, Target, ms, percentile};
use crate::world::fill;

const PUSHES: usize = 1_000;

/// Measures single commands, each durable before its answer, in turns so that the disk is the same to both.
pub fn measure(report: &mut Report) {
    let mut random = Random::seeded(4);
    let server = TestServer::start();
    let deployment = *fill(&server, &mut random, 1, 1).first().unwrap();
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(random.id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let (epoch, sent_at) = (hello.epoch, Timestamp(now_ms()));
    let outdated = PushRequest { protocol: 0, epoch, sent_at, commands: vec![] };
    let outdated = serde_json::to_vec(&outdated).unwrap();
    let bare = Bare::start(&mut random);
    let mut bare_connection = Connection::open(bare.address).unwrap();
    let mut live = Connection::open(server.address()).unwrap();
    let (mut with, mut without, mut asked, mut unasked) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for seq in 1..=PUSHES as u64 {
        let title = format!("title {}", random.next());
        let command = wire(client, seq, hello.head, commands::retitle(deployment, &title));
        let start = Instant::now();
        api.push(hello.epoch, &[command]).unwrap();
        with.push(ms(start.elapsed()));

        let command = wire(client, seq, bare.seen, commands::retitle(bare.deployment, &title));
        let request = PushRequest {
            protocol: PROTOCOL,
            epoch: bare.epoch,
            sent_at: Timestamp(now_ms()),
            commands: vec![command],
        };
        let start = Instant::now();
        let body = serde_json::to_vec(&request).unwrap();
        let answer = bare_connection.send("POST", "/push", &[], Some(&body)).unwrap();
        let answered: PushResponse = answer.json().unwrap();
        without.push(ms(start.elapsed()));
        assert_eq!(answered.results.len(), 1);

        let start = Instant::now();
        let answer = api.send("POST", "push", Some(&outdated)).unwrap();
        asked.push(ms(start.elapsed()));
        assert_eq!(answer.status, 426, "{}", answer.text());
        let start = Instant::now();
        assert_eq!(live.send("GET", "/health/live", &[], None).unwrap().status, 200);
        unasked.push(ms(start.elapsed()));
    }
    let whole = percentile(with.clone(), 50);
    // An upper bound: reading and refusing a push of another version is a part of it.
    let authorization = percentile(asked, 50) - percentile(unasked, 50);
    report.add(
        "a push of one command with authorization, p50",
        "ms",
        whole,
        ("less what finding out who asks takes", whole - authorization),
        Target::AtMost(1.1),
    );
    // Beside the middle, how far the slow ones are apart is mostly the disk's doing.
    for (percent, target) in [(50, Target::AtMost(1.1)), (95, Target::AtMost(1.25))] {
        let name = format!("a push of one command, all that a server does, p{percent}");
        let baseline = ("the same writer behind a bare route", percentile(without.clone(), percent));
        report.add(&name, "ms", percentile(with.clone(), percent), baseline, target);
    }
}

/// The server's writer behind one route that lets everybody in.
struct Bare {
    address: SocketAddr,
    epoch: slipway_shared::ids::EpochId,
    seen: u64,
    deployment: slipway_shared::ids::DeploymentId,
    app: App,
    _folder: tempfile::TempDir,
}

impl Bare {
    fn start(random: &mut Random) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(folder.path(), Beginning::Workspace, &Clock::system()).unwrap();
        let app = App::start(opened, Clock::system()).unwrap();
        let workspace = app.workspaces().remove(0);
        let state = workspace.state();
        let epoch = state.cursor.epoch;
        let (all, ids) = crate::world::filling(&state.workspace, random, 1, 1);
        let client = ClientId::from_u128(random.id());
        let wires =
            all.into_iter().zip(1..).map(|(command, seq)| wire(client, seq, state.cursor.seq, command));
        let commands = wires.collect();
        workspace.push_blocking(unasked(&workspace, epoch, Timestamp(now_ms()), commands)).unwrap();
        let seen = workspace.state().cursor.seq;
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        std::thread::spawn(move || serve(listener, workspace));
        Self { address, epoch, seen, deployment: *ids.first().unwrap(), app, _folder: folder }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ended = self.app.stop();
    }
}

fn serve(listener: std::net::TcpListener, workspace: OpenWorkspace) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let router = Router::new().route("/push", post(push)).with_state(workspace);
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        axum::serve(listener, router).await.unwrap();
    });
}

async fn push(
    State(workspace): State<OpenWorkspace>,
    Json(request): Json<PushRequest>,
) -> Json<PushResponse> {
    let PushRequest { epoch, sent_at, commands, .. } = request;
    let pushed = workspace.push(unasked(&workspace, epoch, sent_at, commands)).await.unwrap();
    Json(PushResponse { server_ms: Timestamp(now_ms()), epoch, head: pushed.head, results: pushed.results })
}

fn unasked(
    workspace: &OpenWorkspace,
    epoch: slipway_shared::ids::EpochId,
    sent_at: Timestamp,
    commands: Vec<slipway_shared::sync::envelope::WireCommand>,
) -> Push {
    Push { actor: workspace.local_member(), device: None, epoch, sent_at, commands }
}
