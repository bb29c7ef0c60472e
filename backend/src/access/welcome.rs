//! What lets the reader of a stream in, for as long as it does: their session or token, and being a member in the role
//! they had.

use std::time::Duration;

use slipway_shared::ids::MemberId;
use slipway_shared::member::Role;
use tokio::sync::watch;

use super::caller::role_of;
use super::places::Place;
use super::{Caller, InWorkspace};
use crate::app::App;
use crate::routes::blocking;

/// The longest a stream goes on without looking at its session: a clock that is set anew moves its end.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The shortest.
const LOOK_AFTER: Duration = Duration::from_millis(100);

pub(crate) struct Welcome {
    caller: Caller,
    member: MemberId,
    role: Role,
    changes: watch::Receiver<i64>,
    _place: Place,
}

impl Welcome {
    pub(crate) fn new(app: &App, InWorkspace { caller, member, role }: InWorkspace, place: Place) -> Self {
        let mut changes = app.endings().subscribe();
        // The caller was looked up a moment ago, perhaps before the newest of them.
        changes.mark_changed();
        Self { caller, member, role, changes, _place: place }
    }

    /// Tells whether the reader is still who they were in the workspace, going by what is committed.
    pub(crate) fn is_member(&self, app: &App) -> bool {
        role_of(&app.writer().state().workspace, self.member) == Some(self.role)
    }

    /// Waits until the session or token is good for nothing any more. It may be dropped at any await and called anew.
    pub(crate) async fn ends(&mut self, app: &App) {
        loop {
            let now = app.clock().now();
            let left = u64::try_from(self.caller.ends().since(now)).unwrap_or_default();
            let left = Duration::from_millis(left).clamp(LOOK_AFTER, LOOK_EVERY);
            // Both lead to a look; that the app is gone does too.
            let _ = tokio::time::timeout(left, self.changes.changed()).await;
            if !self.look(app).await {
                return;
            }
        }
    }

    /// Looks whether it is still good, and until when.
    async fn look(&mut self, app: &App) -> bool {
        let (accounts, caller, now) = (app.accounts(), self.caller.clone(), app.clock().now());
        match blocking(move || caller.renewed(&accounts, now)).await {
            Ok(Some(caller)) => self.caller = caller,
            Ok(None) => return false,
            // Nobody is thrown out for a disk that does not answer; the next look comes.
            Err(_) => tracing::warn!("it could not be looked whether a stream may go on"),
        }
        true
    }
}
