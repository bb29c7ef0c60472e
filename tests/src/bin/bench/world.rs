//! Workspaces of the sizes that budgets speak of.

use slipway_shared::command::Command;
use slipway_shared::context::Context;
use slipway_shared::decide::decide;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{CheckId, ClientId, CommandKey, DeploymentId, MemberId, ServiceId};
use slipway_shared::origin::Seen;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::{Workspace, default_setup};
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::commands::{self, wire};
use slipway_tests::random::{Random, now_ms};
use slipway_tests::server::TestServer;

/// How many deployments are on the board; all others are finished.
pub const OPEN: usize = 200;

/// Returns the commands that make `count` deployments of one service, of which the first `open` stay on the board.
/// The first of all has a document.
pub fn filling(
    workspace: &Workspace,
    random: &mut Random,
    count: usize,
    open: usize,
) -> (Vec<Command>, Vec<DeploymentId>) {
    let column = commands::first_queue(workspace);
    let service = ServiceId::from_u128(random.id());
    let mut all = vec![commands::add_service(service, "harbour")];
    let mut ids = Vec::new();
    for number in 0..count {
        let id = DeploymentId::from_u128(random.id());
        let version = format!("1.{number}.0");
        all.push(match number {
            0 => commands::open(id, service, column, &version, || random.id()),
            _ => commands::open_bare(id, service, column, &version),
        });
        if number >= open {
            all.push(Command::Deployment(DeploymentCommand::Finish { deployment: id }));
        }
        ids.push(id);
    }
    (all, ids)
}

/// Fills a server by pushes, and returns the deployments.
pub fn fill(server: &TestServer, random: &mut Random, count: usize, open: usize) -> Vec<DeploymentId> {
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(random.id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let (all, ids) = filling(&api.snapshot().unwrap().0, random, count, open);
    let wires = all.into_iter().zip(1..).map(|(command, seq)| wire(client, seq, hello.head, command));
    for batch in wires.collect::<Vec<_>>().chunks(250) {
        api.push(hello.epoch, batch).unwrap();
    }
    ids
}

/// Opens the board of a server with `count` deployments, in a browser that begins each page with `script`.
pub fn board(count: usize, script: &str) -> (TestServer, Profile, Browser) {
    let server = TestServer::start();
    fill(&server, &mut Random::seeded(6), count, OPEN);
    let (profile, browser) = Browser::open(Engine::Chromium);
    browser.before_each_page(script);
    browser.go(&format!("{}/board", server.url()));
    browser.wait_for("[data-testid=card]");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    (server, profile, browser)
}

/// Returns the circumstances of command number `seq` of one client.
pub fn context(seq: u64) -> Context {
    let now = Timestamp(now_ms());
    Context {
        command: CommandKey { client: ClientId::from_u128(1), seq },
        actor: MemberId::from_u128(1),
        device: None,
        now,
        effective: now,
        clock_error_ms: 0,
        seen: Seen { seq: u64::MAX, commands: vec![CommandKey { client: ClientId::from_u128(1), seq }] },
    }
}

/// Decides and applies, as a click does.
pub fn act(workspace: &mut Workspace, seq: u64, command: &Command) {
    let context = context(seq);
    for event in decide(workspace, &context, command).unwrap() {
        workspace.apply(&context.predicted_origin(), &event);
    }
}

/// Returns a workspace in memory with `count` deployments, and their ids.
pub fn in_memory(random: &mut Random, count: usize) -> (Workspace, Vec<DeploymentId>) {
    let mut workspace = Workspace::default();
    let setup = default_setup("Harbour", MemberId::from_u128(1), || random.id());
    act(&mut workspace, 1, &Command::Workspace(setup));
    let (all, ids) = filling(&workspace, random, count, OPEN);
    for (command, seq) in all.iter().zip(2..) {
        act(&mut workspace, seq, command);
    }
    (workspace, ids)
}

/// A deployment with many checks.
pub struct Tries {
    /// Its id.
    pub deployment: DeploymentId,
    /// Its checks, in order.
    pub checks: Vec<CheckId>,
}

/// Adds a deployment whose document is a hundred checks.
pub fn add_tries(server: &TestServer) -> Tries {
    let mut random = Random::fresh();
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(random.id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let column = commands::first_queue(&api.snapshot().unwrap().0);
    let service = ServiceId::from_u128(random.id());
    let deployment = DeploymentId::from_u128(random.id());
    let open = commands::open_with_checks(deployment, service, column, 100, || random.id());
    let all = [commands::add_service(service, "harbour"), open];
    let wires: Vec<_> =
        all.into_iter().zip(1..).map(|(command, seq)| wire(client, seq, hello.head, command)).collect();
    api.push(hello.epoch, &wires).unwrap();
    let known = api.snapshot().unwrap().0;
    let known = &known.deployments[&deployment];
    Tries { deployment, checks: known.checks().map(|check| check.id).collect() }
}
