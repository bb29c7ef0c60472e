//! Taking a text out for good: it is nowhere any more, and the log holds.

use axum::http::HeaderName;
use serde_json::{Value, json};
use slipway_shared::account::CONFIRMED_MS;
use slipway_shared::canonical::Hash;
use slipway_shared::deployment::sealed::{SEALED_AFTER_MS, read_detail};
use slipway_shared::ids::{DeploymentId, EpochId};
use slipway_shared::log::{Cursor, StoredEvent};
use slipway_shared::member::Role;
use slipway_shared::redaction::{MARK, Vouchers};
use slipway_shared::sync::snapshot;
use tempfile::TempDir;

use super::streams::Stream;
use super::time::Time;
use super::{TestApp, add_service};
use crate::audit::audit;
use crate::backup::back_up;
use crate::housekeeping;
use crate::redaction::{RedactError, in_json};
use crate::store::sqlite::{FILE, SqliteStore};
use crate::transfer;
use crate::writer::Redacting;

const SECRET: &str = "hunter2-\"ö\"-p4ssw0rd";
const CARD: DeploymentId = DeploymentId::from_u128(0xca);

fn deployment(seq: u64, body: &Value) -> Value {
    let verb = body.as_object().unwrap().keys().next().unwrap();
    json!({
        "client": uuid::Uuid::from_u128(1), "seq": seq, "at": 5, "seen": 0, "kind": format!("deployment.{verb}"),
        "v": 1, "body": { "deployment": body },
    })
}

/// Opens a deployment with the secret in its title, its text and a check, as the command `seq` of the queue.
fn open(test: &TestApp, id: DeploymentId, seq: u64) -> Value {
    let column = *test.workspace().state().workspace.columns_in_order().first().unwrap();
    let section = json!({
        "id": uuid::Uuid::from_u128(id.as_u128() << 8), "kind": "pre_deployment", "heading": "Before",
        "text": format!("Log in with {SECRET}, twice: {SECRET}."),
        "checks": [{
            "id": uuid::Uuid::from_u128(id.as_u128() << 16), "text": format!("Tried {SECRET}"), "state": "open",
        }],
    });
    deployment(
        seq,
        &json!({ "open": {
            "deployment": id, "service": uuid::Uuid::from_u128(1 << 64 | 1), "version": "1.0.0",
            "title": format!("With {SECRET}"), "column": column, "rank": "8000000000", "changes": [],
            "sections": [section],
        }}),
    )
}

/// A workspace in which somebody has pasted the secret in many places.
async fn with_secret(test: &TestApp) {
    let edit =
        json!({ "edit": { "deployment": CARD, "field": "title", "value": format!("Again {SECRET}") } });
    // The second service has the name of the first: the reason of the refusal says it.
    let taken = add_service(2, 1, SECRET);
    let again = add_service(2, 2, SECRET);
    let commands = [add_service(1, 1, "web"), open(test, CARD, 2), deployment(3, &edit), taken, again];
    let pushed = test.push(&commands).await.json();
    assert_eq!(pushed["results"][2]["outcome"]["status"], "applied", "{pushed}");
    assert_eq!(pushed["results"][4]["outcome"]["status"], "rejected", "{pushed}");
    // A request that is known by its key: it changes nothing, and its commands are kept.
    let keyed = test.owner().and(HeaderName::from_static("idempotency-key"), "k");
    let title = json!({ "title": format!("Again {SECRET}") });
    assert_eq!(keyed.patch(&test.path(&format!("deployments/{CARD}")), &title).await.status, 200);
}

async fn redact(test: &TestApp, is_trial: bool) -> Value {
    let body = json!({ "text": SECRET, "reason": "A password", "is_trial": is_trial });
    let answer = test.post(&test.path("redactions"), &body).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

/// Tells whether the secret is in there: as it is, in JSON, or in JSON within JSON.
fn has_secret(bytes: &[u8]) -> bool {
    let once = in_json(SECRET);
    [SECRET.to_owned(), in_json(&once), once]
        .iter()
        .any(|secret| bytes.windows(secret.len()).any(|part| part == secret.as_bytes()))
}

/// Returns the files of a folder that have the secret in them.
fn files_with_secret(dir: &std::path::Path) -> Vec<String> {
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let found = files.filter(|path| path.is_file() && has_secret(&std::fs::read(path).unwrap()));
    found.map(|path| path.display().to_string()).collect()
}

fn log(test: &TestApp) -> Vec<StoredEvent> {
    test.app.reader().events(test.workspace().id(), 0, 10_000).unwrap()
}

#[tokio::test]
async fn what_was_taken_out_is_nowhere_and_the_log_holds() {
    let test = TestApp::new();
    with_secret(&test).await;
    let before = test.cursor();
    let trial = redact(&test, true).await;
    assert_eq!(trial, json!({ "events": 3, "deployments": 1, "is_wiped": false }));
    assert_eq!(test.cursor(), before, "a trial changes nothing");
    assert!(!files_with_secret(test.dir.path()).is_empty());

    let done = redact(&test, false).await;
    assert_eq!(done, json!({ "events": 3, "deployments": 1, "seq": before.seq + 1, "is_wiped": true }));
    assert_eq!(files_with_secret(test.dir.path()), [""; 0]);
    let snapshot = test.get(&test.path("snapshot")).await;
    let events = test.get(&test.path("events?after=0")).await;
    assert!(!has_secret(&snapshot.body) && !has_secret(&events.body));
    let (workspace, _) = snapshot::read(&String::from_utf8(snapshot.body).unwrap()).unwrap();
    let known = workspace.deployments.get(&CARD).unwrap();
    assert_eq!(known.title.value, format!("Again {MARK}"));
    assert_eq!(known.sections[0].text.value, format!("Log in with {MARK}, twice: {MARK}."));

    // The hashes are those of before: nothing but the event that tells of it came.
    let (mut cursor, mut vouchers) = (Cursor { seq: 0, chain: Hash::ZERO, ..before }, Vouchers::default());
    for event in log(&test) {
        let read = event.read_redacted_after(&cursor).unwrap();
        vouchers.take(&read, &event);
        cursor = Cursor { seq: read.header.seq, chain: read.chain, ..cursor };
        assert!(cursor.seq != before.seq || cursor.chain == before.chain);
    }
    assert_eq!((cursor.seq, vouchers.missing()), (before.seq + 1, None));
    assert!(audit(&test.dir.path().join(FILE)).unwrap().whole().is_ok());
    assert_eq!(redact(&test, true).await["events"], 0);

    let folder = tempfile::tempdir().unwrap();
    back_up(&test.dir.path().join(FILE), &folder.path().join("copy.db"), test.app.clock().now()).unwrap();
    assert_eq!(files_with_secret(folder.path()), [""; 0]);
}

#[tokio::test]
async fn browsers_are_told_which_commands_had_it_and_fetch_the_snapshot() {
    let test = TestApp::new();
    with_secret(&test).await;
    let before = test.cursor();
    let mut stream = Stream::open(&test, &before.seq.to_string(), None).await;
    assert_eq!(stream.next().await.unwrap().name, "heartbeat");
    redact(&test, false).await;
    assert_eq!(stream.next().await, None, "the stream ends");
    let hello = json!({
        "protocol": 1, "client": uuid::Uuid::from_u128(1), "cursor": before, "sent_at": 5,
        "queues": [uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(77)],
    });
    let answer = test.post(&test.path("hello"), &hello).await.json();
    assert_eq!((&answer["action"], &answer["is_redaction"]), (&json!("fork"), &json!(true)));
    let key = |seq: u64| json!({ "client": uuid::Uuid::from_u128(1), "seq": seq });
    assert_eq!(answer["redacted"], json!([key(2), key(3)]), "and not those of other queues");
    let push =
        json!({ "protocol": 1, "epoch": before.epoch, "sent_at": 5, "commands": [add_service(1, 4, "api")] });
    assert_eq!(test.post(&test.path("push"), &push).await.error(), (409, "fork".to_owned()));
    // Work goes on, and what comes again gets the outcome it had.
    let again = open(&test, CARD, 2);
    let pushed = test.push(&[again, add_service(1, 4, "api")]).await.json();
    assert_eq!(pushed["results"][0]["duplicate"], true, "{pushed}");
    assert_eq!(pushed["results"][1]["outcome"]["status"], "applied", "{pushed}");
    let again = test.push(&[add_service(2, 2, SECRET)]).await.json();
    assert_eq!(again["results"][0]["outcome"], json!({ "status": "rejected", "rejection": "unexplained" }));
}

#[tokio::test]
async fn a_sealed_deployment_is_sealed_again_without_it() {
    let time = Time::default();
    let mut test = TestApp::by(&time.clock());
    with_secret(&test).await;
    let finish = json!({ "finish": { "deployment": CARD } });
    test.push(&[deployment(4, &finish)]).await;
    time.pass(SEALED_AFTER_MS);
    test.session = test.claim();
    housekeeping::do_what_is_due(&test.app, &test.workspace()).await.unwrap();
    let seal = |test: &TestApp| {
        let state = test.workspace().state();
        state.workspace.deployments.get(&CARD).unwrap().sealed.clone().unwrap().detail
    };
    let before = seal(&test);
    let (id, reader) = (test.workspace().id(), test.app.reader());
    let read_before = reader.detail(id, CARD).unwrap().unwrap();
    assert!(has_secret(read_before.body.as_bytes()));
    assert_eq!(redact(&test, false).await["events"], 4);
    // Somebody read it just before, and has it kept just after.
    test.workspace().keep_detail(read_before);
    assert_eq!(test.push(&[add_service(3, 1, "api")]).await.status, 200);
    assert_ne!(reader.detail(id, CARD).unwrap().map(|kept| kept.hash), Some(before));
    assert_eq!(files_with_secret(test.dir.path()), [""; 0]);
    let after = seal(&test);
    assert_ne!(before, after);
    let detail = test.get(&test.path(&format!("deployments/{CARD}/detail"))).await;
    let detail = read_detail(&String::from_utf8(detail.body).unwrap(), after).unwrap();
    assert_eq!(detail.title.value, format!("Again {MARK}"));
    assert!(audit(&test.dir.path().join(FILE)).unwrap().whole().is_ok());
}

#[tokio::test]
async fn another_workspace_is_left_as_it_was() {
    let test = TestApp::new();
    with_secret(&test).await;
    let second = test.second().await;
    let epoch = |test: &TestApp| {
        let id = second.rsplit('/').next().unwrap().parse().unwrap();
        test.app.workspace(id).unwrap().state().cursor
    };
    let push = json!({
        "protocol": 1, "epoch": epoch(&test).epoch, "sent_at": 5, "commands": [add_service(9, 1, SECRET)],
    });
    assert_eq!(test.post(&format!("{second}/push"), &push).await.status, 200);
    let before = epoch(&test);
    assert_eq!(redact(&test, false).await["events"], 3);
    assert_eq!(epoch(&test), before);
    let events = test.get(&format!("{second}/events?after=0")).await;
    assert!(has_secret(&events.body), "it is theirs");
    assert!(audit(&test.dir.path().join(FILE)).unwrap().whole().is_ok());
    let page = test.get(&format!("{second}/audit?kind=workspace.redacted")).await.json();
    assert_eq!(page["entries"], json!([]));
}

#[tokio::test]
async fn it_stays_out_after_a_restart_and_on_another_server() {
    let test = TestApp::new();
    with_secret(&test).await;
    redact(&test, false).await;
    let digest = test.workspace().state().workspace.digest();
    let mut text = Vec::new();
    let head = test.app.reader().heads().unwrap()[0];
    transfer::write(&*test.app.reader(), &head, &mut text).unwrap();
    assert!(!has_secret(&text));
    let TestApp { app, router, dir, .. } = test;
    let _ = app.stop();
    drop((app, router));
    let test = TestApp::in_dir(dir, &crate::clock::Clock::system());
    assert_eq!(test.workspace().state().workspace.digest(), digest);
    assert_eq!(files_with_secret(test.dir.path()), [""; 0]);

    let elsewhere = tempfile::tempdir().unwrap();
    transfer::read(&*text, &mut SqliteStore::open(elsewhere.path()).unwrap(), EpochId::from_u128(9)).unwrap();
    assert!(audit(&elsewhere.path().join(FILE)).unwrap().whole().is_ok());
    let copy = TestApp::in_dir(elsewhere, &crate::clock::Clock::system());
    assert_eq!(copy.workspace().state().workspace.digest(), digest);
    assert_eq!(copy.app.reader().redactions(copy.workspace().id()).unwrap().len(), 1);

    // Without the event that vouches for it, or with something else in its place, an export is not taken in.
    let text = String::from_utf8(text).unwrap();
    let altered = text.replacen(&format!("Again {MARK}"), "Again [REMOVED]", 1);
    let refused = transfer::read(
        altered.as_bytes(),
        &mut SqliteStore::open(tempfile::tempdir().unwrap().path()).unwrap(),
        EpochId::from_u128(9),
    );
    assert!(refused.is_err());
}

#[tokio::test]
async fn a_log_that_was_altered_under_the_name_of_a_redaction_is_found() {
    let test = TestApp::new();
    with_secret(&test).await;
    let there = log(&test)[11].payload.clone().unwrap();
    let hash = Hash::of(&[there.as_bytes()]);
    let TestApp { app, router, dir, .. } = test;
    let _ = app.stop();
    drop((app, router));
    let tampered = |sql: &str| {
        let copy: TempDir = tempfile::tempdir().unwrap();
        std::fs::copy(dir.path().join(FILE), copy.path().join(FILE)).unwrap();
        let file = copy.path().join(FILE);
        crate::store::sqlite::alter(&file, sql);
        audit(&file).unwrap().whole().is_err()
    };
    assert!(!tampered("SELECT 1"));
    // The hash of what was there is kept, so that the chain itself says nothing.
    assert!(there.contains("\"web\""));
    assert!(tampered(&format!(
        "UPDATE events SET payload_hash = x'{hash}', payload = replace(payload, 'web', 'api') WHERE seq = 12"
    )));
}

#[tokio::test]
async fn only_an_admin_who_has_just_proved_who_they_are_may() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    with_secret(&test).await;
    let path = test.path("redactions");
    let body = json!({ "text": SECRET, "reason": "A password" });
    for (number, role) in (7..).zip([Role::Viewer, Role::Member, Role::Approver]) {
        let (session, _) = test.join(number, role).await;
        let refused = test.with_session(&session).post(&path, &body).await;
        assert_eq!(refused.error(), (403, "forbidden".to_owned()), "{role:?}");
    }
    let made = test.post(&test.path("tokens"), &json!({ "name": "CI", "scope": "admin" })).await.json();
    let program = test.with_token(made["secret"].as_str().unwrap());
    assert_eq!(program.post(&path, &body).await.error(), (403, "forbidden".to_owned()));
    time.pass(CONFIRMED_MS + 1);
    assert_eq!(test.post(&path, &body).await.error(), (403, "confirmation_needed".to_owned()));
    assert!(log(&test).iter().any(|event| has_secret(event.payload.as_deref().unwrap().as_bytes())));
}

#[tokio::test]
async fn what_can_not_be_taken_out_is_refused_and_nothing_is_changed() {
    let test = TestApp::new();
    with_secret(&test).await;
    let before = test.cursor();
    for (text, reason) in [
        ("short", "why"),
        ("   short   ", "why"),
        ("removed", "why"),
        (MARK, "why"),
        ("long enough", ""),
        (SECRET, &format!("it was {SECRET}")),
        // A word of how the log is written.
        ("pre_deployment", "why"),
    ] {
        let body = json!({ "text": text, "reason": reason });
        let answer = test.post(&test.path("redactions"), &body).await;
        assert_eq!(answer.error(), (422, "unacceptable".to_owned()), "{text} {reason}");
        assert!(!has_secret(&answer.body), "an answer repeats the text");
    }
    let body = json!({ "text": "nowhere to be found", "reason": "why" });
    let answer = test.post(&test.path("redactions"), &body).await.json();
    assert_eq!(answer, json!({ "events": 0, "deployments": 0, "is_wiped": false }));
    assert_eq!(test.cursor(), before);
}

/// Who asks may lose their role between being let in and the writer's turn.
#[tokio::test]
async fn whoever_is_no_admin_when_it_is_done_takes_nothing_out() {
    let test = TestApp::new();
    with_secret(&test).await;
    let (_, member) = test.join(7, Role::Approver).await;
    let before = test.cursor();
    for actor in [member, slipway_shared::ids::MemberId::from_u128(8)] {
        let asked = Redacting {
            actor,
            device: None,
            text: SECRET.to_owned(),
            reason: "a password".to_owned(),
            client: slipway_shared::ids::ClientId::from_u128(70),
            epoch: EpochId::from_u128(71),
        };
        let refused = test.workspace().redact(asked).await;
        assert!(matches!(refused, Err(RedactError::NotAllowed)), "{refused:?}");
    }
    assert_eq!(test.cursor(), before);
}
