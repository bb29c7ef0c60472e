//! Where a replica stands, and what it has to do next.

use std::collections::BTreeSet;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use slipway_shared::event::{Event, WorkspaceEvent};
use slipway_shared::ids::{ClientId, CommandKey, WorkspaceId};
use slipway_shared::json;
use slipway_shared::sync::greeting::{self, Greeted};
use slipway_shared::sync::protocol::{HelloRequest, HelloResponse};

use super::{blocking, body};
use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;
use crate::store::{Reader, StoreError, Timeline};

/// The most bytes of a `hello`: after a restore a browser names every queue of weeks, one for each page load.
const LIMIT: usize = 256 * 1024;

/// Answers a `hello`.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/hello", tag = "sync",
    request_body = HelloRequest,
    responses((status = 200, description = "What is next for the replica", body = HelloResponse)),
)]
pub(crate) async fn hello(
    State(app): State<App>,
    asks: InWorkspace,
    request: Request<Body>,
) -> Result<Json<HelloResponse>, Failure> {
    let hello: HelloRequest = body::json(request, LIMIT).await?;
    let state = asks.workspace.state();
    let epoch = state.cursor.epoch;
    let workspace = asks.workspace.id();
    let reader = app.reader();
    let asked = hello.cursor.map(|cursor| cursor.seq);
    let named: BTreeSet<_> = hello.queues.iter().copied().collect();
    let (link, restored, people, redactions) = blocking(move || {
        let link = asked.map(|seq| reader.link(workspace, seq)).transpose()?.flatten();
        let present = reader.timelines(workspace)?.into_iter().find(|timeline| timeline.epoch == epoch);
        let restored = present.map(|timeline| reader.link(workspace, timeline.began)).transpose()?.flatten();
        let redactions = Redactions::of(&*reader, workspace, present, &named)?;
        Ok((link, restored, reader.people(workspace)?, redactions))
    })
    .await?;
    let greeted = Greeted {
        now: app.clock().now(),
        chain: link.map(|link| link.chain),
        restored_to: restored.map(|link| link.received),
        is_redaction: redactions.is_newest,
        redacted: redactions.commands,
        member: asks.member,
        people,
    };
    Ok(Json(greeting::answer(&hello, &state, greeted)))
}

/// What was taken out of the log.
struct Redactions {
    /// Whether the timeline began with it.
    is_newest: bool,
    /// The commands of some queues that it was taken out of.
    commands: Vec<CommandKey>,
}

impl Redactions {
    fn of(
        reader: &dyn Reader,
        workspace: WorkspaceId,
        present: Option<Timeline>,
        queues: &BTreeSet<ClientId>,
    ) -> Result<Self, StoreError> {
        let mut commands = Vec::new();
        let told = reader.redactions(workspace)?;
        let is_newest = present.is_some_and(|timeline| told.contains(&(timeline.began + 1)));
        // Most ask for no queue: then there is nothing to look for in the events.
        for seq in told.into_iter().filter(|_| !queues.is_empty()) {
            let told = reader.events(workspace, seq - 1, 1)?.into_iter().next();
            let told = told.and_then(|event| json::read::<Event>(&event.payload?).ok());
            let Some(Event::Workspace(WorkspaceEvent::Redacted { events, .. })) = told else { continue };
            let named = events.iter().map(|event| event.command).filter(|key| queues.contains(&key.client));
            commands.extend(named);
        }
        Ok(Self { is_newest, commands })
    }
}
