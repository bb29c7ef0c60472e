//! What a deployment was before it was sealed.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use slipway_shared::ids::DeploymentId;

use super::blocking;
use crate::access::InWorkspace;
use crate::app::App;
use crate::details;
use crate::error::Failure;

/// Answers with the very JSON whose hash the log has.
pub(crate) async fn detail(
    State(app): State<App>,
    asks: InWorkspace,
    Path((_, deployment)): Path<(String, String)>,
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
    let (reader, workspace) = (app.reader(), asks.workspace.id());
    let found = blocking(move || {
        let kept = reader.detail(workspace, id)?.filter(|kept| kept.hash == sealed.detail);
        match kept {
            Some(kept) => Ok(Some((kept, true))),
            None => Ok(details::from_log(&*reader, workspace, id, sealed.detail)?.map(|read| (read, false))),
        }
    });
    let gone = || Failure::not_found("the log does not hold this deployment's detail any more");
    let (detail, is_kept) = found.await?.ok_or_else(gone)?;
    if !is_kept {
        asks.workspace.keep_detail(detail.clone());
    }
    Ok(([(header::CONTENT_TYPE, "application/json")], detail.body).into_response())
}
