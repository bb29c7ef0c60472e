//! Where a change comes from: which command, by whom, when, and what its author had seen.

use serde::{Deserialize, Serialize};

use crate::ids::{CommandKey, MemberId};
use crate::time::Timestamp;

/// The origin of one change, kept beside what it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Its place in the log; `None` while it is a prediction.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seq: Option<u64>,
    /// The command that made it.
    pub command: CommandKey,
    /// Who acted.
    pub actor: MemberId,
    /// When it was made, by the server's clock (see [`crate::time::effective_time`]); while it is a
    /// prediction, by the device's.
    pub at: Timestamp,
}

/// What the author of a command had seen when making it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The newest place of the log that was applied on the author's replica.
    pub seq: u64,
    /// The newest command of every queue of this browser that was visible to the author, its own included.
    pub commands: Vec<CommandKey>,
}

impl Seen {
    /// Tells whether the change that `origin` describes was visible to the author.
    #[must_use]
    pub fn covers(&self, origin: &Origin) -> bool {
        origin.seq.is_some_and(|seq| seq <= self.seq)
            || self
                .commands
                .iter()
                .any(|cause| cause.client == origin.command.client && origin.command.seq <= cause.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ClientId;

    fn origin(seq: Option<u64>, client: u128, number: u64) -> Origin {
        let command = CommandKey { client: ClientId::from_u128(client), seq: number };
        Origin { seq, command, actor: MemberId::from_u128(1), at: Timestamp(0) }
    }

    #[test]
    fn the_log_up_to_the_cursor_is_seen() {
        let seen = Seen { seq: 5, commands: vec![] };
        assert!(seen.covers(&origin(Some(5), 1, 1)));
        assert!(!seen.covers(&origin(Some(6), 1, 1)));
        assert!(!seen.covers(&origin(None, 1, 1)));
    }

    #[test]
    fn own_earlier_commands_and_those_of_sibling_tabs_are_seen() {
        let seen = Seen { seq: 0, commands: vec![CommandKey { client: ClientId::from_u128(7), seq: 3 }] };
        assert!(seen.covers(&origin(Some(90), 7, 3)));
        assert!(seen.covers(&origin(None, 7, 2)));
        assert!(!seen.covers(&origin(Some(90), 7, 4)));
        assert!(!seen.covers(&origin(Some(90), 8, 1)));
    }
}
