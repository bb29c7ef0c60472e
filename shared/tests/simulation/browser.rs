//! A browser of the simulation: its tabs, of which one leads, and what they do with what the machine asks for.

use std::collections::BTreeSet;

use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, EpochId, MemberId};
use slipway_shared::sync::client::{Effect, Input, Moment, SyncClient};
use slipway_shared::sync::envelope::{CommandEnvelope, WireCommand};
use slipway_shared::sync::protocol::{HelloRequest, PROTOCOL, PushRequest};
use slipway_shared::sync::repair::REQUEST_FRESH_MS;
use slipway_shared::sync::replica::Replica;
use slipway_shared::sync::tabs::{LOOK_AGAIN_MS, Wish};
use slipway_shared::time::Timestamp;

use super::Sabotage;
use super::disk::{Disk, Write};
use super::net::{Address, Mail, Request, Told, Turn, Weather};
use super::tab::Tab;
use super::witness::violated;

/// With a longer tail a snapshot is written and the tail begins anew; few, so that it happens often.
const LONGEST_TAIL: usize = 25;
/// How long a tab waits before it reads anew what the leader has stored.
const STORED_SOON_MS: i64 = 250;

pub struct Browser {
    pub number: usize,
    pub actor: MemberId,
    /// How far its clock is ahead, in milliseconds.
    pub skew_ms: i64,
    pub weather: Weather,
    pub disk: Disk,
    /// What it had stored when its profile was copied.
    pub copy: Option<Box<Disk>>,
    pub tabs: Vec<Tab>,
    /// The tab that holds the lock.
    pub holder: Option<u64>,
    pub sabotage: Sabotage,
    next_tab: u64,
    pushed: BTreeSet<CommandKey>,
}

impl Browser {
    pub fn new(number: usize, sabotage: Sabotage) -> Self {
        Self {
            number,
            actor: MemberId::from_u128(0xb0 + number as u128),
            skew_ms: 0,
            weather: Weather::CALM,
            disk: Disk::new(sabotage),
            copy: None,
            tabs: Vec::new(),
            holder: None,
            sabotage,
            next_tab: 1,
            pushed: BTreeSet::new(),
        }
    }

    pub fn clock(&self, now: i64) -> Timestamp {
        Timestamp(now + self.skew_ms)
    }

    pub fn place(&self, tab: u64) -> Option<usize> {
        self.tabs.iter().position(|known| known.id == tab)
    }

    /// Opens a page, also as a copy of another: it mints its own name.
    pub fn open(&mut self, turn: &mut Turn<'_>) {
        let stored = self.disk.load();
        let id = self.next_tab;
        self.next_tab += 1;
        let mut tab = Tab::new(id, ClientId::from_u128(turn.random.id()), stored.replica, self.actor);
        tab.tail_length = self.disk.tail.len();
        let is_empty = tab.replica.cursor().is_none();
        self.tabs.push(tab);
        if is_empty {
            self.tell(id, &Told::Behind, turn);
            let (wish, at) = (Wish::HOLE, None);
            turn.mail.push((LOOK_AGAIN_MS.cast_signed(), id, Mail::LookAgain { wish, at }));
        }
        if !stored.mirrored.is_empty() {
            self.disk.write(id, Write::Commands(stored.mirrored));
        }
        self.grant(turn);
    }

    /// Gives the lock to the next in the queue, should nobody hold it.
    pub fn grant(&mut self, turn: &mut Turn<'_>) {
        if self.holder.is_none() && !self.tabs.is_empty() {
            let awake = self.tabs.iter().position(|tab| !tab.is_frozen);
            self.lead(awake.unwrap_or(0), turn);
        }
    }

    /// A tab takes the lock from another that is silent.
    pub fn steal(&mut self, place: usize, turn: &mut Turn<'_>) {
        if let Some(before) = self.holder.take() {
            // The one that lost it learns of it some time after it wakes up.
            let late = i64::try_from(turn.random.below(60)).unwrap_or_default();
            turn.mail.push((late, before, Mail::LockLost));
        }
        self.lead(place, turn);
    }

    fn lead(&mut self, place: usize, turn: &mut Turn<'_>) {
        let outbox = self.disk.take_lead(self.tabs[place].id);
        let tab = &mut self.tabs[place];
        self.holder = Some(tab.id);
        tab.reign += 1;
        // It may have led before, and nobody answers what it asked then.
        tab.sync = SyncClient::default();
        tab.replica.adopt_all(outbox);
        tab.is_leader = true;
        // What it heard from the leader before may never have been stored.
        let is_ahead = tab.replica.cursor() != self.disk.reached();
        if is_ahead && tab.replica.has_opaque() {
            self.input(place, Input::StoreAnew, turn);
        } else if is_ahead {
            self.store_snapshot(place, false);
        }
        self.input(place, Input::Connect, turn);
        self.input(place, Input::Queued, turn);
    }

    /// Does something, as the person at this tab would.
    pub fn submit(&mut self, place: usize, command: Command, turn: &mut Turn<'_>) -> Option<CommandEnvelope> {
        let at = self.clock(turn.now);
        let tab = &mut self.tabs[place];
        let id = tab.id;
        let envelope = tab.submit(command, at)?;
        self.disk.mirror.insert(envelope.key, envelope.to_wire());
        self.disk.write(id, Write::Commands(vec![envelope.clone()]));
        self.tell(id, &Told::Submitted(Box::new(envelope.clone())), turn);
        if self.sabotage == Sabotage::Fence
            && let Some((reign, epoch)) = self.reign(place)
        {
            let push =
                PushRequest { protocol: PROTOCOL, epoch, sent_at: at, commands: vec![envelope.to_wire()] };
            turn.requests
                .push((Address { browser: self.number, tab: id, reign }, Request::Push { number: 0, push }));
        }
        self.input(place, Input::Queued, turn);
        self.settle_disk(turn);
        Some(envelope)
    }

    fn reign(&self, place: usize) -> Option<(u64, EpochId)> {
        let tab = &self.tabs[place];
        tab.replica.cursor().map(|cursor| (tab.reign, cursor.epoch))
    }

    /// Moves the leader's machine on and carries out what it asks for.
    pub fn input(&mut self, place: usize, input: Input, turn: &mut Turn<'_>) {
        let now = self.clock(turn.now);
        let jitter = u16::try_from(turn.random.below(65_536)).unwrap_or_default();
        let tab = &mut self.tabs[place];
        if !tab.is_leader {
            return;
        }
        let now = if self.sabotage == Sabotage::StaleRequests { Timestamp(0) } else { now };
        let effects = tab.sync.step(&mut tab.replica, input, Moment { now, jitter });
        for effect in effects {
            self.carry_out(place, effect, turn);
        }
        self.settle_disk(turn);
    }

    /// Mostly the disk is quick; what is not committed is what a crash takes.
    pub fn settle_disk(&mut self, turn: &mut Turn<'_>) {
        if turn.random.chance(60) {
            self.disk.commit_all();
        }
    }

    fn carry_out(&mut self, place: usize, effect: Effect, turn: &mut Turn<'_>) {
        let (id, at) = (self.tabs[place].id, self.clock(turn.now));
        match effect {
            Effect::Greet => {
                let tab = &self.tabs[place];
                let request = HelloRequest {
                    protocol: PROTOCOL,
                    client: tab.client,
                    cursor: tab.replica.cursor(),
                    queues: tab.sync.queues(&tab.replica),
                    sent_at: at,
                };
                self.ask(place, Request::Hello(request), turn);
            }
            Effect::FetchSnapshot => self.ask(place, Request::Snapshot, turn),
            Effect::OpenStream { after } => {
                let tab = &mut self.tabs[place];
                tab.stream += 1;
                tab.has_stream = true;
                let number = tab.stream;
                self.ask(place, Request::Stream { after, number }, turn);
            }
            Effect::CloseStream => self.tabs[place].has_stream = false,
            Effect::FetchEvents { after } => self.ask(place, Request::Page { after: after.seq }, turn),
            Effect::Push { number, epoch, commands } => {
                // What it sends again is stored by then.
                if std::mem::take(&mut self.tabs[place].writes_ahead) {
                    self.disk.commit_all();
                }
                self.check_freshness(at, &commands);
                let push = PushRequest { protocol: PROTOCOL, epoch, sent_at: at, commands };
                self.ask(place, Request::Push { number, push }, turn);
            }
            Effect::Pause { ms } => self.later(place, ms, Input::Poll, turn),
            Effect::Wait { ms } => self.later(place, ms, Input::Connect, turn),
            Effect::Recall => {
                let recalled = Box::new(self.disk.recall());
                self.later(place, 1, Input::Recalled(recalled), turn);
            }
            Effect::Reissue(taken) => self.reissue(place, &taken, turn),
            Effect::TellResults(results) => self.tell(id, &Told::Results(results), turn),
            Effect::TellFork | Effect::TellRestored { .. } => {}
            stored => self.store(place, id, stored, turn),
        }
    }

    /// A request that is old does not go out by itself.
    fn check_freshness(&mut self, now: Timestamp, commands: &[WireCommand]) {
        for wire in commands {
            let is_request = wire.read().is_ok_and(|envelope| envelope.is_request());
            let is_new = self.pushed.insert(wire.key());
            if is_new && is_request && now.since(wire.at) > REQUEST_FRESH_MS {
                violated("stale requests", &format!("{} goes out by itself, though it is old", wire.kind));
            }
        }
    }

    fn store(&mut self, place: usize, id: u64, effect: Effect, turn: &mut Turn<'_>) {
        match effect {
            Effect::StoreSnapshot => {
                self.store_snapshot(place, true);
                self.tell(id, &Told::Reload { forked: true }, turn);
            }
            Effect::StoreEvents(events) => {
                self.tell(id, &Told::Events(events.clone()), turn);
                self.tabs[place].tail_length += events.len();
                self.disk.write(id, Write::Events(events));
                if self.tabs[place].tail_length > LONGEST_TAIL && !self.tabs[place].replica.has_opaque() {
                    self.store_snapshot(place, false);
                }
            }
            Effect::Retire(left) => self.disk.write(id, Write::Retire(left)),
            Effect::KeepRefused(refused) => self.disk.write(id, Write::Refuse(refused)),
            Effect::StoreCommands(envelopes) => {
                self.tabs[place].writes_ahead = true;
                self.disk.write(id, Write::Commands(envelopes));
            }
            Effect::SetAside(aside) => {
                self.tabs[place].writes_ahead = true;
                self.tell(id, &Told::Replaced(aside.fillers.clone()), turn);
                self.disk.write(id, Write::SetAside(aside.refused, aside.fillers));
            }
            Effect::KeepLost(events) => {
                self.tell(id, &Told::Lost(events.clone()), turn);
                self.disk.write(id, Write::Lost(events));
            }
            Effect::FoundAgain(keys) => {
                self.tell(id, &Told::Found(keys.clone()), turn);
                self.disk.write(id, Write::Found(keys));
            }
            other => unreachable!("{other:?} is carried out elsewhere"),
        }
    }

    fn store_snapshot(&mut self, place: usize, is_new: bool) {
        let tab = &mut self.tabs[place];
        tab.tail_length = 0;
        if let Some(cursor) = tab.replica.cursor() {
            let state = Box::new((tab.replica.confirmed().clone(), cursor));
            self.disk.write(tab.id, Write::Snapshot { state, is_new });
        }
    }

    fn reissue(&mut self, place: usize, taken: &[CommandKey], turn: &mut Turn<'_>) {
        let fresh = ClientId::from_u128(turn.random.id());
        let tab = &mut self.tabs[place];
        if taken.iter().any(|key| key.client == tab.client) {
            (tab.client, tab.next_seq) = (ClientId::from_u128(turn.random.id()), 1);
        }
        let (id, renamed) = (tab.id, tab.replica.reissue(taken, fresh));
        tab.writes_ahead = true;
        turn.renamed.extend(renamed.iter().cloned());
        let new = renamed.iter().map(|(_, envelope)| envelope.clone()).collect();
        self.tell(id, &Told::Renamed(taken.to_vec(), new), turn);
        self.disk.write(id, Write::Rename(renamed));
        self.tell(id, &Told::Reload { forked: true }, turn);
        self.input(place, Input::Queued, turn);
    }

    fn ask(&self, place: usize, request: Request, turn: &mut Turn<'_>) {
        let tab = &self.tabs[place];
        turn.requests.push((Address { browser: self.number, tab: tab.id, reign: tab.reign }, request));
    }

    fn later(&self, place: usize, ms: u64, input: Input, turn: &mut Turn<'_>) {
        let tab = &self.tabs[place];
        let ms = i64::try_from(ms).unwrap_or_default();
        turn.mail.push((ms, tab.id, Mail::Answer { reign: tab.reign, input }));
    }

    fn tell(&self, from: u64, told: &Told, turn: &mut Turn<'_>) {
        for tab in self.tabs.iter().filter(|tab| tab.id != from) {
            turn.mail.push((1, tab.id, Mail::Told(told.clone())));
        }
    }

    /// Something reaches a tab.
    pub fn receive(&mut self, place: usize, mail: Mail, turn: &mut Turn<'_>) {
        let tab = &mut self.tabs[place];
        if tab.is_frozen {
            tab.backlog.push(mail);
            return;
        }
        let id = tab.id;
        match mail {
            Mail::Answer { reign, input } if reign == tab.reign => self.input(place, input, turn),
            Mail::Streamed { number, input } if tab.has_stream && number == tab.stream => {
                self.input(place, input, turn);
            }
            Mail::Answer { .. } | Mail::Streamed { .. } => {}
            Mail::Told(told) => {
                let is_new = matches!(told, Told::Submitted(_));
                // Its tab may die before it has stored it.
                if let (Told::Submitted(envelope), true) = (&told, tab.is_leader) {
                    self.disk.write(id, Write::Commands(vec![(**envelope).clone()]));
                }
                if matches!(told, Told::Behind) {
                    return self.asked_to_store(place, turn);
                }
                tab.rereading.note(|| told.clone());
                if let Some(wish) = tab.hear(told) {
                    self.read_anew(place, wish, turn);
                }
                if is_new {
                    self.input(place, Input::Queued, turn);
                }
            }
            Mail::LockLost if self.holder == Some(id) => {}
            Mail::LockLost => {
                tab.step_down();
                tab.rereading.ask(Wish::FORKED);
                turn.mail.push((0, id, Mail::Anew));
            }
            Mail::Anew => {
                let Some(wish) = tab.rereading.begin() else { return };
                let before = tab.replica.pending_keys();
                let fresh = Box::new(self.disk.load().replica);
                turn.mail.push((2, id, Mail::Read { fresh, before, wish }));
            }
            Mail::Read { fresh, before, wish } => self.take_stored(place, *fresh, &before, wish, turn),
            Mail::StoreAnew => self.store_anew(place, turn),
            Mail::LookAgain { wish, at } if tab.replica.cursor() == at => self.read_anew(place, wish, turn),
            Mail::LookAgain { .. } => {}
        }
    }

    fn read_anew(&mut self, place: usize, wish: Wish, turn: &mut Turn<'_>) {
        let tab = &mut self.tabs[place];
        if tab.rereading.ask(wish) {
            turn.mail.push((STORED_SOON_MS, tab.id, Mail::Anew));
        }
    }

    fn take_stored(
        &mut self,
        place: usize,
        fresh: Replica,
        before: &BTreeSet<CommandKey>,
        wish: Wish,
        turn: &mut Turn<'_>,
    ) {
        let tab = &mut self.tabs[place];
        let id = tab.id;
        let (told, is_due) = tab.rereading.end();
        if is_due {
            turn.mail.push((STORED_SOON_MS, id, Mail::Anew));
        }
        // Who leads has all this from the server.
        if tab.is_leader {
            return;
        }
        let is_stuck = tab.replica.is_stuck(fresh.cursor(), wish);
        let mut wishes = Vec::new();
        if tab.replica.take_stored(fresh, before, |_| false, wish) {
            tab.shown = None;
            wishes = tab.hear_again(told);
        }
        // The leader may have been done with what is still in the outbox: it asks what became of it.
        let at = tab.replica.cursor();
        let pending = tab.replica.pending().iter().filter(|_| wish.forked);
        let pending: Vec<_> = pending.map(|pending| pending.envelope.clone()).collect();
        for envelope in pending {
            self.tell(id, &Told::Submitted(Box::new(envelope)), turn);
        }
        if is_stuck {
            self.tell(id, &Told::Behind, turn);
            turn.mail.push((LOOK_AGAIN_MS.cast_signed(), id, Mail::LookAgain { wish, at }));
        }
        wishes.into_iter().for_each(|wish| self.read_anew(place, wish, turn));
    }

    /// Another tab is behind.
    fn asked_to_store(&mut self, place: usize, turn: &mut Turn<'_>) {
        let now = self.clock(turn.now);
        let tab = &mut self.tabs[place];
        if !tab.is_leader || tab.replica.cursor().is_none() {
            return;
        }
        if let Some(ms) = tab.storing_anew.ask(now) {
            turn.mail.push((ms.cast_signed(), tab.id, Mail::StoreAnew));
        }
    }

    fn store_anew(&mut self, place: usize, turn: &mut Turn<'_>) {
        let now = self.clock(turn.now);
        let tab = &mut self.tabs[place];
        tab.storing_anew.begin(now);
        if !tab.is_leader {
            return;
        }
        let id = tab.id;
        if tab.replica.has_opaque() {
            return self.input(place, Input::StoreAnew, turn);
        }
        self.store_snapshot(place, false);
        self.tell(id, &Told::Reload { forked: true }, turn);
    }
}
