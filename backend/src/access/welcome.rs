//! What lets the reader of a stream in, for as long as it does: their session or token, and being a member in the role
//! they had.

use std::time::Duration;

use slipway_shared::ids::MemberId;
use slipway_shared::member::Role;
use slipway_shared::time::Timestamp;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use super::places::Place;
use super::{Caller, InWorkspace};
use crate::app::App;
use crate::store::StoreError;
use crate::writer::OpenWorkspace;

/// The longest a stream goes on without looking at its session: a clock that is set anew moves its end.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The shortest.
const LOOK_AFTER: Duration = Duration::from_millis(100);

pub(crate) struct Welcome {
    caller: Caller,
    workspace: OpenWorkspace,
    member: MemberId,
    role: Role,
    changes: watch::Receiver<i64>,
    /// When it is looked at the latest whether the caller is still let in.
    look_at: Instant,
    /// The look that is under way.
    looking: Option<JoinHandle<Result<Option<Caller>, StoreError>>>,
    _place: Place,
}

impl Welcome {
    pub(crate) fn new(app: &App, asks: InWorkspace, place: Place) -> Self {
        let InWorkspace { workspace, caller, member, role } = asks;
        let mut changes = app.endings().subscribe();
        // The caller was looked up a moment ago, perhaps before the newest of them.
        changes.mark_changed();
        let look_at = next_look(&caller, app.clock().now());
        Self { caller, workspace, member, role, changes, look_at, looking: None, _place: place }
    }

    /// Tells whether the reader is still who they were in the workspace, going by what is committed.
    pub(crate) fn is_member(&self) -> bool {
        self.workspace.state().workspace.role(self.member) == Some(self.role)
    }

    /// Waits until the session or token is good for nothing any more. May be dropped and called anew as often as it
    /// takes: what it waits for is not in it.
    pub(crate) async fn ends(&mut self, app: &App) {
        loop {
            if self.looking.is_none() {
                tokio::select! {
                    // That the app is gone is worth a look too.
                    _ = self.changes.changed() => {}
                    () = sleep_until(self.look_at) => {}
                }
            }
            if self.has_lost(app).await {
                return;
            }
        }
    }

    /// Tells whether the session or token is good for nothing any more; looks only where that may have changed.
    pub(crate) async fn has_ended(&mut self, app: &App) -> bool {
        let is_due = Instant::now() >= self.look_at || self.changes.has_changed().unwrap_or(true);
        if self.looking.is_none() && !is_due {
            return false;
        }
        // Before the look, so that what changes during it is looked at too.
        self.changes.mark_unchanged();
        self.has_lost(app).await
    }

    /// Looks, or waits for the look that is under way.
    async fn has_lost(&mut self, app: &App) -> bool {
        let looking = self.looking.get_or_insert_with(|| look(app, self.caller.clone()));
        let looked = looking.await;
        self.looking = None;
        match looked {
            Ok(Ok(Some(caller))) => self.caller = caller,
            Ok(Ok(None)) => return true,
            // Nobody is thrown out for a disk that does not answer; the next look comes.
            Ok(Err(_)) | Err(_) => tracing::warn!("it could not be looked whether a stream may go on"),
        }
        self.look_at = next_look(&self.caller, app.clock().now());
        false
    }
}

/// Looks whether a caller is still let in, and until when.
fn look(app: &App, caller: Caller) -> JoinHandle<Result<Option<Caller>, StoreError>> {
    let (accounts, now) = (app.accounts(), app.clock().now());
    spawn_blocking(move || caller.renewed_as_given(&accounts, now))
}

fn next_look(caller: &Caller, now: Timestamp) -> Instant {
    let left = u64::try_from(caller.ends().since(now)).unwrap_or_default();
    Instant::now() + Duration::from_millis(left).clamp(LOOK_AFTER, LOOK_EVERY)
}
