//! The requests of the protocol, one method each.

use std::io;
use std::net::SocketAddr;

use slipway_shared::account::Session;
use slipway_shared::ids::{ClientId, EpochId, MemberId, WorkspaceId};
use slipway_shared::log::{Cursor, StoredEvent};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{
    ApiError, ErrorBody, EventsPage, HelloRequest, HelloResponse, PROTOCOL, PushRequest, PushResponse,
};
use slipway_shared::sync::snapshot;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use crate::http::{Connection, Response};
use crate::random::now_ms;
use crate::stream::EventStream;

/// Why a request brought no answer to work with.
#[derive(Debug)]
pub enum RequestError {
    /// No answer, or half of one: whether it had an effect is not known.
    Unreachable(io::Error),
    /// The server said no.
    Refused(u16, ApiError),
    /// The answer is not of the protocol.
    Unreadable(String),
}

impl From<io::Error> for RequestError {
    fn from(error: io::Error) -> Self {
        Self::Unreachable(error)
    }
}

/// One workspace of one server, over a connection that is kept.
#[derive(Debug)]
pub struct Api {
    address: SocketAddr,
    connection: Option<Connection>,
    /// The first workspace of the session.
    pub workspace: WorkspaceId,
    /// Who acts.
    pub member: MemberId,
}

impl Api {
    /// Asks a server who is asking and which workspace there is.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub fn connect(address: SocketAddr) -> Result<Self, RequestError> {
        let answer = crate::http::get(address, "/api/v1/session")?;
        let session: Session = read(&answer)?;
        let none = || RequestError::Unreadable("a session without a workspace".to_owned());
        let workspace = session.workspaces.first().ok_or_else(none)?.id;
        Ok(Self { address, connection: None, workspace, member: session.member })
    }

    /// As [`Api::connect`], to the workspace of a name.
    ///
    /// # Errors
    ///
    /// When it does not answer, or has none of that name.
    pub fn connect_to(address: SocketAddr, name: &str) -> Result<Self, RequestError> {
        let session: Session = read(&crate::http::get(address, "/api/v1/session")?)?;
        let named = session.workspaces.iter().find(|known| known.name == name);
        let known =
            named.ok_or_else(|| RequestError::Unreadable(format!("no workspace is called {name}")))?;
        let member = known.member.unwrap_or(session.member);
        Ok(Self { address, connection: None, workspace: known.id, member })
    }

    /// Returns the address of something of the workspace.
    #[must_use]
    pub fn target(&self, rest: &str) -> String {
        format!("/api/v1/workspaces/{}/{rest}", self.workspace)
    }

    /// Returns where the server listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a request, over the connection of the one before where that still works.
    ///
    /// # Errors
    ///
    /// When the connection broke; whether the request had an effect is not known then.
    pub fn send(&mut self, method: &str, rest: &str, body: Option<&[u8]>) -> io::Result<Response> {
        let target = self.target(rest);
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(self.address)?,
        };
        let answer = connection.send(method, &target, &[], body)?;
        if answer.header("connection") != Some("close") {
            self.connection = Some(connection);
        }
        Ok(answer)
    }

    /// Drops the connection, so that the next request opens a new one.
    pub fn hang_up(&mut self) {
        self.connection = None;
    }

    /// `POST hello`.
    ///
    /// # Errors
    ///
    /// When there was no answer to work with.
    pub fn hello(
        &mut self,
        client: ClientId,
        cursor: Option<Cursor>,
        queues: Vec<ClientId>,
    ) -> Result<HelloResponse, RequestError> {
        let request =
            HelloRequest { protocol: PROTOCOL, client, cursor, queues, sent_at: Timestamp(now_ms()) };
        self.post("hello", &request)
    }

    /// `GET snapshot`, read and verified.
    ///
    /// # Errors
    ///
    /// When there was no answer to work with.
    pub fn snapshot(&mut self) -> Result<(Workspace, Cursor), RequestError> {
        let answer = accepted(self.send("GET", "snapshot", None)?)?;
        snapshot::read(&answer.text()).map_err(|error| RequestError::Unreadable(error.to_string()))
    }

    /// `GET events`, one page.
    ///
    /// # Errors
    ///
    /// When there was no answer to work with.
    pub fn events(&mut self, after: u64) -> Result<EventsPage, RequestError> {
        read(&self.send("GET", &format!("events?after={after}"), None)?)
    }

    /// `GET events`, page after page: the whole log.
    ///
    /// # Errors
    ///
    /// When there was no answer to work with.
    pub fn log(&mut self) -> Result<Vec<StoredEvent>, RequestError> {
        let mut log: Vec<StoredEvent> = Vec::new();
        loop {
            let page = self.events(log.len() as u64)?;
            let is_last = page.events.is_empty();
            log.extend(page.events);
            if is_last || log.len() as u64 >= page.head {
                return Ok(log);
            }
        }
    }

    /// `GET stream`.
    ///
    /// # Errors
    ///
    /// When there is no stream.
    pub fn stream(&self, after: u64) -> io::Result<EventStream> {
        EventStream::open(self.address, &self.target(&format!("stream?after={after}")), None)
    }

    /// `POST push`.
    ///
    /// # Errors
    ///
    /// When there was no answer to work with.
    pub fn push(&mut self, epoch: EpochId, commands: &[WireCommand]) -> Result<PushResponse, RequestError> {
        let sent_at = Timestamp(now_ms());
        self.post("push", &PushRequest { protocol: PROTOCOL, epoch, sent_at, commands: commands.to_vec() })
    }

    fn post<T: serde::de::DeserializeOwned>(
        &mut self,
        rest: &str,
        request: &impl serde::Serialize,
    ) -> Result<T, RequestError> {
        let body = serde_json::to_vec(request).unwrap();
        read(&self.send("POST", rest, Some(&body))?)
    }
}

fn read<T: serde::de::DeserializeOwned>(answer: &Response) -> Result<T, RequestError> {
    let answer = accepted(answer.clone())?;
    answer.json().map_err(|error| RequestError::Unreadable(format!("{error}: {}", answer.text())))
}

fn accepted(answer: Response) -> Result<Response, RequestError> {
    if answer.status == 200 {
        return Ok(answer);
    }
    match answer.json::<ErrorBody>() {
        Ok(body) => Err(RequestError::Refused(answer.status, body.error)),
        Err(_) => Err(RequestError::Unreadable(format!("{} {}", answer.status, answer.text()))),
    }
}
