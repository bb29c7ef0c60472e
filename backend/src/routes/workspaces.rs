//! The workspaces of a server: which ones the caller may open, and making another.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use slipway_shared::account::{MakeWorkspace, Session, Workspaces, may_make_workspace, requested_workspace};
use slipway_shared::rejection::TextField;
use slipway_shared::text::line;

use super::proofs::own;
use super::{BODY, blocking, body};
use crate::access::caller::present;
use crate::access::sessions::tell;
use crate::access::{Caller, SignedIn};
use crate::app::App;
use crate::error::Failure;
use crate::new_workspace::{Founder, new_workspace};
use crate::writer::BeginError;

/// Lists the workspaces.
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Workspaces>, Failure> {
    Ok(Json(Workspaces { workspaces: tell(&app, caller).await?.workspaces }))
}

/// Makes a workspace, once for each request, whoever hangs up meanwhile.
pub(crate) async fn make(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    request: Request<Body>,
) -> Result<Json<Session>, Failure> {
    let MakeWorkspace { request, name, beginning } = body::json(request, BODY).await?;
    let name = line(TextField::Name, &name).map_err(|rejection| {
        Failure::unacceptable(format!("a workspace can't be called that: {rejection}; nothing was made"))
    })?;
    let account = own(&app, &session).await?;
    let (accounts, id) = (app.accounts(), account.id);
    let memberships = blocking(move || accounts.memberships(id)).await?;
    if !may_make_workspace(&present(&app, &memberships)) {
        return Err(Failure::forbidden(
            "only who is an admin of a workspace on this server may make another; nothing was made; ask one",
        ));
    }
    let workspace = requested_workspace(account.id, request);
    let founder = Founder { account: account.id, name: account.name };
    let new = new_workspace(workspace, &name, beginning, founder, app.is_demo(), app.clock().now());
    match app.begin_workspace(new).await {
        Ok(_) => tracing::info!(event = "workspace_made", %workspace, account = %id, "a workspace was made"),
        // The same request came before, and its answer may never have arrived.
        Err(BeginError::Exists) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Json(tell(&app, Caller::Session(session)).await?))
}
