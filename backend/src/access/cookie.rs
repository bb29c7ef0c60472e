//! The cookie of a session: its name, how it is read and how it is set.
//!
//! Over TLS it has the prefix that keeps other hosts and plain connections from setting it. Without TLS there is only
//! this computer, whose ports share their cookies: the name tells them apart.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri};

use super::Peer;

/// How long a browser keeps it, in seconds: longer than any session lives.
const KEPT_S: i64 = slipway_shared::account::ABSOLUTE_MS / 1000;

/// The name of the cookie on the connection of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CookieName {
    name: String,
    is_secure: bool,
}

impl CookieName {
    pub(crate) fn of(peer: Peer, headers: &HeaderMap) -> Self {
        let name =
            if peer.is_secure { "__Host-slipway".to_owned() } else { format!("slipway-{}", port(headers)) };
        Self { name, is_secure: peer.is_secure }
    }

    /// Returns the secret that a browser has sent.
    pub(crate) fn read<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| name.trim() == self.name).map(|(_, value)| value.trim())
    }

    /// Returns the header that sets it; on a shared computer it goes when the browser is closed.
    pub(crate) fn set(&self, secret: &str, is_shared: bool) -> Option<HeaderValue> {
        self.header(secret, (!is_shared).then_some(KEPT_S))
    }

    /// Returns the header that takes it away.
    pub(crate) fn clear(&self) -> Option<HeaderValue> {
        self.header("", Some(0))
    }

    fn header(&self, value: &str, max_age: Option<i64>) -> Option<HeaderValue> {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let text = format!("{}={value}{secure}; HttpOnly; SameSite=Strict; Path=/{age}", self.name);
        let mut header = HeaderValue::from_str(&text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

impl<S: Sync> FromRequestParts<S> for CookieName {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(Peer::of(parts), &parts.headers))
    }
}

/// Returns the port that the browser went to, which is ours or that of a tunnel to us.
fn port(headers: &HeaderMap) -> u16 {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let uri =
        host.and_then(|host| Uri::builder().authority(host).scheme("http").path_and_query("/").build().ok());
    uri.and_then(|uri| uri.port_u16()).unwrap_or(80)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Peer =
        Peer { address: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), is_secure: false };

    fn headers(pairs: &[(axum::http::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_flags_are_those_of_the_connection() {
        let host = headers(&[(HOST, "localhost:8080")]);
        let plain = CookieName::of(PLAIN, &host);
        let kept = "slipway-8080=x; HttpOnly; SameSite=Strict; Path=/; Max-Age=7776000";
        assert_eq!(plain.set("x", false).unwrap(), kept);
        assert_eq!(plain.set("x", true).unwrap(), "slipway-8080=x; HttpOnly; SameSite=Strict; Path=/");
        assert_eq!(plain.clear().unwrap(), "slipway-8080=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
        let secure = CookieName::of(Peer { is_secure: true, ..PLAIN }, &host);
        let kept = "__Host-slipway=x; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=7776000";
        assert_eq!(secure.set("x", false).unwrap(), kept);
        assert!(secure.set("x", false).unwrap().is_sensitive());
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        for (host, cookies, found) in [
            ("localhost:8080", "a=b; slipway-8080=x; slipway-8081=y", Some("x")),
            ("[::1]:8081", "a=b; slipway-8080=x;slipway-8081=y", Some("y")),
            ("localhost", "slipway-80=z", Some("z")),
            ("localhost:8080", "slipway-808=x; xslipway-8080=y", None),
            ("localhost:8080", "__Host-slipway=x", None),
            ("localhost:8080", "slipway-8080", None),
        ] {
            let headers = headers(&[(HOST, host), (COOKIE, cookies)]);
            assert_eq!(CookieName::of(PLAIN, &headers).read(&headers), found, "{host} {cookies}");
        }
    }
}
