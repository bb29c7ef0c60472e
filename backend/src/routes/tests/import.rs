//! Bringing a workspace that was on one device only.

use serde_json::json;
use slipway_shared::account::import::Imported;
use slipway_shared::command::Command;
use slipway_shared::deployment::approval::Lapse;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{
    ClientId, ColumnId, CommandKey, DeploymentId, EnvironmentId, MemberId, ServiceId, WorkspaceId,
};
use slipway_shared::member::{Profile, Role};
use slipway_shared::service::ServiceCommand;
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::sync::export::ExportLine;
use slipway_shared::sync::local::{Folding, Found, LocalHead, LocalLog, begin};
use slipway_shared::sync::protocol::{PROTOCOL, PushRequest};
use slipway_shared::time::Timestamp;

use super::*;

const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(0x77);
const ME: MemberId = MemberId::from_u128(0xa);
const CARD: DeploymentId = DeploymentId::from_u128(0xca);
const PRODUCTION: EnvironmentId = EnvironmentId::from_u128(5);
const NOW: Timestamp = Timestamp(1_790_000_000_000);
const CLIENT: ClientId = ClientId::from_u128(0xc1);

/// A workspace on a device: one deployment, which its one person approved, and so many renames after it.
fn on_device(renames: u64) -> (LocalLog, String) {
    let mut next = 0;
    let begun = begin("Harbour", ME, NOW, || {
        next += 1;
        next
    })
    .unwrap();
    let mut folding = Folding::begin(LocalHead::after(ME, &begun), None);
    let mut lines: Vec<_> = begun.events.iter().map(|new| new.event.clone()).collect();
    lines.iter().for_each(|event| folding.take(event).unwrap());
    let mut log = folding.finish(begun.queues).unwrap();
    let service = ServiceId::from_u128(0x51);
    let name = "crane".to_owned();
    let open = DeploymentCommand::Open {
        deployment: CARD,
        service,
        version: "4.2.0".to_owned(),
        title: "Lifts more".to_owned(),
        column: ColumnId::from_u128(6),
        rank: "8000000000".to_owned(),
        changes: Vec::new(),
        sections: Vec::new(),
    };
    let mut all = vec![
        Command::Service(ServiceCommand::Add { service, name, hue: 0, repository: None }),
        Command::Deployment(open),
    ];
    all.extend((0..renames).map(|number| {
        let name = format!("Harbour {number}");
        Command::Workspace(slipway_shared::command::WorkspaceCommand::Rename { name })
    }));
    for command in all {
        does(&mut log, &mut lines, command);
    }
    let digest = log.workspace().approval_digest(CARD, PRODUCTION).unwrap();
    let approve =
        DeploymentCommand::Approve { deployment: CARD, environment: PRODUCTION, digest, note: None };
    does(&mut log, &mut lines, Command::Deployment(approve));
    let people = vec![Profile { member: ME, name: "Ana, at home".to_owned() }];
    let header = log.export_header(WORKSPACE, people);
    let first = ExportLine::Header(header.clone()).to_text();
    let events = lines.into_iter().map(|event| ExportLine::Event(event).to_text());
    let all: Vec<_> =
        std::iter::once(first.clone()).chain(events).chain([header.footer(&first).to_text()]).collect();
    (log, all.join("\n") + "\n")
}

fn does(log: &mut LocalLog, lines: &mut Vec<slipway_shared::log::StoredEvent>, command: Command) {
    let head = log.head().cursor;
    let seq = lines.len() as u64;
    let key = CommandKey { client: ClientId::from_u128(CLIENT.as_u128() + u128::from(seq)), seq: 1 };
    let envelope = CommandEnvelope {
        key,
        at: NOW,
        seen: head.seq,
        seen_chain: Some(slipway_shared::sync::envelope::mark_of(head.chain)),
        causes: Vec::new(),
        command,
    };
    let push = PushRequest {
        protocol: PROTOCOL,
        epoch: head.epoch,
        sent_at: NOW,
        commands: vec![envelope.to_wire()],
    };
    let links = [(head.seq, lines.last().unwrap().link().unwrap())].into();
    let mut found = Found { links, ..Found::default() };
    let (results, outcomes) = log.decide(&push, NOW, &mut found).unwrap();
    assert_eq!(results[0].outcome.rejection, None);
    lines.extend(outcomes.events.iter().map(|new| new.event.clone()));
    log.commit(&outcomes);
}

impl TestApp {
    async fn import(&self, lines: &str) -> Answer {
        let request = Request::post("/api/v1/workspaces/import")
            .header(header::CONTENT_TYPE, "application/x-ndjson")
            .header(header::HOST, "localhost");
        self.send(request.body(Body::from(lines.to_owned())).unwrap()).await
    }
}

fn imported(answer: &Answer) -> Imported {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_value(answer.json()).unwrap()
}

#[tokio::test]
async fn a_workspace_arrives_with_its_ids_and_its_history() {
    let test = TestApp::new();
    let (log, lines) = on_device(0);
    let before = log.head().cursor;
    let answer = imported(&test.import(&lines).await);
    assert_eq!((answer.workspace, answer.digest), (WORKSPACE, log.workspace().digest()));
    assert_eq!((answer.arrived.seq, answer.arrived.chain), (before.seq, before.chain));
    assert_ne!(answer.arrived.epoch, before.epoch, "a new timeline begins");
    let mine = answer.session.workspaces.iter().find(|known| known.id == WORKSPACE).unwrap();
    assert_eq!((mine.name.as_str(), mine.member), ("Harbour", Some(ME)));

    let state = test.app.workspace(WORKSPACE).unwrap().state();
    assert_eq!(state.cursor.seq, before.seq + 1);
    let last = test.app.reader().events(WORKSPACE, before.seq, 10).unwrap();
    let header = last[0].read_header().unwrap();
    assert_eq!((last.len(), header.kind.as_str(), header.actor), (1, "workspace.moved", ME));
    let standing = state.workspace.approvals(CARD, PRODUCTION, NOW);
    assert_eq!(standing.iter().map(|known| known.lapse).collect::<Vec<_>>(), [Some(Lapse::BeforeMove)]);
    let people = test.app.reader().people(WORKSPACE).unwrap();
    assert_eq!(people, [Profile { member: ME, name: "Olivia Owner".to_owned() }], "as the account is called");

    // A replica that follows it from there is in step.
    let hello = json!({
        "protocol": 1, "client": CLIENT, "sent_at": 5, "queues": [],
        "cursor": answer.arrived,
    });
    let greeted = test.post(&format!("/api/v1/workspaces/{WORKSPACE}/hello"), &hello).await.json();
    assert_eq!((&greeted["action"], &greeted["member"]), (&json!("tail"), &json!(ME)));
}

#[tokio::test]
async fn the_same_again_is_answered_as_the_first_time() {
    let test = TestApp::new();
    let (_, lines) = on_device(0);
    let first = imported(&test.import(&lines).await);
    let again = imported(&test.import(&lines).await);
    assert_eq!((again.arrived, again.digest), (first.arrived, first.digest));
    assert_eq!(again.session.workspaces, first.session.workspaces);
    let state = test.app.workspace(WORKSPACE).unwrap().state();
    let here = again.here.map(|here| (here.events, here.digest));
    assert_eq!((first.here, here), (None, Some((state.cursor.seq, state.workspace.digest()))));
    assert_eq!(state.cursor.seq, first.arrived.seq + 1, "nothing was changed");
    assert_eq!(test.app.workspaces().len(), 2);
    // Gone on with elsewhere, it is another history.
    let (_, other) = on_device(1);
    assert_eq!(test.import(&other).await.error(), (409, "fork".to_owned()));
}

#[tokio::test]
async fn what_is_no_whole_workspace_is_not_taken_in() {
    let test = TestApp::new();
    let (_, lines) = on_device(0);
    let all: Vec<_> = lines.lines().collect();
    let altered = lines.replace("Lifts more", "Lifts less");
    let without_one = [&all[..5], &all[6..]].concat().join("\n");
    let cut = all[..all.len() - 1].join("\n");
    let beheaded = all[1..].join("\n");
    let longer = format!("{lines}{}\n", all[1]);
    for wrong in [altered.as_str(), &without_one, &cut, &beheaded, &longer, "", "{}", "\u{0}\n"] {
        assert_eq!(test.import(wrong).await.error(), (400, "malformed".to_owned()), "{wrong}");
    }
    assert_eq!(test.app.workspaces().len(), 1, "something was taken in");
    imported(&test.import(&lines).await);
}

#[tokio::test]
async fn only_lines_are_taken_and_only_so_many() {
    let test = TestApp::new();
    let answer = test.post("/api/v1/workspaces/import", &json!({})).await;
    assert_eq!(answer.error(), (415, "unsupported_media_type".to_owned()));
    let too_large = Request::post("/api/v1/workspaces/import")
        .header(header::CONTENT_TYPE, "application/x-ndjson")
        .header(header::HOST, "localhost")
        .header(header::CONTENT_LENGTH, "67108865");
    let answer = test.send(too_large.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.error(), (413, "too_large".to_owned()));
}

#[tokio::test]
async fn only_who_may_make_workspaces_brings_one() {
    let mut test = TestApp::new();
    let (_, lines) = on_device(0);
    // Somebody who is no admin anywhere on this server.
    let (approver, _) = test.join(7, Role::Approver).await;
    let owner = std::mem::take(&mut test.session);
    assert_eq!(test.import(&lines).await.error(), (401, "sign_in_needed".to_owned()));
    test.session = approver;
    assert_eq!(test.import(&lines).await.error(), (403, "forbidden".to_owned()));
    test.session = owner;
    imported(&test.import(&lines).await);
}

#[tokio::test]
async fn a_workspace_that_is_somebody_elses_is_not_given_away() {
    let mut test = TestApp::new();
    let (_, lines) = on_device(0);
    let (other, _) = test.join(8, Role::Admin).await;
    imported(&test.import(&lines).await);
    // Another admin on this server has the same file, and is nobody in it.
    test.session = other;
    assert_eq!(test.import(&lines).await.error(), (409, "fork".to_owned()));
    let path = format!("/api/v1/workspaces/{WORKSPACE}/snapshot");
    assert_eq!(test.get(&path).await.error(), (404, "not_found".to_owned()));
}
