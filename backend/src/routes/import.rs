//! Bringing a workspace from elsewhere: the lines of an export, for who may make workspaces here.
//!
//! It is read as it comes. Nothing is kept before all of it is there and verified; then it is begun in one transaction.

use std::io::{self, BufReader, Read};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use slipway_shared::account::import::{AlreadyHere, IMPORT_BYTES, Imported};
use slipway_shared::account::may_make_workspace;
use slipway_shared::ids::{AccountId, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::sync::protocol::{ErrorBody, ErrorCode};
use slipway_shared::workspace::MODEL_VERSION;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use super::proofs::own;
use super::{blocking, body};
use crate::access::caller::present;
use crate::access::sessions::tell;
use crate::access::{Caller, LetIn, SignedIn};
use crate::app::App;
use crate::arrival::{self, Arrival, ArrivalError};
use crate::error::Failure;
use crate::new_workspace::Founder;
use crate::transfer::TransferError;
use crate::writer::BeginError;

/// The type of the lines of an export.
const LINES: &str = "application/x-ndjson";
/// How long the next piece of a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long all of it may take: nobody else can bring one meanwhile.
const LONGEST: Duration = Duration::from_secs(10 * 60);
/// How many pieces may wait to be read.
const PIECES: usize = 16;
/// One at a time: each is held in memory until it is begun.
static ONE: Semaphore = Semaphore::const_new(1);

/// Takes a workspace in, as the lines of an export. The same one again is answered as the first time.
#[utoipa::path(
    post, path = "/api/v1/workspaces/import", tag = "session",
    request_body(content = String, content_type = "application/x-ndjson"), security(("cookie" = [])),
    responses(
        (status = 200, description = "Where it arrived, and its digest", body = Imported),
        (status = 409, description = "The workspace is here with another history", body = ErrorBody),
    ),
)]
pub(crate) async fn import(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    request: Request<Body>,
) -> Result<Json<Imported>, Failure> {
    body::refuse_other_types(request.headers(), LINES)?;
    body::refuse_announced(request.headers(), IMPORT_BYTES)?;
    let account = own(&app, &session).await?;
    let (accounts, id) = (app.accounts(), account.id);
    let memberships = blocking(move || accounts.memberships(id)).await?;
    let may_bring = || may_make_workspace(&present(&app, &memberships));
    let let_in = LetIn::of(request.extensions()).ok_or_else(Failure::internal)?;
    let body = request.into_body();
    if !may_bring() {
        // Whoever is still sending hears no answer.
        read_past(body).await?;
        return Err(not_an_admin());
    }
    let Ok(_one) = ONE.try_acquire() else {
        read_past(body).await?;
        return Err(Failure::busy_importing());
    };
    let founder = Founder { account: account.id, name: account.name };
    let arrival = arriving(&app, founder, body).await;
    let_in.again().await?;
    // All of it may take minutes, in which another role may have come.
    if !may_bring() {
        return Err(not_an_admin());
    }
    let Arrival { new, arrived, digest } = arrival?;
    let workspace = new.log.head.workspace;
    let (arrived, here) = match app.begin_workspace(new).await {
        Ok(_) => {
            tracing::info!(event = "workspace_imported", %workspace, account = %id, "a workspace was brought here");
            (arrived, None)
        }
        // It may have come before, and its answer never have arrived.
        Err(BeginError::Exists) => {
            let arrived = before(&app, id, workspace, arrived).await?;
            (arrived, Some(already_here(&app, workspace)?))
        }
        Err(error) => return Err(error.into()),
    };
    let session = tell(&app, Caller::Session(session)).await?;
    Ok(Json(Imported { workspace, arrived, digest, model: MODEL_VERSION, here, session }))
}

fn not_an_admin() -> Failure {
    Failure::forbidden(
        "only who is an admin of a workspace on this server may bring another; nothing was taken in; ask one",
    )
}

/// Reads a body as it comes, on a thread of its own.
async fn arriving(app: &App, founder: Founder, body: Body) -> Result<Arrival, Failure> {
    let (pieces, received) = mpsc::channel(PIECES);
    let (is_demo, now) = (app.is_demo(), app.clock().now());
    let reading = tokio::task::spawn_blocking(move || {
        arrival::read(BufReader::new(Pieces { received, present: Bytes::new() }), founder, is_demo, now)
    });
    let sent = send(body, pieces).await;
    let read = reading.await.map_err(|_| Failure::internal())?;
    // What broke off is why the rest can't be read.
    sent?;
    read.map_err(refusal)
}

/// Sends a body on as it comes, also past whoever reads no further.
async fn send(body: Body, pieces: mpsc::Sender<Bytes>) -> Result<(), Failure> {
    timeout(LONGEST, send_all(body, pieces)).await.map_err(|_| took_too_long())?
}

fn took_too_long() -> Failure {
    let message = "the workspace took too long to arrive; nothing was taken in; send it again";
    Failure::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::Malformed, message)
}

async fn send_all(mut body: Body, pieces: mpsc::Sender<Bytes>) -> Result<(), Failure> {
    let mut total = 0_usize;
    loop {
        let frame = timeout(PATIENCE, body.frame()).await.map_err(|_| took_too_long())?;
        let Some(frame) = frame else { return Ok(()) };
        let frame = frame.map_err(|_| {
            Failure::malformed("the workspace broke off; nothing was taken in; send it again")
        })?;
        let Ok(data) = frame.into_data() else { continue };
        total += data.len();
        if total > IMPORT_BYTES {
            return Err(Failure::too_large(IMPORT_BYTES));
        }
        // Whoever reads may have found something wrong: it is said once all was sent, or nobody would hear it.
        let _ = pieces.send(data).await;
    }
}

/// Reads a body that nobody wants to its end.
async fn read_past(body: Body) -> Result<(), Failure> {
    send(body, mpsc::channel(1).0).await
}

/// A body as something to read.
struct Pieces {
    received: mpsc::Receiver<Bytes>,
    present: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.present.is_empty() {
            match self.received.blocking_recv() {
                Some(next) => self.present = next,
                None => return Ok(0),
            }
        }
        let piece = self.present.split_to(self.present.len().min(into.len()));
        let (filled, _) = into.split_at_mut(piece.len());
        filled.copy_from_slice(&piece);
        Ok(piece.len())
    }
}

fn refusal(error: ArrivalError) -> Failure {
    match error {
        ArrivalError::Transfer(TransferError::Store(error)) => error.into(),
        error => Failure::malformed(format!("this is no whole workspace: {error}; nothing was taken in")),
    }
}

/// Returns where a workspace arrived that is here already, if it is the caller's and came with the same log.
async fn before(
    app: &App,
    account: AccountId,
    workspace: WorkspaceId,
    arrived: Cursor,
) -> Result<Cursor, Failure> {
    let (reader, accounts) = (app.reader(), app.accounts());
    let known = blocking(move || {
        let mine = accounts.memberships(account)?;
        let link = reader.link(workspace, arrived.seq)?;
        let timelines = reader.timelines(workspace)?;
        let is_mine = mine.iter().any(|known| known.workspace == workspace);
        let is_same = is_mine && link.is_some_and(|link| link.chain == arrived.chain);
        Ok(timelines.into_iter().find(|known| is_same && known.began == arrived.seq))
    });
    let known = known.await?.ok_or_else(Failure::other_history)?;
    Ok(Cursor { epoch: known.epoch, ..arrived })
}

/// Tells how a workspace is here now.
fn already_here(app: &App, workspace: WorkspaceId) -> Result<AlreadyHere, Failure> {
    let state = app.workspace(workspace).ok_or_else(Failure::internal)?.state();
    Ok(AlreadyHere { events: state.cursor.seq, digest: state.workspace.digest() })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::response::IntoResponse;
    use futures_util::stream;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_sends_a_little_now_and_then_is_given_up() {
        let trickle = stream::unfold((), |()| async {
            tokio::time::sleep(PATIENCE / 2).await;
            Some((Ok::<_, Infallible>(Bytes::from_static(b"{")), ()))
        });
        let began = tokio::time::Instant::now();
        let refused = read_past(Body::from_stream(trickle)).await.err().map(IntoResponse::into_response);
        assert_eq!(refused.map(|answer| answer.status()), Some(StatusCode::REQUEST_TIMEOUT));
        assert_eq!(began.elapsed().as_secs(), LONGEST.as_secs());
    }
}
