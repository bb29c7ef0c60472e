//! The first visit: whoever has the token that the server printed becomes the owner.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::Response;
use slipway_shared::account::{NewPerson, SetupRequest, SetupState};
use slipway_shared::ids::AccountId;
use uuid::Uuid;

use super::texts::{device, login, name};
use super::{BODY, blocking, body};
use crate::access::cookie::CookieName;
use crate::access::sessions::Begun;
use crate::access::{Peer, setup};
use crate::accounts::{password, secret};
use crate::app::App;
use crate::error::Failure;
use crate::store::accounts::{Entry, Joining, NewAccount};

/// Tells whether there is an owner.
pub(crate) async fn state(State(app): State<App>) -> Json<SetupState> {
    Json(SetupState { is_needed: !app.is_claimed() })
}

/// Makes the owner, who is the workspace's first member from now on, and signs them in. The workspace keeps its name:
/// there is no command yet that changes it.
pub(crate) async fn set_up(
    State(app): State<App>,
    peer: Peer,
    cookie: CookieName,
    request: Request<Body>,
) -> Result<Response, Failure> {
    let SetupRequest { token, workspace, person } = body::json(request, BODY).await?;
    app.rates().unauthenticated(peer.address).map_err(Failure::too_many_tries)?;
    name(&workspace)?;
    let (accounts, token, now) = (app.accounts(), secret::hash(&token), app.clock().now());
    if !blocking(move || accounts.is_setup_token(token, now)).await? {
        return Err(Failure::token_gone());
    }
    let (account, device) = new_account(&app, person).await?;
    let begun = Begun::new(account.id, device, false, app.clock().now())?;
    let session = Some((begun.secret.hash(), begun.row.clone()));
    let (workspace, member) = (app.workspace(), app.local_member());
    let entry = Entry { who: Joining::New(account), workspace, member, session };
    let accounts = app.accounts();
    blocking(move || Ok(accounts.claim(token, &entry, now))).await??;
    app.claimed();
    tracing::info!(event = "claimed", account = %begun.row.account, "the server has an owner");
    let data = app.dir().path().to_owned();
    blocking(move || {
        setup::forget(&data);
        Ok(())
    })
    .await?;
    begun.answer(&app, &cookie).await
}

/// Checks what somebody says of themselves, and hashes their password. Returns their device as well.
pub(super) async fn new_account(app: &App, person: NewPerson) -> Result<(NewAccount, String), Failure> {
    let (name, login, device) = (name(&person.name)?, login(&person.login)?, device(&person.device)?);
    password::acceptable(&person.password, &login)?;
    let password = app.hasher().hash(person.password).await?;
    let id = AccountId::from_u128(Uuid::now_v7().as_u128());
    Ok((NewAccount { id, name, login, password, made: app.clock().now() }, device))
}
