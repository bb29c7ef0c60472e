//! A lane: what the writer's thread knows of one workspace. Lanes share the thread, the store and its syncs, and nothing
//! else.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use slipway_shared::ids::WorkspaceId;
use slipway_shared::sync::admission::Sequencer;

use super::group::Links;
use super::handle::OpenWorkspace;
use super::snapshots::Snapshots;
use super::{Job, start};
use crate::store::{Append, Detail, Link, LogHead, Reader, SnapshotRow, Store, StoreError};

/// The events whose links are kept in memory.
const RECENT: usize = 16 * 1024;

pub(super) struct Lane {
    pub(super) open: OpenWorkspace,
    pub(super) committed: Sequencer,
    pub(super) links: RecentLinks,
    snapshots: Snapshots,
}

impl Lane {
    pub(super) fn new(
        head: &LogHead,
        sequencer: Sequencer,
        snapshot_seq: u64,
        reader: Arc<dyn Reader>,
        jobs: &SyncSender<Job>,
    ) -> Self {
        let workspace = head.workspace;
        Self {
            open: OpenWorkspace::new(head, &sequencer, jobs.clone()),
            committed: sequencer,
            links: RecentLinks { reader, workspace, newest: 0, links: VecDeque::new() },
            snapshots: Snapshots::new(workspace, snapshot_seq, jobs.clone()),
        }
    }

    /// Takes over what somebody else has appended.
    pub(super) fn read_again(&mut self, store: &mut dyn Store) -> Result<(), StoreError> {
        let moved = start::load(store, &*self.links.reader, self.links.workspace)?;
        self.committed = moved.sequencer;
        Ok(())
    }

    /// Shows what was just committed to everybody who asks or follows.
    pub(super) fn publish(&mut self, state: Sequencer, append: &Append) {
        self.committed = state.clone();
        for event in &append.events {
            let link = Link { chain: event.event.chain, received: event.received };
            self.links.remember(event.seq, link);
        }
        self.open.set_state(state);
        if !append.events.is_empty() {
            self.open.hub().publish(append.head.seq, append.events.iter().map(|new| &new.event));
        }
    }

    /// Tells whether a detail is what the log says that its deployment was.
    pub(super) fn is_of_now(&self, detail: &Detail) -> bool {
        let known = self.committed.workspace.deployments.get(&detail.deployment);
        known.and_then(|known| known.sealed.as_ref()).is_some_and(|sealed| sealed.detail == detail.hash)
    }

    pub(super) fn begin_snapshot_if_due(&mut self) {
        self.snapshots.begin_if_due(&self.committed);
    }

    /// Goes on after the log itself was changed: every stream ends, and what was made of it before counts no more.
    pub(super) fn begin_anew(&mut self, store: &mut dyn Store) -> Result<(), StoreError> {
        self.snapshots.begin_anew();
        self.read_again(store)?;
        self.open.set_state(self.committed.clone());
        self.open.hub().cut();
        self.snapshots.save_last(&self.committed, store);
        Ok(())
    }

    pub(super) fn save_snapshot(&mut self, row: Option<SnapshotRow>, generation: u64, store: &mut dyn Store) {
        self.snapshots.made(row, generation, store);
    }

    pub(super) fn save_last_snapshot(&mut self, store: &mut dyn Store) {
        self.snapshots.save_last(&self.committed, store);
    }
}

/// The links of the newest events in memory, the others in the store: nearly every author has seen nearly all.
pub(super) struct RecentLinks {
    reader: Arc<dyn Reader>,
    workspace: WorkspaceId,
    newest: u64,
    links: VecDeque<Link>,
}

impl RecentLinks {
    fn remember(&mut self, seq: u64, link: Link) {
        if seq != self.newest + 1 {
            self.links.clear();
        }
        if self.links.len() == RECENT {
            self.links.pop_front();
        }
        self.links.push_back(link);
        self.newest = seq;
    }
}

impl Links for RecentLinks {
    fn link(&mut self, seq: u64) -> Result<Option<Link>, StoreError> {
        if seq == 0 {
            return Ok(None);
        }
        let back = self.newest.checked_sub(seq).and_then(|back| usize::try_from(back).ok());
        let place = back.and_then(|back| self.links.len().checked_sub(back + 1));
        if let Some(link) = place.and_then(|place| self.links.get(place)) {
            return Ok(Some(*link));
        }
        let link = self.reader.link(self.workspace, seq)?;
        if let Some(link) = link.filter(|_| self.links.is_empty()) {
            self.remember(seq, link);
        }
        Ok(link)
    }
}
