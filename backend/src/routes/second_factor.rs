//! The second factor: drafted, proved with a code, and taken away again. All of it wants a confirmed session, and
//! with either change the other sessions end: they began by other rules.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use slipway_shared::account::{ConfirmSecondFactor, RecoveryCodes, SecondFactorDraft};
use slipway_shared::sync::protocol::ErrorBody;

use super::proofs::{count_proof, own, recovery_hash};
use super::{BODY, blocking, body};
use crate::access::{SignedIn, endings};
use crate::accounts::lockbox::Place;
use crate::accounts::{qr, totp};
use crate::app::App;
use crate::error::Failure;
use crate::store::accounts::{Acted, SessionRow};

/// What authenticator apps call this.
const ISSUER: &str = "Slipway";

/// Makes a secret for an app. Signing in asks for nothing yet.
#[utoipa::path(
    post, path = "/api/v1/account/second-factor", tag = "account",
    security(("cookie" = [])),
    responses((status = 200, description = "What an authenticator app is told", body = SecondFactorDraft)),
)]
pub(crate) async fn draft(
    State(app): State<App>,
    signed_in: SignedIn,
) -> Result<Json<SecondFactorDraft>, Failure> {
    signed_in.confirmed(app.clock().now())?;
    let SignedIn(session) = signed_in;
    let account = own(&app, &session).await?;
    let secret = totp::new_secret()?;
    let draft = app.lockbox().lock(Place::Draft(session.account), &secret)?;
    let (accounts, now) = (app.accounts(), app.clock().now());
    let kept = blocking(move || accounts.draft_second_factor(&draft, &session, now)).await?;
    kept.or(Failure::sign_in_needed)?;
    let uri = totp::uri(&secret, ISSUER, &account.login);
    let picture = qr::picture(&uri);
    Ok(Json(SecondFactorDraft { secret: totp::base32(&secret), uri, picture }))
}

/// Takes the drafted secret once a code shows that an app has it. The recovery codes are told this once.
#[utoipa::path(
    put, path = "/api/v1/account/second-factor", tag = "account",
    request_body = ConfirmSecondFactor, security(("cookie" = [])),
    responses(
        (status = 200, description = "Asked for from now on", body = RecoveryCodes),
        (status = 404, description = "No second factor waits to be proved", body = ErrorBody),
    ),
)]
pub(crate) async fn prove(
    State(app): State<App>,
    signed_in: SignedIn,
    request: Request<Body>,
) -> Result<Json<RecoveryCodes>, Failure> {
    let proof: ConfirmSecondFactor = body::json(request, BODY).await?;
    let now = app.clock().now();
    signed_in.confirmed(now)?;
    let SignedIn(session) = signed_in;
    let account = own(&app, &session).await?;
    count_proof(&app, &session)?;
    app.rates().own_code(account.id).map_err(Failure::too_many_tries)?;
    let draft = account.draft.ok_or_else(Failure::no_draft)?;
    // One that was locked with another key can't be proved; a new one can be made.
    let secret = app.lockbox().open(Place::Draft(account.id), &draft).ok_or_else(Failure::no_draft)?;
    let locked = app.lockbox().lock(Place::SecondFactor(account.id), &secret)?;
    let step = totp::check(&secret, &proof.code, now, None).ok_or_else(Failure::wrong_proof_of_draft)?;
    let codes = totp::recovery_codes()?;
    let hashes: Vec<_> = codes.iter().map(|code| recovery_hash(code)).collect();
    let (accounts, SessionRow { id, account, .. }) = (app.accounts(), session);
    let taken =
        blocking(move || accounts.take_second_factor(account, &draft, &locked, step, &hashes, id, now));
    taken.await?.or(Failure::no_draft)?;
    endings::look(&app).await;
    tracing::info!(event = "second_factor_set", %account, "a second factor is asked for");
    Ok(Json(RecoveryCodes { codes }))
}

/// Asks for no second factor any more.
#[utoipa::path(
    delete, path = "/api/v1/account/second-factor", tag = "account",
    security(("cookie" = [])),
    responses((status = 204, description = "Asked for no more")),
)]
pub(crate) async fn drop_it(State(app): State<App>, signed_in: SignedIn) -> Result<StatusCode, Failure> {
    let now = app.clock().now();
    signed_in.confirmed(now)?;
    let SignedIn(session) = signed_in;
    let accounts = app.accounts();
    let dropped =
        blocking(move || accounts.drop_second_factor(session.account, Some(session.id), now)).await?;
    // That there was none is what is wanted.
    if dropped == Acted::Ended {
        return Err(Failure::sign_in_needed());
    }
    endings::look(&app).await;
    tracing::info!(event = "second_factor_dropped", account = %session.account, "no second factor any more");
    Ok(StatusCode::NO_CONTENT)
}
