//! What a page looks at, told to everybody who follows the workspace.

use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use slipway_shared::sync::presence::PresenceRequest;

use super::body;
use crate::access::{Caller, InWorkspace};
use crate::app::App;
use crate::error::Failure;

/// The most bytes in a body.
const MOST_BYTES: usize = 1024;

/// Says which deployment a page looks at, or that it looks at none. It is passed on in the stream, kept for a minute and
/// stored nowhere.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/presence", tag = "sync",
    request_body = PresenceRequest,
    responses((status = 204, description = "It is passed on")),
)]
pub(crate) async fn look(
    State(app): State<App>,
    asks: InWorkspace,
    request: Request<Body>,
) -> Result<StatusCode, Failure> {
    let PresenceRequest { client, deployment } = body::json(request, MOST_BYTES).await?;
    if matches!(asks.caller, Caller::Token(_)) {
        return Err(Failure::forbidden("an API token looks at nothing: only the pages of people do"));
    }
    // What was opened offline may not have arrived yet: nobody else could see it.
    let state = asks.workspace.state();
    let known = deployment.filter(|id| state.workspace.deployments.contains_key(id));
    asks.workspace.presence().look(asks.caller.id(), client, asks.member, known, app.clock().now());
    Ok(StatusCode::NO_CONTENT)
}
