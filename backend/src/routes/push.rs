//! Commands in, an outcome for each out.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Request;
use slipway_shared::sync::protocol::{
    OLDEST_PROTOCOL, PROTOCOL, PUSH_BYTES, PUSH_COMMANDS, PushRequest, PushResponse,
};

use super::{body, known};
use crate::app::App;
use crate::error::Failure;
use crate::writer::Push;

/// Gives commands their place, all of them or none.
pub(crate) async fn push(
    State(app): State<App>,
    Path(workspace): Path<String>,
    request: Request<Body>,
) -> Result<Json<PushResponse>, Failure> {
    known(&app, &workspace)?;
    let PushRequest { protocol, epoch, sent_at, commands } = body::json(request, PUSH_BYTES).await?;
    if !(OLDEST_PROTOCOL..=PROTOCOL).contains(&protocol) {
        return Err(Failure::upgrade());
    }
    if commands.len() > PUSH_COMMANDS {
        return Err(Failure::too_many(commands.len()));
    }
    if *app.draining().borrow() {
        return Err(Failure::shutting_down());
    }
    let push = Push { actor: app.local_member(), epoch, sent_at, commands };
    let pushed = app.writer().push(push).await?;
    Ok(Json(PushResponse { server_ms: app.clock().now(), epoch, head: pushed.head, results: pushed.results }))
}
