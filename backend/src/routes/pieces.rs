//! Long answers: made piece by piece on a thread of their own, while somebody reads them.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::timeout;

use crate::access::Caller;
use crate::access::shares::Share;
use crate::app::App;
use crate::error::Failure;

/// How many pieces are made ahead of who reads: what a slow reader costs in memory.
const AHEAD: usize = 8;
/// How long who reads may take for a piece. Theirs is a thread for as long.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many a session or token may have made at once, and all of an account's together: nobody takes every place.
const MOST_OF_CALLER: usize = 4;
const MOST_OF_ACCOUNT: usize = 16;

/// A piece; an error breaks the answer off.
pub(super) type Piece = Result<Bytes, std::io::Error>;

/// A place among the long answers that are made at once.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    _own: [Share; 2],
}

impl Place {
    /// Takes a place; whoever comes when all are taken, or all that they may have, is told to come again.
    pub(super) fn take(app: &App, caller: &Caller) -> Result<Self, Failure> {
        let own = |whose, most| app.long_answers_of().take(whose, most).ok_or_else(Failure::busy);
        let account = caller.account().as_u128();
        let own = [own(caller.id(), MOST_OF_CALLER)?, own(account, MOST_OF_ACCOUNT)?];
        let permit = app.long_answers().try_acquire_owned().map_err(|_| Failure::busy())?;
        Ok(Self { _permit: permit, _own: own })
    }

    /// Has an answer made. The place is free again once that is done.
    pub(super) fn answer(self, make: impl FnOnce(&Reading) + Send + 'static) -> Body {
        let (made, mut to_send) = channel(AHEAD);
        let reading = Reading { made, runtime: Handle::current() };
        tokio::task::spawn_blocking(move || {
            make(&reading);
            drop(self);
        });
        Body::from_stream(stream::poll_fn(move |context| to_send.poll_recv(context)))
    }
}

/// Whoever reads what is made.
pub(super) struct Reading {
    made: Sender<Piece>,
    runtime: Handle,
}

impl Reading {
    /// Waits until there is room for a piece; tells whether there was, in time, and somebody to read it.
    pub(super) fn send(&self, piece: Piece) -> bool {
        self.runtime.block_on(send(&self.made, piece))
    }
}

async fn send(to: &Sender<Piece>, piece: Piece) -> bool {
    let sent = timeout(PATIENCE, to.send(piece)).await;
    if sent.is_err() {
        tracing::info!(event = "slow_reader", "an answer was read too slowly and broken off");
    }
    matches!(sent, Ok(Ok(())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_given_up() {
        let (made, to_send) = channel(AHEAD);
        for number in 0..AHEAD {
            assert!(send(&made, Ok(Bytes::new())).await, "piece {number} is made ahead");
        }
        assert!(!send(&made, Ok(Bytes::new())).await);
        drop(to_send);
        assert!(!send(&made, Ok(Bytes::new())).await);
    }
}
