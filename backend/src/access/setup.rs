//! The first visit: a token that only whoever started the server, or may read its files, can know.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use slipway_shared::account::SETUP_MS;

use crate::accounts::secret::Secret;
use crate::app::App;
use crate::data_dir::DataDirError;
use crate::error::Failure;
use crate::open::OpenError;
use crate::store::StoreError;

/// The file in the data directory that the token is in until it is used.
const FILE: &str = "setup-token";
/// Everything of the API is behind this, and the first visit itself.
const API: &str = "/api/v1/";
const SETUP: &str = "/api/v1/setup";

/// Makes a new token, in place of the one of the last start, and returns it; `None` where there is an owner already.
///
/// # Errors
///
/// When it can't be kept.
pub(crate) fn offer(app: &App) -> Result<Option<String>, OpenError> {
    let path = app.dir().path().join(FILE);
    if app.is_claimed() {
        // Left behind by a server that was killed in the moment between.
        forget(app.dir().path());
        return Ok(None);
    }
    let secret = Secret::new().map_err(|error| StoreError::Failed(error.into()))?;
    app.accounts().set_setup_token(secret.hash(), app.clock().now().plus(SETUP_MS))?;
    write(&path, secret.text())
        .map_err(|source| DataDirError::NotWritable { path: app.dir().path().to_owned(), source })?;
    Ok(Some(secret.text().to_owned()))
}

/// Makes a new token whenever the one before is too old, until there is an owner, and passes each on.
///
/// # Errors
///
/// When one can't be kept.
pub(crate) async fn keep_offering(app: &App, tell: impl Fn(&str)) -> Result<(), OpenError> {
    let good_for = Duration::from_millis(SETUP_MS.unsigned_abs());
    loop {
        tokio::time::sleep(good_for).await;
        let Some(token) = offer(app)? else { return Ok(()) };
        tell(&token);
    }
}

/// Deletes the file of a token that is good for nothing any more.
pub(crate) fn forget(data: &Path) {
    if let Err(error) = fs::remove_file(data.join(FILE))
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the used setup token could not be deleted; it is good for nothing");
    }
}

fn write(path: &PathBuf, token: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        // What was there may be readable by others, or lead elsewhere: the new one is a file of its own.
        _ => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    writeln!(file, "{token}")
}

/// Answers nothing of the API but the first visit until that was.
pub(crate) async fn gate(State(app): State<App>, request: Request<Body>, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with(API) && path != SETUP && !app.is_claimed() {
        return Failure::setup_needed().into_response();
    }
    next.run(request).await
}
