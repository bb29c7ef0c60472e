//! The list of deployments, and opening one.

use axum::Json;
use axum::response::Response;
use slipway_shared::ids::DeploymentId;
use slipway_shared::resource::asked::NewDeployment;
use slipway_shared::resource::filter::DeploymentFilter;
use slipway_shared::resource::find::Unknown;
use slipway_shared::resource::list::Deployments;
use slipway_shared::resource::page::List;
use slipway_shared::resource::plan::Unfit;
use slipway_shared::resource::whole::DeploymentWhole;
use slipway_shared::sync::protocol::ErrorBody;

use super::writing::{Planned, mint};
use super::{Here, KeyHeader, Writing, made, part};
use crate::error::Failure;
use crate::routes::extract::Asked;

/// Lists deployments, those that were opened last first.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/deployments", tag = "deployments",
    params(DeploymentFilter),
    responses(
        (status = 200, description = "A page of them", body = Deployments),
        (status = 422, description = "It names something that is not there", body = ErrorBody),
    ),
)]
pub(crate) async fn list(
    here: Here,
    Asked(filter): Asked<DeploymentFilter>,
) -> Result<Json<Deployments>, Failure> {
    let part = part(List::Deployments, filter.limit, filter.cursor.as_deref())?;
    Ok(Json(here.workspace().list_deployments(&here.names, &filter, &part, here.now()).map_err(unknown)?))
}

/// Opens a deployment, from the built-in template or with a document of its own.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/deployments", tag = "deployments",
    params(KeyHeader), request_body = NewDeployment,
    responses((status = 201, description = "It is open", body = DeploymentWhole)),
)]
pub(crate) async fn open(writing: Writing<NewDeployment>) -> Result<Response, Failure> {
    let given = writing.give(|here, asked| {
        let making = here.workspace().plan_deployment(asked, mint)?;
        Ok(Planned::making(making.id.as_u128(), making.commands))
    });
    let given = given.await?;
    let id = DeploymentId::from_u128(given.made()?);
    let whole = given.here.whole(id).await?;
    Ok(made(given.here.place(&format!("deployments/{id}")), Json(whole)))
}

/// Answers a filter that names something that is not there.
pub(super) fn unknown(unknown: Unknown) -> Failure {
    Unfit::from(unknown).into()
}
