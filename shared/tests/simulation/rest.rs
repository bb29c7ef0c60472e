//! How a world comes to rest: everything that was wrong is right again, and then all have to agree before long.

use slipway_shared::rejection::Rejection;
use slipway_shared::sync::protocol::OutcomeStatus;

use super::net::{Turn, Weather};
use super::random::Random;
use super::witness::violated;
use super::{Tally, World};

/// How long it may take, in the time of the world: the longest wait between two tries, some times over.
const LONGEST_MS: i64 = 30 * 60_000;
const MOST_PARCELS: usize = 20_000;

impl World {
    /// Lets everything arrive, and checks what has to hold then.
    pub fn rest(&mut self) {
        let mut random = Random::new(self.tally.steps);
        self.mend(&mut random);
        let began = self.now;
        let mut parcels = 0;
        while !self.is_quiet() {
            self.start_leftovers(&mut random);
            for _ in 0..8 {
                self.deliver_next(&mut random);
            }
            parcels += 8;
            if parcels > MOST_PARCELS || self.now - began > LONGEST_MS {
                violated("no stall", &self.what_waits());
            }
        }
        self.check_agreement();
        let restores = usize::try_from(self.tally.restores).unwrap_or_default();
        self.ledger.check(&self.browsers, &self.server, restores);
        self.count();
    }

    fn mend(&mut self, random: &mut Random) {
        self.server.is_full = false;
        self.server.mishap = None;
        self.server.unknown_kinds.clear();
        self.restart_server();
        for number in 0..self.browsers.len() {
            self.browsers[number].weather = Weather::CALM;
            if self.browsers[number].tabs.is_empty() {
                self.open_tab(number, random);
            }
            self.wake(number, random);
            self.try_again(number);
            let mut turn = Turn::new(self.now, random);
            self.browsers[number].grant(&mut turn);
            self.finish(number, turn);
        }
    }

    /// What a tab that died had not taken out of the outbox any more is seen to by the next page.
    fn start_leftovers(&mut self, random: &mut Random) {
        for number in 0..self.browsers.len() {
            let browser = &mut self.browsers[number];
            let is_idle = browser.tabs.iter().all(|tab| tab.replica.pending().is_empty());
            browser.disk.commit_all();
            if is_idle && !browser.disk.outbox.is_empty() {
                browser.tabs.clear();
                browser.holder = None;
                self.streams.retain(|stream| stream.to.browser != number);
                self.open_tab(number, random);
            }
        }
    }

    fn is_quiet(&mut self) -> bool {
        let head = self.server.head();
        let outcomes = &self.server.store.outcomes;
        self.browsers.iter_mut().all(|browser| {
            let is_quiet = browser
                .tabs
                .iter()
                .all(|tab| tab.replica.pending().is_empty() && tab.replica.cursor() == Some(head));
            // What is there is not called lost any longer.
            let mut lost = browser.tabs.iter().flat_map(|tab| tab.replica.lost());
            let is_quiet = is_quiet && !lost.any(|(key, _)| outcomes.contains_key(&key));
            if is_quiet {
                browser.disk.commit_all();
            }
            is_quiet && browser.disk.outbox.is_empty() && browser.disk.mirror.is_empty()
        })
    }

    fn what_waits(&self) -> String {
        let head = self.server.head().seq;
        let mut waits = format!("the log is at {head}");
        for browser in &self.browsers {
            let tabs = browser.tabs.iter().map(|tab| {
                let at = tab.replica.cursor().map(|cursor| cursor.seq);
                let pending = tab.replica.pending();
                let first = pending.first().map(|first| (first.envelope.command.kind(), first.acknowledged));
                let (link, trouble) = (tab.sync.link(), tab.sync.trouble());
                format!("{} {link:?} {trouble:?} at {at:?} with {} {first:?}", tab.id, pending.len())
            });
            let tabs = tabs.collect::<Vec<_>>().join(", ");
            let (outbox, mirror) = (browser.disk.outbox.len(), browser.disk.mirror.len());
            waits += &format!("; {}: {tabs}, outbox {outbox}, mirror {mirror}", browser.number);
        }
        waits
    }

    fn check_agreement(&mut self) {
        self.server.restart();
        let workspace = &self.server.sequencer.workspace;
        for browser in &mut self.browsers {
            if browser.tabs.iter().any(|tab| tab.replica.view() != workspace) {
                violated("I2", &format!("a tab of browser {} shows something else", browser.number));
            }
            // A tab that died may have left the disk behind: what is stored is a state there was, and no other.
            let stored = browser.disk.load().replica;
            let Some(cursor) = stored.cursor() else { continue };
            if self.server.witness.states.get(&cursor.chain) != Some(stored.view()) {
                violated("I6", &format!("browser {} has stored what no log makes", browser.number));
            }
        }
    }

    fn count(&mut self) {
        let Tally { applied, merged, noop, rejected, turned_away, .. } = &mut self.tally;
        for (_, outcome) in self.server.store.outcomes.values() {
            *match outcome.status {
                OutcomeStatus::Applied => &mut *applied,
                OutcomeStatus::Merged => &mut *merged,
                OutcomeStatus::Noop => &mut *noop,
                OutcomeStatus::Rejected => &mut *rejected,
            } += 1;
            let is_turned_away =
                matches!(outcome.rejection, Some(Rejection::NotMember | Rejection::ReadOnly));
            *turned_away += u64::from(is_turned_away);
        }
        self.tally.commands = self.ledger.len() as u64;
        self.tally.repeated = self.server.repetitions as u64;
    }
}
