//! The leader tab's half of the protocol as a state machine: inputs in, effects out, no I/O.
//!
//! ```text
//!            Start, Timer              Tail                        any failure
//!  Offline ─────────────► Greeting ───────────► Following ───────────────────► Offline
//!                          ▲ │  Snapshot, Fork      ▲
//!                          │ └─────► Loading ───────┘
//!                          └──Recalled──┘ a fork is greeted a second time, naming every queue this browser knows
//! ```
//!
//! A server that wants a newer app, or somebody signed in, or this person no more, is not tried again by itself:
//! [`Link::Outdated`], [`Link::SignedOut`] and [`Link::Removed`] stay until something else changes.
//!
//! While a push is not answered nothing else is pushed: that is the fence. When the answer never comes, the same
//! commands are pushed again after the next `hello`, and the server tells what became of them the first time.

mod doubts;
mod pushing;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use super::backoff::delay_ms;
use super::envelope::CommandEnvelope;
use super::protocol::{ApiError, ErrorCode, EventsPage, HelloAction, HelloResponse, PUSH_COMMANDS};
use super::repair::{Positions, Recalled, Repaired, SetAside};
use super::replica::{Received, Replica};
use crate::capability::wants_confirmation;
use crate::ids::{ClientId, CommandKey, EpochId};
use crate::log::{Cursor, StoredEvent, commands_of};
use crate::time::Timestamp;
use crate::workspace::Workspace;

use doubts::Doubts;
use pushing::{is_of_this_timeline, is_understood};
pub use step::{Effect, Failure, Input, Moment};

/// The most queues that are named in one `hello`: its body has a limit.
const HELLO_QUEUES: usize = 5_000;

/// After so many streams in a row that said nothing, pages are asked for instead.
const MUTE_STREAMS: u8 = 2;
/// How long it is until the next page is asked for, in milliseconds.
const POLL_MS: u64 = 2_000;
/// While it withholds what the server does not understand, or knows what the server has forgotten, how often it asks
/// whether that is still so.
const ASK_AGAIN_MS: u64 = 60_000;
/// Timers may go off early by so much, in milliseconds: clocks are set, and made coarse.
const EARLY_MS: i64 = 1_000;
/// After so many pages a stream is tried again.
const MOST_PAGES: u8 = 60;

/// How far the leader is with the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Not in touch; a try may be due.
    #[default]
    Offline,
    /// `hello` is under way.
    Greeting,
    /// The snapshot is under way.
    Loading,
    /// In touch.
    Following,
    /// In need of a newer app.
    Outdated,
    /// In need of somebody who signs in. What waits is kept; [`Input::Connect`] asks again.
    SignedOut,
    /// This person is no member of the workspace any more. There is nothing left to do.
    Removed,
}

/// How far the answer to a fork is.
#[derive(Clone, Debug, Default)]
enum Fork {
    /// There is none.
    #[default]
    None,
    /// What is stored is being read.
    Recalling,
    /// It was read; the server is asked how far it knows all that.
    Recalled(Box<Recalled>),
}

/// How the log is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Following {
    /// By a stream that has said nothing yet.
    Unheard,
    /// By a stream that gets through.
    Stream,
    /// Page by page, so many times already.
    Pages(u8),
}

/// The leader's half of the protocol.
#[derive(Clone, Debug)]
pub struct SyncClient {
    link: Link,
    attempt: u32,
    in_flight: bool,
    /// How many pushes there were: the number of the one under way.
    pushes: u64,
    following: Following,
    /// How many streams in a row were opened and said nothing at all.
    mute_streams: u8,
    batch: usize,
    /// The kinds of commands the server understands; empty before it said so.
    offered: BTreeMap<String, u16>,
    /// It withholds what the server did not offer, and will ask again.
    asks_again: bool,
    /// How far the server knew the queues at the last `hello`, and on which timeline.
    known: Positions,
    greeted: Option<EpochId>,
    /// How far the log was then.
    head: u64,
    /// When that was.
    greeted_at: Timestamp,
    /// When the newest event that was restored had reached the server, as it said then.
    restored_to: Option<Timestamp>,
    /// Whether the timeline began because something was taken out of the log.
    is_redaction: bool,
    /// Commands from which something was taken out: what they said is not kept.
    redacted: BTreeSet<CommandKey>,
    fork: Fork,
    doubts: Doubts,
    /// What is stored of the log has a hole: it begins anew with a snapshot.
    wants_snapshot: bool,
    /// The server misses commands of a queue, and was greeted anew since it said so.
    is_gap_known: bool,
    /// The server wants the password again before it takes what counts only with it.
    is_unconfirmed: bool,
    /// The last refusal that is no reason to think the server is away, for the sync panel.
    trouble: Option<ErrorCode>,
}

impl Default for SyncClient {
    fn default() -> Self {
        Self {
            link: Link::Offline,
            attempt: 0,
            in_flight: false,
            pushes: 0,
            following: Following::Unheard,
            mute_streams: 0,
            batch: PUSH_COMMANDS,
            offered: BTreeMap::new(),
            asks_again: false,
            known: Positions::default(),
            greeted: None,
            head: 0,
            greeted_at: Timestamp(0),
            restored_to: None,
            is_redaction: false,
            redacted: BTreeSet::new(),
            fork: Fork::None,
            doubts: Doubts::default(),
            wants_snapshot: false,
            is_gap_known: false,
            is_unconfirmed: false,
            trouble: None,
        }
    }
}

impl SyncClient {
    /// Returns how far the leader is with the server.
    #[must_use]
    pub const fn link(&self) -> Link {
        self.link
    }

    /// Returns what the server last complained about, until something succeeds.
    #[must_use]
    pub const fn trouble(&self) -> Option<ErrorCode> {
        self.trouble
    }

    /// Tells whether nobody is signed in, as far as the server has said.
    #[must_use]
    pub const fn is_signed_out(&self) -> bool {
        matches!(self.trouble, Some(ErrorCode::SignInNeeded | ErrorCode::SetupNeeded))
    }

    /// Tells whether the queue waits for a server that understands what is next in it.
    #[must_use]
    pub fn waits_for_server(&self, replica: &Replica) -> bool {
        self.link == Link::Following && self.first_not_understood(replica).is_some()
    }

    /// Returns the place in the queue from which on it waits for a newer server.
    #[must_use]
    pub fn first_not_understood(&self, replica: &Replica) -> Option<usize> {
        replica.pending().iter().position(|pending| {
            pending.acknowledged.is_none() && !is_understood(&pending.envelope.command, &self.offered)
        })
    }

    /// Returns how many commands wait for their author to give the password again; 0 while nobody is asked for it.
    ///
    /// What was made after the first of them waits too, and is not counted.
    #[must_use]
    pub fn waits_for_password(&self, replica: &Replica) -> usize {
        let waiting = replica.pending().iter().filter(|pending| pending.acknowledged.is_none());
        let wants = waiting.filter(|pending| wants_confirmation(&pending.envelope.command));
        if self.is_unconfirmed { wants.count() } else { 0 }
    }

    /// Returns the queues to name in `hello`: those with something to send, and those that may have come back.
    #[must_use]
    pub fn queues(&self, replica: &Replica) -> Vec<ClientId> {
        let pending = replica.pending().iter().map(|pending| pending.envelope.key.client);
        let mut queues: Vec<_> = pending.chain(replica.lost().map(|(key, _)| key.client)).collect();
        if let Fork::Recalled(recalled) = &self.fork {
            queues.extend(recalled.acknowledged.iter().map(|envelope| envelope.key.client));
            queues.extend(commands_of(&recalled.tail).map(|key| key.client));
        }
        let mut named = BTreeSet::new();
        queues.retain(|client| named.insert(*client));
        queues.truncate(HELLO_QUEUES);
        queues
    }

    /// Takes an input in and returns what to do, in order.
    pub fn step(&mut self, replica: &mut Replica, input: Input, moment: Moment) -> Vec<Effect> {
        let mut effects = self.follow_up(replica, input, moment);
        for effect in &mut effects {
            let Effect::Retire(retired) = effect else { continue };
            for envelope in retired.iter_mut().filter(|envelope| self.redacted.contains(&envelope.key)) {
                *envelope = envelope.clone().emptied();
            }
        }
        effects
    }

    fn follow_up(&mut self, replica: &mut Replica, input: Input, moment: Moment) -> Vec<Effect> {
        let now = moment.now;
        match input {
            Input::Connect if matches!(self.link, Link::Offline | Link::SignedOut) => self.greet(),
            // One of two servers behind a proxy may have been greeted, and the other, newer one be there to stay.
            Input::Connect if self.link == Link::Following && self.asks_again => self.greet(),
            // What came back without an effect, or was refused, shows in no log.
            Input::Connect if self.link == Link::Following && self.looks_for_lost(replica, now) => {
                self.greet()
            }
            Input::Connect => Vec::new(),
            Input::StoreAnew => {
                self.wants_snapshot = true;
                if self.link == Link::Following { self.greet() } else { Vec::new() }
            }
            Input::Queued => self.push_next(replica, now),
            Input::Confirmed => {
                self.is_unconfirmed = false;
                // The cookie is another one by now: what was sent with the one before was sent by nobody.
                if self.link == Link::SignedOut { self.greet() } else { self.push_next(replica, now) }
            }
            Input::Greeted(answer) => self.greeted(replica, &answer, now),
            Input::Recalled(recalled) => self.recalled(replica, recalled),
            Input::Loaded(loaded) => self.loaded(replica, *loaded, moment),
            Input::Events(events) => self.received(replica, events, moment),
            Input::Alive => {
                self.hear();
                Vec::new()
            }
            Input::Page(page) => self.read_page(replica, page, moment),
            Input::Poll => self.fetch_page(replica),
            // It comes too late: after a new `hello`, perhaps from before the server was put back.
            Input::Pushed { number, .. } if !self.in_flight || number != self.pushes => Vec::new(),
            Input::Pushed { answer: Ok(answer), .. } if is_of_this_timeline(replica, &answer) => {
                self.pushed(replica, &answer, now)
            }
            Input::Pushed { answer: Ok(_), .. } => self.disconnect(moment.jitter),
            Input::Pushed { answer: Err(failure), .. } => self.push_failed(replica, failure, moment),
            Input::Failed(failure) if is_forbidden(&failure) && self.is_asking_in() => self.removed(replica),
            Input::Failed(failure) => self.failed(failure, moment.jitter),
        }
    }

    /// Tells whether the server says now whether this person may see the workspace. Of anything else that it forbids
    /// the next `hello` tells whether that was the reason.
    const fn is_asking_in(&self) -> bool {
        matches!(self.link, Link::Greeting | Link::Loading)
    }

    /// Gives the workspace up: what was not sent is kept before its author, nothing of it happens.
    fn removed(&mut self, replica: &mut Replica) -> Vec<Effect> {
        self.trouble = Some(ErrorCode::Forbidden);
        let mut effects = self.settle_down(Link::Removed);
        let refused = replica.give_up();
        effects.extend((!refused.is_empty()).then_some(Effect::KeepRefused(refused)));
        effects.push(Effect::Forget);
        effects
    }

    /// Tells whether it is time to ask after what the server has forgotten. Should clocks disagree on that, it is.
    fn looks_for_lost(&self, replica: &Replica, now: Timestamp) -> bool {
        let is_early = (0..ASK_AGAIN_MS.cast_signed() - EARLY_MS).contains(&now.since(self.greeted_at));
        !is_early && replica.lost().next().is_some()
    }

    fn greet(&mut self) -> Vec<Effect> {
        self.link = Link::Greeting;
        self.in_flight = false;
        self.doubts.interrupted();
        self.asks_again = false;
        vec![Effect::Greet]
    }

    fn greeted(&mut self, replica: &mut Replica, answer: &HelloResponse, now: Timestamp) -> Vec<Effect> {
        if self.link != Link::Greeting {
            return Vec::new();
        }
        replica.set_actor(answer.member);
        if self.is_signed_out() {
            self.trouble = None;
        }
        // Perhaps the password was given elsewhere meanwhile.
        self.is_unconfirmed = false;
        self.offered.clone_from(&answer.commands);
        self.greeted = Some(answer.epoch);
        self.head = answer.head;
        self.greeted_at = now;
        self.restored_to = answer.restored_to;
        self.is_redaction = answer.is_redaction;
        self.redacted.extend(answer.redacted.iter().copied());
        self.known = Positions::new(answer.queues.iter().map(|queue| (queue.client, queue.last_seq)));
        match (answer.action, replica.cursor()) {
            (HelloAction::Upgrade, _) => {
                self.link = Link::Outdated;
                self.trouble = Some(ErrorCode::Upgrade);
                Vec::new()
            }
            (HelloAction::Tail, Some(after)) if !self.wants_snapshot => {
                self.fork = Fork::None;
                self.follow(replica, after, now)
            }
            // Without a replica it may have had one, and lost it to a full disk: nothing says on which timeline.
            (HelloAction::Fork, Some(_)) | (HelloAction::Snapshot, None)
                if matches!(self.fork, Fork::None) =>
            {
                self.link = Link::Loading;
                self.fork = Fork::Recalling;
                let is_fork = replica.cursor().is_some();
                is_fork.then_some(Effect::TellFork).into_iter().chain([Effect::Recall]).collect()
            }
            (HelloAction::Tail | HelloAction::Snapshot | HelloAction::Fork, _) => {
                self.link = Link::Loading;
                vec![Effect::FetchSnapshot]
            }
        }
    }

    fn recalled(&mut self, replica: &Replica, recalled: Box<Recalled>) -> Vec<Effect> {
        if !matches!(self.fork, Fork::Recalling) || self.link != Link::Loading {
            return Vec::new();
        }
        if replica.cursor().is_none() && *recalled == Recalled::default() {
            // A first visit.
            self.fork = Fork::None;
            return vec![Effect::FetchSnapshot];
        }
        self.fork = Fork::Recalled(recalled);
        let tell = replica.cursor().is_none().then_some(Effect::TellFork);
        tell.into_iter().chain(self.greet()).collect()
    }

    fn loaded(&mut self, replica: &mut Replica, loaded: (Workspace, Cursor), moment: Moment) -> Vec<Effect> {
        if self.link != Link::Loading {
            return Vec::new();
        }
        let (confirmed, cursor) = loaded;
        if self.greeted != Some(cursor.epoch) || cursor.seq < self.head {
            // Put back in between, by hand where the timeline still has its name: what it said of the queues was said
            // of another history.
            return self.disconnect(moment.jitter);
        }
        self.wants_snapshot = false;
        let mut effects: Vec<_> = match std::mem::take(&mut self.fork) {
            Fork::Recalled(recalled) => {
                let had_replica = replica.cursor().is_some();
                let mut repaired = replica.repair(confirmed, cursor, &recalled, &self.known);
                // The server knows; what is read off this browser's own log is only near it.
                repaired.restored_to = self.restored_to.or(repaired.restored_to);
                self.doubts = Doubts::after_fork(&recalled, &self.known, &self.redacted, replica, moment.now);
                // Written again, with nothing in them, before the snapshot: after a crash in between, the same fork is
                // met again.
                let is_redacted = |known: &CommandEnvelope| self.redacted.contains(&known.key);
                let emptied = retire(recalled.acknowledged.into_iter().filter(is_redacted).collect());
                emptied.into_iter().chain(after_repair(repaired, had_replica, self.is_redaction)).collect()
            }
            Fork::None | Fork::Recalling => {
                let left = replica.reset(confirmed, cursor);
                std::iter::once(Effect::StoreSnapshot).chain(retire(left)).collect()
            }
        };
        // What came between `hello` and the snapshot is in it, and no stream will bring it: `hello` has to tell.
        let is_outrun = cursor.seq > self.head && replica.lost().next().is_some();
        effects.extend(if is_outrun { self.greet() } else { self.follow(replica, cursor, moment.now) });
        effects
    }

    fn follow(&mut self, replica: &mut Replica, after: Cursor, now: Timestamp) -> Vec<Effect> {
        self.link = Link::Following;
        let mut effects = Vec::new();
        replica.doubt(&self.known);
        effects.extend(found(replica.find_lost(&self.known)));
        effects.push(self.follow_log(after));
        effects.extend(self.push_next(replica, now));
        if !self.asks_again && replica.lost().next().is_some() {
            effects.push(Effect::Wait { ms: ASK_AGAIN_MS });
        }
        effects
    }

    /// A proxy that holds streams back lets pages through.
    fn follow_log(&mut self, after: Cursor) -> Effect {
        if self.mute_streams < MUTE_STREAMS {
            self.following = Following::Unheard;
            return Effect::OpenStream { after };
        }
        self.following = Following::Pages(0);
        Effect::FetchEvents { after }
    }

    fn hear(&mut self) {
        self.attempt = 0;
        if self.following == Following::Unheard {
            self.following = Following::Stream;
            self.mute_streams = 0;
        }
    }

    fn fetch_page(&mut self, replica: &Replica) -> Vec<Effect> {
        match (self.link, self.following, replica.cursor()) {
            // Whatever held streams back may be gone; and the server may be another than the one that was greeted.
            (Link::Following, Following::Pages(MOST_PAGES..), _) => {
                self.mute_streams = MUTE_STREAMS - 1;
                self.greet()
            }
            (Link::Following, Following::Pages(pages), Some(after)) => {
                self.following = Following::Pages(pages + 1);
                vec![Effect::FetchEvents { after }]
            }
            _ => Vec::new(),
        }
    }

    fn read_page(&mut self, replica: &mut Replica, page: EventsPage, moment: Moment) -> Vec<Effect> {
        if !matches!(self.following, Following::Pages(_)) {
            return Vec::new();
        }
        let head = page.head;
        if replica.cursor().is_some_and(|cursor| cursor.seq > head) {
            // No log gets shorter: the server was put back, and no stream was there to break.
            return self.disconnect(moment.jitter);
        }
        let mut effects = self.received(replica, page.events, moment);
        if self.link == Link::Following {
            let is_behind = replica.cursor().is_some_and(|cursor| cursor.seq < head);
            if is_behind {
                effects.extend(self.fetch_page(replica));
            } else {
                effects.push(Effect::Pause { ms: POLL_MS });
            }
        }
        effects
    }

    fn received(&mut self, replica: &mut Replica, events: Vec<StoredEvent>, moment: Moment) -> Vec<Effect> {
        if self.link != Link::Following {
            return Vec::new();
        }
        let reached = replica.cursor();
        let Ok(Received { left, found: back }) = replica.receive(&events) else {
            return self.disconnect(moment.jitter);
        };
        self.hear();
        if replica.cursor() == reached {
            return Vec::new();
        }
        let mut effects = vec![Effect::StoreEvents(events)];
        effects.extend(retire(left));
        effects.extend(found(back));
        effects.extend(self.push_next(replica, moment.now));
        effects
    }

    fn failed(&mut self, failure: Failure, jitter: u16) -> Vec<Effect> {
        if let Failure::Refused(error) = failure {
            self.trouble = Some(error.code);
            if error.code == ErrorCode::Upgrade {
                self.link = Link::Outdated;
                return vec![Effect::CloseStream];
            }
            if self.is_signed_out() {
                return self.settle_down(Link::SignedOut);
            }
        }
        if matches!(self.link, Link::SignedOut | Link::Removed) {
            // Something that was asked before.
            return Vec::new();
        }
        self.disconnect(jitter)
    }

    /// Waits for something else than time to go by.
    fn settle_down(&mut self, link: Link) -> Vec<Effect> {
        self.link = link;
        self.in_flight = false;
        self.doubts.interrupted();
        self.fork = Fork::None;
        vec![Effect::CloseStream]
    }

    fn disconnect(&mut self, jitter: u16) -> Vec<Effect> {
        if self.link == Link::Following && self.following == Following::Unheard {
            self.mute_streams = self.mute_streams.saturating_add(1).min(MUTE_STREAMS);
        }
        self.link = Link::Offline;
        self.in_flight = false;
        self.doubts.interrupted();
        self.fork = Fork::None;
        let ms = delay_ms(self.attempt, jitter);
        self.attempt = self.attempt.saturating_add(1);
        vec![Effect::CloseStream, Effect::Wait { ms }]
    }
}

const fn is_forbidden(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(ApiError { code: ErrorCode::Forbidden, .. }))
}

fn retire(left: Vec<CommandEnvelope>) -> Option<Effect> {
    (!left.is_empty()).then_some(Effect::Retire(left))
}

fn found(keys: Vec<CommandKey>) -> Option<Effect> {
    (!keys.is_empty()).then_some(Effect::FoundAgain(keys))
}

/// What was forgotten is stored before the snapshot takes the place of the history that it is known from: after a
/// crash in between, the same fork is met again.
fn after_repair(repaired: Repaired, had_replica: bool, is_redaction: bool) -> Vec<Effect> {
    let Repaired { again, refused, lost, restored_to } = repaired;
    let is_news = had_replica || !(again.is_empty() && refused.is_empty() && lost.is_empty());
    let tell = Effect::TellRestored { again: again.len(), asked: refused.len(), restored_to, is_redaction };
    let mut effects = Vec::new();
    if !again.is_empty() {
        effects.push(Effect::StoreCommands(again));
    }
    if !refused.is_empty() {
        let fillers = refused.iter().map(|refused| refused.envelope.clone().emptied()).collect();
        effects.push(Effect::SetAside(SetAside { refused, fillers }));
    }
    if !lost.is_empty() {
        effects.push(Effect::KeepLost(lost));
    }
    effects.push(Effect::StoreSnapshot);
    effects.extend(is_news.then_some(tell));
    effects
}
