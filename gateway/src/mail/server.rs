//! Where a mail server is and how it is reached: what an address of the configuration says, for sending (SMTP) and for reading
//! (IMAP) alike.
//!
//! Connections are encrypted: from the first byte (`smtps://`, `imaps://`) or by STARTTLS, without which nothing is said
//! (`smtp://`, `imap://`). `?tls=none` is taken for a host of a private network only: each address that its name resolves to
//! is judged, and the connection goes to one that was.

use crate::error::{Error, Kind};
use foundation::http::is_public;
use reqwest::Url;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::time::Duration;

/// How long a connection may take to stand.
pub(super) const CONNECT: Duration = Duration::from_secs(10);
/// How a certificate in PEM begins (RFC 7468).
const PEM_BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// TLS from the first byte.
    Implicit,
    /// TLS after STARTTLS, or nothing.
    StartTls,
    /// None, within a private network.
    Plain,
}

/// What the addresses of a protocol look like.
#[derive(Debug)]
pub(super) struct Protocol {
    /// The scheme for STARTTLS and for none.
    pub(super) plain: &'static str,
    /// The scheme for TLS from the first byte.
    pub(super) implicit: &'static str,
    /// Usual ports: STARTTLS, TLS from the first byte, none.
    pub(super) ports: [u16; 3],
    /// What is said to whom the address is none.
    pub(super) form: &'static str,
}

/// A server as its address names it. Its debug form shows no password.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) login: Option<(String, SecretString)>,
}

impl Server {
    /// Reads an address. The problem, to be said after the setting's name, repeats nothing of it: it holds a password.
    pub(super) fn read(url: &str, protocol: &Protocol) -> Result<Self, &'static str> {
        let url = Url::parse(url).map_err(|_| protocol.form)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(protocol.form)?.to_owned();
        let tls = match url.query() {
            None => None,
            Some(query) => Some(query.strip_prefix("tls=").ok_or("takes no other parameter than tls=none")?),
        };
        let [starttls, implicit, plain] = protocol.ports;
        let (is_implicit, is_plain) = (url.scheme() == protocol.implicit, url.scheme() == protocol.plain);
        let (security, port) = match tls {
            None if is_implicit => (Security::Implicit, implicit),
            None | Some("required") if is_plain => (Security::StartTls, starttls),
            Some("none") if is_plain && may_be_private(&host) => (Security::Plain, plain),
            Some("none") if is_plain => return Err("may say tls=none for a host of a private network only"),
            Some(_) if is_plain || is_implicit => return Err("takes no other parameter than tls=none"),
            _ => return Err(protocol.form),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err("must have no path");
        }
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => {
                let part = |text| decoded(text).ok_or("has a user or password with a bad % sign");
                Some((part(user)?, SecretString::from(part(password)?)))
            }
            _ => return Err("must have both a user and a password, or neither"),
        };
        Ok(Self { host, port: url.port().unwrap_or(port), security, login })
    }

    /// The name without the brackets of an address of IPv6.
    pub(super) fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// What the name resolves to; without TLS only when all of it is private.
    pub(super) async fn addresses(&self, provider: &'static str) -> Result<Vec<SocketAddr>, Error> {
        let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((self.name(), self.port))).await;
        let unreached = || Error::new(provider, Kind::Unavailable, "the name of the server does not resolve");
        let found: Vec<SocketAddr> = found.map_err(|_| unreached())?.map_err(|_| unreached())?.collect();
        if self.security == Security::Plain && found.iter().any(|address| is_public(address.ip())) {
            let text = "the server is in no private network; without TLS nothing is sent there";
            return Err(Error::new(provider, Kind::Request, text));
        }
        Ok(found)
    }
}

/// Whether there is a certificate at all: libraries take a text without any for a list of none.
pub(super) fn holds_certificate(pem: &[u8]) -> bool {
    pem.windows(PEM_BEGIN.len()).any(|part| part == PEM_BEGIN)
}

/// A name without a dot, of a private zone, or a private address; what a name resolves to is judged when it is called.
fn may_be_private(host: &str) -> bool {
    match host.trim_start_matches('[').trim_end_matches(']').parse() {
        Ok(address) => !is_public(address),
        Err(_) => {
            !host.contains('.') || [".local", ".internal", ".lan", ".home.arpa"].iter().any(|zone| host.ends_with(zone))
        }
    }
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    const SMTP: Protocol = Protocol { plain: "smtp", implicit: "smtps", ports: [587, 465, 25], form: "no" };
    const IMAP: Protocol = Protocol { plain: "imap", implicit: "imaps", ports: [143, 993, 143], form: "no" };

    #[test]
    fn addresses_of_servers_are_read() {
        let server = Server::read("smtp://ann%40shop.example:p%3Ass@mail.example", &SMTP).expect("good");
        assert_eq!((server.host.as_str(), server.port, server.security), ("mail.example", 587, Security::StartTls));
        let (user, password) = server.login.expect("a login");
        assert_eq!((user.as_str(), password.expose_secret()), ("ann@shop.example", "p:ss"));
        for (url, protocol, port, security) in [
            ("smtps://mail.example", &SMTP, 465, Security::Implicit),
            ("imaps://mail.example", &IMAP, 993, Security::Implicit),
            ("imap://mail.example?tls=required", &IMAP, 143, Security::StartTls),
            ("imap://localhost:2143?tls=none", &IMAP, 2143, Security::Plain),
            ("smtp://localhost:25?tls=none", &SMTP, 25, Security::Plain),
            ("smtp://10.0.0.8?tls=none", &SMTP, 25, Security::Plain),
            ("smtp://mail?tls=none", &SMTP, 25, Security::Plain),
            ("smtp://[::1]?tls=none", &SMTP, 25, Security::Plain),
        ] {
            let server = Server::read(url, protocol).expect(url);
            assert_eq!((server.port, server.security), (port, security), "{url}");
        }
        for (bad, protocol) in [
            ("", &SMTP),
            ("mail.example", &SMTP),
            ("http://mail.example", &SMTP),
            ("imaps://mail.example", &SMTP),
            ("smtps://mail.example", &IMAP),
            ("smtp://mail.example?tls=none", &SMTP),
            ("imap://mail.example?tls=none", &IMAP),
            ("smtp://8.8.8.8?tls=none", &SMTP),
            ("smtps://mail.example?tls=none", &SMTP),
            ("smtp://mail.example?tls=opportunistic", &SMTP),
            ("smtp://ann@mail.example", &SMTP),
            ("smtp://ann:%zz@mail.example", &SMTP),
            ("imaps://ann:x@mail.example/path", &IMAP),
        ] {
            assert!(Server::read(bad, protocol).is_err(), "{bad}");
        }
    }
}
