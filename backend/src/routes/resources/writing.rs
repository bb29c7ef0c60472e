//! Writing: from a request to commands, to their outcome, once.
//!
//! The commands of a request are tried on a copy of the state first: what a rule forbids leaves nothing behind, and the
//! key stays free. Only then the request is kept under its key, and the commands are given. After a crash, or when the
//! answer was lost, the same request finds the very same commands, which the log knows by their names.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::Request;
use axum::http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use slipway_shared::canonical::{Hash, canonical_hash};
use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey};
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::admission::{Admission, Arrival};
use slipway_shared::sync::envelope::{CommandEnvelope, WireCommand, mark_of};
use slipway_shared::sync::protocol::{OutcomeStatus, PUSH_BYTES};
use slipway_shared::time::Timestamp;
use uuid::Uuid;

use super::{Here, key};
use crate::app::App;
use crate::error::Failure;
use crate::routes::{blocking, body, push};
use crate::store::accounts::{RequestName, RequestRow};
use crate::writer::Push;

/// A request that changes something, with who asks. `T` is its body.
pub(crate) struct Writing<T> {
    pub(super) here: Here,
    pub(super) asked: T,
    /// What the caller calls it.
    key: Option<String>,
    /// The hash of what is asked for.
    hash: Hash,
}

impl<T: DeserializeOwned + Serialize> FromRequest<App> for Writing<T> {
    type Rejection = Failure;

    async fn from_request(request: Request<Body>, app: &App) -> Result<Self, Failure> {
        let (mut parts, sent) = request.into_parts();
        let here = begin(&mut parts, app).await?;
        let key = key::read(&parts.headers)?;
        let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
        let asked: T = body::json(Request::from_parts(parts, sent), PUSH_BYTES).await?;
        let hash = canonical_hash(&(method.as_str(), path.as_str(), &asked));
        Ok(Self { here, asked, key, hash })
    }
}

/// A request that changes something and has no body.
pub(crate) struct Bare(pub(super) Writing<()>);

impl FromRequestParts<App> for Bare {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let here = begin(parts, app).await?;
        let key = key::read(&parts.headers)?;
        let hash = canonical_hash(&(parts.method.as_str(), parts.uri.path(), ()));
        Ok(Self(Writing { here, asked: (), key, hash }))
    }
}

/// Refuses who may only read before anything else is looked at.
async fn begin(parts: &mut Parts, app: &App) -> Result<Here, Failure> {
    let here = Here::from_request_parts(parts, app).await?;
    here.may_give(&[])?;
    match *app.draining().borrow() {
        true => Err(Failure::shutting_down()),
        false => Ok(here),
    }
}

/// The commands that a request becomes.
pub(super) struct Planned {
    /// The id of what it makes.
    made: Option<u128>,
    commands: Vec<Command>,
}

impl Planned {
    /// Plans what makes something new.
    pub(super) const fn making(id: u128, commands: Vec<Command>) -> Self {
        Self { made: Some(id), commands }
    }
}

impl From<Vec<Command>> for Planned {
    fn from(commands: Vec<Command>) -> Self {
        Self { made: None, commands }
    }
}

/// What came of a request.
pub(super) struct Given {
    /// The workspace as it is afterwards.
    pub(super) here: Here,
    /// The id of what was made.
    made: Option<u128>,
}

impl Given {
    /// Returns the id of what was made.
    pub(super) fn made(&self) -> Result<u128, Failure> {
        self.made.ok_or_else(Failure::internal)
    }
}

/// Returns a new number for an id.
pub(super) fn mint() -> u128 {
    Uuid::now_v7().as_u128()
}

impl<T> Writing<T> {
    /// Gives the commands that `plan` makes of the request, or those it became when it came before.
    pub(super) async fn give(
        self,
        plan: impl FnOnce(&Here, T) -> Result<Planned, Failure>,
    ) -> Result<Given, Failure> {
        let Self { here, asked, key, hash } = self;
        let caller = here.asks.caller.id();
        let name = key.map(|key| RequestName { workspace: here.id(), caller, key });
        let row = match here.came_before(name.clone()).await? {
            Some(row) => row,
            None => {
                let planned = plan(&here, asked)?;
                let commands = here.written(planned.commands)?;
                here.may_give(&commands)?;
                here.try_out(&commands)?;
                here.keep(name, RequestRow { hash, made: planned.made, commands }).await?
            }
        };
        if row.hash != hash {
            return Err(Failure::reused_key());
        }
        here.push(row.commands).await?;
        Ok(Given { here: here.afterwards(), made: row.made })
    }
}

impl Here {
    /// Refuses what whoever asks may not push either.
    fn may_give(&self, commands: &[WireCommand]) -> Result<(), Failure> {
        push::may_push(&self.asks.caller, commands, self.app.clock().now())
    }

    async fn came_before(&self, name: Option<RequestName>) -> Result<Option<RequestRow>, Failure> {
        let Some(name) = name else { return Ok(None) };
        let accounts = self.app.accounts();
        blocking(move || accounts.request(&name)).await
    }

    /// Keeps a request that has a key. Of two that come at once, one is kept, and both give its commands.
    async fn keep(&self, name: Option<RequestName>, request: RequestRow) -> Result<RequestRow, Failure> {
        let Some(name) = name else { return Ok(request) };
        let (accounts, now) = (self.app.accounts(), self.app.clock().now());
        blocking(move || accounts.keep_request(&name, request, now)).await
    }

    /// Writes commands down as a queue of their own, made on what is there now.
    fn written(&self, commands: Vec<Command>) -> Result<Vec<WireCommand>, Failure> {
        let (client, at) = (ClientId::from_u128(mint()), self.app.clock().now());
        let (seen, seen_chain) = (self.state.cursor.seq, Some(mark_of(self.state.cursor.chain)));
        let numbered = commands.into_iter().zip(1..).map(|(command, seq)| {
            let key = CommandKey { client, seq };
            let (seen_chain, causes) = (seen_chain.clone(), Vec::new());
            CommandEnvelope { key, at, seen, seen_chain, causes, command }.to_wire()
        });
        let written: Vec<_> = numbered.collect();
        let size: usize = written.iter().map(|wire| wire.body.to_string().len()).sum();
        if size > PUSH_BYTES { Err(Failure::too_large(PUSH_BYTES)) } else { Ok(written) }
    }

    /// Tries commands on a copy of the state: what is forbidden leaves nothing behind.
    fn try_out(&self, commands: &[WireCommand]) -> Result<(), Failure> {
        let now = self.app.clock().now();
        let (actor, device, seen) =
            (self.asks.member, Some(self.asks.caller.device()), self.state.cursor.seq);
        let arrival = Arrival { actor, device, now, sent_at: now, seen, floor: Timestamp(0) };
        let mut trial = (*self.state).clone();
        for wire in commands {
            if let Admission::Sequenced(sequenced) = trial.admit(wire, &arrival)
                && let Some(rejection) = sequenced.outcome.rejection
            {
                return Err(Failure::rejected(rejection));
            }
        }
        Ok(())
    }

    async fn push(&self, commands: Vec<WireCommand>) -> Result<(), Failure> {
        if commands.is_empty() {
            return Ok(());
        }
        self.may_give(&commands)?;
        let (epoch, sent_at) = (self.asks.workspace.state().cursor.epoch, self.app.clock().now());
        let push = Push {
            actor: self.asks.member,
            device: Some(self.asks.caller.device()),
            epoch,
            sent_at,
            commands,
        };
        let pushed = self.asks.workspace.push(push).await?;
        let mut refused = pushed.results.into_iter().map(|result| result.outcome);
        match refused.find(|outcome| outcome.status == OutcomeStatus::Rejected) {
            Some(outcome) => Err(Failure::rejected(outcome.rejection.unwrap_or(Rejection::Unexplained))),
            None => Ok(()),
        }
    }

    /// Returns the workspace as it is now, after something was given.
    fn afterwards(self) -> Self {
        Self { state: self.asks.workspace.state(), ..self }
    }
}
