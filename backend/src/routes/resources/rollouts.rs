//! Rollouts: what was put where, asking for one, and telling of one.

use axum::Json;
use axum::response::Response;
use slipway_shared::ids::RolloutId;
use slipway_shared::resource::asked::{NewRollout, ReportRollout};
use slipway_shared::resource::filter::RolloutFilter;
use slipway_shared::resource::item::RolloutItem;
use slipway_shared::resource::list::Rollouts;
use slipway_shared::resource::page::List;
use slipway_shared::sync::protocol::ErrorBody;

use super::deployments::unknown;
use super::writing::{Planned, mint};
use super::{Here, KeyHeader, Writing, made, part};
use crate::error::Failure;
use crate::routes::extract::{Asked, At};

/// Lists rollouts, those that began last first.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/rollouts", tag = "rollouts", params(RolloutFilter),
    responses(
        (status = 200, description = "A page of them", body = Rollouts),
        (status = 422, description = "It names something that is not there", body = ErrorBody),
    ),
)]
pub(crate) async fn list(here: Here, Asked(filter): Asked<RolloutFilter>) -> Result<Json<Rollouts>, Failure> {
    let part = part(List::Rollouts, filter.limit, filter.cursor.as_deref())?;
    Ok(Json(here.workspace().list_rollouts(&here.names, &filter, &part).map_err(unknown)?))
}

/// Tells of one rollout.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/rollouts/{id}", tag = "rollouts",
    responses((status = 200, description = "The rollout", body = RolloutItem)),
)]
pub(crate) async fn read(
    here: Here,
    At((_, id)): At<(String, RolloutId)>,
) -> Result<Json<RolloutItem>, Failure> {
    Ok(Json(item(&here, id)?))
}

/// Asks for a rollout, which the gate may refuse; or tells of one that began or ended, which nothing refuses.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/rollouts", tag = "rollouts",
    params(KeyHeader), request_body = NewRollout,
    responses((status = 201, description = "It is granted, or recorded", body = RolloutItem)),
)]
pub(crate) async fn begin(writing: Writing<NewRollout>) -> Result<Response, Failure> {
    let given = writing.give(|here, asked| {
        let making = here.workspace().plan_rollout(asked, here.app.clock().now(), mint)?;
        Ok(Planned::making(making.id.as_u128(), making.commands))
    });
    let given = given.await?;
    let id = RolloutId::from_u128(given.made()?);
    let item = item(&given.here, id)?;
    Ok(made(given.here.place(&format!("rollouts/{id}")), Json(item)))
}

/// Tells how far a rollout is.
#[utoipa::path(
    patch, path = "/api/v1/workspaces/{ws}/rollouts/{id}", tag = "rollouts",
    params(KeyHeader), request_body = ReportRollout,
    responses((status = 200, description = "It is recorded", body = RolloutItem)),
)]
pub(crate) async fn report(
    At((_, id)): At<(String, RolloutId)>,
    writing: Writing<ReportRollout>,
) -> Result<Json<RolloutItem>, Failure> {
    let given = writing.give(|here, asked| {
        let commands = here.workspace().plan_report(id, asked, here.app.clock().now());
        Ok(commands.ok_or_else(|| no_rollout(id))?.into())
    });
    Ok(Json(item(&given.await?.here, id)?))
}

fn item(here: &Here, id: RolloutId) -> Result<RolloutItem, Failure> {
    let known = here.workspace().rollouts.get(&id).ok_or_else(|| no_rollout(id))?;
    Ok(RolloutItem::of(here.workspace(), &here.names, id, known))
}

fn no_rollout(id: RolloutId) -> Failure {
    Failure::not_found(format!("there is no rollout {id} here; nothing was changed; GET rollouts lists them"))
}
