//! What is committed, as it is committed: server-sent events, resumable at any place of the log.
//!
//! The log after the reader's place comes first, from the store; then what the hub brings. A reader that is too
//! slow for the hub is told to start over, so that it costs no memory.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Uri, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use slipway_shared::ids::EpochId;
use slipway_shared::log::Cursor;
use slipway_shared::sync::protocol::{ErrorBody, HEARTBEAT_MS, PAGE_EVENTS, StreamEnd, StreamMessage};
use tokio::sync::{broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior, interval_at};

use super::{blocking, events};
use crate::access::welcome::Welcome;
use crate::access::{InWorkspace, Peer};
use crate::app::App;
use crate::error::Failure;
use crate::live::Batch;
use crate::presence::{OpenStream, Shown, news};
use crate::writer::OpenWorkspace;

/// What a browser is told to wait before it connects anew, once its stream has ended.
const RECONNECT: Duration = Duration::from_secs(2);
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Answers with a stream that ends when the server shuts down, the reader is too slow, or may not read any more as
/// who they were.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/stream", tag = "sync",
    params(
        ("after" = Option<u64>, Query, description = "The place in the log the reader has"),
        ("Last-Event-ID" = Option<String>, Header, description = "`EPOCH.SEQ`, as a browser says it by itself"),
    ),
    responses(
        (status = 200, description = "The log as it grows: each message as an event of its name", body = String,
            content_type = "text/event-stream"),
        (status = 409, description = "The place is of another timeline", body = ErrorBody),
    ),
)]
pub(crate) async fn stream(
    State(app): State<App>,
    asks: InWorkspace,
    peer: Peer,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let taken = app.places().take(asks.caller.id(), peer.address);
    let place_taken = taken.ok_or_else(Failure::too_many_streams)?;
    // Subscribing comes first: what is committed while the log is read is then in both, never in neither.
    let workspace = asks.workspace.clone();
    let live = workspace.hub().subscribe();
    let head = workspace.state().cursor;
    let after = place(&uri, &headers, head)?;
    let presence = workspace.presence().subscribe();
    let open = workspace.presence().open(asks.caller.id());
    let welcome = Welcome::new(&app, asks, place_taken);
    let reader = Follower {
        after,
        epoch: head.epoch,
        heartbeat: heartbeat(),
        draining: app.draining(),
        live,
        presence,
        told: Arc::default(),
        _open: open,
        welcome,
        workspace,
        app,
    };
    let following = stream::unfold(Phase::Log(Box::new(reader)), |phase| async {
        let (event, next) = phase.next().await?;
        Some((Ok::<_, Infallible>(event), next))
    });
    let headers = [(ACCEL_BUFFERING, "no"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Sse::new(following)).into_response())
}

/// Returns the place the reader is at. What a browser says when it comes back by itself goes first: the address
/// it uses is still the one of its first connection.
fn place(uri: &Uri, headers: &HeaderMap, head: Cursor) -> Result<u64, Failure> {
    let malformed =
        || Failure::malformed("the place can't be read: it is ?after=SEQ, or Last-Event-ID: EPOCH.SEQ");
    let asked = match headers.get(LAST_EVENT_ID) {
        Some(id) => {
            let (epoch, seq) = id.to_str().ok().and_then(|id| id.split_once('.')).ok_or_else(malformed)?;
            if epoch.parse::<EpochId>().map_err(|_| malformed())? != head.epoch {
                return Err(Failure::fork(head.epoch, head.seq));
            }
            seq.parse::<u64>().map_err(|_| malformed())?
        }
        None => {
            let mut parts = uri.query().unwrap_or_default().split('&');
            let after = parts.find_map(|part| part.strip_prefix("after=")).ok_or_else(malformed)?;
            after.parse::<u64>().map_err(|_| malformed())?
        }
    };
    if asked > head.seq {
        return Err(Failure::fork(head.epoch, head.seq));
    }
    Ok(asked)
}

fn heartbeat() -> Interval {
    let every = Duration::from_millis(HEARTBEAT_MS.unsigned_abs());
    let mut interval = interval_at(tokio::time::Instant::now() + every, every);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// How far a stream is.
enum Phase {
    /// It reads what is in the log already.
    Log(Box<Follower>),
    /// It waits for what is committed.
    Live(Box<Follower>),
    /// It has said its last.
    Ended,
}

struct Follower {
    app: App,
    workspace: OpenWorkspace,
    /// What lets its reader in.
    welcome: Welcome,
    epoch: EpochId,
    after: u64,
    live: broadcast::Receiver<Arc<Batch>>,
    /// Who looks at what, and what of that its reader was told.
    presence: watch::Receiver<Arc<Shown>>,
    told: Arc<Shown>,
    _open: OpenStream,
    draining: watch::Receiver<bool>,
    heartbeat: Interval,
}

impl Phase {
    async fn next(self) -> Option<(Event, Self)> {
        match self {
            Self::Log(mut follower) => match follower.next_of_log().await {
                Ok(Some(event)) => Some((event, Self::Log(follower))),
                Ok(None) if *follower.draining.borrow() => follower.next_of_hub().await,
                // A stream that gets through says so at once: a reader that hears nothing asks for pages instead.
                Ok(None) => {
                    // Whoever looks at something already is news to this reader.
                    follower.presence.mark_changed();
                    Some((follower.beat(), Self::Live(follower)))
                }
                // The reader is told nothing it could act on: it comes back and says hello.
                Err(()) => None,
            },
            Self::Live(follower) => follower.next_of_hub().await,
            Self::Ended => None,
        }
    }
}

impl Follower {
    /// Returns the next page of the log; `None` at its end.
    async fn next_of_log(&mut self) -> Result<Option<Event>, ()> {
        if *self.draining.borrow() {
            return Ok(None);
        }
        // Before each page: a reader who stays behind never comes to where it is waited for.
        if !self.welcome.is_member() || self.welcome.has_ended(&self.app).await {
            return Err(());
        }
        let (reader, workspace, after) = (self.app.reader(), self.workspace.id(), self.after);
        let page = blocking(move || events::page(&*reader, workspace, after, PAGE_EVENTS)).await;
        let page = page.map_err(|_| tracing::error!("a stream could not read the log"))?;
        if page.is_empty() {
            return Ok(None);
        }
        self.after += page.len() as u64;
        Ok(Some(self.numbered(&serde_json::to_string(&page).unwrap_or_default())))
    }

    /// Returns what comes next; `None` where the reader has to say hello again.
    async fn next_of_hub(mut self: Box<Self>) -> Option<(Event, Phase)> {
        loop {
            if !self.welcome.is_member() {
                return None;
            }
            let batch = tokio::select! {
                biased;
                _ = self.draining.wait_for(|draining| *draining) => return Some(ended(StreamEnd::Shutdown)),
                () = self.welcome.ends(&self.app) => return None,
                batch = self.live.recv() => Some(batch),
                Ok(()) = self.presence.changed() => None,
                _ = self.heartbeat.tick() => break,
            };
            let Some(batch) = batch else {
                match self.who_looks() {
                    Some(_) if !self.welcome.is_member() => return None,
                    Some(_) if self.welcome.has_ended(&self.app).await => return None,
                    Some(told) => return Some((told, Phase::Live(self))),
                    None => continue,
                }
            };
            match batch {
                Ok(batch) if batch.last <= self.after => {}
                // What was committed together with the end of somebody's access is not for them any more.
                Ok(_) if !self.welcome.is_member() => return None,
                // Nor what came as the session ended: `ends` has asked for what is so now, and may not be through yet.
                Ok(_) if self.welcome.has_ended(&self.app).await => return None,
                Ok(batch) => {
                    let json = batch.json.as_deref()?;
                    self.after = batch.last;
                    return Some((self.numbered(json), Phase::Live(self)));
                }
                Err(broadcast::error::RecvError::Lagged(_)) => return Some(ended(StreamEnd::Behind)),
                Err(broadcast::error::RecvError::Closed) => return Some(ended(StreamEnd::Shutdown)),
            }
        }
        self.workspace.presence().forget_old(self.app.clock().now());
        Some((self.beat(), Phase::Live(self)))
    }

    /// Returns who looks at what, where the reader doesn't know it yet.
    fn who_looks(&mut self) -> Option<Event> {
        let now = Arc::clone(&self.presence.borrow_and_update());
        let news = news(&self.told, &now);
        self.told = now;
        (!news.is_empty()).then(|| message(&StreamMessage::Presence(news)))
    }

    fn beat(&self) -> Event {
        let head = self.workspace.state().cursor.seq;
        message(&StreamMessage::Heartbeat { server_ms: self.app.clock().now(), head })
    }

    fn numbered(&self, events: &str) -> Event {
        Event::default().id(format!("{}.{}", self.epoch, self.after)).event("events").data(events)
    }
}

fn ended(reason: StreamEnd) -> (Event, Phase) {
    (message(&StreamMessage::End { reason }).retry(RECONNECT), Phase::Ended)
}

/// Returns a message as an event: its tag is the name, its content the data.
fn message(message: &StreamMessage) -> Event {
    // A message is always an object with its tag as the only key.
    let tagged = serde_json::to_value(message).unwrap_or_default();
    let (name, content) = tagged
        .as_object()
        .and_then(|tagged| tagged.iter().next())
        .map(|(name, content)| (name.clone(), content.to_string()))
        .unwrap_or_default();
    Event::default().event(name).data(content)
}
