//! Signing in and out, and how long that lasts.

use axum::http::header;
use serde_json::{Value, json};
use slipway_shared::account::{ABSOLUTE_MS, CONFIRMED_MS, IDLE_MS, SHARED_MS};
use slipway_shared::ids::{AccountId, MemberId};

use super::TestApp;
use super::time::Time;
use super::visitor::PASSWORD;
use crate::access::Peer;
use crate::access::cookie::CookieName;
use crate::clock::Clock;

/// A server whose owner has a password.
async fn with_password(clock: &Clock) -> TestApp {
    let test = TestApp::by(clock);
    let hash = test.app.hasher().hash(PASSWORD.to_owned()).await.unwrap();
    test.app.accounts().set_password(AccountId::from_u128(1), &hash).unwrap();
    test
}

fn sign_in(login: &str, password: &str) -> Value {
    json!({ "login": login, "password": password, "device": "Phone", "is_shared": false })
}

#[tokio::test]
async fn unknown_and_known_people_are_refused_alike() {
    let test = with_password(&Clock::system()).await;
    test.has_account(2, MemberId::from_u128(2));
    let hashed = test.app.hasher().computed();
    let known = test.nobody().post("/api/v1/session", &sign_in("olivia", "wrong wrong wrong")).await;
    assert_eq!(test.app.hasher().computed(), hashed + 1);
    let unknown = test.nobody().post("/api/v1/session", &sign_in("nobody", PASSWORD)).await;
    assert_eq!(test.app.hasher().computed(), hashed + 2, "of nobody too, so that it takes as long");
    let without = test.nobody().post("/api/v1/session", &sign_in("person-2", "")).await;
    assert_eq!(test.app.hasher().computed(), hashed + 3, "and where there is no password to compare with");
    assert_eq!(known.error(), (401, "wrong_password".to_owned()));
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    assert_eq!((known.status, &known.body), (without.status, &without.body));
    let right = test.nobody().post("/api/v1/session", &sign_in(" OLIVIA", PASSWORD)).await;
    let told = test.with_session(&right.session()).get("/api/v1/session").await.json();
    assert_eq!((&told["account"]["login"], &told["session"]["is_this"]), (&json!("olivia"), &json!(true)));
    test.app
        .accounts()
        .set_disabled(AccountId::from_u128(1), Some(test.app.clock().now()), test.app.clock().now())
        .unwrap();
    let disabled = test.nobody().post("/api/v1/session", &sign_in("olivia", PASSWORD)).await;
    assert_eq!((known.status, &known.body), (disabled.status, &disabled.body));
}

#[tokio::test]
async fn too_many_tries_have_to_wait_whoever_they_are_for() {
    let test = with_password(&Clock::system()).await;
    for login in ["olivia", "nobody"] {
        for _ in 0..5 {
            let answer = test.nobody().post("/api/v1/session", &sign_in(login, "wrong wrong wrong")).await;
            assert_eq!(answer.status, 401, "{login}");
        }
        let answer = test.nobody().post("/api/v1/session", &sign_in(login, PASSWORD)).await;
        assert_eq!(answer.error(), (429, "too_many_tries".to_owned()), "{login}");
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    assert_eq!(test.owner().get("/api/v1/session").await.status, 200, "who is signed in stays so");
}

#[tokio::test]
async fn what_is_tried_from_outside_keeps_nobody_from_confirming() {
    let test = with_password(&Clock::system()).await;
    for _ in 0..6 {
        test.nobody().post("/api/v1/session", &sign_in("olivia", "wrong wrong wrong")).await;
    }
    let path = "/api/v1/session/confirm";
    for _ in 0..4 {
        let wrong = test.owner().post(path, &json!({ "password": "wrong wrong wrong" })).await;
        assert_eq!(wrong.error(), (401, "wrong_password".to_owned()));
    }
    let right = json!({ "password": PASSWORD });
    let session = test.owner().post(path, &right).await.confirmed();
    assert_eq!(
        test.with_session(&session).post(path, &right).await.error(),
        (429, "too_many_tries".to_owned())
    );
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_when_it_is_old() {
    let time = Time::default();
    let test = with_password(&time.clock()).await;
    let ask = async |session: &str| test.with_session(session).get("/api/v1/session").await.status.as_u16();
    let session = test.begin_session(AccountId::from_u128(1));
    time.pass(IDLE_MS - 1);
    assert_eq!(ask(&session).await, 200);
    // That was a use, which moves its end.
    time.pass(IDLE_MS - 1);
    assert_eq!(ask(&session).await, 200);
    time.pass(IDLE_MS);
    assert_eq!(ask(&session).await, 401);

    let session = test.begin_session(AccountId::from_u128(1));
    for _ in 0..ABSOLUTE_MS / (IDLE_MS / 2) {
        time.pass(IDLE_MS / 2 - 1);
        assert_eq!(ask(&session).await, 200);
    }
    time.pass(IDLE_MS / 2);
    assert_eq!(ask(&session).await, 401, "used all the time, and over");

    let mut shared = sign_in("olivia", PASSWORD);
    shared["is_shared"] = json!(true);
    let answer = test.nobody().post("/api/v1/session", &shared).await;
    assert!(!answer.header("set-cookie").unwrap().contains("Max-Age"), "it goes with the browser");
    let session = answer.session();
    time.pass(SHARED_MS - 1);
    assert_eq!(ask(&session).await, 200);
    time.pass(1);
    assert_eq!(ask(&session).await, 401);
}

#[tokio::test]
async fn whoever_signs_in_ends_the_session_that_the_browser_had() {
    let test = with_password(&Clock::system()).await;
    let (before, _) = test.join(7, slipway_shared::member::Role::Member).await;
    let elsewhere = test.begin_session(AccountId::from_u128(7));
    let answer = test.with_session(&before).post("/api/v1/session", &sign_in("olivia", PASSWORD)).await;
    let ask = async |session: &str| test.with_session(session).get("/api/v1/session").await.status.as_u16();
    assert_eq!(ask(&answer.session()).await, 200);
    assert_eq!((ask(&before).await, ask(&elsewhere).await), (401, 200));
}

#[tokio::test]
async fn a_use_is_noted_once_a_minute() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let used = async || test.owner().get("/api/v1/session").await.json()["session"]["used"].clone();
    let began = used().await;
    time.pass(59_999);
    assert_eq!((used().await, used().await), (began.clone(), began.clone()));
    time.pass(1);
    used().await;
    assert_eq!(used().await, json!(began.as_i64().unwrap() + 60_000));
}

#[tokio::test]
async fn the_cookie_is_for_this_browser_and_this_server_only() {
    let test = with_password(&Clock::system()).await;
    let here = test.nobody().and(header::HOST, "localhost:8081");
    let answer = here.post("/api/v1/session", &sign_in("olivia", PASSWORD)).await;
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    assert!(cookie.starts_with("slipway-8081="), "{cookie}");
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.split("; ").any(|part| part == flag), "{flag} is not in {cookie}");
    }
    assert!(!cookie.contains("Domain"));
    let secure = CookieName::of(
        Peer { address: std::net::Ipv4Addr::LOCALHOST.into(), is_secure: true },
        &axum::http::HeaderMap::new(),
    );
    let secure = secure.set("x", false).unwrap();
    assert!(
        secure.to_str().unwrap().starts_with("__Host-slipway=x; Secure; HttpOnly; SameSite=Strict; Path=/")
    );
    let other = test.nobody().post("/api/v1/session", &sign_in("olivia", PASSWORD)).await;
    assert_ne!(other.session(), answer.session(), "each time another");
}

#[tokio::test]
async fn signing_out_ends_the_session_wherever_its_cookie_went() {
    let test = TestApp::new();
    let kept = test.begin_session(AccountId::from_u128(1));
    let answer = test.owner().delete("/api/v1/session").await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(test.owner().get("/api/v1/session").await.error(), (401, "sign_in_needed".to_owned()));
    assert_eq!(test.with_session(&kept).get("/api/v1/session").await.status, 200);
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let time = Time::default();
    let test = with_password(&time.clock()).await;
    let other = test.begin_session(AccountId::from_u128(1));
    let path = "/api/v1/account/password";
    let change = |old: &str, new: &str| json!({ "old": old, "new": new });
    let next = "seven yellow kettles";
    let refused = test.owner().put(path, &change("wrong wrong wrong", next)).await;
    assert_eq!(refused.error(), (401, "wrong_password".to_owned()));
    let message = refused.json()["error"]["message"].to_string();
    assert!(message.contains("the present password is not right"), "{message}");
    for unacceptable in ["short", PASSWORD] {
        let refused = test.owner().put(path, &change(PASSWORD, unacceptable)).await;
        assert_eq!(refused.error(), (422, "unacceptable".to_owned()), "{unacceptable}");
    }
    time.pass(CONFIRMED_MS + 1);
    let refused = test.owner().put(path, &change(PASSWORD, next)).await;
    assert_eq!(refused.error(), (403, "confirmation_needed".to_owned()));
    let confirm = test.owner().post("/api/v1/session/confirm", &json!({ "password": PASSWORD })).await;
    let session = confirm.confirmed();
    let owner = test.with_session(&session);
    assert_eq!(owner.put(path, &change(PASSWORD, next)).await.status, 204);
    assert_eq!(owner.get("/api/v1/session").await.status, 200);
    assert_eq!(test.with_session(&other).get("/api/v1/session").await.status, 401);
    assert_eq!(test.nobody().post("/api/v1/session", &sign_in("olivia", next)).await.status, 200);
}

#[tokio::test]
async fn sessions_are_listed_named_and_ended_by_their_owner_alone() {
    let test = TestApp::new();
    let (other, _) = test.join(7, slipway_shared::member::Role::Admin).await;
    let phone = test.begin_session(AccountId::from_u128(1));
    let list = async |session: &str| {
        test.with_session(session).get("/api/v1/account/sessions").await.json()["sessions"].clone()
    };
    let sessions = list(&test.session).await;
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    let of_phone =
        sessions.as_array().unwrap().iter().find(|it| it["is_this"] == false).unwrap()["id"].clone();
    let path = format!("/api/v1/account/sessions/{}", of_phone.as_str().unwrap());
    let name = json!({ "device": "My phone" });
    for unknown in [&path, "/api/v1/account/sessions/x"] {
        let stranger = test.with_session(&other);
        assert_eq!(stranger.patch(unknown, &name).await.error(), (404, "not_found".to_owned()));
        assert_eq!(stranger.delete(unknown).await.error(), (404, "not_found".to_owned()));
    }
    assert_eq!(test.owner().patch(&path, &name).await.status, 204);
    let named =
        list(&phone).await.as_array().unwrap().iter().find(|it| it["is_this"] == true).unwrap().clone();
    assert_eq!((&named["device"], &named["id"]), (&json!("My phone"), &of_phone));
    assert_eq!(test.owner().delete(&path).await.status, 204);
    assert_eq!(test.with_session(&phone).get("/api/v1/session").await.status, 401);
    assert_eq!(test.owner().delete(&path).await.status, 404);
    let tablet = test.begin_session(AccountId::from_u128(1));
    assert_eq!(test.owner().delete("/api/v1/account/sessions").await.status, 204);
    assert_eq!(test.with_session(&tablet).get("/api/v1/session").await.status, 401);
    assert_eq!(test.owner().get("/api/v1/session").await.status, 200);
    assert_eq!(test.with_session(&other).get("/api/v1/session").await.status, 200);
}

#[tokio::test]
async fn a_name_is_changed_everywhere() {
    let test = TestApp::new();
    let changed = test.owner().patch("/api/v1/account", &json!({ "name": " Olive " })).await.json();
    assert_eq!(changed["name"], "Olive");
    let people = test.owner().get(&test.path("people")).await.json();
    assert_eq!(people["people"][0]["name"], "Olive");
    let refused = test.owner().patch("/api/v1/account", &json!({ "name": "x", "login": "root" })).await;
    assert_eq!(refused.error(), (400, "malformed".to_owned()));
}

#[tokio::test]
async fn no_secret_is_in_the_files_of_the_data_directory() {
    let test = with_password(&Clock::system()).await;
    let session = test.nobody().post("/api/v1/session", &sign_in("olivia", PASSWORD)).await.session();
    let owner = test.with_session(&session);
    let make = json!({ "name": "CI", "scope": "read" });
    let token = owner.post(&test.path("tokens"), &make).await.json()["secret"].as_str().unwrap().to_owned();
    let invite = json!({ "role": "member", "note": "Bo" });
    let invited = owner.post(&test.path("invitations"), &invite).await.json();
    let invited = invited["token"].as_str().unwrap().to_owned();
    let files: Vec<_> =
        std::fs::read_dir(test.dir.path()).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() > 1);
    let secret = token.rsplit('_').next().unwrap();
    for file in files.iter().filter(|file| !file.ends_with("setup-token")) {
        let bytes = std::fs::read(file).unwrap();
        for secret in [&*session, secret, &*invited, PASSWORD] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret is in {}", file.display());
        }
    }
}

#[tokio::test]
async fn no_other_site_is_let_in() {
    let test = with_password(&Clock::system()).await;
    let cookie = format!("slipway-80={}", test.session);
    let elsewhere = test.nobody().and(header::COOKIE, &cookie).and(header::HOST, "localhost");
    let elsewhere = elsewhere.and(header::ORIGIN, "https://example.org");
    let answers = [
        elsewhere.post("/api/v1/session", &sign_in("olivia", PASSWORD)).await,
        elsewhere.delete("/api/v1/session").await,
        elsewhere.ask(axum::http::Method::OPTIONS, "/api/v1/session", None).await,
    ];
    for answer in answers {
        assert!(answer.status.is_client_error(), "{}", answer.status);
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
    }
    assert_eq!(test.owner().get("/api/v1/session").await.status, 200);
}
