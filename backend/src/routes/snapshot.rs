//! The whole state, for a replica that has none.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use slipway_shared::sync::snapshot::SnapshotWriter;

use super::{blocking, known};
use crate::app::App;
use crate::error::Failure;

/// About how many bytes go out in one piece.
const PIECE: usize = 64 * 1024;

/// Answers with the state at the head of the log, as lines of JSON.
pub(crate) async fn snapshot(
    State(app): State<App>,
    Path(workspace): Path<String>,
) -> Result<Response, Failure> {
    known(&app, &workspace)?;
    let state = app.writer().state();
    let pieces = blocking(move || Ok(pieces(SnapshotWriter::new(&state.workspace, &state.cursor)))).await?;
    let body = Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, Infallible>)));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

fn pieces(lines: impl Iterator<Item = String>) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    let mut piece = String::with_capacity(PIECE * 2);
    for line in lines {
        piece.push_str(&line);
        piece.push('\n');
        if piece.len() >= PIECE {
            pieces.push(Bytes::from(std::mem::replace(&mut piece, String::with_capacity(PIECE * 2))));
        }
    }
    pieces.push(Bytes::from(piece));
    pieces
}
