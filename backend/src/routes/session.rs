//! Signing in and out, and who is asking.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use slipway_shared::account::{Confirm, SignIn};
use slipway_shared::sync::protocol::ErrorBody;

use super::extract::Asked;
use super::proofs::{
    count_code, count_own_code, count_proof, count_sign_in, give_code, give_password, give_present_password,
    own,
};
use super::texts::{device, known_login};
use super::{BODY, blocking, body};
use crate::access::cookie::CookieName;
use crate::access::sessions::{Begun, tell};
use crate::access::{Caller, Peer, SignedIn, demo, endings, failures};
use crate::accounts::secret::{self, Secret};
use crate::app::App;
use crate::error::Failure;
use crate::middleware::origin;

/// Whose session a visitor of the demo wants.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Visit {
    /// In the demo: somebody's first name, or their whole name.
    #[serde(rename = "as")]
    named: Option<String>,
}

/// Tells who asks. In the demo a visitor becomes somebody by asking.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "session",
    params(Visit),
    responses(
        (status = 200, description = "Who asks, and their workspaces", body = slipway_shared::account::Session),
        (status = 404, description = "In the demo: nobody is called that", body = ErrorBody),
    ),
)]
pub(crate) async fn session(
    State(app): State<App>,
    peer: Peer,
    cookie: CookieName,
    Asked(visit): Asked<Visit>,
    headers: HeaderMap,
    caller: Result<Caller, Failure>,
) -> Result<Response, Failure> {
    let is_visitor = app.is_demo() && peer.address.is_loopback() && origin::is_from_here(&headers);
    match caller {
        Ok(caller) if !is_visitor || visit.named.is_none() => {
            Ok(Json(tell(&app, caller).await?).into_response())
        }
        Err(failure) if !is_visitor || !failure.is_sign_in_needed() => Err(failure),
        Ok(_) | Err(_) => begin_visit(&app, &cookie, visit.named.as_deref()).await,
    }
}

/// Begins a session in the demo, which asks nobody for a password.
async fn begin_visit(app: &App, cookie: &CookieName, named: Option<&str>) -> Result<Response, Failure> {
    let nobody = || Failure::not_found("nobody in the demo is called that; leave ?as= out to be its owner");
    let account = demo::visitor(named).ok_or_else(nobody)?;
    let begun = Begun::new(account, demo::DEVICE.to_owned(), false, app.clock().now())?;
    begun.keep(app, None, None).await?.answer(app, cookie).await
}

/// Signs in. Whether it was the name or the password that was wrong is not told, neither in words nor in time.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "session",
    request_body = SignIn, security(()),
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = slipway_shared::account::Session),
        (status = 401, description = "Name, password or code are not right, or a code is missing", body = ErrorBody),
        (status = 422, description = "A text is not right", body = ErrorBody),
    ),
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    peer: Peer,
    cookie: CookieName,
    request: Request<Body>,
) -> Result<Response, Failure> {
    let replaced = cookie.read(request.headers()).map(secret::hash);
    let sign_in: SignIn = body::json(request, BODY).await?;
    let (login, device) = (known_login(&sign_in.login)?, device(&sign_in.device)?);
    count_sign_in(&app, &login, peer)?;
    let accounts = app.accounts();
    let found = blocking(move || accounts.account_by_login(&login)).await?;
    let whose = found.as_ref().map(|known| known.id);
    let note = |failure: &Failure| failures::note(&app, whose, peer, failure);
    let account = give_password(&app, found, sign_in.password).await.inspect_err(note)?;
    count_code(&app, &account, sign_in.code.as_deref())?;
    give_code(&app, &account, sign_in.code).await.inspect_err(note)?;
    let begun = Begun::new(account.id, device, sign_in.is_shared, app.clock().now())?;
    let begun = begun.keep(&app, Some(&account), replaced).await?;
    endings::look(&app).await;
    tracing::info!(event = "signed_in", account = %account.id, session = %begun.row.id, "signed in");
    begun.answer(&app, &cookie).await
}

/// Signs out: the session is good for nothing any more, wherever its cookie went.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "session",
    security(("cookie" = [])),
    responses((status = 204, description = "Signed out")),
)]
pub(crate) async fn sign_out(
    State(app): State<App>,
    cookie: CookieName,
    SignedIn(session): SignedIn,
) -> Result<Response, Failure> {
    let (accounts, now) = (app.accounts(), app.clock().now());
    blocking(move || accounts.end_session(session.account, session.id, session.id, now)).await?;
    endings::look(&app).await;
    tracing::info!(event = "signed_out", account = %session.account, session = %session.id, "signed out");
    let clear = cookie.clear().ok_or_else(Failure::internal)?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, clear)]).into_response())
}

/// Takes the password again, before something that matters. The browser gets another cookie: whoever has the one before,
/// from wherever, can't do what matters with it.
#[utoipa::path(
    post, path = "/api/v1/session/confirm", tag = "session",
    request_body = Confirm, security(("cookie" = [])),
    responses((status = 204, description = "The password is right")),
)]
pub(crate) async fn confirm(
    State(app): State<App>,
    peer: Peer,
    cookie: CookieName,
    SignedIn(session): SignedIn,
    request: Request<Body>,
) -> Result<Response, Failure> {
    let before = cookie.read(request.headers()).map(secret::hash).ok_or_else(Failure::sign_in_needed)?;
    let confirm: Confirm = body::json(request, BODY).await?;
    let account = own(&app, &session).await?;
    count_proof(&app, &session)?;
    let note = |failure: &Failure| failures::note(&app, Some(session.account), peer, failure);
    let account = give_present_password(&app, account, confirm.password).await.inspect_err(note)?;
    count_own_code(&app, &account, confirm.code.as_deref())?;
    give_code(&app, &account, confirm.code).await.inspect_err(note)?;
    let (accounts, now, next) = (app.accounts(), app.clock().now(), Secret::new()?);
    let set = cookie.set(next.text(), session.is_shared).ok_or_else(Failure::internal)?;
    if !blocking(move || accounts.confirm_session(session.id, before, next.hash(), now)).await? {
        let accounts = app.accounts();
        return match blocking(move || accounts.session_by_id(session.id, now)).await? {
            // Another tab confirmed at the same time, and its answer has the cookie.
            Some(_) => Ok(StatusCode::NO_CONTENT.into_response()),
            None => Err(Failure::sign_in_needed()),
        };
    }
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, set)]).into_response())
}
