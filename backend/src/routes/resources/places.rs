//! Services, environments and labels: what deployments are of, where they go, and what they are called by.

use axum::Json;
use axum::response::Response;
use slipway_shared::ids::{LabelId, ServiceId};
use slipway_shared::resource::asked::{NewLabel, NewService};
use slipway_shared::resource::filter::PartFilter;
use slipway_shared::resource::item::{LabelItem, ServiceItem};
use slipway_shared::resource::list::{Environments, Labels, Services};
use slipway_shared::resource::page::List;

use super::writing::{Planned, mint};
use super::{Here, KeyHeader, Writing, made, part};
use crate::error::Failure;
use crate::routes::extract::Asked;

/// Lists the services from A to Z.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/services", tag = "services", params(PartFilter),
    responses((status = 200, description = "A page of them", body = Services)),
)]
pub(crate) async fn services(here: Here, Asked(asked): Asked<PartFilter>) -> Result<Json<Services>, Failure> {
    Ok(Json(here.workspace().list_services(&part(List::Services, asked.limit, asked.cursor.as_deref())?)))
}

/// Adds a service.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/services", tag = "services",
    params(KeyHeader), request_body = NewService,
    responses((status = 201, description = "It is there", body = ServiceItem)),
)]
pub(crate) async fn add_service(writing: Writing<NewService>) -> Result<Response, Failure> {
    let given = writing.give(|here, asked| {
        let making = here.workspace().plan_service(asked, mint);
        Ok(Planned::making(making.id.as_u128(), making.commands))
    });
    let given = given.await?;
    let id = ServiceId::from_u128(given.made()?);
    let known = given.here.workspace().services.get(&id).ok_or_else(Failure::internal)?;
    Ok(made(given.here.place("services"), Json(ServiceItem::of(id, known))))
}

/// Lists the environments in their order.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/environments", tag = "environments", params(PartFilter),
    responses((status = 200, description = "A page of them", body = Environments)),
)]
pub(crate) async fn environments(
    here: Here,
    Asked(asked): Asked<PartFilter>,
) -> Result<Json<Environments>, Failure> {
    Ok(Json(here.workspace().list_environments(&part(
        List::Environments,
        asked.limit,
        asked.cursor.as_deref(),
    )?)))
}

/// Lists the team's own labels from A to Z.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/labels", tag = "labels", params(PartFilter),
    responses((status = 200, description = "A page of them", body = Labels)),
)]
pub(crate) async fn labels(here: Here, Asked(asked): Asked<PartFilter>) -> Result<Json<Labels>, Failure> {
    Ok(Json(here.workspace().list_labels(&part(List::Labels, asked.limit, asked.cursor.as_deref())?)))
}

/// Adds a label of the team's own.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/labels", tag = "labels",
    params(KeyHeader), request_body = NewLabel,
    responses((status = 201, description = "It is there", body = LabelItem)),
)]
pub(crate) async fn add_label(writing: Writing<NewLabel>) -> Result<Response, Failure> {
    let given = writing.give(|here, asked| {
        let making = here.workspace().plan_label(asked, mint);
        Ok(Planned::making(making.id.as_u128(), making.commands))
    });
    let given = given.await?;
    let id = LabelId::from_u128(given.made()?);
    let known = given.here.workspace().labels.get(&id).ok_or_else(Failure::internal)?;
    Ok(made(given.here.place("labels"), Json(LabelItem::of(id, known))))
}
