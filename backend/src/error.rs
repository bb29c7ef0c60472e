//! Errors over HTTP: one body for all, and the only place besides `routes/` that knows status codes.
//!
//! Messages say what happened, what was kept and what to do. What failed inside is logged, not sent.

mod access;
mod rejection;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use slipway_shared::sync::protocol::{ApiError, ErrorBody, ErrorCode, ErrorDetails, PUSH_COMMANDS};

use crate::redaction::RedactError;
use crate::store::StoreError;
use crate::writer::{BeginError, PushError};

/// How long a client is asked to wait before it tries again, in seconds.
const RETRY_AFTER_S: u64 = 1;

/// An answer that is an error.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    error: ApiError,
    /// How many seconds to wait before the next try.
    retry_after_s: Option<u64>,
    /// What went wrong inside, for the log.
    cause: Option<StoreError>,
}

/// What the request log adds about an answer that is an error.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub(crate) code: ErrorCode,
    pub(crate) cause: Option<String>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        let retry_after_s = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER_S);
        let error = ApiError { code, message: message.into(), details: None };
        Self { status, error, retry_after_s, cause: None }
    }

    fn after(self, retry_after_s: u64) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..self }
    }

    fn with(self, details: ErrorDetails) -> Self {
        Self { error: ApiError { details: Some(details), ..self.error }, ..self }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::Malformed, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, message)
    }

    pub(crate) fn cross_origin(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::CrossOrigin, message)
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        let message =
            format!("the body is larger than {limit} bytes; nothing was applied; send less at a time");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge, message)
    }

    pub(crate) fn too_many(count: usize) -> Self {
        let message = format!(
            "{count} commands are too many for one push; nothing was applied; send at most {PUSH_COMMANDS}"
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge, message)
    }

    pub(crate) fn fork(epoch: slipway_shared::ids::EpochId, head: u64) -> Self {
        let message = "the workspace follows another timeline than yours; nothing was applied; \
                       say hello and fetch the snapshot, what you have not sent is still yours to send";
        Self::new(StatusCode::CONFLICT, ErrorCode::Fork, message).with(ErrorDetails::Fork { epoch, head })
    }

    pub(crate) fn upgrade() -> Self {
        let message = "this version of the protocol is not spoken here any more; nothing was applied; \
                       reload the app, what you have not sent is kept in your browser";
        Self::new(StatusCode::UPGRADE_REQUIRED, ErrorCode::Upgrade, message)
    }

    pub(crate) fn shutting_down() -> Self {
        let message = "the server shuts down; nothing was applied; try again in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::ShuttingDown, message)
    }

    fn full() -> Self {
        let message = "the disk of the server is full; nothing of this was saved, everything before is; make room \
                       there, and send it again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::StorageFull, message)
    }

    pub(crate) fn busy() -> Self {
        let message = "the server has more to do than it can; nothing was applied; try again in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy, message)
    }

    pub(crate) fn busy_importing() -> Self {
        let message =
            "another workspace is being taken in; nothing of this one was; send it again in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy, message)
    }

    pub(crate) fn other_history() -> Self {
        let message = "this workspace is here already, with another history or for others; nothing was taken in, and \
                       both stay as they are";
        Self::new(StatusCode::CONFLICT, ErrorCode::Fork, message)
    }

    pub(crate) fn internal() -> Self {
        let message = "the server failed on this request; try again, and look in its log";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message)
    }
}

impl From<PushError> for Failure {
    fn from(error: PushError) -> Self {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        match error {
            PushError::Gap { client, expected } => {
                let message = format!(
                    "commands before these are missing; nothing was applied; queue {client} goes on with \
                     command {expected}"
                );
                let failure = Self::new(StatusCode::CONFLICT, ErrorCode::Gap, message);
                failure.with(ErrorDetails::Gap { client, expected })
            }
            PushError::Reused { client, seq } => {
                let message = format!(
                    "command {seq} of queue {client} was another command before; nothing was applied; \
                     send these under a new queue"
                );
                let failure = Self::new(StatusCode::CONFLICT, ErrorCode::Reused, message);
                failure.with(ErrorDetails::Reused { client, seq })
            }
            PushError::Fork { epoch, head } => Self::fork(epoch, head),
            PushError::Full => Self::full(),
            PushError::Busy => Self::busy(),
            PushError::Indeterminate => Self::new(
                unavailable,
                ErrorCode::Indeterminate,
                "the server failed while saving, and whether it was saved is not known; send the same \
                 commands again, none is applied twice",
            ),
            PushError::Stopped => Self::shutting_down(),
        }
    }
}

impl From<RedactError> for Failure {
    fn from(error: RedactError) -> Self {
        match error {
            RedactError::NotAllowed => Self::admins_only(),
            RedactError::Unremovable(_) => {
                let message = format!(
                    "the text is also a word of how the log is written, and can't be taken out: {error}; nothing was \
                     changed; give more of it"
                );
                Self::unacceptable(message)
            }
            RedactError::TooMany => Self::unacceptable(format!(
                "{error}, too many at once; nothing was changed; give more of the text"
            )),
            RedactError::Store(error) => error.into(),
            RedactError::Writer(error) => error.into(),
        }
    }
}

impl From<BeginError> for Failure {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::NotSaved(error) => error.into(),
            BeginError::Damaged => Self::malformed(format!("{error}; nothing was taken in")),
            BeginError::Exists | BeginError::TooMany => {
                Self::forbidden(format!("{error}; nothing was made; open one of those there are"))
            }
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let failure = match error {
            StoreError::Full => Self::full(),
            StoreError::Busy => Self::busy(),
            _ => Self::internal(),
        };
        Self { cause: Some(error), ..failure }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let cause = self.cause.map(|error| {
            let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
            format!("{error}{}", source.unwrap_or_default())
        });
        let logged = Logged { code: self.error.code, cause };
        let mut response = (self.status, Json(ErrorBody { error: self.error })).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(logged);
        response
    }
}
