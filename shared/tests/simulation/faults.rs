//! Everything that goes wrong, one thing at a time.

use slipway_shared::ids::{ClientId, EpochId};
use slipway_shared::sync::client::{Failure, Input};
use slipway_shared::time::Timestamp;

use super::World;
use super::net::{Mail, Parcel, Turn, Weather};
use super::random::Random;
use super::server::Mishap;

/// How long nobody notices that a stream brings nothing any more.
pub const UNNOTICED_MS: i64 = 35_000;
const HOUR_MS: i64 = 3_600_000;
/// The most tabs of one browser.
const TABS: usize = 3;

impl World {
    /// Something goes wrong, or right again, at a browser or at the server.
    pub fn mishap(&mut self, browser: usize, random: &mut Random) {
        match random.below(25) {
            0 | 1 => self.crash_tab(browser, random),
            2 => self.crash_browser(browser, random),
            3 | 4 => self.open_tab(browser, random),
            5 => self.freeze(browser, random),
            6 => self.wake(browser, random),
            7 | 8 => self.take_over(browser, random),
            9 | 10 => self.change_weather(browser, random),
            11 => self.cut_streams(Some(browser), true),
            12 => self.turn_clock(browser, random),
            13 | 14 => {
                let all = [Mishap::DiesBefore, Mishap::DiesAfter, Mishap::Unsure, Mishap::UnsureAfter];
                self.server.mishap = random.pick(&all).copied();
            }
            15 => match random.below(6) {
                0 | 1 => self.copy_profile(browser),
                2 => self.put_profile_back(browser, random),
                _ => self.restart_server(),
            },
            16 => self.server.is_full = !self.server.is_full,
            17 => self.back_up(random),
            18 => self.restore(random),
            19 => self.swap(random),
            20 => self.change_version(random),
            21 => self.server_of_the_future(random),
            22 => self.browsers[browser].disk.make_room(),
            23 => self.now += i64::try_from(random.below(4)).unwrap_or_default() * HOUR_MS / 3,
            _ => self.close_tab(browser, random),
        }
    }

    fn crash_tab(&mut self, number: usize, random: &mut Random) {
        let browser = &mut self.browsers[number];
        if browser.tabs.is_empty() {
            return;
        }
        let tab = browser.tabs.remove(random.below(browser.tabs.len()));
        let kept = random.below(browser.disk.in_queue() + 1);
        browser.disk.crash_tab(tab.id, kept);
        self.tally.crashes += 1;
        self.gone(number, tab.id, random);
    }

    fn close_tab(&mut self, number: usize, random: &mut Random) {
        let browser = &mut self.browsers[number];
        if browser.tabs.len() > 1 {
            let tab = browser.tabs.remove(random.below(browser.tabs.len()));
            self.gone(number, tab.id, random);
        }
    }

    fn gone(&mut self, number: usize, tab: u64, random: &mut Random) {
        self.streams.retain(|stream| (stream.to.browser, stream.to.tab) != (number, tab));
        let browser = &mut self.browsers[number];
        let mut turn = Turn::new(self.now, random);
        if browser.holder == Some(tab) {
            browser.holder = None;
            browser.grant(&mut turn);
        }
        self.finish(number, turn);
    }

    fn crash_browser(&mut self, number: usize, random: &mut Random) {
        let browser = &mut self.browsers[number];
        let kept = random.below(browser.disk.in_queue() + 1);
        browser.disk.crash(kept, random.chance(50));
        browser.tabs.clear();
        browser.holder = None;
        self.tally.crashes += 1;
        self.streams.retain(|stream| stream.to.browser != number);
        self.ledger.crashed(&self.browsers[number], &self.server);
        if random.chance(80) {
            self.open_tab(number, random);
        }
    }

    /// Somebody copies what the browser has stored.
    fn copy_profile(&mut self, number: usize) {
        let browser = &mut self.browsers[number];
        browser.disk.commit_all();
        browser.copy = Some(Box::new(browser.disk.clone()));
    }

    /// The machine is set up anew from that copy: what the browser stored since then is gone, and names are used again.
    /// Where the server was put back, too, what was asked about again may be gone with it: see decision 0006.
    fn put_profile_back(&mut self, number: usize, random: &mut Random) {
        let browser = &mut self.browsers[number];
        let Some(copy) = browser.copy.clone().filter(|_| self.tally.restores == 0) else { return };
        self.has_old_profile = true;
        browser.disk = *copy;
        self.crash_browser(number, random);
    }

    pub fn open_tab(&mut self, number: usize, random: &mut Random) {
        let mut turn = Turn::new(self.now, random);
        if self.browsers[number].tabs.len() < TABS {
            self.browsers[number].open(&mut turn);
        }
        self.finish(number, turn);
    }

    fn freeze(&mut self, number: usize, random: &mut Random) {
        let tabs = &mut self.browsers[number].tabs;
        let place = random.below(tabs.len());
        if let Some(tab) = tabs.get_mut(place) {
            tab.is_frozen = true;
        }
    }

    /// Tabs wake up, and do what has come meanwhile.
    pub fn wake(&mut self, number: usize, random: &mut Random) {
        let ids: Vec<_> = self.browsers[number].tabs.iter().map(|tab| tab.id).collect();
        for id in ids {
            let Some(place) = self.browsers[number].place(id) else { continue };
            let tab = &mut self.browsers[number].tabs[place];
            tab.is_frozen = false;
            let backlog = std::mem::take(&mut tab.backlog);
            let mut turn = Turn::new(self.now, random);
            for mail in backlog {
                self.browsers[number].receive(place, mail, &mut turn);
            }
            self.finish(number, turn);
        }
    }

    /// A tab that is awake takes the lead from one that is frozen, or only slow.
    fn take_over(&mut self, number: usize, random: &mut Random) {
        let browser = &mut self.browsers[number];
        let awake = |tab: &super::tab::Tab| !tab.is_frozen && Some(tab.id) != browser.holder;
        let Some(place) = browser.tabs.iter().position(awake) else { return };
        let mut turn = Turn::new(self.now, random);
        self.browsers[number].steal(place, &mut turn);
        self.finish(number, turn);
    }

    fn change_weather(&mut self, number: usize, random: &mut Random) {
        let weather =
            *random.pick(&[Weather::CALM, Weather::BAD, Weather::TERRIBLE]).unwrap_or(&Weather::CALM);
        let (is_down, is_mute) = (random.chance(25), random.chance(15));
        self.browsers[number].weather = Weather { is_down, is_mute, ..weather };
        if is_down || is_mute {
            self.cut_streams(Some(number), true);
        } else {
            self.try_again(number);
        }
    }

    /// The browser thinks that it is online again.
    pub fn try_again(&mut self, number: usize) {
        let leaders = self.browsers[number].tabs.iter().filter(|tab| tab.is_leader);
        for (tab, reign) in leaders.map(|tab| (tab.id, tab.reign)) {
            let mail = Mail::Answer { reign, input: Input::Connect };
            self.net.post(self.now + 1, Parcel::ToTab { browser: number, tab, mail });
        }
    }

    /// Streams end: at once where the other side says so, unnoticed for a while where it does not.
    pub fn cut_streams(&mut self, number: Option<usize>, is_unnoticed: bool) {
        let is_meant = |browser: usize| number.is_none_or(|number| number == browser);
        for stream in self.streams.iter().filter(|stream| is_meant(stream.to.browser)) {
            let is_silent = is_unnoticed || self.browsers[stream.to.browser].weather.is_down;
            let due = self.now + if is_silent { UNNOTICED_MS } else { 5 };
            let mail = Mail::Streamed { number: stream.number, input: Input::Failed(Failure::Unreachable) };
            let (browser, tab) = (stream.to.browser, stream.to.tab);
            self.net.post(due, Parcel::ToTab { browser, tab, mail });
        }
        self.streams.retain(|stream| !is_meant(stream.to.browser));
    }

    fn turn_clock(&mut self, number: usize, random: &mut Random) {
        let skews = [0, 250, -90_000, 259_200_000, -259_200_000];
        self.browsers[number].skew_ms = random.pick(&skews).copied().unwrap_or_default();
    }

    pub fn restart_server(&mut self) {
        self.server.restart();
        self.tally.server_deaths += 1;
        self.cut_streams(None, false);
    }

    fn back_up(&mut self, random: &mut Random) {
        let store = self.server.store.clone();
        if self.backups.len() < 3 {
            self.backups.push(store);
        } else {
            self.backups[random.below(3)] = store;
        }
    }

    fn restore(&mut self, random: &mut Random) {
        let backup = random.pick(&self.backups).cloned();
        let Some(backup) = backup.filter(|_| !self.has_old_profile) else { return };
        let epoch = EpochId::from_u128(random.id());
        self.server.restore(&backup, Some(epoch));
        self.tally.restores += 1;
        self.cut_streams(None, false);
    }

    /// Somebody puts an old file in place of the present one: the server can't know.
    fn swap(&mut self, random: &mut Random) {
        let epoch = self.server.store.epoch;
        let same: Vec<_> = self.backups.iter().filter(|backup| backup.epoch == epoch).collect();
        let backup = random.pick(&same).map(|backup| (*backup).clone());
        let Some(backup) = backup.filter(|_| !self.has_old_profile) else { return };
        self.server.restore(&backup, None);
        self.server.witness.was_swapped = true;
        self.tally.restores += 1;
        self.cut_streams(None, false);
    }

    /// The server is of an older version for a while, which does not understand everything.
    fn change_version(&mut self, random: &mut Random) {
        let newer = ["deployment.attest", "deployment.edit", "rollout.report", "deployment.move"];
        self.server.unknown_kinds = match random.pick(&newer) {
            Some(kind) if self.server.unknown_kinds.is_empty() => vec![kind],
            _ => Vec::new(),
        };
        self.restart_server();
    }

    fn server_of_the_future(&mut self, random: &mut Random) {
        let kinds = [("gizmo.added", 1), ("deployment.moved", 99)];
        let (kind, v) = random.pick(&kinds).copied().unwrap_or(("gizmo.added", 1));
        let client = ClientId::from_u128(random.id());
        self.server.append_unknown(kind, v, client, Timestamp(self.now));
        self.publish(random);
    }
}
