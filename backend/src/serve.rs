//! The accept loop: `axum::serve` has no timeout for a request's head and waits for open streams for ever.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::access::{Peer, endings};
use crate::app::App;
use crate::housekeeping;
use crate::router::build_router;
use crate::writer::Health;

/// How long a new connection may say nothing.
const FIRST_BYTE: Duration = Duration::from_secs(10);
/// How long the head of a request may take; also how long an idle connection is kept.
const HEAD: Duration = Duration::from_secs(15);
/// The largest head of a request.
const HEAD_BYTES: usize = 16 * 1024;
/// The longest a shutdown waits for what is under way.
const DRAIN: Duration = Duration::from_secs(10);
/// Files that are open besides connections.
const OTHER_FILES: usize = 64;
const MOST_CONNECTIONS: usize = 16 * 1024;

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
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let router = build_router(app.clone());
    let graceful = GracefulShutdown::new();
    let mut health = app.writer().health();
    let housekeeping = tokio::spawn(housekeeping::keep(app.clone()));
    let endings = tokio::spawn(endings::watch(app.clone()));
    tokio::select! {
        () = accept(&listener, &router, &graceful) => {}
        () = shutdown => tracing::info!("told to stop"),
        // A writer that is gone tells so by its channel's end; both mean that nothing can be saved.
        _ = health.wait_for(|health| *health == Health::Failed) => {}
    }
    housekeeping.abort();
    endings.abort();
    drop(listener);
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

async fn accept(listener: &TcpListener, router: &Router, graceful: &GracefulShutdown) {
    let places = Arc::new(Semaphore::new(most_connections()));
    loop {
        // Waiting for a place leaves newcomers in the kernel's queue.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (stream, from) = match listener.accept().await {
            Ok((stream, from)) => (stream, from),
            Err(error) => {
                // Out of files: the next try may find some.
                if !is_about_connection(&error) {
                    tracing::error!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                continue;
            }
        };
        let peer = Peer { address: from.ip().to_canonical(), is_secure: false };
        let (router, watcher) = (router.clone(), graceful.watcher());
        tokio::spawn(async move {
            converse(stream, peer, router, watcher).await;
            drop(place);
        });
    }
}

async fn converse(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    if !matches!(timeout(FIRST_BYTE, stream.readable()).await, Ok(Ok(()))) {
        return;
    }
    // Answers are small and awaited: none should wait to be sent together with the next.
    let _ = stream.set_nodelay(true);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.call(request)
    });
    let connection = http.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection broke off");
    }
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
