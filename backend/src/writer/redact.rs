//! Taking a text out of the log, between two groups: nobody's command is decided on a state that has it any more.

use std::sync::{Arc, PoisonError};

use slipway_shared::event::{Event, WorkspaceEvent};
use slipway_shared::ids::{ClientId, DeviceId, EpochId, MemberId};
use slipway_shared::redaction::Redacted;
use slipway_shared::sync::admission::Arrival;
use slipway_shared::sync::protocol::{Outcome, OutcomeStatus};
use slipway_shared::time::Timestamp;

use super::run::Thread;
use super::{Health, PushError, start};
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
    /// Whether it is only to be told what would be changed.
    pub(crate) is_trial: bool,
    /// The queue of the event that tells of it.
    pub(crate) client: ClientId,
    /// The timeline that begins with it.
    pub(crate) epoch: EpochId,
}

impl Thread {
    pub(super) fn redact(&mut self, asked: &Redacting) -> Result<Redacted, RedactError> {
        if *self.health.borrow() == Health::Failed {
            return Err(PushError::Indeterminate.into());
        }
        let plan = plan(&*self.links.reader, self.workspace, self.committed.cursor, &asked.text)?;
        let (events, deployments) = (plan.events.len(), plan.deployments);
        if asked.is_trial || events == 0 {
            return Ok(Redacted { events, deployments, seq: None, is_wiped: false });
        }
        let redaction = self.redaction(asked, plan)?;
        let seq = redaction.append.head.seq;
        match self.take_out(&redaction) {
            Ok(()) => {}
            Err(error) => {
                self.fail(&error, Vec::new());
                return Err(error.into());
            }
        }
        tracing::info!(events, deployments, seq, "something was taken out of the log");
        Ok(Redacted { events, deployments, seq: Some(seq), is_wiped: self.wipe() })
    }

    fn redaction(&self, asked: &Redacting, plan: Plan) -> Result<Redaction, StoreError> {
        let now = self.clock.now();
        let Redacting { actor, device, ref text, ref reason, client, epoch, .. } = *asked;
        let arrival = Arrival { actor, device, now, sent_at: now, seen: 0, floor: Timestamp(0) };
        let Plan { events, payloads, details, .. } = plan;
        let told = Event::Workspace(WorkspaceEvent::Redacted { events, reason: reason.clone() });
        let mut next = self.committed.clone();
        let noted = next.note(client, &arrival, &told);
        let (key, event) = noted.map_err(|error| StoreError::Failed(error.into()))?;
        let seq = next.cursor.seq;
        let outcome = Outcome { status: OutcomeStatus::Applied, events: Some((seq, seq)), rejection: None };
        let append = Append {
            expected: self.committed.cursor,
            head: next.cursor,
            events: vec![NewEvent { seq, received: now, event }],
            outcomes: vec![NewOutcome { key, hash: None, outcome }],
            decided: now,
            details,
            queues: vec![(key.client, key.seq)],
        };
        Ok(Redaction { append, payloads, needle: in_json(text), epoch })
    }

    /// Changes the log, and goes on from what it leads to now.
    fn take_out(&mut self, redaction: &Redaction) -> Result<(), StoreError> {
        match self.store.redact(self.workspace, redaction)? {
            Appended::Appended => self.refuse_broken()?,
            Appended::Moved(_) => return Err(StoreError::Busy),
        }
        // What fails from here on leaves a state in memory that is not that of the file.
        let loaded = start::load(&mut *self.store, &*self.links.reader, self.workspace);
        let loaded = loaded.map_err(|error| StoreError::Indeterminate(error.into()))?;
        self.committed = loaded.sequencer;
        self.snapshots.begin_anew();
        let state = Arc::new(self.committed.clone());
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = state;
        self.hub.cut();
        self.snapshots.save_last(self.workspace, &self.committed, &mut *self.store);
        Ok(())
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
