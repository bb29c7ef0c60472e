//! Commands that the server gives in somebody's name, by the same way as everybody's.

use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, DeviceId, MemberId};
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::envelope::{CommandEnvelope, mark_of};
use uuid::Uuid;

use crate::app::App;
use crate::error::Failure;
use crate::writer::{OpenWorkspace, Push};

/// Gives a command, on what its author has in front of them now; returns the rule that forbids it. The device is theirs:
/// where somebody else leads to it, such as who joins, there is none.
pub(super) async fn give(
    app: &App,
    workspace: &OpenWorkspace,
    actor: MemberId,
    device: Option<DeviceId>,
    command: Command,
) -> Result<Option<Rejection>, Failure> {
    let (state, now) = (workspace.state(), app.clock().now());
    let key = CommandKey { client: ClientId::from_u128(Uuid::now_v7().as_u128()), seq: 1 };
    let (seen, seen_chain) = (state.cursor.seq, Some(mark_of(state.cursor.chain)));
    let envelope = CommandEnvelope { key, at: now, seen, seen_chain, causes: Vec::new(), command };
    let (epoch, commands) = (state.cursor.epoch, vec![envelope.to_wire()]);
    let push = Push { actor, device, epoch, sent_at: now, commands };
    let pushed = workspace.push(push).await?;
    Ok(pushed.results.into_iter().find_map(|result| result.outcome.rejection))
}
