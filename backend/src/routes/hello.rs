//! Where a replica stands, and what it has to do next.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Request;
use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::log::Cursor;
use slipway_shared::sync::protocol::{
    HelloAction, HelloRequest, HelloResponse, OLDEST_PROTOCOL, PROTOCOL, QueuePosition,
};

use super::{blocking, body, known};
use crate::app::App;
use crate::error::Failure;

/// The most bytes of a `hello`: after a restore a browser names every queue of weeks, one for each page load.
const LIMIT: usize = 256 * 1024;

/// Answers a `hello`.
pub(crate) async fn hello(
    State(app): State<App>,
    Path(workspace): Path<String>,
    request: Request<Body>,
) -> Result<Json<HelloResponse>, Failure> {
    known(&app, &workspace)?;
    let hello: HelloRequest = body::json(request, LIMIT).await?;
    let state = app.writer().state();
    let Cursor { epoch, seq: head, chain } = state.cursor;
    let workspace = app.workspace();
    let reader = app.reader();
    let asked = hello.cursor.map(|cursor| cursor.seq);
    let (link, people) = blocking(move || {
        let link = asked.map(|seq| reader.link(workspace, seq)).transpose()?.flatten();
        Ok((link, reader.people(workspace)?))
    })
    .await?;
    let position = |client| {
        let last_seq = state.queues.get(&client).copied().unwrap_or_default();
        QueuePosition { client, last_seq }
    };
    Ok(Json(HelloResponse {
        server_ms: app.clock().now(),
        epoch,
        head,
        chain,
        oldest: 1,
        protocol: (OLDEST_PROTOCOL, PROTOCOL),
        commands: Command::KINDS.iter().map(|(kind, version)| ((*kind).to_owned(), *version)).collect(),
        queues: hello.queues.iter().copied().map(position).collect(),
        action: action(&hello, state.cursor, link.map(|link| link.chain)),
        member: app.local_member(),
        people,
    }))
}

/// Tells what is next; `chain` is the log's hash at the replica's cursor.
fn action(hello: &HelloRequest, head: Cursor, chain: Option<Hash>) -> HelloAction {
    if !(OLDEST_PROTOCOL..=PROTOCOL).contains(&hello.protocol) {
        return HelloAction::Upgrade;
    }
    match hello.cursor {
        None => HelloAction::Snapshot,
        Some(cursor) if cursor.epoch != head.epoch || cursor.seq > head.seq => HelloAction::Fork,
        Some(Cursor { seq: 0, chain: Hash::ZERO, .. }) => HelloAction::Tail,
        Some(cursor) if chain == Some(cursor.chain) => HelloAction::Tail,
        Some(_) => HelloAction::Fork,
    }
}
