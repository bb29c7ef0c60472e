//! Whether the process runs, and whether it can do its work.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::App;
use crate::writer::Health;

#[derive(Serialize)]
struct Report {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
}

/// Answers as long as the process runs.
pub(crate) async fn live() -> Response {
    Json(Report { status: "live", message: None }).into_response()
}

/// Answers with an error while commands can't be saved.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let message = match *app.writer().health().borrow() {
        _ if *app.draining().borrow() => "the server shuts down",
        Health::Ready => return Json(Report { status: "ready", message: None }).into_response(),
        Health::Full => "the disk is full: nothing is saved until there is room",
        Health::Failed => "saving failed: the server stops",
        Health::Stopped => "the server shuts down",
    };
    let report = Report { status: "not_ready", message: Some(message) };
    (StatusCode::SERVICE_UNAVAILABLE, Json(report)).into_response()
}
