//! The accept loop: `axum::serve` has no timeout for a request's head and waits for open streams for ever.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::HOST;
use axum::http::{Request, StatusCode, Version};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::access::{endings, failures};
use crate::app::App;
use crate::facing::{Facing, Peer};
use crate::housekeeping;
use crate::router::build_router;
use crate::tls::Tls;
use crate::writer::Health;

mod patience;
mod places;

use patience::Patient;
use places::Places;

/// How long a new connection may say nothing.
const FIRST_BYTE: Duration = Duration::from_secs(10);
/// How long it may take until TLS is agreed on.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the head of a request may take; also how long an idle connection is kept.
const HEAD: Duration = Duration::from_secs(15);
/// The largest head of a request.
const HEAD_BYTES: usize = 16 * 1024;
/// The longest a shutdown waits for what is under way.
const DRAIN: Duration = Duration::from_secs(10);
/// Files that are open besides connections.
const OTHER_FILES: usize = 64;
const MOST_CONNECTIONS: usize = 16 * 1024;
/// A few browsers with a few tabs each, and whoever else is behind the same address.
const MOST_PER_ADDRESS: usize = 256;

/// How the server is reached.
#[derive(Clone)]
pub struct Door {
    /// Whom it faces, and under which names.
    pub facing: Arc<Facing>,
    /// Its own TLS; `None` for plain HTTP.
    pub tls: Option<Tls>,
}

impl Door {
    /// Plain HTTP for this computer.
    #[must_use]
    pub fn loopback() -> Self {
        Self { facing: Arc::new(Facing::loopback()), tls: None }
    }
}

/// Why serving ended, other than by being told to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store failed; opening it anew tells what was kept.
    #[error("saving failed, so the server stopped")]
    StoreFailed,
}

/// Serves until `shutdown` is ready or the store fails; then ends open streams, finishes what is under way, and
/// saves a snapshot.
///
/// # Errors
///
/// [`ServeError::StoreFailed`] when it ended because the store failed.
pub async fn serve(
    listener: TcpListener,
    app: App,
    door: Door,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let router = build_router(app.clone(), &door.facing);
    let graceful = GracefulShutdown::new();
    let mut health = app.health();
    let housekeeping = tokio::spawn(housekeeping::keep(app.clone()));
    let endings = tokio::spawn(endings::watch(app.clone()));
    let failures = tokio::spawn(failures::keep(app.clone()));
    let refreshing = door.tls.clone().map(|tls| tokio::spawn(keep_fresh(tls)));
    let newcomer = Newcomer { router, tls: door.tls.clone(), draining: app.draining() };
    tokio::select! {
        () = accept(&listener, &newcomer, &door.facing, &graceful) => {}
        () = shutdown => tracing::info!("told to stop"),
        // A writer that is gone tells so by its channel's end; both mean that nothing can be saved.
        _ = health.wait_for(|health| *health == Health::Failed) => {}
    }
    housekeeping.abort();
    endings.abort();
    failures.abort();
    refreshing.inspect(tokio::task::JoinHandle::abort);
    drop((listener, newcomer));
    app.drain();
    if timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
    let stopped = tokio::task::spawn_blocking(move || app.stop()).await;
    match stopped {
        Ok(Health::Failed) | Err(_) => Err(ServeError::StoreFailed),
        Ok(Health::Ready | Health::Full | Health::Stopped) => Ok(()),
    }
}

async fn keep_fresh(tls: Tls) {
    if let Err(error) = tls.keep_fresh().await {
        tracing::error!(%error, "no signals to be had: a new certificate needs a new start");
    }
}

/// What a connection needs from the server.
#[derive(Clone)]
struct Newcomer {
    router: Router,
    tls: Option<Tls>,
    draining: watch::Receiver<bool>,
}

async fn accept(listener: &TcpListener, newcomer: &Newcomer, facing: &Facing, graceful: &GracefulShutdown) {
    let places = Places::new(most_connections(), MOST_PER_ADDRESS, facing.trusted_proxies().clone());
    loop {
        // Waiting for a place leaves newcomers in the kernel's queue.
        let Some(free) = places.free().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok((stream, peer)) => (stream, peer.ip()),
            Err(error) => {
                // Out of files: the next try may find some.
                if !is_about_connection(&error) {
                    tracing::error!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                continue;
            }
        };
        let Some(place) = places.take(free, peer) else {
            tracing::debug!(%peer, "more connections than an address may have");
            continue;
        };
        let (newcomer, watcher) = (newcomer.clone(), graceful.watcher());
        tokio::spawn(async move {
            newcomer.receive(stream, peer, watcher).await;
            drop(place);
        });
    }
}

impl Newcomer {
    /// Serves a connection to its end.
    async fn receive(self, stream: TcpStream, peer: IpAddr, watcher: Watcher) {
        let Self { router, tls, mut draining } = self;
        if !matches!(timeout(FIRST_BYTE, first_byte(&stream, &mut draining)).await, Ok(Ok(()))) {
            return;
        }
        // Answers are small and awaited: none should wait to be sent together with the next.
        let _ = stream.set_nodelay(true);
        let Some(tls) = tls else { return converse(stream, peer, router, watcher).await };
        let handshake = TlsAcceptor::from(tls.config()).accept(stream);
        let secured = tokio::select! {
            secured = timeout(HANDSHAKE, handshake) => secured,
            _ = draining.wait_for(|draining| *draining) => return,
        };
        match secured {
            Ok(Ok(stream)) => converse(stream, peer, router, watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "no TLS could be agreed on"),
            Err(_) => tracing::debug!("agreeing on TLS took too long"),
        }
    }
}

/// Waits until something is said, or there is nobody to listen any more: browsers open connections ahead.
async fn first_byte(stream: &TcpStream, draining: &mut watch::Receiver<bool>) -> io::Result<()> {
    tokio::select! {
        readable = stream.readable() => readable,
        _ = draining.wait_for(|draining| *draining) => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

async fn converse<S>(stream: S, peer: IpAddr, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
    let answer = service_fn(move |mut request: Request<Incoming>| {
        let is_named = has_one_host(&request);
        request.extensions_mut().insert(Peer(peer));
        let router = router.clone();
        async move { if is_named { router.oneshot(request.map(Body::new)).await } else { Ok(without_host()) } }
    });
    let connection = http.serve_connection(TokioIo::new(Patient::new(stream)), answer);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// Tells whether a request says once for whom it is. One that says it twice is for one server to a proxy and for another to
/// us; HTTP/1.1 wants both refused.
fn has_one_host(request: &Request<Incoming>) -> bool {
    let hosts = request.headers().get_all(HOST).iter().count();
    hosts == 1 || (hosts == 0 && request.version() < Version::HTTP_11)
}

/// A status alone, as for everything that is refused before the router: there is nothing in it that a header would guard.
fn without_host() -> Response {
    StatusCode::BAD_REQUEST.into_response()
}

fn is_about_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}

/// As many as this process may have files open, less what it needs itself.
fn most_connections() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft =
        files.and_then(|line| line.split_whitespace().next()).and_then(|soft| soft.parse::<usize>().ok());
    soft.map_or(512, |soft| soft.saturating_sub(OTHER_FILES)).clamp(16, MOST_CONNECTIONS)
}
