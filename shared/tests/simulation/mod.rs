//! A whole world in one thread: a server, browsers with several tabs, disks and wrong clocks, and a network that loses,
//! repeats, delays and reorders. A world is a list of numbers, one for each step: without some of them it is still a
//! world, so that what fails can be made small. The same numbers give the same world, natively and in WebAssembly.

pub mod browser;
pub mod cases;
pub mod commands;
pub mod disk;
pub mod faults;
pub mod ledger;
pub mod net;
pub mod random;
pub mod rest;
pub mod runs;
pub mod server;
pub mod tab;
pub mod witness;

use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, MemberId};
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::sync::client::{Failure, Input};
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::sync::protocol::{PROTOCOL, PushRequest};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::default_setup;

use browser::Browser;
use commands::random_command;
use ledger::Ledger;
use net::{Address, Mail, Net, Parcel, Request, Turn};
use random::Random;
use server::{Server, Store};
use witness::{Sight, violated};

/// A part that is switched off, to show that the simulation notices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sabotage {
    /// None: everything works as it should.
    #[default]
    None,
    /// The server carries out a command as often as it comes.
    Dedup,
    /// The browser pushes around its queue.
    Fence,
    /// The place in the log is stored before the events it names.
    AtomicCursor,
    /// The server takes everything for seen.
    ConflictRecord,
    /// Requests are sent however old they are.
    StaleRequests,
    /// After a restore nothing is offered again.
    Reoffering,
}

/// What happened in some worlds.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub steps: u64,
    pub worlds: u64,
    pub commands: u64,
    pub restores: u64,
    pub crashes: u64,
    pub server_deaths: u64,
    pub applied: u64,
    pub merged: u64,
    pub noop: u64,
    pub rejected: u64,
    /// Commands of those who meanwhile had been taken out, or only read.
    pub turned_away: u64,
    /// Commands that reached the server more than once.
    pub repeated: u64,
}

/// A stream as the server sees it.
pub struct Stream {
    pub to: Address,
    pub number: u64,
    sent: u64,
    due: i64,
}

pub struct World {
    pub now: i64,
    pub server: Server,
    pub browsers: Vec<Browser>,
    pub net: Net,
    pub streams: Vec<Stream>,
    pub backups: Vec<Store>,
    /// A browser's profile was put back from a copy.
    pub has_old_profile: bool,
    pub ledger: Ledger,
    pub tally: Tally,
}

pub const OWNER: MemberId = MemberId::from_u128(0xa1);

impl World {
    pub fn new(browsers: usize, sabotage: Sabotage) -> Self {
        let mut world = Self {
            now: 1_700_000_000_000,
            server: Server::new(sabotage),
            browsers: (0..browsers).map(|number| Browser::new(number, sabotage)).collect(),
            net: Net::default(),
            streams: Vec::new(),
            backups: Vec::new(),
            has_old_profile: false,
            ledger: Ledger::default(),
            tally: Tally { worlds: 1, ..Tally::default() },
        };
        world.set_up();
        let mut random = Random::new(browsers as u64);
        for number in 0..browsers {
            world.open_tab(number, &mut random);
        }
        world
    }

    fn set_up(&mut self) {
        let mut next = 0x1000;
        let setup = default_setup("Harbour", OWNER, || {
            next += 1;
            next
        });
        let roles = [Role::Admin, Role::Approver, Role::Member, Role::Approver];
        let members = roles.into_iter().zip(0xb0..).map(|(role, member)| {
            Command::Member(MemberCommand::Add { member: MemberId::from_u128(member), role })
        });
        let commands =
            std::iter::once(Command::Workspace(setup)).chain(members).zip(1..).map(|(command, seq)| {
                let key = CommandKey { client: ClientId::from_u128(1), seq };
                let at = Timestamp(0);
                CommandEnvelope { key, at, seen: 0, seen_chain: None, causes: Vec::new(), command }.to_wire()
            });
        let (epoch, sent_at) = (self.server.store.epoch, Timestamp(0));
        let push = PushRequest { protocol: PROTOCOL, epoch, sent_at, commands: commands.collect() };
        let answer = self.server.push(&push, OWNER, Timestamp(0));
        assert!(answer.is_ok_and(|answer| answer.is_ok()), "the workspace is set up");
    }

    /// Lets one thing happen.
    pub fn step(&mut self, word: u64) {
        let mut random = Random::new(word);
        let browser = random.below(self.browsers.len());
        self.tally.steps += 1;
        match random.below(100) {
            0..24 => self.act(browser, &mut random),
            24..27 => self.mishap(browser, &mut random),
            _ => self.deliver_next(&mut random),
        }
        self.check(browser);
    }

    fn act(&mut self, number: usize, random: &mut Random) {
        let browser = &mut self.browsers[number];
        let place = random.below(browser.tabs.len());
        let Some(tab) = browser.tabs.get(place).filter(|tab| !tab.is_frozen) else { return };
        let command = random_command(random, tab.replica.view(), browser.clock(self.now));
        let pending =
            tab.replica.pending_keys().iter().map(|key| self.server.witness.first_name(*key)).collect();
        let sight = Sight { cursor: tab.replica.cursor(), pending };
        let mut turn = Turn::new(self.now, random);
        if let Some(envelope) = browser.submit(place, command, &mut turn) {
            self.server.witness.given(envelope.key, sight);
            self.ledger.add(number, &envelope);
        }
        self.finish(number, turn);
    }

    /// Sends off what came out of a browser.
    pub fn finish(&mut self, number: usize, turn: Turn<'_>) {
        let Turn { random, requests, mail, renamed, .. } = turn;
        for (old, envelope) in renamed {
            self.server.witness.renamed(old, envelope.key);
            self.ledger.rename(old, &envelope);
        }
        for (ms, tab, mail) in mail {
            self.net.post(self.now + ms, Parcel::ToTab { browser: number, tab, mail });
        }
        for (from, request) in requests {
            self.send(from, request, random);
        }
    }

    fn send(&mut self, from: Address, request: Request, random: &mut Random) {
        let weather = self.browsers[from.browser].weather;
        let delay = i64::try_from(random.below(weather.longest_delay_ms)).unwrap_or_default();
        if weather.is_down || random.chance(weather.lost) {
            let stream = match &request {
                Request::Stream { number, .. } => Some(*number),
                _ => None,
            };
            return self.answer(from, stream, unreachable(request.push_number()), delay);
        }
        if let (Request::Push { number, push }, true) = (&request, random.chance(weather.repeated)) {
            let request = Request::Push { number: *number, push: push.clone() };
            self.net.post(self.now + 3 * delay, Parcel::ToServer { from, request });
        }
        self.net.post(self.now + delay, Parcel::ToServer { from, request });
    }

    fn answer(&mut self, to: Address, stream: Option<u64>, input: Input, delay: i64) {
        let mail = match stream {
            Some(number) => Mail::Streamed { number, input },
            None => Mail::Answer { reign: to.reign, input },
        };
        self.net.post(self.now + delay, Parcel::ToTab { browser: to.browser, tab: to.tab, mail });
    }

    /// The next parcel arrives.
    pub fn deliver_next(&mut self, random: &mut Random) {
        let Some((due, parcel)) = self.net.next() else { return };
        self.now = self.now.max(due);
        match parcel {
            Parcel::ToServer { from, request } => self.serve(from, request, random),
            Parcel::ToTab { browser, tab, mail } => {
                let Some(place) = self.browsers[browser].place(tab) else { return };
                let mut turn = Turn::new(self.now, random);
                self.browsers[browser].receive(place, mail, &mut turn);
                self.finish(browser, turn);
            }
        }
    }

    fn serve(&mut self, from: Address, request: Request, random: &mut Random) {
        let (actor, now) = (self.browsers[from.browser].actor, Timestamp(self.now));
        let push = request.push_number();
        let unanswered = || unreachable(push);
        let input = match request {
            Request::Hello(hello) => Input::Greeted(Box::new(self.server.hello(&hello, actor, now))),
            Request::Snapshot => {
                let state = &self.server.sequencer;
                Input::Loaded(Box::new((state.workspace.clone(), state.cursor)))
            }
            Request::Page { after } => Input::Page(self.server.page(after)),
            Request::Stream { after, number } if self.server.knows(&after) => {
                return self.open_stream(from, after.seq, number, random);
            }
            Request::Stream { number, .. } => {
                return self.answer(from, Some(number), Input::Failed(Failure::Unreachable), 1);
            }
            Request::Push { number, push } => match self.server.push(&push, actor, now) {
                Ok(answer) => {
                    self.publish(random);
                    Input::Pushed { number, answer: answer.map_err(Failure::Refused) }
                }
                Err(()) => {
                    self.restart_server();
                    unanswered()
                }
            },
        };
        let weather = self.browsers[from.browser].weather;
        let is_lost = weather.is_down || random.chance(weather.lost);
        let input = if is_lost { unanswered() } else { input };
        let delay = i64::try_from(random.below(weather.longest_delay_ms)).unwrap_or_default();
        self.answer(from, None, input, delay);
    }

    fn open_stream(&mut self, to: Address, sent: u64, number: u64, random: &mut Random) {
        let is_own = |stream: &Stream| (stream.to.browser, stream.to.tab) == (to.browser, to.tab);
        if self.streams.iter().any(|stream| is_own(stream) && stream.number > number) {
            return;
        }
        self.streams.retain(|stream| !is_own(stream));
        let weather = self.browsers[to.browser].weather;
        if weather.is_mute || weather.is_down {
            let failure = Input::Failed(Failure::Unreachable);
            return self.answer(to, Some(number), failure, faults::UNNOTICED_MS);
        }
        self.streams.push(Stream { to, number, sent, due: self.now });
        self.answer(to, Some(number), Input::Alive, 1);
        self.publish(random);
    }

    /// Sends to every stream what the log has and the stream has not.
    pub fn publish(&mut self, random: &mut Random) {
        let log = &self.server.store.log;
        for stream in &mut self.streams {
            let sent = usize::try_from(stream.sent).unwrap_or(usize::MAX);
            let Some(batch) = log.get(sent..).filter(|batch| !batch.is_empty()) else { continue };
            stream.sent = log.len() as u64;
            let weather = self.browsers[stream.to.browser].weather;
            let delay = i64::try_from(random.below(weather.longest_delay_ms)).unwrap_or_default();
            // Mostly in order; what is out of order can't be told from what is missing.
            let due = if random.chance(95) { stream.due.max(self.now + delay) } else { self.now };
            stream.due = stream.due.max(due);
            let (browser, tab, number) = (stream.to.browser, stream.to.tab, stream.number);
            let times = 1 + i64::from(random.chance(weather.repeated));
            for time in 0..times {
                let input = Input::Events(batch.to_vec());
                let parcel = Parcel::ToTab { browser, tab, mail: Mail::Streamed { number, input } };
                self.net.post(due + time * 3 * delay, parcel);
            }
        }
    }

    /// What has to hold after every step, at one browser; the rest is looked at now and then.
    fn check(&mut self, number: usize) {
        let is_due = self.tally.steps.is_multiple_of(16);
        for tab in &mut self.browsers[number].tabs {
            let now = tab.replica.cursor();
            if let (Some(before), Some(now)) = (tab.shown, now)
                && before.epoch == now.epoch
                && before.seq > now.seq
                && self.server.chain_at(before.seq) == Some(before.chain)
            {
                violated("monotonic reads", &format!("{} was shown after {}", now.seq, before.seq));
            }
            tab.shown = now;
            if !is_due {
                continue;
            }
            tab.check_view();
            let state = now.and_then(|now| self.server.witness.states.get(&now.chain));
            if state.is_some_and(|state| state != tab.replica.confirmed()) {
                violated("I6", "what counts as confirmed is not what the log makes up to there");
            }
        }
    }

    pub fn digest(&self) -> Hash {
        self.server.sequencer.workspace.digest()
    }
}

/// What a browser notices of a request that got no answer.
fn unreachable(push: Option<u64>) -> Input {
    match push {
        Some(number) => Input::Pushed { number, answer: Err(Failure::Unreachable) },
        None => Input::Failed(Failure::Unreachable),
    }
}
