//! Who looks at what now: what this page says of itself, and what the server says of others. Nothing of it is kept.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use slipway_shared::ids::{DeploymentId, MemberId};
use slipway_shared::sync::client::{Failure, Link};
use slipway_shared::sync::presence::{Onlookers, PRESENCE_RENEWED_MS, PresenceRequest};
use slipway_shared::sync::protocol::ErrorCode;

use super::engine::Engine;
use super::tabs::{LinkWord, TabMessage, is_visible};
use super::{ReplicaHandle, SyncWord, transport};
use crate::components::live::memo;

/// Who looks at which deployment.
pub(super) type Looking = Arc<BTreeMap<DeploymentId, Vec<MemberId>>>;

impl ReplicaHandle {
    /// Returns who else looks at a deployment now; nobody where there is no server, or an older one.
    #[must_use]
    pub fn onlookers(self, id: DeploymentId) -> Memo<Vec<MemberId>> {
        let (looking, me) = (self.signals.looking, self.signals.me);
        memo(move || {
            let me = me.get();
            let others =
                |members: &Vec<MemberId>| members.iter().copied().filter(|member| *member != me).collect();
            looking.with(|looking| looking.get(&id).map(others)).unwrap_or_default()
        })
    }

    /// Says what this page shows, whenever that changes and as long as somebody sees the page. To be called once.
    pub fn tell_what_is_shown(self, shown: Signal<Option<DeploymentId>>) {
        let teller = Rc::new(Teller {
            engine: self.engine.get_value(),
            told: Cell::new(None),
            is_off: Cell::new(false),
        });
        let (on_change, on_sight, renewing) = (Rc::clone(&teller), Rc::clone(&teller), teller);
        let status = self.signals.status;
        let is_in_touch =
            memo(move || status.with(|status| matches!(status.word, SyncWord::Synced | SyncWord::Saving)));
        // A server that is back knows nothing of what it was told.
        Effect::new(move |_| on_change.tell(shown.get(), is_in_touch.get()));
        // Both go on as long as the page.
        window_event_listener_untyped("visibilitychange", move |_| {
            on_sight.tell(shown.get_untracked(), false);
        });
        let every = Duration::from_millis(PRESENCE_RENEWED_MS.unsigned_abs());
        set_interval(move || renewing.tell(shown.get_untracked(), true), every);
    }
}

/// Tells the server what this page shows.
struct Teller {
    engine: Engine,
    /// What it was told last.
    told: Cell<Option<DeploymentId>>,
    /// The server is too old to be told.
    is_off: Cell<bool>,
}

impl Teller {
    /// Tells it if it is another thing than before, or again, so that the server doesn't forget it.
    fn tell(self: &Rc<Self>, shown: Option<DeploymentId>, again: bool) {
        let deployment = shown.filter(|_| is_visible());
        let is_news = self.told.get() != deployment || (again && deployment.is_some());
        if self.is_off.get() || !is_news || !self.engine.is_following() {
            return;
        }
        let Some(workspace) = self.engine.with(|state| state.workspace) else { return };
        self.told.set(deployment);
        let (teller, request) =
            (Rc::clone(self), PresenceRequest { client: self.engine.client(), deployment });
        leptos::task::spawn_local(async move {
            match transport::look(workspace, request).await {
                Ok(()) => {}
                Err(Failure::Refused(refused)) if refused.code == ErrorCode::NotFound => {
                    teller.is_off.set(true);
                }
                // Nothing is lost: it is told again soon.
                Err(_) => teller.told.set(None),
            }
        });
    }
}

impl Engine {
    /// Tells whether this browser follows the log now, be it by another tab.
    fn is_following(&self) -> bool {
        self.with(|state| match state.is_leader {
            _ if state.local.is_some() => false,
            true => state.sync.link() == Link::Following,
            false => matches!(state.leaders_link, LinkWord::Following),
        })
    }

    /// Takes in who looks where, as the stream tells it, and passes all of it on to the other tabs.
    pub(super) fn hear_who_looks(&self, news: Vec<Onlookers>) {
        let mut looking = BTreeMap::clone(&self.signals.looking.get_untracked());
        for Onlookers { deployment, members } in news {
            if members.is_empty() {
                looking.remove(&deployment);
            } else {
                looking.insert(deployment, members);
            }
        }
        self.show_who_looks(looking);
        self.tell_who_looks();
    }

    /// Nobody is known to look anywhere: a new stream tells all of it, and without one nothing is known.
    pub(super) fn forget_who_looks(&self) {
        if !self.signals.looking.get_untracked().is_empty() {
            self.show_who_looks(BTreeMap::new());
            self.tell_who_looks();
        }
    }

    /// Tells the other tabs who looks where, if this one leads.
    pub(super) fn tell_who_looks(&self) {
        let looking = self.signals.looking.get_untracked();
        let all = looking.iter();
        let all =
            all.map(|(deployment, members)| Onlookers { deployment: *deployment, members: members.clone() });
        let message = TabMessage::Looking(all.collect());
        self.with(|state| {
            if state.is_leader {
                state.tell(&message);
            }
        });
    }

    /// Takes in what the leader knows of it.
    pub(super) fn take_who_looks(&self, all: Vec<Onlookers>) {
        if !self.with(|state| state.is_leader) {
            self.show_who_looks(all.into_iter().map(|known| (known.deployment, known.members)).collect());
        }
    }

    fn show_who_looks(&self, looking: BTreeMap<DeploymentId, Vec<MemberId>>) {
        if *self.signals.looking.get_untracked() != looking {
            self.signals.looking.set(Arc::new(looking));
        }
    }
}
