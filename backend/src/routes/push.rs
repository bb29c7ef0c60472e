//! Commands in, an outcome for each out.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use slipway_shared::account::Scope;
use slipway_shared::capability::Capability;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{
    OLDEST_PROTOCOL, PROTOCOL, PUSH_BYTES, PUSH_COMMANDS, PushRequest, PushResponse,
};

use super::body;
use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;
use crate::writer::Push;

/// Gives commands their place, all of them or none.
pub(crate) async fn push(
    State(app): State<App>,
    asks: InWorkspace,
    request: Request<Body>,
) -> Result<Json<PushResponse>, Failure> {
    let PushRequest { protocol, epoch, sent_at, commands } = body::json(request, PUSH_BYTES).await?;
    if !(OLDEST_PROTOCOL..=PROTOCOL).contains(&protocol) {
        return Err(Failure::upgrade());
    }
    if commands.len() > PUSH_COMMANDS {
        return Err(Failure::too_many(commands.len()));
    }
    if *app.draining().borrow() {
        return Err(Failure::shutting_down());
    }
    may_push(asks.caller.scope(), &commands)?;
    let push = Push { actor: asks.member, device: asks.caller.device(), epoch, sent_at, commands };
    let pushed = asks.workspace.push(push).await?;
    Ok(Json(PushResponse { server_ms: app.clock().now(), epoch, head: pushed.head, results: pushed.results }))
}

/// Refuses what an API token is not good for; what its member may do is decided with each command.
fn may_push(scope: Scope, commands: &[WireCommand]) -> Result<(), Failure> {
    match scope {
        Scope::Read => Err(Failure::forbidden(
            "this API token only reads; nothing was applied; make one with the scope write",
        )),
        Scope::Write if commands.iter().any(is_administration) => Err(Failure::forbidden(
            "this API token is only good for deployments; nothing was applied; make one with the scope admin",
        )),
        Scope::Write | Scope::Admin => Ok(()),
    }
}

/// What can't be read is refused by the log.
fn is_administration(command: &WireCommand) -> bool {
    match command.read().map(|read| Capability::of(&read.command)) {
        Ok(Capability::Administer | Capability::Remove { .. }) => true,
        Ok(Capability::Begin | Capability::Work | Capability::Approve { .. } | Capability::Decline)
        | Err(_) => false,
    }
}
