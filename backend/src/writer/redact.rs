//! Taking a text out of a log, between two groups: nobody's command is decided on a state that has it any more.

use slipway_shared::event::{Event, WorkspaceEvent};
use slipway_shared::ids::{ClientId, DeviceId, EpochId, MemberId, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::member::Role;
use slipway_shared::redaction::Redacted;
use slipway_shared::sync::admission::{Arrival, Sequencer};
use slipway_shared::sync::protocol::{Outcome, OutcomeStatus};
use slipway_shared::time::Timestamp;

use super::PushError;
use super::run::Thread;
use crate::redaction::{Plan, RedactError, in_json, plan};
use crate::store::{Append, Appended, NewEvent, NewOutcome, Redaction, StoreError};

/// What an admin asks for. The text is in memory only while it is looked for.
pub(crate) struct Redacting {
    /// Who asks.
    pub(crate) actor: MemberId,
    /// On which device.
    pub(crate) device: Option<DeviceId>,
    /// The text.
    pub(crate) text: String,
    /// Why.
    pub(crate) reason: String,
    /// The queue of the event that tells of it.
    pub(crate) client: ClientId,
    /// The timeline that begins with it.
    pub(crate) epoch: EpochId,
}

impl Thread {
    pub(super) fn redact(
        &mut self,
        workspace: WorkspaceId,
        asked: &Redacting,
    ) -> Result<Redacted, RedactError> {
        if self.has_failed() {
            return Err(PushError::Indeterminate.into());
        }
        let lane = self.lanes.get(&workspace).ok_or(PushError::Stopped)?;
        // Here, since who asks may have lost their role to what was decided meanwhile.
        if lane.committed.workspace.role(asked.actor) != Some(Role::Admin) {
            return Err(RedactError::NotAllowed);
        }
        let plan = plan(&*self.reader, workspace, lane.committed.cursor, &asked.text)?;
        let (events, deployments) = (plan.events.len(), plan.deployments);
        if events == 0 {
            return Ok(Redacted { events, deployments, seq: None, is_wiped: false });
        }
        let redaction = redaction(&lane.committed, asked, plan, self.clock.now())?;
        let seq = redaction.append.head.seq;
        self.take_out(workspace, &redaction).map_err(|error| self.failed(&error))?;
        tracing::info!(events, deployments, seq, "something was taken out of the log");
        Ok(Redacted { events, deployments, seq: Some(seq), is_wiped: self.wipe() })
    }

    /// Changes the log, and goes on from what it leads to now.
    fn take_out(&mut self, workspace: WorkspaceId, redaction: &Redaction) -> Result<(), StoreError> {
        match self.store.redact(workspace, redaction)? {
            Appended::Appended => self.refuse_broken()?,
            Appended::Moved(_) => return Err(StoreError::Busy),
        }
        // What fails from here on leaves a state in memory that is not that of the file.
        let lane = self.lanes.get_mut(&workspace).ok_or(StoreError::Busy)?;
        lane.begin_anew(&mut *self.store).map_err(|error| StoreError::Indeterminate(error.into()))
    }

    /// Overwrites what is left of it on the disk. What can't be done now is done later.
    pub(super) fn wipe(&mut self) -> bool {
        match self.store.wipe() {
            Ok(is_wiped) => is_wiped,
            Err(error) => {
                tracing::warn!(%error, "what was taken out is not overwritten on the disk yet");
                false
            }
        }
    }
}

/// Returns what has to be kept.
fn redaction(
    committed: &Sequencer,
    asked: &Redacting,
    plan: Plan,
    now: Timestamp,
) -> Result<Redaction, StoreError> {
    let Redacting { actor, device, ref text, ref reason, client, epoch } = *asked;
    let arrival = Arrival { actor, device, now, sent_at: now, seen: 0, floor: Timestamp(0) };
    let Plan { events, payloads, details, .. } = plan;
    let told = Event::Workspace(WorkspaceEvent::Redacted { events, reason: reason.clone() });
    let expected = Cursor { epoch, ..committed.cursor };
    let mut next = Sequencer { cursor: expected, ..committed.clone() };
    let noted = next.note(client, &arrival, &told);
    let (key, event) = noted.map_err(|error| StoreError::Failed(error.into()))?;
    let seq = next.cursor.seq;
    let outcome = Outcome { status: OutcomeStatus::Applied, events: Some((seq, seq)), rejection: None };
    let append = Append {
        expected,
        head: next.cursor,
        events: vec![NewEvent { seq, received: now, event }],
        outcomes: vec![NewOutcome { key, hash: None, outcome }],
        decided: now,
        details,
        queues: vec![(key.client, key.seq)],
    };
    Ok(Redaction { append, payloads, needle: in_json(text), epoch })
}
