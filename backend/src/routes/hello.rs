//! Where a replica stands, and what it has to do next.

use std::collections::BTreeSet;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::event::{Event, WorkspaceEvent};
use slipway_shared::ids::{ClientId, CommandKey, WorkspaceId};
use slipway_shared::json;
use slipway_shared::log::Cursor;
use slipway_shared::sync::protocol::{
    HelloAction, HelloRequest, HelloResponse, OLDEST_PROTOCOL, PROTOCOL, QueuePosition,
};

use super::{blocking, body};
use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;
use crate::store::{Reader, StoreError, Timeline};

/// How many events a replica may be behind before the snapshot is quicker to fetch than they are.
const WORTH_A_SNAPSHOT: u64 = 10_000;
/// The most bytes of a `hello`: after a restore a browser names every queue of weeks, one for each page load.
const LIMIT: usize = 256 * 1024;

/// Answers a `hello`.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/hello", tag = "sync",
    request_body = HelloRequest,
    responses((status = 200, description = "What is next for the replica", body = HelloResponse)),
)]
pub(crate) async fn hello(
    State(app): State<App>,
    asks: InWorkspace,
    request: Request<Body>,
) -> Result<Json<HelloResponse>, Failure> {
    let hello: HelloRequest = body::json(request, LIMIT).await?;
    let state = asks.workspace.state();
    let Cursor { epoch, seq: head, chain } = state.cursor;
    let workspace = asks.workspace.id();
    let reader = app.reader();
    let asked = hello.cursor.map(|cursor| cursor.seq);
    let named: BTreeSet<_> = hello.queues.iter().copied().collect();
    let (link, restored, people, redactions) = blocking(move || {
        let link = asked.map(|seq| reader.link(workspace, seq)).transpose()?.flatten();
        let present = reader.timelines(workspace)?.into_iter().find(|timeline| timeline.epoch == epoch);
        let restored = present.map(|timeline| reader.link(workspace, timeline.began)).transpose()?.flatten();
        let redactions = Redactions::of(&*reader, workspace, present, &named)?;
        Ok((link, restored, reader.people(workspace)?, redactions))
    })
    .await?;
    let position = |client| {
        let last_seq = state.queues.get(&client).copied().unwrap_or_default();
        QueuePosition { client, last_seq }
    };
    Ok(Json(HelloResponse {
        server_ms: app.clock().now(),
        epoch,
        head,
        chain,
        oldest: oldest(head),
        protocol: (OLDEST_PROTOCOL, PROTOCOL),
        commands: Command::KINDS.iter().map(|(kind, version)| ((*kind).to_owned(), *version)).collect(),
        queues: hello.queues.iter().copied().map(position).collect(),
        action: action(&hello, state.cursor, link.map(|link| link.chain)),
        restored_to: restored.map(|link| link.received),
        is_redaction: redactions.is_newest,
        redacted: redactions.commands,
        member: asks.member,
        people,
    }))
}

/// What was taken out of the log.
#[derive(Default)]
struct Redactions {
    /// Whether the timeline began with it.
    is_newest: bool,
    /// The commands of some queues that it was taken out of.
    commands: Vec<CommandKey>,
}

impl Redactions {
    fn of(
        reader: &dyn Reader,
        workspace: WorkspaceId,
        present: Option<Timeline>,
        queues: &BTreeSet<ClientId>,
    ) -> Result<Self, StoreError> {
        let mut found = Self::default();
        for seq in reader.redactions(workspace)? {
            found.is_newest |= present.is_some_and(|timeline| timeline.began + 1 == seq);
            let told = reader.events(workspace, seq - 1, 1)?.into_iter().next();
            let told = told.and_then(|event| json::read::<Event>(&event.payload?).ok());
            let Some(Event::Workspace(WorkspaceEvent::Redacted { events, .. })) = told else { continue };
            let named = events.iter().map(|event| event.command).filter(|key| queues.contains(&key.client));
            found.commands.extend(named);
        }
        Ok(found)
    }
}

/// Returns the oldest event that a replica still follows the log from.
fn oldest(head: u64) -> u64 {
    head.saturating_sub(WORTH_A_SNAPSHOT) + 1
}

/// Tells what is next; `chain` is the log's hash at the replica's cursor.
fn action(hello: &HelloRequest, head: Cursor, chain: Option<Hash>) -> HelloAction {
    if !(OLDEST_PROTOCOL..=PROTOCOL).contains(&hello.protocol) {
        return HelloAction::Upgrade;
    }
    match hello.cursor {
        None => HelloAction::Snapshot,
        Some(cursor) if cursor.epoch != head.epoch || cursor.seq > head.seq => HelloAction::Fork,
        Some(cursor) if cursor.seq > 0 && chain != Some(cursor.chain) => HelloAction::Fork,
        Some(Cursor { seq: 0, chain: at_start, .. }) if at_start != Hash::ZERO => HelloAction::Fork,
        Some(cursor) if cursor.seq + 1 < oldest(head.seq) => HelloAction::Snapshot,
        Some(_) => HelloAction::Tail,
    }
}

#[cfg(test)]
mod tests {
    use slipway_shared::ids::EpochId;
    use slipway_shared::time::Timestamp;

    use super::*;

    const HEAD: Cursor = Cursor { epoch: EpochId::from_u128(1), seq: 25_000, chain: Hash([9; 32]) };

    #[track_caller]
    fn check(seq: u64, chain_here: Hash, expected: HelloAction) {
        let chain = if seq == 0 { Hash::ZERO } else { Hash([5; 32]) };
        let hello = HelloRequest {
            protocol: PROTOCOL,
            client: ClientId::from_u128(1),
            cursor: Some(Cursor { seq, chain, ..HEAD }),
            queues: Vec::new(),
            sent_at: Timestamp(5),
        };
        assert_eq!(action(&hello, HEAD, Some(chain_here).filter(|_| seq > 0)), expected);
    }

    #[test]
    fn a_replica_far_behind_fetches_the_snapshot() {
        let same = Hash([5; 32]);
        check(15_000, same, HelloAction::Tail);
        check(14_999, same, HelloAction::Snapshot);
        check(0, same, HelloAction::Snapshot);
        // That its history is another one is worth a word, however far behind it is.
        check(14_999, Hash([6; 32]), HelloAction::Fork);
        assert_eq!((oldest(25_000), oldest(10_000), oldest(3)), (15_001, 1, 1));
    }
}
