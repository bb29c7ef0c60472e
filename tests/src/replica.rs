//! What a browser tab is, without the browser: the shared replica and its half of the protocol, over real HTTP.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey};
use slipway_shared::log::{Cursor, StoredEvent};
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::client::{Effect, Failure, Input, Moment, SyncClient};
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::sync::protocol::StreamMessage;
use slipway_shared::sync::repair::Recalled;
use slipway_shared::sync::replica::{Refused, Replica, Submission};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use crate::api::{Api, RequestError};
use crate::random::{Random, now_ms};
use crate::stream::Cutter;
use crate::wait::PATIENCE;

/// A replica that follows a server whenever there is one.
#[derive(Debug)]
pub struct TestReplica {
    address: SocketAddr,
    api: Option<Api>,
    replica: Replica,
    sync: SyncClient,
    client: ClientId,
    next_seq: u64,
    random: Random,
    /// Streams are numbered, so that what an old one still says is not taken for the new one's.
    stream: u64,
    cutter: Option<Cutter>,
    sender: Sender<(u64, Input)>,
    inputs: Receiver<(u64, Input)>,
    next_try: Option<Instant>,
    /// Commands that left the queue: what a browser stores to offer them again after a restore.
    acknowledged: BTreeMap<CommandKey, CommandEnvelope>,
    /// The log as far as it came, likewise.
    tail: Vec<StoredEvent>,
    /// What was refused or set aside so far.
    pub refused: Vec<Refused>,
    /// How many commands were put back into the queue after the server had forgotten them.
    pub offered_again: usize,
    /// How often the server turned out to hold another history.
    pub forks: usize,
}

impl TestReplica {
    /// Makes an empty replica of the workspace at `address`; nobody has to listen there yet.
    #[must_use]
    pub fn new(address: SocketAddr, mut random: Random) -> Self {
        let (sender, inputs) = channel();
        Self {
            address,
            api: None,
            replica: Replica::default(),
            sync: SyncClient::default(),
            client: ClientId::from_u128(random.id()),
            next_seq: 1,
            random,
            stream: 0,
            cutter: None,
            sender,
            inputs,
            next_try: Some(Instant::now()),
            acknowledged: BTreeMap::new(),
            tail: Vec::new(),
            refused: Vec::new(),
            offered_again: 0,
            forks: 0,
        }
    }

    /// Makes a replica and brings it in step.
    ///
    /// # Panics
    ///
    /// When it does not get there.
    #[must_use]
    pub fn connected(address: SocketAddr, random: Random) -> Self {
        let mut replica = Self::new(address, random);
        replica.pump_until("its first snapshot", |replica| replica.cursor().is_some());
        replica
    }

    /// Returns what a person would see.
    #[must_use]
    pub const fn view(&self) -> &Workspace {
        self.replica.view()
    }

    /// Returns the replica.
    #[must_use]
    pub const fn replica(&self) -> &Replica {
        &self.replica
    }

    /// Returns the name of its queue.
    #[must_use]
    pub const fn client(&self) -> ClientId {
        self.client
    }

    /// Returns a new number for an id.
    pub fn mint(&mut self) -> u128 {
        self.random.id()
    }

    /// Does what a click does: decides, applies to the view, queues. `None` when it has no effect.
    ///
    /// # Errors
    ///
    /// The rule that forbids it.
    pub fn submit(&mut self, command: Command) -> Result<Option<CommandKey>, Rejection> {
        let key = CommandKey { client: self.client, seq: self.next_seq };
        let queued = self.replica.submit(Submission { key, at: Timestamp(now_ms()), seen: None }, command)?;
        if queued.is_some() {
            self.next_seq += 1;
            self.step(Input::Queued);
        }
        Ok(queued.map(|_| key))
    }

    /// Goes on until everything it did is in the log and it has read the log up to there.
    ///
    /// # Panics
    ///
    /// When it does not get there.
    pub fn settle(&mut self) {
        self.pump_until("an empty queue", |replica| {
            replica.cursor().is_some() && replica.pending().is_empty()
        });
    }

    /// Goes on until it has read the log up to `seq`.
    ///
    /// # Panics
    ///
    /// When it does not get there.
    pub fn reach(&mut self, seq: u64) {
        let reached = |replica: &Replica| replica.cursor().is_some_and(|cursor| cursor.seq >= seq);
        self.pump_until(&format!("event {seq}"), reached);
    }

    /// Goes on until `condition` holds.
    ///
    /// # Panics
    ///
    /// When it does not in time.
    pub fn pump_until(&mut self, what: &str, condition: impl Fn(&Replica) -> bool) {
        let start = Instant::now();
        while !condition(&self.replica) {
            assert!(
                start.elapsed() < PATIENCE,
                "a replica waits for {what}: {:?}, {} pending, at {:?}",
                self.sync,
                self.replica.pending().len(),
                self.replica.cursor(),
            );
            self.pump(Duration::from_millis(50));
        }
    }

    /// Takes in what has come, waiting at most `patience` for the first of it.
    ///
    /// # Panics
    ///
    /// Never: this end of the channel holds a sender.
    pub fn pump(&mut self, patience: Duration) {
        if self.next_try.is_some_and(|at| at <= Instant::now()) {
            self.next_try = None;
            self.step(Input::Connect);
        }
        let until_try = self.next_try.map(|at| at.saturating_duration_since(Instant::now()));
        let mut patience = until_try.map_or(patience, |wait| wait.min(patience));
        loop {
            match self.inputs.recv_timeout(patience) {
                Ok((stream, input)) if stream == self.stream => self.step(input),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => unreachable!("the sender is ours"),
            }
            patience = Duration::ZERO;
        }
    }

    /// Loses the network: cuts the stream and the connection, without the server's doing.
    pub fn disconnect(&mut self) {
        self.cutter = None;
        self.api = None;
        self.step(Input::Failed(Failure::Unreachable));
    }

    fn step(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let jitter = u16::try_from(self.random.below(4096)).unwrap_or_default();
            let moment = Moment { now: Timestamp(now_ms()), jitter };
            for effect in self.sync.step(&mut self.replica, input, moment) {
                inputs.extend(self.perform(effect));
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Greet => Some(self.greet().unwrap_or_else(failed)),
            Effect::FetchSnapshot => Some(self.fetch_snapshot().unwrap_or_else(failed)),
            Effect::OpenStream { after } => self.open_stream(after),
            Effect::FetchEvents { after } => {
                let page = self.api.as_mut()?.events(after.seq).map(Input::Page);
                Some(page.unwrap_or_else(failed))
            }
            Effect::Pause { ms } => {
                let (number, sender) = (self.stream, self.sender.clone());
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(ms));
                    // The replica may be gone.
                    drop(sender.send((number, Input::Poll)));
                });
                None
            }
            Effect::CloseStream => {
                self.cutter = None;
                self.api = None;
                None
            }
            Effect::Push { number, epoch, commands } => {
                let answer = self.api.as_mut()?.push(epoch, &commands);
                Some(Input::Pushed { number, answer: answer.map_err(failure) })
            }
            Effect::Wait { ms } => {
                self.next_try = Some(Instant::now() + Duration::from_millis(ms));
                None
            }
            Effect::KeepRefused(refused) => {
                self.refused.extend(refused);
                None
            }
            Effect::Reissue(taken) => {
                self.replica.reissue(&taken, ClientId::from_u128(self.random.id()));
                if taken.iter().any(|key| key.client == self.client) {
                    (self.client, self.next_seq) = (ClientId::from_u128(self.random.id()), 1);
                }
                Some(Input::Queued)
            }
            Effect::TellFork => {
                self.forks += 1;
                None
            }
            Effect::SetAside(aside) => {
                self.refused.extend(aside.refused);
                None
            }
            Effect::StoreEvents(events) => {
                self.tail.extend(events);
                None
            }
            Effect::Retire(left) => {
                self.acknowledged.extend(left.into_iter().map(|envelope| (envelope.key, envelope)));
                None
            }
            Effect::Recall => {
                let acknowledged = self.acknowledged.values().cloned().collect();
                let tail = std::mem::take(&mut self.tail);
                Some(Input::Recalled(Box::new(Recalled { acknowledged, tail })))
            }
            Effect::TellRestored { again, .. } => {
                self.offered_again += again;
                None
            }
            // All of these are about storing or about other tabs, and this replica lives in memory and alone.
            Effect::StoreSnapshot
            | Effect::StoreCommands(_)
            | Effect::KeepLost(_)
            | Effect::TellResults(_)
            // Nothing of it is stored here.
            | Effect::FoundAgain(_)
            | Effect::Forget => None,
        }
    }

    fn greet(&mut self) -> Result<Input, RequestError> {
        let mut api = Api::connect(self.address)?;
        let queues = self.sync.queues(&self.replica);
        let hello = api.hello(self.client, self.replica.cursor(), queues)?;
        self.api = Some(api);
        Ok(Input::Greeted(Box::new(hello)))
    }

    fn fetch_snapshot(&mut self) -> Result<Input, RequestError> {
        let api = self.api.as_mut().ok_or_else(|| RequestError::Unreadable("no hello before".to_owned()))?;
        Ok(Input::Loaded(Box::new(api.snapshot()?)))
    }

    fn open_stream(&mut self, after: Cursor) -> Option<Input> {
        let opened = self.api.as_ref()?.stream(after.seq);
        let Ok(mut stream) = opened else { return Some(Input::Failed(Failure::Unreachable)) };
        self.stream += 1;
        self.cutter = Some(stream.cutter());
        let (number, sender) = (self.stream, self.sender.clone());
        std::thread::spawn(move || {
            while let Some(received) = stream.next_message() {
                let input = match received.message {
                    StreamMessage::Events(events) => Input::Events(events),
                    StreamMessage::Heartbeat { .. } | StreamMessage::Presence(_) => Input::Alive,
                    StreamMessage::End { .. } => break,
                };
                if sender.send((number, input)).is_err() {
                    return;
                }
            }
            // The replica may be gone.
            drop(sender.send((number, Input::Failed(Failure::Unreachable))));
        });
        None
    }
}

fn failed(error: RequestError) -> Input {
    Input::Failed(failure(error))
}

fn failure(error: RequestError) -> Failure {
    match error {
        RequestError::Unreachable(_) => Failure::Unreachable,
        RequestError::Refused(_, error) => Failure::Refused(error),
        RequestError::Unreadable(_) => Failure::Unreadable,
    }
}
