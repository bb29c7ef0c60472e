//! A whole world in one thread: a server, devices with wrong clocks, and a network that loses, repeats, delays and
//! reorders. The same seed gives the same world, natively and in WebAssembly.

pub mod commands;
pub mod device;
pub mod random;
pub mod server;

use slipway_shared::canonical::Hash;
use slipway_shared::log::StoredEvent;
use slipway_shared::sync::client::{Effect, Failure, Input};
use slipway_shared::sync::protocol::{HelloRequest, OutcomeStatus, PROTOCOL, PushRequest, PushResponse};
use slipway_shared::time::Timestamp;

use commands::random_command;
use device::Device;
use random::Random;
use server::Server;

/// Something on its way.
enum Parcel {
    Hello(HelloRequest),
    AskSnapshot,
    Push(PushRequest),
    Input(Input),
    Pushed(PushResponse),
    Batch(Vec<StoredEvent>),
    Timer,
}

struct Posted {
    due: i64,
    device: usize,
    life: u64,
    parcel: Parcel,
}

/// How bad the network is, in percent of parcels.
#[derive(Clone, Copy)]
pub struct Weather {
    pub lost: usize,
    pub repeated: usize,
    pub longest_delay_ms: usize,
}

/// What became of the commands of some worlds.
#[derive(Debug, Default)]
pub struct Tally {
    pub applied: usize,
    pub merged: usize,
    pub noop: usize,
    pub rejected: usize,
    /// Commands that reached the server more than once.
    pub repeated: usize,
}

impl Tally {
    pub fn add(&mut self, world: &World) {
        for (_, outcome) in world.server.outcomes.values() {
            match outcome.status {
                OutcomeStatus::Applied => self.applied += 1,
                OutcomeStatus::Merged => self.merged += 1,
                OutcomeStatus::Noop => self.noop += 1,
                OutcomeStatus::Rejected => self.rejected += 1,
            }
        }
        self.repeated += world.server.repetitions;
    }
}

pub struct World {
    random: Random,
    now: i64,
    weather: Weather,
    server: Server,
    devices: Vec<Device>,
    posted: Vec<Posted>,
}

impl World {
    pub fn new(seed: u64, devices: u64, weather: Weather) -> Self {
        let mut random = Random::new(seed);
        let devices = (0..devices).map(|number| Device::new(number, &mut random)).collect();
        let now = 1_700_000_000_000;
        Self { random, now, weather, server: Server::new(), devices, posted: Vec::new() }
    }

    /// Lets `steps` things happen: deeds, crashes, restarts, parcels.
    pub fn run(&mut self, steps: usize) {
        for device in 0..self.devices.len() {
            self.input(device, Input::Connect);
        }
        for step in 0..steps {
            let device = self.random.below(self.devices.len());
            match self.random.below(100) {
                0..30 => self.act(device),
                30..32 => self.crash(device),
                32 => self.server.restart(),
                _ => self.deliver_next(),
            }
            if step % 16 == 0 {
                self.devices[device].assert_view_is_recomputable();
            }
        }
    }

    /// Lets the weather clear up and everything on its way arrive; then nothing may be left to do.
    pub fn settle(&mut self) {
        self.weather = Weather { lost: 0, repeated: 0, longest_delay_ms: 5 };
        let mut patience = 200_000;
        while self.posted.iter().any(|posted| posted.life == self.devices[posted.device].life) {
            self.deliver_next();
            patience -= 1;
            assert!(patience > 0, "the world does not come to rest");
        }
    }

    /// Checks that nothing was lost, nothing happened twice, and all agree. Returns the digest they agree on.
    pub fn verify(&self) -> Hash {
        let (replayed, cursor) = self.server.replayed();
        assert_eq!(replayed.digest(), self.server.sequencer.workspace.digest());
        for device in &self.devices {
            assert_eq!(device.replica.pending(), [], "every queue drains");
            assert!(device.disk.outbox.is_empty(), "what has an outcome is forgotten");
            assert_eq!(device.replica.cursor(), Some(cursor));
            assert_eq!(device.replica.view().digest(), replayed.digest());
            assert_eq!(device.disk.cursor, Some(cursor), "what is shown is stored");
            for key in &device.submitted {
                let (_, outcome) = self.server.outcomes.get(key).expect("every command has an outcome");
                let shown = device.disk.refused.iter().filter(|refused| refused.envelope.key == *key).count();
                let is_rejected = outcome.status == OutcomeStatus::Rejected;
                assert_eq!(shown, usize::from(is_rejected), "a refusal is shown once, nothing else is");
                assert_eq!(self.events_of(*key), outcome.events.map_or(0, |(first, last)| last + 1 - first));
            }
        }
        replayed.digest()
    }

    pub fn commands(&self) -> usize {
        self.devices.iter().map(|device| device.submitted.len()).sum()
    }

    fn events_of(&self, key: slipway_shared::ids::CommandKey) -> u64 {
        let headers = self.server.log.iter().filter_map(|event| event.read_header().ok());
        headers.filter(|header| header.command == key).count() as u64
    }

    fn act(&mut self, device: usize) {
        let now = Timestamp(self.now);
        let person = &mut self.devices[device];
        let command = random_command(&mut self.random, person.replica.view(), person.now(now));
        if person.submit(command, now) {
            self.input(device, Input::Queued);
        }
    }

    fn crash(&mut self, device: usize) {
        self.devices[device].crash(&mut self.random);
        self.input(device, Input::Connect);
    }

    fn input(&mut self, device: usize, input: Input) {
        let effects = self.devices[device].step(input, Timestamp(self.now), &mut self.random);
        for effect in effects {
            self.send(device, effect);
        }
    }

    fn send(&mut self, device: usize, effect: Effect) {
        let sender = &mut self.devices[device];
        let sent_at = sender.now(Timestamp(self.now));
        let parcel = match effect {
            Effect::Greet => {
                let queues = sender.replica.pending().iter().map(|pending| pending.envelope.key.client);
                let (client, cursor) = (sender.client, sender.replica.cursor());
                Parcel::Hello(HelloRequest {
                    protocol: PROTOCOL,
                    client,
                    cursor,
                    queues: queues.collect(),
                    sent_at,
                })
            }
            Effect::FetchSnapshot => Parcel::AskSnapshot,
            Effect::OpenStream { after } => {
                sender.stream = Some(after.seq);
                self.post(device, Parcel::Input(Input::Alive));
                return self.stream_to(device);
            }
            Effect::FetchEvents { after } => {
                let page = self.server.page(after.seq);
                Parcel::Input(Input::Page(page))
            }
            Effect::Pause { ms } => {
                let ms = i64::try_from(ms).unwrap_or_default();
                return self.post_at(device, self.now + ms, Parcel::Input(Input::Poll));
            }
            Effect::Push { epoch, commands } => {
                Parcel::Push(PushRequest { protocol: PROTOCOL, epoch, sent_at, commands })
            }
            Effect::Wait { ms } => {
                let ms = i64::try_from(ms).unwrap_or_default();
                return self.post_at(device, self.now + ms, Parcel::Timer);
            }
            _ => return,
        };
        self.post(device, parcel);
    }

    /// Posts a parcel; the network may lose it, and then whoever waits for the answer finds out.
    fn post(&mut self, device: usize, parcel: Parcel) {
        let delay = i64::try_from(self.random.below(self.weather.longest_delay_ms)).unwrap_or_default();
        if self.random.chance(self.weather.lost) {
            let failure = Parcel::Input(Input::Failed(Failure::Unreachable));
            return self.post_at(device, self.now + delay, failure);
        }
        if let (Parcel::Push(push), true) = (&parcel, self.random.chance(self.weather.repeated)) {
            self.post_at(device, self.now + 3 * delay, Parcel::Push(push.clone()));
        }
        if let (Parcel::Batch(batch), true) = (&parcel, self.random.chance(self.weather.repeated)) {
            self.post_at(device, self.now + 3 * delay, Parcel::Batch(batch.clone()));
        }
        self.post_at(device, self.now + delay, parcel);
    }

    fn post_at(&mut self, device: usize, due: i64, parcel: Parcel) {
        let life = self.devices[device].life;
        self.posted.push(Posted { due, device, life, parcel });
    }

    fn deliver_next(&mut self) {
        let due = self.posted.iter().enumerate().min_by_key(|(place, posted)| (posted.due, *place));
        let Some(place) = due.map(|(place, _)| place) else {
            return;
        };
        let posted = self.posted.remove(place);
        self.now = self.now.max(posted.due);
        let is_present = self.devices[posted.device].life == posted.life;
        match posted.parcel {
            // Requests reach the server even if the page that sent them is gone.
            Parcel::Push(push) => self.serve_push(posted.device, posted.life, &push),
            _ if !is_present => {}
            Parcel::Hello(hello) => {
                let actor = self.devices[posted.device].actor;
                let answer = self.server.hello(&hello, actor, Timestamp(self.now));
                self.post(posted.device, Parcel::Input(Input::Greeted(Box::new(answer))));
            }
            Parcel::AskSnapshot => {
                let state = &self.server.sequencer;
                let loaded = (state.workspace.clone(), state.cursor);
                self.post(posted.device, Parcel::Input(Input::Loaded(Box::new(loaded))));
            }
            Parcel::Pushed(answer) => self.input(posted.device, Input::Pushed(answer)),
            Parcel::Input(input) => self.input(posted.device, input),
            Parcel::Batch(batch) => {
                if self.devices[posted.device].stream.is_some() {
                    self.input(posted.device, Input::Events(batch));
                }
            }
            Parcel::Timer => self.input(posted.device, Input::Connect),
        }
    }

    fn serve_push(&mut self, device: usize, life: u64, push: &PushRequest) {
        let actor = self.devices[device].actor;
        let answer = self.server.push(push, actor, Timestamp(self.now));
        for listener in 0..self.devices.len() {
            self.stream_to(listener);
        }
        if self.devices[device].life != life {
            return;
        }
        let parcel = match answer {
            Ok(answer) => Parcel::Pushed(answer),
            Err(error) => Parcel::Input(Input::Failed(Failure::Refused(error))),
        };
        self.post(device, parcel);
    }

    /// Sends what the log has and the stream has not.
    fn stream_to(&mut self, device: usize) {
        let Some(sent) = self.devices[device].stream else {
            return;
        };
        let from = usize::try_from(sent).unwrap_or(usize::MAX);
        let Some(batch) = self.server.log.get(from..).filter(|batch| !batch.is_empty()) else {
            return;
        };
        let batch = batch.to_vec();
        self.devices[device].stream = Some(self.server.sequencer.cursor.seq);
        self.post(device, Parcel::Batch(batch));
    }
}
