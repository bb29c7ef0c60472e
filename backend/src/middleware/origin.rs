//! From where it may be asked. Until the server can do TLS, nothing but this computer's own pages and programs may reach
//! it.
//!
//! A page elsewhere is refused by `Sec-Fetch-Site` and `Origin`; one that made its own name lead here (DNS
//! rebinding) by `Host`; other computers behind a proxy by the headers proxies add.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::header::{FORWARDED, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Method, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Failure;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_HEADERS: [HeaderName; 5] = [
    FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
];

/// Refuses requests from elsewhere.
pub(crate) async fn refuse_elsewhere(request: Request<Body>, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api");
    match check(request.method(), request.headers(), is_api) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

/// Tells whether a request can only come from this computer: its name for us is one of this computer's, and no proxy
/// has passed it on.
pub(crate) fn is_from_here(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(is_loopback_name) && !FORWARDED_HEADERS.iter().any(|name| headers.contains_key(name))
}

fn check(method: &Method, headers: &HeaderMap, is_api: bool) -> Result<(), Failure> {
    if FORWARDED_HEADERS.iter().any(|name| headers.contains_key(name)) {
        return Err(Failure::cross_origin(
            "this request came through a proxy; the server answers this computer only; \
             nothing was applied",
        ));
    }
    let host = headers.get(HOST).map(|host| host.to_str().unwrap_or_default());
    if host.is_some_and(|host| !is_loopback_name(host)) {
        return Err(Failure::cross_origin(
            "the server is not known by this name; nothing was applied; use localhost or 127.0.0.1",
        ));
    }
    let is_unsafe = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    if (is_api || is_unsafe) && !is_same_origin(headers, host) {
        return Err(Failure::cross_origin(
            "this request comes from another site; nothing was applied; only the app itself and programs may \
             ask",
        ));
    }
    Ok(())
}

/// As browsers tell it; what no browser sent has neither header, and no page can make one leave them out.
fn is_same_origin(headers: &HeaderMap, host: Option<&str>) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
    origin.is_some() && origin == host
}

/// Tells whether a `Host` can only mean this computer.
fn is_loopback_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn allowed(method: Method, pairs: &[(&str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        check(&method, &headers, true).is_ok()
    }

    #[test]
    fn only_names_of_this_computer_are_answered() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "a.localhost", "LOCALHOST."]
        {
            assert!(allowed(Method::GET, &[("host", host)]), "{host}");
        }
        for host in ["example.org", "localhost.example.org", "10.0.0.1:8080", "[::2]", "", "0x7f.1"] {
            assert!(!allowed(Method::GET, &[("host", host)]), "{host}");
        }
    }

    #[test]
    fn other_sites_are_refused() {
        let host = ("host", "localhost:8080");
        assert!(allowed(Method::POST, &[host]));
        assert!(allowed(Method::POST, &[host, ("sec-fetch-site", "same-origin")]));
        assert!(allowed(Method::POST, &[host, ("origin", "http://localhost:8080")]));
        for site in ["same-site", "cross-site", "nonsense"] {
            assert!(!allowed(Method::POST, &[host, ("sec-fetch-site", site)]), "{site}");
            assert!(!allowed(Method::GET, &[host, ("sec-fetch-site", site)]), "{site}");
        }
        for origin in ["null", "http://localhost:8081", "https://localhost:8080", "http://example.org"] {
            assert!(!allowed(Method::POST, &[host, ("origin", origin)]), "{origin}");
        }
    }

    #[test]
    fn proxies_are_refused() {
        assert!(!allowed(Method::GET, &[("host", "localhost"), ("x-forwarded-for", "10.0.0.1")]));
        assert!(!allowed(Method::GET, &[("host", "localhost"), ("forwarded", "for=10.0.0.1")]));
    }
}
