//! API tokens: made, listed and revoked by people; programs have no say in them.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use slipway_shared::account::{MakeToken, NewToken, TOKEN_MOST_MS, TOKEN_MS, Token, Tokens};
use slipway_shared::ids::{MemberId, TokenId};
use slipway_shared::member::Role;
use slipway_shared::sync::protocol::ErrorBody;
use uuid::Uuid;

use super::extract::At;
use super::texts::name;
use super::{BODY, blocking, body};
use crate::access::{InWorkspace, endings};
use crate::accounts::secret::{Secret, token_text};
use crate::app::App;
use crate::error::Failure;
use crate::store::accounts::TokenRow;
use crate::trail::belonging;
use crate::writer::OpenWorkspace;

/// Lists one's own tokens, for admins everybody's.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/tokens", tag = "tokens",
    security(("cookie" = [])),
    responses((status = 200, description = "The tokens, for admins everybody's", body = Tokens)),
)]
pub(crate) async fn list(State(app): State<App>, asks: InWorkspace) -> Result<Json<Tokens>, Failure> {
    let own = asks.signed_in()?.0.account;
    let (accounts, workspace, now) = (app.accounts(), asks.workspace.id(), app.clock().now());
    let mut rows = blocking(move || accounts.tokens(workspace, now)).await?;
    rows.retain(|row| asks.role == Role::Admin || row.account == own);
    Ok(Json(Tokens { tokens: rows.into_iter().map(told).collect() }))
}

/// Makes a token. Its secret is told this once.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/tokens", tag = "tokens",
    request_body = MakeToken, security(("cookie" = [])),
    responses(
        (status = 200, description = "The token, with its secret", body = NewToken),
        (status = 422, description = "A text or a time is not right, or there are too many", body = ErrorBody),
    ),
)]
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
    let (accounts, hash, kept, by) = (app.accounts(), secret.hash(), row.clone(), signed_in.0.by());
    blocking(move || accounts.add_token(hash, &kept, by)).await?.or(Failure::too_many_tokens)?;
    tracing::info!(event = "token_made", token = %row.id, member = %row.member, "an API token was made");
    let secret = token_text(row.id, &secret);
    Ok(Json(NewToken { token: told(row), secret }))
}

/// Ends a token: one's own, for admins anybody's.
#[utoipa::path(
    delete, path = "/api/v1/workspaces/{ws}/tokens/{id}", tag = "tokens",
    security(("cookie" = [])),
    responses((status = 204, description = "It ended")),
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    asks: InWorkspace,
    At((_, id)): At<(String, String)>,
) -> Result<StatusCode, Failure> {
    let own = asks.signed_in()?.0;
    let unknown = || Failure::not_found("there is no such token, or it has ended; nothing was changed");
    let id: TokenId = id.parse().map_err(|_| unknown())?;
    let (whose, by) = ((asks.role != Role::Admin).then_some(own.account), own.by());
    let (accounts, workspace, now) = (app.accounts(), asks.workspace.id(), app.clock().now());
    if !blocking(move || accounts.revoke_token(workspace, id, whose, by, now)).await? {
        return Err(unknown());
    }
    endings::look(&app).await;
    tracing::info!(event = "token_revoked", token = %id, "an API token was revoked");
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the tokens of who is no member any more, or was none since they were made. They could do nothing with them, and shall
/// not again once they are invited anew. What fails now is done by housekeeping.
pub(crate) async fn end_of_former_members(app: &App, workspace: &OpenWorkspace) {
    let state = workspace.state();
    let (accounts, reader, workspace, now) =
        (app.accounts(), app.reader(), workspace.id(), app.clock().now());
    let ended = blocking(move || {
        let events = reader.member_events(workspace)?;
        let back = |member: &MemberId| belonging::came_back(&events, *member);
        let since = state.workspace.members.keys().map(|member| (*member, back(member))).collect();
        accounts.revoke_tokens_but_of(workspace, &since, now)
    });
    match ended.await {
        Ok(0) => {}
        Ok(ended) => {
            endings::look(app).await;
            tracing::info!(event = "tokens_revoked", ended, "the API tokens of former members were revoked");
        }
        Err(_) => tracing::warn!("the API tokens of former members could not be revoked yet"),
    }
}

fn told(row: TokenRow) -> Token {
    let TokenRow { id, member, name, scope, made, ends, used, .. } = row;
    Token { id, name, scope, member, made, ends, used }
}
