//! Headers that every answer has, errors too.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

use crate::facing::Facing;

/// Scripts and styles come from files of the app alone; nobody may put the app into a frame.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// A year, and for what is below the name too.
const TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// Adds the headers.
pub(crate) async fn add(State(facing): State<Arc<Facing>>, request: Request<Body>, next: Next) -> Response {
    // Only for names that are the server's own: on `localhost` it would be told about every other program too.
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let is_told = facing.is_secure() && host.is_some_and(|host| facing.is_known_as(host));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if is_told {
        headers.insert(STRICT_TRANSPORT_SECURITY, TRANSPORT);
    }
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_serves_the_app_alone_is_told_the_policy_as_it_is() {
        assert!(include_str!("../../../docs/operations.md").contains(POLICY));
    }
}
