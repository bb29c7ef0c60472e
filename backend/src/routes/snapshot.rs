//! The whole state, for a replica that has none.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use slipway_shared::sync::snapshot::SnapshotWriter;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::timeout;

use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;

/// About how many bytes go out in one piece.
const PIECE: usize = 64 * 1024;
/// How many pieces are made ahead of who reads: what a slow reader costs in memory.
const AHEAD: usize = 8;
/// How long who reads may take for a piece. Theirs is a thread for as long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Answers with the state at the head of the log, as lines of JSON. Where that ends early, the footer is missing.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/snapshot", tag = "sync",
    responses((status = 200, description = "The workspace as lines of JSON", body = String, content_type = "application/x-ndjson")),
)]
pub(crate) async fn snapshot(State(app): State<App>, asks: InWorkspace) -> Result<Response, Failure> {
    let place = app.snapshots().try_acquire_owned().map_err(|_| Failure::busy())?;
    let state = asks.workspace.state();
    let (made, mut to_send) = channel(AHEAD);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let lines = SnapshotWriter::new(&state.workspace, &state.cursor);
        send_pieces(lines, |piece| runtime.block_on(send(&made, piece)));
        drop(place);
    });
    let pieces = stream::poll_fn(move |context| to_send.poll_recv(context));
    let body = Body::from_stream(pieces.map(Ok::<_, Infallible>));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

/// Waits until there is room for a piece; tells whether there was, in time, and somebody to read it.
async fn send(to: &Sender<Bytes>, piece: Bytes) -> bool {
    let sent = timeout(PATIENCE, to.send(piece)).await;
    if sent.is_err() {
        tracing::info!(event = "slow_reader", "a snapshot was read too slowly and broken off");
    }
    matches!(sent, Ok(Ok(())))
}

/// Sends lines in pieces, while somebody takes them: who reads can begin before all is written.
fn send_pieces(lines: impl Iterator<Item = String>, mut send: impl FnMut(Bytes) -> bool) {
    let mut piece = String::with_capacity(PIECE * 2);
    for line in lines {
        piece.push_str(&line);
        piece.push('\n');
        if piece.len() >= PIECE {
            let full = std::mem::replace(&mut piece, String::with_capacity(PIECE * 2));
            if !send(Bytes::from(full)) {
                return;
            }
        }
    }
    send(Bytes::from(piece));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_given_up() {
        let (made, to_send) = channel(AHEAD);
        for number in 0..AHEAD {
            assert!(send(&made, Bytes::new()).await, "piece {number} is made ahead");
        }
        assert!(!send(&made, Bytes::new()).await);
        drop(to_send);
        assert!(!send(&made, Bytes::new()).await);
    }
}
