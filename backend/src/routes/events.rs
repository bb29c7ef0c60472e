//! A page of the log.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use slipway_shared::ids::WorkspaceId;
use slipway_shared::log::StoredEvent;
use slipway_shared::sync::protocol::{EventsPage, PAGE_EVENTS};

use super::blocking;
use super::extract::Asked;
use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;
use crate::store::{Reader, StoreError};

/// Which events.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    /// The place in the log they come after; 0 for the beginning.
    after: u64,
    /// About how many, at most 500.
    limit: Option<usize>,
}

/// Answers with the events after a place.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/events", tag = "sync",
    params(Range),
    responses((status = 200, description = "A page of the log", body = EventsPage)),
)]
pub(crate) async fn events(
    State(app): State<App>,
    asks: InWorkspace,
    Asked(range): Asked<Range>,
) -> Result<Json<EventsPage>, Failure> {
    let limit = range.limit.unwrap_or(PAGE_EVENTS).clamp(1, PAGE_EVENTS);
    let (reader, workspace) = (app.reader(), asks.workspace.id());
    let events = blocking(move || page(&*reader, workspace, range.after, limit)).await?;
    // What was committed a moment ago may be on the page before it is the published head.
    let last = if events.is_empty() { 0 } else { range.after + events.len() as u64 };
    let head = asks.workspace.state().cursor.seq.max(last);
    Ok(Json(EventsPage { events, head }))
}

/// Reads about `limit` events; never stops in the midst of a command's.
pub(super) fn page(
    reader: &dyn Reader,
    workspace: WorkspaceId,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let mut events = reader.events(workspace, after, limit)?;
    let Some(last) = events.last() else { return Ok(events) };
    let header = last.read_header().map_err(|_| StoreError::Corrupt { seq: after + events.len() as u64 })?;
    if header.more > 0 {
        let more = usize::try_from(header.more).unwrap_or(usize::MAX);
        events.extend(reader.events(workspace, header.seq, more)?);
    }
    Ok(events)
}
