//! The first visit: once, with the newest token only, and nothing else before it.

use std::future::poll_fn;
use std::os::unix::fs::PermissionsExt;
use std::task::Poll;
use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use slipway_shared::account::SETUP_MS;
use slipway_shared::ids::{EpochId, MemberId};
use slipway_shared::member::Role;

use super::time::Time;
use super::visitor::PASSWORD;
use super::{TestApp, add_service};
use crate::access::setup;
use crate::clock::Clock;
use crate::open::Beginning;
use crate::store::sqlite::SqliteStore;
use crate::transfer;
use crate::writer::Push;

fn visit(token: &str) -> Value {
    let person = json!({ "name": "Olivia Owner", "login": "Olivia@Example.org", "password": PASSWORD, "device": "Laptop" });
    json!({ "token": token, "workspace": "Harbour", "person": person })
}

fn unclaimed(clock: &Clock) -> TestApp {
    TestApp::unclaimed_in(tempfile::tempdir().unwrap(), Beginning::Workspace, clock)
}

fn token(test: &TestApp) -> String {
    setup::offer(&test.app).unwrap().unwrap()
}

#[tokio::test]
async fn the_first_workspace_may_begin_with_the_sample() {
    for (beginning, cards) in [(None, 0), (Some("empty"), 0), (Some("sample"), 7)] {
        let test = unclaimed(&Clock::system());
        let mut visit = visit(&token(&test));
        if let Some(beginning) = beginning {
            visit["beginning"] = json!(beginning);
        }
        assert_eq!(test.nobody().post("/api/v1/setup", &visit).await.status, 200);
        let state = test.workspace().state();
        assert_eq!((&*state.workspace.name, state.workspace.deployments.len()), ("Harbour", cards));
        let actors: Vec<_> = state.workspace.deployments.values().map(|known| known.opened.actor).collect();
        assert!(actors.iter().all(|actor| *actor == test.workspace().local_member()));
    }
}

/// Brings a workspace where something happened to a new directory, as `slipway import workspace` does.
async fn imported() -> (TestApp, MemberId, u64) {
    let from = TestApp::new();
    from.push(&[add_service(1, 1, "web")]).await;
    let (cursor, writer) = (from.cursor(), from.workspace().local_member());
    let head = SqliteStore::read_only(from.dir.path()).unwrap().heads().unwrap().remove(0);
    let mut file = Vec::new();
    transfer::write(&*from.app.reader(), &head, &mut file).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(dir.path()).unwrap();
    transfer::read(&*file, &mut store, EpochId::from_u128(9)).unwrap();
    drop(store);
    (TestApp::unclaimed_in(dir, Beginning::Workspace, &Clock::system()), writer, cursor.seq)
}

#[tokio::test]
async fn an_imported_workspace_stays_as_it_is_and_the_owner_is_somebody_new() {
    let (test, writer, events) = imported().await;
    let token = token(&test);
    let here = json!({ "name": "My workspace", "events": events });
    let told = test.nobody().get("/api/v1/setup").await.json();
    assert_eq!(told, json!({ "is_needed": true, "workspace": here }));
    let named = visit(&token);
    let mut filled = visit(&token);
    filled.as_object_mut().unwrap().remove("workspace");
    let visit = filled.clone();
    filled["beginning"] = json!("sample");
    for refused in [named, filled] {
        let answer = test.nobody().post("/api/v1/setup", &refused).await;
        assert_eq!(answer.error(), (422, "unacceptable".to_owned()));
    }
    assert_eq!(test.cursor().seq, events, "what is refused leaves nothing");
    let owner = test.nobody().post("/api/v1/setup", &visit).await.json();
    let state = test.workspace().state();
    assert_eq!((&*state.workspace.name, state.workspace.deployments.len()), ("My workspace", 0));
    assert_eq!(state.cursor.seq, events + 1, "they joined, and that is all");
    let member = test.workspace().local_member();
    assert_eq!(owner["member"], json!(member));
    assert_ne!(member, writer);
    let roles = [member, writer].map(|member| state.workspace.role(member));
    assert_eq!(roles, [Some(Role::Admin); 2]);
    assert_eq!(test.nobody().get("/api/v1/setup").await.json(), json!({ "is_needed": false }));
}

/// What a version without accounts left is its first member's, who the owner is.
#[tokio::test]
async fn data_from_before_accounts_is_taken_over() {
    let test = unclaimed(&Clock::system());
    let token = token(&test);
    let workspace = test.workspace();
    let member = workspace.local_member();
    let command = serde_json::from_value(add_service(1, 1, "web")).unwrap();
    let epoch = test.cursor().epoch;
    let push =
        Push { actor: member, device: None, epoch, sent_at: test.app.clock().now(), commands: vec![command] };
    workspace.push(push).await.unwrap();
    let events = test.cursor().seq;
    let mut visit = visit(&token);
    assert_eq!(test.nobody().post("/api/v1/setup", &visit).await.error().0, 422);
    visit.as_object_mut().unwrap().remove("workspace");
    let owner = test.nobody().post("/api/v1/setup", &visit).await.json();
    assert_eq!((&owner["member"], test.cursor().seq), (&json!(member), events));
}

/// Stops a server and starts it on the same directory.
fn restarted(test: TestApp, clock: &Clock) -> TestApp {
    let TestApp { app, router, dir, .. } = test;
    let _ = app.stop();
    drop((app, router));
    TestApp::unclaimed_in(dir, Beginning::Workspace, clock)
}

#[tokio::test]
async fn nothing_else_is_answered_before_it() {
    let test = unclaimed(&Clock::system());
    token(&test);
    let nobody = test.nobody();
    assert_eq!(nobody.get("/api/v1/setup").await.json(), json!({ "is_needed": true }));
    for (method, path) in [
        (Method::GET, "/api/v1/session".to_owned()),
        (Method::POST, "/api/v1/session".to_owned()),
        (Method::GET, "/api/v1/workspaces".to_owned()),
        (Method::GET, test.path("snapshot")),
        (Method::POST, test.path("push")),
        (Method::POST, "/api/v1/invitations/accept".to_owned()),
        (Method::GET, "/api/v1/nothing".to_owned()),
    ] {
        let answer = nobody.ask(method.clone(), &path, Some(&json!({}))).await;
        assert_eq!(answer.error(), (403, "setup_needed".to_owned()), "{method} {path}");
    }
    assert_eq!(nobody.get("/health/ready").await.status, 200);
    assert_ne!(nobody.get("/setup").await.status, 403);
}

#[tokio::test]
async fn it_makes_the_owner_once() {
    let test = unclaimed(&Clock::system());
    let token = token(&test);
    let file = test.dir.path().join("setup-token");
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), token);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let answer = test.nobody().post("/api/v1/setup", &visit(&token)).await;
    let (session, told) = (answer.session(), answer.json());
    assert_eq!(told["member"], json!(test.workspace().local_member()), "what was there before is theirs");
    assert_eq!(told["account"]["login"], "olivia@example.org");
    assert_eq!(told["session"]["device"], "Laptop");
    assert!(!file.exists());
    assert_eq!(test.nobody().get("/api/v1/setup").await.json(), json!({ "is_needed": false }));
    let owner = test.with_session(&session);
    assert_eq!(told["workspaces"][0]["name"], "Harbour");
    let head = test.cursor().seq;
    assert_eq!(owner.push(&[add_service(1, 1, "web")]).await.json()["head"], head + 1);
    let again = test.nobody().post("/api/v1/setup", &visit(&token)).await;
    assert_eq!(again.error(), (410, "token_gone".to_owned()));

    let test = restarted(test, &Clock::system());
    assert_eq!(setup::offer(&test.app).unwrap(), None);
    let again = test.nobody().post("/api/v1/setup", &visit(&token)).await;
    assert_eq!(again.error(), (410, "token_gone".to_owned()));
    assert_eq!(
        test.with_session(&session).get("/api/v1/session").await.status,
        200,
        "sessions outlive a restart"
    );
}

#[tokio::test]
async fn whoever_hangs_up_when_they_are_the_owner_leaves_a_server_that_knows_it() {
    let test = unclaimed(&Clock::system());
    let visit = visit(&token(&test));
    let nobody = test.nobody();
    let mut asked = Box::pin(nobody.post("/api/v1/setup", &visit));
    let waited = async {
        // Polled no more once the owner is there.
        while !test.app.accounts().is_claimed().unwrap() {
            let polled = poll_fn(|context| Poll::Ready(asked.as_mut().poll(context))).await;
            assert!(polled.is_pending(), "nothing was left to hang up on");
            tokio::task::yield_now().await;
        }
        drop(asked);
        while !test.app.is_claimed() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waited).await.unwrap();
    assert_eq!(test.nobody().get("/api/v1/session").await.error(), (401, "sign_in_needed".to_owned()));
}

#[tokio::test]
async fn only_the_newest_token_is_good_and_only_for_an_hour() {
    let time = Time::default();
    let test = unclaimed(&time.clock());
    let first = token(&test);
    let test = restarted(test, &time.clock());
    let second = token(&test);
    for gone in [&first, "", "x", &second.to_lowercase()] {
        let answer = test.nobody().post("/api/v1/setup", &visit(gone)).await;
        assert_eq!(answer.error(), (410, "token_gone".to_owned()), "{gone}");
    }
    time.pass(SETUP_MS);
    let late = test.nobody().post("/api/v1/setup", &visit(&second)).await;
    assert_eq!(late.error(), (410, "token_gone".to_owned()));
    let test = restarted(test, &time.clock());
    let third = token(&test);
    assert_eq!(test.nobody().post("/api/v1/setup", &visit(&third)).await.status, 200);
}

#[tokio::test]
async fn what_is_not_acceptable_uses_no_token_up() {
    let test = unclaimed(&Clock::system());
    let token = token(&test);
    for (field, value, expected) in [
        ("password", json!("short"), (422, "unacceptable")),
        ("password", json!("olivia@example.org"), (422, "unacceptable")),
        ("login", json!("two words"), (422, "unacceptable")),
        ("name", json!("  "), (422, "unacceptable")),
        ("device", json!("x".repeat(201)), (422, "unacceptable")),
        ("is_admin", json!(true), (400, "malformed")),
    ] {
        let mut body = visit(&token);
        body["person"][field] = value;
        let (status, code) = test.nobody().post("/api/v1/setup", &body).await.error();
        assert_eq!((status, &*code), expected, "{field}");
    }
    let mut body = visit(&token);
    body["workspace"] = json!("x".repeat(101));
    assert_eq!(test.nobody().post("/api/v1/setup", &body).await.error(), (422, "unacceptable".to_owned()));
    assert_eq!(test.nobody().post("/api/v1/setup", &visit(&token)).await.status, 200);
}

#[tokio::test]
async fn the_demo_lets_in_who_asks_from_this_computer() {
    let clock = Clock::system();
    let test = TestApp::unclaimed_in(tempfile::tempdir().unwrap(), Beginning::Demo, &clock);
    let here = test.nobody().and(axum::http::header::HOST, "localhost");
    assert_eq!(here.get(&test.path("snapshot")).await.error(), (401, "sign_in_needed".to_owned()));
    let owner = here.get("/api/v1/session").await;
    assert_eq!(owner.json()["member"], json!(test.workspace().local_member()));
    let as_owner = test.with_session(&owner.session());
    assert_eq!(as_owner.get(&test.path("events?after=0&limit=1")).await.status, 200);
    for (named, role) in [("yuki", "viewer"), ("Riku", "member"), ("Jonas+Svensson", "approver")] {
        let visitor = here.get(&format!("/api/v1/session?as={named}")).await;
        assert_eq!(visitor.json()["workspaces"][0]["role"], role, "{named}");
    }
    assert_eq!(here.get("/api/v1/session?as=nobody").await.error(), (404, "not_found".to_owned()));
    // Without a name for us that is this computer's, and so from anywhere.
    assert_eq!(test.nobody().get("/api/v1/session").await.error(), (401, "sign_in_needed".to_owned()));
    let sign_in = json!({ "login": "mara", "password": "", "device": "x", "is_shared": false });
    assert_eq!(here.post("/api/v1/session", &sign_in).await.error(), (401, "wrong_password".to_owned()));
}

/// A server that nobody has come to for hours still has a link that is good.
#[tokio::test(start_paused = true)]
async fn a_token_that_is_too_old_is_followed_by_a_new_one() {
    let time = Time::default();
    let test = unclaimed(&time.clock());
    let first = token(&test);
    let told = std::sync::Mutex::new(Vec::new());
    let offering = setup::keep_offering(&test.app, |token| {
        time.pass(SETUP_MS);
        told.lock().unwrap().push(token.to_owned());
    });
    let hours = Duration::from_millis(SETUP_MS.unsigned_abs() * 5 / 2);
    assert!(tokio::time::timeout(hours, offering).await.is_err(), "it goes on until somebody comes");
    let told = told.into_inner().unwrap();
    assert_eq!(told.len(), 2);
    assert!(!told.contains(&first) && told[0] != told[1]);
    let file = std::fs::read_to_string(test.dir.path().join("setup-token")).unwrap();
    assert_eq!(file.trim(), told[1]);
    let second = test.nobody().post("/api/v1/setup", &visit(&told[0])).await;
    assert_eq!(second.error(), (410, "token_gone".to_owned()));
}
