//! The whole state, for a replica that has none.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use slipway_shared::sync::snapshot::SnapshotWriter;

use super::pieces::Place;
use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;

/// About how many bytes go out in one piece.
const PIECE: usize = 64 * 1024;

/// Answers with the state at the head of the log, as lines of JSON. Where that ends early, the footer is missing.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/snapshot", tag = "sync",
    responses((status = 200, description = "The workspace as lines of JSON", body = String, content_type = "application/x-ndjson")),
)]
pub(crate) async fn snapshot(State(app): State<App>, asks: InWorkspace) -> Result<Response, Failure> {
    let place = Place::take(&app, &asks.caller)?;
    let state = asks.workspace.state();
    let body = place.answer(move |to| {
        send_pieces(SnapshotWriter::new(&state.workspace, &state.cursor), |piece| to.send(Ok(piece)));
    });
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
