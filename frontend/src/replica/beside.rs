//! The other workspaces of this person that are on this device: what is stored of them, for counting what waits there.

use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::ids::MemberId;
use slipway_shared::workspace::Workspace;

use super::identity::BootRecord;
use super::storage::{self, Storage};
use super::workspaces::person_of;
use super::{RefusedCommand, ReplicaHandle, boot};

/// A workspace that is on this device and not open.
pub struct Beside {
    /// Its state when it was open last, with what has not been sent since.
    pub view: Workspace,
    /// Who this person is there.
    pub me: MemberId,
    /// What was refused there and still waits for them.
    pub refused: Vec<RefusedCommand>,
}

impl ReplicaHandle {
    /// Reads the other workspaces of this person that are on this device, one after the other, and notes with each how
    /// much `count` finds.
    pub async fn count_beside(self, count: impl Fn(&Beside) -> usize) {
        let Some(present) = self.engine.get_value().with(|state| state.record.clone()) else { return };
        let person = person_of(&present);
        let is_theirs = |record: &BootRecord| {
            let is_own =
                record.account.is_some() && record.account == person && record.last_in_step.is_some();
            record.workspace != present.workspace && (is_own || record.local.is_some())
        };
        for record in storage::boot_records().await.all.into_iter().filter(is_theirs) {
            let found = read(&record).await.map_or(0, |beside| count(&beside));
            let known = self.signals.workspaces;
            let place = known.with_untracked(|known| {
                known.iter().position(|known| known.summary.id == record.workspace && known.waiting != found)
            });
            if let Some(place) = place {
                known.update(|known| {
                    if let Some(known) = Arc::make_mut(known).get_mut(place) {
                        known.waiting = found;
                    }
                });
            }
        }
    }
}

async fn read(record: &BootRecord) -> Option<Beside> {
    let home = record.home();
    let storage = Storage::open(home).await;
    let stored = storage.load().await;
    storage.close();
    if stored.is_unread {
        return None;
    }
    let refused = stored.refused.clone();
    let replica = boot::replica_of(stored).await;
    Some(Beside { view: replica.view().clone(), me: record.member, refused })
}
