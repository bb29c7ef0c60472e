//! The examples in `docs/` are what the types read and write. A block that begins with three backticks and `json NAME`
//! is read as the type NAME and written again.

#![cfg(not(target_arch = "wasm32"))]

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use slipway_shared::account::import::Imported;
use slipway_shared::account::{
    AcceptInvitation, Confirm, InvitationOffer, Invited, MakeToken, MakeWorkspace, NewToken, People, Session,
    SetupRequest, SetupState, SignIn, Workspaces,
};
use slipway_shared::audit::AuditPage;
use slipway_shared::redaction::{Redact, Redacted};
use slipway_shared::resource::asked::{Attest, Judge, NewDeployment, NewRollout, ReportRollout};
use slipway_shared::resource::item::RolloutItem;
use slipway_shared::resource::list::Deployments;
use slipway_shared::resource::page::{List, Place};
use slipway_shared::sync::protocol::{
    ErrorBody, EventsPage, HelloRequest, HelloResponse, PushRequest, PushResponse, StreamMessage,
};
use slipway_shared::sync::snapshot::SnapshotLine;

const PROTOCOL: &str = include_str!("../../docs/sync-protocol.md");
const API: &str = include_str!("../../docs/api.md");

/// The examples in a text, with their types.
fn examples(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let blocks = text.split("\n```json ").skip(1);
    blocks.filter_map(|block| block.split("\n```").next()?.split_once('\n')).collect()
}

#[track_caller]
fn check<T: Serialize + DeserializeOwned>(example: &str) {
    let written: Value = serde_json::from_str(example).unwrap_or_else(|error| panic!("{error} in {example}"));
    let read: T = serde_json::from_str(example).unwrap_or_else(|error| panic!("{error} in {example}"));
    assert_eq!(serde_json::to_value(&read).ok(), Some(written));
}

#[test]
fn examples_are_what_the_types_read_and_write() {
    let examples: Vec<_> = examples(PROTOCOL).into_iter().chain(examples(API)).collect();
    assert!(examples.len() > 10, "the examples are not found any more");
    for (name, example) in examples {
        match name {
            "Session" => check::<Session>(example),
            "HelloRequest" => check::<HelloRequest>(example),
            "HelloResponse" => check::<HelloResponse>(example),
            "SnapshotLine" => check::<SnapshotLine>(example),
            "EventsPage" => check::<EventsPage>(example),
            "StreamMessage" => check::<StreamMessage>(example),
            "PresenceRequest" => check::<slipway_shared::sync::presence::PresenceRequest>(example),
            "PushRequest" => check::<PushRequest>(example),
            "PushResponse" => check::<PushResponse>(example),
            "ErrorBody" => check::<ErrorBody>(example),
            "SetupState" => check::<SetupState>(example),
            "SetupRequest" => check::<SetupRequest>(example),
            "SignIn" => check::<SignIn>(example),
            "Confirm" => check::<Confirm>(example),
            "People" => check::<People>(example),
            "Invited" => check::<Invited>(example),
            "InvitationOffer" => check::<InvitationOffer>(example),
            "AcceptInvitation" => check::<AcceptInvitation>(example),
            "Imported" => check::<Imported>(example),
            "MakeToken" => check::<MakeToken>(example),
            "NewToken" => check::<NewToken>(example),
            "AuditPage" => check::<AuditPage>(example),
            "Redact" => check::<Redact>(example),
            "Redacted" => check::<Redacted>(example),
            "Deployments" => check::<Deployments>(example),
            "NewDeployment" => check::<NewDeployment>(example),
            "NewRollout" => check::<NewRollout>(example),
            "RolloutItem" => check::<RolloutItem>(example),
            "ReportRollout" => check::<ReportRollout>(example),
            "Attest" => check::<Attest>(example),
            "Judge" => check::<Judge>(example),
            "Workspaces" => check::<Workspaces>(example),
            "MakeWorkspace" => check::<MakeWorkspace>(example),
            other => panic!("no type {other} is known here"),
        }
    }
}

#[test]
fn the_command_and_the_event_in_the_examples_are_real() {
    let all = examples(PROTOCOL);
    let find = |name| all.iter().find(|(known, _)| *known == name).map(|(_, example)| *example);
    let push: PushRequest =
        serde_json::from_str(find("PushRequest").expect("there is one")).expect("checked above");
    assert!(push.commands.iter().all(|wire| wire.read().is_ok()));
    let page: EventsPage =
        serde_json::from_str(find("EventsPage").expect("there is one")).expect("checked above");
    for event in &page.events {
        let header = event.read_header().expect("a header");
        let payload = event.payload.as_deref().expect("a payload");
        let read: slipway_shared::event::Event = serde_json::from_str(payload).expect("an event");
        assert_eq!(header.kind, read.kind());
    }
}

#[test]
fn the_cursor_in_the_examples_is_a_real_one() {
    let all = examples(API);
    let list = all.iter().find(|(name, _)| *name == "Deployments").map(|(_, example)| *example);
    let list: Deployments = serde_json::from_str(list.expect("there is one")).expect("checked above");
    let last = list.deployments.last().expect("one");
    let place = Place::newest_first(last.opened.at, last.id.as_u128());
    assert_eq!(list.next, Some(List::Deployments.cursor(&place)));
}

/// What the texts say about numbers.
#[test]
fn the_limits_in_the_texts_are_those_of_the_code() {
    use slipway_shared::sync::protocol::{COMMAND_BYTES, HEARTBEAT_MS, PAGE_EVENTS, PROTOCOL as VERSION};
    use slipway_shared::sync::protocol::{PUSH_BYTES, PUSH_COMMANDS};
    assert!(PROTOCOL.contains(&format!("protocol version {VERSION}.")));
    assert!(PROTOCOL.contains(&format!("At most {PUSH_COMMANDS} commands and {} KiB", PUSH_BYTES / 1024)));
    assert!(PROTOCOL.contains(&format!("at most {} KiB. The app refuses", COMMAND_BYTES / 1024)));
    assert!(PROTOCOL.contains(&format!("`limit` is at most, and by default, {PAGE_EVENTS}")));
    assert!(PROTOCOL.contains(&format!("every {} seconds", HEARTBEAT_MS / 1_000)));
}
