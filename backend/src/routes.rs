//! The routes: each takes a request apart, makes one call, and answers.

pub(crate) mod account;
pub(crate) mod assets;
pub(crate) mod audit;
mod body;
pub(crate) mod detail;
pub(crate) mod events;
pub(crate) mod extract;
mod giving;
pub(crate) mod health;
pub(crate) mod hello;
pub(crate) mod import;
pub(crate) mod invitations;
pub(crate) mod people;
mod pieces;
pub(crate) mod presence;
mod proofs;
pub(crate) mod push;
pub(crate) mod redactions;
pub(crate) mod resources;
pub(crate) mod second_factor;
pub(crate) mod session;
pub(crate) mod sessions;
pub(crate) mod setup;
pub(crate) mod snapshot;
pub(crate) mod stream;
mod texts;
pub(crate) mod tokens;
pub(crate) mod workspaces;

use axum::http::StatusCode;
use slipway_shared::sync::protocol::ErrorCode;

use crate::error::Failure;

/// The most bytes of a body that is about people.
const BODY: usize = 16 * 1024;

#[cfg(test)]
mod tests;

/// Answers for an address of the API that does not exist.
pub(crate) async fn not_found() -> Failure {
    Failure::not_found("there is nothing at this address; the API begins at /api/v1/session")
}

/// Answers for a method that an address does not know.
pub(crate) async fn method_not_allowed() -> Failure {
    let message = "this address does not know this method; nothing was applied";
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::MethodNotAllowed, message)
}

/// Runs something that reads from the disk, away from the threads that serve requests.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, crate::store::StoreError> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Failure::internal())?.map_err(Failure::from)
}
