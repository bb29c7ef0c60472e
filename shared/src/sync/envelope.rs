//! A command with what the server has to know to judge it, and its form on the wire.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::{Hash, canonical_hash, to_canonical};
use crate::command::Command;
use crate::ids::{ClientId, CommandKey, DeviceId};
use crate::json;
use crate::log::Cursor;
use crate::origin::Seen;
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// A command as a replica made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandEnvelope {
    /// Its name.
    pub key: CommandKey,
    /// When it was made, by the clock of the device.
    pub at: Timestamp,
    /// The newest place of the log its author had seen.
    pub seen: u64,
    /// What tells which log that was: the [mark](mark_of) of the chain there; `None` where nothing was seen.
    pub seen_chain: Option<String>,
    /// The newest command of every sibling queue of this browser its author had seen. Those go first.
    pub causes: Vec<CommandKey>,
    /// What is asked for.
    pub command: Command,
}

/// A device's signature over a command; checked at the edges. Its place is kept from the first version on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The device whose key made it.
    pub device: DeviceId,
    /// The signature, ECDSA over P-256, in base64url.
    pub value: String,
}

/// A command on the wire and in the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WireCommand {
    /// The page load that made it.
    pub client: ClientId,
    /// Its number there, from 1.
    pub seq: u64,
    /// When it was made, by the clock of the device.
    pub at: Timestamp,
    /// The newest place of the log its author had seen.
    pub seen: u64,
    /// The [mark](mark_of) of the chain at that place: on another timeline the place means something else.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seen_chain: Option<String>,
    /// The newest command of every sibling queue its author had seen.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub causes: Vec<CommandKey>,
    /// The name of its kind.
    pub kind: String,
    /// The version of its kind.
    pub v: u16,
    /// What is asked for.
    pub body: Value,
    /// The signature of the device it was made on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signature: Option<Signature>,
}

/// Up to where an author had seen a log, as a command says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenLog {
    /// The newest event; 0 for none.
    pub seq: u64,
    /// What says on which timeline, see [`mark_of`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub chain: Option<String>,
}

impl From<Cursor> for SeenLog {
    fn from(cursor: Cursor) -> Self {
        Self { seq: cursor.seq, chain: (cursor.seq > 0).then(|| mark_of(cursor.chain)) }
    }
}

impl CommandEnvelope {
    /// Returns up to where its author had seen the log.
    #[must_use]
    pub fn seen_log(&self) -> SeenLog {
        SeenLog { seq: self.seen, chain: self.seen_chain.clone() }
    }

    /// Returns the command's form on the wire.
    #[must_use]
    pub fn to_wire(&self) -> WireCommand {
        let kind = self.command.kind();
        WireCommand {
            client: self.key.client,
            seq: self.key.seq,
            at: self.at,
            seen: self.seen,
            seen_chain: self.seen_chain.clone(),
            causes: self.causes.clone(),
            kind: kind.to_owned(),
            v: Command::newest_version(kind).unwrap_or(1),
            // No command can fail here: map keys are texts and numbers are integers.
            body: serde_json::to_value(&self.command).unwrap_or(Value::Null),
            signature: None,
        }
    }

    /// Returns what the author had seen: the log up to a place, the sibling queues, and their own queue.
    #[must_use]
    pub fn seen(&self) -> Seen {
        let own = CommandKey { client: self.key.client, seq: self.key.seq - 1 };
        Seen { seq: self.seen, commands: self.causes.iter().copied().chain([own]).collect() }
    }
}

/// Returns what a command says of the chain at the place its author had seen: 16 hex digits, enough to tell apart
/// the few timelines a workspace ever has.
#[must_use]
pub fn mark_of(chain: Hash) -> String {
    chain.to_string().chars().take(16).collect()
}

impl WireCommand {
    /// Returns the place of this log up to which its author had seen it.
    ///
    /// `head` is the newest place, `chain` the log's hash at the command's own `seen`, `base` up to where the log is
    /// the same on every timeline there was. Where the mark is not this log's the author saw another timeline: what
    /// both have in common counts as seen, and no more.
    #[must_use]
    pub fn seen_of(&self, head: u64, chain: Option<Hash>, base: u64) -> u64 {
        if self.seen == 0 {
            return 0;
        }
        let is_ours = match (&self.seen_chain, chain) {
            (Some(mark), Some(chain)) => *mark == mark_of(chain),
            // Commands of the first builds carry no mark.
            (None, _) => self.seen <= head,
            (Some(_), None) => false,
        };
        if is_ours { self.seen } else { self.seen.min(base) }
    }

    /// Returns the command's name.
    #[must_use]
    pub const fn key(&self) -> CommandKey {
        CommandKey { client: self.client, seq: self.seq }
    }

    /// Returns the hash that tells whether two commands with one name are the same.
    #[must_use]
    pub fn hash(&self) -> Hash {
        canonical_hash(self)
    }

    /// Tells whether the body holds nothing that the command doesn't: its nested parts are those of events, which
    /// keep what they don't know, and a command that asks for more than is understood must not half happen.
    fn says_no_more_than(&self, command: &Command) -> bool {
        match (to_canonical(&self.body), to_canonical(command)) {
            (Ok(body), Ok(command)) => body == command,
            _ => false,
        }
    }

    /// Reads the command; older versions of its kind are brought up to the newest one here.
    ///
    /// # Errors
    ///
    /// When its kind or version is not known here, or it has fields its version does not have.
    pub fn read(&self) -> Result<CommandEnvelope, Rejection> {
        let unknown = || Rejection::UnknownCommand { kind: self.kind.clone(), version: self.v };
        let newest = Command::newest_version(&self.kind).ok_or_else(unknown)?;
        if self.v == 0 || self.v > newest {
            return Err(unknown());
        }
        let malformed = || Rejection::MalformedCommand { kind: self.kind.clone() };
        let command = json::read::<Command>(&self.body.to_string()).map_err(|_| malformed())?;
        if command.kind() != self.kind || self.seq == 0 || !self.says_no_more_than(&command) {
            return Err(malformed());
        }
        Ok(CommandEnvelope {
            key: self.key(),
            at: self.at,
            seen: self.seen,
            seen_chain: self.seen_chain.clone(),
            causes: self.causes.clone(),
            command,
        })
    }
}
