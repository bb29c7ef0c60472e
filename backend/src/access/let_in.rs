//! Whether who asks is still let in once the body of their request is there, which may take half a minute, and longer for
//! a workspace that is brought. The caller comes with the request: no handler can forget it.

use std::time::Duration;

use axum::http::Extensions;
use slipway_shared::ids::MemberId;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Caller;
use crate::app::App;
use crate::error::Failure;
use crate::routes::blocking;
use crate::writer::OpenWorkspace;

/// How long a look counts where no ending was told since: another process's endings are looked for as often.
pub(super) const GOOD_FOR: Duration = Duration::from_millis(250);

/// A caller as they were let in.
#[derive(Clone)]
pub(crate) struct LetIn {
    app: App,
    caller: Caller,
    /// Who they are in the workspace that is asked for.
    member: Option<(OpenWorkspace, MemberId)>,
    endings: watch::Receiver<i64>,
    looked: Instant,
}

impl LetIn {
    /// Keeps a caller with their request. `endings` and `looked` are from before they were looked up.
    pub(super) fn keep(
        extensions: &mut Extensions,
        app: &App,
        caller: &Caller,
        endings: watch::Receiver<i64>,
        looked: Instant,
    ) {
        extensions.insert(Self { app: app.clone(), caller: caller.clone(), member: None, endings, looked });
    }

    /// Adds who the caller is in a workspace.
    pub(super) fn as_member(extensions: &mut Extensions, workspace: &OpenWorkspace, member: MemberId) {
        if let Some(known) = extensions.get_mut::<Self>() {
            known.member = Some((workspace.clone(), member));
        }
    }

    /// Returns the caller of a request; `None` where the route asks for none.
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
    }

    /// Refuses who is let in no more. The look costs a read, so it is left out where it was made a moment ago and nothing
    /// has ended since.
    pub(crate) async fn again(self) -> Result<(), Failure> {
        if let Some((workspace, member)) = &self.member
            && workspace.state().workspace.role(*member).is_none()
        {
            return Err(Failure::no_member_any_more());
        }
        let may_have_ended = self.endings.has_changed().unwrap_or(true);
        if !may_have_ended && self.looked.elapsed() < GOOD_FOR {
            return Ok(());
        }
        let ended = match &self.caller {
            Caller::Session(_) => Failure::sign_in_needed(),
            Caller::Token(_) => Failure::token_unknown(),
        };
        let (accounts, caller, now) = (self.app.accounts(), self.caller, self.app.clock().now());
        blocking(move || caller.renewed(&accounts, now)).await?.map(|_| ()).ok_or(ended)
    }
}
