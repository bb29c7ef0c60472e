//! The people of a workspace, and inviting others.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use slipway_shared::account::{INVITATION_MS, Invitation, Invite, Invited, People, Person};
use slipway_shared::ids::{InvitationId, MemberId};
use slipway_shared::member::Role;
use slipway_shared::sync::protocol::ErrorBody;
use uuid::Uuid;

use super::extract::At;
use super::texts::name;
use super::{BODY, blocking, body};
use crate::access::{Caller, InWorkspace};
use crate::accounts::secret::Secret;
use crate::app::App;
use crate::error::Failure;
use crate::store::accounts::{InvitationRow, Withdrawal};

/// Lists the members by name. Admins who are signed in also see what everybody signs in with, and who is invited.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/people", tag = "people",
    responses((status = 200, description = "The members, and for admins who is invited", body = People)),
)]
pub(crate) async fn people(State(app): State<App>, asks: InWorkspace) -> Result<Json<People>, Failure> {
    let is_admin = asks.role == Role::Admin && matches!(asks.caller, Caller::Session(_));
    let (accounts, reader, workspace, now) =
        (app.accounts(), app.reader(), asks.workspace.id(), app.clock().now());
    let found = blocking(move || {
        let invitations = if is_admin { accounts.invitations(workspace, now)? } else { Vec::new() };
        Ok((reader.people(workspace)?, accounts.logins(workspace)?, invitations))
    });
    let (names, logins, invitations) = found.await?;
    let name =
        |member: MemberId| names.iter().find(|known| known.member == member).map(|known| known.name.clone());
    let login =
        |member: MemberId| logins.iter().find(|(known, _)| *known == member).map(|(_, login)| login.clone());
    let state = asks.workspace.state();
    let members = state.workspace.members.iter().map(|(member, known)| Person {
        member: *member,
        name: name(*member).unwrap_or_default(),
        role: known.role,
        login: login(*member).filter(|_| is_admin || *member == asks.member),
    });
    let mut people: Vec<_> = members.collect();
    people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.member));
    Ok(Json(People { people, invitations: invitations.into_iter().map(told).collect() }))
}

/// Invites somebody. The secret of the link is told this once.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/invitations", tag = "people",
    request_body = Invite, security(("cookie" = [])),
    responses(
        (status = 200, description = "The invitation, with the secret of its link", body = Invited),
        (status = 422, description = "A text is not right, or too many are open", body = ErrorBody),
    ),
)]
pub(crate) async fn invite(
    State(app): State<App>,
    asks: InWorkspace,
    request: Request<Body>,
) -> Result<Json<Invited>, Failure> {
    let invite: Invite = body::json(request, BODY).await?;
    let signed_in = asks.signed_in()?;
    asks.admin()?;
    let now = app.clock().now();
    signed_in.confirmed(now)?;
    let (secret, row) = new(&app, &asks, invite.role, name(&invite.note)?)?;
    let (accounts, hash, invitation, by) = (app.accounts(), secret.hash(), row.clone(), signed_in.0.by());
    blocking(move || accounts.invite(hash, &invitation, by, now)).await?.or(Failure::too_many_invitations)?;
    tracing::info!(event = "invited", invitation = %row.id, by = %row.by, "somebody was invited");
    Ok(Json(Invited { invitation: told(row), token: secret.text().to_owned() }))
}

fn new(app: &App, asks: &InWorkspace, role: Role, note: String) -> Result<(Secret, InvitationRow), Failure> {
    let minted = || Uuid::now_v7().as_u128();
    let row = InvitationRow {
        id: InvitationId::from_u128(minted()),
        workspace: asks.workspace.id(),
        member: MemberId::from_u128(minted()),
        role,
        note,
        by: asks.member,
        is_operators: false,
        ends: app.clock().now().plus(INVITATION_MS),
    };
    Ok((Secret::new()?, row))
}

/// Withdraws an invitation.
#[utoipa::path(
    delete, path = "/api/v1/workspaces/{ws}/invitations/{id}", tag = "people",
    security(("cookie" = [])),
    responses((status = 204, description = "It is good for nothing")),
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    asks: InWorkspace,
    At((_, id)): At<(String, String)>,
) -> Result<StatusCode, Failure> {
    let by = asks.signed_in()?.0.by();
    asks.admin()?;
    let unknown =
        || Failure::not_found("there is no such invitation, or it was accepted already; nothing was changed");
    let id: InvitationId = id.parse().map_err(|_| unknown())?;
    let (accounts, workspace, now) = (app.accounts(), asks.workspace.id(), app.clock().now());
    match blocking(move || accounts.withdraw(workspace, id, by, now)).await? {
        Withdrawal::Done => Ok(StatusCode::NO_CONTENT),
        Withdrawal::BeingAccepted => Err(Failure::being_accepted()),
        Withdrawal::Unknown => Err(unknown()),
    }
}

fn told(row: InvitationRow) -> Invitation {
    let InvitationRow { id, role, note, by, ends, is_operators, .. } = row;
    let by = (!is_operators).then_some(by);
    Invitation { id, role, note, by, ends }
}
