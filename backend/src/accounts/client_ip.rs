//! Whose request it is, by address: who opened the connection, or whom the proxies in front say they speak for.
//!
//! Anybody can write `X-Forwarded-For`; each proxy adds, at its end, who spoke to it. So it is read from the end,
//! and only as far as who added it is trusted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The proxies whose word is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Trusts nobody: for servers without a proxy in front.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Trusts what runs on this computer.
    #[must_use]
    pub fn loopback() -> Self {
        let v4 = Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8);
        let v6 = Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128);
        Self(vec![v4.into(), v6.into()])
    }

    /// Trusts these networks.
    #[must_use]
    pub const fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Tells whether a proxy at this address is trusted.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Returns the client's address: that of the peer, unless it is a trusted proxy; then that of the last hop in
/// `forwarded_for` that is none.
///
/// `forwarded_for` are the values of all `X-Forwarded-For` headers, in order. Where a hop can't be read, whoever
/// named it is taken for the client; so is the first hop where all are trusted.
#[must_use]
pub fn client_ip<'a>(
    peer: IpAddr,
    forwarded_for: impl DoubleEndedIterator<Item = &'a str>,
    trusted: &TrustedProxies,
) -> IpAddr {
    let mut client = peer.to_canonical();
    let mut hops = forwarded_for.rev().flat_map(|value| value.rsplit(','));
    while trusted.contains(client) {
        let Some(hop) = hops.next().and_then(read_hop) else { break };
        client = hop;
    }
    client
}

/// An address, as some write it with a port or in brackets.
fn read_hop(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bracketed = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = bracketed.unwrap_or(hop).parse::<IpAddr>().ok();
    let address = address.or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, forwarded_for: &[&str], trusted: &[&str], expected: &str) {
        let trusted = TrustedProxies::new(trusted.iter().map(|network| network.parse().unwrap()).collect());
        let client = client_ip(peer.parse().unwrap(), forwarded_for.iter().copied(), &trusted);
        assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded_for:?}");
    }

    const PROXY: &[&str] = &["10.0.0.0/8", "fd00::/8"];

    #[test]
    fn without_a_trusted_proxy_it_is_the_peer_whatever_the_headers_say() {
        check("203.0.113.7", &[], &[], "203.0.113.7");
        check("203.0.113.7", &["198.51.100.1"], &[], "203.0.113.7");
        check("203.0.113.7", &["198.51.100.1", "10.0.0.1"], PROXY, "203.0.113.7");
        check("127.0.0.1", &["198.51.100.1"], PROXY, "127.0.0.1");
    }

    #[test]
    fn behind_trusted_proxies_it_is_the_last_hop_that_is_none() {
        check("10.0.0.1", &["198.51.100.1"], PROXY, "198.51.100.1");
        check("10.0.0.1", &["198.51.100.1, 10.0.0.2"], PROXY, "198.51.100.1");
        check("10.0.0.1", &["198.51.100.1", "10.0.0.3,10.0.0.2"], PROXY, "198.51.100.1");
        check("fd00::1", &["2001:db8::7"], PROXY, "2001:db8::7");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        check("10.0.0.1", &["1.2.3.4, 198.51.100.1"], PROXY, "198.51.100.1");
        check("10.0.0.1", &["10.0.0.9, 198.51.100.1"], PROXY, "198.51.100.1");
        check("10.0.0.1", &["1.2.3.4", "198.51.100.1, 10.0.0.2"], PROXY, "198.51.100.1");
    }

    #[test]
    fn garbage_makes_whoever_passed_it_on_the_client() {
        for garbage in ["", " ", "unknown", "_hidden", "1.2.3", "0x7f.1", "198.51.100.1 10.0.0.2", "[", "é"]
        {
            check("10.0.0.1", &[garbage], PROXY, "10.0.0.1");
            check("10.0.0.1", &[&format!("1.2.3.4, {garbage}, 10.0.0.2")], PROXY, "10.0.0.2");
        }
        check("10.0.0.1", &[","], PROXY, "10.0.0.1");
    }

    #[test]
    fn where_all_are_trusted_it_is_the_first() {
        check("10.0.0.1", &[], PROXY, "10.0.0.1");
        check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], PROXY, "10.0.0.3");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_read() {
        check("10.0.0.1", &["198.51.100.1:4711"], PROXY, "198.51.100.1");
        check("10.0.0.1", &["[2001:db8::7]"], PROXY, "2001:db8::7");
        check("10.0.0.1", &["[2001:db8::7]:4711"], PROXY, "2001:db8::7");
        check("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], PROXY, "198.51.100.1");
        check("::ffff:203.0.113.7", &[], PROXY, "203.0.113.7");
    }

    #[test]
    fn loopback_is_all_of_it() {
        let trusted = TrustedProxies::loopback();
        for (address, is_trusted) in [
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("::2", false),
        ] {
            assert_eq!(trusted.contains(address.parse().unwrap()), is_trusted, "{address}");
        }
    }
}
