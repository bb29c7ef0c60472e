//! How the tabs of one browser stay together.
//!
//! Most of what one of them learns it tells the others; what that does not bring they read from what is stored, and who
//! leads stores anew what it has where even that is not enough.

use std::collections::BTreeSet;

use super::replica::Replica;
use crate::ids::CommandKey;
use crate::log::Cursor;
use crate::time::Timestamp;

/// How often a leader stores anew all that it has, at most, in milliseconds: other tabs that ask sooner wait. A tab of
/// another build that can't make use of it would else keep it busy for ever.
const ANEW_MS: i64 = 60_000;

/// How long a tab waits for the leader to store what it misses, in milliseconds; then it looks once more.
pub const LOOK_AGAIN_MS: u64 = 90_000;

/// What a tab reads what is stored for, besides what is new there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// What is stored counts more than what this tab has: it may be of another timeline.
    pub forked: bool,
    /// The tab misses events.
    pub hole: bool,
}

impl Wish {
    /// What is new, and no more.
    pub const NEW: Self = Self { forked: false, hole: false };
    /// See [`Wish::forked`].
    pub const FORKED: Self = Self { forked: true, hole: false };
    /// See [`Wish::hole`].
    pub const HOLE: Self = Self { forked: false, hole: true };

    const fn and(self, other: Self) -> Self {
        Self { forked: self.forked || other.forked, hole: self.hole || other.hole }
    }
}

/// Reads what is stored while other tabs go on telling: one reading at a time, and what is told meanwhile (an `M`
/// each) is kept, since it may not be in what is read.
#[derive(Debug, Default)]
pub enum Rereading<M> {
    /// Nothing is to be read.
    #[default]
    Idle,
    /// It is to be read soon.
    Due(Wish),
    /// It is being read.
    Reading {
        /// What it has to be read once more for.
        next: Option<Wish>,
        /// What was told since it began, in order.
        told: Vec<M>,
    },
}

impl<M> Rereading<M> {
    /// Asks for what is stored. Tells whether [`Rereading::begin`] has to be called, in a while; if not, it will be.
    pub fn ask(&mut self, wish: Wish) -> bool {
        match self {
            Self::Idle => {
                *self = Self::Due(wish);
                true
            }
            Self::Due(due) => {
                *due = due.and(wish);
                false
            }
            Self::Reading { next, .. } => {
                *next = Some(next.unwrap_or_default().and(wish));
                false
            }
        }
    }

    /// Begins to read, if that is due; [`Rereading::end`] has to follow.
    pub fn begin(&mut self) -> Option<Wish> {
        let Self::Due(wish) = *self else { return None };
        *self = Self::Reading { next: None, told: Vec::new() };
        Some(wish)
    }

    /// Notes what was told or done while something is being read.
    pub fn note(&mut self, message: impl FnOnce() -> M) {
        if let Self::Reading { told, .. } = self {
            told.push(message());
        }
    }

    /// Ends a reading. Returns what was told meanwhile, and whether the next one is due.
    pub fn end(&mut self) -> (Vec<M>, bool) {
        match std::mem::take(self) {
            Self::Reading { next, told } => {
                let is_due = next.is_some_and(|wish| self.ask(wish));
                (told, is_due)
            }
            other @ (Self::Idle | Self::Due(_)) => {
                *self = other;
                (Vec::new(), false)
            }
        }
    }
}

/// What a leader does for tabs that are behind, and that reading does not help: it stores anew what it has.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoringAnew {
    last: Option<Timestamp>,
    is_due: bool,
}

impl StoringAnew {
    /// Another tab asks. Returns after how many milliseconds to call [`StoringAnew::begin`] and to store; `None` where
    /// that will happen anyway.
    pub fn ask(&mut self, now: Timestamp) -> Option<u64> {
        if self.is_due {
            return None;
        }
        self.is_due = true;
        // A clock that was set back meanwhile holds nothing up.
        let left = self.last.map_or(0, |last| (ANEW_MS - now.since(last)).clamp(0, ANEW_MS));
        Some(left.unsigned_abs())
    }

    /// It stores now.
    pub const fn begin(&mut self, now: Timestamp) {
        *self = Self { last: Some(now), is_due: false };
    }
}

impl Replica {
    /// Takes what was read from what is stored in place of what this tab has, if it counts more: it is as new, or of
    /// another timeline, or the wish says so. Tells whether it did.
    ///
    /// `before` names what was pending when the reading began: what has gone since stays gone, and what came since
    /// stays, as does what `is_unsaved` names, which can't be stored yet.
    pub fn take_stored(
        &mut self,
        mut stored: Self,
        before: &BTreeSet<CommandKey>,
        is_unsaved: impl Fn(CommandKey) -> bool,
        wish: Wish,
    ) -> bool {
        let is_newer = |read: Cursor| {
            self.cursor.is_none_or(|present| present.epoch != read.epoch || present.seq <= read.seq)
        };
        if !stored.cursor.is_some_and(|read| wish.forked || is_newer(read)) {
            return false;
        }
        if let Some(actor) = self.actor {
            stored.set_actor(actor);
        }
        let now = self.pending_keys();
        stored.renamed.append(&mut self.renamed);
        // The new names may not be stored yet.
        let renamed = stored.renamed.clone();
        stored.retain(|key| !renamed.contains(&key) && (!before.contains(&key) || now.contains(&key)));
        let pending = self.pending.iter().map(|pending| &pending.envelope);
        let kept = pending.filter(|known| !before.contains(&known.key) || is_unsaved(known.key));
        stored.adopt_all(kept.cloned().collect());
        *self = stored;
        true
    }

    /// Tells whether what was read, of which `read` is the place, can't bring this tab any further: the leader has to
    /// store what it has. To be asked before [`Replica::take_stored`].
    #[must_use]
    pub fn is_stuck(&self, read: Option<Cursor>, wish: Wish) -> bool {
        match (read, self.cursor) {
            (None, _) => wish != Wish::NEW,
            (Some(read), Some(present)) => {
                wish.hole && read.epoch == present.epoch && read.seq <= present.seq
            }
            (Some(_), None) => false,
        }
    }

    /// Returns the names of what is pending.
    #[must_use]
    pub fn pending_keys(&self) -> BTreeSet<CommandKey> {
        self.pending.iter().map(|pending| pending.envelope.key).collect()
    }

    /// Lets go of names that count no more: another tab named these commands anew, see [`Replica::reissue`]. Who goes on
    /// to send them under their old names does them twice.
    pub fn forget_names(&mut self, old: &[CommandKey]) {
        self.renamed.extend(old);
        self.retain(|key| !old.contains(&key));
    }
}
