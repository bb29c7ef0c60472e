//! Who may ask: the app's own pages and programs, under a name the server is known by.
//!
//! A page elsewhere is refused by `Sec-Fetch-Site` and `Origin`; one that made its own name lead here (DNS
//! rebinding) by `Host`; what came past the proxy, or through one that nobody said is there, by its peer and the
//! headers proxies add.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, COOKIE, FORWARDED, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Method, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::accounts::client_ip::client_ip;
use crate::error::Failure;
use crate::facing::{ClientAddress, Facing, Front, Peer, is_loopback_name};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HEADERS: [HeaderName; 5] = [
    FORWARDED,
    FORWARDED_FOR,
    FORWARDED_PROTO,
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
];

/// Refuses requests from elsewhere, and tells the others' [`ClientAddress`].
pub(crate) async fn refuse_elsewhere(
    State(facing): State<Arc<Facing>>,
    mut request: Request<Body>,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<Peer>().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.0);
    if let Err(failure) = check(&facing, peer, &request) {
        return failure.into_response();
    }
    let client = client_address(&facing, peer, request.headers());
    request.extensions_mut().insert(client);
    request.extensions_mut().insert(facing);
    next.run(request).await
}

/// Tells whether a request can only come from this computer: its name for us is one of this computer's, and no proxy
/// has passed it on.
pub(crate) fn is_from_here(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(is_loopback_name) && !FORWARDED_HEADERS.iter().any(|name| headers.contains_key(name))
}

fn client_address(facing: &Facing, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
    // What can't be read ends the search, as any other garbage does.
    let hops = headers.get_all(FORWARDED_FOR).iter().map(|hops| hops.to_str().unwrap_or_default());
    ClientAddress(client_ip(peer, hops, facing.trusted_proxies()))
}

fn check<B>(facing: &Facing, peer: IpAddr, request: &Request<B>) -> Result<(), Failure> {
    let headers = request.headers();
    let is_forwarded = FORWARDED_HEADERS.iter().any(|name| headers.contains_key(name));
    // Commands of this computer, beside the proxy.
    let is_local = peer.to_canonical().is_loopback() && !is_forwarded;
    check_way(facing, peer, headers, is_forwarded, is_local)?;
    let host = check_host(facing, headers, is_local)?;
    let scheme = match facing.front() {
        Front::Loopback => "http://",
        Front::Proxy if is_local && host.is_none_or(is_loopback_name) => "http://",
        Front::Tls | Front::Proxy => "https://",
    };
    check_site(request.method(), request.uri().path(), headers, scheme, host)
}

/// Checks that the request came the way it should.
fn check_way(
    facing: &Facing,
    peer: IpAddr,
    headers: &HeaderMap,
    is_forwarded: bool,
    is_local: bool,
) -> Result<(), Failure> {
    match facing.front() {
        Front::Loopback if is_forwarded => Err(Failure::cross_origin(
            "this request came through a proxy, which the server was not told of; nothing was applied; start it \
             with --behind-tls-proxy",
        )),
        Front::Proxy if !is_local && !facing.trusted_proxies().contains(peer) => Err(Failure::cross_origin(
            "this request came past the proxy, or through one that is not trusted; nothing was applied; use the \
             public address, or start the server with --trusted-proxy for it",
        )),
        Front::Proxy
            if !is_local && headers.get_all(FORWARDED_PROTO).iter().next_back().is_some_and(is_plain) =>
        {
            Err(Failure::cross_origin(
                "this request came to the proxy without TLS; nothing was applied; use https, and let the proxy \
                 send people there",
            ))
        }
        Front::Loopback | Front::Tls | Front::Proxy => Ok(()),
    }
}

/// Tells whether the last proxy says that it was reached without TLS.
fn is_plain(proto: &axum::http::HeaderValue) -> bool {
    let last = proto.to_str().unwrap_or_default().rsplit(',').next().unwrap_or_default();
    !last.trim().eq_ignore_ascii_case("https")
}

/// Checks that the server is known by the name that was asked for, and returns it.
fn check_host<'a>(
    facing: &Facing,
    headers: &'a HeaderMap,
    is_local: bool,
) -> Result<Option<&'a str>, Failure> {
    let mut hosts = headers.get_all(HOST).iter().map(|host| host.to_str().unwrap_or_default());
    let (host, second) = (hosts.next(), hosts.next());
    let is_admitted = match host {
        // No browser leaves it out.
        None => is_local,
        Some(host) => (is_local && is_loopback_name(host)) || facing.is_known_as(host),
    };
    if is_admitted && second.is_none() {
        return Ok(host);
    }
    Err(Failure::cross_origin(match facing.front() {
        Front::Loopback => {
            "the server is not known by this name; nothing was applied; use localhost or 127.0.0.1"
        }
        Front::Tls | Front::Proxy => {
            "the server is not known by this name; nothing was applied; use its public address, or start it with \
             --host for this name too"
        }
    }))
}

fn check_site(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    scheme: &str,
    host: Option<&str>,
) -> Result<(), Failure> {
    let is_unsafe = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    let is_allowed = match (headers.get(SEC_FETCH_SITE), headers.get(ORIGIN)) {
        // What changes nothing may be opened by hand.
        (Some(site), _) => site == "same-origin" || (site == "none" && !is_unsafe),
        (None, Some(origin)) => {
            let origin = origin.to_str().ok().and_then(|origin| origin.strip_prefix(scheme));
            origin.is_some() && origin == host
        }
        // No page can make a browser leave both out, and programs have no cookies of ours. A browser so old that it
        // does has some, where it can do harm; with a token cookies count for nothing.
        (None, None) => !is_unsafe || headers.contains_key(AUTHORIZATION) || !headers.contains_key(COOKIE),
    };
    if is_allowed || !(is_unsafe || path.starts_with("/api")) {
        return Ok(());
    }
    Err(Failure::cross_origin(
        "this request comes from another site; nothing was applied; only the app itself and programs may ask",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::client_ip::TrustedProxies;

    const OURS: (&str, &str) = ("host", "slipway.example.org");

    fn names() -> Vec<crate::facing::PublicName> {
        vec!["slipway.example.org".parse().unwrap()]
    }

    fn tls() -> Facing {
        Facing::tls(names(), TrustedProxies::none())
    }

    /// Behind a proxy at 10.0.0.0/8.
    fn proxied() -> Facing {
        Facing::proxied(names(), TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]))
    }

    #[track_caller]
    fn allowed_by(facing: &Facing, peer: &str, method: &Method, pairs: &[(&str, &str)]) -> bool {
        let request =
            pairs.iter().fold(Request::builder().uri("/api/v1/session"), |request, (name, value)| {
                request.header(*name, *value)
            });
        check(facing, peer.parse().unwrap(), &request.method(method).body(()).unwrap()).is_ok()
    }

    #[track_caller]
    fn allowed(method: Method, pairs: &[(&str, &str)]) -> bool {
        allowed_by(&Facing::loopback(), "127.0.0.1", &method, pairs)
    }

    #[test]
    fn on_this_computer_only_its_names_are_answered() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "a.localhost", "LOCALHOST."]
        {
            assert!(allowed(Method::GET, &[("host", host)]), "{host}");
        }
        for host in ["example.org", "localhost.example.org", "10.0.0.1:8080", "[::2]", "", "0x7f.1"] {
            assert!(!allowed(Method::GET, &[("host", host)]), "{host}");
        }
        assert!(!allowed(Method::GET, &[("host", "localhost"), ("host", "example.org")]));
    }

    #[test]
    fn on_a_network_only_configured_names_are_answered() {
        let get = |host: &[(&str, &str)]| allowed_by(&tls(), "203.0.113.7", &Method::GET, host);
        assert!(get(&[OURS]) && get(&[("host", "SLIPWAY.example.org:8443")]));
        for host in
            ["example.org", "localhost", "127.0.0.1", "203.0.113.1", "slipway.example.org.evil.example", ""]
        {
            assert!(!get(&[("host", host)]), "{host}");
        }
        assert!(!get(&[]), "no name");
        assert!(!get(&[OURS, ("host", "evil.example")]), "two names");
        assert!(
            allowed_by(&tls(), "127.0.0.1", &Method::GET, &[("host", "localhost:8443")]),
            "this computer"
        );
    }

    #[test]
    fn other_sites_are_refused() {
        let host = ("host", "localhost:8080");
        assert!(allowed(Method::POST, &[host]));
        assert!(allowed(Method::POST, &[host, ("sec-fetch-site", "same-origin")]));
        assert!(allowed(Method::POST, &[host, ("origin", "http://localhost:8080")]));
        assert!(allowed(Method::GET, &[host, ("sec-fetch-site", "none")]));
        assert!(!allowed(Method::POST, &[host, ("sec-fetch-site", "none")]));
        for site in ["same-site", "cross-site", "nonsense"] {
            assert!(!allowed(Method::POST, &[host, ("sec-fetch-site", site)]), "{site}");
            assert!(!allowed(Method::GET, &[host, ("sec-fetch-site", site)]), "{site}");
            let with_origin = [host, ("sec-fetch-site", site), ("origin", "http://localhost:8080")];
            assert!(!allowed(Method::POST, &with_origin), "{site}");
        }
        for origin in ["null", "http://localhost:8081", "https://localhost:8080", "http://example.org"] {
            assert!(!allowed(Method::POST, &[host, ("origin", origin)]), "{origin}");
        }
    }

    #[test]
    fn on_a_network_origins_have_tls() {
        for (facing, peer) in [(tls(), "203.0.113.7"), (proxied(), "10.0.0.1")] {
            let post = |origin| allowed_by(&facing, peer, &Method::POST, &[OURS, ("origin", origin)]);
            assert!(post("https://slipway.example.org"));
            for origin in
                ["http://slipway.example.org", "https://example.org", "https://slipway.example.org:8443"]
            {
                assert!(!post(origin), "{origin}");
            }
        }
    }

    #[test]
    fn a_cookie_alone_changes_nothing() {
        let cookie = ("cookie", "__Host-session=abc");
        let post = |pairs: &[(&str, &str)]| allowed_by(&tls(), "203.0.113.7", &Method::POST, pairs);
        assert!(post(&[OURS]));
        assert!(!post(&[OURS, cookie]));
        assert!(post(&[OURS, cookie, ("authorization", "Bearer slp_0")]));
        assert!(post(&[OURS, cookie, ("origin", "https://slipway.example.org")]));
        assert!(allowed_by(&tls(), "203.0.113.7", &Method::GET, &[OURS, cookie]));
    }

    #[test]
    fn proxies_nobody_spoke_of_are_refused() {
        assert!(!allowed(Method::GET, &[("host", "localhost"), ("x-forwarded-for", "10.0.0.1")]));
        assert!(!allowed(Method::GET, &[("host", "localhost"), ("forwarded", "for=10.0.0.1")]));
    }

    #[test]
    fn behind_a_proxy_only_the_proxy_and_this_computer_are_answered() {
        let forwarded = ("x-forwarded-for", "203.0.113.7");
        let get = |peer, pairs: &[(&str, &str)]| allowed_by(&proxied(), peer, &Method::GET, pairs);
        assert!(get("10.0.0.1", &[OURS, forwarded]));
        assert!(get("10.0.0.1", &[OURS, forwarded, ("x-forwarded-proto", "https")]));
        assert!(!get("10.0.0.1", &[OURS, forwarded, ("x-forwarded-proto", "http")]));
        assert!(!get("203.0.113.7", &[OURS]), "past the proxy");
        assert!(
            !get("203.0.113.7", &[OURS, ("x-forwarded-for", "10.0.0.1")]),
            "past the proxy, with a story"
        );
        let local = ("host", "127.0.0.1:8080");
        assert!(get("127.0.0.1", &[local]), "a command beside the server");
        assert!(!get("127.0.0.1", &[local, forwarded]), "a proxy here that is not trusted");
        assert!(!get("10.0.0.1", &[local, forwarded]), "another computer's loopback");
    }

    #[test]
    fn the_word_of_who_is_not_trusted_changes_no_address() {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, "198.51.100.1".parse().unwrap());
        let client = |facing: &Facing, peer: &str| {
            client_address(facing, peer.parse().unwrap(), &headers).0.to_string()
        };
        assert_eq!(client(&proxied(), "10.0.0.1"), "198.51.100.1");
        assert_eq!(client(&tls(), "203.0.113.7"), "203.0.113.7");
        headers.insert(FORWARDED_FOR, axum::http::HeaderValue::from_bytes(b"\xff, 10.0.0.2").unwrap());
        let client = client_address(&proxied(), "10.0.0.1".parse().unwrap(), &headers);
        assert_eq!(client.0.to_string(), "10.0.0.1");
    }
}
