//! What taking a text out of a log changes: read off the whole log, nothing is written here.

use std::collections::BTreeMap;

use slipway_shared::canonical::Hash;
use slipway_shared::ids::{DeploymentId, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::redaction::{EVENTS_MOST, RedactedEvent, Redactor, Unremovable};

use crate::store::{Detail, Reader, StoreError};

/// How many events are read at once.
const PAGE: usize = 1000;

/// Why a text can't be taken out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RedactError {
    /// Who asks is no admin of the workspace, or no more.
    #[error("only admins may do this")]
    NotAllowed,
    /// It is a part of how the log is written.
    #[error(transparent)]
    Unremovable(#[from] Unremovable),
    /// More events have it than can be changed at once.
    #[error("more than {EVENTS_MOST} events have it")]
    TooMany,
    /// The store; whether it was changed is not known only where that says so.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The writer is gone, or has more to do than it can.
    #[error(transparent)]
    Writer(#[from] crate::writer::PushError),
}

/// What is to be changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// What the event that tells of it names.
    pub(crate) events: Vec<RedactedEvent>,
    /// What stands in: the place, the payload, and the hash of what is there now.
    pub(crate) payloads: Vec<(u64, String, Hash)>,
    /// What sealed deployments are without the text.
    pub(crate) details: Vec<Detail>,
    /// How many deployments have it.
    pub(crate) deployments: usize,
}

/// Reads what is to be changed off a log.
pub(crate) fn plan(
    reader: &dyn Reader,
    workspace: WorkspaceId,
    head: Cursor,
    text: &str,
) -> Result<Plan, RedactError> {
    let (mut redactor, mut plan) = (Redactor::new(text), Plan::default());
    let mut details: BTreeMap<DeploymentId, Detail> = BTreeMap::new();
    let mut cursor = Cursor { seq: 0, chain: Hash::ZERO, ..head };
    while cursor.seq < head.seq {
        let page = reader.events(workspace, cursor.seq, PAGE)?;
        let damaged = || StoreError::Corrupt { seq: cursor.seq + 1 };
        if page.is_empty() {
            return Err(damaged().into());
        }
        for event in page {
            let damaged = StoreError::Corrupt { seq: cursor.seq + 1 };
            let read = event.read_redacted_after(&cursor).map_err(|_| damaged)?;
            cursor = Cursor { seq: read.header.seq, chain: read.chain, ..cursor };
            let Some(substitute) = redactor.take(&read, &event)? else { continue };
            let there = event.payload.as_deref().unwrap_or_default();
            plan.payloads.push((cursor.seq, substitute.payload, Hash::of(&[there.as_bytes()])));
            plan.events.push(substitute.event);
            if let Some((deployment, hash, body)) = substitute.detail {
                details.insert(deployment, Detail { deployment, hash, body });
            }
            if plan.events.len() > EVENTS_MOST {
                return Err(RedactError::TooMany);
            }
        }
    }
    plan.details = details.into_values().collect();
    plan.deployments = redactor.deployments();
    Ok(plan)
}

/// Returns a text as it stands in JSON.
pub(crate) fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}
