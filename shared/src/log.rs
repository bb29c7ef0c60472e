//! The log of a workspace: events in one dense order, each a header and a payload stored and sent as the very
//! bytes that were hashed, in a chain that still verifies when a payload was removed.

use serde::{Deserialize, Serialize};

use crate::canonical::{Hash, to_canonical};
use crate::event::Event;
use crate::ids::{CommandKey, DeviceId, EpochId, MemberId};
use crate::json;
use crate::origin::Origin;
use crate::time::Timestamp;

/// What is known of an event besides what happened. Its canonical JSON is part of the chain for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventHeader {
    /// Its place in the log: 1, 2, 3 … without gaps.
    pub seq: u64,
    /// The name of its kind.
    pub kind: String,
    /// The version of its kind.
    pub v: u16,
    /// The command that caused it.
    pub command: CommandKey,
    /// Who acted.
    pub actor: MemberId,
    /// On which device, where it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device: Option<DeviceId>,
    /// Who carried the command here, where it was not its actor.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub carried_by: Option<MemberId>,
    /// When the command was made, by the clock of the device.
    pub at: Timestamp,
    /// When the command was made, by the server's clock.
    pub effective: Timestamp,
    /// When the command reached the server.
    pub received: Timestamp,
    /// How many events of the same command follow this one. A replica never stops in between.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub more: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_zero(more: &u32) -> bool {
    *more == 0
}

impl EventHeader {
    /// Returns the origin that the event gives to what it changes.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        Origin { seq: Some(self.seq), command: self.command, actor: self.actor, at: self.effective }
    }
}

/// An event as it is stored and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredEvent {
    /// The canonical JSON of its [`EventHeader`].
    pub header: String,
    /// The canonical JSON of its [`Event`]; absent where it was redacted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub payload: Option<String>,
    /// The hash of the payload that was written, given where that is absent or another one stands in for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub payload_hash: Option<Hash>,
    /// The hash of the log up to and with this event.
    pub chain: Hash,
}

/// What an event says, as far as this build understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "nearly all are known, and each is taken apart at once")
)]
pub enum Payload {
    /// It is understood.
    Known(Event),
    /// It is of a kind or version this build doesn't know, or was redacted: the cursor moves, nothing changes.
    Opaque,
}

/// An event taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadEvent {
    /// Its header.
    pub header: EventHeader,
    /// What it says.
    pub payload: Payload,
    /// The hash of the log up to and with it.
    pub chain: Hash,
}

/// Why an event can't be taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The header is no header.
    #[error("an event's header can't be read")]
    MalformedHeader,
    /// Neither a payload nor its hash is there.
    #[error("event {seq} has neither a payload nor its hash")]
    PayloadMissing {
        /// Its place.
        seq: u64,
    },
    /// The payload is of a known kind and version, and can't be read.
    #[error("the payload of event {seq} can't be read")]
    MalformedPayload {
        /// Its place.
        seq: u64,
    },
    /// Events are missing in between.
    #[error("event {expected} is missing: {found} came")]
    Hole {
        /// The place that comes next.
        expected: u64,
        /// The place that came.
        found: u64,
    },
    /// Something stands in for a payload, and no later event says that it should.
    #[error("nothing in the log vouches for what stands in at event {seq}")]
    Unvouched {
        /// Where.
        seq: u64,
    },
    /// The hash is not what the bytes before give: another history, or altered bytes.
    #[error("the chain breaks at event {seq}")]
    ChainBroken {
        /// Where.
        seq: u64,
    },
}

/// A place in a log, with what proves that it is the same log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cursor {
    /// The timeline.
    pub epoch: EpochId,
    /// The newest event up to there; 0 before the first.
    pub seq: u64,
    /// The hash of the log up to there.
    pub chain: Hash,
}

/// A link of the chain: enough to tell whether somebody else's history is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The hash of the log up to and with it.
    pub chain: Hash,
    /// When its command arrived at whoever keeps the log.
    pub received: Timestamp,
}

/// Iterates over the commands that events come from; an event that can't be read is passed over.
pub fn commands_of(events: &[StoredEvent]) -> impl Iterator<Item = CommandKey> {
    events.iter().filter_map(|event| Some(event.read_header().ok()?.command))
}

/// Returns the chain's next hash: over the previous one, the header, and the hash of the payload.
#[must_use]
pub fn chain_hash(previous: Hash, header: &str, payload: Hash) -> Hash {
    Hash::of(&[&previous.0, header.as_bytes(), &payload.0])
}

/// Returns an event as it is stored, after `previous`.
///
/// # Errors
///
/// Never for the types of this crate; the signature follows the JSON library.
pub fn store(previous: Hash, header: &EventHeader, event: &Event) -> Result<StoredEvent, serde_json::Error> {
    let header = to_canonical(header)?;
    let payload = to_canonical(event)?;
    let chain = chain_hash(previous, &header, Hash::of(&[payload.as_bytes()]));
    Ok(StoredEvent { header, payload: Some(payload), payload_hash: None, chain })
}

impl StoredEvent {
    /// Takes the event apart, as the next one after `previous`.
    ///
    /// # Errors
    ///
    /// When it is not the next one, does not belong to this log, or can't be read; also where something stands in for
    /// its payload, which nobody who follows a log ever comes upon.
    pub fn read_after(&self, previous: &Cursor) -> Result<ReadEvent, LogError> {
        match (&self.payload, self.payload_hash) {
            (Some(payload), Some(_)) => self.read_as(previous, Some(Hash::of(&[payload.as_bytes()]))),
            (_, given) => self.read_as(previous, given),
        }
    }

    /// As [`Self::read_after`], also where something stands in for the payload. For those who read the whole log and
    /// look whether a later event vouches for that; see [`crate::redaction::Vouchers`].
    ///
    /// # Errors
    ///
    /// When it is not the next one, does not belong to this log, or can't be read.
    pub fn read_redacted_after(&self, previous: &Cursor) -> Result<ReadEvent, LogError> {
        self.read_as(previous, self.payload_hash)
    }

    /// Reads it as one whose payload had a hash, where that is not the hash of the payload that is there.
    fn read_as(&self, previous: &Cursor, given: Option<Hash>) -> Result<ReadEvent, LogError> {
        let header = self.read_header()?;
        let seq = header.seq;
        if seq != previous.seq + 1 {
            return Err(LogError::Hole { expected: previous.seq + 1, found: seq });
        }
        let payload_hash = match (&self.payload, given) {
            (_, Some(hash)) => hash,
            (Some(payload), None) => Hash::of(&[payload.as_bytes()]),
            (None, None) => return Err(LogError::PayloadMissing { seq }),
        };
        if chain_hash(previous.chain, &self.header, payload_hash) != self.chain {
            return Err(LogError::ChainBroken { seq });
        }
        let payload = self.read_payload(&header)?;
        Ok(ReadEvent { header, payload, chain: self.chain })
    }

    /// Reads the header alone.
    ///
    /// # Errors
    ///
    /// When it is no header.
    pub fn read_header(&self) -> Result<EventHeader, LogError> {
        json::read(&self.header).map_err(|_| LogError::MalformedHeader)
    }

    /// Returns the link that it is in the chain.
    ///
    /// # Errors
    ///
    /// When its header can't be read.
    pub fn link(&self) -> Result<Link, LogError> {
        Ok(Link { chain: self.chain, received: self.read_header()?.received })
    }

    fn read_payload(&self, header: &EventHeader) -> Result<Payload, LogError> {
        let Some(payload) = &self.payload else {
            return Ok(Payload::Opaque);
        };
        if header.v > NEWEST_EVENT_VERSION {
            return Ok(Payload::Opaque);
        }
        match json::read::<Event>(payload) {
            Ok(event) => Ok(Payload::Known(event)),
            Err(_) if is_known_kind(&header.kind) => Err(LogError::MalformedPayload { seq: header.seq }),
            Err(_) => Ok(Payload::Opaque),
        }
    }
}

/// The newest version of events this build reads; there is only one so far. When a kind gets a second version,
/// an upcaster from the first goes here, and its fixture stays for ever.
pub const NEWEST_EVENT_VERSION: u16 = 1;

fn is_known_kind(kind: &str) -> bool {
    Event::KINDS.contains(&kind)
}
