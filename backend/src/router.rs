//! Every route, on one screen.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, patch, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::access;
use crate::app::App;
use crate::error::Failure;
use crate::facing::Facing;
use crate::middleware::{origin, request_log, security_headers};
use crate::routes::{
    account, assets, detail, events, health, hello, import, invitations, method_not_allowed, not_found,
    people, push, second_factor, session, sessions, setup, snapshot, stream, tokens, workspaces,
};

/// Returns the whole server as a service, for what `facing` says it faces.
pub fn build_router(app: App, facing: &Arc<Facing>) -> Router {
    // Streams and the app's files, which are compressed already, stay out of this.
    let compressed = Router::new()
        .route("/api/v1/workspaces/{ws}/snapshot", get(snapshot::snapshot))
        .route("/api/v1/workspaces/{ws}/events", get(events::events))
        .route("/api/v1/workspaces/{ws}/deployments/{id}/detail", get(detail::detail))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest));
    Router::new()
        .merge(compressed)
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/api/v1/setup", get(setup::state).post(setup::set_up))
        .route("/api/v1/session", get(session::session).post(session::sign_in).delete(session::sign_out))
        .route("/api/v1/session/confirm", post(session::confirm))
        .route("/api/v1/workspaces", get(workspaces::list).post(workspaces::make))
        .route("/api/v1/workspaces/import", post(import::import))
        .route("/api/v1/account", get(account::account).patch(account::rename))
        .route("/api/v1/account/password", put(account::change_password))
        .route(
            "/api/v1/account/second-factor",
            post(second_factor::draft).put(second_factor::prove).delete(second_factor::drop_it),
        )
        .route("/api/v1/account/sessions", get(sessions::list).delete(sessions::end_others))
        .route("/api/v1/account/sessions/{id}", patch(sessions::rename).delete(sessions::end))
        .route("/api/v1/invitations/look", post(invitations::look))
        .route("/api/v1/invitations/accept", post(invitations::accept))
        .route("/api/v1/workspaces/{ws}/people", get(people::people))
        .route("/api/v1/workspaces/{ws}/invitations", post(people::invite))
        .route("/api/v1/workspaces/{ws}/invitations/{id}", delete(people::withdraw))
        .route("/api/v1/workspaces/{ws}/tokens", get(tokens::list).post(tokens::make))
        .route("/api/v1/workspaces/{ws}/tokens/{id}", delete(tokens::revoke))
        .route("/api/v1/workspaces/{ws}/hello", post(hello::hello))
        .route("/api/v1/workspaces/{ws}/stream", get(stream::stream))
        .route("/api/v1/workspaces/{ws}/push", post(push::push))
        .route("/api", any(not_found))
        .route("/api/", any(not_found))
        .route("/api/{*rest}", any(not_found))
        .fallback(assets::serve)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(app.clone(), access::setup::gate))
        .layer(CatchPanicLayer::custom(|_| -> Response { Failure::internal().into_response() }))
        .layer(from_fn_with_state(Arc::clone(facing), origin::refuse_elsewhere))
        .layer(from_fn_with_state(Arc::clone(facing), security_headers::add))
        .layer(from_fn(request_log::log))
        .with_state(app)
}
