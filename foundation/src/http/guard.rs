//! Which addresses a guarded client may call (reliability.md cases 83–87).

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use url::Host;

/// Ports of public web servers; anything else (mail, databases) must be allowed by name.
const PORTS: [u16; 4] = [80, 443, 8080, 8443];

/// A host and a port that the installation allows though they are not public: `waha.internal:3000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    host: String,
    port: u16,
}

impl Authority {
    /// Reads `host:port`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(&format!("http://{}/", text.trim())).ok()?;
        let host = url.host_str()?.to_owned();
        (url.path() == "/" && url.username().is_empty() && url.query().is_none()).then_some(())?;
        let port = url.port_or_known_default()?;
        Some(Self { host, port })
    }
}

/// Judges what stands in a URL; a name is judged again by what it resolves to.
pub(super) fn check(url: &Url, allowed: &[Authority]) -> Result<(), &'static str> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err("only http and https are called");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must not hold a user name or password");
    }
    let host = url.host().ok_or("it has no host")?;
    let port = url.port_or_known_default().ok_or("it has no port")?;
    let named = url.host_str().unwrap_or_default();
    if allowed.iter().any(|one| one.host.eq_ignore_ascii_case(named) && one.port == port) {
        return Ok(());
    }
    if !PORTS.contains(&port) {
        return Err("its port is not one of public web servers");
    }
    let public = match host {
        Host::Domain(_) => true,
        Host::Ipv4(address) => is_public(address.into()),
        Host::Ipv6(address) => is_public(address.into()),
    };
    if public { Ok(()) } else { Err("it leads into a private network") }
}

/// Whether an address belongs to the public internet. Addresses that carry an IPv4 one inside are judged by that one
/// (mapped, compatible, NAT64, 6to4).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => public_v4(address),
        IpAddr::V6(address) => public_v6(address),
    }
}

fn public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        // Shared by carriers (RFC 6598), protocol assignments, benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

fn public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // Unspecified, loopback, IPv4-compatible and IPv4-mapped.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => inner(high, low),
        // NAT64 (RFC 6052); its local-use prefix is private.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [0x64, 0xff9b, ..] => false,
        // 6to4.
        [0x2002, high, low, ..] => inner(high, low),
        // Teredo, benchmarks, ORCHID, documentation; of all others only global unicast is public.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// Resolves a name and hands on only addresses that may be called, so that what was judged is what is connected to.
#[derive(Debug)]
pub(super) struct Resolver {
    allowed: Arc<[Authority]>,
}

impl Resolver {
    pub(super) const fn new(allowed: Arc<[Authority]>) -> Self {
        Self { allowed }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        // The port was judged with the URL.
        let named = self.allowed.iter().any(|one| one.host.eq_ignore_ascii_case(&host));
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let good: Vec<SocketAddr> = found.filter(|address| named || is_public(address.ip())).collect();
            if good.is_empty() {
                return Err("the name leads into a private network".into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_addresses() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fec0::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ];
        for text in private {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn judges_urls() {
        let refused = [
            "ftp://example.com/",
            "file:///etc/passwd",
            "gopher://example.com/",
            "http://user@example.com/",
            "http://example.com:25/",
            "http://example.com:6379/",
            "http://[fe80::1]/",
            "http://017700000001/",
            "http://192.168.0.1.:80/",
        ];
        for text in refused {
            assert!(check(&Url::parse(text).unwrap(), &[]).is_err(), "{text}");
        }
        assert!(check(&Url::parse("https://example.com/hook?x=1").unwrap(), &[]).is_ok());
        let own = Authority::parse("waha.internal:3000").unwrap();
        assert!(check(&Url::parse("http://WAHA.internal:3000/api").unwrap(), std::slice::from_ref(&own)).is_ok());
        assert!(check(&Url::parse("http://waha.internal:3001/api").unwrap(), &[own]).is_err());
        assert_eq!(Authority::parse("a b"), None);
        assert_eq!(Authority::parse("host/path:1"), None);
    }
}
