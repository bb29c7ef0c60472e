//! The answer to `hello`: where the log is, and what a replica has to do next. The same from a server and from a device
//! that is its own.

use super::admission::Sequencer;
use super::protocol::{HelloAction, HelloRequest, HelloResponse, OLDEST_PROTOCOL, PROTOCOL, QueuePosition};
use crate::canonical::Hash;
use crate::command::Command;
use crate::ids::{CommandKey, MemberId};
use crate::log::Cursor;
use crate::member::Profile;
use crate::time::Timestamp;

/// How many events a replica may be behind before the snapshot is quicker to fetch than they are.
const WORTH_A_SNAPSHOT: u64 = 10_000;

/// What an answer says besides what follows from the log.
#[derive(Clone, Debug)]
pub struct Greeted {
    /// The time of whoever answers.
    pub now: Timestamp,
    /// The log's hash at the replica's cursor; `None` beyond the head and before the first event.
    pub chain: Option<Hash>,
    /// After a restore: when the newest event that was restored had arrived.
    pub restored_to: Option<Timestamp>,
    /// Whether the timeline began with a redaction.
    pub is_redaction: bool,
    /// The commands of the replica's queues that a redaction took something out of.
    pub redacted: Vec<CommandKey>,
    /// Who acts.
    pub member: MemberId,
    /// The people, as they are shown.
    pub people: Vec<Profile>,
}

/// Answers a `hello`.
#[must_use]
pub fn answer(hello: &HelloRequest, log: &Sequencer, greeted: Greeted) -> HelloResponse {
    let Cursor { epoch, seq: head, chain } = log.cursor;
    let position = |client| {
        let last_seq = log.queues.get(&client).copied().unwrap_or_default();
        QueuePosition { client, last_seq }
    };
    HelloResponse {
        server_ms: greeted.now,
        epoch,
        head,
        chain,
        oldest: oldest(head),
        protocol: (OLDEST_PROTOCOL, PROTOCOL),
        commands: Command::KINDS.iter().map(|(kind, version)| ((*kind).to_owned(), *version)).collect(),
        queues: hello.queues.iter().copied().map(position).collect(),
        action: action(hello, log.cursor, greeted.chain),
        restored_to: greeted.restored_to,
        is_redaction: greeted.is_redaction,
        redacted: greeted.redacted,
        member: greeted.member,
        people: greeted.people,
    }
}

/// Returns the oldest event that a replica still follows the log from.
#[must_use]
pub const fn oldest(head: u64) -> u64 {
    head.saturating_sub(WORTH_A_SNAPSHOT) + 1
}

/// Tells what is next; `chain` is the log's hash at the replica's cursor.
#[must_use]
pub fn action(hello: &HelloRequest, head: Cursor, chain: Option<Hash>) -> HelloAction {
    if !(OLDEST_PROTOCOL..=PROTOCOL).contains(&hello.protocol) {
        return HelloAction::Upgrade;
    }
    match hello.cursor {
        None => HelloAction::Snapshot,
        Some(cursor) if cursor.epoch != head.epoch || cursor.seq > head.seq => HelloAction::Fork,
        Some(cursor) if cursor.seq > 0 && chain != Some(cursor.chain) => HelloAction::Fork,
        Some(Cursor { seq: 0, chain: at_start, .. }) if at_start != Hash::ZERO => HelloAction::Fork,
        Some(cursor) if cursor.seq + 1 < oldest(head.seq) => HelloAction::Snapshot,
        Some(_) => HelloAction::Tail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ClientId, EpochId};

    const HEAD: Cursor = Cursor { epoch: EpochId::from_u128(1), seq: 25_000, chain: Hash([9; 32]) };

    #[track_caller]
    fn check(seq: u64, chain_here: Hash, expected: HelloAction) {
        let chain = if seq == 0 { Hash::ZERO } else { Hash([5; 32]) };
        let hello = HelloRequest {
            protocol: PROTOCOL,
            client: ClientId::from_u128(1),
            cursor: Some(Cursor { seq, chain, ..HEAD }),
            queues: Vec::new(),
            sent_at: Timestamp(5),
        };
        assert_eq!(action(&hello, HEAD, Some(chain_here).filter(|_| seq > 0)), expected);
    }

    #[test]
    fn a_replica_far_behind_fetches_the_snapshot() {
        let same = Hash([5; 32]);
        check(15_000, same, HelloAction::Tail);
        check(14_999, same, HelloAction::Snapshot);
        check(0, same, HelloAction::Snapshot);
        // That its history is another one is worth a word, however far behind it is.
        check(14_999, Hash([6; 32]), HelloAction::Fork);
        assert_eq!((oldest(25_000), oldest(10_000), oldest(3)), (15_001, 1, 1));
    }
}
