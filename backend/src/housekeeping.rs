//! What the server does by itself, at its start and then once an hour: it concludes deployments whose monitoring is over,
//! seals those that are over for long, forgets the reasons of refusals that nobody can ask for any more and what let somebody in and ended, and overwrites
//! what redactions could not.

use std::time::Duration;

use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{ClientId, CommandKey, WorkspaceId};
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::sync::envelope::{CommandEnvelope, mark_of};
use slipway_shared::time::Timestamp;

use crate::app::App;
use crate::open::Planned;
use crate::routes::{blocking, tokens};
use crate::writer::{OpenWorkspace, Push, PushError};

const EVERY: Duration = Duration::from_secs(60 * 60);
/// The most deployments that are concluded or sealed at once, so that nobody waits long for it.
const BATCH: usize = 200;
/// How long the reason of a refusal is kept, in milliseconds: 90 days.
const REASONS_KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1000;
/// How long a request is known by its key, in milliseconds: 7 days.
const REQUESTS_KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long a session, the note of an invitation or the hash of a token is kept that has ended, in milliseconds: 30 days.
const ENDED_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Keeps house for as long as it is polled.
pub(crate) async fn keep(app: App) {
    loop {
        for workspace in app.workspaces() {
            if let Err(error) = do_what_is_due(&app, &workspace).await {
                tracing::warn!(%error, workspace = %workspace.id(), "concluding and sealing wait for the next hour");
            }
            workspace.forget_rejections(app.clock().now().plus(-REASONS_KEPT_MS));
            tokens::end_of_former_members(&app, &workspace).await;
        }
        forget_what_ended(&app).await;
        forget_requests(&app).await;
        app.wipe();
        tokio::time::sleep(EVERY).await;
    }
}

/// Forgets sessions, invitations and tokens that let nobody in for long, but for what the audit tells of them.
pub(crate) async fn forget_what_ended(app: &App) {
    let (accounts, before) = (app.accounts(), app.clock().now().plus(-ENDED_KEPT_MS));
    let forget = blocking(move || {
        accounts.forget_sessions(before)?;
        accounts.forget_invitations(before)?;
        accounts.forget_tokens(before)
    });
    if forget.await.is_err() {
        tracing::warn!("forgetting old sessions, invitations and tokens waits for the next hour");
    }
}

async fn forget_requests(app: &App) {
    let (accounts, before) = (app.accounts(), app.clock().now().plus(-REQUESTS_KEPT_MS));
    if blocking(move || accounts.forget_requests(before)).await.is_err() {
        tracing::warn!("forgetting old requests waits for the next hour");
    }
}

pub(crate) async fn do_what_is_due(app: &App, workspace: &OpenWorkspace) -> Result<(), PushError> {
    loop {
        let (state, now) = (workspace.state(), app.clock().now());
        let due = planned(&state, workspace.id(), now, BATCH);
        let Some(actor) = due.first().map(|planned| planned.actor) else { return Ok(()) };
        tracing::info!(deployments = due.len(), "concluding or sealing what is over");
        let commands = due.iter().map(|planned| planned.envelope.to_wire()).collect();
        let epoch = state.cursor.epoch;
        let pushed = workspace.push(Push { actor, device: None, epoch, sent_at: now, commands }).await?;
        if pushed.results.iter().all(|result| result.outcome.rejection.is_some()) {
            tracing::warn!("concluding or sealing was refused; it is tried again in an hour");
            return Ok(());
        }
    }
}

/// Returns the commands that conclude and seal what is due, at most `most`, in the queue that the server has for it. They
/// are in the name of an admin of now: whoever set the workspace up may have left it.
pub(crate) fn planned(
    state: &Sequencer,
    workspace: WorkspaceId,
    now: Timestamp,
    most: usize,
) -> Vec<Planned> {
    let Some(actor) = state.workspace.admins().next() else { return Vec::new() };
    let client = queue_of(workspace);
    let next = state.queues.get(&client).copied().unwrap_or_default() + 1;
    let over = state.workspace.due_for_conclusion(now);
    let over = over.map(|deployment| DeploymentCommand::Conclude { deployment });
    let old = state.workspace.deployments.iter().filter(|(_, known)| known.is_due_for_sealing(now));
    let old = old.map(|(deployment, _)| DeploymentCommand::Seal { deployment: *deployment });
    let planned = over.chain(old).take(most).zip(next..).map(|(command, seq)| {
        let command = Command::Deployment(command);
        let key = CommandKey { client, seq };
        let (seen, seen_chain) = (state.cursor.seq, Some(mark_of(state.cursor.chain)));
        let envelope = CommandEnvelope { key, at: now, seen, seen_chain, causes: Vec::new(), command };
        Planned { actor, envelope }
    });
    planned.collect()
}

/// The queue is the same after every start, so that it goes on where it was.
fn queue_of(workspace: WorkspaceId) -> ClientId {
    let Hash(bytes) = Hash::of(&[b"slipway.housekeeping", &workspace.as_u128().to_be_bytes()]);
    let half = bytes.first_chunk().copied().unwrap_or_default();
    ClientId::from_u128(u128::from_be_bytes(half))
}

#[cfg(test)]
mod tests {
    use slipway_shared::deployment::sealed::SEALED_AFTER_MS;
    use slipway_shared::ids::{ColumnId, DeploymentId, EpochId, MemberId, ServiceId};
    use slipway_shared::log::Cursor;
    use slipway_shared::member::{MemberCommand, Role};
    use slipway_shared::service::ServiceCommand;
    use slipway_shared::workspace::default_setup;

    use super::*;
    use crate::open::sequence;

    const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(7);
    const OWNER: MemberId = MemberId::from_u128(1);
    const OTHER: MemberId = MemberId::from_u128(2);

    fn by_owner(commands: Vec<Command>) -> Vec<Planned> {
        let planned = commands.into_iter().zip(1..).map(|(command, seq)| {
            let key = CommandKey { client: ClientId::from_u128(1), seq };
            let (at, causes) = (Timestamp(1_700_000_000_000), Vec::new());
            let envelope = CommandEnvelope { key, at, seen: 0, seen_chain: None, causes, command };
            Planned { actor: OWNER, envelope }
        });
        planned.collect()
    }

    /// A workspace whose owner has finished something, made somebody else an admin, and left.
    fn without_its_owner() -> Sequencer {
        let mut minted = 0;
        let setup = default_setup("Harbour", OWNER, || {
            minted += 1;
            minted
        });
        let (service, deployment) = (ServiceId::from_u128(3), DeploymentId::from_u128(4));
        let open = DeploymentCommand::Open {
            deployment,
            service,
            version: "1.0.0".to_owned(),
            title: String::new(),
            column: ColumnId::from_u128(4),
            rank: "8000000000".to_owned(),
            changes: Vec::new(),
            sections: Vec::new(),
        };
        let commands = by_owner(vec![
            Command::Workspace(setup),
            Command::Service(ServiceCommand::Add {
                service,
                name: "web".to_owned(),
                hue: 1,
                repository: None,
            }),
            Command::Deployment(open),
            Command::Deployment(DeploymentCommand::Finish { deployment }),
            Command::Member(MemberCommand::Add { member: OTHER, role: Role::Admin }),
            Command::Member(MemberCommand::Remove { member: OWNER }),
        ]);
        let cursor = Cursor { epoch: EpochId::from_u128(9), seq: 0, chain: Hash::ZERO };
        let (state, append) = sequence(Sequencer::new(cursor), &commands);
        assert!(append.outcomes.iter().all(|outcome| outcome.outcome.rejection.is_none()));
        state
    }

    #[test]
    fn what_is_over_is_sealed_though_who_set_the_workspace_up_has_left() {
        let state = without_its_owner();
        let later = Timestamp(1_700_000_000_000 + SEALED_AFTER_MS);
        let due = planned(&state, WORKSPACE, later, BATCH);
        assert_eq!(due.iter().map(|planned| planned.actor).collect::<Vec<_>>(), [OTHER]);
        let (state, _) = sequence(state, &due);
        assert!(state.workspace.deployments.values().all(|known| known.sealed.is_some()));
    }

    #[test]
    fn where_nobody_is_nothing_is_sealed() {
        let mut state = without_its_owner();
        state.workspace.members.clear();
        assert!(planned(&state, WORKSPACE, Timestamp(i64::MAX), BATCH).is_empty());
    }
}
