//! A client of the server beside this command: plain HTTP to an address of this computer.

use std::net::SocketAddr;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use slipway_shared::account::Session;
use slipway_shared::ids::{EpochId, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{
    CommandResult, ErrorBody, ErrorCode, PROTOCOL, PushRequest, PushResponse,
};
use slipway_shared::sync::snapshot;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use super::exit::{Exit, Failed};
use super::workspaces::pick;

/// How often a push is sent again when it is not known what became of it; none is applied twice.
const TRIES: u32 = 5;

pub(super) struct Client {
    runtime: Runtime,
    address: SocketAddr,
    /// The API token, as a header.
    authorization: Option<HeaderValue>,
}

/// How a request failed.
enum Trouble {
    /// No answer, or none that can be read.
    Unreachable(String),
    Refused(Box<ErrorBody>),
}

impl Client {
    pub(super) fn new(address: SocketAddr, token: Option<String>) -> Result<Self, Failed> {
        let header = |token: String| HeaderValue::from_str(&format!("Bearer {}", token.trim()));
        let authorization = token.map(header).transpose().map_err(|_| {
            Failed::new(Exit::BadInput, "the token has characters that no token has. Nothing was changed.")
        })?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime =
            runtime.map_err(|error| Failed::new(Exit::Failed, format!("no threads to be had: {error}")))?;
        Ok(Self { runtime, address, authorization })
    }

    /// Fetches the workspace as it is now: the one that is asked for, of those that the token is good for.
    pub(super) fn fetch(&self, asked: Option<&str>) -> Result<(WorkspaceId, Workspace, Cursor), Failed> {
        let session: Session =
            self.json(Method::GET, "/api/v1/session", Bytes::new()).map_err(|it| self.failed(it))?;
        let known: Vec<_> = session.workspaces.iter().map(|known| (known.id, &*known.name)).collect();
        let id = pick(&known, asked)?;
        let path = format!("/api/v1/workspaces/{id}/snapshot");
        let text = self.request(Method::GET, &path, Bytes::new()).map_err(|it| self.failed(it))?;
        let read = std::str::from_utf8(&text).ok().and_then(|text| snapshot::read(text).ok());
        let (workspace, cursor) =
            read.ok_or_else(|| self.failed(Trouble::Unreachable("its snapshot can't be read".to_owned())))?;
        Ok((id, workspace, cursor))
    }

    /// Pushes commands until it is known what became of them.
    pub(super) fn push(
        &self,
        workspace: WorkspaceId,
        epoch: EpochId,
        sent_at: Timestamp,
        commands: &[WireCommand],
    ) -> Result<Vec<CommandResult>, Failed> {
        let push = PushRequest { protocol: PROTOCOL, epoch, sent_at, commands: commands.to_vec() };
        let body = serde_json::to_vec(&push).map_err(|error| Failed::new(Exit::Failed, error.to_string()))?;
        let (path, body) = (format!("/api/v1/workspaces/{workspace}/push"), Bytes::from(body));
        let mut tried = 0;
        loop {
            tried += 1;
            match self.json::<PushResponse>(Method::POST, &path, body.clone()) {
                Ok(answer) => return Ok(answer.results),
                Err(trouble) if tried < TRIES && may_pass(&trouble) => {
                    std::thread::sleep(std::time::Duration::from_millis(200) * tried);
                }
                Err(trouble) => return Err(self.failed(trouble)),
            }
        }
    }

    fn json<T: DeserializeOwned>(&self, method: Method, path: &str, body: Bytes) -> Result<T, Trouble> {
        let bytes = self.request(method, path, body)?;
        serde_json::from_slice(&bytes).map_err(|error| Trouble::Unreachable(error.to_string()))
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Result<Bytes, Trouble> {
        let (status, bytes) = self
            .runtime
            .block_on(exchange(self.address, self.authorization.clone(), method, path, body))
            .map_err(|error| Trouble::Unreachable(error.to_string()))?;
        if status.is_success() {
            return Ok(bytes);
        }
        match serde_json::from_slice(&bytes) {
            Ok(refused) => Err(Trouble::Refused(refused)),
            Err(_) => Err(Trouble::Unreachable(status.to_string())),
        }
    }

    fn failed(&self, trouble: Trouble) -> Failed {
        let said = match trouble {
            Trouble::Unreachable(why) => format!("it can't be reached ({why})"),
            Trouble::Refused(body) if body.error.code == ErrorCode::SignInNeeded => {
                "it wants an API token, given with --token or in SLIPWAY_TOKEN, that was made in its settings and has \
                 not ended"
                    .to_owned()
            }
            Trouble::Refused(body) => body.error.message,
        };
        let message = format!(
            "a server on http://{} uses the data directory, and it says: {said}. What was saved before is kept; \
             run the same command again, it adds only what is missing.",
            self.address
        );
        Failed::new(Exit::Failed, message)
    }
}

fn may_pass(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Unreachable(_) => true,
        Trouble::Refused(body) => matches!(body.error.code, ErrorCode::Busy | ErrorCode::Indeterminate),
    }
}

type Answer = Result<(StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>>;

/// One request on a connection of its own.
async fn exchange(
    address: SocketAddr,
    authorization: Option<HeaderValue>,
    method: Method,
    path: &str,
    body: Bytes,
) -> Answer {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, address.to_string())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close")
        .body(Body::from(body))?;
    if let Some(authorization) = authorization {
        request.headers_mut().insert(header::AUTHORIZATION, authorization);
    }
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    Ok((status, answer.into_body().collect().await?.to_bytes()))
}
