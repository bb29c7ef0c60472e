//! The first visit: whoever has the token that the server printed becomes the owner.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::Response;
use slipway_shared::account::{Beginning, NewPerson, SetupRequest, SetupState, WorkspaceHere};
use slipway_shared::command::{Command, WorkspaceCommand};
use slipway_shared::ids::{AccountId, DeviceId, MemberId};
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::rejection::{Rejection, TextField};
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
pub(crate) async fn state(State(app): State<App>, peer: Peer) -> Result<Json<SetupState>, Failure> {
    if app.is_claimed() {
        return Ok(Json(SetupState { is_needed: false, workspace: None }));
    }
    app.rates().unauthenticated(peer.address).map_err(Failure::too_many_requests)?;
    let workspace = first(&app)?;
    Ok(Json(SetupState { is_needed: true, workspace: already_here(&app, &workspace).await? }))
}

/// Makes the owner, an admin of the workspace, names it where it is new, and signs them in.
#[utoipa::path(
    post, path = "/api/v1/setup", tag = "setup",
    request_body = SetupRequest, security(()),
    responses(
        (status = 200, description = "The owner is signed in", body = slipway_shared::account::Session),
        (status = 410, description = "The token is not good", body = ErrorBody),
        (status = 409, description = "Somebody signs in with this name", body = ErrorBody),
        (status = 422, description = "A text is not right, or a workspace is here that stays as it is", body = ErrorBody),
    ),
)]
pub(crate) async fn set_up(
    State(app): State<App>,
    peer: Peer,
    cookie: CookieName,
    request: Request<Body>,
) -> Result<Response, Failure> {
    let SetupRequest { token, workspace: named, beginning, person } = body::json(request, BODY).await?;
    app.rates().unauthenticated(peer.address).map_err(Failure::too_many_tries)?;
    let workspace = first(&app)?;
    let here = already_here(&app, &workspace).await?;
    let (accounts, token, now) = (app.accounts(), secret::hash(&token), app.clock().now());
    if !blocking(move || accounts.is_setup_token(token, now)).await? {
        return Err(Failure::token_gone());
    }
    let called = called(here.is_some(), named.as_deref(), beginning)?;
    let (account, device) = new_account(&app, person).await?;
    let begun = Begun::new(account.id, device, false, app.clock().now())?;
    let session = Some(begun.row.clone());
    let device = DeviceId::from_u128(begun.row.id.as_u128());
    let member = owner_of(&app, &workspace).await?;
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
    if let Some(name) = called {
        rename(&app, &workspace, member, device, name).await;
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

/// Returns the workspace that the first visit is to: nobody makes a second one before there is an owner.
fn first(app: &App) -> Result<OpenWorkspace, Failure> {
    app.workspaces().into_iter().next().ok_or_else(Failure::internal)
}

/// Tells of a workspace in which more happened than that a start made it.
async fn already_here(app: &App, workspace: &OpenWorkspace) -> Result<Option<WorkspaceHere>, Failure> {
    let (state, reader, id) = (workspace.state(), app.reader(), workspace.id());
    let begun = blocking(move || Ok(reader.events(id, 0, 1)?.into_iter().next())).await?;
    let made = begun.and_then(|event| event.read_header().ok()).map_or(0, |first| u64::from(first.more) + 1);
    let is_imported = state.workspace.role(workspace.local_member()).is_none();
    let is_here = is_imported || state.cursor.seq > made;
    Ok(is_here.then(|| WorkspaceHere { name: state.workspace.name.clone(), events: state.cursor.seq }))
}

/// Returns what a new workspace is to be called; `None` for one that is here and keeps its name.
fn called(is_here: bool, name: Option<&str>, beginning: Beginning) -> Result<Option<String>, Failure> {
    if is_here && (name.is_some() || !beginning.is_empty()) {
        return Err(Failure::unacceptable(
            "a workspace is here already and stays as it is; nothing was made; leave workspace and beginning out",
        ));
    }
    if is_here {
        return Ok(None);
    }
    let called = line(TextField::Name, name.unwrap_or_default()).map_err(|rejection| {
        Failure::unacceptable(format!("the workspace can't be called that: {rejection}; nothing was made"))
    })?;
    Ok(Some(called))
}

/// Returns who the owner is in the workspace: its first member, who is in the log of what was begun here and of data from
/// before accounts. What was imported has a history of its own people: there the owner joins as somebody new, by the
/// operator's leave in the name of an admin, as by an invitation of theirs. The log learns of them before the account is
/// there: should that be all that happens, the next first visit makes the same member.
async fn owner_of(app: &App, workspace: &OpenWorkspace) -> Result<MemberId, Failure> {
    let (member, state) = (workspace.local_member(), workspace.state());
    if state.workspace.role(member).is_some() {
        return Ok(member);
    }
    let actor = state.workspace.admins().next().unwrap_or(member);
    let add = Command::Member(MemberCommand::Add { member, role: Role::Admin });
    match give(app, workspace, actor, None, add).await? {
        None | Some(Rejection::IdTaken) => Ok(member),
        Some(rejection) => {
            let message = format!("the workspace refuses: {rejection}; nothing was made");
            Err(Failure::forbidden(message))
        }
    }
}

/// Names the workspace. The owner is there whatever comes of it; an admin can give the name again.
async fn rename(app: &App, workspace: &OpenWorkspace, member: MemberId, device: DeviceId, name: String) {
    let rename = Command::Workspace(WorkspaceCommand::Rename { name });
    match give(app, workspace, member, Some(device), rename).await {
        Ok(None) => {}
        Ok(Some(rejection)) => tracing::warn!(%rejection, "the workspace keeps its name"),
        Err(failure) => tracing::warn!(?failure, "the workspace keeps its name"),
    }
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
