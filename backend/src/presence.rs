//! Who looks at what, in memory alone: never logged, never stored, and forgotten when it is not said again in time or the
//! last stream of whoever said it ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use slipway_shared::ids::{ClientId, DeploymentId, MemberId};
use slipway_shared::sync::presence::{Onlookers, PRESENCE_KEPT_MS};
use slipway_shared::time::Timestamp;
use tokio::sync::watch;

/// How many pages of one session count; of more, those that were heard of longest ago are forgotten.
const PAGES_OF_A_SESSION: usize = 16;
/// How many pages count in a workspace; more are passed over.
const PAGES: usize = 2_000;

/// Who looks at which deployment.
pub(crate) type Shown = BTreeMap<DeploymentId, BTreeSet<MemberId>>;

/// Who looks at what in one workspace.
#[derive(Debug)]
pub(crate) struct Presence {
    known: Mutex<Known>,
    shown: watch::Sender<Arc<Shown>>,
}

#[derive(Debug, Default)]
struct Known {
    /// By session and page.
    pages: BTreeMap<(u128, ClientId), Page>,
    /// How many streams each session has open.
    streams: BTreeMap<u128, usize>,
}

#[derive(Debug)]
struct Page {
    member: MemberId,
    deployment: DeploymentId,
    said: Timestamp,
}

impl Presence {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { known: Mutex::default(), shown: watch::Sender::default() })
    }

    /// Follows who looks at what. Who is told late is told the newest alone.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Arc<Shown>> {
        self.shown.subscribe()
    }

    /// Takes in what a page looks at; nothing takes back what it said before.
    pub(crate) fn look(
        &self,
        session: u128,
        client: ClientId,
        member: MemberId,
        deployment: Option<DeploymentId>,
        now: Timestamp,
    ) {
        self.change(|known| {
            known.forget_old(now);
            let page = (session, client);
            known.pages.remove(&page);
            let Some(deployment) = deployment else { return };
            let of_session = known
                .pages
                .range((session, ClientId::from_u128(0))..=(session, ClientId::from_u128(u128::MAX)));
            let of_session: Vec<_> = of_session.map(|(page, known)| (known.said, *page)).collect();
            if of_session.len() >= PAGES_OF_A_SESSION
                && let Some((_, oldest)) = of_session.iter().min()
            {
                known.pages.remove(oldest);
            }
            if known.pages.len() < PAGES {
                known.pages.insert(page, Page { member, deployment, said: now });
            }
        });
    }

    /// Forgets what was not said again in time.
    pub(crate) fn forget_old(&self, now: Timestamp) {
        self.change(|known| known.forget_old(now));
    }

    /// Notes that a stream of a session is open, for as long as what is returned lives.
    pub(crate) fn open(self: &Arc<Self>, session: u128) -> OpenStream {
        self.change(|known| *known.streams.entry(session).or_default() += 1);
        OpenStream { presence: Arc::clone(self), session }
    }

    /// Changes what is known, and tells whoever follows if another picture comes of it.
    fn change(&self, change: impl FnOnce(&mut Known)) {
        // Nothing can panic while it is held.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut known);
        let shown = known.shown();
        // Under the lock, so that what is told last is what is known last.
        self.shown.send_if_modified(|before| {
            let is_other = **before != shown;
            if is_other {
                *before = Arc::new(shown);
            }
            is_other
        });
    }
}

impl Known {
    fn forget_old(&mut self, now: Timestamp) {
        self.pages.retain(|_, page| now.since(page.said) < PRESENCE_KEPT_MS);
    }

    fn shown(&self) -> Shown {
        let mut shown = Shown::new();
        for page in self.pages.values() {
            shown.entry(page.deployment).or_default().insert(page.member);
        }
        shown
    }
}

/// A stream that is open. With the last one of a session goes what its pages looked at.
#[derive(Debug)]
pub(crate) struct OpenStream {
    presence: Arc<Presence>,
    session: u128,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.presence.change(|known| {
            let left = known.streams.get(&self.session).map_or(0, |count| count.saturating_sub(1));
            if left > 0 {
                known.streams.insert(self.session, left);
            } else {
                known.streams.remove(&self.session);
                known.pages.retain(|(session, _), _| *session != self.session);
            }
        });
    }
}

/// Returns what has to be told to whoever knows `before`: the deployments where somebody else looks now.
pub(crate) fn news(before: &Shown, now: &Shown) -> Vec<Onlookers> {
    let gone = before.keys().filter(|deployment| !now.contains_key(deployment));
    let gone = gone.map(|deployment| Onlookers { deployment: *deployment, members: Vec::new() });
    let other = now.iter().filter(|(deployment, members)| before.get(deployment) != Some(members));
    let other = other.map(|(deployment, members)| Onlookers {
        deployment: *deployment,
        members: members.iter().copied().collect(),
    });
    gone.chain(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: MemberId = MemberId::from_u128(1);
    const BO: MemberId = MemberId::from_u128(2);
    const ONE: DeploymentId = DeploymentId::from_u128(11);
    const TWO: DeploymentId = DeploymentId::from_u128(12);

    fn client(number: u128) -> ClientId {
        ClientId::from_u128(number)
    }

    /// Returns who looks at a deployment.
    fn at(presence: &Presence, deployment: DeploymentId) -> Vec<MemberId> {
        let shown = presence.subscribe().borrow().clone();
        shown.get(&deployment).into_iter().flatten().copied().collect()
    }

    #[test]
    fn a_page_looks_at_one_thing_and_two_of_a_person_count_once() {
        let presence = Presence::new();
        presence.look(1, client(1), ANA, Some(ONE), Timestamp(0));
        presence.look(1, client(2), ANA, Some(ONE), Timestamp(0));
        presence.look(2, client(3), BO, Some(ONE), Timestamp(0));
        assert_eq!(at(&presence, ONE), [ANA, BO]);
        presence.look(1, client(1), ANA, Some(TWO), Timestamp(1));
        assert_eq!((at(&presence, ONE), at(&presence, TWO)), (vec![ANA, BO], vec![ANA]));
        presence.look(1, client(2), ANA, None, Timestamp(2));
        assert_eq!(at(&presence, ONE), [BO]);
    }

    #[test]
    fn what_is_not_said_again_is_forgotten() {
        let presence = Presence::new();
        presence.look(1, client(1), ANA, Some(ONE), Timestamp(0));
        presence.look(2, client(2), BO, Some(ONE), Timestamp(30_000));
        presence.forget_old(Timestamp(PRESENCE_KEPT_MS - 1));
        assert_eq!(at(&presence, ONE), [ANA, BO]);
        presence.forget_old(Timestamp(PRESENCE_KEPT_MS));
        assert_eq!(at(&presence, ONE), [BO]);
    }

    #[test]
    fn the_end_of_the_last_stream_of_a_session_takes_its_pages_along() {
        let presence = Presence::new();
        let (first, second) = (presence.open(1), presence.open(1));
        presence.look(1, client(1), ANA, Some(ONE), Timestamp(0));
        presence.look(2, client(2), BO, Some(ONE), Timestamp(0));
        drop(first);
        assert_eq!(at(&presence, ONE), [ANA, BO]);
        drop(second);
        assert_eq!(at(&presence, ONE), [BO]);
    }

    #[test]
    fn a_session_cannot_fill_the_memory_with_pages() {
        let presence = Presence::new();
        for (number, second) in (1..=100).zip(0..) {
            let deployment = DeploymentId::from_u128(number);
            presence.look(1, client(number), ANA, Some(deployment), Timestamp(second));
        }
        let shown = presence.subscribe().borrow().clone();
        let newest = (85..=100).map(DeploymentId::from_u128);
        assert!(shown.keys().copied().eq(newest), "{shown:?}");
    }

    #[test]
    fn only_what_is_another_is_told_and_only_once() {
        let presence = Presence::new();
        let mut follower = presence.subscribe();
        presence.look(1, client(1), ANA, Some(ONE), Timestamp(0));
        let first = follower.borrow_and_update().clone();
        assert_eq!(news(&Shown::new(), &first), [Onlookers { deployment: ONE, members: vec![ANA] }]);
        presence.look(1, client(1), ANA, Some(ONE), Timestamp(1));
        assert!(!follower.has_changed().unwrap_or(true), "saying it again is no news");
        presence.look(1, client(1), ANA, Some(TWO), Timestamp(2));
        let second = follower.borrow_and_update().clone();
        let expected = [
            Onlookers { deployment: ONE, members: vec![] },
            Onlookers { deployment: TWO, members: vec![ANA] },
        ];
        assert_eq!(news(&first, &second), expected);
    }
}
