//! What is on its way: requests to the server, answers, and what tabs tell each other. Some of it gets lost, comes
//! twice, late, or in another order.

use std::collections::{BTreeMap, BTreeSet};

use slipway_shared::ids::CommandKey;
use slipway_shared::log::{Cursor, StoredEvent, commands_of};
use slipway_shared::sync::client::Input;
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::sync::protocol::{CommandResult, HelloRequest, PushRequest};
use slipway_shared::sync::replica::Replica;
use slipway_shared::sync::tabs::Wish;

use super::random::Random;

/// How bad a browser's network is, in percent of parcels.
#[derive(Clone, Copy)]
pub struct Weather {
    pub lost: usize,
    pub repeated: usize,
    pub longest_delay_ms: usize,
    /// Nothing gets through.
    pub is_down: bool,
    /// Something on the way swallows streams.
    pub is_mute: bool,
}

impl Weather {
    pub const CALM: Self =
        Self { lost: 0, repeated: 0, longest_delay_ms: 20, is_down: false, is_mute: false };
    pub const BAD: Self = Self { lost: 12, repeated: 15, longest_delay_ms: 400, ..Self::CALM };
    pub const TERRIBLE: Self = Self { lost: 40, repeated: 30, longest_delay_ms: 4_000, ..Self::CALM };
}

/// A tab during one of its reigns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    pub browser: usize,
    pub tab: u64,
    pub reign: u64,
}

pub enum Request {
    Hello(HelloRequest),
    Snapshot,
    Push { number: u64, push: PushRequest },
    Page { after: u64 },
    Stream { after: Cursor, number: u64 },
}

impl Request {
    /// Returns which push it is.
    pub const fn push_number(&self) -> Option<u64> {
        match self {
            Self::Push { number, .. } => Some(*number),
            _ => None,
        }
    }
}

/// What tabs of one browser tell each other.
#[derive(Clone)]
pub enum Told {
    Submitted(Box<CommandEnvelope>),
    Events(Vec<StoredEvent>),
    Results(Vec<CommandResult>),
    Replaced(Vec<CommandEnvelope>),
    Lost(Vec<StoredEvent>),
    Found(Vec<CommandKey>),
    /// A queue goes on under new names: what they were, and what they are.
    Renamed(Vec<CommandKey>, Vec<CommandEnvelope>),
    Reload {
        forked: bool,
    },
    /// What is stored does not get it as far as the others: the leader is to store what it has.
    Behind,
}

impl Told {
    /// Returns the commands that this shows in the log.
    pub fn shown(&self) -> Vec<CommandKey> {
        let Self::Events(events) = self else { return Vec::new() };
        commands_of(events).collect()
    }
}

/// What reaches a tab.
pub enum Mail {
    Answer {
        reign: u64,
        input: Input,
    },
    Streamed {
        number: u64,
        input: Input,
    },
    Told(Told),
    /// Another tab has taken the lead over.
    LockLost,
    /// Time to read everything anew.
    Anew,
    /// It was read.
    Read {
        fresh: Box<Replica>,
        before: BTreeSet<CommandKey>,
        wish: Wish,
    },
    /// Time to store everything anew: other tabs are behind.
    StoreAnew,
    /// The leader has had time to store what was missing when this was as far as it got.
    LookAgain {
        wish: Wish,
        at: Option<Cursor>,
    },
}

pub enum Parcel {
    ToServer { from: Address, request: Request },
    ToTab { browser: usize, tab: u64, mail: Mail },
}

/// Everything that is on its way, by when it arrives.
#[derive(Default)]
pub struct Net {
    parcels: BTreeMap<(i64, u64), Parcel>,
    number: u64,
}

impl Net {
    pub fn post(&mut self, due: i64, parcel: Parcel) {
        self.number += 1;
        self.parcels.insert((due, self.number), parcel);
    }

    pub fn next(&mut self) -> Option<(i64, Parcel)> {
        self.parcels.pop_first().map(|((due, _), parcel)| (due, parcel))
    }
}

/// What a browser does in one step comes out of here.
pub struct Turn<'a> {
    pub now: i64,
    pub random: &'a mut Random,
    pub requests: Vec<(Address, Request)>,
    /// After how many milliseconds what reaches which tab of the browser.
    pub mail: Vec<(i64, u64, Mail)>,
    /// Commands with their new names.
    pub renamed: Vec<(CommandKey, CommandEnvelope)>,
}

impl<'a> Turn<'a> {
    pub const fn new(now: i64, random: &'a mut Random) -> Self {
        Self { now, random, requests: Vec::new(), mail: Vec::new(), renamed: Vec::new() }
    }
}
