//! What a request's address says, read into types; what can't be read is answered as every other error is.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::Failure;

/// The parts of the path that stand for something. What can't be an id names nothing.
pub(crate) struct At<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(read)| Self(read)).map_err(|rejection| match rejection {
            PathRejection::FailedToDeserializePathParams(_) => Failure::not_found(
                "there is nothing at this address: a part of it is no id, or no such thing; nothing was changed",
            ),
            _ => Failure::internal(),
        })
    }
}

/// The query, read as a whole: what is not known there is an error that says what is.
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let read = Query::<T>::try_from_uri(&parts.uri);
        read.map(|Query(read)| Self(read)).map_err(|rejection| {
            let cause = std::error::Error::source(&rejection).map(ToString::to_string).unwrap_or_default();
            Failure::malformed(format!("the query can't be read; nothing was changed: {cause}"))
        })
    }
}
