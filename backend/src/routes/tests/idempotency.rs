//! A request that comes again: the same answer, and nothing twice.

use axum::http::{HeaderName, Method};
use serde_json::{Value, json};

use super::resources::{deployment, service, token};
use super::time::Time;
use super::visitor::Visitor;
use super::{Answer, TestApp};
use crate::accounts::secret::read_token;
use crate::clock::Clock;
use crate::store::accounts::{RequestName, RequestRow};
use crate::writer::Health;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");

async fn open(who: &Visitor<'_>, test: &TestApp, key: &str, version: &str) -> Answer {
    let body = json!({ "service": "api", "version": version });
    who.clone().and(KEY, key).post(&test.path("deployments"), &body).await
}

fn id(answer: &Answer) -> Value {
    answer.json()["deployment"]["id"].clone()
}

#[tokio::test]
async fn the_same_request_again_does_nothing_twice() {
    let test = TestApp::new();
    service(&test, "api").await;
    let first = open(&test.owner(), &test, "build-17", "1.0").await;
    let head = test.cursor().seq;
    let again = open(&test.owner(), &test, "build-17", "1.0").await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!((id(&first), test.cursor().seq), (id(&again), head));
    let other = open(&test.owner(), &test, "build-18", "1.0").await;
    assert_ne!(id(&other), id(&first), "another key is another request");
    let without: Vec<_> = [
        deployment(&test.owner(), &test, "api", "1.0").await,
        deployment(&test.owner(), &test, "api", "1.0").await,
    ]
    .into();
    assert_ne!(without[0], without[1], "without a key each is one of its own");
}

#[tokio::test]
async fn a_key_is_for_one_request_of_one_caller() {
    let test = TestApp::new();
    service(&test, "api").await;
    let first = open(&test.owner(), &test, "k", "1.0").await;
    assert_eq!(open(&test.owner(), &test, "k", "1.1").await.error(), (409, "reused".to_owned()));
    let other = test.owner().and(KEY, "k").post(&test.path("services"), &json!({ "name": "web" })).await;
    assert_eq!(other.error(), (409, "reused".to_owned()), "another address");
    let secret = token(&test, "write").await;
    let by_token = open(&test.with_token(&secret), &test, "k", "1.1").await;
    assert_eq!(by_token.status, 201, "another caller");
    assert_ne!(id(&by_token), id(&first));
    for key in ["", "a b", &"k".repeat(201)] {
        let answer = open(&test.owner(), &test, key, "1.0").await;
        assert_eq!(answer.error(), (400, "malformed".to_owned()), "{key}");
    }
}

#[tokio::test]
async fn a_refusal_leaves_the_key_free() {
    let test = TestApp::new();
    let refused = open(&test.owner(), &test, "k", "1.0").await;
    assert_eq!(refused.error(), (422, "unacceptable".to_owned()));
    service(&test, "api").await;
    assert_eq!(open(&test.owner(), &test, "k", "").await.error(), (422, "rejected".to_owned()));
    assert_eq!(open(&test.owner(), &test, "k", "1.0").await.status, 201);
}

#[tokio::test]
async fn requests_without_a_body_come_again_too() {
    let test = TestApp::new();
    service(&test, "api").await;
    let id = deployment(&test.owner(), &test, "api", "1.0").await;
    let finish = test.path(&format!("deployments/{id}/finish"));
    let keyed = test.owner().and(KEY, "done");
    assert_eq!(keyed.ask(Method::POST, &finish, None).await.status, 200);
    let reopen = test.path(&format!("deployments/{id}/reopen"));
    assert_eq!(test.owner().ask(Method::POST, &reopen, None).await.status, 200);
    let again = keyed.ask(Method::POST, &finish, None).await.json();
    assert_eq!(again["deployment"]["state"], "open", "it happened once, before it was opened again");
}

/// Of many at once, all get the same thing.
#[tokio::test]
async fn requests_of_one_key_at_the_same_time_are_one() {
    let test = TestApp::new();
    service(&test, "api").await;
    let owner = test.owner();
    let all = futures_util::future::join_all((0..20).map(|_| open(&owner, &test, "k", "1.0"))).await;
    assert!(all.iter().all(|answer| answer.status == 201 && id(answer) == id(&all[0])));
    let listed = test.get(&test.path("deployments")).await.json();
    assert_eq!(listed["deployments"].as_array().map(Vec::len), Some(1));
}

/// The server was killed after it had given the commands, and before it answered.
#[tokio::test]
async fn after_a_crash_a_request_that_was_given_is_not_given_again() {
    let test = TestApp::new();
    service(&test, "api").await;
    let secret = token(&test, "write").await;
    let first = open(&test.with_token(&secret), &test, "k", "1.0").await;
    let head = test.cursor().seq;
    let TestApp { app, dir, router, .. } = test;
    assert_eq!(app.stop(), Health::Stopped);
    drop((app, router));
    let test = TestApp::in_dir(dir, &Clock::system());
    let again = open(&test.with_token(&secret), &test, "k", "1.0").await;
    assert_eq!((again.status.as_u16(), id(&again), test.cursor().seq), (201, id(&first), head));
}

/// The server was killed after it had kept the request, and before it gave the commands.
#[tokio::test]
async fn after_a_crash_a_request_that_was_kept_is_given() {
    let test = TestApp::new();
    service(&test, "api").await;
    let secret = token(&test, "write").await;
    let ci = test.with_token(&secret);
    let first = open(&ci, &test, "k", "1.0").await;
    let token = read_token(&secret).unwrap().0;
    let name = RequestName { workspace: test.workspace().id(), caller: token.as_u128(), key: "k".to_owned() };
    let kept = test.app.accounts().request(&name).unwrap().unwrap();
    // What the same request would have become, had it come under another key.
    let made = 0x0192_aabb_cc00_7000_8000_0000_0000_0001_u128;
    let commands = serde_json::to_string(&kept.commands).unwrap();
    let commands = commands.replace(id(&first).as_str().unwrap(), &uuid::Uuid::from_u128(made).to_string());
    let commands =
        commands.replace(&kept.commands[0].client.to_string(), &uuid::Uuid::from_u128(77).to_string());
    let commands = serde_json::from_str(&commands).unwrap();
    let name = RequestName { key: "killed".to_owned(), ..name };
    let row = RequestRow { made: Some(made), commands, ..kept };
    test.app.accounts().keep_request(&name, row, test.app.clock().now()).unwrap();
    for _ in 0..2 {
        let again = open(&ci, &test, "killed", "1.0").await;
        assert_eq!((again.status.as_u16(), id(&again)), (201, json!(uuid::Uuid::from_u128(made))));
    }
    let listed = test.get(&test.path("deployments")).await.json();
    assert_eq!(listed["deployments"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn keys_are_forgotten_after_a_week() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    service(&test, "api").await;
    open(&test.owner(), &test, "k", "1.0").await;
    let accounts = test.app.accounts();
    assert_eq!(accounts.forget_requests(time.now()).unwrap(), 0);
    time.pass(1);
    assert_eq!(accounts.forget_requests(time.now()).unwrap(), 1);
    assert_eq!(open(&test.owner(), &test, "k", "1.1").await.status, 201, "it is a new request");
}
