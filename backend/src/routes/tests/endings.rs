//! Streams end when their reader's access does.

use serde_json::{Value, json};
use slipway_shared::account::IDLE_MS;
use slipway_shared::ids::AccountId;
use slipway_shared::member::Role;

use super::invitations::remove;
use super::streams::Stream;
use super::time::Time;
use super::{TestApp, add_service};
use crate::access::endings;

pub(super) fn set_role(member: &Value, role: &str) -> Value {
    json!({
        "client": uuid::Uuid::from_u128(98), "seq": 1, "at": 5, "seen": 0, "kind": "member.set_role", "v": 1,
        "body": { "member": { "set_role": { "member": member, "role": role } } },
    })
}

async fn open(test: &TestApp, session: &str) -> Stream {
    let mut stream = Stream::open_as(test, session, &test.cursor().seq.to_string()).await;
    assert_eq!(stream.next().await.unwrap().name, "heartbeat");
    stream
}

#[tokio::test]
async fn a_revoked_session_ends_its_streams_and_no_others() {
    let test = TestApp::new();
    let phone = test.begin_session(AccountId::from_u128(1));
    let (mut of_phone, mut of_owner) = (open(&test, &phone).await, open(&test, &test.session).await);
    assert_eq!(test.owner().delete("/api/v1/account/sessions").await.status, 204);
    assert_eq!(of_phone.next().await, None);
    test.push(&[add_service(1, 1, "web")]).await;
    assert_eq!(of_owner.places().await, [12]);
}

#[tokio::test]
async fn whoever_is_behind_reads_no_page_more() {
    let test = TestApp::new();
    let phone = test.begin_session(AccountId::from_u128(1));
    let mut streams =
        [Stream::open_as(&test, &phone, "0").await, Stream::open_as(&test, &test.session, "0").await];
    for stream in &mut streams {
        assert_eq!(stream.places().await.len(), 11);
    }
    assert_eq!(test.owner().delete("/api/v1/account/sessions").await.status, 204);
    // Both are still at the log: one page more is there for them.
    test.push(&[add_service(1, 1, "web")]).await;
    let [mut of_phone, mut of_owner] = streams;
    assert_eq!(of_phone.next().await, None);
    assert_eq!(of_owner.places().await, [12]);
}

#[tokio::test]
async fn what_another_process_ends_is_noticed() {
    let test = TestApp::new();
    let mut stream = open(&test, &test.session).await;
    let now = test.app.clock().now();
    let beside = crate::store::sqlite::Accounts::open(test.dir.path()).unwrap();
    beside.set_disabled(AccountId::from_u128(1), Some(now), now).unwrap();
    // What the server does twice a second.
    endings::look(&test.app).await;
    assert_eq!(stream.next().await, None);
    assert_eq!(test.owner().get("/api/v1/session").await.error(), (401, "sign_in_needed".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_by_its_time_ends_its_stream() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let mut stream = open(&test, &test.session).await;
    time.pass(IDLE_MS);
    while let Some(message) = stream.next().await {
        assert_eq!(message.name, "heartbeat");
    }
}

#[tokio::test]
async fn another_role_ends_the_stream_of_whose_it_is() {
    let test = TestApp::new();
    let (bo, member) = test.join(7, Role::Member).await;
    let (mut of_bo, mut of_owner) = (open(&test, &bo).await, open(&test, &test.session).await);
    let head = test.cursor().seq;
    assert_eq!(test.push(&[set_role(&json!(member), "viewer")]).await.status, 200);
    assert_eq!(of_bo.next().await, None);
    assert_eq!(of_owner.places().await, [head + 1]);
    assert_eq!(test.with_session(&bo).get("/api/v1/session").await.json()["workspaces"][0]["role"], "viewer");
}

#[tokio::test]
async fn a_removed_member_reads_nothing_more_and_their_tokens_neither() {
    let test = TestApp::new();
    let (bo, member) = test.join(7, Role::Member).await;
    let make = json!({ "name": "CI", "scope": "write" });
    let made = test.with_session(&bo).post(&test.path("tokens"), &make).await.json();
    let mut stream = open(&test, &bo).await;
    assert_eq!(test.push(&[remove(member)]).await.status, 200);
    assert_eq!(stream.next().await, None);
    let program = test.with_token(made["secret"].as_str().unwrap());
    for answer in [program.get(&test.path("snapshot")).await, program.push(&[add_service(1, 1, "web")]).await]
    {
        assert_eq!(answer.error(), (401, "sign_in_needed".to_owned()));
    }
    let stream = test.with_session(&bo).get(&test.path("stream?after=0")).await;
    assert_eq!(stream.error(), (403, "forbidden".to_owned()));
}

#[tokio::test]
async fn a_session_has_eight_streams_and_no_more() {
    let test = TestApp::new();
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(open(&test, &test.session).await);
    }
    let path = test.path("stream?after=0");
    let refused = test.owner().get(&path).await;
    assert_eq!(refused.error(), (429, "too_many_tries".to_owned()));
    assert!(refused.header("retry-after").is_some());
    streams.pop();
    drop(open(&test, &test.session).await);
    let other = test.begin_session(AccountId::from_u128(1));
    drop(open(&test, &other).await);
}
