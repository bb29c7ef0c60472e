//! The whole state, for a replica that has none.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use slipway_shared::sync::snapshot::SnapshotWriter;

use crate::access::InWorkspace;
use crate::error::Failure;

/// About how many bytes go out in one piece.
const PIECE: usize = 64 * 1024;

/// Answers with the state at the head of the log, as lines of JSON.
pub(crate) async fn snapshot(asks: InWorkspace) -> Result<Response, Failure> {
    let state = asks.workspace.state();
    // Not bounded: a slow link must not hold the thread. Where that ends early, the footer is missing.
    let (made, mut to_send) = tokio::sync::mpsc::unbounded_channel();
    tokio::task::spawn_blocking(move || {
        send_pieces(SnapshotWriter::new(&state.workspace, &state.cursor), |piece| made.send(piece).is_ok());
    });
    let pieces = stream::poll_fn(move |context| to_send.poll_recv(context));
    let body = Body::from_stream(pieces.map(Ok::<_, Infallible>));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
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
