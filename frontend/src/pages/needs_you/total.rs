//! How much waits for this person, for everywhere that says a number: as many things as their page lists.

use leptos::prelude::*;
use slipway_shared::attention::{Waiting as Asked, WaitsFor, waits_for};
use slipway_shared::deployment::EditConflict;
use slipway_shared::ids::{CommentId, DeploymentId, MemberId};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::causes::by_cause;
use super::others::own_conflicts;
use super::read_marks::ReadMarks;
use crate::browser::clock::use_now;
use crate::components::live::memo;
use crate::replica::use_replica;

/// What waits for this person, looked for once for the whole app.
#[derive(Clone, Copy)]
pub struct Waiting {
    /// Their edits that lost against others.
    pub conflicts: Memo<Vec<(DeploymentId, EditConflict)>>,
    /// What others wait for: approvals, checks, mentions that were not read on this device.
    pub asked: Memo<Vec<Asked>>,
    /// Which mentions were read.
    pub read: ReadMarks,
    /// How much there is in all.
    pub total: Memo<usize>,
}

/// Begins to look. To be called once, after the replica is there.
pub fn provide_waiting() {
    let replica = use_replica();
    let (view, me, now) = (replica.view(), replica.me(), use_now());
    let (refused, lost, unreadable) = (replica.refused(), replica.lost(), replica.unreadable());
    let conflicts = memo(move || view.with(|view| own_conflicts(view, me.get())));
    let read = ReadMarks::kept();
    Effect::new(move |_| {
        me.track();
        read.read_again();
    });
    let asked =
        memo(move || view.with(|view| asked_of(view, me.get(), now.get(), &|comment| read.has(comment))));
    let total = memo(move || {
        let refused = refused.with(|refused| by_cause(refused).len());
        let is_unreadable = unreadable.with(|rows| !rows.is_empty());
        let from_others = conflicts.with(Vec::len) + lost.with(|lost| lost.len()) + asked.with(Vec::len);
        refused + from_others + usize::from(is_unreadable)
    });
    provide_context(Waiting { conflicts, asked, read, total });
}

/// Returns what others wait for, but for mentions that were read.
pub fn asked_of(
    view: &Workspace,
    me: MemberId,
    now: Timestamp,
    is_read: &dyn Fn(CommentId) -> bool,
) -> Vec<Asked> {
    let is_unread = |waiting: &Asked| match waiting.what {
        WaitsFor::Mention { comment } => !is_read(comment),
        WaitsFor::ApprovalDue { .. } | WaitsFor::Approval { .. } | WaitsFor::Check { .. } => true,
    };
    waits_for(view, me, now).into_iter().filter(is_unread).collect()
}

/// Returns what [`provide_waiting`] looks for.
#[must_use]
pub fn use_waiting() -> Waiting {
    expect_context()
}
