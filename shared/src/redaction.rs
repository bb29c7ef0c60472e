//! Taking a text out of a log for good: what stands in for an event that has it, and who vouches for that.
//!
//! The chain hashes the hash of each payload, so a payload can go and the chain still verifies. Another payload of the
//! same kind takes its place, in which a mark stands for the text; the event keeps the hash of what was there. What
//! stands in is not what was hashed: the event [`WorkspaceEvent::Redacted`], which is in the chain, names its hash.
//! See `docs/decisions/0022-redaction.md`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::{Hash, to_canonical};
use crate::deployment::event::DeploymentEvent;
use crate::event::{Event, WorkspaceEvent};
use crate::ids::{CommandKey, DeploymentId};
use crate::json::{self, Json};
use crate::log::{NEWEST_EVENT_VERSION, Payload, ReadEvent, StoredEvent};
use crate::workspace::Workspace;

/// The fewest characters of a text that can be taken out: shorter ones are in words that nobody means.
pub const TEXT_LEAST: usize = 6;
/// The most events a text can be taken out of at once.
pub const EVENTS_MOST: usize = 1_000;
/// What stands where the text was.
pub const MARK: &str = "[removed]";

/// `POST …/redactions`: takes a text out of everything that is kept. Answered with a [`Redacted`].
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redact {
    /// The text, as it stands there. It is never kept.
    pub text: String,
    /// Why, for everybody to read.
    pub reason: String,
    /// Whether it is only to be told what would be changed.
    #[serde(default)]
    pub is_trial: bool,
}

/// What was taken out, or would be.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    /// How many events have it.
    pub events: usize,
    /// How many deployments these are about.
    pub deployments: usize,
    /// The event that tells of it; absent where nothing was changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seq: Option<u64>,
    /// Whether the bytes are gone from the file as well. Else the server tries again until they are.
    pub is_wiped: bool,
}

/// An event whose payload another one stands in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactedEvent {
    /// Its place in the log.
    pub seq: u64,
    /// The command it came from: whoever keeps that lets go of what it said.
    pub command: CommandKey,
    /// The hash of what stands in.
    pub payload: Hash,
}

/// What is to stand in for the payload of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitute {
    /// The event.
    pub event: RedactedEvent,
    /// The payload.
    pub payload: String,
    /// What a deployment was before this event sealed it, with its hash, where that is another now.
    pub detail: Option<(DeploymentId, Hash, String)>,
}

/// The text is a part of how the log is written, such as the name of a kind: it can't be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} would not be what it is without that text")]
pub struct Unremovable {
    /// The first event that would not be readable any more.
    pub seq: u64,
}

/// Takes a text out of a log, event by event from the first on.
#[derive(Clone, Debug)]
pub struct Redactor<'a> {
    text: &'a str,
    /// What the log leads to without the text.
    state: Workspace,
    /// The deployments that had it.
    touched: BTreeSet<DeploymentId>,
}

impl<'a> Redactor<'a> {
    /// Begins at the first event.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, state: Workspace::default(), touched: BTreeSet::new() }
    }

    /// Returns how many deployments had the text so far.
    #[must_use]
    pub fn deployments(&self) -> usize {
        self.touched.len()
    }

    /// Takes the next event, and returns what has to stand in for its payload; `None` where it stays.
    ///
    /// # Errors
    ///
    /// When the event could not be read any more without the text.
    pub fn take(&mut self, read: &ReadEvent, event: &StoredEvent) -> Result<Option<Substitute>, Unremovable> {
        let seq = read.header.seq;
        let Some(payload) = &event.payload else { return Ok(None) };
        let without = without(payload, self.text);
        let changed = without.as_deref().unwrap_or(payload);
        let Payload::Known(known) = &read.payload else {
            return Ok(without.map(|payload| substitute(read, payload, None)));
        };
        let known = match &without {
            None => known.clone(),
            Some(_) => read_again(read, changed).ok_or(Unremovable { seq })?,
        };
        if let (Some(_), Event::Deployment(about)) = (&without, &known) {
            self.touched.insert(about.deployment());
        }
        let (known, detail) = self.sealed_again(known);
        self.state.apply(&read.header.origin(), &known);
        if without.is_none() && detail.is_none() {
            return Ok(None);
        }
        let payload = to_canonical(&known).map_err(|_| Unremovable { seq })?;
        // What this build does not know of the event has to stay: only a new seal is written anew.
        let payload = if detail.is_some() { payload } else { changed.to_owned() };
        Ok(Some(substitute(read, payload, detail)))
    }

    /// Returns an event that seals a deployment, with the hash of what it is without the text.
    fn sealed_again(&self, event: Event) -> (Event, Option<(DeploymentId, Hash, String)>) {
        let Event::Deployment(DeploymentEvent::Sealed { deployment, detail, gates_open, stages }) = event
        else {
            return (event, None);
        };
        let known = self.state.deployments.get(&deployment).filter(|_| self.touched.contains(&deployment));
        let body = known.map(|known| Json::of(known.as_ref()));
        let anew = body.filter(|body| body.hash() != detail);
        let hash = anew.as_ref().map_or(detail, Json::hash);
        let sealed = DeploymentEvent::Sealed { deployment, detail: hash, gates_open, stages };
        (Event::Deployment(sealed), anew.map(|body| (deployment, hash, body.text().to_owned())))
    }
}

fn substitute(read: &ReadEvent, payload: String, detail: Option<(DeploymentId, Hash, String)>) -> Substitute {
    let hash = Hash::of(&[payload.as_bytes()]);
    let event = RedactedEvent { seq: read.header.seq, command: read.header.command, payload: hash };
    Substitute { event, payload, detail }
}

/// Reads what is to stand in for a payload; `None` where it is not of the same kind any more.
fn read_again(read: &ReadEvent, payload: &str) -> Option<Event> {
    let event: Event = json::read(payload).ok()?;
    (event.kind() == read.header.kind && read.header.v <= NEWEST_EVENT_VERSION).then_some(event)
}

/// Returns canonical JSON with the mark in place of a text wherever that is in a text; `None` where it is in none.
#[must_use]
pub fn without(json: &str, text: &str) -> Option<String> {
    let mut tree: Value = json::read(json).ok()?;
    let changed = take_out(&mut tree, text);
    changed.then(|| to_canonical(&tree).ok()).flatten()
}

fn take_out(value: &mut Value, text: &str) -> bool {
    match value {
        Value::String(known) if known.contains(text) && (known == text || !is_no_text(known)) => {
            *known = known.replace(text, MARK);
            true
        }
        Value::Array(items) => any_changed(items.iter_mut(), text),
        Value::Object(fields) => {
            let texts = fields.iter_mut().filter(|(name, _)| *name != "rank");
            any_changed(texts.map(|(_, field)| field), text)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Takes a text out of all of them, and tells whether any had it.
fn any_changed<'a>(values: impl Iterator<Item = &'a mut Value>, text: &str) -> bool {
    values.filter_map(|value| take_out(value, text).then_some(())).count() > 0
}

/// Tells whether something looks like an id or a hash, of which a part says nothing. A whole one may well be a key that
/// somebody pasted; where it is an id, the event can't be read without it.
fn is_no_text(text: &str) -> bool {
    uuid::Uuid::parse_str(text).is_ok() || text.parse::<Hash>().is_ok()
}

/// What stands in for payloads and is vouched for by no event yet, on the way through a whole log.
#[derive(Clone, Debug, Default)]
pub struct Vouchers {
    waiting: BTreeMap<u64, Hash>,
}

impl Vouchers {
    /// Takes the next event.
    pub fn take(&mut self, read: &ReadEvent, event: &StoredEvent) {
        if let (Some(payload), Some(_)) = (&event.payload, event.payload_hash) {
            self.waiting.insert(read.header.seq, Hash::of(&[payload.as_bytes()]));
        }
        if let Payload::Known(Event::Workspace(WorkspaceEvent::Redacted { events, .. })) = &read.payload {
            for RedactedEvent { seq, payload, .. } in events {
                if self.waiting.get(seq) == Some(payload) {
                    self.waiting.remove(seq);
                }
            }
        }
    }

    /// Returns the first event that something stands in for and nobody vouches for.
    #[must_use]
    pub fn missing(&self) -> Option<u64> {
        self.waiting.keys().next().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ClientId, EpochId, MemberId};
    use crate::log::{Cursor, EventHeader, LogError, store};
    use crate::time::Timestamp;

    #[test]
    fn texts_lose_it_and_nothing_else_does() {
        let id = "0192aabb-cc00-7000-8000-000000000001";
        let table = [
            (r#"{"a":"the secret is out"}"#, Some(r#"{"a":"the [removed] is out"}"#)),
            (
                r#"{"a":["secret",1,true,null,{"b":"secretsecret"}]}"#,
                Some(r#"{"a":["[removed]",1,true,null,{"b":"[removed][removed]"}]}"#),
            ),
            (r#"{"secret":"x"}"#, None),
            (r#"{"rank":"secret"}"#, None),
            (r#"{"a":"Secret"}"#, None),
        ];
        for (json, expected) in table {
            assert_eq!(without(json, "secret").as_deref(), expected, "{json}");
        }
        assert_eq!(without(&format!("{{\"a\":\"{id}\"}}"), "0192aabb"), None);
        assert_eq!(
            without(&format!("{{\"a\":\"see {id}\"}}"), "0192aabb"),
            Some(format!("{{\"a\":\"see [removed]{}\"}}", &id[8..]))
        );
        let hash = Hash([0xab; 32]);
        assert_eq!(without(&format!("{{\"a\":\"{hash}\"}}"), "ababab"), None);
        for key in [id.to_owned(), id.replace('-', ""), hash.to_string()] {
            let gone = Some(r#"{"a":"[removed]"}"#);
            assert_eq!(without(&format!("{{\"a\":\"{key}\"}}"), &key).as_deref(), gone, "{key}");
        }
    }

    fn written(seq: u64, event: &Event, previous: Hash) -> StoredEvent {
        let header = EventHeader {
            seq,
            kind: event.kind().to_owned(),
            v: event.version(),
            command: CommandKey { client: ClientId::from_u128(1), seq },
            actor: MemberId::from_u128(1),
            device: None,
            carried_by: None,
            at: Timestamp(5),
            effective: Timestamp(5),
            received: Timestamp(5),
            more: 0,
        };
        store(previous, &header, event).expect("an event is JSON")
    }

    fn called(name: &str) -> Event {
        Event::Workspace(WorkspaceEvent::Renamed { name: name.to_owned() })
    }

    const START: Cursor = Cursor { epoch: EpochId::from_u128(1), seq: 0, chain: Hash::ZERO };

    /// An event with something in the place of its payload, and what the redactor says of it.
    fn substituted() -> (StoredEvent, Substitute) {
        let event = written(1, &called("My secret"), Hash::ZERO);
        let read = event.read_after(&START).expect("it follows");
        let found = Redactor::new("secret")
            .take(&read, &event)
            .expect("it can be taken out")
            .expect("it is in there");
        let there = Hash::of(&[event.payload.as_deref().unwrap_or_default().as_bytes()]);
        (StoredEvent { payload: Some(found.payload.clone()), payload_hash: Some(there), ..event }, found)
    }

    #[test]
    fn the_chain_holds_with_what_stands_in_and_followers_do_not_take_it() {
        let (event, found) = substituted();
        assert_eq!(event.read_after(&START), Err(LogError::ChainBroken { seq: 1 }));
        let read = event.read_redacted_after(&START).expect("the chain holds");
        assert_eq!(read.payload, Payload::Known(called("My [removed]")));
        assert_eq!(found.event.command, read.header.command);
        let whole = written(1, &called("whole"), Hash::ZERO);
        assert_eq!(whole.read_redacted_after(&START), whole.read_after(&START));
    }

    #[test]
    fn only_an_event_that_names_its_hash_vouches_for_what_stands_in() {
        let (event, found) = substituted();
        let read = event.read_redacted_after(&START).expect("the chain holds");
        let other = RedactedEvent { payload: Hash([7; 32]), ..found.event };
        for (named, missing) in [(vec![], Some(1)), (vec![other], Some(1)), (vec![other, found.event], None)]
        {
            let mut vouchers = Vouchers::default();
            vouchers.take(&read, &event);
            assert_eq!(vouchers.missing(), Some(1));
            let told = Event::Workspace(WorkspaceEvent::Redacted { events: named, reason: String::new() });
            let told = written(2, &told, read.chain);
            let after = Cursor { seq: 1, chain: read.chain, ..START };
            vouchers.take(&told.read_after(&after).expect("it follows"), &told);
            assert_eq!(vouchers.missing(), missing);
        }
    }

    #[test]
    fn a_word_of_how_the_log_is_written_can_not_be_taken_out() {
        let member = MemberId::from_u128(2);
        let joined =
            Event::Member(crate::member::MemberEvent::Joined { member, role: crate::member::Role::Approver });
        let event = written(1, &joined, Hash::ZERO);
        let read = event.read_after(&START).expect("it follows");
        assert_eq!(Redactor::new("approver").take(&read, &event), Err(Unremovable { seq: 1 }));
        assert_eq!(Redactor::new("joined").take(&read, &event), Ok(None), "the name of a kind is no text");
        let id = member.to_string();
        assert_eq!(Redactor::new(&id).take(&read, &event), Err(Unremovable { seq: 1 }), "it is who joined");
    }
}
