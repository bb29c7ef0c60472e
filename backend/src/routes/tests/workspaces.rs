//! Several workspaces: making them, being in some of them, and learning nothing of the others.

use axum::http::Method;
use serde_json::{Value, json};
use slipway_shared::account::WORKSPACES_MOST;
use slipway_shared::ids::{AccountId, WorkspaceId};
use slipway_shared::member::Role;

use super::description::operations;
use super::invitations::remove;
use super::streams::Stream;
use super::visitor::{PASSWORD, Visitor};
use super::{Answer, TestApp, add_service};
use crate::openapi;

const ALL: &str = "/api/v1/workspaces";
const ACCEPT: &str = "/api/v1/invitations/accept";

/// A request for a workspace; those of higher numbers come after the first workspace in every list.
fn wanted(number: u128, name: &str) -> Value {
    json!({ "request": uuid::Uuid::from_u128((0xffff << 112) + (number << 80)), "name": name })
}

fn names(told: &Value) -> Vec<&str> {
    told["workspaces"].as_array().unwrap().iter().map(|known| known["name"].as_str().unwrap()).collect()
}

impl TestApp {
    /// Lets the owner make a second workspace, and returns its address.
    pub(super) async fn second(&self) -> String {
        let told = self.owner().post(ALL, &wanted(1, "Second")).await;
        assert_eq!(told.status, 200, "{}", told.json());
        format!("{ALL}/{}", told.json()["workspaces"][1]["id"].as_str().unwrap())
    }

    /// Lets somebody new join the workspace at an address, and returns the secret of their session.
    async fn let_in(&self, address: &str, role: &str, login: &str) -> String {
        let token = self.invited(address, role).await;
        let person = json!({ "name": login, "login": login, "password": PASSWORD, "device": "Phone" });
        self.nobody().post(ACCEPT, &json!({ "token": token, "person": person })).await.session()
    }

    async fn invited(&self, address: &str, role: &str) -> Value {
        let invite = json!({ "role": role, "note": "Somebody" });
        let invited = self.owner().post(&format!("{address}/invitations"), &invite).await;
        invited.json()["token"].clone()
    }
}

async fn push(visitor: &Visitor<'_>, address: &str, command: Value) -> Answer {
    let hello = json!({ "protocol": 1, "client": uuid::Uuid::from_u128(1), "queues": [], "sent_at": 5 });
    let epoch = visitor.post(&format!("{address}/hello"), &hello).await.json()["epoch"].clone();
    let push = json!({ "protocol": 1, "epoch": epoch, "sent_at": 5, "commands": [command] });
    visitor.post(&format!("{address}/push"), &push).await
}

#[tokio::test]
async fn an_admin_makes_a_workspace_once_for_each_request() {
    let test = TestApp::new();
    let told = test.owner().post(ALL, &wanted(1, " Second ")).await.json();
    assert_eq!(names(&told), ["My workspace", "Second"]);
    assert_eq!(
        (&told["account"]["login"], &told["workspaces"][1]["role"]),
        (&json!("olivia"), &json!("admin"))
    );
    assert_ne!(told["workspaces"][0]["member"], told["workspaces"][1]["member"]);
    let again = test.owner().post(ALL, &wanted(1, "Second")).await.json();
    assert_eq!(again, told, "a double click makes no second one");
    let (one, other) = (wanted(2, "Third"), wanted(2, "Third"));
    let owner = test.owner();
    let (one, other) = tokio::join!(owner.post(ALL, &one), owner.post(ALL, &other));
    assert_eq!((one.status, other.status), (one.status, one.status));
    assert_eq!(names(&test.owner().get(ALL).await.json()), ["My workspace", "Second", "Third"]);
    let address = format!("{ALL}/{}", told["workspaces"][1]["id"].as_str().unwrap());
    let pushed = push(&test.owner(), &address, add_service(1, 1, "web")).await.json();
    assert_eq!(pushed["results"][0]["outcome"]["status"], "applied", "{pushed}");
    let people = test.owner().get(&format!("{address}/people")).await.json();
    assert_eq!(people["people"][0]["name"], "Olivia Owner");
    assert!(test.workspace().state().workspace.services.is_empty());
}

#[tokio::test]
async fn a_workspace_begins_with_what_was_asked_for() {
    let test = TestApp::new();
    for (number, beginning, cards) in [(1, None, 0), (2, Some("empty"), 0), (3, Some("sample"), 7)] {
        let mut wanted = wanted(number, "Another");
        if let Some(beginning) = beginning {
            wanted["beginning"] = json!(beginning);
        }
        test.owner().post(ALL, &wanted).await;
        let made = test.app.workspaces().pop().unwrap().state();
        assert_eq!((made.workspace.columns.len(), made.workspace.deployments.len()), (6, cards));
        assert_eq!(made.workspace.members.len(), 1, "nobody is made up");
    }
    let mut unknown = wanted(9, "Another");
    unknown["beginning"] = json!("demo");
    assert_eq!(test.owner().post(ALL, &unknown).await.error(), (400, "malformed".to_owned()));
}

#[tokio::test]
async fn who_is_no_admin_makes_none() {
    let test = TestApp::new();
    let forbidden = (403, "forbidden".to_owned());
    for (number, role) in [(50, Role::Viewer), (51, Role::Member), (52, Role::Approver)] {
        test.has_account(number, slipway_shared::ids::MemberId::from_u128(number));
        let session = test.begin_session(AccountId::from_u128(number));
        let alone = test.with_session(&session).post(ALL, &wanted(1, "Mine")).await;
        assert_eq!(alone.error(), forbidden, "an account without a workspace");
        let add = json!({
            "client": uuid::Uuid::from_u128(number), "seq": 1, "at": 5, "seen": 0, "kind": "member.add", "v": 1,
            "body": { "member": { "add": { "member": uuid::Uuid::from_u128(number), "role": role } } },
        });
        assert_eq!(test.push(&[add]).await.json()["results"][0]["outcome"]["status"], "applied");
        assert_eq!(test.with_session(&session).post(ALL, &wanted(1, "Mine")).await.error(), forbidden);
    }
    assert_eq!(test.nobody().post(ALL, &wanted(1, "Mine")).await.error().0, 401);
    let made = json!({ "name": "CI", "scope": "admin" });
    let secret = test.owner().post(&test.path("tokens"), &made).await.json()["secret"].clone();
    let token = test.with_token(secret.as_str().unwrap());
    assert_eq!(token.post(ALL, &wanted(1, "Mine")).await.error(), forbidden);
    let unnamed = test.owner().post(ALL, &wanted(1, " ")).await.error();
    assert_eq!((unnamed, test.app.workspaces().len()), ((422, "unacceptable".to_owned()), 1));
}

#[tokio::test]
async fn there_are_only_so_many() {
    let test = TestApp::new();
    for number in 1..WORKSPACES_MOST as u128 {
        assert_eq!(test.owner().post(ALL, &wanted(number, "Another")).await.status, 200);
    }
    let more = test.owner().post(ALL, &wanted(WORKSPACES_MOST as u128, "Another")).await;
    assert_eq!((more.error(), test.app.workspaces().len()), ((403, "forbidden".to_owned()), WORKSPACES_MOST));
}

#[tokio::test]
async fn somebody_with_an_account_joins_another_workspace_and_is_left_in_the_first_when_removed_there() {
    let test = TestApp::new();
    let (first, second) = (test.path("").trim_end_matches('/').to_owned(), test.second().await);
    let session = test.let_in(&first, "member", "bo").await;
    let bo = test.with_session(&session);
    let invitation = json!({ "token": test.invited(&second, "viewer").await });
    let offer = test.nobody().post("/api/v1/invitations/look", &invitation).await.json();
    assert_eq!((&offer["workspace"], &offer["by"]), (&json!("Second"), &json!("Olivia Owner")));
    let told = bo.post(ACCEPT, &invitation).await.json();
    assert_eq!(names(&told), ["My workspace", "Second"]);
    let roles: Vec<_> = told["workspaces"].as_array().unwrap().iter().map(|known| &known["role"]).collect();
    assert_eq!(roles, ["member", "viewer"]);
    let again = json!({ "token": test.invited(&second, "viewer").await });
    assert_eq!(bo.post(ACCEPT, &again).await.error(), (409, "already_member".to_owned()));
    // Who they are differs, and so does what they may do.
    let done = |answer: Answer| answer.json()["results"][0]["outcome"]["status"].clone();
    assert_eq!(done(push(&bo, &first, add_service(1, 1, "web")).await), "applied");
    assert_eq!(done(push(&bo, &second, add_service(1, 1, "web")).await), "rejected");
    let member = told["workspaces"][1]["member"].as_str().unwrap().parse().unwrap();
    let mut of_first = Stream::open_at(&test, &session, &first, "13").await;
    let mut of_second = Stream::open_at(&test, &session, &second, "12").await;
    for stream in [&mut of_first, &mut of_second] {
        assert_eq!(stream.next().await.unwrap().name, "heartbeat");
    }
    assert_eq!(done(push(&test.owner(), &second, remove(member)).await), "applied");
    assert_eq!(of_second.next().await, None, "what they may not read any more ends");
    assert_eq!(done(push(&test.owner(), &first, add_service(2, 1, "api")).await), "applied");
    assert_eq!(of_first.places().await, [14], "and nothing else does");
    assert_eq!(names(&bo.get(ALL).await.json()), ["My workspace"]);
    assert_eq!(bo.get(&format!("{second}/snapshot")).await.error(), (403, "forbidden".to_owned()));
    assert_eq!(bo.get(&format!("{first}/snapshot")).await.status, 200);
}

#[tokio::test]
async fn a_workspace_made_is_there_after_a_restart() {
    let test = TestApp::new();
    let second = test.second().await;
    assert_eq!(push(&test.owner(), &second, add_service(1, 1, "web")).await.status, 200);
    let TestApp { app, router, session, dir } = test;
    let _ = app.stop();
    drop((app, router));
    let mut test =
        TestApp::unclaimed_in(dir, crate::open::Beginning::Workspace, &crate::clock::Clock::system());
    test.session = session;
    assert_eq!(names(&test.owner().get(ALL).await.json()), ["My workspace", "Second"]);
    let known: WorkspaceId = second.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(test.app.workspace(known).unwrap().state().workspace.services.len(), 1);
}

/// Every address in a workspace that the description has: method, what follows the workspace, and a body, for those that
/// matter one that is fine.
fn addresses(id: &str) -> Vec<(Method, String, Value)> {
    let hello = json!({ "protocol": 1, "client": uuid::Uuid::from_u128(1), "queues": [], "sent_at": 5 });
    let epoch = uuid::Uuid::from_u128(5);
    let push = json!({ "protocol": 1, "epoch": epoch, "sent_at": 5, "commands": [add_service(1, 1, "web")] });
    let body = |method: &Method, path: &str| match (method.as_str(), path) {
        ("POST", "invitations") => json!({ "role": "admin", "note": "Me" }),
        ("POST", "tokens") => json!({ "name": "CI", "scope": "admin" }),
        ("POST", "services" | "labels") => json!({ "name": "web" }),
        ("POST", "redactions") => json!({ "text": "hunter2-hunter2", "reason": "A password" }),
        ("POST", "hello") => hello.clone(),
        ("POST", "push") => push.clone(),
        ("POST" | "PUT" | "PATCH", _) => json!({}),
        _ => Value::Null,
    };
    let described = operations(&openapi::description()).into_iter();
    let here = described.filter_map(|(method, path, _)| {
        let rest = path.strip_prefix("/api/v1/workspaces/{ws}/")?.to_owned();
        let body = body(&method, &rest);
        let filled = rest.replace("{id}", id).replace("{check}", id).replace("{stage}", "build");
        let filled = filled.replace("{section}", "Notes").replace("{label}", "hotfix");
        let filled = filled.replace("{environment}", "staging").replace("{testing}", "manual");
        let query = if matches!(&*rest, "events" | "stream") { "?after=0" } else { "" };
        Some((method, filled + query, body))
    });
    let all: Vec<_> = here.collect();
    assert!(all.len() > 30, "the addresses are not found any more");
    all
}

#[tokio::test]
async fn a_workspace_of_others_is_as_one_that_is_not_there() {
    let test = TestApp::new();
    let (first, second) = (test.path("").trim_end_matches('/').to_owned(), test.second().await);
    // An admin of the second workspace, with a session and a token, who knows every id of the first.
    let session = test.let_in(&second, "admin", "bo").await;
    let bo = test.with_session(&session);
    let made = bo.post(&format!("{second}/tokens"), &json!({ "name": "CI", "scope": "admin" })).await.json();
    let token = test.with_token(made["secret"].as_str().unwrap());
    let nowhere = format!("{ALL}/{}", uuid::Uuid::from_u128(0xdead));
    let before = test.workspace().state();
    for visitor in [&bo, &token] {
        for (method, path, body) in addresses(&uuid::Uuid::from_u128(7).to_string()) {
            let body = Some(&body).filter(|body| !body.is_null());
            let there = visitor.ask(method.clone(), &format!("{first}/{path}"), body).await;
            let nothing = visitor.ask(method.clone(), &format!("{nowhere}/{path}"), body).await;
            assert_eq!(there.error(), (404, "not_found".to_owned()), "{method} {path}");
            assert_eq!(there.body, nothing.body, "{method} {path}");
        }
    }
    // A token is of one workspace, also where its owner is in both.
    let of_owner =
        test.owner().post(&format!("{second}/tokens"), &json!({ "name": "CI", "scope": "admin" })).await;
    let of_owner = test.with_token(of_owner.json()["secret"].as_str().unwrap());
    assert_eq!(of_owner.get(&format!("{second}/people")).await.status, 200);
    for (method, path, body) in addresses(&uuid::Uuid::from_u128(7).to_string()) {
        let body = Some(&body).filter(|body| !body.is_null());
        let answer = of_owner.ask(method.clone(), &format!("{first}/{path}"), body).await;
        assert_eq!(answer.error(), (404, "not_found".to_owned()), "{method} {path}");
    }
    assert_eq!(test.workspace().state().cursor, before.cursor, "nothing came of any of it");
}

#[tokio::test]
async fn an_id_of_another_workspace_is_as_one_that_is_not_there() {
    let test = TestApp::new();
    let (first, second) = (test.path("").trim_end_matches('/').to_owned(), test.second().await);
    let invited =
        test.owner().post(&format!("{first}/invitations"), &json!({ "role": "viewer", "note": "Ida" })).await;
    let token =
        test.owner().post(&format!("{first}/tokens"), &json!({ "name": "CI", "scope": "read" })).await;
    let session = test.let_in(&second, "admin", "bo").await;
    let bo = test.with_session(&session);
    let (invited, token) = (invited.json(), token.json());
    for (kind, id) in [("invitations", &invited["invitation"]["id"]), ("tokens", &token["token"]["id"])] {
        let there = bo.delete(&format!("{second}/{kind}/{}", id.as_str().unwrap())).await;
        let nothing = bo.delete(&format!("{second}/{kind}/{}", uuid::Uuid::from_u128(7))).await;
        assert_eq!((there.error().0, &there.body), (404, &nothing.body), "{kind}");
    }
    let people = test.owner().get(&format!("{first}/people")).await.json();
    assert_eq!(people["invitations"].as_array().unwrap().len(), 1);
    assert_eq!(
        test.with_token(token["secret"].as_str().unwrap()).get(&format!("{first}/people")).await.status,
        200
    );
    // What is in a command is looked for in the workspace of the push alone.
    let done = push(&test.owner(), &first, add_service(1, 1, "web")).await;
    assert_eq!(done.json()["results"][0]["outcome"]["status"], "applied");
    let deployment = uuid::Uuid::from_u128(8);
    let column = *test.workspace().state().workspace.columns_in_order().first().unwrap();
    let open = |service: Value| {
        json!({
            "client": uuid::Uuid::from_u128(3), "seq": 1, "at": 5, "seen": 0, "kind": "deployment.open", "v": 1,
            "body": { "deployment": { "open": {
                "deployment": deployment, "service": service, "version": "1.0.0", "title": "", "column": column,
                "rank": "8000000000", "changes": [], "sections": [],
            } } },
        })
    };
    let service = json!(uuid::Uuid::from_u128(1 << 64 | 1));
    let of_second = push(&bo, &second, open(service.clone())).await.json();
    assert_eq!(
        of_second["results"][0]["outcome"]["rejection"],
        json!({ "unknown_service": { "service": service } })
    );
    let of_first = push(&test.owner(), &first, open(service)).await.json();
    assert_eq!(of_first["results"][0]["outcome"]["status"], "applied", "{of_first}");
}
