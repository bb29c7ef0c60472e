//! Where a replica stands, and what it has to do next.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use slipway_shared::sync::greeting::{self, Greeted};
use slipway_shared::sync::protocol::{HelloRequest, HelloResponse};

use super::{blocking, body};
use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;

/// The most bytes of a `hello`: after a restore a browser names every queue of weeks, one for each page load.
const LIMIT: usize = 256 * 1024;

/// Answers a `hello`.
pub(crate) async fn hello(
    State(app): State<App>,
    asks: InWorkspace,
    request: Request<Body>,
) -> Result<Json<HelloResponse>, Failure> {
    let hello: HelloRequest = body::json(request, LIMIT).await?;
    let state = asks.workspace.state();
    let epoch = state.cursor.epoch;
    let workspace = asks.workspace.id();
    let reader = app.reader();
    let asked = hello.cursor.map(|cursor| cursor.seq);
    let (link, restored, people) = blocking(move || {
        let link = asked.map(|seq| reader.link(workspace, seq)).transpose()?.flatten();
        let present = reader.timelines(workspace)?.into_iter().find(|timeline| timeline.epoch == epoch);
        let restored = present.map(|timeline| reader.link(workspace, timeline.began)).transpose()?.flatten();
        Ok((link, restored, reader.people(workspace)?))
    })
    .await?;
    let greeted = Greeted {
        now: app.clock().now(),
        chain: link.map(|link| link.chain),
        restored_to: restored.map(|link| link.received),
        member: asks.member,
        people,
    };
    Ok(Json(greeting::answer(&hello, &state, greeted)))
}
