//! What a deployment was before it was sealed.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use slipway_shared::canonical::Hash;
use slipway_shared::ids::DeploymentId;

use super::blocking;
use super::extract::At;
use crate::access::InWorkspace;
use crate::app::App;
use crate::details;
use crate::error::Failure;
use crate::store::Detail;
use crate::writer::OpenWorkspace;

/// Answers with the very JSON whose hash the log has.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/deployments/{id}/detail", tag = "sync",
    responses((status = 200, description = "The deployment as the log has it", body = serde_json::Value)),
)]
pub(crate) async fn detail(
    State(app): State<App>,
    asks: InWorkspace,
    At((_, deployment)): At<(String, String)>,
) -> Result<Response, Failure> {
    let none = || {
        Failure::not_found(
            "there is no sealed deployment with this id; what is not sealed is in the snapshot",
        )
    };
    let id = deployment.parse::<DeploymentId>().map_err(|_| none())?;
    let state = asks.workspace.state();
    let sealed =
        state.workspace.deployments.get(&id).and_then(|known| known.sealed.clone()).ok_or_else(none)?;
    let gone = || Failure::not_found("the log does not hold this deployment's detail any more");
    let detail = sealed_detail(&app, &asks.workspace, id, sealed.detail).await?.ok_or_else(gone)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], detail.body).into_response())
}

/// Returns what a sealed deployment was; `None` where the log does not hold it any more.
pub(super) async fn sealed_detail(
    app: &App,
    open: &OpenWorkspace,
    id: DeploymentId,
    hash: Hash,
) -> Result<Option<Detail>, Failure> {
    let (reader, workspace) = (app.reader(), open.id());
    let found = blocking(move || {
        let kept = reader.detail(workspace, id)?.filter(|kept| kept.hash == hash);
        match kept {
            Some(kept) => Ok(Some((kept, true))),
            None => Ok(details::from_log(&*reader, workspace, id, hash)?.map(|read| (read, false))),
        }
    });
    let Some((detail, is_kept)) = found.await? else { return Ok(None) };
    if !is_kept {
        open.keep_detail(detail.clone());
    }
    Ok(Some(detail))
}
