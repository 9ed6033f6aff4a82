//! The mailbox where letters come back, over IMAP (RFC 3501, 9051) by `async-imap`: its protocol, over connections of our own.
//!
//! Every step has its time, and a connection its most bytes: of a message the beginning is asked for, which holds the report,
//! never the whole. Messages are looked at without being marked as read.
//!
//! `async-imap` writes what it sends into its log, the password too: every conversation runs without one.

use super::returns::ReturnAddress;
use super::server::{CONNECT, Protocol, Security, Server, holds_certificate};
use crate::error::{Error, Kind};
use async_imap::error::Error as ImapError;
use async_imap::imap_proto::{Response, Status};
use async_imap::{Authenticator, Client};
use foundation::secret::sha256_hex;
use futures::StreamExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

/// Name of the provider, in errors.
pub const NAME: &str = "imap";
/// Bytes of a message that are read: its text for people and the report come first, the returned letter last.
pub const MOST_OF_MESSAGE: usize = 128 * 1024;
/// Bytes that a connection may bring: a batch of messages and what is said around them.
const MOST_OF_CONNECTION: usize = 16 * 1024 * 1024;
/// How long a server is waited for at each step.
const STEP: Duration = Duration::from_secs(20);
/// UIDs that one question is about: what comes back is bounded, however full the mailbox is.
const WINDOW: u32 = 10_000;
/// Such questions in one look; a mailbox with larger gaps is gone through in several.
const MOST_WINDOWS: u32 = 50;
/// The folder where mail arrives, in every mailbox.
const FOLDER: &str = "INBOX";

const PROTOCOL: Protocol = Protocol {
    plain: "imap",
    implicit: "imaps",
    ports: [143, 993, 143],
    form: "must be an address such as imaps://USER:PASSWORD@HOST or imap://USER:PASSWORD@HOST:143",
};

/// The mailbox of the configuration.
#[derive(Debug)]
pub struct Mailbox {
    server: Server,
    login: (String, SecretString),
    tls: Option<(TlsConfig, ServerName<'static>)>,
    step: Duration,
    /// Where letters return to.
    pub returns: ReturnAddress,
}

/// Shown without what it holds.
struct TlsConfig(Arc<ClientConfig>);

impl std::fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TlsConfig")
    }
}

impl Mailbox {
    /// Reads the settings. `authority`: a certificate in PEM that is trusted beside the public ones.
    ///
    /// # Errors
    /// Every problem, each beginning with the setting's name; none repeats the address, which holds a password.
    pub fn new(url: &SecretString, address: &str, authority: Option<&[u8]>) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let returns = ReturnAddress::parse(address);
        let returns = returns.map_err(|problem| problems.push(format!("X8_BOUNCE_ADDRESS {problem}")));
        let mut of_url = |problem: &str| problems.push(format!("X8_BOUNCE_IMAP_URL {problem}"));
        let server = Server::read(url.expose_secret(), &PROTOCOL).map_err(&mut of_url).ok().and_then(|mut server| {
            let login = server.login.take();
            if login.is_none() {
                of_url("must have a user and a password");
            }
            let tls = match server.security {
                Security::Plain => None,
                Security::Implicit | Security::StartTls => match ServerName::try_from(server.name().to_owned()) {
                    Ok(name) => Some(name),
                    Err(_) => {
                        of_url("has a host whose certificate cannot be checked");
                        return None;
                    }
                },
            };
            Some((server, login?, tls))
        });
        let config = match trusting(authority) {
            Some(config) => Some(config),
            None => {
                problems.push("X8_SMTP_CA does not hold a certificate in PEM".to_owned());
                None
            }
        };
        match (server, returns, config) {
            (Some((server, login, name)), Ok(returns), Some(config)) => {
                let tls = name.map(|name| (TlsConfig(Arc::new(config)), name));
                Ok(Self { server, login, tls, step: STEP, returns })
            }
            _ => Err(problems),
        }
    }

    /// With another limit of waiting.
    #[must_use]
    pub const fn with_patience(mut self, step: Duration) -> Self {
        self.step = step;
        self
    }

    /// Which mailbox it is, for those who remember how far they have read; says nothing to people.
    #[must_use]
    pub fn place(&self) -> String {
        sha256_hex(format!("{}\n{}\n{}", self.server.host, self.server.port, self.login.0).as_bytes())
    }

    /// Connects, encrypts, signs in and opens the folder.
    ///
    /// # Errors
    /// `Credentials` when the login is refused; `Request` for what the server does not do; `Unavailable` when another try may do.
    pub async fn open(&self) -> Result<Open, Error> {
        self.open_unlogged().with_subscriber(NoSubscriber::default()).await
    }

    async fn open_unlogged(&self) -> Result<Open, Error> {
        let addresses = self.server.addresses(NAME).await?;
        let connect = tokio::time::timeout(CONNECT, TcpStream::connect(addresses.as_slice())).await;
        let stream = match connect {
            Ok(Ok(stream)) => stream,
            Ok(Err(_)) => return Err(unavailable("connecting: the connection was refused")),
            Err(_) => return Err(unavailable("connecting: the answer did not come in time")),
        };
        let mut client = match (&self.tls, self.server.security) {
            (Some(tls), Security::Implicit) => {
                let mut client = Client::new(Bounded::new(self.encrypted(tls, stream).await?));
                self.greeting(&mut client).await?;
                client
            }
            (Some(tls), _) => {
                let mut client = Client::new(Bounded::new(stream));
                self.greeting(&mut client).await?;
                let upgrade = self.within("STARTTLS", client.run_command_and_check_ok("STARTTLS", None)).await;
                if upgrade.as_ref().is_err_and(|error| error.kind == Kind::Request) {
                    return Err(Error::new(
                        NAME,
                        Kind::Request,
                        "the server offers no STARTTLS; nothing is said unencrypted",
                    ));
                }
                upgrade?;
                // What came unencrypted behind the answer is thrown away with the client.
                Client::new(Bounded::new(self.encrypted(tls, client.into_inner()).await?))
            }
            (None, _) => {
                let mut client = Client::new(Bounded::new(Box::new(stream) as Box<dyn Wire>));
                self.greeting(&mut client).await?;
                client
            }
        };
        client.get_mut().left = MOST_OF_CONNECTION;
        let (user, password) = (self.login.0.as_str(), self.login.1.expose_secret());
        // LOGIN takes ASCII only (RFC 3501 §9); PLAIN takes any (RFC 4616).
        let login = async {
            let done = if user.is_ascii() && password.is_ascii() {
                client.login(user, password).await
            } else {
                client.authenticate("PLAIN", Plain(format!("\0{user}\0{password}"))).await
            };
            done.map_err(|(error, _)| error)
        };
        let mut session = match tokio::time::timeout(self.step, login).await {
            Ok(Ok(session)) => session,
            Ok(Err(error)) => return Err(at_login(&error, password)),
            Err(_) => return Err(silent("signing in")),
        };
        let capabilities = self.within("CAPABILITY", session.capabilities()).await?;
        let folder = self.within("the folder INBOX", session.select(FOLDER)).await?;
        let (Some(uid_validity), Some(uid_next)) = (folder.uid_validity, folder.uid_next) else {
            return Err(Error::new(
                NAME,
                Kind::Request,
                "the server gives messages no lasting numbers (UIDVALIDITY, UIDNEXT)",
            ));
        };
        Ok(Open {
            session,
            step: self.step,
            expunges: capabilities.has_str("UIDPLUS"),
            uid_validity,
            uid_next,
            messages: folder.exists,
        })
    }

    async fn greeting<S: Wire>(&self, client: &mut Client<Bounded<S>>) -> Result<(), Error> {
        let greeting = match tokio::time::timeout(self.step, client.read_response()).await {
            Ok(Ok(Some(greeting))) => greeting,
            Ok(_) => return Err(unavailable("the greeting: the connection broke")),
            Err(_) => return Err(silent("the greeting")),
        };
        match greeting.parsed() {
            Response::Data { status: Status::Ok, .. } => Ok(()),
            _ => Err(unavailable("the greeting: the server takes nobody now")),
        }
    }

    async fn encrypted<S: Wire + 'static>(
        &self,
        (config, name): &(TlsConfig, ServerName<'static>),
        stream: S,
    ) -> Result<Box<dyn Wire>, Error> {
        let connector = TlsConnector::from(Arc::clone(&config.0));
        match tokio::time::timeout(self.step, connector.connect(name.clone(), stream)).await {
            Ok(Ok(stream)) => Ok(Box::new(stream)),
            Ok(Err(_)) => Err(unavailable("no TLS connection with a certificate of that name")),
            Err(_) => Err(silent("TLS")),
        }
    }

    async fn within<T>(&self, step: &str, work: impl Future<Output = Result<T, ImapError>> + Send) -> Result<T, Error> {
        within(self.step, step, work).await
    }

    /// Connects, signs in and opens the folder, and changes nothing. Returns how many messages lie there.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn check(&self) -> Result<u32, Error> {
        let open = self.open().await?;
        let messages = open.messages;
        open.close().await;
        Ok(messages)
    }
}

/// The open folder. Dropped: the connection is closed.
#[derive(Debug)]
pub struct Open {
    session: async_imap::Session<Bounded<Box<dyn Wire>>>,
    step: Duration,
    expunges: bool,
    /// Numbers of messages hold as long as this is the same (RFC 3501 §2.3.1.1).
    pub uid_validity: u32,
    /// The next message's number, or a smaller one than it.
    pub uid_next: u32,
    messages: u32,
}

/// Messages that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Their numbers, growing.
    pub uids: Vec<u32>,
    /// Beneath and at this number there are no others.
    pub seen_to: u32,
}

impl Open {
    /// The first messages behind a number, `most` at most.
    ///
    /// # Errors
    /// `Unavailable`, `Request`.
    pub async fn after(&mut self, uid: u32, most: usize) -> Result<Found, Error> {
        self.find(uid, most).with_subscriber(NoSubscriber::default()).await
    }

    async fn find(&mut self, uid: u32, most: usize) -> Result<Found, Error> {
        let last = self.uid_next.saturating_sub(1);
        let mut found = Found { uids: Vec::new(), seen_to: uid };
        for _ in 0..MOST_WINDOWS {
            if found.seen_to >= last || found.uids.len() >= most {
                break;
            }
            let (from, to) = (found.seen_to + 1, found.seen_to.saturating_add(WINDOW).min(last));
            let search = self.session.uid_search(format!("UID {from}:{to}"));
            let some = within(self.step, "looking for messages", search).await?;
            let mut some: Vec<u32> = some.into_iter().filter(|uid| (from..=to).contains(uid)).collect();
            some.sort_unstable();
            found.uids.extend(some);
            found.seen_to = to;
        }
        if found.uids.len() > most {
            found.uids.truncate(most);
            found.seen_to = found.uids.last().copied().unwrap_or(uid);
        }
        Ok(found)
    }

    /// The beginning of a message; none when it is gone.
    ///
    /// # Errors
    /// `Unavailable`, `Request`.
    pub async fn read(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Error> {
        let fetch = async {
            let what = format!("(UID BODY.PEEK[]<0.{MOST_OF_MESSAGE}>)");
            let mut found = None;
            let mut answers = self.session.uid_fetch(uid.to_string(), what).await?;
            while let Some(answer) = answers.next().await {
                let answer = answer?;
                if answer.uid == Some(uid)
                    && let Some(body) = answer.body()
                {
                    found = Some(body[..body.len().min(MOST_OF_MESSAGE)].to_vec());
                }
            }
            Ok(found)
        };
        within(self.step, "reading a message", fetch).with_subscriber(NoSubscriber::default()).await
    }

    /// Removes a message, and no other that somebody has marked for removal: a server without UIDPLUS (RFC 4315) keeps it with
    /// the mark.
    ///
    /// # Errors
    /// `Unavailable`, `Request`.
    pub async fn remove(&mut self, uid: u32) -> Result<(), Error> {
        let remove = async {
            {
                let mut marked = self.session.uid_store(uid.to_string(), "+FLAGS.SILENT (\\Seen \\Deleted)").await?;
                while let Some(answer) = marked.next().await {
                    answer?;
                }
            }
            if self.expunges {
                let mut gone = std::pin::pin!(self.session.uid_expunge(uid.to_string()).await?);
                while let Some(answer) = gone.next().await {
                    answer?;
                }
            }
            Ok(())
        };
        within(self.step, "removing a message", remove).with_subscriber(NoSubscriber::default()).await
    }

    /// Says farewell; what was done is done, whatever becomes of it.
    pub async fn close(mut self) {
        let farewell = self.session.logout().with_subscriber(NoSubscriber::default());
        let _ = tokio::time::timeout(Duration::from_secs(2), farewell).await;
    }
}

async fn within<T>(
    patience: Duration,
    step: &str,
    work: impl Future<Output = Result<T, ImapError>> + Send,
) -> Result<T, Error> {
    match tokio::time::timeout(patience, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(fault(step, &error)),
        Err(_) => Err(silent(step)),
    }
}

fn unavailable(text: &str) -> Error {
    Error::new(NAME, Kind::Unavailable, text)
}

fn silent(step: &str) -> Error {
    unavailable(&format!("{step}: the answer did not come in time"))
}

fn fault(step: &str, error: &ImapError) -> Error {
    match error {
        ImapError::No(words) | ImapError::Bad(words) => {
            Error::new(NAME, Kind::Request, format!("{step}: refused, {}", said(words)))
        }
        // Its text repeats what came.
        _ => unavailable(&format!("{step}: the connection broke, or what came cannot be read")),
    }
}

/// The server's own words: the library wraps them (`code: None, info: Some("…")`).
fn said(words: &str) -> &str {
    let inner = words.split_once("info: Some(\"").and_then(|(_, rest)| rest.strip_suffix("\")"));
    inner.unwrap_or(words)
}

/// A login is refused, unless the server says that it cannot tell now (RFC 5530).
fn at_login(error: &ImapError, password: &str) -> Error {
    let mut fault = fault("signing in", error);
    if let ImapError::No(words) | ImapError::Bad(words) = error {
        let passes = ["UNAVAILABLE", "INUSE", "LIMIT"].iter().any(|code| words.to_ascii_uppercase().contains(code));
        fault = Error::new(NAME, if passes { Kind::Unavailable } else { Kind::Credentials }, &fault.text);
        // A server may repeat what it did not understand.
        if words.contains(password) {
            fault.text = "signing in: refused".to_owned();
        }
    }
    fault
}

/// The public authorities, and one more. None: there is no certificate in the text.
fn trusting(authority: Option<&[u8]>) -> Option<ClientConfig> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = authority {
        if !holds_certificate(pem) {
            return None;
        }
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.add(certificate.ok()?).ok()?;
        }
    }
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(builder.with_root_certificates(roots).with_no_client_auth())
}

/// User and password of PLAIN.
struct Plain(String);

impl Authenticator for Plain {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        self.0.clone()
    }
}

/// A connection, encrypted or not.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Wire for T {}

/// A connection that breaks when more comes than was to be expected: a server that never ends fills no memory.
#[derive(Debug)]
struct Bounded<S> {
    inner: S,
    left: usize,
}

impl<S> Bounded<S> {
    const fn new(inner: S) -> Self {
        // Until somebody has signed in, little is said.
        Self { inner, left: 64 * 1024 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let before = buf.filled().len();
        std::task::ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        let came = buf.filled().len() - before;
        self.left = match self.left.checked_sub(came) {
            Some(left) => left,
            None => return Poll::Ready(Err(std::io::Error::other("more came than was asked for"))),
        };
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_named_and_no_password_repeated() {
        let url = |text: &str| SecretString::from(text.to_owned());
        let found = Mailbox::new(&url("imaps://ann:hidden@mail.example?x"), "nobody", Some(b"none"));
        let problems = found.expect_err("three problems");
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(!problems.concat().contains("hidden"));
        for bad in ["imaps://mail.example", "imap://ann:x@mail.example?tls=none", "smtps://ann:x@mail.example"] {
            let problems = Mailbox::new(&url(bad), "returns@shop.example", None).expect_err(bad);
            assert!(problems.len() == 1 && problems[0].starts_with("X8_BOUNCE_IMAP_URL "), "{bad}: {problems:?}");
        }
        let good = Mailbox::new(&url("imaps://ann:hidden@mail.example"), "returns@shop.example", None).expect("good");
        assert!(!format!("{good:?}").contains("hidden"), "nor does its debug form");
    }
}
