//! Accepting an invitation: with a new account, or the one that is signed in.
//!
//! Who somebody will be was chosen when they were invited. So the workspace learns of them first: should that be all that
//! happens, accepting once more makes the same member. Before that the invitation is reserved, so that of two who accept it
//! only one comes in, and nobody withdraws it halfway.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::{IntoResponse, Response};
use slipway_shared::account::{AcceptInvitation, InvitationOffer, LookAtInvitation};
use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::ids::MemberId;
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::protocol::ErrorBody;
use slipway_shared::time::Timestamp;
use tokio::sync::Mutex;

use super::giving::give;
use super::setup::new_account;
use super::{BODY, blocking, body};
use crate::access::cookie::CookieName;
use crate::access::sessions::{Begun, tell};
use crate::access::{Caller, Peer, SignedIn};
use crate::accounts::secret;
use crate::app::App;
use crate::error::Failure;
use crate::store::accounts::{Entry, InvitationRow, Joining, SessionRow};
use crate::writer::OpenWorkspace;

/// Tells what an invitation is to.
#[utoipa::path(
    post, path = "/api/v1/invitations/look", tag = "invitations",
    request_body = LookAtInvitation, security(()),
    responses(
        (status = 200, description = "What the invitation is to", body = InvitationOffer),
        (status = 410, description = "The link is not good any more", body = ErrorBody),
    ),
)]
pub(crate) async fn look(
    State(app): State<App>,
    peer: Peer,
    request: Request<Body>,
) -> Result<Json<InvitationOffer>, Failure> {
    let LookAtInvitation { token } = body::json(request, BODY).await?;
    let invitation = find(&app, peer, secret::hash(&token)).await?;
    let workspace = invited_to(&app, &invitation)?;
    let by = inviter(&workspace, &invitation)?;
    let (reader, id) = (app.reader(), workspace.id());
    let people = blocking(move || reader.people(id)).await?;
    let by = people.into_iter().find(|known| known.member == by).map(|known| known.name);
    Ok(Json(InvitationOffer {
        workspace: workspace.state().workspace.name.clone(),
        role: invitation.role,
        by: (!invitation.is_operators).then(|| by.unwrap_or_default()),
        ends: invitation.ends,
    }))
}

/// Joins.
#[utoipa::path(
    post, path = "/api/v1/invitations/accept", tag = "invitations",
    request_body = AcceptInvitation, security((), ("cookie" = [])),
    responses(
        (status = 200, description = "Joined, and signed in", body = slipway_shared::account::Session),
        (status = 401, description = "It is not said who joins, and nobody is signed in", body = ErrorBody),
        (status = 409, description = "Somebody signs in with this name, or is a member already", body = ErrorBody),
        (status = 410, description = "The link is not good any more", body = ErrorBody),
        (status = 422, description = "A text is not right", body = ErrorBody),
    ),
)]
pub(crate) async fn accept(
    State(app): State<App>,
    peer: Peer,
    cookie: CookieName,
    caller: Result<Caller, Failure>,
    request: Request<Body>,
) -> Result<Response, Failure> {
    let AcceptInvitation { token, person } = body::json(request, BODY).await?;
    let invitation = find(&app, peer, secret::hash(&token)).await?;
    let workspace = invited_to(&app, &invitation)?;
    inviter(&workspace, &invitation)?;
    let Some(person) = person else {
        let SignedIn(session) = caller?.try_into()?;
        join_as(&app, &workspace, &invitation, &session).await?;
        return Ok(Json(tell(&app, Caller::Session(session)).await?).into_response());
    };
    let (account, device) = new_account(&app, person).await?;
    let (accounts, login) = (app.accounts(), account.login.clone());
    if blocking(move || accounts.account_by_login(&login)).await?.is_some() {
        return Err(Failure::login_taken());
    }
    let begun = Begun::new(account.id, device, false, app.clock().now())?;
    let session = Some(begun.row.clone());
    let (id, member) = (invitation.workspace, invitation.member);
    let entry = Entry { who: Joining::New(account), workspace: id, member, session, who_signed_in: None };
    join(&app, &workspace, &invitation, entry).await?;
    begun.answer(&app, &cookie).await
}

async fn find(app: &App, peer: Peer, token: Hash) -> Result<InvitationRow, Failure> {
    app.rates().unauthenticated(peer.address).map_err(Failure::too_many_tries)?;
    let (accounts, now) = (app.accounts(), app.clock().now());
    blocking(move || accounts.invitation(token, now)).await?.ok_or_else(Failure::token_gone)
}

/// Returns where an invitation is to.
fn invited_to(app: &App, invitation: &InvitationRow) -> Result<OpenWorkspace, Failure> {
    app.workspace(invitation.workspace).ok_or_else(Failure::token_gone)
}

/// Returns the admin in whose name somebody is let in. Whoever is no admin any more lets nobody in, least of all
/// themselves; what the operator has made is good for as long as there is any admin.
fn inviter(workspace: &OpenWorkspace, invitation: &InvitationRow) -> Result<MemberId, Failure> {
    let state = workspace.state();
    let is_admin = state.workspace.role(invitation.by) == Some(Role::Admin);
    let by = is_admin.then_some(invitation.by);
    let any = || state.workspace.admins().next().filter(|_| invitation.is_operators);
    by.or_else(any).ok_or_else(Failure::token_gone)
}

static JOINING: Mutex<()> = Mutex::const_new(());

/// Lets somebody in who has an account; whoever was a member before is the same one again. Whoever is one has the role of
/// the invitation from then on, if that may do more: it was made by an admin, for whoever has the link.
async fn join_as(
    app: &App,
    workspace: &OpenWorkspace,
    invitation: &InvitationRow,
    session: &SessionRow,
) -> Result<(), Failure> {
    // Whoever accepts two links at once is looked up for the second when the first has made them a member.
    let _alone = JOINING.lock().await;
    let (accounts, account, id) = (app.accounts(), session.account, workspace.id());
    let found = blocking(move || {
        let known = accounts.memberships(account)?.into_iter().find(|known| known.workspace == id);
        Ok((known, accounts.account(account)?))
    });
    let (former, known) = found.await?;
    let name = known.map(|known| known.name).ok_or_else(Failure::sign_in_needed)?;
    let member = former.map_or(invitation.member, |former| former.member);
    if workspace.state().workspace.role(member).is_some_and(|role| role >= invitation.role) {
        return Err(Failure::already_member());
    }
    let (who, who_signed_in) = (Joining::Known { account, name }, Some(session.id));
    let entry = Entry { who, workspace: id, member, session: None, who_signed_in };
    join(app, workspace, invitation, entry).await
}

async fn join(
    app: &App,
    workspace: &OpenWorkspace,
    invitation: &InvitationRow,
    entry: Entry,
) -> Result<(), Failure> {
    let (accounts, id, now) = (app.accounts(), invitation.id, app.clock().now());
    let reserved = blocking(move || Ok(accounts.reserve(id, now))).await??;
    let done = join_reserved(app, workspace, invitation, reserved, entry).await;
    if done.is_err() {
        let accounts = app.accounts();
        // One that can't be let go lapses.
        drop(blocking(move || accounts.let_go(id, reserved)).await);
    }
    done
}

async fn join_reserved(
    app: &App,
    workspace: &OpenWorkspace,
    invitation: &InvitationRow,
    reserved: Timestamp,
    entry: Entry,
) -> Result<(), Failure> {
    let (id, member) = (invitation.id, entry.member);
    add_member(app, workspace, invitation, member).await?;
    let (accounts, now) = (app.accounts(), app.clock().now());
    blocking(move || Ok(accounts.accept(id, reserved, &entry, now))).await??;
    tracing::info!(event = "joined", invitation = %id, %member, "somebody joined");
    Ok(())
}

/// Tells the log: somebody is a member, or one with a role that may do more.
async fn add_member(
    app: &App,
    workspace: &OpenWorkspace,
    invitation: &InvitationRow,
    member: MemberId,
) -> Result<(), Failure> {
    // Anew: hashing a password takes a while, in which who has invited may have been removed.
    let actor = inviter(workspace, invitation)?;
    let role = invitation.role;
    let command = match workspace.state().workspace.role(member) {
        // They were added when the link was used before, and that came no further.
        Some(known) if known >= role => return Ok(()),
        Some(_) => MemberCommand::SetRole { member, role },
        None => MemberCommand::Add { member, role },
    };
    let command = Command::Member(command);
    match give(app, workspace, actor, None, command).await? {
        // Whoever was taken in at this very moment is in.
        None | Some(Rejection::IdTaken) => Ok(()),
        Some(rejection) => {
            let message =
                format!("the workspace refuses: {rejection}; nobody joined; ask for a new invitation");
            Err(Failure::forbidden(message))
        }
    }
}
