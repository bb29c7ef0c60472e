//! How the server faces whoever reaches it: this computer alone, a network with TLS, or a proxy that does TLS.
//!
//! Decides which names are answered, whose word about a client's address is taken, and what cookies may be called.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::accounts::client_ip::TrustedProxies;

/// Where a connection comes from, as the accept loop puts it into each request. Without it a request comes from this
/// process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// The client's address, as found by [`crate::accounts::client_ip`]; every request that is let in has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// How the server faces whoever reaches it. Requests have it as an extension, in an `Arc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facing {
    front: Front,
    names: Vec<PublicName>,
    trusted: TrustedProxies,
}

/// What is between the server and whoever reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    /// Nothing; plain HTTP on a loopback address.
    Loopback,
    /// The server's own TLS.
    Tls,
    /// A proxy that does TLS, and passes on plain HTTP.
    Proxy,
}

impl Facing {
    /// Faces this computer: plain HTTP under the names of loopback addresses, and no proxy.
    #[must_use]
    pub const fn loopback() -> Self {
        Self { front: Front::Loopback, names: Vec::new(), trusted: TrustedProxies::none() }
    }

    /// Faces a network with TLS of its own. Proxies that pass TLS on anew may be trusted.
    #[must_use]
    pub const fn tls(names: Vec<PublicName>, trusted: TrustedProxies) -> Self {
        Self { front: Front::Tls, names, trusted }
    }

    /// Faces proxies that do TLS.
    #[must_use]
    pub const fn proxied(names: Vec<PublicName>, trusted: TrustedProxies) -> Self {
        Self { front: Front::Proxy, names, trusted }
    }

    /// Tells whether browsers reach the server by `https` alone, so that its cookies may be `Secure` and `__Host-`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.front != Front::Loopback
    }

    /// Returns the address people open, without a slash at its end: the first of the configured names. `None` where
    /// none is configured, on this computer.
    #[must_use]
    pub fn public_url(&self) -> Option<String> {
        self.names.first().map(|name| format!("https://{name}"))
    }

    /// Returns whose word about a client's address is taken.
    #[must_use]
    pub fn trusted_proxies(&self) -> &TrustedProxies {
        &self.trusted
    }

    pub(crate) fn front(&self) -> Front {
        self.front
    }

    /// Tells whether a `Host` is one of the configured names.
    pub(crate) fn is_known_as(&self, host: &str) -> bool {
        let Some((name, port)) = split(host) else { return false };
        let is_port = |known: Option<u16>| known.is_none_or(|known| known == port.unwrap_or(HTTPS));
        self.names.iter().any(|known| known.name == name && is_port(known.port))
    }
}

const HTTPS: u16 = 443;

/// A name the server is known by outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicName {
    /// In lower case, without a dot at its end; an IPv6 address in brackets.
    name: String,
    /// `None` where any is right.
    port: Option<u16>,
}

/// A text that is no name of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAName {
    /// Not as `slipway.example.org` or `slipway.example.org:8443`.
    #[error("a name is like slipway.example.org or slipway.example.org:8443")]
    Host,
    /// Not as `https://slipway.example.org`.
    #[error(
        "an address is like https://slipway.example.org or https://slipway.example.org:8443, without a path"
    )]
    Url,
}

impl PublicName {
    /// Reads a whole address, whose port counts: `https://slipway.example.org:8443`.
    ///
    /// # Errors
    ///
    /// [`NotAName::Url`].
    pub fn from_url(url: &str) -> Result<Self, NotAName> {
        let host = url.strip_prefix("https://").ok_or(NotAName::Url)?;
        let (name, port) = split(host.strip_suffix('/').unwrap_or(host)).ok_or(NotAName::Url)?;
        Ok(Self { name, port: port.or(Some(HTTPS)) })
    }
}

impl FromStr for PublicName {
    type Err = NotAName;

    /// Reads a name; without a port any is right.
    fn from_str(host: &str) -> Result<Self, NotAName> {
        split(host).map(|(name, port)| Self { name, port }).ok_or(NotAName::Host)
    }
}

impl fmt::Display for PublicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match self.port {
            None | Some(HTTPS) => Ok(()),
            Some(port) => write!(f, ":{port}"),
        }
    }
}

/// Tells whether a `Host` can only mean this computer.
pub(crate) fn is_loopback_name(host: &str) -> bool {
    let Some((name, _)) = split(host) else { return false };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost"
        || name.ends_with(".localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Splits a `Host` into its name, in lower case and without a dot at its end, and its port.
fn split(host: &str) -> Option<(String, Option<u16>)> {
    let end = match host.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at_checked(end)?;
    let port = match port.strip_prefix(':') {
        Some(port) if port.bytes().all(|digit| digit.is_ascii_digit()) => Some(port.parse().ok()?),
        Some(_) => return None,
        None if port.is_empty() => None,
        None => return None,
    };
    let bracketed = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_name = match bracketed {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
    };
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    (is_name && !name.is_empty()).then_some((name, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_split() {
        let cases = [
            ("localhost", Some(("localhost", None))),
            ("Example.ORG.:8443", Some(("example.org", Some(8443)))),
            ("[::1]", Some(("[::1]", None))),
            ("[::1]:80", Some(("[::1]", Some(80)))),
            ("", None),
            (":80", None),
            ("a:", None),
            ("a:b", None),
            ("a:+80", None),
            ("a:65536", None),
            ("::1", None),
            ("[::1", None),
            ("[::1]80", None),
            ("[localhost]", None),
            ("a b", None),
            ("a@b", None),
            ("a/b", None),
            ("é", None),
        ];
        for (host, expected) in cases {
            assert_eq!(split(host), expected.map(|(name, port)| (name.to_owned(), port)), "{host}");
        }
    }

    #[test]
    fn addresses_are_read() {
        let shown = |url| PublicName::from_url(url).map(|name| name.to_string());
        assert_eq!(shown("https://slipway.example.org"), Ok("slipway.example.org".to_owned()));
        assert_eq!(shown("https://Slipway.Example.org:443/"), Ok("slipway.example.org".to_owned()));
        assert_eq!(shown("https://[2001:db8::1]:8443"), Ok("[2001:db8::1]:8443".to_owned()));
        for wrong in [
            "slipway.example.org",
            "http://a.example",
            "https://",
            "https://a/b",
            "https://a@b",
            "https://a//",
        ] {
            assert_eq!(shown(wrong), Err(NotAName::Url), "{wrong}");
        }
    }

    #[test]
    fn only_configured_names_are_known() {
        let names = vec![
            PublicName::from_url("https://slipway.example.org").unwrap(),
            PublicName::from_url("https://ci.example.org:8443").unwrap(),
            "any.example.org".parse().unwrap(),
        ];
        let facing = Facing::tls(names, TrustedProxies::none());
        assert_eq!(facing.public_url().as_deref(), Some("https://slipway.example.org"));
        let known =
            ["slipway.example.org", "SLIPWAY.example.org.:443", "ci.example.org:8443", "any.example.org:1"];
        for host in known {
            assert!(facing.is_known_as(host), "{host}");
        }
        let unknown = [
            "slipway.example.org:8443",
            "ci.example.org",
            "example.org",
            "a.any.example.org",
            "localhost",
            "",
        ];
        for host in unknown {
            assert!(!facing.is_known_as(host), "{host}");
        }
    }

    #[test]
    fn names_of_this_computer_are_told() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "a.localhost", "LOCALHOST."]
        {
            assert!(is_loopback_name(host), "{host}");
        }
        for host in
            ["example.org", "localhost.example.org", "10.0.0.1:8080", "[::2]", "", "0x7f.1", "localhost:x"]
        {
            assert!(!is_loopback_name(host), "{host}");
        }
    }
}
