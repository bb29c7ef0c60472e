//! The columns of the board.

use axum::Json;
use slipway_shared::resource::filter::PartFilter;
use slipway_shared::resource::list::Columns;
use slipway_shared::resource::page::List;

use super::{Here, part};
use crate::error::Failure;
use crate::routes::extract::Asked;

/// Lists the columns of the board from left to right.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/columns", tag = "columns", params(PartFilter),
    responses((status = 200, description = "A page of them", body = Columns)),
)]
pub(crate) async fn columns(here: Here, Asked(asked): Asked<PartFilter>) -> Result<Json<Columns>, Failure> {
    Ok(Json(here.workspace().list_columns(&part(List::Columns, asked.limit, asked.cursor.as_deref())?)))
}
