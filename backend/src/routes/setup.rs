//! The first visit: whoever has the token that the server printed becomes the owner.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::Response;
use slipway_shared::account::{Beginning, NewPerson, SetupRequest, SetupState};
use slipway_shared::command::{Command, WorkspaceCommand};
use slipway_shared::ids::{AccountId, DeviceId, MemberId};
use slipway_shared::rejection::TextField;
use slipway_shared::sync::protocol::ErrorBody;
use slipway_shared::text::line;
use uuid::Uuid;

use super::giving::give;
use super::texts::{device, login, name};
use super::{BODY, blocking, body};
use crate::access::cookie::CookieName;
use crate::access::sessions::Begun;
use crate::access::{Peer, setup};
use crate::accounts::{password, secret};
use crate::app::App;
use crate::error::Failure;
use crate::new_workspace::filling;
use crate::store::accounts::{Entry, Joining, NewAccount};
use crate::writer::{OpenWorkspace, Push};

/// Tells whether there is an owner.
#[utoipa::path(
    get, path = "/api/v1/setup", tag = "setup",
    security(()),
    responses((status = 200, description = "Whether there is no owner yet", body = SetupState)),
)]
pub(crate) async fn state(State(app): State<App>) -> Json<SetupState> {
    Json(SetupState { is_needed: !app.is_claimed() })
}

/// Makes the owner, who is the workspace's first member from now on, names the workspace, and signs them in.
#[utoipa::path(
    post, path = "/api/v1/setup", tag = "setup",
    request_body = SetupRequest, security(()),
    responses(
        (status = 200, description = "The owner is signed in", body = slipway_shared::account::Session),
        (status = 410, description = "The token is not good", body = ErrorBody),
        (status = 409, description = "Somebody signs in with this name", body = ErrorBody),
        (status = 422, description = "A text is not right", body = ErrorBody),
    ),
)]
pub(crate) async fn set_up(
    State(app): State<App>,
    peer: Peer,
    cookie: CookieName,
    request: Request<Body>,
) -> Result<Response, Failure> {
    let SetupRequest { token, workspace, beginning, person } = body::json(request, BODY).await?;
    app.rates().unauthenticated(peer.address).map_err(Failure::too_many_tries)?;
    let called = line(TextField::Name, &workspace).map_err(|rejection| {
        Failure::unacceptable(format!("the workspace can't be called that: {rejection}; nothing was made"))
    })?;
    let (accounts, token, now) = (app.accounts(), secret::hash(&token), app.clock().now());
    if !blocking(move || accounts.is_setup_token(token, now)).await? {
        return Err(Failure::token_gone());
    }
    let (account, device) = new_account(&app, person).await?;
    let begun = Begun::new(account.id, device, false, app.clock().now())?;
    let session = Some((begun.secret.hash(), begun.row.clone()));
    // Nobody makes a second one before there is an owner.
    let workspace = app.workspaces().into_iter().next().ok_or_else(Failure::internal)?;
    let member = workspace.local_member();
    let who = Joining::New(account);
    let entry = Entry { who, workspace: workspace.id(), member, session, who_signed_in: None };
    let claiming = app.clone();
    let claim = blocking(move || {
        let done = claiming.accounts().claim(token, &entry, now);
        if done.is_ok() {
            // Here, since whoever hangs up now takes along everything that comes after this.
            claiming.claimed();
        }
        Ok(done)
    });
    claim.await??;
    tracing::info!(event = "claimed", account = %begun.row.account, "the server has an owner");
    let rename = Command::Workspace(WorkspaceCommand::Rename { name: called });
    // The owner is there whatever comes of it; an admin can give the name again.
    let device = Some(DeviceId::from_u128(begun.row.id.as_u128()));
    match give(&app, &workspace, member, device, rename).await {
        Ok(None) => {}
        Ok(Some(rejection)) => tracing::warn!(%rejection, "the workspace keeps its name"),
        Err(failure) => tracing::warn!(?failure, "the workspace keeps its name"),
    }
    if beginning == Beginning::Sample {
        fill(&app, &workspace, member).await;
    }
    let data = app.dir().path().to_owned();
    blocking(move || {
        setup::forget(&data);
        Ok(())
    })
    .await?;
    begun.answer(&app, &cookie).await
}

/// Fills a workspace with the sample. That it stays empty is no reason to take anything back.
async fn fill(app: &App, workspace: &OpenWorkspace, actor: MemberId) {
    let (state, now) = (workspace.state(), app.clock().now());
    let filling = filling(&state.workspace, actor, now);
    let commands = filling.iter().map(|planned| planned.envelope.to_wire()).collect();
    let push = Push { actor, device: None, epoch: state.cursor.epoch, sent_at: now, commands };
    if let Err(error) = workspace.push(push).await {
        tracing::warn!(%error, "the workspace begins without the sample");
    }
}

/// Checks what somebody says of themselves, and hashes their password. Returns their device as well.
pub(super) async fn new_account(app: &App, person: NewPerson) -> Result<(NewAccount, String), Failure> {
    let (name, login, device) = (name(&person.name)?, login(&person.login)?, device(&person.device)?);
    password::acceptable(&person.password, &login)?;
    let password = app.hasher().hash(person.password).await?;
    let id = AccountId::from_u128(Uuid::now_v7().as_u128());
    Ok((NewAccount { id, name, login, password, made: app.clock().now() }, device))
}
