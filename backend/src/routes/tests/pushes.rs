//! Commands in, outcomes out: once each, all or none.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use slipway_shared::log::Cursor;
use slipway_shared::sync::snapshot;

use super::{TestApp, add_service};

#[tokio::test]
async fn a_session_names_the_member_and_the_workspace() {
    let test = TestApp::new();
    let session = test.get("/api/v1/session").await.json();
    assert_eq!(session["member"], json!(test.workspace().local_member()));
    let member = session["member"].clone();
    let workspace =
        json!({ "id": test.workspace().id(), "name": "My workspace", "member": member, "role": "admin" });
    assert_eq!(session["workspaces"], json!([workspace]));
    assert_eq!(test.get("/api/v1/workspaces").await.json()["workspaces"], session["workspaces"]);
}

#[tokio::test]
async fn a_pushed_command_is_in_snapshot_and_log() {
    let test = TestApp::new();
    let answer = test.push(&[add_service(1, 1, "web"), add_service(1, 2, "api")]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["head"], 13);
    let outcomes: Vec<_> =
        answer.json()["results"].as_array().unwrap().iter().map(|it| it["outcome"].clone()).collect();
    assert_eq!(
        outcomes,
        [json!({"status": "applied", "events": [12, 12]}), json!({"status": "applied", "events": [13, 13]})]
    );
    let lines = test.get(&test.path("snapshot")).await;
    assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
    let (workspace, cursor) = snapshot::read(&String::from_utf8(lines.body).unwrap()).unwrap();
    assert_eq!((cursor, workspace.services.len()), (test.cursor(), 2));
    let page = test.get(&test.path("events?after=11")).await.json();
    assert_eq!((page["head"].clone(), page["events"].as_array().unwrap().len()), (json!(13), 2));
}

#[tokio::test]
async fn a_page_never_divides_a_command() {
    let test = TestApp::new();
    let page = test.get(&test.path("events?after=0&limit=2")).await.json();
    assert_eq!(page["events"].as_array().unwrap().len(), 11, "the setup is one command");
    assert_eq!(test.get(&test.path("events?after=99")).await.json()["events"], json!([]));
    assert_eq!(test.get(&test.path("events")).await.error(), (400, "malformed".to_owned()));
    assert_eq!(test.get(&test.path("events?after=x")).await.error(), (400, "malformed".to_owned()));
}

#[tokio::test]
async fn a_command_pushed_again_gets_the_same_outcome() {
    let test = TestApp::new();
    let first = test.push(&[add_service(1, 1, "web"), add_service(1, 2, "WEB")]).await.json();
    assert_eq!(first["results"][1]["outcome"]["status"], "rejected");
    let again = test.push(&[add_service(1, 1, "web"), add_service(1, 2, "WEB")]).await.json();
    for index in 0..2 {
        assert_eq!(again["results"][index]["outcome"], first["results"][index]["outcome"]);
        assert_eq!(again["results"][index]["duplicate"], true);
    }
    assert_eq!(again["head"], 12);
    // Also within one push.
    let twice = test.push(&[add_service(2, 1, "api"), add_service(2, 1, "api")]).await.json();
    assert_eq!(twice["results"][0]["outcome"], twice["results"][1]["outcome"]);
    assert_eq!(twice["head"], 13);
}

#[tokio::test]
async fn a_name_used_for_another_command_refuses_the_whole_push() {
    let test = TestApp::new();
    test.push(&[add_service(1, 1, "web")]).await;
    let answer = test.push(&[add_service(2, 1, "api"), add_service(1, 1, "other")]).await;
    assert_eq!(answer.error(), (409, "reused".to_owned()));
    let client = uuid::Uuid::from_u128(1);
    assert_eq!(answer.json()["error"]["details"], json!({"reused": {"client": client, "seq": 1}}));
    assert_eq!(test.cursor().seq, 12, "nothing of it was applied");
    assert_eq!(test.push(&[add_service(2, 1, "api")]).await.status, 200);
}

#[tokio::test]
async fn a_gap_refuses_the_whole_push() {
    let test = TestApp::new();
    let answer = test.push(&[add_service(1, 1, "web"), add_service(1, 3, "api")]).await;
    assert_eq!(answer.error(), (409, "gap".to_owned()));
    let client = uuid::Uuid::from_u128(1);
    assert_eq!(answer.json()["error"]["details"], json!({"gap": {"client": client, "expected": 2}}));
    assert_eq!(test.cursor().seq, 11);
    assert_eq!(test.push(&[add_service(1, 0, "web")]).await.error(), (409, "gap".to_owned()));
}

#[tokio::test]
async fn an_unknown_command_is_rejected_alone() {
    let test = TestApp::new();
    let mut unknown = add_service(1, 1, "web");
    unknown["kind"] = json!("service.launch");
    let mut malformed = add_service(1, 2, "web");
    malformed["body"] = json!({"service": {"add": {"surprise": 1}}});
    let answer = test.push(&[unknown, malformed, add_service(1, 3, "web")]).await.json();
    let rejection = |index: usize| answer["results"][index]["outcome"]["rejection"].clone();
    assert_eq!(rejection(0), json!({"unknown_command": {"kind": "service.launch", "version": 1}}));
    assert_eq!(rejection(1), json!({"malformed_command": {"kind": "service.add"}}));
    assert_eq!((rejection(2), answer["head"].clone()), (Value::Null, json!(12)));
}

#[tokio::test]
async fn another_timeline_is_told_apart() {
    let test = TestApp::new();
    let epoch = uuid::Uuid::from_u128(5);
    let push = json!({"protocol": 1, "epoch": epoch, "sent_at": 5, "commands": [add_service(1, 1, "web")]});
    let answer = test.post(&test.path("push"), &push).await;
    assert_eq!(answer.error(), (409, "fork".to_owned()));
    let cursor = test.cursor();
    assert_eq!(answer.json()["error"]["details"], json!({"fork": {"epoch": cursor.epoch, "head": 11}}));
    let push = json!({"protocol": 9, "epoch": cursor.epoch, "sent_at": 5, "commands": []});
    assert_eq!(test.post(&test.path("push"), &push).await.error(), (426, "upgrade".to_owned()));
}

#[tokio::test]
async fn hello_tells_what_is_next() {
    let test = TestApp::new();
    test.push(&[add_service(1, 1, "web")]).await;
    let head = test.cursor();
    let ask = async |cursor: Option<Cursor>, protocol: u16| {
        let client = uuid::Uuid::from_u128(1);
        let mut hello = json!({"protocol": protocol, "client": client, "queues": [client, uuid::Uuid::from_u128(2)], "sent_at": 5});
        if let Some(cursor) = cursor {
            hello["cursor"] = json!(cursor);
        }
        test.post(&test.path("hello"), &hello).await.json()
    };
    let empty = ask(None, 1).await;
    assert_eq!((empty["action"].clone(), empty["head"].clone()), (json!("snapshot"), json!(12)));
    assert_eq!(empty["queues"][0]["last_seq"], 1);
    assert_eq!(empty["queues"][1]["last_seq"], 0);
    assert_eq!(empty["people"].as_array().unwrap().len(), 1);
    let start = Cursor { seq: 0, chain: slipway_shared::canonical::Hash::ZERO, ..head };
    for (cursor, action) in [
        (head, "tail"),
        (start, "tail"),
        (Cursor { seq: 13, ..head }, "fork"),
        (Cursor { seq: 11, ..head }, "fork"),
        (Cursor { epoch: slipway_shared::ids::EpochId::from_u128(1), ..head }, "fork"),
    ] {
        assert_eq!(ask(Some(cursor), 1).await["action"], action, "{cursor:?}");
    }
    assert_eq!(ask(Some(head), 9).await["action"], "upgrade");
}

#[tokio::test]
async fn what_was_pushed_stays_though_nobody_waits_for_the_answer() {
    let test = TestApp::new();
    let push = json!({"protocol": 1, "epoch": test.cursor().epoch, "sent_at": 5, "commands": [add_service(1, 1, "web")]});
    let request = Request::post(test.path("push"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(push.to_string()))
        .unwrap();
    {
        let answer = test.send(request);
        let mut answer = std::pin::pin!(answer);
        // Polled until the command is handed over, then dropped, as when a connection breaks.
        let waker = futures_util::task::noop_waker();
        let _ = Future::poll(answer.as_mut(), &mut std::task::Context::from_waker(&waker));
    }
    let again = test.push(&[add_service(1, 1, "web")]).await.json();
    assert_eq!(again["results"][0]["outcome"]["status"], "applied");
    assert_eq!(again["head"], 12);
}
