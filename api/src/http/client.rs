//! Who a request comes from, as an address: for limits and logs.
//!
//! Behind a reverse proxy every connection comes from the proxy, which names its own client in `X-Forwarded-For` (RFC 7239 §7.4
//! says how it is read). Anybody can write that header, so it counts only as far as trusted proxies have written it.

use super::serve::Peer;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// A chain of proxies is not longer; what stands further left is not read.
const MOST_HOPS: usize = 16;

/// The proxies whose word is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Reads addresses and networks, separated by commas or spaces: `10.0.0.0/8, ::1`.
    ///
    /// # Errors
    /// The word that is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        let network = |word: &str| match word.parse::<IpAddr>() {
            Ok(address) => Ok(IpNet::from(address)),
            Err(_) => word.parse::<IpNet>().map_err(|_| word.to_owned()),
        };
        words.map(network).collect::<Result<_, _>>().map(Self)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Where a request comes from: the first address, seen from here, that is no trusted proxy's.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let lists: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
        for hop in lists.iter().rev().flat_map(|list| list.rsplit(',')).take(MOST_HOPS) {
            // What is no address was written by nobody who is trusted.
            let Some(address) = hop_address(hop) else { break };
            client = address;
            if !self.trusts(client) {
                break;
            }
        }
        client
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse::<IpAddr>().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|at| at.ip()));
    address.map(|address| address.to_canonical())
}

/// Where a request comes from, once that is known.
#[derive(Clone, Copy)]
pub(super) struct Client(pub(super) IpAddr);

/// The address a request comes from; this machine's own where there is no connection (tests of a bare router).
pub(super) fn address(extensions: &Extensions) -> IpAddr {
    extensions.get::<Client>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |client| client.0)
}

/// Finds out where a request comes from.
pub(super) fn find(proxies: &Proxies, extensions: &Extensions, headers: &HeaderMap) -> Client {
    let peer = extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
    Client(proxies.client(peer, headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &str, peer: &str, forwarded: &[&str]) -> String {
        let headers = forwarded.iter().map(|value| ("x-forwarded-for".parse().unwrap(), value.parse().unwrap()));
        let headers = HeaderMap::from_iter(headers);
        Proxies::parse(proxies).unwrap().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_header_counts_as_far_as_trusted_proxies_wrote_it() {
        for (proxies, peer, forwarded, wanted) in [
            ("", "203.0.113.9", vec!["192.0.2.1"], "203.0.113.9"),
            ("10.0.0.0/8", "203.0.113.9", vec!["192.0.2.1"], "203.0.113.9"),
            ("10.0.0.0/8", "10.1.2.3", vec!["192.0.2.1"], "192.0.2.1"),
            // The client wrote the first one itself.
            ("10.0.0.0/8", "10.1.2.3", vec!["198.51.100.1, 192.0.2.1"], "192.0.2.1"),
            ("10.0.0.0/8", "10.1.2.3", vec!["198.51.100.1", "192.0.2.1, 10.9.9.9"], "192.0.2.1"),
            ("10.0.0.0/8 192.0.2.1", "10.1.2.3", vec!["198.51.100.1, 192.0.2.1"], "198.51.100.1"),
            ("10.0.0.0/8", "10.1.2.3", vec![], "10.1.2.3"),
            ("10.0.0.0/8", "10.1.2.3", vec!["unknown"], "10.1.2.3"),
            ("10.0.0.0/8", "10.1.2.3", vec!["192.0.2.1, _hidden, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", vec!["192.0.2.1:4711"], "192.0.2.1"),
            ("::1,fd00::/8", "::1", vec!["[2001:db8::1]:4711"], "2001:db8::1"),
            ("::1,fd00::/8", "fd00::5", vec!["[2001:db8::1]"], "2001:db8::1"),
        ] {
            assert_eq!(client(proxies, peer, &forwarded), wanted, "{proxies:?} {peer} {forwarded:?}");
        }
        let long = vec!["10.0.0.1"; 1_000].join(",");
        assert_eq!(client("10.0.0.0/8", "10.1.2.3", &[&format!("192.0.2.1,{long}")]), "10.0.0.1");
    }

    #[test]
    fn what_is_no_network_is_named() {
        assert_eq!(Proxies::parse("10.0.0.0/8, proxy.example"), Err("proxy.example".to_owned()));
        assert_eq!(Proxies::parse("10.0.0.0/33"), Err("10.0.0.0/33".to_owned()));
        assert_eq!(Proxies::parse("  "), Ok(Proxies::default()));
    }
}
