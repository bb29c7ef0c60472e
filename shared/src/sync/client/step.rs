//! What the leader's state machine takes in, and what it asks for.

use crate::ids::{CommandKey, EpochId};
use crate::log::{Cursor, StoredEvent};
use crate::sync::envelope::{CommandEnvelope, WireCommand};
use crate::sync::protocol::{ApiError, CommandResult, EventsPage, HelloResponse, PushResponse};
use crate::sync::repair::{Recalled, SetAside};
use crate::sync::replica::Refused;
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// Something that happened to the leader.
#[derive(Debug)]
pub enum Input {
    /// It became the leader, or the wait is over, or the browser thinks it is online again.
    Connect,
    /// A command was put in the queue.
    Queued,
    /// The password was given again: what waits for that can go out.
    Confirmed,
    /// `hello` was answered.
    Greeted(Box<HelloResponse>),
    /// What [`Effect::Recall`] asked for was read.
    Recalled(Box<Recalled>),
    /// The snapshot was read whole.
    Loaded(Box<(Workspace, Cursor)>),
    /// What is stored of the log has a hole, and the replica can't be stored in its place: the server is to send a
    /// snapshot, however little is missing.
    StoreAnew,
    /// The stream brought a batch.
    Events(Vec<StoredEvent>),
    /// The stream said that it is alive.
    Alive,
    /// What [`Effect::FetchEvents`] asked for.
    Page(EventsPage),
    /// The pause between two pages is over.
    Poll,
    /// A push was answered, or failed.
    Pushed {
        /// Its number.
        number: u64,
        /// The answer.
        answer: Result<PushResponse, Failure>,
    },
    /// Another request or the stream failed.
    Failed(Failure),
}

/// How a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer, or none that is ours: whether it had an effect is not known.
    Unreachable,
    /// The server said no.
    Refused(ApiError),
    /// The answer can't be read.
    Unreadable,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send `hello`.
    Greet,
    /// Fetch the snapshot.
    FetchSnapshot,
    /// Follow the stream after this place.
    OpenStream {
        /// The place.
        after: Cursor,
    },
    /// Stop following.
    CloseStream,
    /// Ask for the events after this place: something on the way swallows streams.
    FetchEvents {
        /// The place.
        after: Cursor,
    },
    /// Come back with [`Input::Poll`] after this many milliseconds.
    Pause {
        /// The wait.
        ms: u64,
    },
    /// Send these commands.
    Push {
        /// Its number: the answer names it.
        number: u64,
        /// The timeline.
        epoch: EpochId,
        /// The commands.
        commands: Vec<WireCommand>,
    },
    /// Come back with [`Input::Connect`] after about this many milliseconds.
    Wait {
        /// The wait.
        ms: u64,
    },
    /// Store the confirmed state anew: the snapshot replaced it.
    StoreSnapshot,
    /// Store these events.
    StoreEvents(Vec<StoredEvent>),
    /// These commands left the queue: move them from the outbox to the acknowledged ones, in one transaction.
    Retire(Vec<CommandEnvelope>),
    /// These commands were refused: keep them for Needs you, and forget them as pending.
    KeepRefused(Vec<Refused>),
    /// These commands were put into the queue: store them.
    StoreCommands(Vec<CommandEnvelope>),
    /// These requests go to Needs you, and commands that do nothing into their places, in one transaction.
    SetAside(SetAside),
    /// Read the acknowledged commands and the newest events, and answer with [`Input::Recalled`].
    Recall,
    /// Keep these events for Needs you: this browser knows them and the server does not.
    KeepLost(Vec<StoredEvent>),
    /// What was lost of these commands came back: forget it.
    FoundAgain(Vec<CommandKey>),
    /// The server forgot a part of its log and the replica is repaired: say so.
    TellRestored {
        /// How many commands wait to be sent again.
        again: usize,
        /// How many requests their author is asked about again.
        asked: usize,
        /// When the newest event that both knew had reached the server.
        restored_to: Option<Timestamp>,
        /// Whether nothing was restored: something was taken out of the log for good.
        is_redaction: bool,
    },
    /// The names of these commands of one queue are taken: mint a new id for a queue, call
    /// [`Replica::reissue`](crate::sync::replica::Replica::reissue), store the new names and forget the old.
    Reissue(Vec<CommandKey>),
    /// Tell the other tabs these outcomes.
    TellResults(Vec<CommandResult>),
    /// The server holds another history: say so.
    TellFork,
    /// This person may not see the workspace any more: forget the log and what it led to, keep what is theirs.
    Forget,
}

/// What a step depends on besides what happened.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The time by the device's clock.
    pub now: Timestamp,
    /// A random number, to spread tries.
    pub jitter: u16,
}
