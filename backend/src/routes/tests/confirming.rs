//! What counts only from somebody who has just given their password.

use serde_json::{Value, json};
use slipway_shared::account::{CONFIRMED_MS, IDLE_MS, INVITATION_MS};
use slipway_shared::ids::AccountId;
use slipway_shared::member::Role;

use super::time::Time;
use super::visitor::PASSWORD;
use super::{TestApp, add_service};
use crate::open::Beginning;

const CONFIRM: &str = "/api/v1/session/confirm";

fn command(client: u128, kind: &str, body: &Value) -> Value {
    json!({
        "client": uuid::Uuid::from_u128(client), "seq": 1, "at": 5, "seen": 0, "kind": kind, "v": 1, "body": body,
    })
}

fn set_role(client: u128, number: u128, role: &str) -> Value {
    let member = uuid::Uuid::from_u128(number);
    command(
        client,
        "member.set_role",
        &json!({ "member": { "set_role": { "member": member, "role": role } } }),
    )
}

fn approve(client: u128) -> Value {
    let id = uuid::Uuid::from_u128(1);
    let digest = "0".repeat(64);
    let approve = json!({ "deployment": id, "environment": id, "digest": digest });
    command(client, "deployment.approve", &json!({ "deployment": { "approve": approve } }))
}

async fn with_password(time: &Time) -> TestApp {
    let test = TestApp::by(&time.clock());
    let hash = test.app.hasher().hash(PASSWORD.to_owned()).await.unwrap();
    test.app.accounts().set_password(AccountId::from_u128(1), &hash).unwrap();
    test
}

#[tokio::test]
async fn roles_and_approvals_are_taken_from_who_has_just_given_the_password() {
    let time = Time::default();
    let test = with_password(&time).await;
    test.join(7, Role::Viewer).await;
    time.pass(CONFIRMED_MS + 1);
    let member = uuid::Uuid::from_u128(9);
    let add = json!({ "member": { "add": { "member": member, "role": "viewer" } } });
    let remove = json!({ "member": { "remove": { "member": uuid::Uuid::from_u128(7) } } });
    let needed = (403, "confirmation_needed".to_owned());
    let head = test.cursor().seq;
    for (number, matters) in (20..).zip([
        set_role(20, 7, "member"),
        command(21, "member.add", &add),
        command(22, "member.remove", &remove),
        approve(23),
    ]) {
        let together = [add_service(number + 100, 1, "web"), matters];
        assert_eq!(test.owner().push(&together).await.error(), needed, "{together:?}");
    }
    assert_eq!(test.cursor().seq, head, "nothing of it was applied");
    assert_eq!(test.owner().push(&[add_service(1, 1, "web")]).await.status, 200, "work goes on");
    let confirmed = test.owner().post(CONFIRM, &json!({ "password": PASSWORD })).await;
    let fresh = confirmed.confirmed();
    let pushed = test.with_session(&fresh).push(&[set_role(20, 7, "member")]).await.json();
    assert_eq!(pushed["results"][0]["outcome"]["status"], "applied");
    time.pass(CONFIRMED_MS + 1);
    assert_eq!(test.with_session(&fresh).push(&[set_role(24, 7, "viewer")]).await.error(), needed);
}

/// Whoever had learned the cookie before can do nothing with it once its person has confirmed.
#[tokio::test]
async fn confirming_gives_the_browser_another_cookie_for_the_same_session() {
    let time = Time::default();
    let test = with_password(&time).await;
    let before = test.owner().get("/api/v1/session").await.json();
    assert_eq!(test.owner().post(CONFIRM, &json!({ "password": "nine green lamps!" })).await.status, 401);
    let confirmed = test.owner().post(CONFIRM, &json!({ "password": PASSWORD })).await;
    let cookie = confirmed.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/; Max-Age=7776000"), "{cookie}");
    let fresh = confirmed.confirmed();
    assert_ne!(fresh, test.session);
    assert_eq!(test.owner().get("/api/v1/session").await.error(), (401, "sign_in_needed".to_owned()));
    let after = test.with_session(&fresh).get("/api/v1/session").await.json();
    assert_eq!((&after["session"]["id"], &after["member"]), (&before["session"]["id"], &before["member"]));
}

#[tokio::test]
async fn a_visitor_of_the_demo_has_no_password_to_give() {
    let time = Time::default();
    let dir = tempfile::tempdir().unwrap();
    let test = TestApp::unclaimed_in(dir, Beginning::Demo, &time.clock());
    let visit = axum::http::Request::get("/api/v1/session").header("host", "localhost:80");
    let visit = test.send_plain(visit.body(axum::body::Body::empty()).unwrap()).await;
    let session = visit.session();
    time.pass(CONFIRMED_MS * 4);
    let member = visit.json()["member"].clone();
    let body = json!({ "member": { "set_role": { "member": member, "role": "admin" } } });
    let answer = test.with_session(&session).push(&[command(1, "member.set_role", &body)]).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

#[tokio::test]
async fn no_token_for_work_decides_and_tokens_end_with_the_membership() {
    let time = Time::default();
    let test = with_password(&time).await;
    let (bo, member) = test.join(7, Role::Admin).await;
    let make = async |scope: &str| {
        let body = json!({ "name": "CI", "scope": scope });
        let made = test.with_session(&bo).post(&test.path("tokens"), &body).await.json();
        made["secret"].as_str().unwrap().to_owned()
    };
    let (write, admin) = (make("write").await, make("admin").await);
    time.pass(CONFIRMED_MS * 2);
    let decides = test.with_token(&write).push(&[approve(30)]).await;
    assert_eq!(decides.error(), (403, "forbidden".to_owned()));
    let decides = test.with_token(&admin).push(&[approve(31)]).await.json();
    assert_eq!(
        decides["results"][0]["outcome"]["status"], "rejected",
        "there is no such deployment: {decides}"
    );

    let fresh = test.begin_session(AccountId::from_u128(1));
    let remove = json!({ "member": { "remove": { "member": member } } });
    let add = json!({ "member": { "add": { "member": member, "role": "admin" } } });
    let owner = test.with_session(&fresh);
    let ask = async |token: &str| test.with_token(token).get("/api/v1/session").await.status.as_u16();
    assert_eq!((ask(&write).await, ask(&admin).await), (200, 200));
    assert_eq!(owner.push(&[command(40, "member.remove", &remove)]).await.status, 200);
    assert_eq!((ask(&write).await, ask(&admin).await), (401, 401));
    assert_eq!(owner.push(&[command(41, "member.add", &add)]).await.status, 200);
    assert_eq!((ask(&write).await, ask(&admin).await), (401, 401), "also once they are back");
    let back = test.begin_session(AccountId::from_u128(7));
    let back = test.with_session(&back);
    let made = back.post(&test.path("tokens"), &json!({ "name": "CI", "scope": "read" })).await.json();
    let again = made["secret"].as_str().unwrap();
    assert_eq!(ask(again).await, 200);
    time.pass(1);
    let both = [command(42, "member.remove", &remove), command(43, "member.add", &add)];
    assert_eq!(owner.push(&both).await.status, 200);
    assert_eq!(ask(again).await, 401, "also where they are back at once");
    assert_eq!(test.with_session(&bo).get("/api/v1/session").await.status, 200);
}

#[tokio::test]
async fn what_ended_long_ago_is_forgotten() {
    const MONTH: i64 = 30 * 86_400_000;
    let time = Time::default();
    let test = with_password(&time).await;
    let invite = json!({ "role": "member", "note": "Bo" });
    assert_eq!(test.owner().post(&test.path("invitations"), &invite).await.status, 200);
    let token = json!({ "name": "CI", "scope": "read", "lasts_ms": 1 });
    assert_eq!(test.owner().post(&test.path("tokens"), &token).await.status, 200);
    let count = || {
        let file = rusqlite::Connection::open(test.dir.path().join(crate::store::sqlite::FILE)).unwrap();
        let count = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        // What they were good for stays, for the audit.
        (
            count("SELECT count(*) FROM sessions"),
            count("SELECT count(*) FROM invitations WHERE note != ''"),
            count("SELECT count(*) FROM tokens WHERE hash != zeroblob(32)"),
        )
    };
    assert_eq!(count(), (1, 1, 1));
    time.pass(MONTH);
    crate::housekeeping::forget_what_ended(&test.app).await;
    assert_eq!(count(), (1, 1, 1), "none has ended so long ago");
    time.pass(INVITATION_MS + 1);
    crate::housekeeping::forget_what_ended(&test.app).await;
    assert_eq!(count(), (1, 0, 0));
    time.pass(IDLE_MS);
    crate::housekeeping::forget_what_ended(&test.app).await;
    assert_eq!(count(), (0, 0, 0));
}
