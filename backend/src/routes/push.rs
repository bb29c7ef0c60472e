//! Commands in, an outcome for each out.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use slipway_shared::account::Scope;
use slipway_shared::capability::{Capability, wants_confirmation};
use slipway_shared::command::Command;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{
    ErrorBody, OLDEST_PROTOCOL, PROTOCOL, PUSH_BYTES, PUSH_COMMANDS, PushRequest, PushResponse,
};
use slipway_shared::time::Timestamp;

use super::{body, tokens};
use crate::access::{Caller, InWorkspace};
use crate::app::App;
use crate::error::Failure;
use crate::writer::Push;

/// Gives commands their place, all of them or none.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/push", tag = "sync",
    request_body = PushRequest,
    responses(
        (status = 200, description = "The outcomes", body = PushResponse),
        (status = 409, description = "A gap, a name that was used before, or another timeline", body = ErrorBody),
        (status = 426, description = "The version of the protocol is not spoken here any more", body = ErrorBody),
    ),
)]
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
    may_push(&asks.caller, &commands, app.clock().now())?;
    let push = Push { actor: asks.member, device: Some(asks.caller.device()), epoch, sent_at, commands };
    let may_end_access = push.commands.iter().any(is_removal);
    let (ends, workspace) = (app.clone(), asks.workspace);
    let pushing = async move {
        let pushed = workspace.push(push).await?;
        if may_end_access {
            tokens::end_of_former_members(&ends, &workspace).await;
        }
        Ok::<_, Failure>(pushed)
    };
    // Whoever hangs up keeps nobody's tokens good.
    let pushed = if may_end_access {
        tokio::spawn(pushing).await.map_err(|_| Failure::internal())??
    } else {
        pushing.await?
    };
    Ok(Json(PushResponse { server_ms: app.clock().now(), epoch, head: pushed.head, results: pushed.results }))
}

/// Refuses what an API token is not good for, and what a session was not confirmed for; what its member may do is decided
/// with each command.
pub(super) fn may_push(caller: &Caller, commands: &[WireCommand], now: Timestamp) -> Result<(), Failure> {
    match (caller, caller.scope()) {
        (Caller::Session(session), _) => {
            let wants = |command: &WireCommand| is(command, wants_confirmation);
            match !session.is_confirmed(now) && commands.iter().any(wants) {
                true => Err(Failure::confirmation_needed_to_send()),
                false => Ok(()),
            }
        }
        (Caller::Token(_), Scope::Read) => Err(Failure::forbidden(
            "this API token only reads; nothing was applied; make one with the scope write",
        )),
        (Caller::Token(_), Scope::Write)
            if commands.iter().any(|command| is(command, |known| !is_work(known))) =>
        {
            Err(Failure::forbidden(
                "this API token is only good for working on deployments; nothing was applied; make one with the scope \
                 admin to decide or administer",
            ))
        }
        (Caller::Token(_), Scope::Write | Scope::Admin) => Ok(()),
    }
}

/// Tells whether it is so of a command; what can't be read is refused by the log, so that nothing is so of it.
fn is(command: &WireCommand, what: impl Fn(&Command) -> bool) -> bool {
    command.read().is_ok_and(|read| what(&read.command))
}

/// Tells whether a token that works on deployments may give it: neither what decides nor what administers.
const fn is_work(command: &Command) -> bool {
    match Capability::of(command) {
        Capability::Begin | Capability::Work => true,
        Capability::Approve { .. }
        | Capability::Override { .. }
        | Capability::Decline
        | Capability::Remove { .. }
        | Capability::Administer => false,
    }
}

fn is_removal(command: &WireCommand) -> bool {
    is(command, |command| matches!(Capability::of(command), Capability::Remove { .. }))
}
