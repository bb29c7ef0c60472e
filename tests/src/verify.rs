//! Whether a log keeps what was promised: dense, chained, every acknowledged command in it, none twice.

use std::collections::BTreeMap;
use std::io::Write as _;

use slipway_shared::canonical::Hash;
use slipway_shared::ids::{CommandKey, EpochId};
use slipway_shared::log::{Cursor, Payload, StoredEvent};
use slipway_shared::sync::protocol::{CommandResult, Outcome, OutcomeStatus};
use slipway_shared::workspace::Workspace;

/// A log that was read from its first event on and found whole.
#[derive(Clone, Debug)]
pub struct VerifiedLog {
    /// The state it leads to.
    pub workspace: Workspace,
    /// Its head.
    pub cursor: Cursor,
    /// The first and last event of each command that has any.
    pub commands: BTreeMap<CommandKey, (u64, u64)>,
}

/// Reads a whole log: numbers without gaps, an unbroken chain, the events of each command together and complete.
///
/// # Panics
///
/// When it is otherwise.
#[must_use]
pub fn read_log(epoch: EpochId, log: &[StoredEvent]) -> VerifiedLog {
    let mut cursor = Cursor { epoch, seq: 0, chain: Hash::ZERO };
    let mut workspace = Workspace::default();
    let mut commands: BTreeMap<CommandKey, (u64, u64)> = BTreeMap::new();
    let mut open: Option<(CommandKey, u32)> = None;
    for stored in log {
        let event = stored.read_after(&cursor).unwrap();
        let header = &event.header;
        let expected = open.filter(|(_, more)| *more > 0);
        if let Some((command, more)) = expected {
            assert_eq!(
                (header.command, header.more),
                (command, more - 1),
                "event {} tears a command",
                header.seq
            );
        } else {
            let before = commands.insert(header.command, (header.seq, header.seq));
            assert_eq!(
                before, None,
                "command {} happened twice, again at event {}",
                header.command, header.seq
            );
        }
        if let Some(range) = commands.get_mut(&header.command) {
            range.1 = header.seq;
        }
        open = Some((header.command, header.more));
        if let Payload::Known(known) = &event.payload {
            workspace.apply(&header.origin(), known);
        }
        cursor = Cursor { seq: header.seq, chain: event.chain, ..cursor };
    }
    assert!(open.is_none_or(|(_, more)| more == 0), "the log ends in the midst of a command");
    VerifiedLog { workspace, cursor, commands }
}

impl VerifiedLog {
    /// Looks for what was acknowledged: where it said there are events, they are there and nowhere else.
    ///
    /// # Panics
    ///
    /// When an acknowledged command is not as it was acknowledged.
    pub fn holds(&self, acknowledged: &BTreeMap<CommandKey, Outcome>) {
        for (key, outcome) in acknowledged {
            let found = self.commands.get(key).copied();
            assert_eq!(found, outcome.events, "command {key} was acknowledged as {outcome:?}");
            let happened = matches!(outcome.status, OutcomeStatus::Applied | OutcomeStatus::Merged);
            assert_eq!(found.is_some(), happened, "command {key} was acknowledged as {outcome:?}");
        }
    }
}

/// Notes the outcomes of a push among those that were acknowledged before.
///
/// # Panics
///
/// When a command that has an outcome got another one.
pub fn note(acknowledged: &mut BTreeMap<CommandKey, Outcome>, results: &[CommandResult]) {
    for result in results {
        let key = CommandKey { client: result.client, seq: result.seq };
        let before = acknowledged.insert(key, result.outcome.clone());
        assert!(
            before.as_ref().is_none_or(|before| *before == result.outcome),
            "command {key} was {before:?} and is {:?}",
            result.outcome
        );
    }
}

/// Tells what a test checked: on its own output, and in the end of `script/test`.
///
/// That prints the file `SLIPWAY_TOTALS` names, one line of it for each test. Where this crate can't be used, as in the tests of `shared`, append the same line:
/// `NAME: WHAT`, written at once, so that tests that run side by side don't mix theirs.
///
/// # Panics
///
/// When the file can't be written.
#[expect(clippy::print_stderr, reason = "what was counted belongs into the report")]
pub fn total(name: &str, what: &str) {
    let line = format!("{name}: {what}\n");
    eprint!("{line}");
    if let Some(path) = std::env::var_os("SLIPWAY_TOTALS") {
        let file = std::fs::File::options().create(true).append(true).open(path);
        file.unwrap().write_all(line.as_bytes()).unwrap();
    }
}
