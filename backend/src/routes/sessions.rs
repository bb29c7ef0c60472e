//! One's own sessions: which there are, what their devices are called, and ending them.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use slipway_shared::account::{RenameSession, Sessions};
use slipway_shared::ids::SessionId;
use slipway_shared::sync::protocol::ErrorBody;

use super::extract::At;
use super::texts::device;
use super::{BODY, blocking, body};
use crate::access::sessions::info;
use crate::access::{SignedIn, endings};
use crate::app::App;
use crate::error::Failure;

/// Lists the open sessions.
#[utoipa::path(
    get, path = "/api/v1/account/sessions", tag = "account",
    security(("cookie" = [])),
    responses((status = 200, description = "The sessions of who asks", body = Sessions)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(session): SignedIn,
) -> Result<Json<Sessions>, Failure> {
    let (accounts, now) = (app.accounts(), app.clock().now());
    let rows = blocking(move || accounts.sessions(session.account, now)).await?;
    Ok(Json(Sessions { sessions: rows.iter().map(|row| info(row, Some(session.id))).collect() }))
}

/// Names a device.
#[utoipa::path(
    patch, path = "/api/v1/account/sessions/{id}", tag = "account",
    request_body = RenameSession, security(("cookie" = [])),
    responses(
        (status = 204, description = "Called so"),
        (status = 422, description = "A text is not right", body = ErrorBody),
    ),
)]
pub(crate) async fn rename(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    At(id): At<String>,
    request: Request<Body>,
) -> Result<StatusCode, Failure> {
    let id = read(&id)?;
    let change: RenameSession = body::json(request, BODY).await?;
    let (accounts, now, device) = (app.accounts(), app.clock().now(), device(&change.device)?);
    match blocking(move || accounts.rename_session(session.account, id, &device, now)).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(unknown()),
    }
}

/// Ends one session.
#[utoipa::path(
    delete, path = "/api/v1/account/sessions/{id}", tag = "account",
    security(("cookie" = [])),
    responses((status = 204, description = "It ended")),
)]
pub(crate) async fn end(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    At(id): At<String>,
) -> Result<StatusCode, Failure> {
    let id = read(&id)?;
    let (accounts, now) = (app.accounts(), app.clock().now());
    if !blocking(move || accounts.end_session(session.account, id, session.id, now)).await? {
        return Err(unknown());
    }
    endings::look(&app).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions but the one that asks.
#[utoipa::path(
    delete, path = "/api/v1/account/sessions", tag = "account",
    security(("cookie" = [])),
    responses((status = 204, description = "Every other session ended")),
)]
pub(crate) async fn end_others(
    State(app): State<App>,
    SignedIn(session): SignedIn,
) -> Result<StatusCode, Failure> {
    let (accounts, now) = (app.accounts(), app.clock().now());
    blocking(move || accounts.end_sessions(session.account, Some(session.id), now)).await?;
    endings::look(&app).await;
    Ok(StatusCode::NO_CONTENT)
}

fn read(id: &str) -> Result<SessionId, Failure> {
    id.parse().map_err(|_| unknown())
}

fn unknown() -> Failure {
    Failure::not_found("you have no session with this id, or it has ended; nothing was changed")
}
