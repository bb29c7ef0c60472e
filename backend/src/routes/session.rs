//! Who is asking, and which workspaces there are. Until there are accounts that is one fixed member.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use slipway_shared::account::{Session, WorkspaceSummary};

use crate::app::App;

/// The answer of `GET /api/v1/workspaces`.
#[derive(Debug, Serialize)]
pub(crate) struct Workspaces {
    /// The workspaces the caller may open.
    pub(crate) workspaces: Vec<WorkspaceSummary>,
}

/// Tells who acts.
pub(crate) async fn session(State(app): State<App>) -> Json<Session> {
    Json(Session { member: app.local_member(), workspaces: summaries(&app), account: None, session: None })
}

/// Lists the workspaces.
pub(crate) async fn workspaces(State(app): State<App>) -> Json<Workspaces> {
    Json(Workspaces { workspaces: summaries(&app) })
}

fn summaries(app: &App) -> Vec<WorkspaceSummary> {
    let name = app.writer().state().workspace.name.clone();
    vec![WorkspaceSummary { id: app.workspace(), name, member: None, role: None }]
}
