//! Whether the process runs, and whether it can do its work.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::App;
use crate::backup::schedule::Standing;
use crate::civil;
use crate::writer::Health;

#[derive(Serialize)]
struct Report {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    /// How the backups are, where the server makes them by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    backups: Option<Backups>,
}

#[derive(Serialize)]
struct Backups {
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<String>,
    is_stale: bool,
}

/// Answers as long as the process runs.
pub(crate) async fn live() -> Response {
    Json(Report { status: "live", message: None, backups: None }).into_response()
}

/// Answers with an error while commands can't be saved.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let backups = app.backups().map(|Standing { newest, is_stale }| {
        // A server whose backups are missing does its work: it is ready, and says what is wrong.
        Backups { newest: newest.map(civil::utc), is_stale }
    });
    let message = match *app.health().borrow() {
        _ if *app.draining().borrow() => "the server shuts down",
        Health::Ready => return Json(Report { status: "ready", message: None, backups }).into_response(),
        Health::Full => "the disk is full: nothing is saved until there is room",
        Health::Failed => "saving failed: the server stops",
        Health::Stopped => "the server shuts down",
    };
    let report = Report { status: "not_ready", message: Some(message), backups };
    (StatusCode::SERVICE_UNAVAILABLE, Json(report)).into_response()
}
