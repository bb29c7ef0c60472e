//! Somebody who works on one deployment without pause, and sends again what was not acknowledged.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, DeploymentId, EnvironmentId, EpochId, RolloutId, ServiceId};
use slipway_shared::rollout::{Phase, RolloutCommand, Source};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{Outcome, OutcomeStatus};
use slipway_shared::time::Timestamp;

use crate::api::{Api, RequestError};
use crate::commands;
use crate::random::{Random, now_ms};
use crate::replica::TestReplica;
use crate::verify::{VerifiedLog, note, read_log};

/// The title for deployments that are not there.
const OF_NOTHING: &str = "of nothing";

/// What a pusher works on: made once, by [`prepare`].
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// The deployment it edits.
    pub deployment: DeploymentId,
    /// Where it rolls out.
    pub environment: EnvironmentId,
    /// The timeline.
    pub epoch: EpochId,
    /// The newest event when the work was made: what all its commands have seen.
    pub seen: u64,
}

/// Makes a service and one deployment for each of `count` pushers, and returns what they work on.
///
/// # Panics
///
/// When the server does not take them.
#[must_use]
pub fn prepare(address: SocketAddr, random: &mut Random, count: usize) -> Vec<Work> {
    let mut replica = TestReplica::connected(address, random.fork());
    let service = ServiceId::from_u128(random.id());
    replica.submit(commands::add_service(service, "harbour")).unwrap();
    let column = commands::first_queue(replica.view());
    let mut deployments = Vec::new();
    for number in 0..count {
        let deployment = DeploymentId::from_u128(random.id());
        let version = format!("1.{number}.0");
        replica.submit(commands::open(deployment, service, column, &version, || random.id())).unwrap();
        deployments.push(deployment);
    }
    replica.settle();
    let environment = *replica.view().environments_in_order().first().unwrap();
    let hello = Api::connect(address).unwrap().hello(replica.client(), None, vec![]).unwrap();
    let work = |deployment| Work { deployment, environment, epoch: hello.epoch, seen: hello.head };
    deployments.into_iter().map(work).collect()
}

/// A queue of commands with what became of them.
#[derive(Debug)]
pub struct Pusher {
    address: SocketAddr,
    api: Option<Api>,
    work: Work,
    client: ClientId,
    random: Random,
    /// Everything it made, in order; what is behind [`Pusher::answered`] was not acknowledged yet.
    commands: Vec<WireCommand>,
    answered: usize,
    /// What was acknowledged, with its outcome.
    pub acknowledged: BTreeMap<CommandKey, Outcome>,
    /// How many pushes were acknowledged.
    pub pushes: usize,
}

impl Pusher {
    /// Makes a queue; nobody has to listen at `address` yet.
    #[must_use]
    pub fn new(address: SocketAddr, work: Work, mut random: Random) -> Self {
        Self {
            address,
            api: None,
            work,
            client: ClientId::from_u128(random.id()),
            random,
            commands: Vec::new(),
            answered: 0,
            acknowledged: BTreeMap::new(),
            pushes: 0,
        }
    }

    /// Returns whether something was made and not acknowledged.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.answered < self.commands.len()
    }

    /// Returns the timeline it works on.
    #[must_use]
    pub const fn epoch(&self) -> EpochId {
        self.work.epoch
    }

    /// Talks to another address from now on.
    pub fn turn_to(&mut self, address: SocketAddr) {
        self.address = address;
        self.hang_up();
    }

    /// Sends what was not acknowledged, or one to eight new commands where there is nothing of that.
    ///
    /// # Errors
    ///
    /// When there was no answer to work with: the same is sent the next time.
    ///
    /// # Panics
    ///
    /// When the answer is not what it has to be: an outcome for each, and the one it had before.
    pub fn push(&mut self) -> Result<(), RequestError> {
        if !self.waits() {
            for _ in 0..=self.random.below(8) {
                let made = self.make();
                self.commands.push(made);
            }
        }
        let batch = self.commands.get(self.answered..).unwrap_or_default().to_vec();
        self.send(&batch)?;
        self.answered = self.commands.len();
        self.pushes += 1;
        Ok(())
    }

    /// Forgets the connection, which the next push opens anew.
    fn hang_up(&mut self) {
        self.api = None;
    }

    /// Sends once more everything that was acknowledged: each gets the outcome it had, and nothing happens.
    ///
    /// # Panics
    ///
    /// When a command is new to the server, or has another outcome.
    pub fn repeat(&mut self) {
        self.hang_up();
        let all = self.commands.get(..self.answered).unwrap_or_default().to_vec();
        for batch in all.chunks(200) {
            let fresh = self.send(batch).unwrap();
            assert_eq!(fresh, 0, "what was acknowledged is new to the server");
        }
    }

    /// Returns how many of the results were no duplicates.
    fn send(&mut self, batch: &[WireCommand]) -> Result<usize, RequestError> {
        let mut api = match self.api.take() {
            Some(api) => api,
            None => Api::connect(self.address)?,
        };
        let answer = api.push(self.work.epoch, batch)?;
        self.api = Some(api);
        assert_eq!(answer.results.len(), batch.len(), "an outcome is missing");
        note(&mut self.acknowledged, &answer.results);
        for (sent, result) in batch.iter().zip(&answer.results) {
            let of_nothing = is_of_nothing(sent);
            let is_rejected = result.outcome.status == OutcomeStatus::Rejected;
            assert_eq!(is_rejected, of_nothing, "{sent:?} became {result:?}");
        }
        Ok(answer.results.iter().filter(|result| !result.duplicate).count())
    }

    /// Mostly edits; now and then something that makes several events, or none, or is refused.
    fn make(&mut self) -> WireCommand {
        let command = match self.random.below(10) {
            0 => Command::Nothing,
            1 => commands::retitle(DeploymentId::from_u128(self.random.id()), OF_NOTHING),
            2 => Command::Rollout(RolloutCommand::Report {
                rollout: RolloutId::from_u128(self.random.id()),
                deployment: self.work.deployment,
                environment: self.work.environment,
                version: "1.0.0".to_owned(),
                phase: Phase::Started,
                happened_at: Timestamp(now_ms()),
                source: Source::Person,
                note: None,
            }),
            _ => commands::retitle(self.work.deployment, &format!("title {}", self.random.next())),
        };
        let seq = self.commands.len() as u64 + 1;
        commands::wire(self.client, seq, self.work.seen, command)
    }
}

/// Nothing but an edit of what is not there is ever refused: a server in need never says no instead.
fn is_of_nothing(sent: &WireCommand) -> bool {
    sent.body.to_string().contains(OF_NOTHING)
}

/// Checks a server against all that was acknowledged.
///
/// The log is whole, every acknowledged command is in it once as it was acknowledged, the snapshot is the log's, and
/// sending all of it again changes nothing.
///
/// # Panics
///
/// When it is otherwise.
pub fn verify_server(address: SocketAddr, epoch: EpochId, pushers: &mut [Pusher]) -> VerifiedLog {
    let mut api = Api::connect(address).unwrap();
    let log = read_log(epoch, &api.log().unwrap());
    for pusher in &mut *pushers {
        log.holds(&pusher.acknowledged);
    }
    let (snapshot, cursor) = api.snapshot().unwrap();
    let of_snapshot = (snapshot.digest(), cursor);
    assert_eq!(of_snapshot, (log.workspace.digest(), log.cursor), "the state is not the log's");
    for pusher in pushers {
        pusher.repeat();
    }
    assert_eq!(
        api.events(log.cursor.seq).unwrap().head,
        log.cursor.seq,
        "what was sent again happened again"
    );
    log
}
