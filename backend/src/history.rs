//! The log of accounts, read from its first event to its last and verified link by link.

use slipway_shared::audit::{AccountEvent, AccountPlace, account_chain};

use crate::store::StoreError;
use crate::store::accounts::AccountEventRow;
use crate::store::sqlite::Inspector;

/// How many events are read at once.
const PAGE: usize = 1000;

/// Why the log of accounts can't be read to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HistoryError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something is not what was written.
    #[error("event {0} of the log of accounts is not what was written")]
    Broken(u64),
    /// It ends too early or too late.
    #[error("the log of accounts ends at event {reached}, its end is said to be {head}")]
    End {
        /// The newest event that is there.
        reached: u64,
        /// The one that should be.
        head: u64,
    },
}

/// Passes every event on once it is verified. Returns where the log ends; `None` for a file of an older version, which
/// has none.
pub(crate) fn each_verified<E: From<HistoryError>>(
    inspector: &Inspector,
    mut act: impl FnMut(&AccountEventRow) -> Result<(), E>,
) -> Result<Option<AccountPlace>, E> {
    let mut reached = AccountPlace::default();
    loop {
        let page = inspector.history(reached.seq, PAGE).map_err(HistoryError::from)?;
        let Some((events, head)) = page else { return Ok(None) };
        if events.is_empty() {
            let end = HistoryError::End { reached: reached.seq, head: head.seq };
            return if reached == head { Ok(Some(head)) } else { Err(end.into()) };
        }
        for row in &events {
            reached = follow(reached, row).ok_or(HistoryError::Broken(reached.seq + 1))?;
            act(row)?;
        }
    }
}

/// Returns the place of an event that is the next one; `None` where it is not, or says something else than is kept
/// beside it.
fn follow(before: AccountPlace, row: &AccountEventRow) -> Option<AccountPlace> {
    let event: AccountEvent = serde_json::from_str(&row.body).ok()?;
    let is_next = row.seq == before.seq + 1 && row.chain == account_chain(before.chain, &row.body);
    let says_the_same = (event.seq, event.account, event.workspace) == (row.seq, row.account, row.workspace);
    (is_next && says_the_same).then_some(AccountPlace { seq: row.seq, chain: row.chain })
}
