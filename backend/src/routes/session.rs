//! Signing in and out, and who is asking.

use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use slipway_shared::account::{Confirm, SignIn};

use super::proofs::{count_proof, count_sign_in, give_code, give_password, own};
use super::texts::{device, login};
use super::{BODY, blocking, body};
use crate::access::cookie::CookieName;
use crate::access::sessions::{Begun, tell};
use crate::access::{Caller, Peer, SignedIn, demo, endings};
use crate::app::App;
use crate::error::Failure;
use crate::middleware::origin;

/// Whose session a visitor of the demo wants.
#[derive(Debug, Deserialize)]
pub(crate) struct Visit {
    #[serde(rename = "as")]
    named: Option<String>,
}

/// Tells who asks. In the demo a visitor becomes somebody by asking.
pub(crate) async fn session(
    State(app): State<App>,
    peer: Peer,
    cookie: CookieName,
    Query(visit): Query<Visit>,
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
    begun.keep(app).await?.answer(app, cookie).await
}

/// Signs in. Whether it was the name or the password that was wrong is not told, neither in words nor in time.
pub(crate) async fn sign_in(
    State(app): State<App>,
    peer: Peer,
    cookie: CookieName,
    request: Request<Body>,
) -> Result<Response, Failure> {
    let sign_in: SignIn = body::json(request, BODY).await?;
    let (login, device) = (login(&sign_in.login)?, device(&sign_in.device)?);
    count_sign_in(&app, &login, peer)?;
    let accounts = app.accounts();
    let found = blocking(move || accounts.account_by_login(&login)).await?;
    let account = give_password(&app, found, sign_in.password).await?;
    give_code(&app, &account, sign_in.code).await?;
    let begun = Begun::new(account.id, device, sign_in.is_shared, app.clock().now())?;
    tracing::info!(event = "signed_in", account = %account.id, session = %begun.row.id, "signed in");
    begun.keep(&app).await?.answer(&app, &cookie).await
}

/// Signs out: the session is good for nothing any more, wherever its cookie went.
pub(crate) async fn sign_out(
    State(app): State<App>,
    cookie: CookieName,
    SignedIn(session): SignedIn,
) -> Result<Response, Failure> {
    let (accounts, now) = (app.accounts(), app.clock().now());
    blocking(move || accounts.end_session(session.account, session.id, now)).await?;
    endings::look(&app).await;
    tracing::info!(event = "signed_out", account = %session.account, session = %session.id, "signed out");
    let clear = cookie.clear().ok_or_else(Failure::internal)?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, clear)]).into_response())
}

/// Takes the password again, before something that matters.
pub(crate) async fn confirm(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    request: Request<Body>,
) -> Result<StatusCode, Failure> {
    let confirm: Confirm = body::json(request, BODY).await?;
    let account = own(&app, &session).await?;
    count_proof(&app, &session)?;
    let account = give_password(&app, Some(account), confirm.password).await?;
    give_code(&app, &account, confirm.code).await?;
    let (accounts, now) = (app.accounts(), app.clock().now());
    blocking(move || accounts.confirm_session(session.id, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}
