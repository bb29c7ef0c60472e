//! Who gets in, seen from outside: the first visit, what an operator ends, and what a restore leaves.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use slipway_shared::account::Session;
use slipway_shared::member::Role;
use slipway_tests::api::Api;
use slipway_tests::credentials;
use slipway_tests::crowd;
use slipway_tests::http::{self, Response};
use slipway_tests::server::{OWNER, PASSWORD, ServerSetup, TestServer, first_visit, repository, run};

use crate::roles::people::Team;

/// How long the end of access may take to reach a stream. What another process ends is looked for four times as often.
const SOON: Duration = Duration::from_secs(1);

fn post(address: SocketAddr, target: &str, body: &Value) -> Response {
    let body = body.to_string();
    http::send(address, "POST", target, &[("cookie", "")], Some(body.as_bytes())).unwrap()
}

/// Asks who a session is of.
fn asks(address: SocketAddr, session: &str) -> Response {
    let cookie = format!("{}={session}", credentials::cookie_name(address));
    http::send(address, "GET", "/api/v1/session", &[("cookie", &cookie)], None).unwrap()
}

fn text(path: &std::path::Path) -> String {
    path.to_string_lossy().into_owned()
}

#[test]
fn what_an_earlier_version_wrote_is_claimed_by_the_first_visit() {
    let setup = ServerSetup::default().unclaimed();
    std::fs::create_dir_all(setup.data()).unwrap();
    let kept = repository().join("tests/fixtures/replicas/0.1.0/slipway.db");
    std::fs::copy(kept, setup.data().join("slipway.db")).unwrap();
    let server = setup.start();
    let address = server.address();
    assert_eq!(http::get(address, "/api/v1/session").unwrap().status, 403);
    let token = server.setup_token();
    let file = std::fs::read_to_string(server.data().join("setup-token")).unwrap();
    assert_eq!(file.trim(), token, "the link and the file tell the same");
    let mut visit = first_visit(&token);
    assert_eq!(post(address, "/api/v1/setup", &visit).status, 422, "it has a name");
    visit.as_object_mut().unwrap().remove("workspace");
    let answer = post(address, "/api/v1/setup", &visit);
    assert_eq!(answer.status, 200, "{}", answer.text());
    credentials::remember(address, credentials::begun(address, &answer).unwrap());
    assert!(!server.data().join("setup-token").exists());
    let (workspace, _) = Api::connect(address).unwrap().snapshot().unwrap();
    let member = answer.json::<Session>().unwrap().member;
    assert_eq!(workspace.members.keys().collect::<Vec<_>>(), [&member], "the one there was");
    assert!(workspace.deployments.len() > 1, "nothing of it is lost");
    assert_eq!(post(address, "/api/v1/setup", &first_visit(&token)).status, 410);
    assert_eq!(run(&["check", "--data", &text(&server.data())]).code, Some(0));
}

#[test]
fn what_an_operator_ends_reaches_open_streams_soon() {
    let server = TestServer::start();
    let mut stream = Api::connect(server.address()).unwrap().stream(0).unwrap();
    let first = stream.next_message();
    assert!(first.is_some());
    let ended = run(&["user", "sign-out", OWNER, "--data", &text(&server.data())]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let began = Instant::now();
    while stream.next_message().is_some() {}
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    assert_eq!(http::get(server.address(), "/api/v1/session").unwrap().status, 401);
}

#[test]
fn what_an_operator_disables_has_no_tokens_any_more() {
    let server = TestServer::start();
    let (address, data) = (server.address(), text(&server.data()));
    let bearer = format!("Bearer {}", server.token());
    let asks = || {
        let headers = [("authorization", bearer.as_str())];
        http::send(address, "GET", "/api/v1/session", &headers, None).unwrap().status
    };
    assert_eq!(asks(), 200);
    let disabled = run(&["user", "disable", OWNER, "--data", &data]);
    assert!(disabled.stdout.contains("no API tokens"), "{} {}", disabled.stdout, disabled.stderr);
    assert_eq!(asks(), 401);
    assert_eq!(run(&["user", "enable", OWNER, "--data", &data]).code, Some(0));
    assert_eq!(asks(), 401, "whoever is let in again makes new ones");
    let listed = run(&["token", "list", "--data", &data]);
    assert_eq!((listed.code, listed.stdout.as_str()), (Some(0), ""));
}

/// Whoever is invited is somewhere else: the link is of the address that people open.
#[test]
fn an_invitation_from_the_command_line_leads_to_the_public_address() {
    let (public, local) = (crowd::server(), TestServer::start());
    let named = format!("https://{}", crowd::NAME);
    for (server, begins) in [(&public, named), (&local, format!("http://{}", local.address()))] {
        let invited = run(&["user", "invite", "--role", "viewer", "--data", &text(&server.data())]);
        assert_eq!(invited.code, Some(0), "{}", invited.stderr);
        assert!(invited.stdout.starts_with(&format!("{begins}/invitation#")), "{}", invited.stdout);
    }
}

/// Measures how long a stream of Bo's goes on after what `ends` it has been answered.
fn outlives(team: &mut Team, ends: impl FnOnce(&mut Team)) -> Duration {
    let address = team.address();
    let owner = credentials::session(address).unwrap();
    credentials::remember(address, team.bo.session.clone());
    let mut stream = Api::connect(address).unwrap().stream(team.head()).unwrap();
    credentials::remember(address, owner);
    assert!(stream.next_message().is_some());
    ends(team);
    let began = Instant::now();
    while stream.next_message().is_some() {}
    began.elapsed()
}

#[test]
fn another_role_and_a_removal_reach_open_streams_within_a_second() {
    let server = TestServer::start();
    let mut team = Team::gather(&server);
    team.snapshot();
    let changed = outlives(&mut team, |team| team.put_back(Role::Viewer));
    assert!(changed < SOON, "{changed:?}");
    let removed = outlives(&mut team, Team::put_out);
    assert!(removed < SOON, "{removed:?}");
}

#[test]
fn a_restore_ends_sessions_and_leaves_passwords_and_tokens() {
    let mut server = ServerSetup::default().unclaimed().start();
    let address = server.address();
    let visit = post(address, "/api/v1/setup", &first_visit(&server.setup_token()));
    let session = credentials::begun(address, &visit).unwrap();
    credentials::remember(address, session.clone());
    let token = server.token();
    let backup = server.data().with_file_name("backup.db");
    let done = run(&["backup", "--data", &text(&server.data()), "--output", &text(&backup)]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    server.kill();
    let done = run(&["restore", &text(&backup), "--data", &text(&server.data()), "--force"]);
    assert!(done.stdout.contains("Everybody has to sign in again"), "{} {}", done.stdout, done.stderr);
    server.restart();
    assert_eq!(asks(address, &session).status, 401);
    let bearer = format!("Bearer {token}");
    let program = http::send(address, "GET", "/api/v1/session", &[("authorization", &bearer)], None).unwrap();
    assert_eq!(program.status, 200);
    let sign_in = json!({ "login": OWNER, "password": PASSWORD, "device": "Tests", "is_shared": false });
    assert_eq!(post(address, "/api/v1/session", &sign_in).status, 200);
}
