//! Which mentions were read. It is kept on this device: on another one they wait until they are read or answered there.

use leptos::prelude::*;
use slipway_shared::ids::CommentId;

use crate::browser::kept;

/// How many marks are kept: the newest. Far more than there are people who mention one.
const KEPT: usize = 2_000;

/// The mentions that were read on this device.
#[derive(Clone, Copy)]
pub struct ReadMarks(RwSignal<Vec<CommentId>>);

impl ReadMarks {
    /// Returns what is kept for the person who works here.
    #[must_use]
    pub fn kept() -> Self {
        Self(RwSignal::new(kept::read(&name()).unwrap_or_default()))
    }

    /// Tells whether a mention was read.
    #[must_use]
    pub fn has(self, comment: CommentId) -> bool {
        self.0.with(|read| read.contains(&comment))
    }

    /// Marks a mention as read, or takes the mark off.
    pub fn mark(self, comment: CommentId, is_read: bool) {
        self.0.update(|read| {
            read.retain(|known| *known != comment);
            if is_read {
                read.push(comment);
            }
            let extra = read.len().saturating_sub(KEPT);
            read.drain(..extra);
        });
        self.0.with_untracked(|read| kept::keep(&name(), read));
    }

    /// Reads again what is kept: somebody else works here now.
    pub fn read_again(self) {
        self.0.set(kept::read(&name()).unwrap_or_default());
    }
}

/// Returns the mentions that an owner of what is kept here has read.
#[must_use]
pub fn read_by(owner: &str) -> Vec<CommentId> {
    kept::read(&kept::of(owner, kept::READ)).unwrap_or_default()
}

fn name() -> String {
    kept::own(kept::READ)
}
