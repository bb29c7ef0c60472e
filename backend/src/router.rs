//! Every route, on one screen. A route is the address of its handler's description, so that no route is without one.

use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{self, Uncounted};
use crate::app::App;
use crate::error::Failure;
use crate::facing::Facing;
use crate::middleware::{origin, request_log, security_headers};
use crate::openapi;
use crate::routes::resources::{board, checks, deployment, deployments, places, rollouts};
use crate::routes::{
    account, assets, audit, detail, events, health, hello, history, import, invitations, method_not_allowed,
    not_found, people, presence, push, redactions, second_factor, session, sessions, setup, snapshot, stream,
    tokens, workspaces,
};

/// Returns the whole server as a service, for what `facing` says it faces.
pub fn build_router(app: App, facing: &Arc<Facing>) -> Router {
    let (routes, _) = described().split_for_parts();
    routes
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

/// Returns every route that has a description.
pub(crate) fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(sync())
        .merge(people_and_accounts())
        .merge(resources())
        .routes(routes!(openapi::read))
}

/// What replicas need. Streams stay uncompressed.
fn sync() -> OpenApiRouter<App> {
    let compressed = OpenApiRouter::new()
        .routes(routes!(snapshot::snapshot))
        .routes(routes!(events::events))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest));
    OpenApiRouter::new()
        .merge(compressed)
        .routes(routes!(hello::hello))
        .routes(routes!(stream::stream))
        .routes(routes!(push::push))
        .layer(Extension(Uncounted))
}

fn people_and_accounts() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(setup::state, setup::set_up))
        .routes(routes!(session::session, session::sign_in, session::sign_out))
        .routes(routes!(session::confirm))
        .routes(routes!(workspaces::list, workspaces::make))
        .routes(routes!(import::import))
        .routes(routes!(account::account, account::rename))
        .routes(routes!(account::change_password))
        .routes(routes!(second_factor::draft, second_factor::prove, second_factor::drop_it))
        .routes(routes!(sessions::list, sessions::end_others))
        .routes(routes!(sessions::rename, sessions::end))
        .routes(routes!(invitations::look))
        .routes(routes!(invitations::accept))
        .routes(routes!(people::people))
        .routes(routes!(people::invite))
        .routes(routes!(people::withdraw))
        .routes(routes!(presence::look))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::revoke))
        .merge(history())
}

/// What admins ask of the past, and take out of it.
fn history() -> OpenApiRouter<App> {
    let compressed = OpenApiRouter::new()
        .routes(routes!(audit::audit))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest));
    compressed.routes(routes!(redactions::redact))
}

/// What people with curl and programs read and write.
fn resources() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(deployments::list, deployments::open))
        .routes(routes!(deployment::read, deployment::edit))
        .routes(routes!(detail::detail))
        .routes(routes!(history::history))
        .routes(routes!(deployment::edit_section))
        .routes(routes!(deployment::shift))
        .routes(routes!(deployment::attach))
        .routes(routes!(deployment::mark))
        .routes(routes!(deployment::say_tested))
        .routes(routes!(deployment::add_label, deployment::remove_label))
        .routes(routes!(deployment::judge))
        .routes(routes!(deployment::finish))
        .routes(routes!(deployment::reopen))
        .routes(routes!(checks::list))
        .routes(routes!(checks::add))
        .routes(routes!(checks::attest))
        .routes(routes!(places::services, places::add_service))
        .routes(routes!(places::environments))
        .routes(routes!(places::labels, places::add_label))
        .routes(routes!(board::columns))
        .routes(routes!(rollouts::list, rollouts::begin))
        .routes(routes!(rollouts::read, rollouts::report))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
}
