//! Reading the body of a request: only JSON, only so large, only so deep, only so slow.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use slipway_shared::sync::protocol::ErrorCode;

use crate::access::LetIn;
use crate::error::Failure;

/// The deepest nesting that is read.
const DEPTH: usize = 32;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads a JSON body of at most `limit` bytes, for a caller who is still let in by then.
pub(super) async fn json<T: DeserializeOwned>(request: Request<Body>, limit: usize) -> Result<T, Failure> {
    refuse_other_types(request.headers(), "application/json")?;
    refuse_announced(request.headers(), limit)?;
    let let_in = LetIn::of(request.extensions());
    let read = tokio::time::timeout(PATIENCE, Limited::new(request.into_body(), limit).collect()).await;
    let read = read.map_err(|_| {
        let message = "the body took too long to arrive; nothing was applied; send it again";
        Failure::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::Malformed, message)
    })?;
    let bytes = read.map_err(|error| {
        if error.is::<LengthLimitError>() {
            return Failure::too_large(limit);
        }
        Failure::malformed("the body broke off; nothing was applied; send it again")
    })?;
    if let Some(let_in) = let_in {
        let_in.again().await?;
    }
    let bytes = bytes.to_bytes();
    if is_deeper_than(&bytes, DEPTH) {
        return Err(Failure::malformed(format!(
            "the body is nested deeper than {DEPTH} levels; nothing was applied"
        )));
    }
    // A structure is also read off a list of its fields, which nobody means.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Failure::malformed(
            "the body can't be read; nothing was applied: it has to be an object, {…}",
        ));
    }
    serde_json::from_slice(&bytes)
        .map_err(|error| Failure::malformed(format!("the body can't be read; nothing was applied: {error}")))
}

/// Refuses a body that says that it is larger than `limit`.
pub(super) fn refuse_announced(headers: &HeaderMap, limit: usize) -> Result<(), Failure> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    match announced.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > limit => Err(Failure::too_large(limit)),
        Some(_) | None => Ok(()),
    }
}

/// Refuses a body of another type than `expected`, and one that is compressed.
pub(super) fn refuse_other_types(headers: &HeaderMap, expected: &str) -> Result<(), Failure> {
    let refused = |message: String| {
        Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::UnsupportedMediaType, message)
    };
    let given = headers.get(header::CONTENT_TYPE).and_then(|given| given.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(expected) {
        return Err(refused(format!("only {expected} is accepted here; nothing was applied")));
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        let message = "compressed bodies are not accepted here; nothing was applied; send it plain";
        return Err(refused(message.to_owned()));
    }
    Ok(())
}

/// Tells whether JSON nests deeper than `limit`, without reading it as anything.
fn is_deeper_than(json: &[u8], limit: usize) -> bool {
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_outside_of_texts() {
        assert!(is_deeper_than(&[b'['; 33], 32));
        assert!(!is_deeper_than(&[b'['; 32], 32));
        assert!(!is_deeper_than(br#"{"a":"[[[[\"[[[[","b":[]}"#, 2));
        assert!(!is_deeper_than(&b"[]".repeat(100), 1));
    }
}
