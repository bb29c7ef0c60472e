//! API tokens: made, listed and revoked by people; programs have no say in them.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};
use slipway_shared::account::{MakeToken, NewToken, TOKEN_MOST_MS, TOKEN_MS, Token, Tokens};
use slipway_shared::ids::TokenId;
use slipway_shared::member::Role;
use uuid::Uuid;

use super::texts::name;
use super::{BODY, blocking, body};
use crate::access::{InWorkspace, endings};
use crate::accounts::secret::{Secret, token_text};
use crate::app::App;
use crate::error::Failure;
use crate::store::accounts::TokenRow;

/// Lists one's own tokens, for admins everybody's.
pub(crate) async fn list(State(app): State<App>, asks: InWorkspace) -> Result<Json<Tokens>, Failure> {
    let own = asks.signed_in()?.0.account;
    let (accounts, workspace, now) = (app.accounts(), asks.workspace.id(), app.clock().now());
    let mut rows = blocking(move || accounts.tokens(workspace, now)).await?;
    rows.retain(|row| asks.role == Role::Admin || row.account == own);
    Ok(Json(Tokens { tokens: rows.into_iter().map(told).collect() }))
}

/// Makes a token. Its secret is told this once.
pub(crate) async fn make(
    State(app): State<App>,
    asks: InWorkspace,
    request: Request<Body>,
) -> Result<Json<NewToken>, Failure> {
    let make: MakeToken = body::json(request, BODY).await?;
    let (signed_in, now) = (asks.signed_in()?, app.clock().now());
    signed_in.confirmed(now)?;
    let lasts_ms = make.lasts_ms.unwrap_or(TOKEN_MS);
    if !(1..=TOKEN_MOST_MS).contains(&lasts_ms) {
        let message = format!("a token lasts 1 to {TOKEN_MOST_MS} milliseconds; none was made");
        return Err(Failure::unacceptable(message));
    }
    let row = TokenRow {
        id: TokenId::from_u128(Uuid::now_v7().as_u128()),
        account: signed_in.0.account,
        workspace: asks.workspace.id(),
        member: asks.member,
        name: name(&make.name)?,
        scope: make.scope,
        made: now,
        ends: now.plus(lasts_ms),
        used: None,
    };
    let secret = Secret::new()?;
    let (accounts, hash, kept) = (app.accounts(), secret.hash(), row.clone());
    blocking(move || accounts.add_token(hash, &kept)).await?;
    tracing::info!(event = "token_made", token = %row.id, member = %row.member, "an API token was made");
    let secret = token_text(row.id, &secret);
    Ok(Json(NewToken { token: told(row), secret }))
}

/// Ends a token: one's own, for admins anybody's.
pub(crate) async fn revoke(
    State(app): State<App>,
    asks: InWorkspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    let own = asks.signed_in()?.0.account;
    let unknown = || Failure::not_found("there is no such token, or it has ended; nothing was changed");
    let id: TokenId = id.parse().map_err(|_| unknown())?;
    let whose = (asks.role != Role::Admin).then_some(own);
    let (accounts, workspace, now) = (app.accounts(), asks.workspace.id(), app.clock().now());
    if !blocking(move || accounts.revoke_token(workspace, id, whose, now)).await? {
        return Err(unknown());
    }
    endings::look(&app).await;
    tracing::info!(event = "token_revoked", token = %id, "an API token was revoked");
    Ok(StatusCode::NO_CONTENT)
}

fn told(row: TokenRow) -> Token {
    let TokenRow { id, member, name, scope, made, ends, used, .. } = row;
    Token { id, name, scope, member, made, ends, used }
}
