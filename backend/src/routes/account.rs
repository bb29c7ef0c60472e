//! One's own account: the name to show and the password.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use slipway_shared::account::{Account, ChangePassword, ChangeProfile};
use slipway_shared::sync::protocol::ErrorBody;

use super::proofs::{count_proof, give_present_password, own};
use super::texts::name;
use super::{BODY, blocking, body};
use crate::access::sessions::account_of;
use crate::access::{Peer, SignedIn, endings, failures};
use crate::accounts::password;
use crate::app::App;
use crate::error::Failure;

/// Tells about the account.
#[utoipa::path(
    get, path = "/api/v1/account", tag = "account",
    security(("cookie" = [])),
    responses((status = 200, description = "The account of who asks", body = Account)),
)]
pub(crate) async fn account(
    State(app): State<App>,
    SignedIn(session): SignedIn,
) -> Result<Json<Account>, Failure> {
    Ok(Json(account_of(&own(&app, &session).await?)))
}

/// Changes the name to show, here and in the workspaces.
#[utoipa::path(
    patch, path = "/api/v1/account", tag = "account",
    request_body = ChangeProfile, security(("cookie" = [])),
    responses(
        (status = 200, description = "Called so", body = Account),
        (status = 422, description = "A text is not right", body = ErrorBody),
    ),
)]
pub(crate) async fn rename(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    request: Request<Body>,
) -> Result<Json<Account>, Failure> {
    let change: ChangeProfile = body::json(request, BODY).await?;
    let (accounts, by, now, name) = (app.accounts(), session.by(), app.clock().now(), name(&change.name)?);
    blocking(move || accounts.rename(session.account, &name, by, now)).await?;
    Ok(Json(account_of(&own(&app, &session).await?)))
}

/// Changes the password and ends every other session.
#[utoipa::path(
    put, path = "/api/v1/account/password", tag = "account",
    request_body = ChangePassword, security(("cookie" = [])),
    responses(
        (status = 204, description = "Changed; every other session ended"),
        (status = 422, description = "The new password is not good enough", body = ErrorBody),
    ),
)]
pub(crate) async fn change_password(
    State(app): State<App>,
    peer: Peer,
    signed_in: SignedIn,
    request: Request<Body>,
) -> Result<StatusCode, Failure> {
    let change: ChangePassword = body::json(request, BODY).await?;
    signed_in.confirmed(app.clock().now())?;
    let SignedIn(session) = signed_in;
    let account = own(&app, &session).await?;
    count_proof(&app, &session)?;
    let note = |failure: &Failure| failures::note(&app, Some(session.account), peer, failure);
    let account = give_present_password(&app, account, change.old.clone()).await.inspect_err(note)?;
    if change.new == change.old {
        return Err(Failure::unacceptable(
            "this is the present password; nothing was changed; choose another one",
        ));
    }
    password::acceptable(&change.new, &account.login)?;
    let hash = app.hasher().hash(change.new).await?;
    let (accounts, now) = (app.accounts(), app.clock().now());
    let own = Some((session.id, account.sign_outs));
    let changed = blocking(move || accounts.change_password(session.account, &hash, own, now)).await?;
    changed.or(Failure::password_changed_meanwhile)?;
    endings::look(&app).await;
    tracing::info!(event = "password_changed", account = %session.account, "a password was changed");
    Ok(StatusCode::NO_CONTENT)
}
