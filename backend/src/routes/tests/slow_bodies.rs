//! What a body that takes its time may still do once its sender is let in no more: nothing.

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, header};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use slipway_shared::ids::AccountId;
use slipway_shared::member::Role;
use std::convert::Infallible;
use tokio::sync::oneshot;

use super::invitations::remove;
use super::{Answer, TestApp, add_service};

/// What a request proves who it is by.
type Proof = (header::HeaderName, String);

fn cookie(session: &str) -> Proof {
    (header::COOKIE, format!("slipway-80={session}"))
}

/// Sends a request whose body comes in two halves, and does `between` when the server waits for the second.
async fn in_halves(
    test: &TestApp,
    (method, path, kind): (Method, &str, &str),
    (name, proof): Proof,
    body: &str,
    between: impl AsyncFnOnce(),
) -> Answer {
    let (begun, has_begun) = oneshot::channel();
    let (go_on, goes_on) = oneshot::channel::<()>();
    let (first, second) = body.split_at(body.len() / 2);
    let (first, second) = (Bytes::from(first.to_owned()), Bytes::from(second.to_owned()));
    let halves = stream::once(async move {
        begun.send(()).unwrap();
        Ok::<_, Infallible>(first)
    });
    let halves = halves.chain(stream::once(async move {
        goes_on.await.unwrap();
        Ok(second)
    }));
    let request = Request::builder().method(method).uri(path).header(name, proof);
    let request = request.header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, kind);
    let request = request.body(Body::from_stream(halves)).unwrap();
    let (answer, ()) = tokio::join!(test.send_plain(request), async {
        has_begun.await.unwrap();
        between().await;
        go_on.send(()).unwrap();
    });
    answer
}

fn push_of(test: &TestApp, command: &Value) -> String {
    json!({ "protocol": 1, "epoch": test.cursor().epoch, "sent_at": 5, "commands": [command] }).to_string()
}

#[tokio::test]
async fn a_session_that_ends_while_its_body_comes_changes_nothing() {
    let test = TestApp::new();
    let web = json!({ "name": "Web" }).to_string();
    let (push, service) = (push_of(&test, &add_service(1, 1, "web")), test.path("services"));
    let json = "application/json";
    let table = [
        (Method::POST, test.path("push"), json, &*push),
        (Method::POST, service, json, &web),
        (Method::POST, test.path("hello"), json, "{}"),
        (Method::POST, test.path("redactions"), json, "{}"),
        (Method::POST, test.path("tokens"), json, "{}"),
        (Method::POST, test.path("invitations"), json, "{}"),
        (Method::POST, "/api/v1/workspaces".to_owned(), json, "{}"),
        (Method::POST, "/api/v1/workspaces/import".to_owned(), "application/x-ndjson", "{}"),
        (Method::PATCH, "/api/v1/account".to_owned(), json, "{}"),
        (Method::PUT, "/api/v1/account/password".to_owned(), json, "{}"),
        (Method::PUT, "/api/v1/account/second-factor".to_owned(), json, "{}"),
        (Method::POST, "/api/v1/session/confirm".to_owned(), json, "{}"),
    ];
    for (method, path, kind, body) in table {
        let phone = test.begin_session(AccountId::from_u128(1));
        let before = test.cursor();
        let answer = in_halves(&test, (method, &path, kind), cookie(&phone), body, async || {
            assert_eq!(test.owner().delete("/api/v1/account/sessions").await.status, 204);
        });
        assert_eq!(answer.await.error(), (401, "sign_in_needed".to_owned()), "{path}");
        assert_eq!(test.cursor(), before, "{path}");
    }
}

#[tokio::test]
async fn a_session_that_another_process_ends_while_its_body_comes_changes_nothing() {
    let test = TestApp::new();
    let phone = test.begin_session(AccountId::from_u128(1));
    let (before, push) = (test.cursor(), push_of(&test, &add_service(1, 1, "web")));
    let path = test.path("push");
    let asks = (Method::POST, &*path, "application/json");
    let answer = in_halves(&test, asks, cookie(&phone), &push, async || {
        let now = test.app.clock().now();
        test.app.accounts().end_sessions(AccountId::from_u128(1), None, now).unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    });
    assert_eq!(answer.await.error(), (401, "sign_in_needed".to_owned()));
    assert_eq!(test.cursor(), before);
}

#[tokio::test]
async fn a_token_that_is_revoked_while_its_body_comes_changes_nothing() {
    let test = TestApp::new();
    let make = json!({ "name": "CI", "scope": "write" });
    let made = test.owner().post(&test.path("tokens"), &make).await.json();
    let token = (header::AUTHORIZATION, format!("Bearer {}", made["secret"].as_str().unwrap()));
    let (before, push) = (test.cursor(), push_of(&test, &add_service(1, 1, "web")));
    let path = test.path("push");
    let asks = (Method::POST, &*path, "application/json");
    let answer = in_halves(&test, asks, token, &push, async || {
        let own = test.path(&format!("tokens/{}", made["token"]["id"].as_str().unwrap()));
        assert_eq!(test.owner().delete(&own).await.status, 204);
    });
    assert_eq!(answer.await.error(), (401, "sign_in_needed".to_owned()));
    assert_eq!(test.cursor(), before);
}

#[tokio::test]
async fn whoever_is_removed_while_their_body_comes_gets_no_token() {
    let test = TestApp::new();
    let (bo, member) = test.join(7, Role::Member).await;
    let make = json!({ "name": "CI", "scope": "write" }).to_string();
    let path = test.path("tokens");
    let asks = (Method::POST, &*path, "application/json");
    let answer = in_halves(&test, asks, cookie(&bo), &make, async || {
        assert_eq!(test.push(&[remove(member)]).await.status, 200);
    });
    assert_eq!(answer.await.error(), (403, "forbidden".to_owned()));
    assert_eq!(test.owner().get(&path).await.json()["tokens"], json!([]));
}

#[tokio::test]
async fn whoever_is_admin_no_more_when_all_of_it_is_there_brings_no_workspace() {
    let test = TestApp::new();
    let (bo, member) = test.join(7, Role::Admin).await;
    let asks = (Method::POST, "/api/v1/workspaces/import", "application/x-ndjson");
    let answer = in_halves(&test, asks, cookie(&bo), "{}", async || {
        let set = super::endings::set_role(&json!(member), "viewer");
        assert_eq!(test.push(&[set]).await.status, 200);
    });
    assert_eq!(answer.await.error(), (403, "forbidden".to_owned()));
}

#[tokio::test]
async fn whoever_is_admin_no_more_when_their_body_is_there_invites_nobody() {
    let test = TestApp::new();
    let (bo, member) = test.join(7, Role::Admin).await;
    let invite = json!({ "role": "admin", "note": "a friend" }).to_string();
    let path = test.path("invitations");
    let asks = (Method::POST, &*path, "application/json");
    let answer = in_halves(&test, asks, cookie(&bo), &invite, async || {
        let set = super::endings::set_role(&json!(member), "viewer");
        assert_eq!(test.push(&[set]).await.status, 200);
    });
    assert_eq!(answer.await.error(), (403, "forbidden".to_owned()));
}
