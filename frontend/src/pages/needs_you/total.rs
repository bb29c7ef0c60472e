//! How much waits for this person, for everywhere that says a number: as many things as their page lists.

use leptos::prelude::*;
use slipway_shared::deployment::EditConflict;
use slipway_shared::ids::DeploymentId;

use super::causes::by_cause;
use super::others::own_conflicts;
use crate::components::live::memo;
use crate::replica::use_replica;

/// What waits for this person, looked for once for the whole app.
#[derive(Clone, Copy)]
pub struct Waiting {
    /// Their edits that lost against others.
    pub conflicts: Memo<Vec<(DeploymentId, EditConflict)>>,
    /// How much there is in all.
    pub total: Memo<usize>,
}

/// Begins to look. To be called once, after the replica is there.
pub fn provide_waiting() {
    let replica = use_replica();
    let (view, me) = (replica.view(), replica.me());
    let (refused, lost, unreadable) = (replica.refused(), replica.lost(), replica.unreadable());
    let conflicts = memo(move || view.with(|view| own_conflicts(view, me.get())));
    let total = memo(move || {
        let refused = refused.with(|refused| by_cause(refused).len());
        let is_unreadable = unreadable.with(|rows| !rows.is_empty());
        refused + conflicts.with(Vec::len) + lost.with(|lost| lost.len()) + usize::from(is_unreadable)
    });
    provide_context(Waiting { conflicts, total });
}

/// Returns what [`provide_waiting`] looks for.
#[must_use]
pub fn use_waiting() -> Waiting {
    expect_context()
}
