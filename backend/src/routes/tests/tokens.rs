//! API tokens: what they are good for, and for how long.

use axum::http::{Method, header};
use serde_json::{Value, json};
use slipway_shared::account::{CONFIRMED_MS, TOKEN_MOST_MS, TOKEN_MS};
use slipway_shared::member::Role;

use super::time::Time;
use super::{TestApp, add_service};
use crate::store::accounts::TOKENS_MOST;

async fn make(test: &TestApp, session: &str, scope: &str) -> Value {
    let body = json!({ "name": "CI", "scope": scope });
    test.with_session(session).post(&test.path("tokens"), &body).await.json()
}

fn secret(made: &Value) -> &str {
    made["secret"].as_str().unwrap()
}

fn nothing(client: u128) -> Value {
    json!({ "client": uuid::Uuid::from_u128(client), "seq": 1, "at": 5, "seen": 0, "kind": "nothing", "v": 1, "body": "nothing" })
}

fn add_member(number: u128) -> Value {
    json!({
        "client": uuid::Uuid::from_u128(number + 300), "seq": 1, "at": 5, "seen": 0, "kind": "member.add", "v": 1,
        "body": { "member": { "add": { "member": uuid::Uuid::from_u128(number), "role": "viewer" } } },
    })
}

#[tokio::test]
async fn a_token_does_what_its_scope_says() {
    let test = TestApp::new();
    for (number, (scope, may_work, may_all)) in
        (10_u128..).zip([("read", false, false), ("write", true, false), ("admin", true, true)])
    {
        let made = make(&test, &test.session, scope).await;
        let program = test.with_token(secret(&made));
        let told = program.get("/api/v1/session").await.json();
        assert_eq!((&told["member"], told.get("account")), (&json!(test.workspace().local_member()), None));
        assert_eq!(program.get(&test.path("snapshot")).await.status, 200, "{scope}");
        let expected = |may: bool| if may { 200 } else { 403 };
        assert_eq!(program.push(&[nothing(number)]).await.status, expected(may_work), "{scope}");
        assert_eq!(
            program.push(&[add_service(number + 100, 1, scope)]).await.status,
            expected(may_work),
            "{scope}"
        );
        let together = [nothing(number + 200), add_member(number)];
        assert_eq!(program.push(&together).await.status, expected(may_all), "{scope}");
    }
    let state = test.workspace().state();
    assert_eq!((state.workspace.services.len(), state.workspace.members.len()), (2, 2));
}

#[tokio::test]
async fn no_token_manages_accounts_sessions_invitations_or_tokens() {
    let test = TestApp::new();
    let made = make(&test, &test.session, "admin").await;
    let program = test.with_token(secret(&made));
    for (method, path) in [
        (Method::GET, "/api/v1/account".to_owned()),
        (Method::PATCH, "/api/v1/account".to_owned()),
        (Method::PUT, "/api/v1/account/password".to_owned()),
        (Method::POST, "/api/v1/account/second-factor".to_owned()),
        (Method::DELETE, "/api/v1/account/second-factor".to_owned()),
        (Method::GET, "/api/v1/account/sessions".to_owned()),
        (Method::DELETE, "/api/v1/account/sessions".to_owned()),
        (Method::DELETE, "/api/v1/session".to_owned()),
        (Method::POST, "/api/v1/session/confirm".to_owned()),
        (Method::GET, test.path("tokens")),
        (Method::POST, test.path("tokens")),
        (Method::POST, test.path("invitations")),
    ] {
        let body = json!({ "name": "x", "scope": "admin", "role": "admin", "note": "x" });
        let body = if path.ends_with("invitations") { json!({ "role": "admin", "note": "x" }) } else { body };
        let body = if path.ends_with("tokens") { json!({ "name": "x", "scope": "admin" }) } else { body };
        let answer = program.ask(method.clone(), &path, Some(&body)).await;
        assert_eq!(answer.error(), (403, "forbidden".to_owned()), "{method} {path}");
    }
    assert_eq!(program.get(&test.path("people")).await.json()["invitations"], json!([]));
}

#[tokio::test]
async fn where_a_token_is_given_a_cookie_counts_for_nothing() {
    let test = TestApp::new();
    for authorization in ["Bearer x", "Bearer ", "Basic b2xpdmlhOng=", "slp_"] {
        let both = test.owner().and(header::AUTHORIZATION, authorization);
        assert_eq!(
            both.get("/api/v1/session").await.error(),
            (401, "sign_in_needed".to_owned()),
            "{authorization}"
        );
        let message = both.get("/api/v1/session").await.json()["error"]["message"].to_string();
        assert!(message.contains("this API token is not known here"), "{message}");
    }
    let made = make(&test, &test.session, "read").await;
    let both = test.owner().and(header::AUTHORIZATION, &format!("Bearer {}", secret(&made)));
    assert_eq!(both.push(&[nothing(1)]).await.error(), (403, "forbidden".to_owned()));
}

#[tokio::test]
async fn a_token_ends_by_time_and_by_its_owner_or_an_admin_alone() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let (bo, _) = test.join(7, Role::Member).await;
    let (ida, _) = test.join(8, Role::Member).await;
    let made = make(&test, &bo, "write").await;
    let id = made["token"]["id"].as_str().unwrap();
    let path = test.path(&format!("tokens/{id}"));
    let count = async |session: &str| {
        test.with_session(session).get(&test.path("tokens")).await.json()["tokens"].as_array().unwrap().len()
    };
    assert_eq!((count(&bo).await, count(&ida).await, count(&test.session).await), (1, 0, 1));
    assert_eq!(test.with_session(&ida).delete(&path).await.error(), (404, "not_found".to_owned()));
    let ask = async |made: &Value| test.with_token(secret(made)).get("/api/v1/session").await.status.as_u16();
    assert_eq!(ask(&made).await, 200);
    assert_eq!(test.owner().delete(&path).await.status, 204);
    assert_eq!((ask(&made).await, test.owner().delete(&path).await.status.as_u16()), (401, 404));

    let other = make(&test, &bo, "read").await;
    time.pass(TOKEN_MS);
    assert_eq!(ask(&other).await, 401);
}

#[tokio::test]
async fn a_token_is_made_by_who_has_just_proved_who_they_are() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let tokens = test.path("tokens");
    for (lasts_ms, status) in [(0, 422), (-1, 422), (TOKEN_MOST_MS + 1, 422), (TOKEN_MOST_MS, 200), (1, 200)]
    {
        let body = json!({ "name": "CI", "scope": "read", "lasts_ms": lasts_ms });
        assert_eq!(test.owner().post(&tokens, &body).await.status, status, "{lasts_ms}");
    }
    time.pass(CONFIRMED_MS + 1);
    let body = json!({ "name": "CI", "scope": "read" });
    assert_eq!(test.owner().post(&tokens, &body).await.error(), (403, "confirmation_needed".to_owned()));
    let unknown = json!({ "name": "CI", "scope": "read", "member": "x" });
    assert_eq!(test.owner().post(&tokens, &unknown).await.error(), (400, "malformed".to_owned()));
}

#[tokio::test]
async fn a_member_has_fifty_tokens_and_no_more() {
    let test = TestApp::new();
    let (bo, _) = test.join(7, Role::Member).await;
    let (make, path) = (json!({ "name": "CI", "scope": "read" }), test.path("tokens"));
    let mut last = String::new();
    for _ in 0..TOKENS_MOST {
        last = test.owner().post(&path, &make).await.json()["token"]["id"].as_str().unwrap().to_owned();
    }
    assert_eq!(test.owner().post(&path, &make).await.error(), (422, "unacceptable".to_owned()));
    assert_eq!(test.with_session(&bo).post(&path, &make).await.status, 200, "another one's are not counted");
    assert_eq!(test.owner().delete(&format!("{path}/{last}")).await.status, 204);
    assert_eq!(test.owner().post(&path, &make).await.status, 200);
}
