//! The checks of a deployment.

use axum::Json;
use axum::response::Response;
use slipway_shared::ids::{CheckId, DeploymentId};
use slipway_shared::resource::asked::{AddCheck, Attest};
use slipway_shared::resource::plan::Subject;
use slipway_shared::resource::whole::Checklists;

use super::writing::{Planned, mint};
use super::{Here, KeyHeader, Writing, made};
use crate::error::Failure;
use crate::routes::extract::At;

/// Lists the checks of a deployment, by section.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/deployments/{id}/checklists", tag = "checklists",
    responses((status = 200, description = "Its checklists", body = Checklists)),
)]
pub(crate) async fn list(
    here: Here,
    At((_, id)): At<(String, DeploymentId)>,
) -> Result<Json<Checklists>, Failure> {
    Ok(Json(checklists(&here, id).await?))
}

/// Adds a check at the end of a section.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/deployments/{id}/checks", tag = "checklists",
    params(KeyHeader), request_body = AddCheck,
    responses((status = 201, description = "It is there", body = Checklists)),
)]
pub(crate) async fn add(
    At((_, id)): At<(String, DeploymentId)>,
    writing: Writing<AddCheck>,
) -> Result<Response, Failure> {
    let given = writing.give(|here, asked| {
        let subject = Subject { workspace: here.workspace(), id, known: here.deployment(id)? };
        let making = subject.add_check(asked, mint)?;
        Ok(Planned::making(making.id.as_u128(), making.commands))
    });
    let given = given.await?;
    let check = CheckId::from_u128(given.made()?);
    let place = given.here.place(&format!("deployments/{id}/checks/{check}"));
    Ok(made(place, Json(checklists(&given.here, id).await?)))
}

/// Says how a check stands: ticks it, opens it again, or says that it failed or does not apply.
#[utoipa::path(
    put, path = "/api/v1/workspaces/{ws}/deployments/{id}/checks/{check}", tag = "checklists",
    params(KeyHeader), request_body = Attest,
    responses((status = 200, description = "It is said", body = Checklists)),
)]
pub(crate) async fn attest(
    At((_, id, check)): At<(String, DeploymentId, CheckId)>,
    writing: Writing<Attest>,
) -> Result<Json<Checklists>, Failure> {
    let given = writing.give(|here, asked| {
        let known = here.deployment(id)?;
        if known.sealed.is_none() && known.check(check).is_none() {
            return Err(Failure::not_found(format!(
                "the deployment has no check {check}; nothing was changed"
            )));
        }
        Ok(Subject { workspace: here.workspace(), id, known }.attest(check, asked).into())
    });
    Ok(Json(checklists(&given.await?.here, id).await?))
}

async fn checklists(here: &Here, id: DeploymentId) -> Result<Checklists, Failure> {
    let detail = here.detail(id).await?;
    here.workspace().checklists(&here.names, id, detail.as_ref()).ok_or_else(Failure::internal)
}
