//! One line for each request: what was asked, not what was in it. No bodies, no query strings.

use std::time::Instant;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

use crate::error::Logged;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Logs a request once it is answered, failures with their cause.
pub(crate) async fn log(request: Request<Body>, next: Next) -> Response {
    let id = Uuid::new_v4().simple().to_string();
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| report(&response, began));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn report(response: &Response, began: Instant) {
    let status = response.status();
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let logged = response.extensions().get::<Logged>();
    let code = logged.map(|logged| tracing::field::debug(logged.code));
    let cause = logged.and_then(|logged| logged.cause.as_deref());
    if status.is_server_error() {
        tracing::error!(status = status.as_u16(), took_ms, code, cause, "request failed");
    } else if status.is_client_error() {
        tracing::info!(status = status.as_u16(), took_ms, code, "request refused");
    } else {
        tracing::debug!(status = status.as_u16(), took_ms, "request answered");
    }
}
