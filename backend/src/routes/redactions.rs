//! Taking a text out of everything that is kept: a password that somebody pasted by mistake.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use slipway_shared::ids::{ClientId, DeviceId, EpochId};
use slipway_shared::redaction::{MARK, Redact, Redacted, TEXT_LEAST};
use slipway_shared::sync::protocol::ErrorBody;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::texts::name;
use super::{BODY, blocking, body};
use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;
use crate::redaction::{Plan, RedactError, plan};
use crate::writer::OpenWorkspace;
use crate::writer::Redacting;

/// One trial at a time: each reads a whole log.
static ONE: Semaphore = Semaphore::const_new(1);

/// Takes a text out of everything that is kept, or tells what that would change. The text is neither kept nor logged.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/redactions", tag = "people",
    request_body = Redact, security(("cookie" = [])),
    responses(
        (status = 200, description = "What was changed, or would be", body = Redacted),
        (status = 422, description = "The text or the reason is not right", body = ErrorBody),
    ),
)]
pub(crate) async fn redact(
    State(app): State<App>,
    asks: InWorkspace,
    request: Request<Body>,
) -> Result<Json<Redacted>, Failure> {
    let signed_in = asks.signed_in()?;
    asks.admin()?;
    signed_in.confirmed(app.clock().now())?;
    let Redact { text, reason, is_trial } = body::json(request, BODY).await?;
    if text.trim().chars().count() < TEXT_LEAST || MARK.contains(text.trim()) {
        let message = format!(
            "a text that is taken out has at least {TEXT_LEAST} characters, and is no part of {MARK}; nothing was changed"
        );
        return Err(Failure::unacceptable(message));
    }
    let reason = name(&reason)?;
    if reason.contains(&text) {
        let message =
            "the reason has the text in it, and would stay; nothing was changed; give another reason";
        return Err(Failure::unacceptable(message));
    }
    if is_trial {
        return Ok(Json(would_be(&app, &asks.workspace, text).await?));
    }
    let asked = Redacting {
        actor: asks.member,
        device: Some(DeviceId::from_u128(signed_in.0.id.as_u128())),
        text,
        reason,
        client: ClientId::from_u128(Uuid::now_v7().as_u128()),
        epoch: EpochId::from_u128(Uuid::now_v7().as_u128()),
    };
    Ok(Json(asks.workspace.redact(asked).await?))
}

/// Tells what would be changed. The writer has no part in it: nobody's commands wait.
async fn would_be(app: &App, open: &OpenWorkspace, text: String) -> Result<Redacted, Failure> {
    let _one = ONE.acquire().await.map_err(|_| Failure::internal())?;
    let (reader, workspace, head) = (app.reader(), open.id(), open.state().cursor);
    let planned = blocking(move || match plan(&*reader, workspace, head, &text) {
        Err(RedactError::Store(error)) => Err(error),
        planned => Ok(planned),
    });
    let Plan { events, deployments, .. } = planned.await??;
    Ok(Redacted { events: events.len(), deployments, seq: None, is_wiped: false })
}
