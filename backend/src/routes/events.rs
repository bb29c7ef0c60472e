//! A page of the log.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use slipway_shared::ids::WorkspaceId;
use slipway_shared::log::StoredEvent;
use slipway_shared::sync::protocol::{EventsPage, PAGE_EVENTS};

use super::blocking;
use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;
use crate::store::{Reader, StoreError};

#[derive(Debug, Deserialize)]
pub(crate) struct Range {
    after: u64,
    limit: Option<usize>,
}

/// Answers with the events after a place.
pub(crate) async fn events(
    State(app): State<App>,
    asks: InWorkspace,
    range: Result<Query<Range>, QueryRejection>,
) -> Result<Json<EventsPage>, Failure> {
    let Query(range) = range.map_err(|_| {
        Failure::malformed("the query can't be read: it is ?after=SEQ and optionally &limit=COUNT")
    })?;
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
