//! What the server does by itself: sealing what is over for long, and giving its detail out again.

use serde_json::{Value, json};
use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::deployment::sealed::{SEALED_AFTER_MS, read_detail};
use slipway_shared::ids::{DeploymentId, EpochId};
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::sync::snapshot;
use slipway_shared::time::Timestamp;

use super::time::Time;
use super::{TestApp, add_service};
use crate::housekeeping;
use crate::routes::giving::give;
use crate::store::sqlite::SqliteStore;
use crate::transfer;

const CARD: DeploymentId = DeploymentId::from_u128(0xca);

fn deployment(seq: u64, body: &Value) -> Value {
    let verb = body.as_object().unwrap().keys().next().unwrap();
    json!({
        "client": uuid::Uuid::from_u128(1), "seq": seq, "at": 5, "seen": 0, "kind": format!("deployment.{verb}"),
        "v": 1, "body": { "deployment": body },
    })
}

/// Opens a deployment with a section and finishes it, as the commands `seq` and the next of the queue.
async fn finish_one(test: &TestApp, id: DeploymentId, seq: u64) {
    let column = *test.workspace().state().workspace.columns_in_order().first().unwrap();
    let section = json!({
        "id": uuid::Uuid::from_u128(0x5e), "kind": "pre_deployment", "heading": "Before", "text": "Read *this*.",
        "checks": [{ "id": uuid::Uuid::from_u128(0xc4), "text": "Tests passing", "state": "done" }],
    });
    let open = json!({ "open": {
        "deployment": id, "service": uuid::Uuid::from_u128(1 << 64 | 1), "version": "1.0.0", "title": "Faster",
        "column": column, "rank": "8000000000", "changes": [], "sections": [section],
    }});
    let finish = json!({ "finish": { "deployment": id } });
    let answer = test.push(&[deployment(seq, &open), deployment(seq + 1, &finish)]).await.json();
    assert_eq!(answer["results"][1]["outcome"]["status"], "applied", "{answer}");
}

/// A workspace with one deployment that is over for long enough.
async fn with_an_old_one() -> (TestApp, Time) {
    let time = Time::default();
    let mut test = TestApp::by(&time.clock());
    test.push(&[add_service(1, 1, "web")]).await;
    finish_one(&test, CARD, 2).await;
    time.pass(SEALED_AFTER_MS);
    // No session lives that long without being used.
    test.session = test.claim();
    (test, time)
}

fn sealed(test: &TestApp, id: DeploymentId) -> Option<Hash> {
    let state = test.workspace().state();
    state.workspace.deployments.get(&id).unwrap().sealed.as_ref().map(|sealed| sealed.detail)
}

fn path(test: &TestApp, id: DeploymentId) -> String {
    test.path(&format!("deployments/{id}/detail"))
}

#[tokio::test]
async fn what_is_over_for_long_is_sealed_and_its_detail_is_given_out() {
    let (test, _) = with_an_old_one().await;
    let before = test.workspace().state().workspace.deployments.get(&CARD).unwrap().as_ref().clone();
    assert_eq!(test.get(&path(&test, CARD)).await.error(), (404, "not_found".to_owned()), "not sealed yet");
    housekeeping::do_what_is_due(&test.app, &test.workspace()).await.unwrap();
    let hash = sealed(&test, CARD).unwrap();
    let lines = test.get(&test.path("snapshot")).await;
    let (workspace, _) = snapshot::read(&String::from_utf8(lines.body).unwrap()).unwrap();
    let facts = workspace.deployments.get(&CARD).unwrap();
    assert_eq!((facts.sections.len(), facts.progress().done), (0, 1));
    let answer = test.get(&path(&test, CARD)).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(read_detail(&String::from_utf8(answer.body).unwrap(), hash), Some(before));
    for other in ["x", "00000000-0000-0000-0000-0000000000cb"] {
        let answer = test.get(&test.path(&format!("deployments/{other}/detail"))).await;
        assert_eq!(answer.error(), (404, "not_found".to_owned()));
    }
    let head = test.cursor();
    housekeeping::do_what_is_due(&test.app, &test.workspace()).await.unwrap();
    assert_eq!(test.cursor(), head, "nothing is sealed twice");
}

#[tokio::test]
async fn the_detail_of_a_log_that_was_brought_here_is_read_off_it_and_then_kept() {
    let (test, time) = with_an_old_one().await;
    housekeeping::do_what_is_due(&test.app, &test.workspace()).await.unwrap();
    let expected = test.get(&path(&test, CARD)).await.body;
    let mut text = Vec::new();
    let head = test.app.reader().heads().unwrap().remove(0);
    transfer::write(&*test.app.reader(), &head, &mut text).unwrap();
    let dir = tempfile::tempdir().unwrap();
    transfer::read(&*text, &mut SqliteStore::open(dir.path()).unwrap(), EpochId::from_u128(9)).unwrap();
    let copy = TestApp::in_dir(dir, &time.clock());
    // The owner of the copy comes to it as at the first visit.
    let (there, member) = (copy.workspace(), copy.workspace().local_member());
    let admin = there.state().workspace.admins().next().unwrap();
    let add = Command::Member(MemberCommand::Add { member, role: Role::Admin });
    assert_eq!(give(&copy.app, &there, admin, None, add).await.unwrap(), None);
    let kept = || copy.app.reader().detail(copy.workspace().id(), CARD).unwrap();
    assert_eq!(kept(), None, "an export has no details");
    assert_eq!(copy.get(&path(&copy, CARD)).await.body, expected);
    // What is kept is kept in order with pushes.
    copy.push(&[add_service(2, 1, "api")]).await;
    assert_eq!(kept().map(|detail| detail.body.into_bytes()), Some(expected));
}

#[tokio::test]
async fn sealing_goes_on_after_a_restart() {
    let (test, time) = with_an_old_one().await;
    housekeeping::do_what_is_due(&test.app, &test.workspace()).await.unwrap();
    let second = DeploymentId::from_u128(0xcb);
    finish_one(&test, second, 4).await;
    time.pass(SEALED_AFTER_MS);
    let TestApp { app, router, dir, .. } = test;
    let _ = app.stop();
    drop((app, router));
    let test = TestApp::in_dir(dir, &time.clock());
    assert_eq!(sealed(&test, second), None);
    housekeeping::do_what_is_due(&test.app, &test.workspace()).await.unwrap();
    assert!(sealed(&test, second).is_some() && sealed(&test, CARD).is_some());
}

#[tokio::test]
async fn more_than_a_batch_is_sealed_too() {
    let (test, time) = with_an_old_one().await;
    let column = *test.workspace().state().workspace.columns_in_order().first().unwrap();
    let all = (0..230_u64).flat_map(|number| {
        let id = DeploymentId::from_u128(0x1000 + u128::from(number));
        let open = json!({ "open": {
            "deployment": id, "service": uuid::Uuid::from_u128(1 << 64 | 1), "version": "1.0.0", "title": "",
            "column": column, "rank": "8000000000", "changes": [], "sections": [],
        }});
        let finish = json!({ "finish": { "deployment": id } });
        [deployment(4 + 2 * number, &open), deployment(5 + 2 * number, &finish)]
    });
    let all: Vec<_> = all.collect();
    assert_eq!(test.push(&all).await.status, 200);
    time.pass(SEALED_AFTER_MS);
    housekeeping::do_what_is_due(&test.app, &test.workspace()).await.unwrap();
    let state = test.workspace().state();
    assert_eq!(state.workspace.deployments.values().filter(|known| known.sealed.is_some()).count(), 231);
}

#[tokio::test]
async fn a_refusal_whose_reason_is_forgotten_stays_a_refusal() {
    let test = TestApp::new();
    let commands = [add_service(1, 1, "web"), add_service(1, 2, "WEB")];
    let first = test.push(&commands).await.json();
    assert_eq!(first["results"][1]["outcome"]["rejection"], json!({ "name_taken": { "name": "WEB" } }));
    test.workspace().forget_rejections(Timestamp(i64::MAX));
    let again = test.push(&commands).await.json();
    assert_eq!(again["results"][1]["outcome"], json!({ "status": "rejected", "rejection": "unexplained" }));
    assert_eq!(again["results"][0]["outcome"], first["results"][0]["outcome"]);
    let mut other = commands[1].clone();
    other["body"]["service"]["add"]["name"] = json!("api");
    assert_eq!(test.push(&[other]).await.error(), (409, "reused".to_owned()), "the hash is kept");
}
