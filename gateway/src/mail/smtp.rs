//! SMTP (RFC 5321) by `lettre`: its connection and its message, with our own reading of every reply, because what a fault means
//! depends on the step at which it came.
//!
//! Connections are encrypted: from the first byte (`smtps://`) or by STARTTLS, without which nothing is sent (`smtp://`).
//! `smtp://host?tls=none` is taken for a host of a private network only: each address that its name resolves to is judged, and
//! the connection goes to one that was.
//!
//! `lettre` writes what it sends into its debug log, the password too: every conversation runs without a log.

use super::{Letter, Mail, Ready};
use crate::error::{Error, Kind};
use async_trait::async_trait;
use foundation::http::is_public;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use std::error::Error as _;
use std::net::SocketAddr;
use std::time::Duration;
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

/// Name of the provider, in errors.
pub const NAME: &str = "smtp";
/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a server is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one step: connecting with TLS, signing in, sender and recipient.
    pub step: Duration,
    /// For the answer to the whole letter; servers look for unwanted mail meanwhile.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { step: Duration::from_secs(20), answer: Duration::from_secs(60) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte.
    Implicit,
    /// TLS after STARTTLS, or nothing.
    StartTls,
    /// None, within a private network.
    Plain,
}

/// A server that takes our letters.
#[derive(Debug)]
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    login: Option<(String, SecretString)>,
    from: Mailbox,
    authority: Option<Certificate>,
    patience: Patience,
}

/// How a certificate in PEM begins (RFC 7468).
const PEM_BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

impl Smtp {
    /// Reads the settings. `authority`: a certificate in PEM that is trusted beside the public ones.
    ///
    /// # Errors
    /// Every problem, each beginning with the setting's name; none repeats the address, which holds a password.
    pub fn new(url: &SecretString, from: &str, authority: Option<&[u8]>) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let from = from.trim().parse::<Mailbox>().map_err(|_| {
            problems.push("X8_MAIL_FROM must be an address such as x8@shop.example or X8 <x8@shop.example>".to_owned());
        });
        // The library takes a text without any certificate for a list of none.
        let read_authority = |pem: &[u8]| {
            let named = pem.windows(PEM_BEGIN.len()).any(|part| part == PEM_BEGIN);
            Certificate::from_pem(pem).ok().filter(|_| named)
        };
        let authority = match authority.map(read_authority) {
            Some(None) => {
                problems.push("X8_SMTP_CA does not hold a certificate in PEM".to_owned());
                None
            }
            Some(read) => read,
            None => None,
        };
        let server = read(url.expose_secret()).map_err(|problem| problems.push(format!("X8_SMTP_URL {problem}")));
        match (server, from) {
            (Ok((host, port, security, login)), Ok(from)) if problems.is_empty() => {
                Ok(Self { host, port, security, login, from, authority, patience: Patience::default() })
            }
            _ => Err(problems),
        }
    }

    /// With other limits of waiting.
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    async fn within<T>(
        &self,
        step: impl Future<Output = Result<T, lettre::transport::smtp::Error>> + Send,
    ) -> Result<T, Failed> {
        match tokio::time::timeout(self.patience.step, step).await {
            Ok(done) => done.map_err(Failed::Said),
            Err(_) => Err(Failed::Silent),
        }
    }

    /// Connects, encrypts and signs in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let addresses = self.addresses().await?;
        let hello = ClientId::default();
        let tls = match self.security {
            Security::Plain => None,
            Security::Implicit | Security::StartTls => {
                let mut tls = TlsParameters::builder(self.host.clone());
                if let Some(authority) = &self.authority {
                    tls = tls.add_root_certificate(authority.clone());
                }
                let tls = tls.build_rustls();
                Some(tls.map_err(|_| Error::new(NAME, Kind::Request, "the name of the server cannot be checked"))?)
            }
        };
        let first = tls.clone().filter(|_| self.security == Security::Implicit);
        let connect = AsyncSmtpConnection::connect_tokio1(addresses.as_slice(), Some(CONNECT), &hello, first, None);
        let mut connection = self.within(connect).await.map_err(|failed| failed.before("connecting"))?;
        if let (Security::StartTls, Some(tls)) = (self.security, tls) {
            if !connection.can_starttls() {
                connection.abort().await;
                return Err(Error::new(
                    NAME,
                    Kind::Request,
                    "the server offers no STARTTLS; nothing is sent unencrypted",
                ));
            }
            let upgrade = connection.starttls(tls, &hello);
            self.within(upgrade).await.map_err(|failed| failed.before("STARTTLS"))?;
        }
        if let Some((user, password)) = &self.login {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            self.within(login).await.map_err(Failed::at_login)?;
        }
        Ok(connection)
    }

    async fn addresses(&self) -> Result<Vec<SocketAddr>, Error> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((host, self.port))).await;
        let unreached = || Error::new(NAME, Kind::Unavailable, "the name of the server does not resolve");
        let found: Vec<SocketAddr> = found.map_err(|_| unreached())?.map_err(|_| unreached())?.collect();
        if self.security == Security::Plain && found.iter().any(|address| is_public(address.ip())) {
            let text = "the server is in no private network; without TLS nothing is sent there";
            return Err(Error::new(NAME, Kind::Request, text));
        }
        Ok(found)
    }

    fn message(&self, letter: &Letter, to: Address) -> Result<Message, Error> {
        let bad = |_| Error::new(NAME, Kind::Request, "the letter cannot be written");
        let domain = self.from.email.domain();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.as_str())
            .message_id(Some(format!("<{}@{domain}>", letter.id)))
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(bad)?;
        // RFC 3834: answering machines leave it unanswered.
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        message.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
        Ok(message)
    }
}

#[async_trait]
impl Mail for Smtp {
    async fn open(&self, letter: &Letter) -> Result<Box<dyn Ready>, Error> {
        async {
            let to: Address =
                letter.to.parse().map_err(|_| Error::new(NAME, Kind::Recipient, "this is not an address"))?;
            let message = self.message(letter, to.clone())?.formatted();
            let mut connection = self.connect().await?;
            let from = MailFrom::new(Some(self.from.email.clone()), Vec::new());
            self.within(connection.command(from)).await.map_err(|failed| failed.before("the sender"))?;
            let rcpt = Rcpt::new(to, Vec::new());
            if let Err(failed) = self.within(connection.command(rcpt)).await {
                let _ = tokio::time::timeout(self.patience.step, connection.abort()).await;
                return Err(failed.at_recipient());
            }
            Ok(Box::new(Open { connection, message, patience: self.patience }) as Box<dyn Ready>)
        }
        .with_subscriber(NoSubscriber::default())
        .await
    }

    async fn check(&self) -> Result<(), Error> {
        async {
            let mut connection = self.connect().await?;
            let _ = tokio::time::timeout(self.patience.step, connection.quit()).await;
            Ok(())
        }
        .with_subscriber(NoSubscriber::default())
        .await
    }
}

struct Open {
    connection: AsyncSmtpConnection,
    message: Vec<u8>,
    patience: Patience,
}

#[async_trait]
impl Ready for Open {
    async fn deliver(mut self: Box<Self>) -> Result<(), Error> {
        async {
            match tokio::time::timeout(self.patience.step, self.connection.command(Data)).await {
                // No byte of the letter has left yet.
                Err(_) => return Err(Failed::Silent.before("DATA")),
                Ok(Err(error)) => return Err(Failed::Said(error).before("DATA")),
                Ok(Ok(_)) => {}
            }
            match tokio::time::timeout(self.patience.answer, self.connection.message(&self.message)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) if error.status().is_some() => return Err(Failed::Said(error).before("the letter")),
                Ok(Err(_)) | Err(_) => {
                    return Err(Error::new(
                        NAME,
                        Kind::Unknown,
                        "the answer to the letter did not come; it may have arrived",
                    ));
                }
            }
            // It is theirs now, whatever becomes of the farewell.
            let _ = tokio::time::timeout(Duration::from_secs(2), self.connection.quit()).await;
            Ok(())
        }
        .with_subscriber(NoSubscriber::default())
        .await
    }
}

/// What became of a step.
enum Failed {
    Said(lettre::transport::smtp::Error),
    Silent,
}

impl Failed {
    /// A reply's code and words.
    fn reply(&self) -> Option<(u16, String)> {
        let Self::Said(error) = self else { return None };
        let code = u16::from(error.status()?);
        Some((code, error.source().map(ToString::to_string).unwrap_or_default()))
    }

    /// A fault before any byte of the letter has left, so that 4xx and broken connections may be tried again.
    fn before(self, step: &str) -> Error {
        if let Some((code, words)) = self.reply() {
            // 530 and 538 ask for a login or for encryption that we were told not to use.
            let kind = match code {
                400..=499 => Kind::Unavailable,
                530 | 534 | 535 | 538 => Kind::Credentials,
                _ => Kind::Request,
            };
            return Error::new(NAME, kind, format!("{step}: {code} {words}")).with_code(code.to_string());
        }
        match self {
            Self::Said(error) if error.is_tls() => Error::new(
                NAME,
                Kind::Unavailable,
                format!("{step}: no TLS connection with a certificate of that name"),
            ),
            Self::Said(error) if error.is_client() => Error::new(NAME, Kind::Request, format!("{step}: not possible")),
            Self::Said(_) => {
                Error::new(NAME, Kind::Unavailable, format!("{step}: the connection was refused or broke"))
            }
            Self::Silent => Error::new(NAME, Kind::Unavailable, format!("{step}: the answer did not come in time")),
        }
    }

    fn at_login(self) -> Error {
        let refused = self.reply().is_some_and(|(code, _)| code >= 500);
        let no_way = matches!(&self, Self::Said(error) if error.is_client());
        let mut error = self.before("signing in");
        if refused {
            error.kind = Kind::Credentials;
        }
        if no_way {
            error.text = "signing in: the server offers no way that is known here".to_owned();
        }
        error
    }

    fn at_recipient(self) -> Error {
        let gone = self.reply().is_some_and(|(code, words)| is_no_address(code, &words));
        let mut error = self.before("the recipient");
        if gone {
            error.kind = Kind::Recipient;
        }
        error
    }
}

/// Whether a refusal is about the address itself. Servers that give enhanced codes (RFC 3463) say so: 5.1.x is the address,
/// 5.2.1 a mailbox that takes nothing any more; 5.7.1 with 550 is a refusal of us. Without one, 550, 551 and 553 are.
fn is_no_address(code: u16, words: &str) -> bool {
    let enhanced = words.split_whitespace().find(|word| {
        word.starts_with("5.") && word.split('.').count() == 3 && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    });
    match enhanced {
        Some(enhanced) => enhanced.starts_with("5.1.") || enhanced == "5.2.1",
        None => matches!(code, 550 | 551 | 553),
    }
}

type Server = (String, u16, Security, Option<(String, SecretString)>);

fn read(url: &str) -> Result<Server, &'static str> {
    const FORM: &str = "must be an address such as smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST";
    let url = Url::parse(url).map_err(|_| FORM)?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(FORM)?.to_owned();
    let tls = match url.query() {
        None => None,
        Some(query) => Some(query.strip_prefix("tls=").ok_or("takes no other parameter than tls=none")?),
    };
    let (security, port) = match (url.scheme(), tls) {
        ("smtps", None) => (Security::Implicit, 465),
        ("smtp", None | Some("required")) => (Security::StartTls, 587),
        ("smtp", Some("none")) if may_be_private(&host) => (Security::Plain, 25),
        ("smtp", Some("none")) => return Err("may say tls=none for a host of a private network only"),
        ("smtp" | "smtps", Some(_)) => return Err("takes no other parameter than tls=none"),
        _ => return Err(FORM),
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
    Ok((host, url.port().unwrap_or(port), security, login))
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

    #[test]
    fn addresses_of_servers_are_read() {
        let (host, port, security, login) = read("smtp://ann%40shop.example:p%3Ass@mail.example").expect("good");
        assert_eq!((host.as_str(), port, security), ("mail.example", 587, Security::StartTls));
        let (user, password) = login.expect("a login");
        assert_eq!((user.as_str(), password.expose_secret()), ("ann@shop.example", "p:ss"));
        assert_eq!(read("smtps://mail.example").map(|server| server.1), Ok(465));
        for private in [
            "smtp://localhost:25?tls=none",
            "smtp://10.0.0.8?tls=none",
            "smtp://mail?tls=none",
            "smtp://[::1]?tls=none",
        ] {
            assert_eq!(read(private).map(|server| server.2), Ok(Security::Plain), "{private}");
        }
        for bad in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://mail.example?tls=none",
            "smtp://8.8.8.8?tls=none",
            "smtps://mail.example?tls=none",
            "smtp://mail.example?tls=opportunistic",
            "smtp://ann@mail.example",
            "smtp://ann:%zz@mail.example",
            "smtp://ann:x@mail.example/path",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn problems_repeat_no_password() {
        let url = SecretString::from("smtp://ann:hidden@mail.example?x");
        let problems = Smtp::new(&url, "nobody", Some(b"none")).expect_err("three problems");
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(!problems.concat().contains("hidden"));
        let good = Smtp::new(&SecretString::from("smtp://ann:hidden@mail.example"), "x8@shop.example", None);
        assert!(!format!("{good:?}").contains("hidden"), "nor does its debug form");
    }

    #[test]
    fn a_refused_address_is_told_from_a_refused_sender() {
        for (code, words, gone) in [
            (550, "5.1.1 no such user", true),
            (550, "No such user here", true),
            (553, "mailbox name not allowed", true),
            (550, "5.2.1 mailbox disabled", true),
            (550, "5.7.1 relaying denied", false),
            (552, "5.2.2 mailbox full", false),
            (554, "transaction failed", false),
        ] {
            assert_eq!(is_no_address(code, words), gone, "{code} {words}");
        }
    }
}
