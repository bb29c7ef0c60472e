//! What happened to one deployment: for everybody who may read the workspace.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use slipway_shared::audit::DeploymentHistory;
use slipway_shared::ids::DeploymentId;

use super::blocking;
use super::extract::{Asked, At};
use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;
use crate::trail::Trail;

/// How many entries an answer has.
const PAGE: usize = 200;

/// Which entries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    /// Where to go on: the `next` of the page before; absent for the newest.
    before: Option<u64>,
}

/// Answers with what happened to a deployment: when, when it reached the server, by whom and from which device.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/deployments/{id}/events", tag = "sync",
    params(Range),
    responses((status = 200, description = "A page, the newest first", body = DeploymentHistory)),
)]
pub(crate) async fn history(
    State(app): State<App>,
    asks: InWorkspace,
    At((_, deployment)): At<(String, String)>,
    Asked(range): Asked<Range>,
) -> Result<Json<DeploymentHistory>, Failure> {
    let none = || Failure::not_found("there is no deployment with this id; look for it in the list");
    let id = deployment.parse::<DeploymentId>().map_err(|_| none())?;
    if !asks.workspace.state().workspace.deployments.contains_key(&id) {
        return Err(none());
    }
    let (open, before) = (asks.workspace.clone(), range.before.unwrap_or(u64::MAX));
    let entries =
        blocking(move || Trail::of(app.reader(), app.accounts(), &open)?.of_deployment(id, before, PAGE));
    let entries = entries.await?;
    let last = entries.last().filter(|_| entries.len() == PAGE).and_then(|entry| entry.event.as_ref());
    let next = last.and_then(|event| event.read_header().ok()).map(|header| header.seq);
    Ok(Json(DeploymentHistory { entries, next }))
}
